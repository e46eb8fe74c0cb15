//! Evaluation of trees in a run, as GitHub does it.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/expressions>, and GitHub's own evaluator,
//! <https://github.com/actions/languageservices/tree/main/expressions>.

use serde_json::Value as Json;

use super::expression::{read_number, write_number};
use super::property::Property;
use super::tree::{Status, Value, When};

/// Contexts and status of a run, for the evaluation of trees.
#[derive(Debug, Clone, Default)]
pub struct Contexts {
    /// Contexts by name.
    pub values: Json,
    /// Result of `success()`.
    pub success: bool,
    /// Result of `failure()`.
    pub failure: bool,
    /// Result of `cancelled()`.
    pub cancelled: bool,
}

/// Invalid JSON in a call of `fromJSON`, which ends the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJson(pub String);

impl Value {
    /// The value in a run.
    pub fn evaluate(&self, contexts: &Contexts) -> Result<Json, NotJson> {
        Ok(match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Property(property) => contexts.property(property),
            Self::Joined(parts) => {
                let texts = parts.iter().map(|part| part.evaluated_text(contexts));
                texts.collect::<Result<String, _>>()?.into()
            }
            Self::FirstOf(parts) => {
                let mut value = Json::Null;
                for part in parts {
                    value = part.evaluate(contexts)?;
                    if !is_empty(&value) {
                        break;
                    }
                }
                value
            }
            Self::Either(when, then, otherwise) => {
                let chosen = if when.evaluate(contexts)? { then.evaluate(contexts)? } else { Json::Null };
                if is_empty(&chosen) { otherwise.evaluate(contexts)? } else { chosen }
            }
            Self::Holds(when) => when.evaluate(contexts)?.into(),
            Self::ToJson(property) => format!("{:#}", contexts.property(property)).into(),
            Self::FromJson(value) => {
                let text = value.evaluated_text(contexts)?;
                serde_json::from_str(&text).map_err(|_| NotJson(text))?
            }
        })
    }

    /// Returns the text that a step or an action receives.
    pub fn evaluated_text(&self, contexts: &Contexts) -> Result<String, NotJson> {
        self.evaluate(contexts).map(|value| text(&value))
    }
}

impl When {
    /// Returns whether it holds in a run.
    pub fn evaluate(&self, contexts: &Contexts) -> Result<bool, NotJson> {
        Ok(match self {
            Self::Status(Status::Always) => true,
            Self::Status(Status::Success) => contexts.success,
            Self::Status(Status::Failure) => contexts.failure,
            Self::Status(Status::Cancelled) => contexts.cancelled,
            Self::Equal(one, other) => {
                let (left, right) = (one.evaluate(contexts)?, other.evaluate(contexts)?);
                // A list or object is equal to itself alone.
                let is_itself = matches!(one, Value::Property(_)) && one == other;
                equal(&left, &right) || is_itself && (left.is_array() || left.is_object())
            }
            Self::OneOf(value, texts) => {
                let value = value.evaluate(contexts)?;
                texts.iter().any(|text| equal(&value, &text.as_str().into()))
            }
            Self::StartsWith(value, beginning) => {
                value.evaluated_text(contexts)?.to_uppercase().starts_with(&beginning.to_uppercase())
            }
            Self::Contains(list, item) => match contexts.property(list) {
                Json::Array(items) => items.iter().any(|one| equal(one, &item.as_str().into())),
                _ => false,
            },
            Self::Not(inner) => !inner.evaluate(contexts)?,
            Self::All(parts) => decided(parts, contexts, false)?,
            Self::Any(parts) => decided(parts, contexts, true)?,
        })
    }

    /// Returns whether a job or step with this `if` runs: GitHub adds `success()` unless it has a status check function.
    pub fn holds(&self, contexts: &Contexts) -> Result<bool, NotJson> {
        Ok((self.asks_status() || contexts.success) && self.evaluate(contexts)?)
    }
}

impl Contexts {
    fn property(&self, property: &Property) -> Json {
        property_of(&self.values, &property.path())
    }
}

/// The value behind a path; one with `*` is a list.
fn property_of(mut value: &Json, path: &[&str]) -> Json {
    for (index, name) in path.iter().enumerate() {
        if *name == "*" {
            let rest = path.get(index + 1..).unwrap_or_default();
            let items = value.as_array().into_iter().flatten();
            return Json::Array(items.map(|item| property_of(item, rest)).collect());
        }
        let entries = value.as_object().into_iter().flatten();
        let mut found = entries.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        value = found.next().map_or(&Json::Null, |(_, value)| value);
    }
    value.clone()
}

/// Evaluates parts up to the first one with this result.
fn decided(parts: &[When], contexts: &Contexts, answer: bool) -> Result<bool, NotJson> {
    for part in parts {
        if part.evaluate(contexts)? == answer {
            return Ok(answer);
        }
    }
    Ok(!answer)
}

/// Returns whether a value counts as false.
pub(super) fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::Number(number) => number.as_f64().is_none_or(|number| number == 0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(_) | Json::Object(_) => false,
    }
}

/// GitHub's `==`: texts without regard to case, values of two kinds as numbers.
#[expect(clippy::float_cmp, reason = "numbers are compared as GitHub compares them")]
pub(super) fn equal(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::String(one), Json::String(other)) => one.to_uppercase() == other.to_uppercase(),
        (Json::Array(_) | Json::Object(_), _) | (_, Json::Array(_) | Json::Object(_)) => false,
        (one, other) => number(one) == number(other),
    }
}

/// Converts a value to a number, for comparison with a value of another type.
fn number(value: &Json) -> f64 {
    match value {
        Json::Null => 0.0,
        Json::Bool(value) => f64::from(u8::from(*value)),
        Json::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Json::String(text) if text.trim().is_empty() => 0.0,
        Json::String(text) => read_number(text.trim()).unwrap_or(f64::NAN),
        Json::Array(_) | Json::Object(_) => f64::NAN,
    }
}

/// Returns whether a text converts to a number, in a comparison with one.
pub(super) fn is_number(text: &str) -> bool {
    !number(&text.into()).is_nan()
}

/// Converts a value to text.
fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.as_f64().map(write_number).unwrap_or_default(),
        Json::String(text) => text.clone(),
        Json::Array(_) => "Array".to_owned(),
        Json::Object(_) => "Object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Contexts, NotJson, equal};
    use crate::workflow::{Property, Value, When, need};

    fn contexts(values: Json) -> Contexts {
        Contexts { values, success: true, ..Contexts::default() }
    }

    #[test]
    fn values_of_two_kinds_are_compared_as_numbers() {
        for (one, other) in [
            (json!("Main"), json!("mAIN")),
            (json!(null), json!("")),
            (json!(null), json!(0)),
            (json!(false), json!("")),
            (json!(true), json!("1")),
            (json!(5), json!(" 5 ")),
            (json!(255), json!("0xff")),
        ] {
            assert!(equal(&one, &other) && equal(&other, &one), "{one} {other}");
        }
        for (one, other) in [
            (json!(false), json!("false")),
            (json!(true), json!("true")),
            (json!(null), json!("null")),
            (json!(""), json!("0")),
            (json!([1]), json!([1])),
            (json!({}), json!(null)),
            (json!("a"), json!(0)),
        ] {
            assert!(!equal(&one, &other) && !equal(&other, &one), "{one} {other}");
        }
    }

    #[test]
    fn a_property_that_a_run_does_not_have_is_empty() {
        let run = contexts(json!({ "needs": { "Plan": { "result": "success", "outputs": { "seed": "7" } } } }));
        let text = |value: Value| value.evaluated_text(&run);
        assert_eq!(text(need("plan").output("SEED")), Ok("7".to_owned()), "names have no case");
        assert_eq!(text(need("plan").output("other")), Ok(String::new()));
        assert_eq!(text(need("plan").result() + "-" + need("none").result()), Ok("success-".to_owned()));
        assert_eq!(need("none").result().is("").evaluate(&run), Ok(true));
        assert_eq!(text(need("plan").output("seed").from_json().or("x")), Ok("7".to_owned()));
        assert_eq!(need("plan").result().from_json().evaluate(&run), Err(NotJson("success".to_owned())));
        assert_eq!(text(Value::ToJson(Property::Matrix("x".to_owned()))), Ok("null".to_owned()));
    }

    #[test]
    fn success_is_implied_unless_a_status_is_asked() {
        let failed = Contexts { failure: true, values: json!({ "needs": {} }), ..Contexts::default() };
        for (when, holds) in [
            (When::TRUE, false),
            (When::always(), true),
            (When::not_cancelled(), true),
            (When::failure(), true),
            (When::cancelled(), false),
            (Value::input("a").is(""), false),
            (When::always().and(Value::input("a").is("")), true),
            (When::always().and(Value::from(Property::Needs).is(Property::Needs)), true),
            (When::always().and(Value::from(Property::Needs).is("Object")), false),
        ] {
            assert_eq!(when.holds(&failed), Ok(holds), "{when}");
        }
    }

    #[test]
    fn a_choice_whose_value_is_empty_is_the_other() {
        let run = contexts(json!({ "inputs": { "seed": "" }, "github": { "event_name": "push" } }));
        let chosen = When::event("push").choose(Value::input("seed"), "none");
        assert_eq!(chosen.evaluated_text(&run), Ok("none".to_owned()));
        let opposite = When::event("push").choose("", "some");
        assert_eq!(opposite.evaluated_text(&run), Ok(String::new()));
    }
}
