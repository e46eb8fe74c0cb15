//! pytest's own configuration, and the fixtures around its tests.

use toml::de::{DeTable, DeValue};

use crate::checks::Subject;
use crate::definition::{Component, TestRun};
use crate::sources;

/// Options that pytest's own configuration adds to every call.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::checks) struct Options {
    /// The file that says so, from the root of the repository.
    pub(in crate::checks) file: String,
    /// The words.
    pub(in crate::checks) words: Vec<String>,
}

/// The folder of a component from the root of the repository; none for one outside.
pub(in crate::checks) fn folder(subject: &Subject<'_>, component: &Component) -> Option<String> {
    sources::join(subject.sources.folder(), &component.path)
}

/// What pytest's configuration adds to every call in `folder`.
///
/// The first file that has a section for pytest is the one that counts, in pytest's own order; `pytest.ini` counts even
/// without a section. Source: <https://docs.pytest.org/en/stable/reference/customize.html>.
pub(in crate::checks) fn options(subject: &Subject<'_>, folder: &str) -> Option<Options> {
    const FILES: [(&str, &[&str]); 7] = [
        ("pytest.toml", &["pytest"]),
        (".pytest.toml", &["pytest"]),
        ("pytest.ini", &["pytest"]),
        (".pytest.ini", &["pytest"]),
        ("pyproject.toml", &["tool", "pytest"]),
        ("tox.ini", &["pytest"]),
        ("setup.cfg", &["tool:pytest"]),
    ];
    for (name, section) in FILES {
        let Some(file) = sources::join(folder, name) else { continue };
        let Some(text) = subject.sources.tree.read(&file) else { continue };
        let is_toml = matches!(name.rsplit('.').next(), Some("toml"));
        let words = if is_toml { from_toml(&text, section) } else { from_ini(&text, section) };
        match words {
            Some(words) => return Some(Options { file, words }),
            None if name.ends_with("pytest.ini") => return Some(Options { file, words: Vec::new() }),
            None => {}
        }
    }
    None
}

/// `addopts` of a section; none where there is no such section.
fn from_toml(text: &str, section: &[&str]) -> Option<Vec<String>> {
    if !text.contains("pytest") {
        return None;
    }
    let (root, _) = DeTable::parse_recoverable(text);
    let mut table = root.into_inner();
    for name in section {
        let Some(DeValue::Table(inner)) = table.remove(*name).map(toml::Spanned::into_inner) else { return None };
        table = inner;
    }
    if let Some(DeValue::Table(inner)) = table.remove("ini_options").map(toml::Spanned::into_inner) {
        table = inner;
    }
    Some(match table.remove("addopts").map(toml::Spanned::into_inner) {
        Some(DeValue::String(text)) => super::shell::words(&text),
        Some(DeValue::Array(items)) => {
            items.into_iter().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    })
}

fn from_ini(text: &str, section: &[&str]) -> Option<Vec<String>> {
    let header = format!("[{}]", section.first()?);
    let mut lines = text.lines().skip_while(|line| line.trim() != header);
    lines.next()?;
    let mut words = Vec::new();
    let mut within = false;
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let plain = line.split(" #").next().unwrap_or_default().trim();
        if plain.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if within {
                words.extend(super::shell::words(plain));
            }
            continue;
        }
        let (key, value) = plain.split_once(['=', ':']).unwrap_or((plain, ""));
        within = key.trim() == "addopts";
        if within {
            words.extend(super::shell::words(value));
        }
    }
    Some(words)
}

/// How deep below a test folder fixtures are looked for.
const DEEPEST: usize = 4;

/// In how many folders they are looked for.
const MOST_FOLDERS: usize = 200;

/// Every `conftest.py` that a run's tests may see: in the component's folder and in the folders of its tests. `visit`
/// says whether to go on.
pub(in crate::checks) fn conftests(subject: &Subject<'_>, folder: &str, run: &TestRun, visit: Visit<'_>) {
    let mut search = Search { subject, left: MOST_FOLDERS, seen: Vec::new() };
    for path in folders(run) {
        let Some(path) = sources::join(folder, &path) else { continue };
        let mut above = folder;
        for (end, _) in path.match_indices('/').filter(|(end, _)| *end > folder.len()) {
            if !search.conftest(above, visit) {
                return;
            }
            above = path.get(..end).unwrap_or_default();
        }
        if !search.conftest(above, visit) || !search.below(&path, DEEPEST, visit) {
            return;
        }
    }
}

/// The folders of a run's tests, from the component's folder.
fn folders(run: &TestRun) -> Vec<String> {
    if run.paths.is_empty() {
        return vec!["tests".to_owned(), "test".to_owned()];
    }
    let plain = |path: &String| path.split("::").next().unwrap_or_default().to_owned();
    let folder =
        |path: String| if path.strip_suffix(".py").is_some() { sources::folder(&path).to_owned() } else { path };
    run.paths.iter().map(|path| folder(plain(path))).collect()
}

/// Whether pytest would collect something of `path`, which starts from `folder`: a file of tests, a folder that holds one
/// or a pattern, where the run looks.
pub(in crate::checks) fn is_collected(subject: &Subject<'_>, folder: &str, run: &TestRun, path: &str) -> bool {
    let file = path.split("::").next().unwrap_or_default();
    let looks = run.paths.is_empty() || run.paths.iter().any(|own| within(path, own) || within(own, path));
    let pattern = file.contains(['*', '?', '[']);
    let searched = file.split('/').all(|part| matches!(part, "." | "..") || is_searched(part));
    looks
        && searched
        && (pattern || sources::join(folder, file).is_some_and(|file| holds_tests(subject, &file, DEEPEST)))
}

fn holds_tests(subject: &Subject<'_>, path: &str, deep: usize) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    if let Some(module) = name.strip_suffix(".py") {
        return module.contains("test") && module != "conftest" && subject.sources.tree.exists(path);
    }
    let names = subject.sources.tree.list(path);
    names.iter().any(|name| match name.strip_suffix('/') {
        Some(folder) => deep > 0 && is_searched(folder) && holds_tests(subject, &format!("{path}/{folder}"), deep - 1),
        None => holds_tests(subject, &format!("{path}/{name}"), 0),
    })
}

/// Whether tests and fixtures are looked for in a folder of this name.
fn is_searched(folder: &str) -> bool {
    !folder.starts_with(['.', '_']) && !matches!(folder, "node_modules" | "venv")
}

type Visit<'v> = &'v mut dyn FnMut(&str, &str) -> bool;

struct Search<'a> {
    subject: &'a Subject<'a>,
    left: usize,
    seen: Vec<String>,
}

impl Search<'_> {
    fn below(&mut self, folder: &str, deep: usize, visit: Visit<'_>) -> bool {
        self.left = self.left.saturating_sub(1);
        let names = self.subject.sources.tree.list(folder);
        if names.iter().any(|name| name == "conftest.py") && !self.conftest(folder, visit) {
            return false;
        }
        for name in names.iter().filter_map(|name| name.strip_suffix('/')).filter(|name| is_searched(name)) {
            let inner = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if deep > 0 && self.left > 0 && !self.below(&inner, deep - 1, visit) {
                return false;
            }
        }
        true
    }

    fn conftest(&mut self, folder: &str, visit: Visit<'_>) -> bool {
        let file = sources::join(folder, "conftest.py").filter(|file| !self.seen.contains(file));
        let Some(file) = file else { return true };
        let text = self.subject.sources.tree.read(&file);
        let goes_on = text.is_none_or(|text| visit(&file, &text));
        self.seen.push(file);
        goes_on
    }
}

/// Whether `path` is `outer` or lies in it; both are paths of tests, with or without the name of a test behind `::`.
pub(in crate::checks) fn within(path: &str, outer: &str) -> bool {
    let plain = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let (path, outer) = (plain(path), plain(outer));
    outer.is_empty()
        || outer == "."
        || path.strip_prefix(&outer).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || rest.starts_with("::") || rest.starts_with('[')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_options_of_each_kind_of_file() {
        let ini = "[other]\naddopts = -x\n[pytest]\n; why\naddopts = -q\n    --ignore=a # old\n    '--deselect' b\nminversion = 9\n  c\n";
        assert_eq!(
            from_ini(ini, &["pytest"]),
            Some(["-q", "--ignore=a", "--deselect", "b"].map(str::to_owned).to_vec())
        );
        let classic = "[tool.pytest.ini_options]\naddopts = \"-q --ignore 'a b'\"\n";
        assert_eq!(
            from_toml(classic, &["tool", "pytest"]),
            Some(["-q", "--ignore", "a b"].map(str::to_owned).to_vec())
        );
        let native = "[tool.pytest]\naddopts = [\"--ignore=a\"]\n";
        assert_eq!(from_toml(native, &["tool", "pytest"]), Some(vec!["--ignore=a".to_owned()]));
        assert_eq!(from_toml("[project]\nname = \"pytest\"\n", &["tool", "pytest"]), None);
        assert_eq!(from_ini("[flake8]\n", &["tool:pytest"]), None);
    }

    #[test]
    fn knows_what_lies_within_what() {
        for (path, outer, is) in [
            ("tests/a/test_b.py", "tests", true),
            ("tests/a/", "./tests/a", true),
            ("tests/ab", "tests/a", false),
            ("tests/t.py::test_x", "tests/t.py", true),
            ("tests", "tests/a", false),
            ("tests", ".", true),
        ] {
            assert_eq!(within(path, outer), is, "{path} in {outer}");
        }
    }
}
