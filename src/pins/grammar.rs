//! Contents of a pin. Each check reports the mistake in words that fit
//! the lock and the command line alike.
//!
//! What passes here goes into YAML comments, `uses:` and image references as
//! it is, so the alphabets are narrow on purpose.

/// The platforms for which a tool can have a hash.
pub(super) const PLATFORMS: &[&str] = &["linux-amd64", "linux-arm64"];

pub(super) const COMMIT_DIGITS: usize = 40;
const SHA256_DIGITS: usize = 64;
const LONGEST_NAME: usize = 255;

/// The repository of an action: the first two parts of its name.
pub(crate) fn repository(action: &str) -> Option<&str> {
    let (owner, rest) = action.split_once('/')?;
    let repository = rest.split('/').next()?;
    action.get(..owner.len() + 1 + repository.len())
}

/// `owner/repository`, nothing more.
pub(super) fn check_repository(name: &str) -> Result<(), String> {
    match name.split('/').collect::<Vec<_>>().as_slice() {
        [owner, repository] if is_owner(owner) && is_repository(repository) => Ok(()),
        [owner, repository, ..] if is_owner(owner) && is_repository(repository) => {
            Err(format!("{} names a folder, a pin is for its whole repository", shown(name)))
        }
        _ => Err(format!("{} is not the name of an action", shown(name))),
    }
}

/// `owner/repository[/folder…]`.
pub(super) fn check_action(name: &str) -> Result<(), String> {
    let sound = repository(name).is_some_and(|repository| check_repository(repository).is_ok())
        && name.split('/').skip(2).all(is_repository);
    if sound { Ok(()) } else { Err(format!("{} is not the name of an action", shown(name))) }
}

/// Forty digits in lower case.
pub(super) fn check_commit(commit: &str) -> Result<(), String> {
    match hexadecimal(commit) {
        None => Err(format!("{} is not a commit", shown(commit))),
        Some(Digits::UpperCase) if commit.len() == COMMIT_DIGITS => {
            Err(format!("the commit {} has upper-case digits", shown(commit)))
        }
        Some(_) if commit.len() != COMMIT_DIGITS => {
            Err(format!("{} has {} digits, a full commit has {COMMIT_DIGITS}", shown(commit), commit.len()))
        }
        Some(_) => Ok(()),
    }
}

/// `sha256:` and 64 digits in lower case.
pub(super) fn check_digest(digest: &str) -> Result<(), String> {
    let Some(digits) = digest.strip_prefix("sha256:") else {
        return Err(format!("{} does not start with `sha256:`", shown(digest)));
    };
    match hexadecimal(digits) {
        None => Err(format!("{} is not a digest in hexadecimal", shown(digest))),
        Some(Digits::UpperCase) if digits.len() == SHA256_DIGITS => {
            Err(format!("the digest {} has upper-case digits", shown(digest)))
        }
        Some(_) if digits.len() != SHA256_DIGITS => {
            Err(format!("{} has {} digits after `sha256:`, a digest has {SHA256_DIGITS}", shown(digest), digits.len()))
        }
        Some(_) => Ok(()),
    }
}

/// A version: a tag's name that holds a number.
pub(super) fn check_version(version: &str) -> Result<(), String> {
    let sound = is_word(version, "._+-/")
        && version.starts_with(|first: char| first.is_ascii_alphanumeric())
        && version.contains(|digit: char| digit.is_ascii_digit());
    if sound { Ok(()) } else { Err(format!("{} is not a version", shown(version))) }
}

/// `[registry/]image:tag`, without a digest.
///
/// Source: <https://github.com/distribution/reference>, the grammar.
pub(super) fn check_reference(reference: &str) -> Result<(), String> {
    let mut parts = reference.split('/').collect::<Vec<_>>();
    let last = parts.pop().unwrap_or_default();
    let (image, tag) = match last.split_once(':') {
        Some((image, tag)) => (image, Some(tag)),
        None => (last, None),
    };
    let is_path =
        parts.iter().enumerate().all(|(index, part)| is_image_part(part) || (index == 0 && is_registry(part)));
    let is_image = is_path && is_image_part(image) && tag.is_none_or(is_tag) && reference.len() <= LONGEST_NAME;
    match tag {
        _ if !is_image => Err(format!("{} is not the name of an image", shown(reference))),
        None => Err(format!("{} has no tag", shown(reference))),
        Some(_) => Ok(()),
    }
}

/// A tool's name: small letters, digits and dashes.
pub(super) fn check_tool(name: &str) -> Result<(), String> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(letters) {
        Ok(())
    } else {
        Err(format!("{} is not the name of a tool", shown(name)))
    }
}

/// A value for a message: in backquotes, cut short, without control characters.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 72;
    let mut plain: String = value.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if value.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    format!("`{plain}`")
}

enum Digits {
    LowerCase,
    UpperCase,
}

fn hexadecimal(digits: &str) -> Option<Digits> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let upper = digits.bytes().any(|digit| digit.is_ascii_uppercase());
    Some(if upper { Digits::UpperCase } else { Digits::LowerCase })
}

fn is_owner(owner: &str) -> bool {
    is_word(owner, "-_") && !owner.starts_with('-')
}

fn is_repository(part: &str) -> bool {
    is_word(part, "-_.") && part != "." && part != ".."
}

/// A part of an image's path: small letters and digits, joined by separators.
fn is_image_part(part: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    part.starts_with(small) && part.ends_with(small) && part.chars().all(|c| small(c) || "._-".contains(c))
}

fn is_tag(tag: &str) -> bool {
    is_word(tag, "._-") && !tag.starts_with(['.', '-']) && tag.len() <= 128
}

/// A registry's host, with a port where it has one.
fn is_registry(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    is_word(name, ".-")
        && !port.is_empty()
        && port.bytes().all(|digit| digit.is_ascii_digit())
        && (host.contains(['.', ':']) || name == "localhost")
}

fn is_word(word: &str, also: &str) -> bool {
    !word.is_empty()
        && word.len() <= LONGEST_NAME
        && word.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
}
