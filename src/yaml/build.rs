//! Short ways to build a tree.

use super::{Entry, Item, Node};

impl Node {
    /// A mapping of these entries.
    pub fn map(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self::Map(entries.into_iter().collect())
    }

    /// A sequence with an item on each line.
    pub fn seq<T: Into<Item>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::Seq(items.into_iter().map(Into::into).collect())
    }

    /// A sequence on one line.
    pub fn flow<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::FlowSeq(items.into_iter().map(Into::into).collect())
    }
}

impl Entry {
    /// An entry without comments.
    pub fn new(key: impl Into<String>, value: impl Into<Node>) -> Self {
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
    pub fn tail(mut self, text: impl Into<String>) -> Self {
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

impl Item {
    /// An item without comments.
    pub fn new(value: impl Into<Node>) -> Self {
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
    pub fn tail(mut self, text: impl Into<String>) -> Self {
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

impl<T: Into<Node>> From<T> for Item {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Int(i64::from(value))
    }
}
