//! Simplification of trees.

use serde_json::Value as Json;

use super::evaluate::{equal, is_empty, is_number};
use super::tree::{Status, Value, When};

impl When {
    /// Simplifies the condition of an `if`, and drops a `success()` that GitHub implies.
    #[must_use]
    pub fn condition(&self) -> Self {
        let simple = self.simplified();
        if !self.asks_status() {
            return simple;
        }
        if simple.asks_status() {
            return without_success(simple);
        }
        // Without a status function GitHub would add `success()`.
        match simple {
            Self::All(parts) => one_of_many(std::iter::once(Self::always()).chain(parts).collect(), Self::All),
            Self::Any(parts) if parts.is_empty() => Self::FALSE,
            other => Self::All(vec![Self::always(), other]),
        }
    }

    /// Returns an equivalent condition with as few parts as possible; `!` applies to single parts alone.
    #[must_use]
    pub fn simplified(&self) -> Self {
        match self {
            Self::Status(Status::Always) => Self::TRUE,
            Self::Status(_) | Self::Contains(..) => self.clone(),
            Self::Equal(one, other) => compared(one.simplified(), other.simplified()),
            Self::OneOf(value, texts) => listed(value.simplified(), texts),
            Self::StartsWith(value, text) => Self::StartsWith(value.simplified(), text.clone()),
            Self::Not(inner) => negated(inner.simplified()),
            Self::All(parts) => combined(parts, Joint::All),
            Self::Any(parts) => combined(parts, Joint::Any),
        }
    }
}

impl Value {
    /// Returns an equivalent value with as few parts as possible.
    #[must_use]
    pub fn simplified(&self) -> Self {
        match self {
            Self::Text(_) | Self::Number(_) | Self::Property(_) | Self::ToJson(_) => self.clone(),
            Self::FromJson(value) => value.simplified().from_json(),
            Self::Holds(when) => when.simplified().into(),
            Self::Joined(parts) => joined(parts),
            Self::FirstOf(parts) => first_of(parts),
            Self::Either(when, then, otherwise) => {
                let (when, then, otherwise) = (when.simplified(), then.simplified(), otherwise.simplified());
                if when == When::FALSE || is_never(&then) || then == otherwise {
                    otherwise
                } else if when == When::TRUE {
                    first_of(&[then, otherwise])
                } else {
                    Self::Either(Box::new(when), Box::new(then), Box::new(otherwise))
                }
            }
        }
    }

    /// Returns the value if it is the same in every run.
    fn constant(&self) -> Option<Json> {
        match self {
            Self::Text(text) => Some(text.as_str().into()),
            Self::Number(number) => Some((*number).into()),
            Self::Holds(when) if **when == When::TRUE => Some(true.into()),
            Self::Holds(when) if **when == When::FALSE => Some(false.into()),
            _ => None,
        }
    }
}

/// Returns whether a value is empty in every run.
fn is_never(value: &Value) -> bool {
    value.constant().is_some_and(|constant| is_empty(&constant))
}

/// Joins parts, and merges adjacent texts.
fn joined(parts: &[Value]) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for part in parts {
        let inner = match part.simplified() {
            Value::Joined(inner) => inner,
            Value::Number(number) => vec![number.to_string().into()],
            other => vec![other],
        };
        for part in inner {
            match (found.last_mut(), part) {
                (_, Value::Text(text)) if text.is_empty() => {}
                (Some(Value::Text(before)), Value::Text(text)) => before.push_str(&text),
                (_, part) => found.push(part),
            }
        }
    }
    match found.as_slice() {
        [] => Value::default(),
        [Value::Text(text)] => text.into(),
        _ => Value::Joined(found),
    }
}

/// Drops values that are always empty, and all after one that never is.
fn first_of(parts: &[Value]) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for part in parts {
        match part.simplified() {
            Value::FirstOf(inner) => found.extend(inner),
            other => found.push(other),
        }
    }
    let last = found.len().saturating_sub(1);
    let sure = found.iter().position(|part| part.constant().is_some_and(|constant| !is_empty(&constant)));
    let mut index = 0;
    found.retain(|part| {
        let stays = (index == last || !is_never(part)) && sure.is_none_or(|sure| index <= sure);
        index += 1;
        stays
    });
    match found.pop() {
        Some(only) if found.is_empty() => only,
        Some(last) => {
            found.push(last);
            Value::FirstOf(found)
        }
        None => Value::default(),
    }
}

fn compared(one: Value, other: Value) -> When {
    match (one.constant(), other.constant()) {
        (Some(one), Some(other)) => truth(equal(&one, &other)),
        (Some(_), None) => When::Equal(other, one),
        _ => When::Equal(one, other),
    }
}

fn listed(value: Value, texts: &[String]) -> When {
    if let Some(constant) = value.constant() {
        return truth(texts.iter().any(|text| equal(&constant, &text.as_str().into())));
    }
    let mut once: Vec<String> = Vec::new();
    for text in texts {
        if !once.iter().any(|known| same(known, text)) {
            once.push(text.clone());
        }
    }
    match once.as_slice() {
        [] => When::FALSE,
        [only] => When::Equal(value, only.into()),
        _ => When::OneOf(value, once),
    }
}

const fn truth(holds: bool) -> When {
    if holds { When::TRUE } else { When::FALSE }
}

/// The opposite of a simplified condition, simplified too.
fn negated(when: When) -> When {
    match when {
        When::Not(inner) => *inner,
        When::All(parts) => When::Any(parts.into_iter().map(negated).collect()),
        When::Any(parts) => When::All(parts.into_iter().map(negated).collect()),
        other => When::Not(Box::new(other)),
    }
}

/// Operator between the parts of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    All,
    Any,
}

fn combined(parts: &[When], joint: Joint) -> When {
    let mut flat: Vec<When> = Vec::new();
    for part in parts {
        match (part.simplified(), joint) {
            (When::All(inner), Joint::All) | (When::Any(inner), Joint::Any) => flat.extend(inner),
            (When::All(inner) | When::Any(inner), _) if inner.is_empty() => return truth(joint == Joint::Any),
            (other, _) => flat.push(other),
        }
    }
    // `any` is `all` of the opposites (De Morgan).
    match joint {
        Joint::All => reduced(flat).map_or(When::FALSE, |parts| one_of_many(parts, When::All)),
        Joint::Any => {
            let opposites = reduced(flat.into_iter().map(negated).collect());
            let parts = opposites.map(|parts| parts.into_iter().map(negated).collect());
            parts.map_or(When::TRUE, |parts| one_of_many(parts, When::Any))
        }
    }
}

fn one_of_many(mut parts: Vec<When>, many: fn(Vec<When>) -> When) -> When {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// Drops parts of `all` that others imply; returns none if they contradict each other.
fn reduced(parts: Vec<When>) -> Option<Vec<When>> {
    let mut kept: Vec<When> = Vec::new();
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    let opposite = |part: &When| kept.contains(&negated(part.clone()));
    if kept.iter().any(opposite) {
        return None;
    }
    // Of two equivalent parts, the first one stays.
    for index in (0..kept.len()).rev() {
        let part = kept.remove(index);
        match kept.iter().find_map(|other| decides(other, &part)) {
            Some(false) => return None,
            Some(true) => {}
            None => kept.insert(index, part),
        }
    }
    Some(kept)
}

/// Returns whether a part is true or false given another one; none if unknown.
fn decides(known: &When, part: &When) -> Option<bool> {
    if let When::Any(parts) = part
        && parts.contains(known)
    {
        return Some(true);
    }
    // A property that equals a non-numeric text is a text itself.
    let When::Equal(value, Value::Text(text)) = known else { return None };
    if text.is_empty() || is_number(text) {
        return None;
    }
    match part {
        When::Equal(other, Value::Text(another)) if other == value => Some(same(text, another)),
        When::OneOf(other, texts) if other == value => Some(texts.iter().any(|another| same(text, another))),
        When::Not(inner) => match inner.as_ref() {
            When::Equal(other, Value::Text(another)) if other == value => Some(!same(text, another)),
            When::OneOf(other, texts) if other == value => Some(!texts.iter().any(|another| same(text, another))),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether GitHub compares two texts as equal.
fn same(one: &str, other: &str) -> bool {
    equal(&one.into(), &other.into())
}

/// Drops the `success()` that GitHub implies without another status check function.
fn without_success(when: When) -> When {
    let is_success = |part: &When| *part == When::Status(Status::Success);
    match when {
        When::Status(Status::Success) => When::TRUE,
        When::All(mut parts) if parts.iter().all(|part| is_success(part) || !part.asks_status()) => {
            parts.retain(|part| !is_success(part));
            one_of_many(parts, When::All)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use crate::workflow::{Github, Value, When, need, step};

    fn event(name: &str) -> When {
        When::event(name)
    }

    fn ran(job: &str) -> When {
        need(job).result().is_not("skipped")
    }

    #[test]
    fn a_condition_without_its_redundant_parts() {
        let main = || When::branch("main");
        for (when, printed) in [
            (event("push").and(event("push")), "github.event_name == 'push'"),
            (event("push").and(event("PUSH")), "github.event_name == 'push'"),
            (event("push").and(!event("schedule")), "github.event_name == 'push'"),
            (event("push").or(event("push").and(main())), "github.event_name == 'push'"),
            (event("push").and(event("push").or(main())), "github.event_name == 'push'"),
            (event("push").and(event("schedule")), "false"),
            (!(event("push").and(main())), "github.event_name != 'push' || github.ref != 'refs/heads/main'"),
            (!!event("push"), "github.event_name == 'push'"),
            (When::TRUE.and(When::All(vec![When::All(vec![main()])])), "github.ref == 'refs/heads/main'"),
            (When::always().and(When::not_cancelled()), "!cancelled()"),
            (When::always().and(When::failure().or(ran("a"))), "failure() || needs.a.result != 'skipped'"),
            (When::always().and(ran("a")), "always() && needs.a.result != 'skipped'"),
            (When::always().and(When::always()), "always()"),
            (When::failure().or(!When::failure()).and(ran("a")), "always() && needs.a.result != 'skipped'"),
            (When::Status(super::Status::Success).and(ran("a")), "needs.a.result != 'skipped'"),
            (Value::input("a").is_one_of(["x"]), "inputs.a == 'x'"),
            (Value::input("a").is_one_of(["x", "X", "y"]), r#"contains(fromJSON('["x", "y"]'), inputs.a)"#),
            (Value::from("a").is(Value::input("a")), "inputs.a == 'a'"),
        ] {
            assert_eq!(when.to_string(), printed);
            assert_eq!(when.condition().condition(), when.condition(), "{printed}");
        }
    }

    #[test]
    fn what_looks_redundant_and_is_not() {
        // Null and 0 equal '' and '0', and 0 is not ''.
        let zero = Value::matrix("n").is("0").and(Value::matrix("n").is_not(""));
        assert_eq!(zero.to_string(), "matrix.n == '0' && matrix.n != ''");
        let empty = Value::input("n").is("").and(Value::input("n").is("0"));
        assert_eq!(empty.to_string(), "inputs.n == '' && inputs.n == '0'");
        let success = When::Status(super::Status::Success).or(When::cancelled());
        assert_eq!(success.to_string(), "success() || cancelled()");
    }

    #[test]
    fn values_that_no_run_decides() {
        let sha = || Value::from(Github::Sha);
        for (value, printed) in [
            (Value::from("a") + "b" + "", "ab"),
            (Value::Joined(vec!["a".into(), Value::Joined(vec!["b".into(), sha()]), "".into()]), "ab${{ github.sha }}"),
            (Value::FirstOf(vec!["".into(), sha(), "x".into(), sha()]), "${{ github.sha || 'x' }}"),
            (Value::FirstOf(vec!["x".into(), sha()]), "x"),
            (When::TRUE.choose("a", sha()), "a"),
            (When::FALSE.choose("a", sha()), "${{ github.sha }}"),
            (event("push").choose("", "a"), "${{ github.event_name != 'push' && 'a' || '' }}"),
            (event("push").choose("", ""), ""),
            (step("a").output("b").or(step("c").output("b")), "${{ steps.a.outputs.b || steps.c.outputs.b }}"),
        ] {
            assert_eq!(value.to_string(), printed);
        }
    }
}
