//! Everything that may be read: the definition, what it extends, the lock, templates, and a read-only view of the tree.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::diagnostics::{Locator, Source};

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its path from the root of the repository, with `/` between folders.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Text {
    fn source(&self) -> Source<'_> {
        Source { file: &self.file, text: &self.text }
    }
}

/// Input of one compilation.
pub struct Sources {
    /// The definition.
    pub definition: Text,
    /// Bases that it extends, the nearest first.
    pub bases: Vec<Text>,
    /// `pipeline.lock`, from the definition's folder or the nearest one above it.
    pub lock: Option<Text>,
    /// The user's own templates by name, each in the place of the built-in one.
    pub templates: BTreeMap<String, Text>,
    /// The repository, for checks that look further.
    pub tree: Box<dyn Tree>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("definition", &self.definition.file).finish_non_exhaustive()
    }
}

/// A read-only view of a repository; paths are from its root, with `/` between folders.
pub trait Tree: Send + Sync {
    /// The text of a file, where there is one that is text.
    fn read(&self, path: &str) -> Option<String>;
    /// Returns whether there is such a file or folder.
    fn exists(&self, path: &str) -> bool;
    /// Names in a folder, sorted; folders end in `/`.
    fn list(&self, folder: &str) -> Vec<String>;
}

/// A file that could not be read.
#[derive(Debug)]
pub struct Unreadable {
    /// The file, as it was asked for.
    pub file: String,
    /// The failure.
    pub message: String,
    /// The fix.
    pub help: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.file, self.message)
    }
}

impl std::error::Error for Unreadable {}

/// The longest chain of definitions that extend each other.
const MOST_BASES: usize = 8;

impl Sources {
    /// Reads the definition `file` of the repository at `root`, and what it names.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] for a definition that is not there or not text, and for an `extends` that leads nowhere, in a
    /// cycle or out of the repository.
    pub fn read(root: &Path, file: &str) -> Result<Self, Unreadable> {
        Self::around(root, text(root, file, "run `pipewright init` to write one")?)
    }

    /// Reads the same with these bytes in the place of the definition on disk.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_over(root: &Path, file: &str, definition: Vec<u8>) -> Result<Self, Unreadable> {
        Self::around(root, decoded(file, definition)?)
    }

    /// Reads what a definition names.
    fn around(root: &Path, definition: Text) -> Result<Self, Unreadable> {
        let file = definition.file.clone();
        let mut bases: Vec<Text> = Vec::new();
        let mut last = &definition;
        while let Some(extends) = extends(&last.text) {
            let next = join(folder(&last.file), &extends).ok_or_else(|| Unreadable {
                file: extends.clone(),
                message: "it is outside of the repository".to_owned(),
                help: format!("name a file of this repository in `extends` of `{}`", last.file),
            })?;
            if bases.len() == MOST_BASES || next == definition.file || bases.iter().any(|base| base.file == next) {
                return Err(Unreadable {
                    message: "definitions extend each other in a cycle".to_owned(),
                    help: format!("remove `extends` from `{}`", last.file),
                    file: next,
                });
            }
            let help = format!("name a file that exists in `extends` of `{}`", last.file);
            bases.push(text(root, &next, &help)?);
            last = bases.last().unwrap_or(&definition);
        }
        let lock = lock(root, folder(&file));
        let templates = templates(root, folder(&file))?;
        Ok(Self { definition, bases, lock, templates, tree: Box::new(Disk::new(root.to_owned())) })
    }

    /// The definition's folder from the root of the repository; empty at the root.
    pub fn folder(&self) -> &str {
        folder(&self.definition.file)
    }

    /// Paths of the files that were read.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let texts =
            std::iter::once(&self.definition).chain(&self.bases).chain(&self.lock).chain(self.templates.values());
        texts.map(|text| text.file.as_str())
    }

    /// The path of its `pipeline.lock`, which is beside the definition where there is none.
    pub fn lock_file(&self) -> String {
        self.lock.as_ref().map_or_else(|| below(self.folder(), LOCK), |lock| lock.file.clone())
    }

    /// Files that findings may point into.
    pub fn locator(&self) -> Locator<'_> {
        let definitions: Vec<Source<'_>> =
            std::iter::once(&self.definition).chain(&self.bases).map(Text::source).collect();
        let others: Vec<Source<'_>> = self.lock.iter().chain(self.templates.values()).map(Text::source).collect();
        Locator::new(&definitions, &others)
    }
}

/// The folder of a file; empty at the root.
pub fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` from `folder`, both from the root, without `.` and `..`; none for one that leaves the root or is absolute.
pub fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A text with `\n` at the end of its lines: Git may check files out with the line ends of Windows.
pub(crate) fn line_ends(text: String) -> String {
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text }
}

/// Returns a path from the root of the repository. `..` at the root stays there, as in a file system: a check reports a
/// path that leads out of the repository.
pub(crate) fn inside(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the path of a file in a folder; that of the root is empty.
pub(crate) fn below(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// Returns the first of these files in a folder, else in the closest folder above it.
pub(crate) fn closest(tree: &dyn Tree, folder: &str, names: &[&str]) -> Option<String> {
    let mut here = folder;
    loop {
        if let Some(file) = names.iter().map(|name| below(here, name)).find(|file| tree.exists(file)) {
            return Some(file);
        }
        if here.is_empty() {
            return None;
        }
        here = self::folder(here);
    }
}

fn text(root: &Path, file: &str, help: &str) -> Result<Text, Unreadable> {
    let failed = |message: String| Unreadable { file: file.to_owned(), message, help: help.to_owned() };
    let unreadable =
        |message: String| Unreadable { help: "name a file that can be read".to_owned(), ..failed(message) };
    let path = root.join(file);
    // A device or a pipe might never end.
    if fs::metadata(&path).is_ok_and(|about| !about.is_file()) {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => failed("there is no such file".to_owned()),
        _ => unreadable(error.to_string()),
    })?;
    decoded(file, bytes)
}

/// The text of a file from its bytes.
fn decoded(file: &str, bytes: Vec<u8>) -> Result<Text, Unreadable> {
    let failed = |message: String, help: &str| Unreadable { file: file.to_owned(), message, help: help.to_owned() };
    if bytes.len() as u64 > LARGEST {
        let help = "split it: `extends` names a file whose tables are taken over";
        return Err(failed("it is larger than 1 MB".to_owned(), help));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|byte| **byte == b'\n').count();
        failed(format!("line {} is not UTF-8", line + 1), "save it as UTF-8")
    })?;
    Ok(Text { file: file.to_owned(), text: line_ends(text) })
}

/// Returns the base that a definition extends; parsed only if it contains the word.
fn extends(text: &str) -> Option<String> {
    if !text.contains("extends") {
        return None;
    }
    let (table, _) = toml::de::DeTable::parse_recoverable(text);
    table.get_ref().get("extends").and_then(|value| value.get_ref().as_str()).map(str::to_owned)
}

/// The name of a lock.
const LOCK: &str = "pipeline.lock";

fn lock(root: &Path, folder: &str) -> Option<Text> {
    let mut folder = Some(folder);
    while let Some(at) = folder {
        let file = join(at, LOCK)?;
        if let Ok(found) = text(root, &file, "") {
            return Some(found);
        }
        folder = at.rsplit_once('/').map(|(above, _)| above).or((!at.is_empty()).then_some(""));
    }
    None
}

/// The user's own templates: those files of `templates/` beside the definition that have the name of a built-in one.
fn templates(root: &Path, folder: &str) -> Result<BTreeMap<String, Text>, Unreadable> {
    let mut found = BTreeMap::new();
    let own = join(folder, "templates").unwrap_or_default();
    let Ok(entries) = fs::read_dir(root.join(&own)) else { return Ok(found) };
    for entry in entries.filter_map(Result::ok) {
        let file_name = entry.file_name();
        let Some(built_in) = file_name.to_str().and_then(crate::templates::by_file_name) else { continue };
        let file = format!("{own}/{}", file_name.to_string_lossy());
        found.insert(built_in.to_owned(), text(root, &file, "make it readable, or remove it")?);
    }
    Ok(found)
}

/// A repository on disk; several rules look into the same file or folder, which is read once.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    read: Known<Option<String>>,
    listed: Known<Vec<String>>,
}

/// Answers by path.
type Known<T> = Mutex<BTreeMap<String, T>>;

/// Returns the answer for a path, which is found once.
fn known<T: Clone>(known: &Known<T>, path: &str, find: impl FnOnce() -> T) -> T {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = known.get(path) {
        return answer.clone();
    }
    let answer = find();
    known.insert(path.to_owned(), answer.clone());
    answer
}

impl Disk {
    /// The repository at `root`.
    pub fn new(root: PathBuf) -> Self {
        Self { root, read: Mutex::default(), listed: Mutex::default() }
    }

    fn text(&self, path: &str) -> Option<String> {
        let path = self.inside(path)?;
        let about = fs::metadata(&path).ok()?;
        (about.is_file() && about.len() <= LARGEST).then(|| fs::read_to_string(path).ok()).flatten()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = self.inside(folder).and_then(|path| fs::read_dir(path).ok());
        let mut names: Vec<String> = entries
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let is_folder = entry.file_type().ok()?.is_dir();
                Some(if is_folder { format!("{name}/") } else { name })
            })
            .collect();
        names.sort();
        names
    }

    /// Returns whether the folder of a path was listed, and does not have it.
    fn is_unlisted(&self, path: &str) -> bool {
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_name = !matches!(name, "" | "." | "..");
        is_name
            && listed
                .get(folder)
                .is_some_and(|names| !names.iter().any(|listed| listed.strip_suffix('/').unwrap_or(listed) == name))
    }

    fn inside(&self, path: &str) -> Option<PathBuf> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        plain.then(|| self.root.join(path))
    }
}

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 20;

impl Tree for Disk {
    fn read(&self, path: &str) -> Option<String> {
        known(&self.read, path, || self.text(path))
    }

    fn exists(&self, path: &str) -> bool {
        // A folder that was listed answers without the disk what it does not have.
        !self.is_unlisted(path) && self.inside(path).is_some_and(|path| path.exists())
    }

    fn list(&self, folder: &str) -> Vec<String> {
        known(&self.listed, folder, || self.names(folder))
    }
}

/// A repository in memory: what tests and editors compile.
#[derive(Debug, Default, Clone)]
pub struct Memory(pub BTreeMap<String, String>);

impl Tree for Memory {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }

    fn exists(&self, path: &str) -> bool {
        let inside = format!("{}/", path.trim_end_matches('/'));
        path.is_empty() || path == "." || self.0.keys().any(|file| file == path || file.starts_with(&inside))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let front = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut names: Vec<String> = self
            .0
            .keys()
            .filter_map(|file| file.strip_prefix(&front))
            .map(|rest| rest.split_once('/').map_or(rest.to_owned(), |(name, _)| format!("{name}/")))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
