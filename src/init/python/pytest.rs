//! Tests of a project, and those that are left out, by pytest's configuration.

use super::super::names::is_sound;
use super::super::walk::{Folder, View, is_in};
use crate::pytest::{
    Call, Cause, Checkout, Collected, Refused, Taken, WordSource, collect, floor, is_magic, may_hold_tests, present,
};
use crate::sources::{folder as folder_of, join as inside};

/// A test that the configuration leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::init) struct Ignored {
    /// Its path, from the component's folder, or the id of a test.
    pub(in crate::init) path: String,
    /// Cause that leaves it out.
    pub(in crate::init) from: String,
}

/// Behaviour of pytest in a folder.
pub(super) struct Config {
    folder: String,
    collected: Option<Collected>,
    /// Files with tests that it collects, from the component's folder.
    tests: Vec<String>,
    /// Files with tests that are there, from the root of the repository.
    present: Vec<String>,
    coverage: Option<String>,
    /// The reason for which pytest does not even start.
    pub(super) refused: Option<Refused>,
}

impl Config {
    /// Reads the configuration that pytest uses in a folder.
    pub(super) fn read(view: &View<'_>, folder: &Folder) -> Self {
        // A separate project has its own tests.
        let lacks = |path: &str, is_folder: bool| {
            (is_folder && ["pyproject.toml", "setup.py"].iter().any(|file| view.tree.exists(&format!("{path}/{file}"))))
                || !is_sound(path)
        };
        let checkout = Checkout::new(view.tree, lacks);
        let call = Call { checkout: &checkout, folder: &folder.path, words: &[], variable: "" };
        let mut config = Self {
            folder: folder.path.clone(),
            collected: None,
            tests: Vec::new(),
            present: Vec::new(),
            coverage: None,
            refused: None,
        };
        match collect(&call) {
            Ok(collected) => {
                let holds =
                    |path: &&String| view.tree.read(path).is_none_or(|text| may_hold_tests(&text, &collected.names));
                config.present = present(&checkout, &folder.path, &collected);
                config.present.retain(|path| holds(&path));
                let own = |path: &String| config.inner(path);
                config.tests = collected.files.keys().filter(holds).filter_map(own).collect();
                config.coverage = floor(&call, &collected.options).and_then(|floor| percentage(&floor.percent));
                config.collected = Some(collected);
            }
            Err(refused) => config.refused = Some(refused),
        }
        config
    }

    /// A path from the component's folder.
    fn inner(&self, path: &str) -> Option<String> {
        let rest = if self.folder.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(self.folder.as_str())?.strip_prefix('/')
        };
        rest.filter(|path| is_sound(path)).map(str::to_owned)
    }

    /// The file that configures pytest, from the component's folder where it is in there.
    pub(super) fn file(&self) -> String {
        let file = self.collected.as_ref().map(|it| it.config.file.clone()).unwrap_or_default();
        self.inner(&file).unwrap_or(file)
    }

    /// Returns whether there is a configuration in the component's folder.
    pub(super) fn is_configured(&self) -> bool {
        let is_own = |file: &str| self.inner(file).is_some();
        self.refused.is_some()
            || self.collected.as_ref().is_some_and(|it| it.config.is_set() && is_own(&it.config.file))
    }

    /// The value of an option that counts.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.collected.as_ref()?.options.last(name).map(|given| given.value.as_str())
    }

    /// The floor that the project sets for its coverage.
    pub(super) fn coverage_floor(&self) -> Option<String> {
        self.coverage.clone()
    }

    /// Values of `--cov`.
    pub(super) fn measured(&self) -> impl Iterator<Item = String> {
        let given = self.collected.iter().flat_map(|it| it.options.all("--cov"));
        given.map(|given| given.value.clone()).filter(|value| !value.is_empty())
    }

    /// Returns whether there is a test that pytest collects.
    pub(super) fn has_tests(&self) -> bool {
        !self.tests.is_empty()
    }

    /// Files with tests that pytest collects in a folder, from the component's folder.
    pub(super) fn tests_in(&self, inner: &str) -> Vec<String> {
        self.tests.iter().filter(|path| *path == inner || is_in(path, inner)).cloned().collect()
    }

    /// Returns where tests are: as configured, else the usual folders where they hold all of them; nothing where
    /// pytest has to find them.
    pub(super) fn paths(&self, view: &View<'_>, folder: &Folder) -> Vec<String> {
        let configured = self.collected.iter().flat_map(|it| &it.testpaths);
        let configured: Option<Vec<String>> = configured
            .filter(|word| !word.text.starts_with('-'))
            .map(|word| inside("", &word.text).filter(|path| is_sound(path) && !is_magic(path)))
            .collect();
        match configured {
            // Pytest finds what a pattern means, and what is nowhere.
            None => return Vec::new(),
            Some(paths) if !paths.is_empty() => {
                return paths.into_iter().filter(|path| view.tree.exists(&folder.file(path))).collect();
            }
            Some(_) => {}
        }
        let usual: Vec<String> = ["tests", "test"]
            .into_iter()
            .filter(|name| folder.folders.iter().any(|found| found == name) && !self.tests_in(name).is_empty())
            .map(str::to_owned)
            .collect();
        let holds_all = self.tests.iter().all(|test| usual.iter().any(|path| is_in(test, path)));
        if holds_all { usual } else { Vec::new() }
    }

    /// Everything that the configuration leaves out and that holds tests; a pattern is replaced by its matches.
    pub(super) fn ignored(&self) -> Vec<Ignored> {
        let mut found: Vec<Ignored> = Vec::new();
        for taken in self.collected.iter().flat_map(|it| &it.taken) {
            let inside = |file: &&String| **file == taken.path || is_in(file, &taken.path);
            let holds = taken.path.contains("::") || self.present.iter().any(|file| inside(&file));
            let Some(file) = self.place(taken).filter(|_| holds) else { continue };
            let Some(path) = self.named(taken).filter(|path| is_sound(path)) else { continue };
            found.push(Ignored { path, from: format!("`{}` in {file}", taken.cause.name()) });
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup_by(|a, b| a.path == b.path);
        // What is in a folder that is left out is left out with it.
        let folders: Vec<String> = found.iter().map(|ignored| format!("{}/", ignored.path)).collect();
        found.retain(|ignored| !folders.iter().any(|folder| ignored.path.starts_with(folder)));
        found
    }

    /// The file that takes something away; none where pytest itself does.
    fn place(&self, taken: &Taken) -> Option<String> {
        match &taken.origin {
            WordSource::Line { file, .. } => Some(self.inner(file).unwrap_or_else(|| file.clone())),
            _ => None,
        }
    }

    /// Returns what takes something away names, from the component's folder.
    fn named(&self, taken: &Taken) -> Option<String> {
        match (taken.cause, &taken.origin) {
            (Cause::IgnoreGlob, _) => inside("", &taken.value),
            (Cause::CollectIgnoreGlob, WordSource::Line { file, .. }) => {
                inside(folder_of(&self.inner(file)?), &taken.value)
            }
            _ => self.inner(&taken.path),
        }
    }
}

/// A number as a percentage, if it is one that can be a floor.
fn percentage(number: &str) -> Option<String> {
    let number = number.trim().trim_matches('"');
    let value: f64 = number.parse().ok()?;
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    (plain && value > 0.0 && value <= 100.0).then(|| format!("{}%", number.trim_end_matches(".0")))
}
