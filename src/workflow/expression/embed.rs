//! Expressions in workflows: embedded in text, or the value of `if:`.

use super::{
    Access, Expr, ExprKind,
    error::{Error, Span},
    parse,
    segment::{Segment, segments},
};

/// Parses every expression of a text with `${{ … }}` in it. Offsets count from the start of the text.
///
/// # Errors
///
/// The first syntax error.
pub fn parse_embedded(text: &str) -> Result<Vec<Expr>, Error> {
    let mut found = Vec::new();
    for segment in segments(text)? {
        if let Segment::Expression { source, offset } = segment {
            found.push(parse_at(source, offset)?);
        }
    }
    Ok(found)
}

/// Parses the value of an `if:`, which is one expression with or without `${{ }}` around it.
///
/// # Errors
///
/// The first syntax error; also text next to `${{ }}`, which makes the condition always true.
pub fn parse_condition(text: &str) -> Result<Expr, Error> {
    let pieces = segments(text)?;
    let is_blank = |segment: &Segment<'_>| matches!(segment, Segment::Text { text, .. } if text.trim().is_empty());
    let mut written = pieces.iter().filter(|segment| !is_blank(segment));
    match (written.next(), written.next()) {
        (Some(Segment::Expression { source, offset }), None) => parse_at(source, *offset),
        (Some(Segment::Text { text, offset }), None) => parse_at(text, *offset),
        (Some(_), Some(_)) => {
            Err(Error::new(Span::new(0, text.len()), "a condition with text beside `${{ }}` is always true")
                .help("write the whole condition as one expression"))
        }
        (None, _) => Err(Error::new(Span::new(0, text.len()), "the condition is empty")),
    }
}

fn parse_at(source: &str, offset: usize) -> Result<Expr, Error> {
    match parse(source) {
        Ok(mut expr) => {
            shift(&mut expr, offset);
            Ok(expr)
        }
        Err(error) => Err(error.shifted(offset)),
    }
}

fn shift(expr: &mut Expr, by: usize) {
    expr.span = expr.span.shifted(by);
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Context(_) => {}
        ExprKind::Access { of, path } => {
            shift(of, by);
            for step in path {
                if let Access::Index(index) = step {
                    shift(index, by);
                }
            }
        }
        ExprKind::Call { args: parts, .. } | ExprKind::And(parts) | ExprKind::Or(parts) => {
            for part in parts {
                shift(part, by);
            }
        }
        ExprKind::Not(inner) => shift(inner, by),
        ExprKind::Compare { left, right, .. } => {
            shift(left, by);
            shift(right, by);
        }
    }
}
