//! The section that configures pytest, in each kind of file.
//!
//! Source: pytest 9.2, `src/_pytest/config/findpaths.py`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ini::Ini;
use super::options::Options;
use super::{Refused, Word, WordSource, words};

/// pytest's settings.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// The file that contains them; empty if there is none.
    pub(crate) file: String,
    settings: Vec<Setting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    name: String,
    value: Value,
    origin: WordSource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// A text, and the line of the file for each of its lines.
    Text(String, Vec<usize>),
    /// A list, and the line of each item.
    List(Vec<(String, usize)>),
    /// Something else, where only a list is accepted.
    Wrong(&'static str),
}

impl Config {
    /// The words of a setting of type "args"; none for one that is not set.
    pub(crate) fn words(&self, name: &str) -> Result<Option<Vec<Word>>, Refused> {
        let Some(setting) = self.settings.iter().rev().find(|setting| setting.name == name) else { return Ok(None) };
        let refused = |message: String| Refused { origin: setting.origin.clone(), message };
        let at = |line: usize| match &setting.origin {
            WordSource::Line { file, .. } => WordSource::Line { file: file.clone(), line },
            other => other.clone(),
        };
        let found = match &setting.value {
            Value::List(items) => {
                items.iter().map(|(text, line)| Word { text: text.clone(), origin: at(*line) }).collect()
            }
            Value::Text(text, lines) => {
                let split = words::split(text).map_err(|error| refused(format!("`{name}`: {error}")))?;
                let line = |start: usize| {
                    let before = text.get(..start).unwrap_or_default().matches('\n').count();
                    lines.get(before).or(lines.last()).copied().unwrap_or_default()
                };
                split.into_iter().map(|(text, start)| Word { text, origin: at(line(start)) }).collect()
            }
            Value::Wrong(kind) => return Err(refused(format!("`{name}` expects a list of strings, found {kind}"))),
        };
        Ok(Some(found))
    }

    /// Returns whether something is set.
    pub(crate) fn is_set(&self) -> bool {
        !self.settings.is_empty() || (!self.file.is_empty() && !self.file.ends_with("pyproject.toml"))
    }

    /// A setting that is one text.
    pub(crate) fn text(&self, name: &str) -> Option<(&str, &WordSource)> {
        let setting = self.settings.iter().rev().find(|setting| setting.name == name)?;
        match &setting.value {
            Value::Text(text, _) => Some((text.trim(), &setting.origin)),
            _ => None,
        }
    }

    /// Sets an option of `-o`.
    pub(super) fn override_by(&mut self, options: &Options) -> Result<(), Refused> {
        for given in options.all("-o") {
            let origin = given.origin.clone();
            let line = if let WordSource::Line { line, .. } = &origin { *line } else { 0 };
            let Some((name, value)) = given.value.split_once('=') else {
                let message = format!("`-o` expects `option=value`, found `{}`", given.value);
                return Err(Refused { origin, message });
            };
            let value = Value::Text(value.to_owned(), vec![line]);
            self.settings.push(Setting { name: name.to_owned(), value, origin });
        }
        Ok(())
    }
}

/// Names of the files that pytest looks for, in its order.
pub(super) const FILES: [&str; 7] =
    ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];

/// Reads a file by its name; none for one that does not configure pytest.
pub(super) fn read(file: &str, text: &str) -> Result<Option<Config>, Refused> {
    let name = file.rsplit('/').next().unwrap_or_default();
    match (name, name.rsplit_once('.').map(|(_, end)| end)) {
        ("pytest.toml" | ".pytest.toml", _) => {
            Ok(Some(from_toml(file, text, Table::Pytest)?.unwrap_or_else(|| empty(file))))
        }
        ("pyproject.toml", _) => from_toml(file, text, Table::ToolPytest),
        ("pytest.ini" | ".pytest.ini", _) => from_ini(file, text, "pytest").map(|it| it.or_else(|| Some(empty(file)))),
        ("setup.cfg", _) | (_, Some("cfg")) => from_cfg(file, text),
        (_, Some("ini")) => from_ini(file, text, "pytest"),
        (_, Some("toml")) => match from_toml(file, text, Table::ToolPytest)? {
            Some(config) => Ok(Some(config)),
            None => from_toml(file, text, Table::Pytest),
        },
        _ => Err(whole(file, "pytest reads no configuration from files of this kind".to_owned())),
    }
}

/// A configuration without settings.
pub(super) fn empty(file: &str) -> Config {
    Config { file: file.to_owned(), settings: Vec::new() }
}

fn whole(file: &str, message: String) -> Refused {
    Refused { origin: WordSource::Line { file: file.to_owned(), line: 0 }, message }
}

fn from_cfg(file: &str, text: &str) -> Result<Option<Config>, Refused> {
    let found = from_ini(file, text, "tool:pytest")?;
    if found.is_none() && from_ini(file, text, "pytest")?.is_some() {
        return Err(whole(file, "pytest's section is `[tool:pytest]` here, found `[pytest]`".to_owned()));
    }
    Ok(found)
}

fn from_ini(file: &str, text: &str, section: &str) -> Result<Option<Config>, Refused> {
    let line = |line: usize| WordSource::Line { file: file.to_owned(), line };
    let ini = Ini::read(text).map_err(|broken| Refused { origin: line(broken.line), message: broken.message })?;
    let Some(entries) = ini.section(section) else { return Ok(None) };
    let settings = entries.iter().map(|entry| Setting {
        name: entry.name.clone(),
        value: Value::Text(entry.value.clone(), entry.lines.clone()),
        origin: line(entry.lines.first().copied().unwrap_or_default()),
    });
    Ok(Some(Config { file: file.to_owned(), settings: settings.collect() }))
}

/// The table of a TOML file that configures pytest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Pytest,
    ToolPytest,
}

fn from_toml(file: &str, text: &str, table: Table) -> Result<Option<Config>, Refused> {
    let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let refused = |at: usize, message: &str| Refused {
        origin: WordSource::Line { file: file.to_owned(), line: line(at) },
        message: message.to_owned(),
    };
    let (root, errors) = DeTable::parse_recoverable(text);
    if let Some(error) = errors.first() {
        let at = error.span().map_or(0, |span| span.start);
        return Err(refused(at, &format!("invalid TOML: {}", error.message().lines().next().unwrap_or_default())));
    }
    let root = root.get_ref();
    let inner = |table: &'_ DeTable<'_>, name: &str| table.contains_key(name);
    let found = match table {
        Table::Pytest => root.get("pytest"),
        Table::ToolPytest => root.get("tool").and_then(|tool| tool.get_ref().as_table()?.get("pytest")),
    };
    let Some(DeValue::Table(own)) = found.map(Spanned::get_ref) else {
        let loose = root.iter().find(|(_, value)| !value.get_ref().is_table());
        return match (table, loose) {
            (Table::Pytest, Some((key, _))) => {
                Err(refused(key.span().start, "pytest's settings belong into a table, `[pytest]`"))
            }
            _ => Ok(None),
        };
    };
    if table == Table::ToolPytest && inner(own, "ini_options") {
        if own.len() > 1 {
            let at = found.map_or(0, |found| found.span().start);
            return Err(refused(at, "pytest reads `[tool.pytest]` or `[tool.pytest.ini_options]`, not both"));
        }
        let Some(DeValue::Table(old)) = own.get("ini_options").map(Spanned::get_ref) else { return Ok(None) };
        return Ok(Some(Config { file: file.to_owned(), settings: settings(file, text, old, false) }));
    }
    if table == Table::ToolPytest && own.is_empty() {
        return Ok(None);
    }
    Ok(Some(Config { file: file.to_owned(), settings: settings(file, text, own, true) }))
}

/// Settings of a table; `native` ones keep TOML's own types, where a list is no text.
fn settings(file: &str, text: &str, table: &DeTable<'_>, native: bool) -> Vec<Setting> {
    let line = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let setting = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let value_line = line(value.span().start);
        let lines = |text_of: &str| {
            // A line feed right behind the opening quotes is no part of the text.
            let raw = text.get(value.span().start + 3..).unwrap_or_default();
            let first = value_line + usize::from(text_of.contains('\n') && raw.starts_with(['\n', '\r']));
            (first..).take(text_of.matches('\n').count() + 1).collect()
        };
        let is_list = matches!(key.get_ref().as_ref(), "addopts" | "testpaths" | "norecursedirs")
            || key.get_ref().starts_with("python_")
            || key.get_ref() == "required_plugins";
        let value = match value.get_ref() {
            DeValue::String(_) if native && is_list => Value::Wrong("a string"),
            DeValue::String(own) => Value::Text(own.to_string(), lines(own)),
            DeValue::Array(items) => Value::List(
                items
                    .iter()
                    .filter_map(|item| Some((item.get_ref().as_str()?.to_owned(), line(item.span().start))))
                    .collect(),
            ),
            DeValue::Integer(number) if !native => Value::Text(number.to_string(), vec![value_line]),
            DeValue::Boolean(own) if !native => Value::Text(own.to_string(), vec![value_line]),
            _ => Value::Wrong("another type"),
        };
        let origin = WordSource::Line { file: file.to_owned(), line: line(key.span().start) };
        Setting { name: key.get_ref().to_string(), value, origin }
    };
    table.iter().map(setting).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(file: &str, text: &str) -> Vec<String> {
        let config = read(file, text).expect("pytest reads it").expect("it configures pytest");
        let words = config.words("addopts").expect("it is a list").unwrap_or_default();
        words.iter().map(|word| format!("{} {}", word.text, word.origin)).collect()
    }

    #[test]
    fn knows_the_line_of_every_word() {
        let ini = "[other]\naddopts = -x\n[pytest]\n; why\naddopts = -q\n# no\n    --ignore=a\n    '--deselect' b\n";
        assert_eq!(
            shown("pytest.ini", ini),
            ["-q `pytest.ini:5`", "--ignore=a `pytest.ini:7`", "--deselect `pytest.ini:8`", "b `pytest.ini:8`"]
        );
        let classic = "[tool.pytest.ini_options]\naddopts = '''\n-q\n--ignore 'a b'\n'''\n";
        assert_eq!(
            shown("a/pyproject.toml", classic),
            ["-q `a/pyproject.toml:3`", "--ignore `a/pyproject.toml:4`", "a b `a/pyproject.toml:4`"]
        );
        let native = "[tool.pytest]\naddopts = [\n  \"-q\",\n  \"--ignore=a\",\n]\n";
        assert_eq!(shown("pyproject.toml", native), ["-q `pyproject.toml:3`", "--ignore=a `pyproject.toml:4`"]);
    }

    #[test]
    fn knows_which_files_configure_pytest() {
        for (file, text, is) in [
            ("pytest.ini", "", true),
            ("pytest.toml", "", true),
            ("tox.ini", "[tox]\n", false),
            ("setup.cfg", "[tool:pytest]\n", true),
            ("pyproject.toml", "[project]\nname = \"pytest\"\n", false),
            ("pyproject.toml", "[tool.pytest.ini_options]\n", true),
        ] {
            assert_eq!(read(file, text).map(|it| it.is_some()), Ok(is), "{file} {text}");
        }
        for (file, text) in [
            ("setup.cfg", "[pytest]\n"),
            ("pyproject.toml", "[tool.pytest]\na = \"b\"\n[tool.pytest.ini_options]\nc = \"d\"\n"),
            ("pytest.toml", "addopts = []\n"),
            ("pyproject.toml", "[tool\n"),
            ("pytest.yml", ""),
        ] {
            assert!(read(file, text).is_err(), "{file} {text}");
        }
    }
}
