//! Runs of pytest as they are called, and what each of them collects.

use indexmap::IndexMap;

use super::gitignore::Gitignore;
use super::walk::ROOT;
use crate::checks::Subject;
use crate::definition::{Component, Definition, Name, Service, TestRun, Value};
use crate::diagnostics::At;
use crate::pytest::{self, Call, Collected, Floor, Origin, Refused, Word, fnmatch, is_magic};
use crate::sources::{self, Tree};

/// The folder of a component from the root of the repository; none for one outside.
pub(in crate::checks) fn folder(subject: &Subject<'_>, component: &Component) -> Option<String> {
    sources::join(subject.sources.folder(), &component.path)
}

/// The variable with further arguments of pytest.
const VARIABLE: &str = "PYTEST_ADDOPTS";

/// A test run or a suite that calls pytest.
pub(in crate::checks) struct Run<'a> {
    /// Name of the test run; of a suite, that of the run that it belongs to.
    pub(in crate::checks) name: &'a Name,
    /// Name of the suite.
    pub(in crate::checks) suite: Option<&'a Name>,
    /// The test run.
    pub(in crate::checks) it: &'a TestRun,
    /// Folder of its component, from the root of the repository.
    pub(in crate::checks) folder: String,
    /// Files that pytest collects; none if its paths do not exist yet.
    pub(in crate::checks) collected: Option<Result<Collected, Refused>>,
    variable: Option<Variable<'a>>,
}

/// `PYTEST_ADDOPTS` as the tests see it.
struct Variable<'a> {
    text: &'a str,
    /// `true` if the value is one that only GitHub knows.
    hidden: bool,
    at: At,
}

impl Run<'_> {
    /// The place of the run.
    pub(in crate::checks) fn at(&self) -> At {
        match self.suite {
            Some(suite) => ROOT.key("suites").key(suite).at(),
            None => ROOT.key("tests").key(self.name).at(),
        }
    }

    /// The place of the definition that a word comes from.
    pub(in crate::checks) fn place(&self, origin: &Origin) -> At {
        match origin {
            Origin::Path(index) => self.at().then("paths").then(*index),
            Origin::Argument(index) => ROOT.key("tests").key(self.name).key("args").index(*index).at(),
            Origin::Variable => self.variable.as_ref().map_or_else(|| self.at().key(), |it| it.at.clone()),
            Origin::Line { .. } | Origin::Default => self.at().key(),
        }
    }

    /// Files that it collects, if pytest gets so far.
    pub(in crate::checks) fn done(&self) -> Option<&Collected> {
        self.collected.as_ref()?.as_ref().ok()
    }

    /// The place of a variable with arguments that only GitHub knows.
    pub(in crate::checks) fn hidden_arguments(&self) -> Option<&At> {
        self.variable.as_ref().filter(|it| it.hidden).map(|it| &it.at)
    }
}

/// Every run and suite that calls pytest, and what each collects.
pub(in crate::checks) fn runs<'a>(subject: &Subject<'a>, skip: &dyn Fn(&str) -> bool) -> Vec<Run<'a>> {
    let definition = subject.definition;
    let mut found = Vec::new();
    for (name, it) in definition.tests.iter().filter(|(_, it)| it.runner == "pytest") {
        let Some(component) = definition.components.get(&it.component) else { continue };
        let Some(folder) = folder(subject, component) else { continue };
        let own = ROOT.key("tests").key(name).at();
        let environments = [("env", &it.env, own), ("env", &component.env, of_component(&it.component))];
        let variable = variable(definition, &it.services, environments);
        found.push(run(subject, skip, Run { name, suite: None, it, folder, collected: None, variable }, &it.paths));
    }
    for (suite_name, suite) in &definition.suites {
        let Some((name, it)) = definition.tests.get_key_value(&suite.of).filter(|(_, it)| it.runner == "pytest") else {
            continue;
        };
        let Some(component) = definition.components.get(&it.component) else { continue };
        let Some(folder) = folder(subject, component) else { continue };
        let own = ROOT.key("suites").key(suite_name).at();
        let environments = [("env", &suite.env, own), ("env", &component.env, of_component(&it.component))];
        let variable = variable(definition, &suite.services, environments);
        let suite_run = Run { name, suite: Some(suite_name), it, folder, collected: None, variable };
        found.push(run(subject, skip, suite_run, &suite.paths));
    }
    found
}

fn of_component(name: &Name) -> At {
    ROOT.key("components").key(name).at()
}

/// The variable as the tests see it: the run's own, the component's, a service's.
fn variable<'a>(
    definition: &'a Definition,
    services: &[Name],
    environments: [(&str, &'a IndexMap<String, Value>, At); 2],
) -> Option<Variable<'a>> {
    for (key, table, at) in environments {
        if let Some(value) = table.get(VARIABLE) {
            let at = at.then(key).then(VARIABLE);
            return Some(match value {
                Value::Literal(text) => Variable { text, hidden: false, at },
                Value::Outside(outside) => {
                    Variable { text: outside.default.as_deref().unwrap_or_default(), hidden: true, at }
                }
            });
        }
    }
    services.iter().rev().find_map(|name| {
        let service: &Service = definition.services.get(name)?;
        let text = service.provides.get(VARIABLE)?;
        let at = ROOT.key("services").key(name).key("provides").key(VARIABLE).at();
        Some(Variable { text, hidden: false, at })
    })
}

fn run<'a>(subject: &Subject<'a>, skip: &dyn Fn(&str) -> bool, mut run: Run<'a>, paths: &[String]) -> Run<'a> {
    let tree = subject.sources.tree.as_ref();
    let mut words = existing(tree, &run.folder, paths);
    if words.is_empty() && !paths.is_empty() {
        return run;
    }
    words.extend(arguments(run.it));
    let variable = run.variable.as_ref().map_or("", |it| it.text);
    let call = Call { tree, folder: &run.folder, words: &words, variable, skip };
    run.collected = Some(pytest::collect(&call));
    run
}

/// The paths that are there, as words of the command line.
fn existing(tree: &dyn Tree, folder: &str, paths: &[String]) -> Vec<Word> {
    let exists = |path: &str| {
        let file = path.split("::").next().unwrap_or_default();
        sources::join(folder, file).is_some_and(|file| file.is_empty() || tree.exists(&file))
    };
    let word = |(index, text): (usize, &String)| Word { text: text.clone(), origin: Origin::Path(index) };
    paths.iter().enumerate().filter(|(_, path)| exists(path)).map(word).collect()
}

fn arguments(run: &TestRun) -> impl Iterator<Item = Word> {
    let word = |(index, text): (usize, &String)| Word { text: text.clone(), origin: Origin::Argument(index) };
    run.args.iter().enumerate().map(word)
}

/// The floor that the project's own configuration sets for the coverage of a test run.
pub(crate) fn project_floor(subject: &Subject<'_>, run: &TestRun) -> Option<Floor> {
    let definition = subject.definition;
    let component = definition.components.get(&run.component).filter(|_| run.runner == "pytest")?;
    let folder = folder(subject, component)?;
    let tree = subject.sources.tree.as_ref();
    let mut words = existing(tree, &folder, &run.paths);
    words.extend(arguments(run));
    // Where the variable is set does not matter here.
    let environments = [("env", &run.env, ROOT.at()), ("env", &component.env, ROOT.at())];
    let variable = variable(definition, &run.services, environments);
    let text = variable.as_ref().map_or("", |it| it.text);
    let call = Call { tree, folder: &folder, words: &words, variable: text, skip: &|_| false };
    let options = pytest::options(&call).ok()?;
    pytest::floor(&call, &options)
}

/// The folders that are not looked into: what git leaves out, caches, and folders with a pipeline in them.
pub(in crate::checks) fn foreign<'a>(subject: &'a Subject<'_>) -> impl Fn(&str) -> bool + 'a {
    let tree: &dyn Tree = subject.sources.tree.as_ref();
    let git = Gitignore::new(tree);
    let own = subject.sources.folder().to_owned();
    move |path: &str| {
        git.ignores(path)
            || tree.exists(&format!("{path}/CACHEDIR.TAG"))
            || (path != own && !own.starts_with(&format!("{path}/")) && tree.exists(&format!("{path}/pipeline.toml")))
    }
}

/// Returns whether a path of the definition, from `folder`, contains a file or a test of the repository.
pub(in crate::checks) fn contains(folder: &str, path: &str, file: &str) -> bool {
    let (outer, test) = path.split_once("::").map_or((path, None), |(outer, test)| (outer, Some(test)));
    let Some(joined) = sources::join(folder, outer) else { return false };
    if is_magic(outer) && test.is_none() {
        let file = file.split("::").next().unwrap_or_default();
        return fnmatch(&joined, file) || fnmatch(&format!("{joined}/*"), file);
    }
    within(file, &test.map_or(joined.clone(), |test| format!("{joined}::{test}")))
}

/// Returns whether `path` is `outer` or lies in it; both are paths of tests, with or without the name of a test behind `::`.
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

    #[test]
    fn knows_what_a_path_of_the_definition_contains() {
        for (path, file, is) in [
            ("tests", "api/tests/test_a.py", true),
            ("tests/*_slow.py", "api/tests/a/test_slow.py", true),
            ("tests/old*", "api/tests/old_a/test_b.py", true),
            ("tests/test_a.py::test_x", "api/tests/test_a.py", false),
            ("tests/test_a.py::test_x", "api/tests/test_a.py::test_x", true),
            ("tests", "tests/test_a.py", false),
        ] {
            assert_eq!(contains("api", path, file), is, "{path} {file}");
        }
    }
}
