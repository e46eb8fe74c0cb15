//! Tests whose tool writes JUnit reports, and projects of one command: what their detections share.

use super::names::{self, base, word};
use super::own::Command;
use super::project::{Checks, Component, Install, Stated, TestRunner, Tests, Toolchain, Versions};
use super::walk::{Folder, View};

/// A project of a language whose tests run by a command.
pub(super) struct Found {
    /// The language.
    pub(super) toolchain: Toolchain,
    /// Its name; the folder's where it has none.
    pub(super) name: Option<String>,
    /// Versions of the language.
    pub(super) versions: Versions,
    /// Installation of its dependencies.
    pub(super) install: Option<Install>,
    /// The command that tests it, and its reports; none where it is no test run.
    pub(super) tests: Option<(String, Vec<String>)>,
    /// Checks, and proposals.
    pub(super) checks: Checks,
    /// Comments for the reader of its table.
    pub(super) hints: Vec<String>,
    /// Facts from the project's own workflows.
    pub(super) stated: Stated,
}

impl Found {
    /// The component of a folder.
    pub(super) fn component(self, folder: &Folder) -> Component {
        let named = self.name.as_deref().or(Some(base(&folder.path))).and_then(names::name);
        let runner = |(command, results): (String, Vec<String>)| {
            if results.is_empty() { TestRunner::Command(command) } else { TestRunner::Reports(command, results) }
        };
        let tests = self.tests.map(runner).map(Tests::of);
        Component {
            name: named.unwrap_or_else(|| word(self.toolchain.key())),
            path: folder.path.clone(),
            toolchain: self.toolchain,
            versions: self.versions,
            also: None,
            install: self.install,
            checks: self.checks.0,
            unsure: self.checks.1,
            tests,
            start: None,
            dependencies: Vec::new(),
            workspace: false,
            hints: self.hints,
            stated: self.stated,
        }
    }
}

/// The versions that the project's own workflows test in a folder, else those of the first file that names one, else a
/// usual one.
pub(super) fn versions(
    view: &View<'_>,
    folder: &Folder,
    language: &str,
    files: &[(&str, Option<String>)],
    usual: &str,
) -> Versions {
    let plain = |text: &str| {
        !text.is_empty()
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || c == '.')
    };
    let own: Vec<_> =
        view.own.built(&folder.path, language).into_iter().filter(|version| plain(&version.text)).collect();
    if let Some(first) = own.first() {
        let mut list: Vec<String> = Vec::new();
        for version in &own {
            if !list.contains(&version.text) {
                list.push(version.text.clone());
            }
        }
        return Versions { list, from: Some(first.place.to_string()) };
    }
    let named = files.iter().find_map(|(file, version)| Some((*file, version.as_deref().filter(|text| plain(text))?)));
    match named {
        Some((file, version)) => Versions { list: vec![version.to_owned()], from: Some(file.to_owned()) },
        None => Versions { list: vec![usual.to_owned()], from: None },
    }
}

/// The project's own command in a folder that these words are in, as it can be repeated.
pub(super) fn own<'a>(
    view: &'a View<'_>,
    folder: &'a Folder,
    is: impl Fn(&[&str]) -> bool,
) -> Option<(&'a Command, String)> {
    let mut all = view.own.in_folder(&folder.path).filter(|command| !command.conditional && command.is_leaf());
    all.find_map(|command| {
        let text = command.repeatable()?;
        let words: Vec<&str> = text.split_whitespace().collect();
        is(&words).then(|| (command, text.to_owned()))
    })
}

/// Returns whether a folder above has one of these files.
pub(super) fn is_below(view: &View<'_>, folder: &Folder, files: &[&str]) -> bool {
    let above = crate::sources::folder(&folder.path);
    !folder.path.is_empty() && crate::sources::closest(view.tree, above, files).is_some()
}

/// The text between two others.
pub(super) fn between<'a>(text: &'a str, front: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(front)?;
    rest.split_once(end).map(|(found, _)| found.trim())
}
