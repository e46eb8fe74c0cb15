//! Constructors and operators of conditions, and their JSON form for scripts.

use std::ops::Not;

use serde_json::{Value as Json, json};

use super::property::Github;
use super::tree::{Status, Value, When};

impl When {
    /// `always()`: holds in every run, also after a failure or cancellation.
    pub const fn always() -> Self {
        Self::Status(Status::Always)
    }

    /// `failure()`: holds if a previous job or step failed.
    pub const fn failure() -> Self {
        Self::Status(Status::Failure)
    }

    /// `cancelled()`: holds in a cancelled run.
    pub const fn cancelled() -> Self {
        Self::Status(Status::Cancelled)
    }

    /// Holds unless the run is cancelled, also after a failure.
    #[must_use]
    pub fn not_cancelled() -> Self {
        !Self::cancelled()
    }

    /// Holds unless the run is cancelled or a previous job failed; skipped jobs are no obstacle.
    #[must_use]
    pub fn not_failed() -> Self {
        (!Self::failure()).and(Self::not_cancelled())
    }

    /// Holds in runs of this event.
    pub fn event(name: &str) -> Self {
        Value::from(Github::EventName).is(name)
    }

    /// Holds on this branch.
    pub fn branch(name: &str) -> Self {
        Value::from(Github::Ref).is(format!("refs/heads/{name}"))
    }

    /// Holds if both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All(mut parts), Self::All(more)) => {
                parts.extend(more);
                Self::All(parts)
            }
            (Self::All(mut parts), other) => {
                parts.push(other);
                Self::All(parts)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// Holds if at least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any(mut parts), Self::Any(more)) => {
                parts.extend(more);
                Self::Any(parts)
            }
            (Self::Any(mut parts), other) => {
                parts.push(other);
                Self::Any(parts)
            }
            (one, other) => Self::Any(vec![one, other]),
        }
    }

    /// The first value if the condition holds, else the second.
    ///
    /// GitHub's `… && … || …` also returns the second if the first is empty. So an empty text becomes the second
    /// one, with the opposite condition.
    #[must_use]
    pub fn choose(self, then: impl Into<Value>, otherwise: impl Into<Value>) -> Value {
        let (then, otherwise) = (then.into(), otherwise.into());
        if then.is_empty() {
            Value::Either(Box::new(!self), Box::new(otherwise), Box::new(then))
        } else {
            Value::Either(Box::new(self), Box::new(then), Box::new(otherwise))
        }
    }

    /// The condition as the script `passed` evaluates it: `[property, operator, text]`, `{"all": […]}`,
    /// `{"any": […]}`, or the text of a status function.
    #[must_use]
    pub fn data(&self) -> Json {
        self.condition().json()
    }

    fn json(&self) -> Json {
        let list = |parts: &[Self]| parts.iter().map(Self::json).collect::<Vec<_>>();
        let compared = |one: &Value, operator: &str, other: &Value| json!([one.bare(), operator, other.literal()]);
        match self {
            Self::Equal(one, other) => compared(one, "==", other),
            Self::Not(inner) => match inner.as_ref() {
                Self::Equal(one, other) => compared(one, "!=", other),
                _ => json!(self.to_string()),
            },
            Self::OneOf(value, texts) => {
                let parts = texts.iter().map(|text| json!([value.bare(), "==", text]));
                json!({ "any": parts.collect::<Vec<_>>() })
            }
            Self::StartsWith(value, text) => json!([value.bare(), "startsWith", text]),
            Self::Contains(list, text) => json!([list.to_string(), "contains", text]),
            Self::All(parts) => json!({ "all": list(parts) }),
            Self::Any(parts) => json!({ "any": list(parts) }),
            Self::Status(_) => json!(self.to_string()),
        }
    }
}

impl Not for When {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::When;
    use crate::workflow::{Github, Property, need};

    #[test]
    fn data_of_a_condition() {
        let touched = || need("changes").output("api").is("true");
        let ran = |job: &str| need(job).result().is_not("skipped");
        assert_eq!(When::Any(vec![ran("a")]).data(), json!(["needs.a.result", "!=", "skipped"]));
        assert_eq!(
            When::not_cancelled().and(touched().or(ran("a"))).data(),
            json!({ "all": [
                "!cancelled()",
                { "any": [["needs.changes.outputs.api", "==", "true"], ["needs.a.result", "!=", "skipped"]] }
            ] })
        );
        assert_eq!(
            need("a").result().is_one_of(["success", "skipped"]).data(),
            json!({ "any": [["needs.a.result", "==", "success"], ["needs.a.result", "==", "skipped"]] })
        );
        assert_eq!(
            When::failure().and(When::StartsWith(Github::Ref.into(), "refs/tags/v".to_owned())).data(),
            json!({ "all": ["failure()", ["github.ref", "startsWith", "refs/tags/v"]] })
        );
        assert_eq!(
            When::Contains(Property::Github(Github::Labels), "a".to_owned()).data(),
            json!(["github.event.pull_request.labels.*.name", "contains", "a"])
        );
    }
}
