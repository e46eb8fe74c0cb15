//! Findings about a definition, from many modules, located and printed here.

mod edits;
mod fix;
mod github;
mod human;
mod json;
mod lines;
mod place;
mod sarif;

use std::borrow::Cow;
use std::fmt;

pub use edits::{Replacement, applied, replacements};
pub use fix::{Edit, Fix};
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
    /// The change that fixes it, where there is only one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding that keeps every file from being written.
    pub fn error(code: Code, at: impl Into<Location>, message: impl Into<String>) -> Self {
        let (at, message) = (at.into(), message.into());
        Self { code, level: Level::Error, at, message, related: Vec::new(), help: None, fix: None }
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

    /// Adds the change that fixes it, where there is only one.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
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
    near(word, candidates).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// The shortest word that can be misspelt for certain: shorter ones are close to too many others.
const SHORTEST: usize = 4;

/// The candidate that `word` was meant to be for certain: no other one is near it. Words with other digits name other things.
pub fn misspelt<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    fn digits(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(char::is_ascii_digit)
    }
    let mut near = near(word, candidates).map(|(_, candidate)| candidate);
    let only = near.next().filter(|_| near.next().is_none())?;
    (word.chars().count() >= SHORTEST && digits(word).eq(digits(only))).then_some(only)
}

/// The candidates that are near a word, each with its distance.
fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = (usize, &'a str)> {
    let length = word.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (candidate.chars().count(), candidate))
        // No distance is shorter than the difference in length, which costs nothing to compute.
        .filter(move |(other, _)| length.abs_diff(*other) * 3 <= length.max(*other).max(3))
        .map(move |(other, candidate)| {
            (strsim::damerau_levenshtein(word, candidate), length.max(other).max(3), candidate)
        })
        .filter(|(distance, longest, _)| *distance * 3 <= *longest)
        .map(|(distance, _, candidate)| (distance, candidate))
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
        assert_eq!(misspelt("stagin", ["staging", "production"]), Some("staging"));
        assert_eq!(misspelt("shard", ["shards", "share"]), None, "two are near");
        assert_eq!(misspelt("app", ["api"]), None, "short words are near too many others");
        assert_eq!(misspelt("3.13", ["3.12"]), None, "another version is no spelling");
        assert_eq!(did_you_mean("zzz", ["a-long-one", "b-long-one"]), "there is `a-long-one` and `b-long-one`");
    }
}
