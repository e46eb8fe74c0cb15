//! Paths of the definition exist in the repository.

use super::check::{Check, Subject};
use super::support::paths::{self, Named};
use crate::at;
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::resolve::TestRun;
use crate::sources;

pub(crate) struct MissingPath;

const CODE: Code = Code("missing-path");

impl Check for MissingPath {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/missing-path.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        paths::each(subject, &mut |at, it| {
            if it.named == Named::Pattern {
                return;
            }
            let Some(path) = sources::join(it.base, it.text) else { return };
            if !subject.sources.tree.exists(&path) {
                let message = format!("there is no `{path}` in the repository");
                let inner = inner(subject, it.base, it.text)
                    .map(|inner| format!("write `\"{inner}\"`: paths start from {}", it.from()));
                let near = || nearby(subject, &path).map(|near| format!("did you mean `{near}`?"));
                let help = inner.or_else(near).unwrap_or_else(|| "create it, or correct the path".to_owned());
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        });
        let runs = subject.pipeline.tests.values();
        found.extend(runs.filter_map(|run| not_startable(subject, run)));
    }
}

/// The error about a run whose runner has no file to start.
fn not_startable(subject: &Subject<'_>, run: &TestRun<'_>) -> Option<Diagnostic> {
    let file = run.runner.started_by()?;
    let path = sources::join(&run.component.folder, file)?;
    if subject.sources.tree.exists(&path) {
        return None;
    }
    let component = run.component.name;
    let message = format!("`{}` starts `{path}`, which is not in the repository", run.runner.name());
    let help = format!("set `path` of `components.{component}` to the folder that has `{file}`");
    Some(Diagnostic::error(CODE, at!["tests", run.name.as_str(), "runner"], message).help(help))
}

/// The path from a folder that is there, of one that is written from the root.
fn inner<'a>(subject: &Subject<'_>, base: &str, text: &'a str) -> Option<&'a str> {
    let inner = text.trim_start_matches("./").strip_prefix(base)?.strip_prefix('/')?;
    sources::join(base, inner).filter(|path| !base.is_empty() && subject.sources.tree.exists(path)).map(|_| inner)
}

/// Entry of the same folder with the most similar name.
fn nearby(subject: &Subject<'_>, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let names = subject.sources.tree.list(folder);
    let near = closest(name, names.iter().map(|name| name.trim_end_matches('/')))?;
    sources::join(folder, near)
}
