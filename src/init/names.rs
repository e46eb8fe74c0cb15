//! Names for tables, made from the names of folders and packages.

use crate::definition::Name;

/// Longer names are cut, so that a number still fits behind them.
const MOST: usize = 34;

/// The name that a text is closest to: lower case, with hyphens for what a name cannot hold.
pub(super) fn name(text: &str) -> Option<Name> {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase).map(plain) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == MOST {
            break;
        }
    }
    let slug = slug.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').trim_end_matches('-');
    Name::new(slug)
}

/// The letter below an accent, for the accents of western European languages.
fn plain(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ß' => 's',
        other => other,
    }
}

/// A name that none of `taken` has: the text's own, one with `kind` behind it, or a numbered one.
pub(super) fn unique<'a>(text: &str, kind: &str, taken: impl Iterator<Item = &'a Name>) -> Name {
    let taken: Vec<&Name> = taken.collect();
    let front = name(text).map_or_else(|| kind.to_owned(), |name| name.to_string());
    let same = front == kind || front.ends_with(&format!("-{kind}"));
    let second = (!same).then(|| format!("{front}-{kind}"));
    let numbered = (2_u32..).map(|number| format!("{front}-{number}"));
    std::iter::once(front.clone())
        .chain(second)
        .chain(numbered)
        .filter_map(|candidate| Name::new(&candidate))
        .find(|candidate| !taken.contains(&candidate))
        .unwrap_or_else(|| word("app"))
}

/// A name that is known to be one.
///
/// # Panics
///
/// For a word that is not a name: those given here are in the source.
pub(super) fn word(text: &str) -> Name {
    Name::new(text).unwrap_or_else(|| panic!("`{text}` in the source is a name"))
}

/// The last part of a path, or nothing at the root.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// Returns whether a file's name ends in one of these extensions, spelled so.
pub(super) fn has_extension(file: &str, extensions: &[&str]) -> bool {
    file.rsplit_once('.').is_some_and(|(_, found)| extensions.contains(&found))
}

/// Returns whether a path can be written into workflows and scripts unchanged: no control characters, no backslashes, no
/// expressions.
pub(super) fn is_sound(path: &str) -> bool {
    !path.contains(char::is_control) && !path.contains('\\') && !path.contains("${{")
}

/// Returns whether a text is an identifier of Python.
pub(super) fn is_name_of_python(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Text for a comment or a message: one line, no control characters, nothing that hides or turns it around.
pub(super) fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if is_hidden(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// Characters that do not show, or change the direction of what follows.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_names_of_anything() {
        let made = |text: &str| name(text).map(|name| name.to_string());
        assert_eq!(made("My Service_API").as_deref(), Some("my-service-api"));
        assert_eq!(made("@acme/web").as_deref(), Some("acme-web"));
        assert_eq!(made("3-d").as_deref(), Some("d"));
        assert_eq!(made("Über Größe").as_deref(), Some("uber-grose"));
        assert_eq!(made("日本"), None);
        assert_eq!(made(&"x-".repeat(60)).map(|name| name.len()), Some(33));
    }

    #[test]
    fn numbers_names_that_are_taken() {
        let taken = [word("api"), word("api-python")];
        assert_eq!(unique("api", "python", taken.iter()).as_str(), "api-2");
        assert_eq!(unique("日本", "python", taken.iter()).as_str(), "python");
        assert_eq!(unique("web", "node", taken.iter()).as_str(), "web");
    }
}
