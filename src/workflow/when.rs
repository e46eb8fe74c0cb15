//! Conditions of jobs as trees, printed as an `if` and as data from the same tree.

use std::fmt;

use serde_json::{Value, json};

/// The condition of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// The run is not cancelled. GitHub adds `success()` to a condition without a status function.
    NotCancelled,
    /// A value of a context is this text.
    Is(Subject, &'static str),
    /// A value of a context is another text.
    IsNot(Subject, &'static str),
    /// Every one of these holds.
    All(Vec<Self>),
    /// At least one of these holds.
    Any(Vec<Self>),
}

/// A value of a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The event that started the run.
    Event,
    /// The result of a job that is needed.
    Result(String),
    /// An output of a job that is needed.
    Output(String, String),
}

impl When {
    /// Holds where both hold; nested `All` are flattened.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = Vec::new();
        for part in [self, other] {
            match part {
                Self::All(inner) => parts.extend(inner),
                single => parts.push(single),
            }
        }
        Self::All(parts)
    }

    /// The condition as data: `[context, operator, text]`, `{"all": […]}`, `{"any": […]}` or `"!cancelled()"`.
    #[must_use]
    pub fn data(&self) -> Value {
        let list = |parts: &[Self]| parts.iter().map(Self::data).collect::<Vec<_>>();
        match self {
            Self::NotCancelled => json!("!cancelled()"),
            Self::Is(subject, text) => json!([subject.to_string(), "==", text]),
            Self::IsNot(subject, text) => json!([subject.to_string(), "!=", text]),
            Self::All(parts) | Self::Any(parts) if parts.len() == 1 => list(parts).remove(0),
            Self::All(parts) => json!({ "all": list(parts) }),
            Self::Any(parts) => json!({ "any": list(parts) }),
        }
    }
}

/// Prints the condition as GitHub's expression language writes it.
impl fmt::Display for When {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |to: &mut fmt::Formatter<'_>, parts: &[Self], operator: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(to, " {operator} ")?;
                }
                let nested = matches!(part, Self::All(inner) | Self::Any(inner) if inner.len() > 1);
                if nested && parts.len() > 1 { write!(to, "({part})")? } else { write!(to, "{part}")? }
            }
            Ok(())
        };
        match self {
            Self::NotCancelled => to.write_str("!cancelled()"),
            Self::Is(subject, text) => write!(to, "{subject} == '{text}'"),
            Self::IsNot(subject, text) => write!(to, "{subject} != '{text}'"),
            Self::All(parts) => joined(to, parts, "&&"),
            Self::Any(parts) => joined(to, parts, "||"),
        }
    }
}

/// Prints the path of the value.
impl fmt::Display for Subject {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event => to.write_str("github.event_name"),
            Self::Result(job) => write!(to, "needs.{job}.result"),
            Self::Output(job, name) => write!(to, "needs.{job}.outputs.{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Subject, When};

    fn ran(job: &str) -> When {
        When::IsNot(Subject::Result(job.to_owned()), "skipped")
    }

    #[test]
    fn prints_an_expression_and_the_same_data() {
        let touched = When::Is(Subject::Output("changes".to_owned(), "api".to_owned()), "true");
        let cases = [
            (touched.clone(), "needs.changes.outputs.api == 'true'"),
            (
                touched.clone().and(When::IsNot(Subject::Event, "schedule")).and(When::NotCancelled),
                "needs.changes.outputs.api == 'true' && github.event_name != 'schedule' && !cancelled()",
            ),
            (
                When::NotCancelled.and(When::Any(vec![ran("a"), ran("b")])),
                "!cancelled() && (needs.a.result != 'skipped' || needs.b.result != 'skipped')",
            ),
            (When::NotCancelled.and(When::Any(vec![ran("a")])), "!cancelled() && needs.a.result != 'skipped'"),
            (
                When::Any(vec![ran("a").and(ran("b")), ran("c")]),
                "(needs.a.result != 'skipped' && needs.b.result != 'skipped') || needs.c.result != 'skipped'",
            ),
        ];
        for (when, printed) in cases {
            assert_eq!(when.to_string(), printed);
        }
        assert_eq!(When::Any(vec![ran("a")]).data(), ran("a").data());
        assert_eq!(
            When::NotCancelled.and(When::Any(vec![touched, ran("a")])).data(),
            json!({ "all": [
                "!cancelled()",
                { "any": [["needs.changes.outputs.api", "==", "true"], ["needs.a.result", "!=", "skipped"]] }
            ] })
        );
    }
}
