//! YAML, written the way people write workflows.
//!
//! A tree of [`Node`]s becomes block style with two spaces of indentation, comments and blank lines where the tree
//! asks for them, and quotes only where a YAML 1.1 or 1.2 reader could misread the text without them.

mod build;
mod comment;
pub mod emit;
mod style;
mod text;
mod write;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::{error, fmt};

pub use write::write;

/// A value.
///
/// An empty [`Node::Map`] is written `{}`, an empty [`Node::Seq`] or [`Node::FlowSeq`] `[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// Nothing at all behind a key (`workflow_dispatch:`), `null` elsewhere.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text: plain, quoted or, over several lines, as a literal block.
    Str(Cow<'a, str>),
    /// A sequence with an item on each line.
    Seq(Vec<Item<'a>>),
    /// A sequence on one line, `[a, b]`. Everything in it is on that line too, without comments.
    FlowSeq(Vec<Self>),
    /// A mapping, in the order given.
    Map(Vec<Entry<'a>>),
}

/// A key and its value, with blank lines and comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The key. `on` is bare at the root, where every reader of workflows expects it so, and quoted elsewhere.
    pub key: Cow<'a, str>,
    /// The value.
    pub value: Node<'a>,
    /// Comment lines above, without their `#`.
    pub head: Vec<String>,
    /// The comment behind the value, without its `#`. Where the value takes separate lines (a block text, a mapping,
    /// a sequence), it becomes the last line of `head`.
    pub tail: Option<Cow<'a, str>>,
    /// A blank line above. Ignored for the first entry of a mapping, since a blank line separates two entries.
    pub blank_before: bool,
}

/// One item of a sequence, with blank lines and comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The value.
    pub value: Node<'a>,
    /// Comment lines above, without their `#`.
    pub head: Vec<String>,
    /// The comment behind the value; as for [`Entry::tail`].
    pub tail: Option<Cow<'a, str>>,
    /// A blank line above; as for [`Entry::blank_before`].
    pub blank_before: bool,
}

/// Why a tree has no YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A key takes more than 1,024 characters as written: YAML ends the search for the `:` there.
    LongKey(String),
    /// A mapping has the same key twice, which readers refuse or silently resolve.
    RepeatedKey(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongKey(key) => {
                let start: String = key.chars().take(40).collect();
                write!(f, "the key that starts with {start:?} takes more than 1,024 characters")
            }
            Self::RepeatedKey(key) => {
                let start: String = key.chars().take(40).collect();
                write!(f, "duplicate key {start:?} in a mapping")
            }
        }
    }
}

impl error::Error for Error {}
