//! `collect_ignore`, `collect_ignore_glob` and the hooks of a `conftest.py` that decide what is collected.
//!
//! Source: pytest 9.2, `pytest_ignore_collect` in `src/_pytest/main.py`.

use super::python::{Statement, Token, statements};

/// A list that a `conftest.py` gives to pytest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    /// Values, and the line of each.
    pub(super) values: Vec<(String, usize)>,
    /// Lines at which it is made in a way that has to be computed, with the plain strings in each.
    pub(super) unsure: Vec<(usize, Vec<String>)>,
}

/// Settings of a `conftest.py` about collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conftest {
    /// `collect_ignore`, where it is there.
    pub(super) ignore: Option<List>,
    /// `collect_ignore_glob`, where it is there.
    pub(super) ignore_glob: Option<List>,
    /// Lines that take tests away in code, and what each does.
    pub(super) hooks: Vec<(usize, String)>,
    /// Modules from which everything is imported, and the line of each.
    pub(super) stars: Vec<(usize, String)>,
}

/// Names of the two lists.
pub(super) const IGNORE: &str = "collect_ignore";
pub(super) const IGNORE_GLOB: &str = "collect_ignore_glob";

/// Options of pytest that select tests, by the names that code sets them by.
const OPTIONS: [&str; 5] = ["markexpr", "keyword", "ignore", "ignore_glob", "deselect"];

/// Reads a `conftest.py`.
pub(super) fn read(text: &str) -> Conftest {
    let mut found = Conftest::default();
    // Most have nothing to do with collection, and are not taken apart.
    let has = |word: &&str| text.contains(*word);
    let sets = has(&"option") && OPTIONS.iter().any(has);
    if !sets && ![IGNORE, "pytest_ignore_collect", "pytest_collect", "import *"].iter().any(has) {
        return found;
    }
    let statements = statements(text);
    found.ignore = list(&statements, IGNORE);
    found.ignore_glob = list(&statements, IGNORE_GLOB);
    for (index, statement) in statements.iter().enumerate() {
        if let Some(what) = hook(&statements, index, statement) {
            found.hooks.push((statement.line, what));
        }
        found.stars.extend(star(statement).map(|module| (statement.line, module)));
    }
    found
}

/// Follows a list through the statements of a module.
fn list(statements: &[Statement], variable: &str) -> Option<List> {
    let mut list: Option<List> = None;
    for statement in statements.iter().filter(|statement| statement.mentions(variable)) {
        let known = list.get_or_insert_default();
        if statement.indent > 0 || !apply(statement, variable, known) {
            let texts = statement.tokens.iter().filter_map(|token| match token {
                Token::Text(text) => Some(text.clone()),
                _ => None,
            });
            known.unsure.push((statement.line, texts.filter(|text| text != variable).collect()));
        }
    }
    list
}

/// Applies a statement to the list that it changes; false for one that cannot be read.
fn apply(statement: &Statement, variable: &str, list: &mut List) -> bool {
    let Some((Token::Name(name), rest)) = statement.tokens.split_first() else { return false };
    if name != variable {
        return false;
    }
    let line = statement.line;
    let with_line = |texts: Vec<String>| texts.into_iter().map(|text| (text, line)).collect::<Vec<_>>();
    match rest {
        [Token::Op('='), value @ ..] => match texts(value, Some((variable, list))) {
            Some(found) => {
                *list = List { values: with_line(found), unsure: Vec::new() };
                true
            }
            None => false,
        },
        [Token::Op(':'), annotated @ ..] => {
            let Some(at) = annotated.iter().position(|token| *token == Token::Op('=')) else { return true };
            let Some(found) = texts(annotated.get(at + 1..).unwrap_or_default(), None) else { return false };
            *list = List { values: with_line(found), unsure: Vec::new() };
            true
        }
        [Token::Op('+'), Token::Op('='), value @ ..] => added(list, with_line, texts(value, None)),
        [Token::Op('.'), Token::Name(method), Token::Op('('), value @ .., Token::Op(')')] => match method.as_str() {
            "append" => added(list, with_line, text(value).map(|text| vec![text])),
            "extend" => added(list, with_line, texts(value, None)),
            "insert" => {
                let value = value.iter().position(|token| *token == Token::Op(',')).and_then(|at| value.get(at + 1..));
                added(list, with_line, value.and_then(text).map(|text| vec![text]))
            }
            _ => false,
        },
        _ => false,
    }
}

fn added(list: &mut List, with_line: impl Fn(Vec<String>) -> Vec<(String, usize)>, found: Option<Vec<String>>) -> bool {
    let Some(found) = found else { return false };
    list.values.extend(with_line(found));
    true
}

/// A string, written as one or several beside each other.
fn text(tokens: &[Token]) -> Option<String> {
    let mut whole = String::new();
    for token in tokens.strip_suffix(&[Token::Op(',')]).unwrap_or(tokens) {
        let Token::Text(text) = token else { return None };
        whole.push_str(text);
    }
    (!tokens.is_empty()).then_some(whole)
}

/// The strings of a list, tuple or set, or of several that are added; `own` is the list before.
fn texts(tokens: &[Token], own: Option<(&str, &List)>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for operand in split(tokens, '+') {
        match operand {
            [Token::Name(name)] if own.is_some_and(|(variable, _)| name == variable) => found.extend(before(own)?),
            [Token::Op('['), inner @ .., Token::Op(']')] | [Token::Op('{'), inner @ .., Token::Op('}')] => {
                found.extend(items(inner, own)?);
            }
            [Token::Name(kind), Token::Op('('), inner @ .., Token::Op(')')]
                if matches!(kind.as_str(), "list" | "tuple" | "set") =>
            {
                found.extend(if inner.is_empty() { Vec::new() } else { texts(inner, own)? });
            }
            // A string in parentheses without a comma is no tuple: pytest would read its letters.
            [Token::Op('('), inner @ .., Token::Op(')')] if inner.is_empty() || split(inner, ',').len() > 1 => {
                found.extend(items(inner, own)?);
            }
            [Token::Op('('), inner @ .., Token::Op(')')] => found.extend(texts(inner, own)?),
            _ => return None,
        }
    }
    Some(found)
}

fn items(tokens: &[Token], own: Option<(&str, &List)>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for item in split(tokens, ',').into_iter().filter(|item| !item.is_empty()) {
        match item {
            [Token::Op('*'), Token::Name(name)] if own.is_some_and(|(variable, _)| name == variable) => {
                found.extend(before(own)?);
            }
            [Token::Op('*'), rest @ ..] => found.extend(texts(rest, own)?),
            item => found.push(text(item)?),
        }
    }
    Some(found)
}

fn before(own: Option<(&str, &List)>) -> Option<Vec<String>> {
    let (_, list) = own.filter(|(_, list)| list.unsure.is_empty())?;
    Some(list.values.iter().map(|(text, _)| text.clone()).collect())
}

/// Splits at an operator outside of brackets.
fn split(tokens: &[Token], at: char) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Op('(' | '[' | '{') => depth += 1,
            Token::Op(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Token::Op(own) if *own == at && depth == 0 => {
                found.extend(tokens.get(start..index));
                start = index + 1;
            }
            _ => {}
        }
    }
    found.extend(tokens.get(start..));
    found
}

/// The sentence about a statement that takes tests away in code.
fn hook(statements: &[Statement], index: usize, statement: &Statement) -> Option<String> {
    if let (true, Some(Token::Name(name))) = (statement.starts_with("def"), statement.tokens.get(1)) {
        let body = || statements.iter().skip(index + 1).take_while(|inner| inner.indent > statement.indent);
        return match name.as_str() {
            "pytest_ignore_collect" | "pytest_collect_directory" => Some(format!("`{name}` decides what is collected")),
            "pytest_collection_modifyitems" if body().any(removes) => Some(format!("`{name}` removes tests")),
            _ => None,
        };
    }
    let sets = statement.tokens.windows(4).any(|part| match part {
        [Token::Name(option), Token::Op('.'), Token::Name(name), Token::Op('=')] => {
            option == "option" && OPTIONS.contains(&name.as_str())
        }
        _ => false,
    });
    sets.then(|| "an option of pytest that selects tests is set in code".to_owned())
}

/// Returns whether a statement takes items out of a list that pytest has collected.
fn removes(statement: &Statement) -> bool {
    let name = |token: Option<&Token>, names: &[&str]| matches!(token, Some(Token::Name(own)) if names.contains(&own.as_str()));
    statement.mentions("pytest_deselected")
        || statement.starts_with("del")
        || statement.tokens.windows(3).any(|part| {
            name(part.first(), &["items"])
                && ((part.get(1) == Some(&Token::Op('.')) && name(part.get(2), &["remove", "clear", "pop"]))
                    || part.get(1..) == Some(&[Token::Op('['), Token::Op(':')]))
        })
}

/// The module of `from module import *`.
fn star(statement: &Statement) -> Option<String> {
    let (Token::Op('*'), rest) = statement.tokens.split_last()? else { return None };
    let (last, rest) = rest.split_last()?;
    if !statement.starts_with("from") || *last != Token::Name("import".to_owned()) {
        return None;
    }
    let part = |token: &Token| match token {
        Token::Name(name) => name.clone(),
        Token::Op(c) => c.to_string(),
        _ => String::new(),
    };
    Some(rest.iter().skip(1).map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let list = read(text).ignore.unwrap_or_default();
        let values: Vec<String> = list.values.into_iter().map(|(text, line)| format!("{text}:{line}")).collect();
        let unsure: Vec<String> = list.unsure.into_iter().map(|(line, texts)| format!("{line}{texts:?}")).collect();
        format!("{} | {}", values.join(" "), unsure.join(" "))
    }

    #[test]
    fn reads_every_way_to_write_the_list() {
        for (text, list) in [
            ("collect_ignore = ['a.py',  # \"no\"\n  'b' '/c.py',\n]\n", "a.py:1 b/c.py:1 | "),
            ("collect_ignore: list[str] = ['a']\n", "a:1 | "),
            ("collect_ignore: list[str]\n", " | "),
            ("collect_ignore = []\ncollect_ignore += ['a']\ncollect_ignore.append('b')\n", "a:2 b:3 | "),
            ("collect_ignore = list()\ncollect_ignore.extend(('a', 'b'))\n", "a:2 b:2 | "),
            ("collect_ignore = ['a'] + ['b']\ncollect_ignore = [*collect_ignore, 'c']\n", "a:2 b:2 c:2 | "),
            ("collect_ignore = ['a']\ncollect_ignore = ['b']\n", "b:2 | "),
            ("collect_ignore = ('a',)\ncollect_ignore.insert(0, 'b')\n", "a:1 b:2 | "),
            ("# collect_ignore = ['a']\nx = 1\n", " | "),
            ("collect_ignore = []\nif x:\n    collect_ignore.append('a')\n", " | 3[\"a\"]"),
            ("collect_ignore = ['a', name]\n", " | 1[\"a\"]"),
            ("collect_ignore = [f'{x}.py']\n", " | 1[]"),
            ("collect_ignore = [p for p in glob('*.py')]\n", " | 1[\"*.py\"]"),
            ("from other import collect_ignore\n", " | 1[]"),
            ("globals()['collect_ignore'] = ['a']\n", " | 1[\"a\"]"),
        ] {
            assert_eq!(shown(text), list, "{text}");
        }
        let both = read("collect_ignore_glob = ['*_old.py']\n");
        assert!(both.ignore.is_none() && both.ignore_glob.is_some_and(|list| list.values.len() == 1));
    }

    #[test]
    fn sees_what_takes_tests_away_in_code() {
        let lines = |text: &str| read(text).hooks.into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("def pytest_ignore_collect(path):\n    return True\n"), [1]);
        let skip = "def pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(skip)\n";
        assert!(lines(skip).is_empty());
        let removes = "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if i]\n";
        assert_eq!(lines(removes), [1]);
        assert_eq!(lines("def pytest_configure(config):\n    config.option.markexpr = 'x'\n"), [2]);
        assert_eq!(read("from shared.fixtures import *\n").stars, [(1, "shared.fixtures".to_owned())]);
    }
}
