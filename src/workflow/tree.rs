//! Values and conditions of a workflow as trees. They are simplified and printed once, where YAML is written.

use super::property::Property;

/// A value of a workflow: text, or an expression that GitHub evaluates in a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// This text. It never becomes an expression.
    Text(String),
    /// This number.
    Number(u32),
    /// A property of a context; null where a run does not have it.
    Property(Property),
    /// Texts, one behind the other.
    Joined(Vec<Self>),
    /// The first that is not empty, else the last.
    FirstOf(Vec<Self>),
    /// The first value where the condition holds and that value is not empty, else the second.
    Either(Box<When>, Box<Self>, Box<Self>),
    /// `true` where the condition holds, else `false`.
    Holds(Box<When>),
    /// A property as JSON.
    ToJson(Property),
    /// What a JSON text says.
    FromJson(Box<Self>),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum When {
    /// A function that asks how the run has gone so far.
    Status(Status),
    /// Both are equal. Texts are compared without regard to case.
    Equal(Value, Value),
    /// The value is one of these texts.
    OneOf(Value, Vec<String>),
    /// The value begins with this text, without regard to case.
    StartsWith(Value, String),
    /// The list holds this text, without regard to case.
    Contains(Property, String),
    /// It does not hold.
    Not(Box<Self>),
    /// Every one holds.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
}

/// A function that asks how the run has gone so far: the jobs that are needed, or the steps above.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Holds in every run.
    Always,
    /// None of them failed or was cancelled.
    Success,
    /// At least one of them failed.
    Failure,
    /// The run was cancelled.
    Cancelled,
}

impl Status {
    /// The name of the function.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Value {
    /// Visits every property that the value refers to, and every status function that it asks.
    pub fn walk<'v>(&'v self, visit: &mut impl FnMut(Part<'v>)) {
        match self {
            Self::Text(_) | Self::Number(_) => {}
            Self::Property(property) | Self::ToJson(property) => visit(Part::Property(property)),
            Self::Joined(parts) | Self::FirstOf(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Either(when, then, otherwise) => {
                when.walk(visit);
                then.walk(visit);
                otherwise.walk(visit);
            }
            Self::Holds(when) => when.walk(visit),
            Self::FromJson(value) => value.walk(visit),
        }
    }

    /// An upper bound for the bytes of the printed value, without printing it.
    pub fn most_bytes(&self) -> usize {
        AROUND
            + match self {
                Self::Text(text) => escaped(text),
                Self::Number(_) => 0,
                Self::Property(property) | Self::ToJson(property) => {
                    property.path().into_iter().map(|name| escaped(name) + AROUND).sum()
                }
                Self::Joined(parts) | Self::FirstOf(parts) => parts.iter().map(Self::most_bytes).sum(),
                Self::Either(when, then, otherwise) => when.most_bytes() + then.most_bytes() + otherwise.most_bytes(),
                Self::Holds(when) => when.most_bytes(),
                Self::FromJson(value) => value.most_bytes(),
            }
    }
}

/// More bytes than an operator, a function and their parentheses take.
const AROUND: usize = 32;

/// More bytes than a text takes that is escaped in JSON, and then in an expression.
const fn escaped(text: &str) -> usize {
    12 * text.len()
}

impl When {
    /// Holds everywhere.
    pub const TRUE: Self = Self::All(Vec::new());
    /// Holds nowhere.
    pub const FALSE: Self = Self::Any(Vec::new());

    /// Visits every property that the condition refers to, and every status function that it asks.
    pub fn walk<'v>(&'v self, visit: &mut impl FnMut(Part<'v>)) {
        match self {
            Self::Status(status) => visit(Part::Status(*status)),
            Self::Equal(left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Self::OneOf(value, _) | Self::StartsWith(value, _) => value.walk(visit),
            Self::Contains(property, _) => visit(Part::Property(property)),
            Self::Not(inner) => inner.walk(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.walk(visit)),
        }
    }

    /// An upper bound for the bytes of the printed condition, without printing it.
    pub fn most_bytes(&self) -> usize {
        AROUND
            + match self {
                Self::Status(_) => 0,
                Self::Equal(left, right) => left.most_bytes() + right.most_bytes(),
                Self::OneOf(value, texts) => {
                    value.most_bytes() + texts.iter().map(|text| escaped(text) + AROUND).sum::<usize>()
                }
                Self::StartsWith(value, text) => value.most_bytes() + escaped(text),
                Self::Contains(property, text) => Value::Property(property.clone()).most_bytes() + escaped(text),
                Self::Not(inner) => inner.most_bytes(),
                Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::most_bytes).sum(),
            }
    }

    /// Returns whether it asks a status function. GitHub reads a condition without one as `success() && …`.
    pub fn asks_status(&self) -> bool {
        let mut asks = false;
        self.walk(&mut |part| asks |= matches!(part, Part::Status(_)));
        asks
    }
}

/// A part of a tree that a run decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'v> {
    /// A property of a context.
    Property(&'v Property),
    /// A status function.
    Status(Status),
}
