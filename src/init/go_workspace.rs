//! `go.work`, and the lines that it shares with `go.mod`.

use super::go_versions::{USUAL, minor};
use super::project::Versions;
use super::walk::{View, is_in, join};
use crate::sources;

/// The first release with the pattern `work`: all packages of a workspace.
///
/// Source: <https://go.dev/doc/go1.25#go-command>
const WITH_PATTERN: (u32, u32) = (1, 25);

/// Lines of `go.mod` or `go.work`, without comments.
pub(super) struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()).collect())
    }

    /// The words behind a key.
    pub(super) fn after(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find_map(|line| line.strip_prefix(key)).map(str::trim)
    }

    /// The version of the toolchain, else that of the language.
    pub(super) fn versions(&self, from: &str) -> Versions {
        let sound = |version: &&str| {
            version.starts_with(|c: char| c.is_ascii_digit())
                && version.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        };
        match self.after("toolchain go").into_iter().chain(self.after("go ")).find(sound) {
            Some(version) => Versions { list: vec![version.to_owned()], from: Some(from.to_owned()) },
            None => Versions { list: vec![USUAL.to_owned()], from: None },
        }
    }
}

/// A workspace.
pub(super) struct Workspace {
    /// `go.work`.
    pub(super) text: String,
    /// Folders of its modules, from the root of the repository.
    pub(super) modules: Vec<String>,
    folder: String,
}

impl Workspace {
    /// Reads the workspace in a folder; one without modules is none.
    ///
    /// Source: <https://go.dev/ref/mod#go-work-file>
    pub(super) fn read(view: &View<'_>, folder: &str) -> Option<Self> {
        let text = view.tree.read(&join(folder, "go.work"))?;
        let mut modules = Vec::new();
        let mut in_block = false;
        for line in Lines::of(&text).0 {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["use", "("] => in_block = true,
                [")"] => in_block = false,
                ["use", path] => modules.push(*path),
                [path] if in_block => modules.push(*path),
                _ => {}
            }
        }
        let inside = |path: &&str| sources::join(folder, path.trim_matches(['"', '`']));
        let modules: Vec<String> = modules.iter().filter_map(inside).collect();
        (!modules.is_empty()).then(|| Self { text, modules, folder: folder.to_owned() })
    }

    /// Returns whether a file is one of a module.
    pub(super) fn has(&self, file: &str) -> bool {
        self.modules.iter().any(|module| is_in(file, module))
    }

    /// The pattern of all packages.
    pub(super) fn packages(&self, versions: &Versions) -> String {
        if versions.list.iter().all(|version| minor(version).is_some_and(|found| found >= WITH_PATTERN)) {
            return "work".to_owned();
        }
        let pattern = |module: &String| {
            let inner = module.strip_prefix(&self.folder).unwrap_or(module).trim_start_matches('/');
            if inner.is_empty() { "./...".to_owned() } else { format!("./{inner}/...") }
        };
        self.modules.iter().map(pattern).collect::<Vec<_>>().join(" ")
    }
}
