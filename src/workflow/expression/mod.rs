//! GitHub Actions' expression language, of `${{ }}` and `if:`.
//!
//! The grammar is that of the runner. Where GitHub's editor library differs, it is the subset that both accept.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/expressions>.

mod embed;
mod error;
mod function;
mod lex;
mod number;
mod parse;
mod print;
mod segment;
mod uses;

#[cfg(test)]
mod properties;

pub use embed::{parse_condition, parse_embedded};
pub use error::{Error, Span};
pub use function::{FUNCTIONS, Function, check_functions, function, has_status_function};
pub(super) use number::{read as read_number, write as write_number};
pub use parse::parse;
pub use segment::{Segment, segments};
pub use uses::{CallUse, ContextUse, PathStep, contexts, functions};

/// Maximum depth of a tree.
///
/// Source: the runner's `ExpressionConstants.MaxDepth`.
pub const MAX_DEPTH: usize = 50;

/// Maximum length of an expression, in UTF-16 units.
///
/// Source: the runner's `ExpressionConstants.MaxLength`.
pub const MAX_LENGTH: usize = 21_000;

/// An expression and its span.
///
/// Equality ignores spans.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Kind and parts.
    pub kind: ExprKind,
    /// Bytes in the parsed text, without parentheses around it.
    pub span: Span,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// Kind of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A context such as `github`, by its name as written; GitHub ignores its case.
    Context(String),
    /// A chain of `.name`, `['name']`, `[expr]` and `.*` after a context, a call or parentheses. Never empty.
    Access {
        /// The value that is accessed.
        of: Box<Expr>,
        /// The steps from there, left to right.
        path: Vec<Access>,
    },
    /// A call, by the function's name as written; GitHub ignores its case.
    Call {
        /// The name.
        name: String,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `!a`.
    Not(Box<Expr>),
    /// `a && b && …`, two or more.
    And(Vec<Expr>),
    /// `a || b || …`, two or more.
    Or(Vec<Expr>),
    /// `a == b` or another comparison.
    Compare {
        /// Operator.
        op: Comparison,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
}

/// A value written out.
#[derive(Clone, Debug)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, which may be infinite or `NaN`.
    Number(f64),
    /// A text, its doubled quotes made single.
    Text(String),
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            // As written, `NaN` is the same as `NaN`, and `-0` is not `0`.
            (Self::Number(a), Self::Number(b)) => a.is_nan() && b.is_nan() || a.to_bits() == b.to_bits(),
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// `.name` or `['name']`.
    Name(String),
    /// `[expr]`, for anything but a text.
    Index(Expr),
    /// `.*` or `[*]`.
    Every,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Returns its symbol.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Returns whether it is `==` or `!=`, whose precedence is lower.
    const fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}
