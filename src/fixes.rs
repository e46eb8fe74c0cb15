//! Certain fixes of a definition, applied to its texts until none is left.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use crate::compile;
use crate::diagnostics::{Code, Replacement, applied, replacements};
use crate::sources::{Sources, Text};

/// A fix that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The rule of the finding.
    pub code: Code,
    /// The path of the file from the root of the repository.
    pub file: String,
    /// The line of the finding, from 1.
    pub line: usize,
    /// The finding.
    pub message: String,
    /// The change.
    pub title: String,
}

/// Fixes that are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that are certain.
    Certain,
    /// Names that an earlier version of the language had.
    Migrations,
}

/// Rounds of fixes: a fix may show the next mistake.
const ROUNDS: usize = 12;

/// Applies fixes to the definition and to those that it extends.
pub fn apply(sources: &mut Sources, which: Which) -> Vec<Fixed> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        let fixed = round(sources, which);
        if fixed.is_empty() {
            break;
        }
        all.extend(fixed);
    }
    all
}

/// A fix, and the bytes that it replaces.
type Candidate = (Fixed, Vec<Replacement>);

/// Fixes that are tried one by one, where all at once leave a text that cannot be read.
const MOST: usize = 100;

fn round(sources: &mut Sources, which: Which) -> Vec<Fixed> {
    let candidates = candidates(sources, which);
    let mut chosen: Vec<&Candidate> = Vec::new();
    for candidate in &candidates {
        if !chosen.iter().any(|other| overlap(&candidate.1, &other.1)) {
            chosen.push(candidate);
        }
    }
    let mut after = with(sources, &chosen);
    if after.is_none() {
        let mut kept = Vec::new();
        for candidate in chosen.into_iter().take(MOST) {
            kept.push(candidate);
            if with(sources, &kept).is_none() {
                kept.pop();
            }
        }
        after = with(sources, &kept);
        chosen = kept;
    }
    let Some(after) = after else { return Vec::new() };
    let fixed = chosen.into_iter().map(|(fixed, _)| fixed.clone()).collect();
    for text in std::iter::once(&mut sources.definition).chain(&mut sources.bases) {
        if let Some(new) = after.get(&text.file) {
            text.text.clone_from(new);
        }
    }
    fixed
}

/// The certain fixes of a definition, in the order of the findings.
fn candidates(sources: &Sources, which: Which) -> Vec<Candidate> {
    let found = compile(sources).diagnostics;
    let locator = sources.locator();
    let mut candidates = Vec::new();
    for diagnostic in &found {
        let fix = diagnostic.fix.as_ref().filter(|fix| which == Which::Certain || fix.is_migration);
        if let Some((fix, edits)) = fix.and_then(|fix| Some((fix, replacements(fix, &locator)?))) {
            let located = locator.locate(&diagnostic.at);
            let [(line, _), _] = locator.lines_and_columns(&located);
            let (file, message, title) = (located.file.to_owned(), diagnostic.message.clone(), fix.title.clone());
            candidates.push((Fixed { code: diagnostic.code, file, line, message, title }, edits));
        }
    }
    candidates
}

fn overlap(one: &[Replacement], other: &[Replacement]) -> bool {
    let crosses = |a: &Replacement, b: &Replacement| {
        a.file == b.file
            && (a.range == b.range && a.range.0 < a.range.1 || a.range.0 < b.range.1 && b.range.0 < a.range.1)
    };
    one.iter().any(|a| other.iter().any(|b| crosses(a, b)))
}

/// The texts with these fixes; none if one of them cannot be read then, and could before.
fn with(sources: &Sources, chosen: &[&Candidate]) -> Option<BTreeMap<String, String>> {
    let mut texts = BTreeMap::new();
    for Text { file, text } in std::iter::once(&sources.definition).chain(&sources.bases) {
        let edits = chosen.iter().flat_map(|(_, edits)| edits).filter(|edit| edit.file == *file);
        let edits: BTreeSet<&Replacement> = edits.collect();
        if !edits.is_empty() {
            let after = applied(text, edits);
            let errors = syntax_errors(&after);
            if errors > 0 && errors >= syntax_errors(text) {
                return None;
            }
            texts.insert(file.clone(), after);
        }
    }
    Some(texts)
}

fn syntax_errors(text: &str) -> usize {
    DeTable::parse_recoverable(text).1.len()
}
