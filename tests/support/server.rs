//! Repositories of actions on disk, with releases of any age.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The metadata of `actions/checkout`, as far as generated steps use it.
pub(crate) const ACTION: &str = "\
name: Checkout
inputs:
  fetch-depth: {}
  persist-credentials: {}
  token: {}
outputs:
  commit: {}
runs:
  using: node24
  main: index.js
";

/// The time of every call in a test, in seconds since 1970: no test depends on the day or the hour at which it runs.
pub(crate) const NOW: u64 = 1_795_305_600;

pub(crate) struct Server {
    folder: PathBuf,
    /// Removes the folder at the end.
    _own: Option<TempDir>,
}

impl Server {
    pub(crate) fn new() -> Self {
        let own = tempfile::tempdir().expect("a temporary folder");
        Self { folder: own.path().to_owned(), _own: Some(own) }
    }

    /// Repositories in a folder that its owner removes.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _own: None }
    }

    pub(crate) fn address(&self) -> String {
        format!("file://{}", self.folder.display())
    }

    fn path(&self, repository: &str) -> PathBuf {
        self.folder.join(repository)
    }

    fn git(&self, repository: &str, arguments: &[&str], date: &str) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.path(repository)).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            git.env(format!("GIT_{who}_DATE"), date);
        }
        let output = git.args(arguments).output().expect("git starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Releases a version: its annotated tag, moved where it exists, and its commit, both of this age in days at [`NOW`].
    pub(crate) fn release(&self, repository: &str, tag: &str, days: u64, action: &str) -> String {
        let date = format!("{} +0000", NOW - days * 86_400);
        let folder = self.path(repository);
        if !folder.exists() {
            fs::create_dir_all(&folder).expect("the folder is writable");
            self.git(repository, &["init", "--quiet", "--initial-branch=main"], &date);
        }
        fs::write(folder.join("action.yml"), action).expect("the file is writable");
        fs::write(folder.join("release"), format!("{tag} {days}")).expect("the file is writable");
        self.git(repository, &["add", "--all"], &date);
        self.git(repository, &["commit", "--quiet", "--message", tag], &date);
        self.git(repository, &["tag", "--force", "--annotate", "--message", tag, tag], &date);
        self.commit(repository, tag)
    }

    pub(crate) fn commit(&self, repository: &str, tag: &str) -> String {
        self.git(repository, &["rev-parse", &format!("{tag}^{{commit}}")], "0 +0000")
    }
}
