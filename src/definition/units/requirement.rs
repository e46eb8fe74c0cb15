//! Versions of this program that a definition is made for.

use std::fmt;
use std::str::FromStr;

use super::UnitError;

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A requirement of a version: comparisons that all have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement(Vec<Comparison>);

/// One comparison with a version, of which trailing parts may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Comparison {
    operator: &'static str,
    parts: Vec<u32>,
}

/// The way in which a version misses a requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// It is older; with the version to install.
    Older(String),
    /// It is newer; with the version to install.
    Newer(String),
}

/// Operators, the longer of two with the same beginning first.
const OPERATORS: [&str; 5] = [">=", "<=", "==", ">", "<"];

/// Parts of a version.
const PARTS: usize = 3;

impl Requirement {
    /// Returns how a version misses the requirement; none for a version that meets it.
    pub fn missed_by(&self, version: &str) -> Option<Miss> {
        let version = numbers(version.split(['-', '+']).next().unwrap_or_default()).unwrap_or_default();
        self.0.iter().find_map(|comparison| comparison.missed_by(&version))
    }
}

impl Comparison {
    /// A part that is left out may be any: `<=0.2` includes 0.2.7.
    fn missed_by(&self, version: &[u32]) -> Option<Miss> {
        let version: Vec<u32> = version.iter().copied().chain([0; PARTS]).take(self.parts.len()).collect();
        let named = joined(&self.parts);
        match self.operator {
            ">=" if version < self.parts => Some(Miss::Older(format!("{named} or newer"))),
            ">" if version <= self.parts => Some(Miss::Older(format!("newer than {named}"))),
            "<=" if version > self.parts => Some(Miss::Newer(format!("{named} or older"))),
            "<" if version >= self.parts => Some(Miss::Newer(format!("older than {named}"))),
            "==" if version < self.parts => Some(Miss::Older(named)),
            "==" if version > self.parts => Some(Miss::Newer(named)),
            _ => None,
        }
    }
}

fn joined(parts: &[u32]) -> String {
    parts.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

fn numbers(text: &str) -> Option<Vec<u32>> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split('.').map(|part| part.parse().ok().filter(|_| digits(part)));
    parts.collect::<Option<Vec<u32>>>().filter(|parts| parts.len() <= PARTS)
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> =
            self.0.iter().map(|comparison| format!("{}{}", comparison.operator, joined(&comparison.parts))).collect();
        f.write_str(&all.join(", "))
    }
}

impl FromStr for Requirement {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let comparison = |item: &str| {
            let item = item.trim();
            let operator = OPERATORS.into_iter().find(|operator| item.starts_with(operator))?;
            let parts = numbers(item.strip_prefix(operator)?.trim_start())?;
            Some(Comparison { operator, parts })
        };
        let all: Option<Vec<Comparison>> = text.split(',').map(comparison).collect();
        all.map(Self).ok_or_else(|| {
            let version = numbers(text.trim_start_matches(|letter: char| !letter.is_ascii_digit()));
            let example = version.map_or_else(|| ">=0.1".to_owned(), |parts| format!(">={}", joined(&parts)));
            UnitError::new(format!("`{text}` is not a requirement of a version"), format!("write `\"{example}\"`"))
        })
    }
}

super::written_as_text!(
    Requirement,
    r"^ *(>=|<=|==|>|<) *[0-9]+(\.[0-9]+){0,2} *(, *(>=|<=|==|>|<) *[0-9]+(\.[0-9]+){0,2} *)*$",
    "Comparisons of a version, separated by commas, as in `>=0.2, <1`."
);

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(requirement: &str, version: &str) -> Option<Miss> {
        requirement.parse::<Requirement>().expect(requirement).missed_by(version)
    }

    #[test]
    fn a_part_that_is_left_out_may_be_any() {
        for (requirement, version) in [
            (">=0.1", "0.1.0"),
            (">=0.1", "1.0.0"),
            ("<=0.1", "0.1.9"),
            ("==0.1", "0.1.9"),
            (">0.1", "0.2.0"),
            ("<1", "0.9.9"),
            (">=0.1, <0.3", "0.2.7"),
            (">=0.2.0", "0.2.0-rc.1"),
        ] {
            assert_eq!(missed(requirement, version), None, "{requirement} {version}");
        }
    }

    #[test]
    fn a_miss_names_the_version_to_install() {
        let older = |text: &str| Some(Miss::Older(text.to_owned()));
        let newer = |text: &str| Some(Miss::Newer(text.to_owned()));
        assert_eq!(missed(">=0.10", "0.9.0"), older("0.10 or newer"));
        assert_eq!(missed(">0.1", "0.1.9"), older("newer than 0.1"));
        assert_eq!(missed("==0.1.2", "0.1.1"), older("0.1.2"));
        assert_eq!(missed("==0.1", "0.2.0"), newer("0.1"));
        assert_eq!(missed("<0.3", "0.3.0"), newer("older than 0.3"));
        assert_eq!(missed(">=0.1, <=0.2.1", "0.2.2"), newer("0.2.1 or older"));
    }

    #[test]
    fn names_what_to_write_instead() {
        for (text, help) in [("0.2", ">=0.2"), ("^1.2.3", ">=1.2.3"), ("latest", ">=0.1"), (">=0.1 <0.3", ">=0.1")] {
            let error = text.parse::<Requirement>().expect_err(text);
            assert_eq!(error.help, format!("write `\"{help}\"`"), "{text}");
        }
        for text in ["", ">=", ">=1.2.3.4", ">=+1", ">=0.1,", ">=99999999999"] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }
}
