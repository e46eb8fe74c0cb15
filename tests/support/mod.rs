//! A repository in a temporary folder, and the program run in it as its users run it.

#![allow(dead_code, reason = "every test crate uses a part of this")]

pub(crate) mod accept;
pub(crate) mod github;
pub(crate) mod server;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use pipewright::Compilation;
use pipewright::sources::{Memory, Sources, Text};
use tempfile::TempDir;

/// Where the fixtures stand.
pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// A repository that is removed when the test ends.
pub(crate) struct Project {
    folder: TempDir,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Every file of a folder: its text, or what it is instead.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

impl Project {
    /// A repository with nothing in it.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::Builder::new().prefix("pipewright").tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(".git")).expect("the folder is writable");
        Self { folder }
    }

    /// A copy of a fixture, with the lock that the fixtures share.
    pub(crate) fn from(fixture: &str) -> Self {
        let project = Self::empty();
        let source = Path::new(FIXTURES).join(fixture);
        copy(&source, project.root());
        if source.join("pipeline.lock").exists() { project } else { project.with_lock() }
    }

    /// A repository with this definition, and the lock that the fixtures share.
    pub(crate) fn of(definition: &str) -> Self {
        Self::empty().with_lock().with("pipeline.toml", definition)
    }

    /// The same with the lock that the fixtures share.
    pub(crate) fn with_lock(self) -> Self {
        copy_file(&Path::new(FIXTURES).join("pipeline.lock"), &self.path("pipeline.lock"));
        self
    }

    /// The same with its files generated.
    pub(crate) fn generated(self) -> Self {
        let ran = self.run(["generate"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        self
    }

    /// The same with this file.
    pub(crate) fn with(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("the folder is writable");
        fs::write(path, text).expect("the file is writable");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Puts this behind the text of a file.
    pub(crate) fn append(self, path: &str, text: &str) -> Self {
        let before = self.read(path);
        self.with(path, before + text)
    }

    /// Puts one text in the place of another, which must be there.
    pub(crate) fn replace(self, path: &str, from: &str, to: &str) -> Self {
        let before = self.read(path);
        assert!(before.contains(from), "{path} holds no {from:?}");
        self.with(path, before.replace(from, to))
    }

    /// Runs the program at the root of the repository.
    pub(crate) fn run<I, S>(&self, arguments: I) -> Ran
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        Ran::from(program().current_dir(self.root()).args(arguments).output().expect("the program starts"))
    }

    /// Runs the program at the root of the repository with this text on standard input.
    pub(crate) fn run_with<const N: usize>(&self, arguments: [&str; N], input: &str) -> Ran {
        let mut command = program();
        command.current_dir(self.root()).args(arguments).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("it has an input");
        // A program that refuses its arguments reads nothing.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        Ran::from(child.wait_with_output().expect("the program ends"))
    }

    /// Runs the program with the repositories of a server in the place of GitHub's.
    pub(crate) fn run_against<const N: usize>(&self, server: &server::Server, arguments: [&str; N]) -> Ran {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut command = program();
        command.current_dir(self.root()).args(arguments).env("PATH", path).env("GITHUB_SERVER_URL", server.address());
        Ran::from(command.output().expect("the program starts"))
    }

    /// Runs git at the root of the repository, without the settings of the machine, and returns whether it succeeds.
    pub(crate) fn git(&self, arguments: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.current_dir(self.root()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        git.args(arguments).output().expect("git starts").status.success()
    }

    /// Every file below the root.
    pub(crate) fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        collect(self.root(), self.root(), &mut tree);
        tree
    }

    /// The generated files alone.
    pub(crate) fn outputs(&self) -> Tree {
        self.tree().into_iter().filter(|(path, _)| path.starts_with(".github/")).collect()
    }
}

/// The program, in an environment that holds nothing of the tests' own.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    command.env_clear().env("SOURCE_DATE_EPOCH", server::NOW.to_string());
    command
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            // A program that a signal ended has no status: that is never what a test wants.
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("what is printed is UTF-8"),
            err: String::from_utf8(output.stderr).expect("what is printed is UTF-8"),
        }
    }
}

impl Ran {
    /// Both streams and the status, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        let mut text = String::new();
        for (name, said) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !said.is_empty() {
                text = format!("{text}{name}:\n{said}");
            }
        }
        format!("{text}status: {}", self.code)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("the folder is readable");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("the entry is readable").is_dir() {
            fs::create_dir_all(&target).expect("the folder is writable");
            copy(&entry.path(), &target);
        } else {
            copy_file(&entry.path(), &target);
        }
    }
}

fn copy_file(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn collect(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        let about = fs::symlink_metadata(&path).expect("the entry is readable");
        if about.is_symlink() {
            let target = fs::read_link(&path).expect("the link is readable");
            tree.insert(name, format!("-> {}", target.display()).into_bytes());
        } else if about.is_dir() {
            tree.insert(format!("{name}/"), Vec::new());
            collect(root, &path, tree);
        } else {
            tree.insert(name, fs::read(&path).expect("the file is readable"));
        }
    }
}

/// Compiles a definition as an editor does, without a disk; these files stand in the repository.
pub(crate) fn compile(definition: &str, files: &[&str]) -> Compilation {
    let text = |file: &str, text: &str| Text { file: file.to_owned(), text: text.to_owned() };
    let sources = Sources {
        definition: text("pipeline.toml", definition),
        bases: Vec::new(),
        lock: Some(text("pipeline.lock", &pipewright::pins::builtin::lock().to_text())),
        templates: BTreeMap::new(),
        tree: Box::new(Memory(files.iter().map(|file| ((*file).to_owned(), String::new())).collect())),
    };
    let compilation = pipewright::compile(&sources);
    // What is found has a place that can be shown.
    let _ = pipewright::diagnostics::human(&compilation.diagnostics, &sources.locator());
    compilation
}

/// The definitions of a fixture, from its root.
pub(crate) fn definitions(fixture: &str) -> Vec<String> {
    let folder = Path::new(FIXTURES).join(fixture);
    if folder.join("pipeline.toml").is_file() {
        return vec!["pipeline.toml".to_owned()];
    }
    let mut found: Vec<String> = fs::read_dir(folder.join("services"))
        .expect("a fixture without a definition at its root has services")
        .map(|entry| entry.expect("the entry is readable").file_name().into_string().expect("UTF-8"))
        .map(|name| format!("services/{name}/pipeline.toml"))
        .collect();
    found.sort();
    found
}

/// The fixtures.
pub(crate) fn fixtures() -> Vec<String> {
    let mut found: Vec<String> = fs::read_dir(FIXTURES)
        .expect("the fixtures are readable")
        .map(|entry| entry.expect("the entry is readable"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect();
    found.sort();
    assert!(found.len() >= 12, "the fixtures are {found:?}");
    found
}
