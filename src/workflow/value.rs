//! Constructors and operators of values.

use std::ops::Add;

use super::property::{Github, Property};
use super::tree::{Value, When};

impl Value {
    /// A secret.
    pub fn secret(name: impl Into<String>) -> Self {
        Property::Secret(name.into()).into()
    }

    /// A configuration variable.
    pub fn variable(name: impl Into<String>) -> Self {
        Property::Variable(name.into()).into()
    }

    /// An input of the workflow.
    pub fn input(name: impl Into<String>) -> Self {
        Property::Input(name.into()).into()
    }

    /// The value of an axis in this job of the matrix.
    pub fn matrix(axis: impl Into<String>) -> Self {
        Property::Matrix(axis.into()).into()
    }

    /// A path in the temporary folder of the runner.
    pub fn temp(path: &str) -> Self {
        let folder = Self::from(Property::RunnerTemp);
        if path.is_empty() { folder } else { folder + "/" + path }
    }

    /// Parses the value as JSON, by `fromJSON`.
    #[must_use]
    pub fn from_json(self) -> Self {
        Self::FromJson(Box::new(self))
    }

    /// This value, or another one if it is empty or missing.
    #[must_use]
    pub fn or(self, other: impl Into<Self>) -> Self {
        Self::FirstOf(vec![self, other.into()])
    }

    /// Holds if it is equal to another value.
    #[must_use]
    pub fn is(self, other: impl Into<Self>) -> When {
        When::Equal(self, other.into())
    }

    /// Holds if it differs from another value.
    #[must_use]
    pub fn is_not(self, other: impl Into<Self>) -> When {
        !self.is(other)
    }

    /// Holds if it is one of these texts.
    #[must_use]
    pub fn is_one_of<T: Into<String>>(self, texts: impl IntoIterator<Item = T>) -> When {
        When::OneOf(self, texts.into_iter().map(Into::into).collect())
    }

    /// Joins values with a separator.
    pub fn separated(values: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let values = values.into_iter();
        values.reduce(|before, value| before + between + value).unwrap_or_default()
    }

    /// Returns the text, if it has no expression.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether it is this text.
    pub fn is_text(&self, text: &str) -> bool {
        self.literal() == Some(text)
    }

    /// Returns whether it is the empty text.
    pub fn is_empty(&self) -> bool {
        self.is_text("")
    }

    /// Literal texts in it, also those next to expressions.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::Joined(parts) => parts.iter().flat_map(Self::texts).collect(),
            _ => Vec::new(),
        }
    }

    /// Properties that it refers to.
    pub fn properties(&self) -> Vec<&Property> {
        let mut found = Vec::new();
        self.walk(&mut |part| {
            if let super::tree::Part::Property(property) = part {
                found.push(property);
            }
        });
        found
    }

    /// Returns whether it refers to a property.
    pub fn reads(&self, property: &Property) -> bool {
        self.properties().contains(&property)
    }
}

/// The empty text.
impl Default for Value {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// Concatenation, as texts.
impl<V: Into<Self>> Add<V> for Value {
    type Output = Self;

    fn add(self, other: V) -> Self {
        let mut parts = Vec::new();
        for value in [self, other.into()] {
            match value {
                Self::Joined(more) => more.into_iter().for_each(|part| push(&mut parts, part)),
                part => push(&mut parts, part),
            }
        }
        match (parts.len(), parts.pop()) {
            (0 | 1, last) => last.unwrap_or_default(),
            (_, last) => {
                parts.extend(last);
                Self::Joined(parts)
            }
        }
    }
}

/// Adds a part, merges adjacent texts and skips empty ones.
fn push(parts: &mut Vec<Value>, part: Value) {
    match (parts.last_mut(), part) {
        (_, Value::Text(text)) if text.is_empty() => {}
        (Some(Value::Text(before)), Value::Text(text)) => before.push_str(&text),
        (_, part) => parts.push(part),
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Property> for Value {
    fn from(property: Property) -> Self {
        Self::Property(property)
    }
}

impl From<Github> for Value {
    fn from(property: Github) -> Self {
        Self::Property(Property::Github(property))
    }
}

impl From<When> for Value {
    fn from(when: When) -> Self {
        Self::Holds(Box::new(when))
    }
}

impl From<&Self> for Value {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

/// A job in `needs`, to refer to its result and outputs.
#[derive(Debug, Clone, Copy)]
pub struct Need<'i>(&'i str);

/// A step of the same job, to refer to its outcome and outputs.
#[derive(Debug, Clone, Copy)]
pub struct StepId<'i>(&'i str);

/// Refers to a job in `needs`.
pub const fn need(job: &str) -> Need<'_> {
    Need(job)
}

/// Refers to a step of the same job.
pub const fn step(id: &str) -> StepId<'_> {
    StepId(id)
}

impl Need<'_> {
    /// `success`, `failure`, `cancelled` or `skipped`.
    pub fn result(self) -> Value {
        Property::NeedResult(self.0.to_owned()).into()
    }

    /// One of its outputs.
    pub fn output(self, name: impl Into<String>) -> Value {
        Property::NeedOutput(self.0.to_owned(), name.into()).into()
    }
}

impl StepId<'_> {
    /// `success`, `failure`, `cancelled` or `skipped`.
    pub fn outcome(self) -> Value {
        Property::StepOutcome(self.0.to_owned()).into()
    }

    /// One of its outputs.
    pub fn output(self, name: impl Into<String>) -> Value {
        Property::StepOutput(self.0.to_owned(), name.into()).into()
    }
}
