//! Patterns of GitHub's settings.

/// Returns whether a text fits a pattern in which `*` matches any characters, also `/` if it `crosses` folders.
pub(super) fn fits(pattern: &str, text: &str, crosses: bool) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // The place of the last `*`, and the place in the text up to which it matches.
    let (mut star, mut p, mut t): (Option<(usize, usize)>, usize, usize) = (None, 0, 0);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some(letter) if *letter == '?' && text.get(t) != Some(&'/') || text.get(t) == Some(letter) => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        match star {
            Some((at, matched)) if crosses || text.get(matched) != Some(&'/') => {
                star = Some((at, matched + 1));
                (p, t) = (at + 1, matched + 1);
            }
            _ => return false,
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_matches_within_a_folder_or_across() {
        for (pattern, text, within, across) in [
            ("main", "main", true, true),
            ("main", "maine", false, false),
            ("v*", "v1.2", true, true),
            ("release/*", "release/a", true, true),
            ("release/*", "release/a/b", false, true),
            ("release/*/*", "release/a/b", true, true),
            ("*", "a/b", false, true),
            ("v?", "v1", true, true),
            ("actions/*@*", "actions/cache/save@abc", false, true),
            ("*x", "y", false, false),
            ("", "", true, true),
        ] {
            assert_eq!(fits(pattern, text, false), within, "{pattern} {text}");
            assert_eq!(fits(pattern, text, true), across, "{pattern} {text} across");
        }
    }
}
