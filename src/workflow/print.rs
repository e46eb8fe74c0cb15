//! Printed trees. Expressions become text only here.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use serde_json::Value as Json;

use super::expression::{Access, Comparison, Expr, ExprKind, Literal, Span};
use super::property::Property;
use super::tree::{Value, When};

impl When {
    /// Returns the value of an `if`; none if it is equivalent to GitHub's implied `success()`.
    ///
    /// It has `${{ }}` if YAML or GitHub would misread it without.
    pub fn printed(&self) -> Option<String> {
        let condition = self.condition();
        if condition == Self::TRUE {
            return None;
        }
        let text = condition.expr().to_string();
        let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '(')
            && [": ", " #", "\n", "\r", "${{"].iter().all(|special| !text.contains(special));
        Some(if is_plain { text } else { format!("${{{{ {text} }}}}") })
    }

    fn expr(&self) -> Expr {
        let many = |parts: &[Self]| parts.iter().map(Self::expr).collect();
        expr(match self {
            Self::Status(status) => call(status.name(), Vec::new()),
            Self::Equal(one, other) => compare(Comparison::Equal, one, other),
            Self::OneOf(value, texts) => {
                let list: Vec<String> = texts.iter().map(|text| Json::from(text.as_str()).to_string()).collect();
                let list = text(format!("[{}]", list.join(", ")));
                call("contains", vec![expr(call("fromJSON", vec![list])), value.expr()])
            }
            Self::StartsWith(value, beginning) => call("startsWith", vec![value.expr(), text(beginning.clone())]),
            Self::Contains(list, item) => call("contains", vec![list.expr(), text(item.clone())]),
            Self::Not(inner) => match inner.as_ref() {
                Self::Equal(one, other) => compare(Comparison::NotEqual, one, other),
                inner => ExprKind::Not(Box::new(inner.expr())),
            },
            Self::All(parts) if parts.is_empty() => ExprKind::Literal(Literal::Bool(true)),
            Self::Any(parts) if parts.is_empty() => ExprKind::Literal(Literal::Bool(false)),
            Self::All(parts) => ExprKind::And(many(parts)),
            Self::Any(parts) => ExprKind::Or(many(parts)),
        })
    }
}

impl Value {
    /// Returns the expression without `${{ }}` around it.
    pub fn bare(&self) -> String {
        self.simplified().expr().to_string()
    }

    /// Returns the value as a workflow has it; a text without an expression is the value's.
    pub fn printed(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Self::printed_text(text),
            _ => Cow::Owned(self.to_string()),
        }
    }

    /// Returns a text as a workflow has it: what looks like an expression is a text in an expression.
    pub fn printed_text(text: &str) -> Cow<'_, str> {
        if text.contains("${{") { Cow::Owned(text.replace("${{", "${{ '${{' }}")) } else { Cow::Borrowed(text) }
    }

    fn expr(&self) -> Expr {
        expr(match self {
            Self::Text(value) => return text(value.clone()),
            Self::Number(number) => ExprKind::Literal(Literal::Number(f64::from(*number))),
            Self::Property(property) => return property.expr(),
            Self::Joined(parts) => return formatted(parts),
            Self::FirstOf(parts) => ExprKind::Or(parts.iter().map(Self::expr).collect()),
            Self::Either(when, then, otherwise) => {
                let mut chosen = match when.as_ref() {
                    When::All(parts) => parts.iter().map(When::expr).collect(),
                    when => vec![when.expr()],
                };
                chosen.push(then.expr());
                let mut all = vec![expr(ExprKind::And(chosen))];
                match otherwise.expr() {
                    Expr { kind: ExprKind::Or(more), .. } => all.extend(more),
                    other => all.push(other),
                }
                ExprKind::Or(all)
            }
            Self::Holds(when) => return when.expr(),
            Self::ToJson(property) => call("toJSON", vec![property.expr()]),
            Self::FromJson(value) => call("fromJSON", vec![value.expr()]),
        })
    }

    /// Writes a simplified value as text with expressions in it.
    fn embedded(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => to.write_str(&Self::printed_text(text)),
            Self::Number(number) => write!(to, "{number}"),
            Self::Holds(when) if **when == When::TRUE => to.write_str("true"),
            Self::Holds(when) if **when == When::FALSE => to.write_str("false"),
            Self::Joined(parts) => parts.iter().try_for_each(|part| part.embedded(to)),
            _ => write!(to, "${{{{ {} }}}}", self.expr()),
        }
    }
}

impl Property {
    fn expr(&self) -> Expr {
        let path = self.path();
        let (context, names) = path.split_first().unwrap_or((&"", &[]));
        let root = expr(ExprKind::Context((*context).to_owned()));
        if names.is_empty() {
            return root;
        }
        let access = |name: &&str| if *name == "*" { Access::Every } else { Access::Name((*name).to_owned()) };
        let path = names.iter().map(access).collect();
        expr(ExprKind::Access { of: Box::new(root), path })
    }
}

/// Prints the property as an expression refers to it.
impl Display for Property {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        self.expr().fmt(to)
    }
}

/// Prints the value for a workflow.
impl Display for Value {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            // What cannot be simplified needs no copy.
            Self::Text(_) | Self::Number(_) | Self::Property(_) | Self::ToJson(_) => self.embedded(to),
            _ => self.simplified().embedded(to),
        }
    }
}

/// Prints the condition for an `if`, without `${{ }}`.
impl Display for When {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        self.condition().expr().fmt(to)
    }
}

/// Joins texts within an expression, by `format`.
fn formatted(parts: &[Value]) -> Expr {
    let (mut pattern, mut args) = (String::new(), Vec::new());
    for part in parts {
        match part {
            Value::Text(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
            part => {
                pattern.push_str(&format!("{{{}}}", args.len()));
                args.push(part.expr());
            }
        }
    }
    args.insert(0, text(pattern));
    expr(call("format", args))
}

fn compare(op: Comparison, left: &Value, right: &Value) -> ExprKind {
    ExprKind::Compare { op, left: Box::new(left.expr()), right: Box::new(right.expr()) }
}

fn call(name: &str, args: Vec<Expr>) -> ExprKind {
    ExprKind::Call { name: name.to_owned(), args }
}

fn text(text: String) -> Expr {
    expr(ExprKind::Literal(Literal::Text(text)))
}

fn expr(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

#[cfg(test)]
mod tests {
    use crate::workflow::expression::{parse, parse_condition, parse_embedded};
    use crate::workflow::{Github, Property, Value, When, need, step};

    fn ran(job: &str) -> When {
        need(job).result().is_not("skipped")
    }

    #[test]
    fn conditions_as_an_expert_writes_them() {
        let touched = || need("changes").output("api").is("true");
        for (when, printed) in [
            (touched(), "needs.changes.outputs.api == 'true'"),
            (
                touched().and(!When::event("schedule")).and(When::not_cancelled()),
                "needs.changes.outputs.api == 'true' && github.event_name != 'schedule' && !cancelled()",
            ),
            (
                When::not_cancelled().and(ran("a").or(ran("b"))),
                "${{ !cancelled() && (needs.a.result != 'skipped' || needs.b.result != 'skipped') }}",
            ),
            (When::Any(vec![ran("a")]), "needs.a.result != 'skipped'"),
            (
                (ran("a").and(ran("b"))).or(ran("c")),
                "needs.a.result != 'skipped' && needs.b.result != 'skipped' || needs.c.result != 'skipped'",
            ),
            (When::always(), "always()"),
            (!Value::input("a").is_one_of(["x", "it's"]), "${{ !contains(fromJSON('[\"x\", \"it''s\"]'), inputs.a) }}"),
            (
                (When::failure().or(When::cancelled())).and(ran("a")),
                "(failure() || cancelled()) && needs.a.result != 'skipped'",
            ),
            (Value::input("a").is("x: y"), "${{ inputs.a == 'x: y' }}"),
            (Value::input("a").is("${{ x }}"), "${{ inputs.a == '${{ x }}' }}"),
            (Value::matrix("shard").is(Value::Number(1)), "matrix.shard == 1"),
            (
                Value::matrix("seed").is(need("plan").output("seed").from_json()),
                "matrix.seed == fromJSON(needs.plan.outputs.seed)",
            ),
        ] {
            assert_eq!(when.printed().as_deref(), Some(printed));
            parse_condition(printed).expect(printed);
        }
        assert_eq!(When::TRUE.printed(), None);
        assert_eq!(When::Status(crate::workflow::Status::Success).printed(), None);
    }

    #[test]
    fn values_as_an_expert_writes_them() {
        for (value, printed) in [
            (Value::from("plain"), "plain"),
            (Value::temp("records"), "${{ runner.temp }}/records"),
            (Value::temp(""), "${{ runner.temp }}"),
            (
                Value::from("k-") + Github::RunId + "-" + Github::RunAttempt,
                "k-${{ github.run_id }}-${{ github.run_attempt }}",
            ),
            (Value::secret("TOKEN").or("it's"), "${{ secrets.TOKEN || 'it''s' }}"),
            (Value::ToJson(Property::Needs), "${{ toJSON(needs) }}"),
            (When::event("schedule").into(), "${{ github.event_name == 'schedule' }}"),
            (When::TRUE.into(), "true"),
            (
                When::event("pull_request").and(When::branch("a")).choose(Github::Ref, Value::input("x").or("y")),
                "${{ github.event_name == 'pull_request' && github.ref == 'refs/heads/a' && github.ref || inputs.x || 'y' }}",
            ),
            (
                Value::input("a").or(Value::from("{") + Github::Sha + "}"),
                "${{ inputs.a || format('{{{0}}}', github.sha) }}",
            ),
            (step("a b").output("c"), "${{ steps['a b'].outputs.c }}"),
        ] {
            assert_eq!(value.to_string(), printed);
            parse_embedded(printed).expect(printed);
        }
    }

    #[test]
    fn a_text_never_becomes_an_expression() {
        let evil = "${{ github.event.issue.title }}";
        for value in [
            Value::from(evil),
            Value::from("$") + "{{ github.event.issue.title }}",
            Value::Joined(vec!["${".into(), evil.into()]),
        ] {
            let found = parse_embedded(&value.to_string()).expect("it is read");
            assert!(found.iter().all(|found| *found == parse("'${{'").expect("a text")), "{value}");
        }
        let (path, printed) =
            (Value::from(evil) + Github::Sha, "${{ '${{' }} github.event.issue.title }}${{ github.sha }}");
        assert_eq!(path.to_string(), printed);
    }
}
