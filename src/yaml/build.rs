//! Short ways to build a tree.

use std::borrow::Cow;

use super::{Entry, Item, Node};

impl<'a> Node<'a> {
    /// A mapping of these entries.
    pub fn map(entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        Self::Map(entries.into_iter().collect())
    }

    /// A sequence with an item on each line.
    pub fn seq<T: Into<Item<'a>>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::Seq(items.into_iter().map(Into::into).collect())
    }

    /// A sequence on one line.
    pub fn flow<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::FlowSeq(items.into_iter().map(Into::into).collect())
    }
}

impl<'a> Entry<'a> {
    /// An entry without comments.
    pub fn new(key: impl Into<Cow<'a, str>>, value: impl Into<Node<'a>>) -> Self {
        Self { key: key.into(), value: value.into(), head: Vec::new(), tail: None, blank_before: false }
    }

    /// Adds a comment line above.
    #[must_use]
    pub fn head(mut self, line: impl Into<String>) -> Self {
        self.head.push(line.into());
        self
    }

    /// Sets the comment behind the value.
    #[must_use]
    pub fn tail(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.tail = Some(text.into());
        self
    }

    /// Asks for a blank line above.
    #[must_use]
    pub fn spaced(mut self) -> Self {
        self.blank_before = true;
        self
    }
}

impl<'a> Item<'a> {
    /// An item without comments.
    pub fn new(value: impl Into<Node<'a>>) -> Self {
        Self { value: value.into(), head: Vec::new(), tail: None, blank_before: false }
    }

    /// Adds a comment line above.
    #[must_use]
    pub fn head(mut self, line: impl Into<String>) -> Self {
        self.head.push(line.into());
        self
    }

    /// Sets the comment behind the value.
    #[must_use]
    pub fn tail(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.tail = Some(text.into());
        self
    }

    /// Asks for a blank line above.
    #[must_use]
    pub fn spaced(mut self) -> Self {
        self.blank_before = true;
        self
    }
}

impl<'a, T: Into<Node<'a>>> From<T> for Item<'a> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<'a> From<&'a str> for Node<'a> {
    fn from(text: &'a str) -> Self {
        Self::Str(Cow::Borrowed(text))
    }
}

impl From<String> for Node<'_> {
    fn from(text: String) -> Self {
        Self::Str(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Node<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Node<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Node<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Node<'_> {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}
