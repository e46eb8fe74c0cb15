//! The repository's folders, without those that hold other people's or generated files.

use super::names::is_sound;
use super::own::OwnWorkflows;
use crate::sources::Tree;

/// Depth of the folders that are searched: `a/b/c` is, `a/b/c/d` is not.
const DEEPEST: usize = 3;

/// More folders than this are not looked into: the rest of a repository of this size is generated.
const MOST: usize = 4_000;

const OTHERS: &[&str] = &[
    "node_modules",
    "target",
    "vendor",
    "venv",
    "env",
    "third_party",
    "site-packages",
    "bower_components",
    "dist",
    "build",
    "__pycache__",
];

/// Folders whose projects are examples, not parts of this one.
const ASIDE: &[&str] = &[
    "docs",
    "doc",
    "examples",
    "example",
    "samples",
    "fixtures",
    "testdata",
    "tests",
    "test",
    "e2e",
    "benches",
    "bench",
    "benchmark",
    "benchmarks",
    "template",
    "templates",
    "cookiecutter",
    "skeleton",
    "skeletons",
    "playground",
    "playgrounds",
    "demo",
    "demos",
];

/// Beginnings of the names of folders with examples, documentation and templates.
const EXAMPLES: &[&str] = &[
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "sample",
    "samples",
    "template",
    "templates",
    "cookiecutter",
    "skeleton",
    "skeletons",
    "tutorial",
    "tutorials",
    "demo",
    "demos",
    "playground",
    "playgrounds",
];

/// The outermost folder of a path with examples, documentation or templates.
pub(super) fn example(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        let is_folder = end < path.len();
        let first = part.trim_start_matches(['{', '_', ' ']).split(['_', '-', '.', ' ']).next().unwrap_or_default();
        if is_folder && EXAMPLES.contains(&first.to_ascii_lowercase().as_str()) {
            return path.get(..end);
        }
        end += 1;
    }
    None
}

/// A folder and its direct entries.
#[derive(Debug)]
pub(super) struct Folder {
    /// Its path; empty at the root.
    pub(super) path: String,
    /// Names of its files.
    pub(super) files: Vec<String>,
    /// Names of its folders.
    pub(super) folders: Vec<String>,
}

impl Folder {
    /// Returns whether it has a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file == name)
    }

    /// The path of a file in it.
    pub(super) fn file(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// Returns whether it is in a folder of examples, tests or documentation.
    pub(super) fn is_aside(&self) -> bool {
        self.path.split('/').any(|part| ASIDE.contains(&part))
    }
}

/// Everything that detection looks at.
pub(super) struct View<'a> {
    /// The repository.
    pub(super) tree: &'a dyn Tree,
    /// Its folders, each before those in it.
    pub(super) folders: Vec<Folder>,
    /// Folders whose names are not allowed in a workflow.
    pub(super) unsound: Vec<String>,
    /// The project's own workflows.
    pub(super) own: OwnWorkflows,
}

impl<'a> View<'a> {
    /// Looks through a repository.
    pub(super) fn new(tree: &'a dyn Tree) -> Self {
        let mut view = Self { tree, folders: Vec::new(), unsound: Vec::new(), own: OwnWorkflows::read(tree) };
        view.visit(String::new(), 0);
        view
    }

    fn visit(&mut self, path: String, depth: usize) {
        let (folders, files): (Vec<String>, Vec<String>) =
            self.tree.list(&path).into_iter().partition(|name| name.ends_with('/'));
        let folders: Vec<String> = folders.iter().map(|name| name.trim_end_matches('/').to_owned()).collect();
        let below: Vec<String> = folders.iter().filter(|name| is_own(name)).map(|name| join(&path, name)).collect();
        self.folders.push(Folder { path, files, folders });
        for path in below {
            if !is_sound(&path) {
                self.unsound.push(path);
            } else if depth < DEEPEST && self.folders.len() < MOST {
                self.visit(path, depth + 1);
            }
        }
    }

    /// The text of a file of a folder.
    pub(super) fn read(&self, folder: &Folder, name: &str) -> Option<String> {
        if folder.has(name) { self.tree.read(&folder.file(name)) } else { None }
    }

    /// Files below a folder, with their paths from it, in folders that may be deeper than those of `folders`.
    pub(super) fn below(&self, folder: &str, deepest: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut left = vec![(String::new(), 0)];
        while let Some((path, depth)) = left.pop() {
            for name in self.tree.list(&join(folder, &path)) {
                match name.strip_suffix('/') {
                    Some(name) if is_own(name) && depth < deepest && found.len() < MOST => {
                        left.push((join(&path, name), depth + 1));
                    }
                    Some(_) => {}
                    None => found.push(join(&path, &name)),
                }
            }
        }
        found.retain(|path| is_sound(path));
        found.sort();
        found
    }
}

fn is_own(folder: &str) -> bool {
    !folder.starts_with('.') && !OTHERS.contains(&folder)
}

/// A path from a folder; the folder may be the root.
pub(super) fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", _) => name.to_owned(),
        (_, "") => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

/// Returns whether a path is in a folder, however deep.
pub(super) fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A folder of a repository as if it were the root: for a definition in that folder.
#[derive(Clone, Copy)]
pub struct Below<'a> {
    tree: &'a dyn Tree,
    folder: &'a str,
}

impl<'a> Below<'a> {
    /// The tree from `folder` on; the whole one where that is empty.
    pub fn new(tree: &'a dyn Tree, folder: &'a str) -> Self {
        Self { tree, folder }
    }
}

impl std::fmt::Debug for Below<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Below").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Tree for Below<'_> {
    fn read(&self, path: &str) -> Option<String> {
        self.tree.read(&join(self.folder, path))
    }

    fn exists(&self, path: &str) -> bool {
        self.tree.exists(&join(self.folder, path))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.tree.list(&join(self.folder, folder))
    }
}
