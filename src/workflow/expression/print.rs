//! Printer of expressions; the text parses to the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::{Access, Expr, ExprKind, Literal, lex::is_name, number};

/// Precedence of an expression.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Equality,
    Relation,
    Not,
    /// A literal, which cannot start a chain.
    Literal,
    /// A context, call or chain, which can start a chain.
    Value,
}

impl Expr {
    fn binding(&self) -> Binding {
        match &self.kind {
            ExprKind::Or(_) => Binding::Or,
            ExprKind::And(_) => Binding::And,
            ExprKind::Compare { op, .. } if op.is_equality() => Binding::Equality,
            ExprKind::Compare { .. } => Binding::Relation,
            ExprKind::Not(_) => Binding::Not,
            // A chain in a chain keeps its parentheses, else the two would become one.
            ExprKind::Literal(_) | ExprKind::Access { .. } => Binding::Literal,
            ExprKind::Context(_) | ExprKind::Call { .. } => Binding::Value,
        }
    }

    /// Writes the expression, in parentheses if its precedence is below `least`.
    fn fmt_at_least(&self, least: Binding, f: &mut Formatter<'_>) -> fmt::Result {
        if self.binding() >= least { write!(f, "{self}") } else { write!(f, "({self})") }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Context(name) => f.write_str(name),
            ExprKind::Access { of, path } => {
                of.fmt_at_least(Binding::Value, f)?;
                path.iter().try_for_each(|step| step.fmt(f))
            }
            ExprKind::Call { name, args } => {
                f.write_str(name)?;
                f.write_char('(')?;
                fmt_joined(args, ", ", Binding::Or, f)?;
                f.write_char(')')
            }
            ExprKind::Not(inner) => {
                f.write_char('!')?;
                inner.fmt_at_least(Binding::Not, f)
            }
            ExprKind::And(parts) => fmt_joined(parts, " && ", Binding::Equality, f),
            ExprKind::Or(parts) => fmt_joined(parts, " || ", Binding::And, f),
            ExprKind::Compare { op, left, right } => {
                // Grouped from the left, so only the right side needs parentheses around its own kind.
                let (left_least, right_least) = if op.is_equality() {
                    (Binding::Equality, Binding::Relation)
                } else {
                    (Binding::Relation, Binding::Not)
                };
                left.fmt_at_least(left_least, f)?;
                write!(f, " {} ", op.symbol())?;
                right.fmt_at_least(right_least, f)
            }
        }
    }
}

fn fmt_joined(parts: &[Expr], separator: &str, least: Binding, f: &mut Formatter<'_>) -> fmt::Result {
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            f.write_str(separator)?;
        }
        part.fmt_at_least(least, f)?;
    }
    Ok(())
}

impl Display for Access {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) if is_name(name) => write!(f, ".{name}"),
            Self::Name(name) => write!(f, "[{}]", Literal::Text(name.clone())),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Every => f.write_str(".*"),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => f.write_str(&number::write(*value)),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}
