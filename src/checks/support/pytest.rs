//! Runs of pytest as they are called, and what each of them collects.

use super::walk::ROOT;
use crate::definition::{Name, TestRun};
use crate::diagnostics::Location;
use crate::gitignore::Gitignore;
use crate::pytest::{self, Call, Checkout, Collected, Refused, WordSource, fnmatch, is_magic};
use crate::resolve::{self, Pipeline, Variable};
use crate::sources::{self, Sources};

/// A test run or a suite that calls pytest.
pub(in crate::checks) struct Run<'a> {
    /// Name of the test run; of a suite, that of the run that it belongs to.
    pub(in crate::checks) name: &'a Name,
    /// Name of the suite.
    pub(in crate::checks) suite: Option<&'a Name>,
    /// The test run.
    pub(in crate::checks) it: &'a TestRun,
    /// Folder of its component, from the root of the repository.
    pub(in crate::checks) folder: &'a str,
    /// Files that pytest collects; none if its paths do not exist yet.
    pub(in crate::checks) collected: Option<Result<Collected, Refused>>,
    variable: Option<&'a Variable<'a>>,
}

impl Run<'_> {
    /// The place of the run.
    pub(in crate::checks) fn at(&self) -> Location {
        match self.suite {
            Some(suite) => ROOT.key("suites").key(suite).at(),
            None => ROOT.key("tests").key(self.name).at(),
        }
    }

    /// The place of the definition that a word comes from.
    pub(in crate::checks) fn place(&self, origin: &WordSource) -> Location {
        match origin {
            WordSource::Path(index) => self.at().then("paths").then(*index),
            WordSource::Argument(index) => ROOT.key("tests").key(self.name).key("args").index(*index).at(),
            WordSource::Variable => self.variable.map_or_else(|| self.at().key(), |it| it.at.clone()),
            WordSource::Line { .. } | WordSource::Default => self.at().key(),
        }
    }

    /// Files that it collects, if pytest gets so far.
    pub(in crate::checks) fn done(&self) -> Option<&Collected> {
        self.collected.as_ref()?.as_ref().ok()
    }

    /// The place of a variable with arguments that only GitHub knows.
    pub(in crate::checks) fn hidden_arguments(&self) -> Option<&Location> {
        self.variable.filter(|it| it.hidden).map(|it| &it.at)
    }
}

/// Every call of pytest.
pub(in crate::checks) struct Calls<'a> {
    /// The checkout that they run in.
    pub(in crate::checks) checkout: Checkout<'a>,
    /// Runs and suites, and what each collects.
    pub(in crate::checks) runs: Vec<Run<'a>>,
}

impl<'a> Calls<'a> {
    /// The calls of a pipeline.
    pub(in crate::checks) fn new(pipeline: &'a Pipeline<'a>, sources: &'a Sources) -> Self {
        let checkout = Checkout::new(sources.tree.as_ref(), foreign(sources));
        let run = |run: &'a resolve::TestRun<'a>, suite, variable, paths: &[String]| Run {
            name: run.name,
            suite,
            it: run.written,
            folder: &run.component.folder,
            collected: collected(&checkout, run, variable, paths),
            variable,
        };
        let is_pytest = |run: &resolve::TestRun<'_>| run.runner.name() == "pytest";
        let tests = pipeline.tests.values().filter(|it| is_pytest(it));
        let tests = tests.map(|it| run(it, None, it.variable.as_ref(), &it.written.paths));
        let suites = pipeline.suites.iter().filter(|suite| is_pytest(&suite.run));
        let suites =
            suites.map(|suite| run(&suite.run, Some(suite.name), suite.variable.as_ref(), &suite.written.paths));
        let runs = tests.chain(suites).collect();
        Self { checkout, runs }
    }
}

fn collected(
    checkout: &Checkout<'_>,
    run: &resolve::TestRun<'_>,
    variable: Option<&Variable<'_>>,
    paths: &[String],
) -> Option<Result<Collected, Refused>> {
    let folder = run.component.folder.as_str();
    let words = resolve::words(checkout.tree, folder, paths, run.written);
    let has_path = words.iter().any(|word| matches!(word.origin, WordSource::Path(_)));
    let call = Call { checkout, folder, words: &words, variable: variable.map_or("", |it| it.text) };
    (has_path || paths.is_empty()).then(|| pytest::collect(&call))
}

/// The paths that a checkout does not have, or that are not the project's: what git leaves out, caches, and folders
/// with a pipeline in them.
fn foreign(sources: &Sources) -> impl Fn(&str, bool) -> bool + '_ {
    let tree = sources.tree.as_ref();
    let git = Gitignore::new(tree);
    let own = sources.folder();
    move |path: &str, is_folder| {
        let is_other = |path: &str| path != own && !own.starts_with(&format!("{path}/"));
        let has = |name: &str| tree.exists(&format!("{path}/{name}"));
        git.ignores(path, is_folder).is_some()
            || (is_folder && (has("CACHEDIR.TAG") || (is_other(path) && has("pipeline.toml"))))
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
