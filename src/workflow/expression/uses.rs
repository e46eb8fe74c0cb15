//! Contexts and functions that an expression uses.

use std::fmt;

use super::{Access, Expr, ExprKind, error::Span};

/// One use of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextUse<'e> {
    /// The context's name as written.
    pub root: &'e str,
    /// The path from there, as far as it is written.
    pub path: Vec<PathStep<'e>>,
    /// Span, path included.
    pub span: Span,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathStep<'e> {
    /// The property of that name, as written.
    Name(&'e str),
    /// A property or item that depends on the run: `.*` or `[expr]`.
    Any,
}

impl ContextUse<'_> {
    /// Returns whether this is that context. GitHub ignores the case of names.
    #[must_use]
    pub fn is(&self, root: &str) -> bool {
        self.root.eq_ignore_ascii_case(root)
    }

    /// The name at a position of the path, unless it depends on the run.
    #[must_use]
    pub fn name(&self, position: usize) -> Option<&str> {
        match self.path.get(position) {
            Some(PathStep::Name(name)) => Some(name),
            Some(PathStep::Any) | None => None,
        }
    }
}

/// `needs.plan.outputs.seed`, with `*` for a step that depends on the run.
impl fmt::Display for ContextUse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root)?;
        self.path.iter().try_for_each(|step| match step {
            PathStep::Name(name) => write!(f, ".{name}"),
            PathStep::Any => f.write_str(".*"),
        })
    }
}

/// One call of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallUse<'e> {
    /// The function's name as written.
    pub name: &'e str,
    /// The arguments.
    pub args: &'e [Expr],
    /// Span of the call.
    pub span: Span,
}

/// Every use of a context, in the order in which they are written.
#[must_use]
pub fn contexts(expr: &Expr) -> Vec<ContextUse<'_>> {
    let mut found = Vec::new();
    walk(expr, &mut |node| match &node.kind {
        ExprKind::Context(root) => found.push(ContextUse { root, path: Vec::new(), span: node.span }),
        ExprKind::Access { of, path } => {
            if let ExprKind::Context(root) = &of.kind {
                let path = path.iter().map(PathStep::from).collect();
                found.push(ContextUse { root, path, span: node.span });
            }
        }
        _ => {}
    });
    found
}

/// Every call of a function, the outer before the inner.
#[must_use]
pub fn functions(expr: &Expr) -> Vec<CallUse<'_>> {
    let mut found = Vec::new();
    walk(expr, &mut |node| {
        if let ExprKind::Call { name, args } = &node.kind {
            found.push(CallUse { name, args, span: node.span });
        }
    });
    found
}

impl<'e> From<&'e Access> for PathStep<'e> {
    fn from(step: &'e Access) -> Self {
        match step {
            Access::Name(name) => Self::Name(name),
            Access::Index(_) | Access::Every => Self::Any,
        }
    }
}

/// Visits every node, in the order in which they are written. The context that a chain starts with is not visited by
/// itself.
fn walk<'e>(expr: &'e Expr, visit: &mut impl FnMut(&'e Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Context(_) => {}
        ExprKind::Access { of, path } => {
            if !matches!(of.kind, ExprKind::Context(_)) {
                walk(of, visit);
            }
            for step in path {
                if let Access::Index(index) = step {
                    walk(index, visit);
                }
            }
        }
        ExprKind::Call { args: parts, .. } | ExprKind::And(parts) | ExprKind::Or(parts) => {
            for part in parts {
                walk(part, visit);
            }
        }
        ExprKind::Not(inner) => walk(inner, visit),
        ExprKind::Compare { left, right, .. } => {
            walk(left, visit);
            walk(right, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, contexts, functions};

    fn paths(source: &str) -> Vec<String> {
        contexts(&parse(source).expect("parses")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn contexts_with_their_paths() {
        assert_eq!(paths("needs.plan.outputs.seed"), ["needs.plan.outputs.seed"]);
        assert_eq!(paths("needs['plan'].outputs['a b']"), ["needs.plan.outputs.a b"]);
        assert_eq!(paths("needs.*.result"), ["needs.*.result"]);
        assert_eq!(paths("needs[matrix.job].result"), ["needs.*.result", "matrix.job"]);
        assert_eq!(paths("fromJSON(needs.a.outputs.b).c"), ["needs.a.outputs.b"]);
        assert_eq!(paths("(github || env).x"), ["github", "env"]);
        assert_eq!(paths("!a && b < c.d || 'e.f'"), ["a", "b", "c.d"]);
        assert_eq!(paths("github"), ["github"]);
    }

    #[test]
    fn a_use_knows_its_place_and_names() {
        let expr = parse("true && Secrets.TOKEN").expect("parses");
        let found = contexts(&expr);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert!(one.is("secrets"));
        assert_eq!(one.name(0), Some("TOKEN"));
        assert_eq!(one.name(1), None);
        assert_eq!((one.span.start, one.span.end), (8, 21));
    }

    #[test]
    fn functions_wherever_they_stand() {
        let expr = parse("a[f(g())].b || !h(1, 2)").expect("parses");
        let found: Vec<_> = functions(&expr).iter().map(|call| (call.name, call.args.len())).collect();
        assert_eq!(found, [("f", 1), ("g", 0), ("h", 2)]);
    }
}
