//! Versions of Node.js, as manifests and workflows write them.

use super::own::Version;
use super::project::Versions;

/// The version that has long-term support now.
pub(super) const USUAL: u32 = 24;

/// Major versions that are maintained: odd ones are no more than a way to the next.
///
/// Source: <https://github.com/nodejs/Release>.
const MAINTAINED: &[u32] = &[22, 24, 26];

/// Names of the versions with long-term support.
///
/// Source: <https://github.com/nodejs/Release>.
const LONG_TERM: &[(&str, u32)] = &[("hydrogen", 18), ("iron", 20), ("jod", 22), ("krypton", 24)];

/// The maintained versions that jobs set up.
pub(super) fn tested(all: &[&Version]) -> Option<Versions> {
    let mut found: Vec<(u32, String)> = all
        .iter()
        .filter_map(|known| {
            let major = version(known.text.trim_end_matches(".x"))?.split('.').next()?.parse().ok()?;
            Some((major, known.place.to_string()))
        })
        .filter(|(major, _)| MAINTAINED.contains(major))
        .collect();
    found.sort();
    found.dedup_by_key(|(major, _)| *major);
    let from = found.first()?.1.clone();
    Some(Versions { list: found.iter().map(|(major, _)| major.to_string()).collect(), from: Some(from) })
}

/// A version as `.nvmrc` writes it: `22`, `v22.3.0`, `lts/jod`.
pub(super) fn version(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix("lts/") {
        let known = LONG_TERM.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        return if name == "*" { Some(USUAL.to_string()) } else { known.map(|(_, major)| major.to_string()) };
    }
    let digits = text.trim_start_matches('v');
    let sound = !digits.is_empty()
        && digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    sound.then(|| digits.to_owned())
}

/// The major versions that `engines.node` allows, one for each of its alternatives.
pub(super) fn engines(range: &str) -> Vec<String> {
    let mut majors: Vec<u32> = range.split("||").filter_map(engine).collect();
    majors.sort_unstable();
    majors.dedup();
    majors.into_iter().map(|major| major.to_string()).collect()
}

/// The newest version with long-term support in a range, else the range's lower end.
fn engine(range: &str) -> Option<u32> {
    let number = |text: &str| -> Option<(u32, bool)> {
        let text = text.trim_start_matches(['=', ' ', 'v']);
        let (major, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        Some((major.parse().ok()?, rest.trim_matches(['.', '0', 'x', ' ']).is_empty()))
    };
    let range = range.trim();
    let lower = range.trim_start_matches(['^', '~', '>', '=', ' ', 'v']);
    let (lowest, _) = number(lower)?;
    if !range.starts_with('>') {
        return Some(lowest);
    }
    let highest = match range.split_once('<') {
        Some((_, upper)) if upper.starts_with('=') => number(upper)?.0,
        // `<23` and `<23.0.0` end before 23, `<22.5` within 22.
        Some((_, upper)) => number(upper).map(|(major, whole)| if whole { major.saturating_sub(1) } else { major })?,
        None => USUAL.max(lowest),
    };
    let long_term = LONG_TERM.iter().rev().map(|(_, major)| *major);
    long_term.into_iter().find(|major| (lowest..=highest).contains(major)).or(Some(lowest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, expected) in [
            ("v22.3.0\n", Some("22.3.0")),
            ("lts/jod", Some("22")),
            ("lts/*", Some("24")),
            ("system", None),
            ("", None),
        ] {
            assert_eq!(version(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn chooses_a_version_of_a_range() {
        for (range, expected) in [
            (">=18", vec!["24"]),
            (">= 20.9.0", vec!["24"]),
            ("^20.10 || ^22", vec!["20", "22"]),
            (">=18 <23", vec!["22"]),
            (">=18 <=20", vec!["20"]),
            ("20.x", vec!["20"]),
            (">=25", vec!["25"]),
            ("*", vec![]),
        ] {
            assert_eq!(engines(range), expected, "{range}");
        }
    }
}
