//! Caches of two images do not overwrite each other.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct CacheScope;

const CODE: Code = Code("cache-scope");

impl Check for CacheScope {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/cache-scope.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let images = &subject.definition.images;
        entries(&ROOT, "images", images, &mut |at, name, image| {
            let above = images.iter().take_while(|(other, _)| *other != name);
            for (other, _) in above.filter(|(_, it)| it.repository == image.repository) {
                let message = format!("`{name}` and `{other}` would overwrite each other in `{}`", image.repository);
                let there = ROOT.key("images").key(other).key("repository").at();
                let diagnostic = Diagnostic::error(CODE, at.key("repository").at(), message);
                let help = format!("give each image its own repository, as in `{}-{name}`", image.repository);
                found.push(diagnostic.related(there, "the other one").help(help));
            }
            for (index, cache) in image.cache.iter().enumerate() {
                if image.cache.iter().take(index).any(|before| before == cache) {
                    let message = "the same cache is named twice, and a build refuses that";
                    found
                        .push(Diagnostic::error(CODE, at.key("cache").index(index).at(), message).help("name it once"));
                }
            }
        });
    }
}
