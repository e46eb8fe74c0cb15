//! Python: its versions, how it is installed, its checks and its pytest.

mod checks;
mod django;
mod environments;
mod install;
mod manifest;
mod none;
mod own;
mod pytest;
mod start;
mod versions;

use super::names::{self, word};
use super::project::{Component, Install, Quarantine, Stated, TestRunner, Tests, Toolchain};
use super::walk::{Folder, View};
use crate::definition::Name;
use manifest::Manifest;

/// A Python component, and the tests that it leaves out.
pub(super) struct Found {
    pub(super) component: Component,
    pub(super) ignored: Vec<pytest::Ignored>,
    pub(super) notes: Vec<String>,
}

/// The Python project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Found> {
    let manifest = Manifest::read(view, folder)?;
    let mut notes = Vec::new();
    let mut stated = Stated::default();
    let install = install::install(view, folder, &manifest, &mut stated);
    let versions = versions::versions(view, folder, &manifest, &mut notes);
    let mut hints = Vec::new();
    let other = django::tests(view, folder, &manifest, &mut stated)
        .or_else(|| environments::tests(view, folder, &manifest, &mut stated, &mut hints));
    let (tests, ignored) = match other {
        Some(tests) => (Some(tests), Vec::new()),
        None => by_pytest(view, folder, &manifest, install.as_ref(), &mut stated, &mut hints),
    };
    let (checks, unsure) = checks::checks(view, folder, &manifest, install.as_ref(), &mut stated);
    let component = Component {
        name: names::name(&manifest.name).unwrap_or_else(|| word("python")),
        path: folder.path.clone(),
        toolchain: Toolchain::PYTHON,
        versions,
        also: None,
        checks,
        unsure,
        install,
        tests,
        workspace: manifest.is_workspace(),
        start: start::start(view, folder, &manifest),
        dependencies: manifest.names(),
        hints,
        stated,
    };
    Some(Found { component, ignored, notes })
}

/// The tests that pytest collects, and those that its configuration leaves out.
fn by_pytest(
    view: &View<'_>,
    folder: &Folder,
    manifest: &Manifest,
    install: Option<&Install>,
    stated: &mut Stated,
    hints: &mut Vec<String>,
) -> (Option<Tests>, Vec<pytest::Ignored>) {
    let config = pytest::Config::read(view, folder);
    let mut ignored = config.ignored();
    let mut tests = tests(view, folder, manifest, &config);
    called(view, folder, &mut tests, stated);
    if let Some(tests) = &mut tests {
        tests.not_tests = none::none(view, folder, &tests.paths, &ignored);
        ignored.retain(|entry| !tests.not_tests.contains(&entry.path));
    }
    let by_name = config.option("-k").filter(|words| !words.is_empty() && tests.is_some());
    let tests = tests.filter(|_| by_name.is_none());
    if let Some(refused) = &config.refused {
        let (origin, message) = (names::shown(&refused.origin.to_string()), names::shown(&refused.message));
        hints.push(format!("pytest refuses {origin}: {message}"));
    } else if let Some(words) = by_name {
        let (file, words) = (config.file(), names::shown(words));
        hints.push(format!(
            "{file} deselects tests by name, `-k {words}`: ignore their \
             paths instead, and add a suite or a quarantine for them"
        ));
    } else if tests.is_none() {
        hints.push("pytest collects no tests: add `[tests.…]` once there are some".to_owned());
    } else if !manifest.depends_on("pytest") {
        hints.push("pytest is not among the dependencies: add it, at an exact version".to_owned());
    }
    if let (Some(Install::Run(_)), true) = (install, tests.is_some()) {
        hints.push(
            "there is no lock file: `uv lock` or requirement files with versions make runs repeatable".to_owned(),
        );
    }
    if let Some(marks) = config.option("-m").filter(|marks| !marks.is_empty()) {
        let (file, marks) = (config.file(), names::shown(marks));
        hints.push(format!("{file} deselects tests by marker, `-m \"{marks}\"`: run them in a suite"));
    }
    if let Some(plugin) = manifest.coverage_plugins(view, folder).first().filter(|_| config.coverage_floor().is_some())
    {
        let plugin = names::shown(plugin);
        hints.push(format!("`coverage` is left out: the job that merges it lacks `{plugin}`, a plugin of coverage.py"));
    }
    (tests, ignored)
}

/// The entries of `[quarantine]` for what a component's pytest leaves out.
pub(super) fn quarantine(of: &Name, ignored: Vec<pytest::Ignored>, until: super::Day) -> Vec<Quarantine> {
    let reason = |from: &str| format!("left out by {from}: add the reason and an issue");
    let entry = |found: pytest::Ignored| Quarantine {
        reason: reason(&found.from),
        path: found.path,
        of: Some(of.clone()),
        until,
    };
    ignored.into_iter().map(entry).collect()
}

/// Gives the tests the arguments and the paths that the project's own workflow calls pytest with.
fn called(view: &View<'_>, folder: &Folder, tests: &mut Option<Tests>, stated: &mut Stated) {
    let Some(tests) = tests else { return };
    let call = own::call(view, folder);
    if let Some(place) = call.place.filter(|_| !call.args.is_empty()) {
        stated.took("args", &place);
        stated.args = call.args;
    }
    if !call.paths.is_empty() {
        tests.paths = call.paths;
    }
}

fn tests(view: &View<'_>, folder: &Folder, manifest: &Manifest, config: &pytest::Config) -> Option<Tests> {
    let paths = config.paths(view, folder);
    if paths.is_empty() && !config.is_configured() && !config.has_tests() {
        return None;
    }
    // The job that merges the coverage has no plugins of the project.
    let coverage = config.coverage_floor().filter(|_| manifest.coverage_plugins(view, folder).is_empty());
    let measure = if coverage.is_some() { manifest.measured(view, folder, config) } else { Vec::new() };
    Some(Tests {
        runner: TestRunner::Pytest,
        paths,
        not_tests: Vec::new(),
        services: Vec::new(),
        coverage: coverage.filter(|_| !measure.is_empty()),
        measure,
        shuffled: manifest.depends_on("pytest-randomly") && config.option("-p") != Some("no:randomly"),
    })
}

/// Paths of tests whose name has a word: whole folders where the folder is called so; what is left out elsewhere,
/// or would leave nothing for the main run, is none of them.
pub(super) fn test_paths_with(
    view: &View<'_>,
    component: &str,
    paths: &[String],
    word: &str,
    left_out: &[String],
) -> Vec<String> {
    let Some(folder) = view.folders.iter().find(|folder| folder.path == component) else { return Vec::new() };
    let config = pytest::Config::read(view, folder);
    let all: Vec<String> = if paths.is_empty() {
        config.tests_in("")
    } else {
        paths.iter().flat_map(|path| config.tests_in(path)).collect()
    };
    let is_left_out = |path: &String| left_out.iter().any(|out| path == out || path.starts_with(&format!("{out}/")));
    let all: Vec<String> = all.into_iter().filter(|path| !is_left_out(path)).collect();
    let mut found: Vec<String> = Vec::new();
    for path in all.iter().filter(|path| path.contains(word)) {
        let end = path
            .match_indices('/')
            .map(|(at, _)| at)
            .find(|at| path.get(..*at).is_some_and(|front| front.contains(word)));
        found.extend(path.get(..end.unwrap_or(path.len())).map(str::to_owned));
    }
    found.sort();
    found.dedup();
    let covers = |path: &String| found.iter().any(|found| path == found || path.starts_with(&format!("{found}/")));
    if all.iter().all(covers) { Vec::new() } else { found }
}
