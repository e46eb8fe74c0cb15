//! As much of Python's grammar as it takes to see statements, names and plain strings.

use super::pattern::fnmatch;

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a keyword.
    Name(String),
    /// A string without anything in it that would have to be computed.
    Text(String),
    /// A number, or a string that is computed or of bytes.
    Other,
    /// One character of an operator.
    Op(char),
}

/// A simple statement, or the head of a compound one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// Columns before it.
    pub(super) indent: usize,
    /// Line of its first token, from 1.
    pub(super) line: usize,
    /// Its tokens.
    pub(super) tokens: Vec<Token>,
}

impl Statement {
    /// Returns whether its first token is this name.
    pub(super) fn starts_with(&self, name: &str) -> bool {
        matches!(self.tokens.first(), Some(Token::Name(first)) if first == name)
    }

    /// Returns whether one of its tokens is this name, or a string of this text.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Name(own) | Token::Text(own) if own == name))
    }
}

/// The statements of a module. Reading ends with the text, also if the module is broken.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1, column: 0 };
    let mut found = Vec::new();
    let mut current: Option<Statement> = None;
    let mut depth = 0_usize;
    let mut indent = None;
    while let Some(c) = lexer.peek(0) {
        match c {
            '\n' => {
                if depth == 0 {
                    found.extend(current.take());
                    indent = None;
                }
                lexer.advance();
            }
            ';' if depth == 0 => {
                found.extend(current.take());
                lexer.advance();
            }
            '#' => lexer.skip_while(|c| c != '\n'),
            '\\' => {
                lexer.advance();
                lexer.skip_while(|c| c == '\r');
                lexer.advance();
            }
            c if c.is_whitespace() => lexer.advance(),
            c => {
                let column = *indent.get_or_insert(lexer.column);
                let line = lexer.line;
                let token = lexer.token(c);
                match token {
                    Token::Op('(' | '[' | '{') => depth += 1,
                    Token::Op(')' | ']' | '}') => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let statement = || Statement { indent: column, line, tokens: Vec::new() };
                current.get_or_insert_with(statement).tokens.push(token);
            }
        }
    }
    found.extend(current);
    found
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    column: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn advance(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
            self.column = 0;
        } else {
            self.column += 1;
        }
        self.at += 1;
    }

    fn skip_while(&mut self, is: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&is) {
            self.advance();
        }
    }

    fn token(&mut self, first: char) -> Token {
        if matches!(first, '"' | '\'') {
            return self.string("");
        }
        if !is_name(first) {
            self.advance();
            return Token::Op(first);
        }
        let mut name = String::new();
        while let Some(c) = self.peek(0).filter(|c| is_name(*c)) {
            name.push(c);
            self.advance();
        }
        let is_prefix = matches!(
            name.to_ascii_lowercase().as_str(),
            "r" | "u" | "b" | "f" | "t" | "rb" | "br" | "rf" | "fr" | "rt" | "tr"
        );
        match self.peek(0) {
            Some('"' | '\'') if is_prefix => self.string(&name.to_ascii_lowercase()),
            _ if name.starts_with(|c: char| c.is_ascii_digit()) => Token::Other,
            _ => Token::Name(name),
        }
    }

    fn string(&mut self, prefix: &str) -> Token {
        let quote = self.peek(0).unwrap_or('"');
        let triple = self.peek(1) == Some(quote) && self.peek(2) == Some(quote);
        let width = if triple { 3 } else { 1 };
        (0..width).for_each(|_| self.advance());
        let mut text = String::new();
        let mut computed = prefix.contains(['b', 'f', 't']);
        while let Some(c) = self.peek(0) {
            if c == quote && (0..width).all(|ahead| self.peek(ahead) == Some(quote)) {
                (0..width).for_each(|_| self.advance());
                break;
            }
            if c == '\n' && !triple {
                break;
            }
            self.advance();
            if c == '\\' {
                let next = self.peek(0);
                let escaped =
                    if prefix.contains('r') { None } else { next.filter(|next| matches!(next, '\\' | '\'' | '"')) };
                match (escaped, next) {
                    (Some(escaped), _) => text.push(escaped),
                    (None, Some(next)) if prefix.contains('r') => text.extend(['\\', next]),
                    _ => computed = true,
                }
                self.advance();
            } else {
                text.push(c);
            }
        }
        if computed { Token::Other } else { Token::Text(text) }
    }
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Names of what pytest takes for a test in a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// `python_functions`: fronts of names, or patterns.
    pub(crate) functions: Vec<String>,
    /// `python_classes`.
    pub(crate) classes: Vec<String>,
    /// `true` if `unittest.TestCase` counts.
    pub(crate) unittest: bool,
    /// `true` if doctests of modules count.
    pub(crate) doctests: bool,
}

impl Default for Names {
    fn default() -> Self {
        let list = |text: &str| vec![text.to_owned()];
        Self { functions: list("test"), classes: list("Test"), unittest: true, doctests: false }
    }
}

impl Names {
    fn is(patterns: &[String], name: &str) -> bool {
        patterns.iter().any(|pattern| name.starts_with(pattern.as_str()) || fnmatch(pattern, name))
    }
}

/// Returns whether pytest may find a test in a module. An empty file counts, since its name shows that tests are meant
/// to be in it; so does one that brings tests from elsewhere.
pub(crate) fn may_hold_tests(text: &str, names: &Names) -> bool {
    if text.trim().is_empty() || (names.doctests && text.contains(">>>")) {
        return true;
    }
    let statements = statements(text);
    let mut class: Option<usize> = None;
    for statement in &statements {
        if class.is_some_and(|indent| statement.indent <= indent) {
            class = None;
        }
        let name = |at: usize| match statement.tokens.get(at) {
            Some(Token::Name(name)) => name.as_str(),
            _ => "",
        };
        let function = match (name(0), name(1)) {
            ("def", function) => function,
            ("async", "def") => name(2),
            ("class", own) => {
                let bases = || statement.tokens.iter().skip(2);
                let is_case = |token: &Token| matches!(token, Token::Name(base) if base.ends_with("TestCase") || base.ends_with("Tests") || base.ends_with("Test"));
                if names.unittest && bases().any(is_case) {
                    return true;
                }
                if Names::is(&names.classes, own) && class.is_none() {
                    if bases().any(|token| matches!(token, Token::Name(_))) {
                        return true;
                    }
                    class = Some(statement.indent);
                }
                continue;
            }
            ("from" | "import", _) => {
                let brings = |token: &Token| match token {
                    Token::Name(own) => Names::is(&names.functions, own) || Names::is(&names.classes, own),
                    Token::Op(own) => *own == '*',
                    _ => false,
                };
                let brought =
                    statement.tokens.iter().skip_while(|token| !matches!(token, Token::Name(own) if own == "import"));
                if statement.starts_with("from") && brought.skip(1).any(brings) {
                    return true;
                }
                continue;
            }
            // A name of a test may be assigned, or made.
            (own, _) if Names::is(&names.functions, own) && !own.is_empty() => return true,
            _ if statement.mentions("globals") || statement.mentions("load_tests") => return true,
            _ => continue,
        };
        let level = class.map_or(statement.indent == 0 || !is_nested(&statements, statement), |_| true);
        if Names::is(&names.functions, function) && level {
            return true;
        }
    }
    false
}

/// Returns whether a function is defined in another function or in a class, rather than below a condition.
fn is_nested(statements: &[Statement], inner: &Statement) -> bool {
    let mut indent = inner.indent;
    let before = statements.iter().rev().skip_while(|statement| !std::ptr::eq(*statement, inner)).skip(1);
    for statement in before {
        if statement.indent < indent {
            if ["def", "class", "async"].iter().any(|word| statement.starts_with(word)) {
                return true;
            }
            indent = statement.indent;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_statements_through_strings_comments_and_brackets() {
        let text = "a = [\n  'x',  # 'no'\n  r\"y\\d\", f'{z}',\n]\nif b:\n    c = '''d\n'''; e = 'f' \\\n  'g'\n";
        let shown: Vec<(usize, usize, usize)> =
            statements(text).iter().map(|it| (it.line, it.indent, it.tokens.len())).collect();
        assert_eq!(shown, [(1, 0, 10), (5, 0, 3), (6, 4, 3), (7, 4, 4)]);
        let first = statements(text).remove(0).tokens;
        assert!(first.contains(&Token::Text("y\\d".to_owned())) && first.contains(&Token::Other));
    }

    #[test]
    fn ends_with_the_text_whatever_is_left_open() {
        for text in ["'", "\"\"\"", "\\", "(", "a\\", "f'", "'\\", "é = [", "\u{0}", ")]}", "x = '\\"] {
            let _ = statements(text);
            let _ = may_hold_tests(text, &Names::default());
        }
    }

    #[test]
    fn knows_where_tests_may_be() {
        let own = Names { functions: vec!["check".to_owned()], classes: vec!["*Suite".to_owned()], ..Names::default() };
        for (text, names, holds) in [
            ("def test_a(): pass\n", Names::default(), true),
            ("async def test_a(): pass\n", Names::default(), true),
            ("", Names::default(), true),
            ("def helper():\n    def test_a(): pass\n", Names::default(), false),
            ("try:\n    import x\nexcept E:\n    def test_a(): pass\n", Names::default(), true),
            ("class TestA:\n    def test_a(self): pass\n", Names::default(), true),
            ("class TestA:\n    def helper(self): pass\n", Names::default(), false),
            ("class A:\n    def test_a(self): pass\n", Names::default(), false),
            ("class A(unittest.TestCase):\n    def test_a(self): pass\n", Names::default(), true),
            ("from shared import *\n", Names::default(), true),
            ("from shared import test_a\n", Names::default(), true),
            ("from test_shared import helper\n", Names::default(), false),
            ("text = '''\ndef test_a(): pass\n'''\n", Names::default(), false),
            ("def f():\n    \"\"\"\n    >>> 1\n    \"\"\"\n", Names { doctests: true, ..Names::default() }, true),
            ("def test_a(): pass\n", own.clone(), false),
            ("def check_a(): pass\n", own.clone(), true),
            ("class ASuite:\n    def check_a(self): pass\n", own, true),
        ] {
            assert_eq!(may_hold_tests(text, &names), holds, "{text}");
        }
    }
}
