//! pytest's own configuration: where tests are, and which are left out.

use super::super::ini::Ini;
use super::super::names::{base, has_extension, is_sound};
use super::super::walk::{Folder, View, join};
use super::manifest::{at, list, percentage};
use crate::sources::{folder as folder_of, join as inside};

/// A test that the configuration leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::adoption) struct Ignored {
    /// Its path, from the component's folder, or the id of a test.
    pub(in crate::adoption) path: String,
    /// What leaves it out.
    pub(in crate::adoption) from: String,
}

/// pytest's own configuration.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// The file that it stands in; empty where there is none.
    pub(super) file: String,
    options: Vec<String>,
    paths: Vec<String>,
    skipped_folders: Vec<String>,
}

impl Config {
    /// Reads the first file that configures pytest, in pytest's own order.
    ///
    /// Source: <https://docs.pytest.org/en/stable/reference/customize.html>, configuration file formats.
    pub(super) fn read(view: &View<'_>, folder: &Folder) -> Self {
        for file in
            ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"]
        {
            let Some(text) = view.read(folder, file) else { continue };
            let section = match file {
                "pyproject.toml" => "tool.pytest",
                "setup.cfg" => "tool:pytest",
                _ => "pytest",
            };
            let found = if has_extension(file, &["toml"]) {
                Self::from_toml(file, section, &text)
            } else {
                let ini = Ini::read(&text);
                // An empty pytest.ini counts as well.
                (ini.has(section) || file.ends_with("pytest.ini")).then(|| Self::from_ini(file, section, &ini))
            };
            if let Some(config) = found {
                return config;
            }
        }
        Self::default()
    }

    fn from_toml(file: &str, section: &str, text: &str) -> Option<Self> {
        let table: toml::Table = toml::from_str(text).ok()?;
        let inner = format!("{section}.ini_options");
        let section = if at(&table, &inner).is_some() { inner.as_str() } else { section };
        at(&table, section)?;
        let words = |key: &str| -> Vec<String> {
            let key = format!("{section}.{key}");
            match at(&table, &key).and_then(toml::Value::as_str) {
                Some(text) => words(text),
                None => list(&table, &key),
            }
        };
        Some(Self {
            file: file.to_owned(),
            options: words("addopts"),
            paths: words("testpaths"),
            skipped_folders: words("norecursedirs"),
        })
    }

    fn from_ini(file: &str, section: &str, ini: &Ini) -> Self {
        let read = |key: &str| words(ini.get(section, key).unwrap_or_default());
        Self {
            file: file.to_owned(),
            options: read("addopts"),
            paths: read("testpaths"),
            skipped_folders: read("norecursedirs"),
        }
    }

    /// Whether there is a configuration.
    pub(super) fn is_configured(&self) -> bool {
        !self.file.is_empty()
    }

    /// Values of an option, written as `--name=value` or `--name value`.
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.options.iter().enumerate().filter_map(move |(index, option)| {
            let rest = option.strip_prefix(name)?;
            match rest.strip_prefix('=') {
                Some(value) => Some(value),
                None if rest.is_empty() => self.options.get(index + 1).map(String::as_str),
                None => None,
            }
        })
    }

    /// The value of an option.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .position(|option| option == name)
            .and_then(|at| self.options.get(at + 1))
            .map(String::as_str)
    }

    /// What `--cov-fail-under` says.
    pub(super) fn coverage_floor(&self) -> Option<String> {
        self.values("--cov-fail-under").find_map(percentage)
    }

    /// What `--cov` names.
    pub(super) fn measured(&self) -> impl Iterator<Item = String> {
        self.values("--cov").map(str::to_owned)
    }
}

/// Where tests are: as configured, else `tests` and `test` where they hold some.
pub(super) fn paths(view: &View<'_>, folder: &Folder, config: &Config) -> Vec<String> {
    let configured: Vec<String> = config
        .paths
        .iter()
        .filter_map(|path| inside("", path))
        .filter(|path| is_sound(path) && !path.starts_with('-') && !path.contains(['*', '?', '[']))
        .filter(|path| view.tree.exists(&folder.file(path)))
        .collect();
    if !configured.is_empty() {
        return configured;
    }
    let usual = ["tests", "test"].into_iter().filter(|name| folder.folders.iter().any(|found| found == name));
    usual.filter(|name| !test_files(view, folder, name).is_empty()).map(str::to_owned).collect()
}

/// Files with tests in a folder, with their paths from the component.
pub(super) fn test_files(view: &View<'_>, folder: &Folder, inner: &str) -> Vec<String> {
    let files = view.below(&folder.file(inner), 6).into_iter();
    files.filter(|file| is_test(file)).map(|file| join(inner, &file)).collect()
}

fn is_test(file: &str) -> bool {
    let name = base(file).strip_suffix(".py");
    name.is_some_and(|name| name.starts_with("test_") || name.ends_with("_test"))
}

/// Everything that the configuration leaves out and that holds tests; a pattern stands for what it matches, now and later.
pub(super) fn ignored(view: &View<'_>, folder: &Folder, config: &Config) -> Vec<Ignored> {
    let mut found: Vec<Ignored> = Vec::new();
    let tests = test_files(view, folder, "");
    for option in ["--ignore", "--deselect"] {
        let from = format!("`{option}` in {}", config.file);
        let paths = config.values(option).filter_map(|value| holding(view, folder, "", value));
        found.extend(paths.map(|path| Ignored { path, from: from.clone() }));
    }
    let looks = Looks { tests: &tests, paths: &paths(view, folder, config) };
    let from = format!("`--ignore-glob` in {}", config.file);
    let patterns = config.values("--ignore-glob").filter_map(|pattern| looks.pattern("", pattern));
    found.extend(patterns.map(|path| Ignored { path, from: from.clone() }));
    let from = format!("`norecursedirs` in {}", config.file);
    for pattern in &config.skipped_folders {
        found.extend(folders_matching(&tests, pattern).map(|path| Ignored { path, from: from.clone() }));
    }
    found.extend(ignored_by_conftest(view, folder, &looks));
    found.retain(|ignored| is_sound(&ignored.path));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    // What stands in a folder that is left out is left out with it.
    let folders: Vec<String> = found.iter().map(|ignored| format!("{}/", ignored.path)).collect();
    found.retain(|ignored| !folders.iter().any(|folder| ignored.path.starts_with(folder)));
    found
}

/// Where a run looks for tests, and what it finds there.
struct Looks<'a> {
    tests: &'a [String],
    paths: &'a [String],
}

impl Looks<'_> {
    /// A pattern that is meant from a folder, where it matches a test or could match one.
    fn pattern(&self, folder: &str, pattern: &str) -> Option<String> {
        let pattern = inside(folder, pattern)?;
        let matches = |test: &String| glob(&pattern, test) || glob(&format!("{pattern}/*"), test);
        let could = self.paths.is_empty() || self.paths.iter().any(|path| pattern.starts_with(&format!("{path}/")));
        (could || self.tests.iter().any(matches)).then_some(pattern)
    }
}

/// The path that a value names from a folder of the component, if there are tests behind it.
fn holding(view: &View<'_>, folder: &Folder, inner: &str, value: &str) -> Option<String> {
    let (file, test) = value.split_once("::").map_or((value, None), |(file, test)| (file, Some(test)));
    let file = inside(inner, file)?;
    let path = folder.file(&file);
    let is_there = match file.strip_suffix(".py") {
        Some(_) => view.tree.exists(&path) && may_be_test(&file),
        None => !file.is_empty() && holds_tests(view, &path, 4),
    };
    is_there.then(|| test.map_or(file.clone(), |test| format!("{file}::{test}")))
}

fn holds_tests(view: &View<'_>, path: &str, deep: usize) -> bool {
    view.tree.list(path).iter().any(|name| match name.strip_suffix('/') {
        Some(inner) => deep > 0 && !inner.starts_with('.') && holds_tests(view, &join(path, inner), deep - 1),
        None => may_be_test(name),
    })
}

/// Whether pytest could be told to collect a file of this name.
fn may_be_test(file: &str) -> bool {
    let name = base(file).strip_suffix(".py");
    name.is_some_and(|name| name.contains("test") && name != "conftest")
}

/// Folders of tests whose own name matches a pattern.
fn folders_matching(tests: &[String], pattern: &str) -> impl Iterator<Item = String> {
    let mut found: Vec<String> = Vec::new();
    for test in tests {
        let mut path = String::new();
        for part in folder_of(test).split('/').filter(|part| !part.is_empty()) {
            path = join(&path, part);
            if glob(pattern, part) || glob(pattern, &path) {
                found.push(path.clone());
                break;
            }
        }
    }
    found.dedup();
    found.into_iter()
}

/// What `collect_ignore` and `collect_ignore_glob` of a `conftest.py` name.
fn ignored_by_conftest(view: &View<'_>, folder: &Folder, looks: &Looks<'_>) -> Vec<Ignored> {
    let mut found = Vec::new();
    for conftest in view.below(&folder.path, 6).iter().filter(|file| base(file) == "conftest.py") {
        let Some(text) = view.tree.read(&folder.file(conftest)) else { continue };
        let inner = folder_of(conftest);
        for (variable, value) in literals(&text) {
            let is_pattern = variable == "collect_ignore_glob";
            let path = if is_pattern { looks.pattern(inner, &value) } else { holding(view, folder, inner, &value) };
            found.extend(path.map(|path| Ignored { path, from: format!("`{variable}` in {conftest}") }));
        }
    }
    found
}

/// The texts of the lists that are given to `collect_ignore` and `collect_ignore_glob`, with the variable of each.
fn literals(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for variable in ["collect_ignore_glob", "collect_ignore"] {
        let lists = text.split(variable).skip(1).filter_map(|rest| {
            let rest = rest.trim_start();
            let value = rest.strip_prefix("+=").or_else(|| rest.strip_prefix('='));
            value.or_else(|| rest.strip_prefix(".append(")).or_else(|| rest.strip_prefix(".extend("))
        });
        for rest in lists {
            let end = rest.find([']', ')']).unwrap_or(rest.len().min(2_000));
            let list = rest.get(..end).unwrap_or_default();
            for line in list.lines().map(|line| line.split('#').next().unwrap_or_default()) {
                let mut parts = line.split(['"', '\'']);
                while let (Some(_), Some(value)) = (parts.next(), parts.next()) {
                    found.push((variable, value.to_owned()));
                }
            }
        }
    }
    found
}

/// Whether a text matches a shell pattern, as `fnmatch` reads it: `*` and `?`, over slashes too.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(c) if *c == '?' || Some(c) == text.get(read) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

/// Words of a command line, with the quotes that hold one together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            // In double quotes a backslash escapes only what would end them, and itself.
            (None, '\\') => word.get_or_insert_default().extend(chars.next()),
            (Some('"'), '\\') if matches!(chars.peek(), Some('"' | '\\')) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_words_as_a_shell_does() {
        assert_eq!(words("-q -m \"not slow\"\n--ignore='a b' ''"), ["-q", "-m", "not slow", "--ignore=a b", ""]);
        assert_eq!(words(r#"a\ b "c\"d\e" 'f\'"#), ["a b", r#"c"d\e"#, r"f\"]);
    }

    #[test]
    fn matches_as_fnmatch_does() {
        assert!(glob("tests/*_slow.py", "tests/a/b_slow.py"));
        assert!(glob("*", "") && glob("a?c", "abc") && glob("*b*", "abc") && glob("**", "x"));
        assert!(!glob("a?c", "ac") && !glob("", "a") && !glob("*.py", "a.pyc"));
    }

    #[test]
    fn reads_the_lists_of_a_conftest() {
        let text = "collect_ignore = [\n    'setup.py',  # \"not.py\"\n    \"test_a.py\",\n]\n\
                    if True:\n    collect_ignore_glob = ['*_old.py']\ncollect_ignore += [\"b\"]\n";
        let found: Vec<String> =
            literals(text).into_iter().map(|(variable, value)| format!("{variable} {value}")).collect();
        assert_eq!(
            found,
            ["collect_ignore_glob *_old.py", "collect_ignore setup.py", "collect_ignore test_a.py", "collect_ignore b"]
        );
    }
}
