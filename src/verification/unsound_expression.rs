//! An expression says what it looks like: it can change, and no part of it is dead.

use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::expression::{Access, Expr, ExprKind, Literal, function};

pub(crate) struct UnsoundExpression;

impl Rule for UnsoundExpression {
    fn code(&self) -> Code {
        Code("unsound-expression")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/unsound-expression.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for place in &set.places {
            let mut wrong = |what: &str| {
                let message = format!("{} is `{}`: {what}", place.described(), place.read.text);
                found.push(place.error(self.code(), message).help(FAULT));
            };
            for expression in place.read.expressions {
                if is_static(expression) {
                    wrong("it is always the same");
                } else {
                    walk(expression, &mut wrong);
                }
            }
        }
    }
}

/// Whether an expression is the same in every run.
fn is_static(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Context(_) => false,
        ExprKind::Access { of, .. } | ExprKind::Not(of) => is_static(of),
        ExprKind::Call { name, args } => {
            let reads = function(name).is_none_or(|function| function.is_status || function.name == "hashFiles");
            !reads && args.iter().all(is_static)
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(is_static),
        ExprKind::Compare { left, right, .. } => is_static(left) && is_static(right),
    }
}

fn walk(expression: &Expr, wrong: &mut impl FnMut(&str)) {
    match &expression.kind {
        ExprKind::Literal(_) | ExprKind::Context(_) => {}
        ExprKind::Access { of, path } => {
            walk(of, wrong);
            for step in path {
                if let Access::Index(index) = step {
                    walk(index, wrong);
                }
            }
        }
        ExprKind::Not(inner) => walk(inner, wrong),
        ExprKind::Compare { left, right, .. } => {
            walk(left, wrong);
            walk(right, wrong);
        }
        ExprKind::Call { name, args } => {
            if name.eq_ignore_ascii_case("contains")
                && let [first, second] = args.as_slice()
                && matches!(first.kind, ExprKind::Literal(Literal::Text(_)))
                && !is_static(second)
            {
                wrong("`contains` finds any part of that text, not only its words");
            }
            for part in args {
                walk(part, wrong);
            }
        }
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            let front = parts.split_last().map_or(&[][..], |(_, front)| front);
            if front.iter().any(|part| matches!(part.kind, ExprKind::Literal(Literal::Bool(_)))) {
                wrong("a part of it is always true or always false");
            }
            if matches!(expression.kind, ExprKind::Or(_)) && front.iter().any(gives_nothing) {
                wrong("the value behind `&&` counts as false, so that behind `||` always holds");
            }
            for part in parts {
                walk(part, wrong);
            }
        }
    }
}

/// Whether it is a choice of `''`, `0`, `false` or `null`.
fn gives_nothing(expression: &Expr) -> bool {
    let ExprKind::And(parts) = &expression.kind else { return false };
    parts.last().is_some_and(|last| match &last.kind {
        ExprKind::Literal(Literal::Null | Literal::Bool(false)) => true,
        ExprKind::Literal(Literal::Text(text)) => text.is_empty(),
        ExprKind::Literal(Literal::Number(number)) => *number == 0.0 || number.is_nan(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, passes};

    fn with(condition: &str) -> crate::workflow::Workflow {
        let mut workflow = clean();
        first_step(&mut workflow).condition = Some(condition.to_owned());
        workflow
    }

    #[test]
    fn what_never_changes() {
        for condition in ["true", "'a' == 'b'", "true && github.ref == 'x'", "fromJSON('5')", "!format('a')"] {
            breaks("unsound-expression", &with(condition));
        }
        passes(&with("always()"));
        passes(&with("!cancelled() && github.ref == 'x'"));
        passes(&with("contains(fromJSON('[\"a\"]'), github.ref)"));
    }

    #[test]
    fn a_choice_of_nothing() {
        breaks("unsound-expression", &with("github.ref == 'x' && '' || 'b'"));
        breaks("unsound-expression", &with("(github.ref == 'x' && 0 || 'b') == 'c'"));
        passes(&with("github.ref == 'x' && 'a' || ''"));
    }

    #[test]
    fn a_text_that_contains() {
        breaks("unsound-expression", &with("contains('refs/heads/main refs/heads/develop', github.ref)"));
    }
}
