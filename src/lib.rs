//! Pipewright compiles one typed `pipeline.toml` into hardened GitHub Actions workflows, and keeps them true.
//!
//! Data travels one way: sources, definition, checks, lowering, workflow, verification, text, disk.

pub mod actions_lock;
mod allow;
pub mod catalogue;
pub mod changelog;
mod checks;
mod conflict;
pub mod day;
pub mod definition;
mod delivery;
pub mod diagnostics;
pub mod doctor;
pub mod drift;
pub mod eject;
pub mod files;
pub mod fixes;
mod gitignore;
pub mod graph;
pub mod init;
mod lowering;
pub mod lsp;
pub mod pins;
pub mod plan;
pub mod provenance;
mod pytest;
pub mod readback;
mod resolve;
mod runners;
pub mod script;
mod seal;
pub mod setup;
mod shared;
pub mod sources;
mod supplies;
pub mod templates;
#[cfg(test)]
mod testing;
mod toolchains;
pub mod trace;
mod traffic;
pub mod upstream;
pub mod verification;
pub mod workflow;
pub mod yaml;

use checks::Subject;
use definition::Definition;
use diagnostics::{Code, Diagnostic, Location};
use files::File;
use init::Needs;
use lowering::Lowered;
use pins::Lock;
use resolve::Resolved;
use sources::{Sources, Text};
use workflow::Workflow;

/// The rule that everything has a pin: `generate` adds those that it knows.
pub const UNPINNED: Code = lowering::UNPINNED;

/// The rule that a lock can be read.
pub const LOCK: Code = Code("lock");

/// The result of a compilation.
#[derive(Debug, Default)]
pub struct Compilation {
    /// Every generated file, by path; none for an invalid definition.
    pub files: Vec<File>,
    /// The workflows behind those files, in the same order as theirs.
    pub workflows: Vec<Workflow>,
    /// Everything that is wrong with it, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that the definition accepts by `[allow]`.
    pub accepted: Vec<Diagnostic>,
}

impl Compilation {
    /// Returns whether nothing may be written.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Compiles a definition: reads it, compiles it, and takes out what it allows.
pub fn compile(sources: &Sources) -> Compilation {
    let read = definition::read(sources);
    let mut diagnostics = read.diagnostics;
    let Some(definition) = read.definition else {
        return Compilation { diagnostics: sorted(sources, diagnostics), ..Compilation::default() };
    };
    let compiled = passes(&definition, sources, &mut diagnostics);
    let accepted = allow::accept(&definition.allow, codes, &mut diagnostics);
    let diagnostics = sorted(sources, diagnostics);
    match compiled.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)) {
        Some((files, workflows)) => Compilation { files, workflows, diagnostics, accepted },
        None => Compilation { diagnostics, ..Compilation::default() },
    }
}

/// The passes in order; none for a definition with errors.
fn passes(
    definition: &Definition,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Vec<File>, Vec<Workflow>)> {
    let (lock, unreadable) = lock(sources);
    let Resolved { pipeline, diagnostics: unresolved } = resolve::resolve(definition, sources);
    diagnostics.extend(unresolved);
    diagnostics.extend(checks::check(&Subject::new(definition, sources, &pipeline)));
    diagnostics.extend(unreadable);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let lowered = lowering::lower(&pipeline, sources, &lock).map_err(|unmet| diagnostics.extend(unmet)).ok()?;
    let Lowered { workflows, emitted } = lowered;
    diagnostics.extend(verification::verify(&workflows));
    if diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let files = files::files(sources, &workflows, emitted).map_err(|refused| diagnostics.push(*refused)).ok()?;
    Some((files, workflows))
}

/// The page of a rule: what it means, why it is one, an example that breaks it, and the fix. None for one that is not.
pub fn explain(rule: &str) -> Option<String> {
    let verified = || verification::pages().find(|(code, _)| *code == rule).map(|(_, page)| page.to_owned());
    checks::explain::explain(rule).or_else(verified)
}

/// The names of all rules, sorted.
pub fn codes() -> Vec<&'static str> {
    let mut codes = checks::explain::codes();
    codes.extend(verification::pages().map(|(code, _)| code));
    codes.sort_unstable();
    codes
}

/// Returns the pins that the workflows of a definition use, with any lock; none for an invalid definition.
pub fn needs(sources: &Sources) -> Needs {
    let Some(definition) = definition::read(sources).definition else { return Needs::default() };
    let Resolved { pipeline, diagnostics } = resolve::resolve(&definition, sources);
    if !diagnostics.is_empty() {
        return Needs::default();
    }
    let (workflows, asked) = lowering::needs(&pipeline, sources, &pins::builtin::lock());
    Needs {
        actions: asked.actions.into_keys().collect(),
        images: asked.images.into_keys().collect(),
        tools: asked.tools.into_keys().collect(),
        workflows,
    }
}

/// Returns the lock of a definition with the pins that it lacks and that this program knows; none where it lacks none of
/// them, or is broken.
pub fn recorded(sources: &Sources) -> Option<Text> {
    let (mut lock, unreadable) = lock(sources);
    let Needs { actions, images, tools, .. } = needs(sources);
    let known = pins::builtin::lock_for(
        actions.iter().map(String::as_str),
        images.iter().map(String::as_str),
        tools.iter().map(String::as_str),
    );
    (unreadable.is_none() && lock.complete(known)).then(|| Text { file: sources.lock_file(), text: lock.to_text() })
}

/// In the order of the file, whichever rule found them; the same finding is reported once.
fn sorted(sources: &Sources, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if diagnostics.len() > 1 {
        let locator = sources.locator();
        diagnostics.sort_by_cached_key(|diagnostic| {
            let located = locator.locate(&diagnostic.at);
            let start = located.range.as_ref().map_or(0, |range| range.start);
            (located.file.to_owned(), start, diagnostic.level, diagnostic.code, diagnostic.message.clone())
        });
        diagnostics.dedup();
    }
    diagnostics
}

/// The pins; a definition without a lock has none.
fn lock(sources: &Sources) -> (Lock, Option<Diagnostic>) {
    let Some(text) = &sources.lock else { return (Lock::default(), None) };
    match Lock::parse(&text.text) {
        Ok(lock) => (lock, None),
        Err(_) if conflict::marker(&text.text).is_some() => (Lock::default(), Some(unmerged(text))),
        Err(error) => {
            let at = Location::Bytes { file: text.file.clone(), range: (error.span.start, error.span.end) };
            let diagnostic = Diagnostic::error(LOCK, at, error.message).help(error.help);
            (Lock::default(), Some(diagnostic))
        }
    }
}

/// The error of a lock with conflicts of a merge.
fn unmerged(lock: &Text) -> Diagnostic {
    let range = conflict::marker(&lock.text).unwrap_or_default();
    let at = Location::Bytes { file: lock.file.clone(), range: (range.start, range.end) };
    let help = "run `pipewright generate`: it keeps the later version of each pin";
    Diagnostic::error(LOCK, at, "a conflict of a merge is not resolved").help(help)
}

/// Returns the lock of a definition with the pins of both sides, if a merge has left conflicts in it.
///
/// # Errors
///
/// Names of pins of which no side has the later version.
pub fn merged(sources: &Sources) -> Option<Result<Text, Vec<String>>> {
    let lock = sources.lock.as_ref().filter(|lock| conflict::marker(&lock.text).is_some())?;
    let (ours, theirs) = conflict::sides(&lock.text);
    let (ours, theirs) = (Lock::parse(&ours).ok()?, Lock::parse(&theirs).ok()?);
    Some(ours.merge(theirs).map(|merged| Text { file: lock.file.clone(), text: merged.to_text() }))
}
