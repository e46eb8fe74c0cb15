//! Globs of the definition match files of the repository.
//!
//! A warning: the files of a glob come and go without a change of the definition.

use super::check::{Check, Subject};
use super::support::globs::{Search, is_pattern, literal_folder};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::definition::Workflow;
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::gitignore::Gitignore;
use crate::resolve::TestRun;
use crate::runners::Paths;
use crate::sources::{self, Tree, below};

pub(crate) struct UnmatchedGlob;

const CODE: Code = Code("unmatched-glob");

impl Check for UnmatchedGlob {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/unmatched-glob.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let mut globs = Globs { subject, search: Search::new(subject.sources.tree.as_ref()), found };
        globs.components();
        globs.tests();
        globs.quarantine();
        entries(&ROOT, "workflows", &subject.definition.workflows, &mut |at, name, workflow| {
            globs.workflow(&at.key("on"), name, workflow);
        });
    }
}

/// A glob of a definition.
struct Written<'a> {
    /// The folder that it starts from, from the root of the repository.
    base: &'a str,
    /// Its text, without the `!` in front.
    text: &'a str,
    /// `true` for one that leaves files out, which does no harm before there are any.
    excludes: bool,
}

struct Globs<'s, 'd, 'f> {
    subject: &'s Subject<'d>,
    search: Search<'s>,
    found: &'f mut Vec<Diagnostic>,
}

impl Globs<'_, '_, '_> {
    fn components(&mut self) {
        let base = self.subject.sources.folder();
        entries(&ROOT, "components", &self.subject.definition.components, &mut |at, name, component| {
            items(at, "watch", &component.watch, &mut |at, text| {
                if let Some(files) = text.strip_prefix('!') {
                    let message = format!("`watch` excludes nothing, so no file matches `{text}`");
                    let help = format!("remove it; `ignore = [\"{files}\"]` is for files in the folder of `{name}`");
                    self.found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
                    return;
                }
                let own = sources::join(base, &component.path).and_then(|own| sources::join(&own, text));
                let inside = own.is_some_and(|own| component.path != "." && !self.search.is_dead(&own));
                let help = inside.then(|| format!("remove it: changes in the folder of `{name}` count already"));
                self.one(at, &Written { base, text, excludes: false }, help);
            });
            items(at, "ignore", &component.ignore, &mut |at, text| {
                self.one(at, &Written { base, text, excludes: true }, None);
            });
        });
    }

    /// Folders and globs of what vitest and jest measure.
    fn tests(&mut self) {
        let table = ROOT.key("tests");
        for run in self.subject.pipeline.tests.values().filter(|run| run.written.before.is_empty()) {
            let Some(coverage) = &run.written.coverage else { continue };
            if !matches!(run.runner.name(), "vitest" | "jest") {
                continue;
            }
            let (base, at) = (run.component.folder.as_str(), table.key(run.name));
            items(&at.key("coverage"), "source", &coverage.source, &mut |at, text| {
                // The glob of a folder is that of its files.
                let is_folder = !is_pattern(text) && self.exists(base, text);
                if !is_folder && !text.contains(['{', '(', '!']) {
                    self.one(at, &Written { base, text, excludes: false }, None);
                }
            });
        }
    }

    /// Files and globs that every run leaves out, where each runner selects by files.
    fn quarantine(&mut self) {
        let table = ROOT.key("quarantine");
        let runs: Vec<&TestRun<'_>> = self.subject.pipeline.tests.values().map(AsRef::as_ref).collect();
        for (path, entry) in &self.subject.definition.quarantine {
            let of = |run: &&TestRun<'_>| entry.of.as_ref().is_none_or(|of| of == run.name);
            let runs: Vec<&TestRun<'_>> = runs.iter().copied().filter(of).collect();
            let text = path.split("::").next().unwrap_or_default();
            if runs.is_empty() || !runs.iter().all(|run| is_by_files(run)) {
                continue;
            }
            // `missing-path` reports the path of one run of pytest.
            if entry.of.is_some() && !is_pattern(text) && runs.iter().any(|run| run.runner.name() == "pytest") {
                continue;
            }
            let is_there = |base: &str| !is_pattern(text) && self.exists(base, text);
            if runs.iter().any(|run| is_there(&run.component.folder)) {
                continue;
            }
            let bases = || runs.iter().map(|run| run.component.folder.as_str());
            let dead = bases().all(|base| sources::join(base, text).is_none_or(|glob| self.search.is_dead(&glob)));
            if let (true, Some(base)) = (dead, bases().next()) {
                let message = format!("no file of a test run matches `{text}`");
                let help = self.near(base, text).unwrap_or_else(|| "correct it, or remove the entry".to_owned());
                self.found.push(Diagnostic::warning(CODE, table.key(path).at().key(), message).help(help));
            }
        }
    }

    /// GitHub's filter starts from the root of the repository.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onpushpull_requestpull_request_targetpathspaths-ignore>
    fn workflow(&mut self, at: &Trail<'_>, name: &str, workflow: &Workflow) {
        let paths = &workflow.on.paths;
        if !paths.is_empty() && paths.iter().all(|path| path.starts_with('!')) {
            let message = format!("`paths` excludes files, and includes none, so no change starts `{name}`");
            let help = "add `\"**\"` in front";
            self.found.push(Diagnostic::error(CODE, at.key("paths").at(), message).help(help));
            return;
        }
        let mut alive = false;
        items(at, "paths", paths, &mut |at, text| {
            let (text, excludes) = text.strip_prefix('!').map_or((text.as_str(), false), |files| (files, true));
            let plain = text.trim_start_matches("./").trim_start_matches('/');
            let dead = if plain.len() < text.len() {
                // Source: <https://github.com/rhysd/actionlint/issues/521>.
                let message = format!("no change matches `{text}`: paths of changes start without `./` and `/`");
                let help = format!("write `\"{}{plain}\"`", if excludes { "!" } else { "" });
                self.found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
                true
            } else {
                // `?` and `+` repeat the character in front of them there.
                !text.contains(['?', '+']) && self.one(at, &Written { base: "", text, excludes }, None)
            };
            alive |= !dead && !excludes;
        });
        if let (false, Some(last)) = (alive || paths.is_empty(), self.found.last_mut()) {
            last.message.push_str(&format!(", so no change starts `{name}`"));
        }
    }

    /// Reports a glob that no file matches, and returns whether it is one.
    fn one(&mut self, at: &Trail<'_>, written: &Written<'_>, help: Option<String>) -> bool {
        let Written { base, text, excludes } = written;
        // A path out of the repository, and an empty one, are reported by other rules.
        let Some(glob) = sources::join(base, text).filter(|_| !text.trim().is_empty()) else { return false };
        let folder = if text.ends_with('/') { "/" } else { "" };
        let dead = if *excludes {
            !self.subject.sources.tree.exists(literal_folder(&glob))
        } else {
            self.search.is_dead(&format!("{glob}{folder}"))
        };
        if !dead || self.is_generated(&glob) {
            return false;
        }
        let message = format!("no file of the repository matches `{text}`");
        let help = help.or_else(|| self.near(base, text)).unwrap_or_else(|| self.missing(&glob));
        self.found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
        true
    }

    fn exists(&self, base: &str, text: &str) -> bool {
        sources::join(base, text).is_some_and(|path| self.subject.sources.tree.exists(&path))
    }

    /// Returns whether files of a glob are made later: by Pipewright, by a step or a build, or by `git submodule`.
    fn is_generated(&self, glob: &str) -> bool {
        let sources = self.subject.sources;
        let tree = sources.tree.as_ref();
        let is_own = |folder: &str| glob.starts_with(folder);
        if is_own(".github/workflows/") || is_own(".github/pipewright") || glob == sources.lock_file() {
            return true;
        }
        let modules = tree.read(".gitmodules").unwrap_or_default();
        let mut modules = modules.lines().filter_map(|line| line.trim().strip_prefix("path")?.trim().strip_prefix('='));
        if modules.any(|path| within(path.trim(), glob) || within(path.trim(), literal_folder(glob))) {
            return true;
        }
        is_ignored(tree, glob)
    }

    /// Help for a glob that would match in another way of writing it.
    fn near(&self, base: &str, text: &str) -> Option<String> {
        let tree = self.subject.sources.tree.as_ref();
        let plain = text.trim_start_matches("./").trim_end_matches('/');
        if !is_pattern(plain) && !plain.is_empty() && self.exists(base, plain) {
            return Some(format!("write `\"{plain}/**\"`: a folder matches by the files in it"));
        }
        if text.contains('{') {
            return Some("write a pattern for each: braces are not expanded".to_owned());
        }
        let alive =
            |base: &str, text: &str| sources::join(base, text).is_some_and(|glob| !Search::new(tree).is_dead(&glob));
        if let Some(inner) = plain.strip_prefix(base).and_then(|inner| inner.strip_prefix('/'))
            && !base.is_empty()
            && alive(base, inner)
        {
            return Some(format!("write `\"{inner}\"`: paths start from `{base}`"));
        }
        let from_root = below(self.subject.sources.folder(), plain);
        if base.is_empty() && from_root != plain && alive("", &from_root) {
            return Some(format!("write `\"{from_root}\"`: paths start from the root of the repository"));
        }
        misspelt(tree, base, plain).filter(|near| alive(base, near)).map(|near| format!("did you mean `\"{near}\"`?"))
    }

    fn missing(&self, glob: &str) -> String {
        let folder = literal_folder(glob);
        if self.subject.sources.tree.exists(folder) {
            return "correct it, or remove it".to_owned();
        }
        format!("correct it, or remove it: there is no folder `{folder}`")
    }
}

/// Returns whether a run selects its tests by files, and finds those of the repository alone.
fn is_by_files(run: &TestRun<'_>) -> bool {
    matches!(run.runner.capabilities().paths, Paths::Tests | Paths::Files) && run.written.before.is_empty()
}

/// Returns whether one of two paths leads to the other.
fn within(one: &str, other: &str) -> bool {
    let inside = |folder: &str, path: &str| {
        path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(one, other) || inside(other, one)
}

/// Returns whether git leaves out what a glob names: its folders, or names like it.
fn is_ignored(tree: &dyn Tree, glob: &str) -> bool {
    let git = Gitignore::new(tree);
    let name = |part: &str| part.replace(['*', '?', '['], "x");
    let mut path = String::new();
    glob.split('/').any(|part| {
        let alone = name(part);
        path = below(&path, &alone);
        !part.starts_with("**")
            && [path.as_str(), alone.as_str()]
                .iter()
                .any(|path| git.ignores(path, true).is_some() || git.ignores(path, false).is_some())
    })
}

/// The glob with the names that are there in place of misspelt ones.
fn misspelt(tree: &dyn Tree, base: &str, text: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut folder = sources::join(base, ".")?;
    let mut all = text.split('/');
    for part in all.by_ref() {
        if is_pattern(part) {
            parts.push(part.to_owned());
            break;
        }
        let names = tree.list(&folder);
        let near = meant(part, names.iter().map(|name| name.trim_end_matches('/')))?.to_owned();
        folder = below(&folder, &near);
        parts.push(near);
    }
    parts.extend(all.map(str::to_owned));
    Some(parts.join("/"))
}

/// The name of a list that was meant: `Cargo.toml` is no spelling of `Cargo.lock`.
fn meant<'n>(name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    if let Some(same) = names.clone().find(|other| *other == name) {
        return Some(same);
    }
    if let Some(same) = names.clone().find(|other| other.eq_ignore_ascii_case(name)) {
        return Some(same);
    }
    let kind = |name: &str| name.rsplit_once('.').map(|(_, kind)| kind.to_owned());
    let own = kind(name);
    closest(name, names).filter(|near| match (&own, kind(near)) {
        (Some(own), Some(other)) => closest(own, [other.as_str()]).is_some(),
        (own, other) => own.is_none() && other.is_none(),
    })
}
