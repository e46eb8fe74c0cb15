//! Writes TOML as people write it: short values in one line, signs of equality below each other, comments behind.
//!
//! Every text is escaped here, so no file's name can end a string or a comment.

use std::fmt::{self, Write as _};

use super::names::{is_hidden, shown};

/// Longer lines are broken where TOML allows it.
const WIDEST: usize = 116;

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Toml {
    /// Text.
    Text(String),
    /// A number, a date, `true`: what needs no quotes.
    Bare(String),
    /// A list.
    List(Vec<Self>),
    /// A table in one line.
    Table(Vec<(String, Self)>),
}

impl From<&str> for Toml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Toml {
    /// A list of texts.
    pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.as_ref().to_owned())).collect())
    }

    /// A table of one key.
    pub(super) fn one(key: &str, value: Self) -> Self {
        Self::Table(vec![(key.to_owned(), value)])
    }
}

impl fmt::Display for Toml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = |f: &mut fmt::Formatter<'_>, index: usize| if index == 0 { Ok(()) } else { f.write_str(", ") };
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Bare(text) => f.write_str(text),
            Self::List(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    between(f, index)?;
                    write!(f, "{item}")?;
                }
                f.write_char(']')
            }
            Self::Table(entries) if entries.is_empty() => f.write_str("{}"),
            Self::Table(entries) => {
                f.write_str("{ ")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    between(f, index)?;
                    write!(f, "{} = {value}", self::key(key))?;
                }
                f.write_str(" }")
            }
        }
    }
}

/// A text in quotes: single ones where they save escapes.
fn quoted(text: &str) -> String {
    let hidden = text.chars().any(is_hidden);
    if !hidden && text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key, in quotes where it needs them.
fn key(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { key.to_owned() } else { quoted(key) }
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Line {
    key: String,
    value: Toml,
    note: Option<String>,
    active: bool,
}

impl Line {
    /// A key and its value.
    pub(super) fn new(key: &str, value: Toml) -> Self {
        Self { key: key.to_owned(), value, note: None, active: true }
    }

    /// Adds a comment behind it.
    pub(super) fn note(mut self, note: impl AsRef<str>) -> Self {
        self.note = Some(shown(note.as_ref()));
        self
    }

    /// Makes it a comment: something to take up, not something that holds.
    pub(super) fn proposed(mut self) -> Self {
        self.active = false;
        self
    }
}

/// A file that is being written.
#[derive(Debug, Default)]
pub(super) struct Document {
    text: String,
}

impl Document {
    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Starts a section.
    pub(super) fn section(&mut self, title: &str) {
        let front = format!("# ── {title} ");
        let rest = 80_usize.saturating_sub(front.chars().count());
        let _ = write!(self.text, "\n{front}{}", "─".repeat(rest));
        self.text.push('\n');
    }

    /// An empty line, if there is none yet.
    pub(super) fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") && !self.text.ends_with("─\n") {
            self.text.push('\n');
        }
    }

    /// Lines of comment, broken at the usual width.
    pub(super) fn comment(&mut self, comment: &str) {
        let mut line = String::from("#");
        for word in shown(comment).split(' ') {
            if line.chars().count() + 1 + word.chars().count() > WIDEST && line != "#" {
                self.text.push_str(&line);
                self.text.push('\n');
                line = String::from("#");
            }
            line.push(' ');
            line.push_str(word);
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Lines without a header, at the top of the file.
    pub(super) fn lines(&mut self, lines: &[Line]) {
        self.text.push_str(&aligned(lines));
    }

    /// A table with its header.
    pub(super) fn table(&mut self, path: &[&str], lines: &[Line]) {
        let _ = writeln!(self.text, "[{}]", header(path));
        self.lines(lines);
    }

    /// A table as a comment: something to take up.
    pub(super) fn proposed(&mut self, path: &[&str], lines: &[Line]) {
        let _ = writeln!(self.text, "# [{}]", header(path));
        let lines: Vec<Line> = lines.iter().cloned().map(Line::proposed).collect();
        self.lines(&lines);
    }
}

fn header(path: &[&str]) -> String {
    path.iter().map(|part| key(part)).collect::<Vec<_>>().join(".")
}

/// Lines with their signs of equality below each other, and their comments too; those that hold first.
fn aligned(lines: &[Line]) -> String {
    let (holding, proposed): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.active);
    run(&holding, "") + &run(&proposed, "# ")
}

fn run(lines: &[&Line], front: &str) -> String {
    let width = lines.iter().map(|line| key(&line.key).chars().count()).max().unwrap_or_default();
    let written: Vec<String> = lines
        .iter()
        .map(|line| {
            let key = key(&line.key);
            let padding = " ".repeat(width.saturating_sub(key.chars().count()));
            format!("{front}{key}{padding} = {}", broken(&line.value, front, width + 3))
        })
        .collect();
    let noted = lines.iter().zip(&written).filter(|(line, text)| line.note.is_some() && !text.contains('\n'));
    let column = noted.map(|(_, text)| text.chars().count()).max().unwrap_or_default() + 3;
    let mut text = String::new();
    for (line, written) in lines.iter().zip(&written) {
        text.push_str(written);
        if let Some(note) = &line.note {
            let used = written.rsplit('\n').next().unwrap_or(written).chars().count();
            let column = if written.contains('\n') { used + 3 } else { column };
            let _ = write!(text, "{}# {note}", " ".repeat(column.saturating_sub(used).max(1)));
        }
        text.push('\n');
    }
    text
}

/// A value in one line, or a list with an item in each where that is too wide.
fn broken(value: &Toml, front: &str, used: usize) -> String {
    let plain = value.to_string();
    match value {
        Toml::List(items) if plain.chars().count() + used > WIDEST => {
            let mut text = String::from("[\n");
            for item in items {
                let _ = writeln!(text, "{front}  {item},");
            }
            text + front + "]"
        }
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &[
        "plain",
        "",
        "it's",
        "cry \"hi\"",
        "both ' and \"",
        "back\\slash",
        "line\nbreak",
        "tab\tand\rreturn",
        "\u{202e}turned",
        "\u{0}\u{7f}\u{85}\u{feff}",
        "naïve – 日本 🦀",
        "'''\"\"\"",
        "# no comment",
    ];

    #[test]
    fn whatever_is_written_is_read_back() {
        for text in HOSTILE {
            let mut document = Document::default();
            document.comment(text);
            let value = Toml::Table(vec![((*text).to_owned(), Toml::texts([text]))]);
            let line = Line::new(text, value).note(text);
            document.table(&["a", text], &[line, Line::new("other", (*text).into()).proposed().note(text)]);
            let written = document.finish();
            let read: toml::Table = toml::from_str(&written).unwrap_or_else(|error| panic!("{error}\n{written}"));
            let value = &read["a"][text][text];
            assert_eq!(value[text][0].as_str(), Some(*text), "{written}");
            assert!(!written.contains('\u{202e}'));
        }
    }

    #[test]
    fn lines_stand_below_each_other() {
        let mut document = Document::default();
        let long = Toml::texts(["a".repeat(70), "b".repeat(70)]);
        document.table(
            &["x"],
            &[
                Line::new("a", "1".into()).note("one"),
                Line::new("longer", "22".into()).note("two"),
                Line::new("list", long),
                Line::new("later", Toml::Bare("3".to_owned())).proposed(),
            ],
        );
        let expected = format!(
            "[x]\na      = \"1\"    # one\nlonger = \"22\"   # two\nlist   = [\n  \"{}\",\n  \"{}\",\n]\n# later = 3\n",
            "a".repeat(70),
            "b".repeat(70)
        );
        assert_eq!(document.finish(), expected);
    }
}
