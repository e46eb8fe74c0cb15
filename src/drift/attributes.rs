//! `.github/workflows/.gitattributes`, with a line per generated workflow.
//!
//! It belongs to all pipelines of a repository, so its lines follow from this call and from the manifests of the others.

use std::collections::{BTreeSet, HashSet};

use super::{Change, Claim, Kind, Repository, scan};
use crate::files::{WORKFLOWS, attributes, sealed};
use crate::shared::ATTRIBUTES;

/// Attributes of a generated file.
const GENERATED: &str = "text eol=lf linguist-generated";

impl Repository {
    /// Returns the change of this file; none if the user maintains it.
    pub(super) fn attributes(&self, claims: &[&Claim], others: &HashSet<String>) -> Option<Change> {
        let (path, lines) = lines(claims, others)?;
        let expected = attributes(&lines);
        let change = self.changed(&path, &expected, |_| Kind::Stale)?;
        let ours = change.kind == Kind::Missing || sealed(&change.before) == Some(true);
        ours.then_some(change)
    }

    /// Returns the lines that a file of the user lacks.
    pub fn lacking_attributes(&self, claims: &[&Claim]) -> Vec<String> {
        let Some((path, lines)) = lines(claims, &self.others(claims)) else { return Vec::new() };
        let Some(text) = scan::text(&self.root, &path).filter(|text| sealed(text) != Some(true)) else {
            return Vec::new();
        };
        lines.into_iter().filter(|line| !text.lines().any(|other| covers(other, line))).collect()
    }
}

/// The path of the file, and a line for each workflow.
fn lines(claims: &[&Claim], others: &HashSet<String>) -> Option<(String, Vec<String>)> {
    let paths = claims.iter().flat_map(|claim| claim.exclusive()).chain(others.iter().map(String::as_str));
    let names: BTreeSet<&str> = paths.filter_map(|path| path.strip_prefix(WORKFLOWS)?.strip_prefix('/')).collect();
    let lines: Vec<String> = names.into_iter().map(|name| format!("{name} {GENERATED}")).collect();
    (!lines.is_empty()).then(|| (format!("{WORKFLOWS}/{ATTRIBUTES}"), lines))
}

/// Returns whether a line of the user sets the same line ends for a workflow as ours.
fn covers(own: &str, expected: &str) -> bool {
    let mut words = own.split_whitespace();
    let pattern = words.next().unwrap_or_default().trim_start_matches('/');
    let fits = ["*", "*.yml"].contains(&pattern) || expected.split(' ').next() == Some(pattern);
    fits && words.any(|word| word == "eol=lf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_the_user_covers_a_workflow() {
        let expected = format!("ci.yml {GENERATED}");
        for own in ["* text=auto eol=lf", "*.yml eol=lf", "/ci.yml text eol=lf", &expected] {
            assert!(covers(own, &expected), "{own}");
        }
        for own in ["# ci.yml eol=lf", "ci.yml linguist-generated", "other.yml eol=lf", ""] {
            assert!(!covers(own, &expected), "{own}");
        }
    }
}
