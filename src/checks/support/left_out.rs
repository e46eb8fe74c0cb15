//! Tests that no run covers, by the reason for which they are left out.

use super::pytest::Run;
use crate::diagnostics::listed;
use crate::pytest::{Cause, Taken, WordSource};
use crate::sources::folder as folder_of;

/// The reason for which a file is not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checks) enum Reason {
    /// An option, a setting or a `conftest.py` takes it away.
    Taken(Taken),
    /// The paths of the definition do not lead to it.
    Paths,
    /// The paths of the definition name only some of its tests.
    Part,
    /// `testpaths` do not lead to it.
    TestPaths(WordSource),
    /// `python_files` do not match its name.
    Name(WordSource),
    /// Paths in `addopts` do not lead to it.
    Configuration(String),
}

impl Reason {
    /// The place of the reason.
    pub(in crate::checks) fn origin(&self) -> WordSource {
        match self {
            Self::Taken(taken) => taken.origin.clone(),
            Self::TestPaths(origin) | Self::Name(origin) => origin.clone(),
            Self::Paths | Self::Part | Self::Configuration(_) => WordSource::Default,
        }
    }

    /// Returns whether the project's configuration made it, which a manual call of pytest follows too.
    pub(in crate::checks) fn is_choice(&self, is_own: bool) -> bool {
        match self {
            Self::Taken(taken) => {
                taken.cause == Cause::NoRecurse
                    && !is_own
                    && !matches!(taken.origin, WordSource::Argument(_) | WordSource::Variable)
            }
            Self::Paths | Self::Part => false,
            Self::TestPaths(_) | Self::Name(_) | Self::Configuration(_) => true,
        }
    }

    /// The highest folder that may be named for it; the names of tests count as below their file.
    fn top(&self) -> &str {
        match self {
            // `--deselect` names the beginnings of ids: every file is taken away by itself.
            Self::Taken(taken) if taken.cause != Cause::Deselect => &taken.path,
            _ => "",
        }
    }

    /// The same for files that one message speaks of.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Taken(a), Self::Taken(b)) => a.cause == b.cause && a.value == b.value && a.origin == b.origin,
            (a, b) => a == b,
        }
    }
}

/// A file that a run leaves out.
pub(in crate::checks) struct Loss<'a> {
    /// The run.
    pub(in crate::checks) run: &'a Run<'a>,
    /// The reason.
    pub(in crate::checks) reason: Reason,
    /// The file, from the root of the repository.
    pub(in crate::checks) file: String,
}

/// Files that a run leaves out for one reason.
pub(in crate::checks) struct Group<'a> {
    /// The run.
    pub(in crate::checks) run: &'a Run<'a>,
    /// The reason.
    pub(in crate::checks) reason: Reason,
    /// One of the files.
    pub(in crate::checks) first: String,
    /// Files, or folders of which everything is left out, from the component's folder.
    pub(in crate::checks) paths: Vec<String>,
}

/// Groups what is lost. `there` are all files with tests, by which whole folders are known.
pub(in crate::checks) fn losses<'a>(there: &[&String], lost: Vec<Loss<'a>>) -> Vec<Group<'a>> {
    let mut groups: Vec<(Loss<'a>, Vec<(String, String)>)> = Vec::new();
    for loss in lost {
        let entry = (loss.file.clone(), loss.reason.top().to_owned());
        let known = groups.iter_mut().find(|(first, _)| {
            first.run.name == loss.run.name && first.run.suite == loss.run.suite && first.reason.is_like(&loss.reason)
        });
        match known {
            Some((_, files)) => files.push(entry),
            None => groups.push((loss, vec![entry])),
        }
    }
    let group = |(loss, files): (Loss<'a>, Vec<(String, String)>)| Group {
        paths: condensed(there, &files, loss.run.folder),
        run: loss.run,
        reason: loss.reason,
        first: loss.file,
    };
    groups.into_iter().map(group).collect()
}

/// The highest folders of which every file is lost, else the files, from `folder`.
fn condensed(there: &[&String], files: &[(String, String)], folder: &str) -> Vec<String> {
    let lost: Vec<&str> = files.iter().map(|(file, _)| file.as_str()).collect();
    let mut found: Vec<String> = Vec::new();
    for (file, top) in files {
        let mut path = file.as_str();
        loop {
            let above = folder_of(path);
            let front = format!("{above}/");
            let within_top = top.is_empty() || above.starts_with(top.as_str()) && above.len() >= top.len();
            let whole =
                || there.iter().filter(|other| other.starts_with(&front)).all(|other| lost.contains(&other.as_str()));
            if above.len() <= folder.len() || file.contains("::") || !within_top || !whole() {
                break;
            }
            path = above;
        }
        let front = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let shown = path.strip_prefix(&front).unwrap_or(path).to_owned();
        if !found.contains(&shown) {
            found.push(shown);
        }
    }
    found
}

/// Paths that a message names.
const MAX_SHOWN: usize = 3;

fn shown(paths: &[String]) -> String {
    match paths.get(..MAX_SHOWN) {
        Some(first) if paths.len() > MAX_SHOWN + 1 => {
            let quoted: Vec<String> = first.iter().map(|path| format!("`{path}`")).collect();
            format!("{} and {} more", quoted.join(", "), paths.len() - MAX_SHOWN)
        }
        _ => listed(paths),
    }
}

/// The sentence about a group.
pub(in crate::checks) fn message(group: &Group<'_>) -> String {
    let paths = shown(&group.paths);
    let uncovered = "which no suite runs and no quarantine explains";
    match &group.reason {
        Reason::Taken(taken) => {
            let place = match &taken.origin {
                WordSource::Argument(_) | WordSource::Path(_) => String::new(),
                origin => format!(" in {origin}"),
            };
            format!("`{}`{place} leaves out {paths}, {uncovered}", taken.cause.name())
        }
        Reason::Paths => format!("pytest by itself runs {paths}, but no path of a run or a suite leads there"),
        Reason::Part => format!("pytest by itself runs all of {paths}, but the paths name only some of its tests"),
        Reason::TestPaths(origin) => format!("`testpaths` in {origin} leaves out {paths}, {uncovered}"),
        Reason::Name(WordSource::Default) => {
            format!("pytest does not collect {paths}: no pattern of `python_files` matches")
        }
        Reason::Name(origin) => format!("`python_files` in {origin} does not match {paths}, {uncovered}"),
        Reason::Configuration(file) => format!("the paths in `{file}` leave out {paths}, {uncovered}"),
    }
}

/// Text to type.
pub(in crate::checks) fn help(group: &Group<'_>) -> String {
    let (name, path) = (group.run.name, group.paths.first().map_or("", String::as_str));
    let quarantine = format!("to `[quarantine.\"{path}\"]` with a reason");
    let none = format!("; if it is no test, write `not-tests = [\"{path}\"]` in `{name}`");
    match &group.reason {
        Reason::Paths => {
            format!("add \"{path}\" to `paths` of `{name}`, or give it to a suite or {quarantine}{none}")
        }
        Reason::Part => format!(
            "name `{}` itself, or give it to a suite or {quarantine}",
            path.split("::").next().unwrap_or_default()
        ),
        Reason::Name(WordSource::Default) => {
            format!("set `python_files` in pytest's configuration, or give it {quarantine}")
        }
        Reason::Taken(_) | Reason::TestPaths(_) | Reason::Name(_) | Reason::Configuration(_) => {
            let none = if path.contains("::") { "" } else { &none };
            format!("give it to a suite of `{name}`, or {quarantine}{none}")
        }
    }
}
