//! A layer cache can hold what it is asked to.

use super::check::{Check, Subject};
use super::support::dockerfile;
use super::support::walk::{ROOT, entries, items};
use crate::definition::Cache;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct CacheMode;

const CODE: Code = Code("cache-mode");

impl Check for CacheMode {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/cache-mode.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "images", &definition.images, &mut |at, name, image| {
            let published =
                image.publish.is_some() || subject.pipeline.deployed_images().any(|image| image.name == name);
            items(at, "cache", &image.cache, &mut |at, cache| {
                let kind = match cache {
                    Cache::Gha => return,
                    Cache::Registry => "registry",
                    Cache::Inline => "inline",
                };
                if !published {
                    let message = format!(
                        "a cache of the kind `{kind}` is written when the image is pushed, and no environment deploys `{name}`"
                    );
                    let help = "write `cache = [\"gha\"]`";
                    found.push(if image.cache.contains(&Cache::Gha) {
                        Diagnostic::warning(CODE, at.at(), message).help(help)
                    } else {
                        Diagnostic::error(CODE, at.at(), message).help(help)
                    });
                }
            });
            if published
                && image.cache.iter().all(|cache| *cache == Cache::Inline)
                && !image.cache.is_empty()
                && let Some((path, instructions)) = dockerfile::read(subject, image)
                && instructions.iter().filter(|it| it.word == "FROM").count() > 1
            {
                let message = format!("`inline` holds the last stage alone, and `{path}` has several");
                let help = "add `\"registry\"` or `\"gha\"`, which hold every stage";
                found.push(Diagnostic::warning(CODE, at.key("cache").at(), message).help(help));
            }
        });
    }
}
