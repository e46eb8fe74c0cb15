//! Versions in the names of tags.

use std::cmp::Ordering;

/// A version in the name of a tag, as in `v4.2.2` and `cargo-nextest-0.9.143`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version<'t> {
    /// The text before the numbers, without a `v`.
    series: &'t str,
    numbers: Vec<u64>,
}

impl<'t> Version<'t> {
    /// The version in a name; none in one that does not end in numbers, as that of a pre-release does.
    pub(crate) fn of(name: &'t str) -> Option<Self> {
        let start = name.rfind(|c: char| !c.is_ascii_digit() && c != '.').map_or(0, |at| at + 1);
        let (series, numbers) = (name.get(..start)?, name.get(start..)?);
        let series = series.strip_suffix(['v', 'V']).unwrap_or(series);
        // `1.0-rc.2` and `1.0-rc2` have numbers before the last letters.
        let is_series = series.is_empty() || series.ends_with(['-', '/', '_']) && !names_prerelease(series);
        let numbers: Option<Vec<u64>> = numbers.split('.').map(|number| number.parse().ok()).collect();
        is_series.then_some(Self { series, numbers: numbers? })
    }

    /// Returns whether it is a later version of the same series.
    pub(crate) fn is_later_than(&self, other: &Self) -> bool {
        self.series == other.series && self.compare(other) == Ordering::Greater
    }

    /// The order within a series; a number that is left out is 0.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let length = self.numbers.len().max(other.numbers.len());
        let padded = |numbers: &[u64]| -> Vec<u64> {
            numbers.iter().copied().chain(std::iter::repeat(0)).take(length).collect()
        };
        padded(&self.numbers).cmp(&padded(&other.numbers))
    }

    /// Returns whether a tag has all numbers of a release. Tags with fewer are moved from release to release.
    ///
    /// Source: <https://docs.github.com/actions/how-tos/create-and-publish-actions/manage-custom-actions>.
    pub(crate) fn is_full(&self) -> bool {
        self.numbers.len() >= 3
    }
}

/// Returns whether a tag has a later version than another one of the same series.
pub fn is_later(tag: &str, other: &str) -> bool {
    Version::of(tag).zip(Version::of(other)).is_some_and(|(tag, other)| tag.is_later_than(&other))
}

/// Returns whether a tag is a release for which a tag such as `v4` was moved.
pub(crate) fn is_release_of(tag: &str, moving: &str) -> bool {
    let both = Version::of(tag).zip(Version::of(moving));
    both.is_some_and(|(tag, moving)| tag.series == moving.series && tag.numbers.starts_with(&moving.numbers))
}

/// Returns whether a name such as `1.0-rc-` has a version already, to which the last numbers belong.
fn names_prerelease(series: &str) -> bool {
    let words = series.trim_end_matches(['-', '/', '_']).rsplit(['-', '/', '_']);
    words.into_iter().any(|word| word.contains('.') || word.trim_start_matches('v').parse::<u64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Version, is_later, is_release_of};

    #[test]
    fn later_versions_of_the_same_series() {
        for (newer, older, is) in [
            ("v4.2.2", "v4.2.1", true),
            ("v4.10.0", "v4.9.9", true),
            ("v5", "v4.9.9", true),
            ("v4", "v4.0.0", false),
            ("4.3.0", "v4.2.0", true),
            ("cargo-nextest-0.9.144", "cargo-nextest-0.9.143", true),
            ("nextest-runner-0.99.0", "cargo-nextest-0.9.143", false),
            ("codeql-bundle-v2.20.1", "v3.1.0", false),
            ("v4.2.1", "v4.2.1", false),
        ] {
            assert_eq!(is_later(newer, older), is, "{newer} {older}");
        }
    }

    #[test]
    fn releases_of_a_moving_tag() {
        for (tag, moving, is) in
            [("v4.1.0", "v4", true), ("v3.9.0", "v4", false), ("v40.0.0", "v4", false), ("x-4.1", "v4", false)]
        {
            assert_eq!(is_release_of(tag, moving), is, "{tag} {moving}");
        }
    }

    #[test]
    fn what_is_no_release() {
        for name in
            ["v5.0.0-rc.1", "v5-beta1", "v5.0.0-rc-2", "main", "v5.0.0+1x", "", "v", "v1..2", "99999999999999999999999"]
        {
            assert_eq!(Version::of(name), None, "{name}");
        }
    }
}
