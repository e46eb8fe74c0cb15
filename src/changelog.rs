//! Changes of generated files, by version: the reason for a difference after an upgrade.

/// The changelog of this version.
const CHANGELOG: &str = include_str!("../CHANGELOG.md");

/// The section of a version that lists changes of generated files.
const SECTION: &str = "### Generated files";

/// Returns changes of generated files in the versions after `other`, the newest first, each with its version.
pub fn changed_since(other: &str) -> Vec<(&'static str, String)> {
    changes(CHANGELOG, other)
}

fn changes<'t>(text: &'t str, other: &str) -> Vec<(&'t str, String)> {
    let mut found = Vec::new();
    for part in text.split("\n## [").skip(1) {
        let version = part.split(']').next().unwrap_or_default();
        if numbers(version) <= numbers(other) {
            break;
        }
        let section = part.split_once(SECTION).map_or("", |(_, rest)| rest);
        let section = section.split("\n### ").next().unwrap_or_default();
        found.extend(section.split("\n- ").skip(1).map(|entry| {
            let line = entry.split_whitespace().collect::<Vec<_>>().join(" ");
            (version, line)
        }));
    }
    found
}

fn numbers(version: &str) -> Vec<u32> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_changes_of_every_later_version() {
        let text = "# Changelog\n\n## [0.3.0]\n\n### Added\n\n- A key.\n\n### Generated files\n\n- Steps have\n  names.\n- Two.\n\n\
                    ## [0.2.0]\n\n### Generated files\n\n- One.\n\n## [0.1.0]\n\n### Generated files\n\n- The first.\n";
        let of = |other| {
            changes(text, other).into_iter().map(|(version, line)| format!("{version} {line}")).collect::<Vec<_>>()
        };
        assert_eq!(of("0.1.0"), ["0.3.0 Steps have names.", "0.3.0 Two.", "0.2.0 One."]);
        assert_eq!(of("0.3.0"), Vec::<String>::new());
        assert_eq!(of("0.3.1"), Vec::<String>::new());
    }

    #[test]
    fn this_version_is_in_the_changelog() {
        assert!(CHANGELOG.contains(&format!("\n## [{}]", env!("CARGO_PKG_VERSION"))));
    }
}
