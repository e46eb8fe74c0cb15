//! The place that declares a name.

use std::ops::Range;

use super::names;
use super::run_values;
use super::words::{self, Role};
use crate::diagnostics::Part;
use crate::sources::{Sources, Text};

/// Returns the file and the bytes of the key that declares the name at a byte, and the start of the file that `extends`
/// names.
pub(super) fn declaration<'s>(text: &str, byte: usize, sources: &'s Sources) -> Option<(&'s Text, Range<usize>)> {
    let word = words::at(text, byte).filter(|word| !word.text.is_empty())?;
    if matches!(word.path.as_slice(), [Part::Key(key)] if key == "extends") {
        return sources.bases.first().map(|base| (base, 0..0)).filter(|_| word.role == Role::Value);
    }
    let texts: Vec<&Text> = std::iter::once(&sources.definition).chain(&sources.bases).collect();
    let names = match word.role {
        Role::Value => names::of_value(&word.path, &texts),
        Role::Key | Role::Header => names::of_keys(word.table(), &texts),
    };
    let known = names.into_iter().find(|name| name.text == word.text).and_then(|name| name.at);
    known.or_else(|| run_values::source_of(&word.path, &word.text, &texts))
}
