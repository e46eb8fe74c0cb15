//! Values and conditions of a workflow as trees, which are simplified and printed once, with the YAML.

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
    /// Concatenated texts.
    Joined(Vec<Self>),
    /// The first value that is not empty, else the last one.
    FirstOf(Vec<Self>),
    /// The first value if the condition holds and the value is not empty, else the second.
    Either(Box<When>, Box<Self>, Box<Self>),
    /// `true` if the condition holds, else `false`.
    Holds(Box<When>),
    /// A property as JSON.
    ToJson(Property),
    /// A value parsed from JSON text.
    FromJson(Box<Self>),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum When {
    /// A status check function.
    Status(Status),
    /// Both are equal. Texts are compared without regard to case.
    Equal(Value, Value),
    /// The value is one of these texts.
    OneOf(Value, Vec<String>),
    /// The value begins with this text, without regard to case.
    StartsWith(Value, String),
    /// The list holds this text, without regard to case.
    Contains(Property, String),
    /// The condition does not hold.
    Not(Box<Self>),
    /// All of them hold.
    All(Vec<Self>),
    /// At least one of them holds.
    Any(Vec<Self>),
}

/// A status check function, about the jobs in `needs` or the previous steps.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Holds in every run.
    Always,
    /// Holds if none of them failed or was cancelled.
    Success,
    /// Holds if one of them failed.
    Failure,
    /// Holds if the run was cancelled.
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
    /// Visits every property and every status check function of the value.
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

    /// Returns an upper bound of the printed value's bytes, without printing.
    pub fn max_bytes(&self) -> usize {
        AROUND
            + match self {
                Self::Text(text) => escaped(text),
                Self::Number(_) => 0,
                Self::Property(property) | Self::ToJson(property) => {
                    property.path().into_iter().map(|name| escaped(name) + AROUND).sum()
                }
                Self::Joined(parts) | Self::FirstOf(parts) => parts.iter().map(Self::max_bytes).sum(),
                Self::Either(when, then, otherwise) => when.max_bytes() + then.max_bytes() + otherwise.max_bytes(),
                Self::Holds(when) => when.max_bytes(),
                Self::FromJson(value) => value.max_bytes(),
            }
    }
}

/// Upper bound of an operator, a function and their parentheses, in bytes.
const AROUND: usize = 32;

/// Upper bound of a text that is escaped in JSON and then in an expression, in bytes.
const fn escaped(text: &str) -> usize {
    12 * text.len()
}

impl When {
    /// Always holds.
    pub const TRUE: Self = Self::All(Vec::new());
    /// Never holds.
    pub const FALSE: Self = Self::Any(Vec::new());

    /// Visits every property and every status check function of the condition.
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

    /// Returns an upper bound of the printed condition's bytes, without printing.
    pub fn max_bytes(&self) -> usize {
        AROUND
            + match self {
                Self::Status(_) => 0,
                Self::Equal(left, right) => left.max_bytes() + right.max_bytes(),
                Self::OneOf(value, texts) => {
                    value.max_bytes() + texts.iter().map(|text| escaped(text) + AROUND).sum::<usize>()
                }
                Self::StartsWith(value, text) => value.max_bytes() + escaped(text),
                Self::Contains(property, text) => Value::Property(property.clone()).max_bytes() + escaped(text),
                Self::Not(inner) => inner.max_bytes(),
                Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::max_bytes).sum(),
            }
    }

    /// Returns whether it contains a status check function. GitHub reads a condition without one as `success() && …`.
    pub fn asks_status(&self) -> bool {
        let mut asks = false;
        self.walk(&mut |part| asks |= matches!(part, Part::Status(_)));
        asks
    }
}

/// A part of a tree that is evaluated in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'v> {
    /// A property of a context.
    Property(&'v Property),
    /// A status function.
    Status(Status),
}
