//! Tests that tox or nox runs in the environments that it makes, where these do not run pytest.

use super::super::ini::Ini;
use super::super::project::{Stated, TestRunner, Tests};
use super::super::walk::{Folder, View};
use super::manifest::{Manifest, at};

/// Words that choose no environments.
const SET: &[&str] =
    &["run", "run-parallel", "r", "p", "-p", "--parallel", "auto", "all", "-v", "-vv", "-q", "--verbose"];

/// The environments of a project that tests with something else than pytest.
pub(super) fn tests(
    view: &View<'_>,
    folder: &Folder,
    manifest: &Manifest,
    stated: &mut Stated,
    hints: &mut Vec<String>,
) -> Option<Tests> {
    let (runner, file) = configured(view, folder, manifest)?;
    let own = view.own.tests(&folder.path, "python");
    let configured = view.read(folder, file).unwrap_or_default();
    let runs_pytest = configured.contains("pytest") || own.iter().any(|test| test.text.contains("pytest"));
    if runs_pytest || manifest.depends_on("pytest") {
        return None;
    }
    let name = runner.as_str();
    let called = view.own.of_jobs().find(|command| command.folder == folder.path && command.runs(&[name]));
    if let Some(test) = called {
        let words = test.words();
        let words: Vec<&str> = words.into_iter().skip(1).collect();
        let text = view.tree.read(&test.place.file).unwrap_or_default();
        let line = text.lines().nth(test.place.line.saturating_sub(1)).unwrap_or_default();
        // What GitHub expands is the version of a matrix, which the component has.
        if !line.contains("${{") && words.iter().all(|word| plain(word)) {
            let args: Vec<String> = words.into_iter().filter(|word| !SET.contains(word)).map(str::to_owned).collect();
            if !args.is_empty() {
                stated.took("args", &test.place);
            }
            stated.args = args;
        }
    }
    if !manifest.depends_on(name) {
        hints.push(format!("{name} is not among the dependencies: add it, at an exact version"));
    }
    Some(Tests::of(runner))
}

/// The tool that is configured, and the file.
///
/// Source: <https://tox.wiki/en/latest/config.html#discovery-and-file-types>.
fn configured(view: &View<'_>, folder: &Folder, manifest: &Manifest) -> Option<(TestRunner, &'static str)> {
    let in_setup = || Ini::read(&view.read(folder, "setup.cfg").unwrap_or_default()).has("tox:tox");
    let tox = |file| Some((TestRunner::Tox, file));
    if let Some(file) = ["tox.ini", "tox.toml"].into_iter().find(|file| folder.has(file)) {
        tox(file)
    } else if at(&manifest.pyproject, "tool.tox").is_some() {
        tox("pyproject.toml")
    } else if in_setup() {
        tox("setup.cfg")
    } else {
        folder.has("noxfile.py").then_some((TestRunner::Nox, "noxfile.py"))
    }
}

/// Returns whether a word is the same to everyone: no shell and no workflow expands it.
pub(super) fn plain(word: &str) -> bool {
    !word.contains(['$', '`', '{', '|', ';', '>', '<', '&', '*', '"', '\'', '\\', '('])
}
