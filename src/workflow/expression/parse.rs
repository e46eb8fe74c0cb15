//! Tokens → a tree.
//!
//! Every tree that leaves this file is at most [`MAX_DEPTH`] deep, so that recursion over it is safe.

use super::{
    Access, Expr, ExprKind, Literal, MAX_DEPTH,
    error::{Error, Span, quoted},
    lex::{self, Token, TokenKind},
};

/// Parses the content of `${{ }}`.
///
/// # Errors
///
/// The first mistake. Whether contexts and functions exist is not looked at: see [`super::check_functions`].
pub fn parse(source: &str) -> Result<Expr, Error> {
    let tokens = lex::tokens(source)?;
    if tokens.is_empty() {
        return Err(Error::new(Span::new(0, source.len()), "the expression is empty"));
    }
    let mut parser = Parser { source, tokens: tokens.into_iter().peekable(), nesting: 0, end: source.len() };
    let tree = parser.or()?;
    match parser.tokens.next() {
        None => Ok(tree.expr),
        Some(token) => Err(parser.unexpected(&token)),
    }
}

/// A tree and its depth.
struct Tree {
    expr: Expr,
    depth: usize,
}

impl Tree {
    fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, depth: 1 }
    }
}

struct Parser<'s, I: Iterator<Item = Token>> {
    source: &'s str,
    tokens: std::iter::Peekable<I>,
    /// Number of open brackets and `!` around the cursor.
    nesting: usize,
    /// End of the text.
    end: usize,
}

impl<I: Iterator<Item = Token>> Parser<'_, I> {
    fn or(&mut self) -> Result<Tree, Error> {
        self.joined(&TokenKind::Or, Self::and, ExprKind::Or)
    }

    fn and(&mut self) -> Result<Tree, Error> {
        self.joined(&TokenKind::And, Self::equality, ExprKind::And)
    }

    /// Parses `part (operator part)*` into one flat node.
    fn joined(
        &mut self,
        operator: &TokenKind,
        part: impl Fn(&mut Self) -> Result<Tree, Error>,
        kind: impl Fn(Vec<Expr>) -> ExprKind,
    ) -> Result<Tree, Error> {
        let first = part(self)?;
        if !self.is_next(operator) {
            return Ok(first);
        }
        let (mut depth, mut span) = (first.depth, first.expr.span);
        let mut parts = vec![first.expr];
        while self.take(operator).is_some() {
            let next = part(self)?;
            depth = depth.max(next.depth);
            span = span.to(next.expr.span);
            parts.push(next.expr);
        }
        node(kind(parts), span, depth)
    }

    fn equality(&mut self) -> Result<Tree, Error> {
        self.compared(true, Self::relation)
    }

    fn relation(&mut self) -> Result<Tree, Error> {
        self.compared(false, Self::unary)
    }

    /// Parses `side (comparison side)*`, grouped from the left.
    fn compared(&mut self, equality: bool, side: impl Fn(&mut Self) -> Result<Tree, Error>) -> Result<Tree, Error> {
        let mut left = side(self)?;
        loop {
            let op = match self.tokens.peek().map(|token| &token.kind) {
                Some(TokenKind::Compare(op)) if op.is_equality() == equality => *op,
                _ => return Ok(left),
            };
            self.tokens.next();
            let right = side(self)?;
            let span = left.expr.span.to(right.expr.span);
            let depth = left.depth.max(right.depth);
            let (left_side, right_side) = (Box::new(left.expr), Box::new(right.expr));
            left = node(ExprKind::Compare { op, left: left_side, right: right_side }, span, depth)?;
        }
    }

    fn unary(&mut self) -> Result<Tree, Error> {
        let Some(not) = self.take(&TokenKind::Not) else {
            return self.chain();
        };
        let inner = self.nested(not, Self::unary)?;
        let span = not.to(inner.expr.span);
        node(ExprKind::Not(Box::new(inner.expr)), span, inner.depth)
    }

    /// Parses a value and the steps into it.
    fn chain(&mut self) -> Result<Tree, Error> {
        let (of, may_be_accessed) = self.value()?;
        if !may_be_accessed {
            return Ok(of);
        }
        let (mut span, mut depth) = (of.expr.span, of.depth);
        let mut path = Vec::new();
        while let Some(step) = self.step()? {
            // The runner nests one node a step.
            depth = depth.max(step.depth) + 1;
            span.end = step.end;
            check_depth(depth, span)?;
            path.push(step.access);
        }
        if path.is_empty() {
            return Ok(of);
        }
        Ok(Tree { expr: Expr { kind: ExprKind::Access { of: Box::new(of.expr), path }, span }, depth })
    }

    /// Parses `.name`, `.*`, `[expr]` or `[*]`, if one is next.
    fn step(&mut self) -> Result<Option<Step>, Error> {
        if self.take(&TokenKind::Dot).is_some() {
            let token = self.next("a property")?;
            let end = token.span.end;
            return match token.kind {
                TokenKind::Name(name) => Ok(Some(Step { access: Access::Name(name), depth: 1, end })),
                TokenKind::Star => Ok(Some(Step { access: Access::Every, depth: 1, end })),
                _ => Err(self.unexpected(&token)),
            };
        }
        let Some(open) = self.take(&TokenKind::OpenIndex) else {
            return Ok(None);
        };
        if self.take(&TokenKind::Star).is_some() {
            let end = self.expect(&TokenKind::CloseIndex, "`]`")?.end;
            return Ok(Some(Step { access: Access::Every, depth: 1, end }));
        }
        let index = self.nested(open, Self::or)?;
        let end = self.expect(&TokenKind::CloseIndex, "`]`")?.end;
        let access = match index.expr.kind {
            ExprKind::Literal(Literal::Text(name)) => Access::Name(name),
            kind => Access::Index(Expr { kind, span: index.expr.span }),
        };
        Ok(Some(Step { access, depth: index.depth, end }))
    }

    /// Parses a literal, a context, a call or parentheses; returns it and whether a step may follow.
    fn value(&mut self) -> Result<(Tree, bool), Error> {
        let token = self.next("a value")?;
        let span = token.span;
        let literal = |literal| Ok((Tree::leaf(ExprKind::Literal(literal), span), false));
        match token.kind {
            TokenKind::Open => {
                let inner = self.nested(span, Self::or)?;
                self.expect(&TokenKind::Close, "`)`")?;
                Ok((inner, true))
            }
            TokenKind::Number(number) => literal(Literal::Number(number)),
            TokenKind::Text(text) => literal(Literal::Text(text)),
            TokenKind::Name(name) => match name.as_str() {
                "null" => literal(Literal::Null),
                "true" => literal(Literal::Bool(true)),
                "false" => literal(Literal::Bool(false)),
                "NaN" => literal(Literal::Number(f64::NAN)),
                "Infinity" => literal(Literal::Number(f64::INFINITY)),
                _ if self.is_next(&TokenKind::Open) => Ok((self.call(name, span)?, true)),
                _ => Ok((Tree::leaf(ExprKind::Context(name), span), true)),
            },
            _ => Err(self.unexpected(&token)),
        }
    }

    fn call(&mut self, name: String, start: Span) -> Result<Tree, Error> {
        let open = self.expect(&TokenKind::Open, "`(`")?;
        let (mut args, mut depth) = (Vec::new(), 0);
        if let Some(close) = self.take(&TokenKind::Close) {
            return node(ExprKind::Call { name, args }, start.to(close), depth);
        }
        loop {
            let arg = self.nested(open, Self::or)?;
            depth = depth.max(arg.depth);
            args.push(arg.expr);
            if self.take(&TokenKind::Comma).is_none() {
                break;
            }
        }
        let close = self.expect(&TokenKind::Close, "`,` or `)`")?;
        node(ExprKind::Call { name, args }, start.to(close), depth)
    }

    /// Parses the inside of brackets or the operand of `!`, the two places of recursion.
    fn nested(&mut self, open: Span, inner: impl Fn(&mut Self) -> Result<Tree, Error>) -> Result<Tree, Error> {
        self.nesting += 1;
        check_depth(self.nesting, open)?;
        let tree = inner(self);
        self.nesting -= 1;
        tree
    }

    fn is_next(&mut self, kind: &TokenKind) -> bool {
        self.tokens.peek().is_some_and(|token| token.kind == *kind)
    }

    fn take(&mut self, kind: &TokenKind) -> Option<Span> {
        self.tokens.next_if(|token| token.kind == *kind).map(|token| token.span)
    }

    fn expect(&mut self, kind: &TokenKind, what: &str) -> Result<Span, Error> {
        let token = self.next(what)?;
        if token.kind == *kind { Ok(token.span) } else { Err(self.unexpected(&token).help(format!("expected {what}"))) }
    }

    fn next(&mut self, what: &str) -> Result<Token, Error> {
        self.tokens.next().ok_or_else(|| {
            Error::new(Span::new(self.end, self.end), "the expression ends too early").help(format!("expected {what}"))
        })
    }

    fn unexpected(&self, token: &Token) -> Error {
        let written = self.source.get(token.span.start..token.span.end).unwrap_or_default();
        Error::new(token.span, format!("unexpected {}", quoted(written)))
    }
}

/// A step into a value, with its depth and its end.
struct Step {
    access: Access,
    depth: usize,
    end: usize,
}

/// Returns a node whose deepest child has depth `below`.
fn node(kind: ExprKind, span: Span, below: usize) -> Result<Tree, Error> {
    check_depth(below + 1, span)?;
    Ok(Tree { expr: Expr { kind, span }, depth: below + 1 })
}

fn check_depth(depth: usize, span: Span) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(span, format!("the expression is nested more than {MAX_DEPTH} deep")));
    }
    Ok(())
}
