//! Findings about a definition, from many modules, located and printed here.

mod github;
mod human;
mod json;
mod lines;
mod place;
mod sarif;

use std::borrow::Cow;
use std::fmt;

pub use github::{github, message as github_message};
pub use human::{human, note};
pub use json::{json, place as json_place};
pub use place::{Key, Location, Locator, Part, Source, Span};
pub use sarif::sarif;

/// The name of a rule: `promotion-order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is written.
    Error,
    /// It is reported, and the files are written.
    Warning,
}

/// One finding: which rule, where, what is wrong, what to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule.
    pub code: Code,
    /// Severity.
    pub level: Level,
    /// Location.
    pub at: Location,
    /// The mistake: lower case, no full stop.
    pub message: String,
    /// Related locations, each with its message.
    pub related: Vec<(Location, String)>,
    /// The text to type.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding that keeps every file from being written.
    pub fn error(code: Code, at: impl Into<Location>, message: impl Into<String>) -> Self {
        Self { code, level: Level::Error, at: at.into(), message: message.into(), related: Vec::new(), help: None }
    }

    /// A finding that is only reported.
    pub fn warning(code: Code, at: impl Into<Location>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, at, message) }
    }

    /// Adds what to type.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place that it has to do with.
    #[must_use]
    pub fn related(mut self, at: impl Into<Location>, what: impl Into<String>) -> Self {
        self.related.push((at.into(), what.into()));
        self
    }

    /// Returns whether it keeps files from being written.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// The candidate that `word` was probably meant to be.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (candidate.chars().count(), candidate))
        // No distance is shorter than the difference in length, which costs nothing to compute.
        .filter(|(other, _)| length.abs_diff(*other) * 3 <= length.max(*other).max(3))
        .map(|(other, candidate)| (strsim::damerau_levenshtein(word, candidate), length.max(other).max(3), candidate))
        .filter(|(distance, longest, _)| *distance * 3 <= *longest)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate)
}

/// A help that names what was probably meant, or else what there is.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match closest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if candidates.is_empty() => "there is none yet".to_owned(),
        None => format!("there is {}", listed(&candidates)),
    }
}

/// `a`, `b` and `c`.
pub fn listed<T: AsRef<str>>(items: &[T]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A path of keys into the definition: `at!["environments", name, "after"]`.
#[macro_export]
macro_rules! at {
    ($($part:expr),* $(,)?) => {
        $crate::diagnostics::Location::value(vec![$($crate::diagnostics::Part::from($part)),*])
    };
}

impl From<&str> for Part {
    fn from(key: &str) -> Self {
        Self::Key(Cow::Owned(key.to_owned()))
    }
}

impl From<&String> for Part {
    fn from(key: &String) -> Self {
        Self::Key(Cow::Owned(key.clone()))
    }
}

impl From<usize> for Part {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_probably_meant() {
        assert_eq!(closest("stagin", ["staging", "production"]), Some("staging"));
        assert_eq!(closest("shard", ["shards", "split"]), Some("shards"));
        assert_eq!(closest("xyz", ["staging", "production"]), None);
        assert_eq!(did_you_mean("zzz", ["a-long-one", "b-long-one"]), "there is `a-long-one` and `b-long-one`");
    }
}
