//! State of a git repository, read from its own files: the default branch and where it is pushed to.

use std::fs;
use std::path::{Path, PathBuf};

use super::ini::Ini;
use super::project::Repository;
use crate::sources::{Disk, Tree};

/// State of a git repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Git {
    /// The default branch.
    pub branch: Option<String>,
    /// The repository on GitHub that it is pushed to.
    pub repository: Option<Repository>,
    /// `true` if `.git/hooks` is where hooks are looked for.
    pub own_hooks: bool,
}

impl Git {
    /// Reads the repository at `root`, where there is one; also a worktree, whose `.git` is a file.
    pub fn find(root: &Path) -> Self {
        let folder = root.join(".git");
        if folder.is_dir() {
            return Self::read(&Disk::new(folder));
        }
        let Some(worktree) = pointed_to(root, &folder) else { return Self::default() };
        let common = fs::read_to_string(worktree.join("commondir"))
            .map_or_else(|_| worktree.clone(), |path| worktree.join(path.trim()));
        let head = fs::read_to_string(worktree.join("HEAD")).ok();
        let read = Self::read(&Disk::new(common));
        Self { branch: read.branch.or_else(|| head.as_deref().and_then(branch_of_head)), own_hooks: false, ..read }
    }

    /// Reads the files of a git folder: `HEAD`, `config`, `refs` and `packed-refs`.
    pub fn read(files: &dyn Tree) -> Self {
        let config = Ini::read(&files.read("config").unwrap_or_default());
        Self {
            branch: default_branch(files),
            repository: repository(&config),
            own_hooks: files.exists("HEAD") && config.get("core", "hookspath").is_none(),
        }
    }
}

/// The folder that a `.git` file points to.
fn pointed_to(root: &Path, file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    let path = text.strip_prefix("gitdir:")?.trim();
    Some(root.join(path))
}

/// Returns what the remote calls its default branch; else a usual one that exists; else the branch that is checked
/// out.
fn default_branch(files: &dyn Tree) -> Option<String> {
    let remote = files.read("refs/remotes/origin/HEAD");
    let remote = remote.as_deref().and_then(|text| text.trim().strip_prefix("ref: refs/remotes/origin/"));
    if let Some(branch) = remote.filter(|branch| is_branch(branch)) {
        return Some(branch.to_owned());
    }
    let packed = files.read("packed-refs").unwrap_or_default();
    let exists = |branch: &str| {
        ["refs/heads", "refs/remotes/origin"].iter().any(|folder| {
            let name = format!("{folder}/{branch}");
            files.exists(&name) || packed.lines().any(|line| line.ends_with(&format!(" {name}")))
        })
    };
    let usual = ["main", "master", "trunk"].into_iter().find(|branch| exists(branch)).map(str::to_owned);
    usual.or_else(|| files.read("HEAD").as_deref().and_then(branch_of_head))
}

fn branch_of_head(head: &str) -> Option<String> {
    head.trim().strip_prefix("ref: refs/heads/").filter(|branch| is_branch(branch)).map(str::to_owned)
}

/// Returns what can be a filter of a workflow without being a glob, and a branch.
fn is_branch(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-/".contains(c)) && !name.starts_with('-')
}

/// The repository on GitHub behind `origin`, else `upstream`, else the first remote.
fn repository(config: &Ini) -> Option<Repository> {
    let usual = ["remote \"origin\"", "remote \"upstream\""];
    let others = config.sections().filter(|section| section.starts_with("remote \""));
    usual.into_iter().chain(others).find_map(|section| config.get(section, "url")).and_then(on_github)
}

/// Owner and name in the address of a repository on GitHub; who logs in is not kept.
fn on_github(url: &str) -> Option<Repository> {
    let rest = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => url.split_once(':')?,
    };
    let (host, path) = rest;
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host);
    // `github.com-work` is how people with several accounts name the host in their SSH configuration.
    if host != "github.com" && host != "ssh.github.com" && !host.starts_with("github.com-") {
        return None;
    }
    let path = path.trim_matches('/');
    let (owner, name) = path.strip_suffix(".git").unwrap_or(path).split_once('/')?;
    let sound = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
            && !part.starts_with('.')
    };
    (sound(owner) && sound(name)).then(|| Repository { owner: owner.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    fn git(files: &[(&str, &str)]) -> Git {
        Git::read(&Memory(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()))
    }

    #[test]
    fn reads_addresses_of_github() {
        let read = |url| on_github(url).map(|found| format!("{}/{}", found.owner, found.name));
        let expected = Some("acme/Shop.api".to_owned());
        for url in [
            "git@github.com:acme/Shop.api.git",
            "https://github.com/acme/Shop.api",
            "https://user:token@github.com/acme/Shop.api.git",
            "ssh://git@ssh.github.com:443/acme/Shop.api.git",
            "git@github.com-work:acme/Shop.api.git",
        ] {
            assert_eq!(read(url), expected, "{url}");
        }
        for url in ["git@gitlab.com:a/b.git", "https://notgithub.com/a/b", "../b", "https://github.com/a", "x"] {
            assert_eq!(read(url), None, "{url}");
        }
    }

    #[test]
    fn the_remote_says_which_branch_is_the_default() {
        let head = ("HEAD", "ref: refs/heads/feature\n");
        assert_eq!(git(&[head]).branch.as_deref(), Some("feature"));
        assert_eq!(git(&[head, ("packed-refs", "# x\n1234 refs/heads/master\n")]).branch.as_deref(), Some("master"));
        let remote = ("refs/remotes/origin/HEAD", "ref: refs/remotes/origin/release/next\n");
        assert_eq!(git(&[head, remote, ("refs/heads/main", "1234")]).branch.as_deref(), Some("release/next"));
        assert_eq!(git(&[("HEAD", "0123abc\n")]).branch, None);
    }

    #[test]
    fn hooks_that_live_elsewhere_are_not_ours_to_write() {
        assert!(git(&[("HEAD", "x")]).own_hooks);
        assert!(!git(&[("HEAD", "x"), ("config", "[core]\n\thooksPath = .husky\n")]).own_hooks);
        assert!(!git(&[]).own_hooks);
    }
}
