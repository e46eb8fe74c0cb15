//! A query's brackets and quotes are closed, and it uses known variables only.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::QUERY_VARIABLES;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct MetricQuery;

const CODE: Code = Code("metric-query");

impl Check for MetricQuery {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/metric-query.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "metrics", &subject.definition.metrics, &mut |at, _, metric| {
            one(&at.key("query"), &metric.query, found);
            if let Some(samples) = &metric.samples {
                one(&at.key("samples").key("query"), &samples.query, found);
            }
        });
    }
}

fn one(at: &Trail<'_>, query: &str, found: &mut Vec<Diagnostic>) {
    if let Err((message, help)) = balanced(query) {
        found.push(Diagnostic::error(CODE, at.at(), message).help(help));
    }
    for variable in variables(query) {
        if !QUERY_VARIABLES.contains(&variable) {
            let message = format!("`${variable}` is not a variable of a query");
            let help = did_you_mean(variable, QUERY_VARIABLES.iter().copied());
            found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    }
}

/// The names after each `$`. A `$` at the end of a regular expression has none.
fn variables(query: &str) -> impl Iterator<Item = &str> {
    query.split('$').skip(1).filter_map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        rest.get(..end).filter(|name| name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_'))
    })
}

/// Fails with the first quote or bracket that has no counterpart, and the help for it.
///
/// Source: <https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals>
fn balanced(query: &str) -> Result<(), (String, String)> {
    let mut open = Vec::new();
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '\'' | '`' if !skip_string(&mut letters, letter) => {
                return Err((format!("a string that begins with {letter} has no end"), format!("add {letter}")));
            }
            '(' => open.push((letter, ')')),
            '[' => open.push((letter, ']')),
            '{' => open.push((letter, '}')),
            ')' | ']' | '}' => match open.pop() {
                Some((_, close)) if close == letter => {}
                Some((begin, close)) => {
                    let message = format!("`{begin}` is closed by `{letter}`");
                    return Err((message, format!("write `{close}` before it")));
                }
                None => return Err((format!("`{letter}` closes nothing"), "remove it".to_owned())),
            },
            _ => {}
        }
    }
    match open.pop() {
        Some((begin, close)) => Err((format!("`{begin}` is not closed"), format!("add `{close}`"))),
        None => Ok(()),
    }
}

fn skip_string(letters: &mut std::str::Chars<'_>, quote: char) -> bool {
    while let Some(letter) = letters.next() {
        if letter == quote {
            return true;
        }
        // Nothing is escaped between backticks.
        if letter == '\\' && quote != '`' {
            letters.next();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{balanced, variables};

    #[test]
    fn finds_what_is_not_closed() {
        let message = |query: &str| balanced(query).err().map(|(message, _)| message).unwrap_or_default();
        assert_eq!(message(r#"sum(rate(a{b="(",c='[\'{',d=`\`}[5m]))"#), "");
        assert_eq!(message("sum(rate(a[5m])"), "`(` is not closed");
        assert_eq!(message("sum(a[5m))"), "`[` is closed by `)`");
        assert_eq!(message("sum(a))"), "`)` closes nothing");
        assert_eq!(message(r#"a{b="c\"}"#), "a string that begins with \" has no end");
    }

    #[test]
    fn a_regular_expression_may_end_with_a_dollar() {
        assert_eq!(
            variables(r#"a{b=~"c$",d=~"e$|f",g="$version"}[$window]"#).collect::<Vec<_>>(),
            ["version", "window"]
        );
    }
}
