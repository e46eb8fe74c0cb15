//! Names that a definition declares.

use std::collections::BTreeSet;
use std::ops::Range;

use super::words::words;
use crate::diagnostics::Part;
use crate::sources::Text;

/// A name, and the key that declares it.
pub(super) struct Name<'t> {
    pub(super) text: String,
    /// The file and the bytes of the key; none for a name of a registry.
    pub(super) at: Option<(&'t Text, Range<usize>)>,
}

/// The entries of a table, each where it is declared first.
pub(super) fn declared<'t>(table: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for text in texts {
        for word in words(&text.text).filter(|word| word.declares(table)) {
            if seen.insert(word.text.clone()) {
                found.push(Name { text: word.text, at: Some((text, word.range)) });
            }
        }
    }
    found
}
