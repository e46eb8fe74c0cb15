//! Repositories of actions, by `git`.

use std::collections::BTreeMap;
use std::process::Command;

use super::process::{Unreachable, output};

/// A server of repositories.
#[derive(Debug)]
pub(super) struct Git {
    server: String,
}

/// A tag of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Its name.
    pub name: String,
    /// Its commit, forty digits.
    pub commit: String,
}

/// A commit of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    /// The later one of the dates of tag and commit, in seconds since 1970.
    pub date: i64,
    /// The text of `action.yml` by the folder of the action; the root is empty.
    pub actions: BTreeMap<String, String>,
}

impl Git {
    /// A server by its address, such as `https://github.com`.
    pub(super) fn new(server: &str) -> Self {
        Self { server: server.trim_end_matches('/').to_owned() }
    }

    /// The address of a repository.
    pub(super) fn address(&self, repository: &str) -> String {
        format!("{}/{repository}", self.server)
    }

    /// The tags of a repository.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] for a repository that git cannot list.
    pub(super) fn tags(&self, repository: &str) -> Result<Vec<Tag>, Unreachable> {
        let address = self.address(repository);
        let listed = output(git().args(["ls-remote", "--tags", "--", &address]), "", &address)?;
        Ok(tags(&String::from_utf8_lossy(&listed)))
    }

    /// Reads a tag's commit: its date, and the actions in these folders.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] for a tag that git cannot fetch, or one that names another commit by now.
    pub(super) fn commit(&self, repository: &str, tag: &Tag, folders: &[&str]) -> Result<Commit, Unreachable> {
        let address = self.address(repository);
        let failed = |message: String| Unreachable { address: address.clone(), message };
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let run = |arguments: &[&str]| output(git().arg("-C").arg(folder.path()).args(arguments), "", &address);
        let text = |arguments: &[&str]| run(arguments).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        run(&["init", "--quiet", "--bare"])?;
        run(&["remote", "add", "origin", &address])?;
        let reference = format!("refs/tags/{}:refs/tags/fetched", tag.name);
        run(&["fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", &reference])?;
        let commit = text(&["rev-parse", "refs/tags/fetched^{commit}"])?;
        if commit != tag.commit {
            return Err(failed(format!("`{}` was moved while it was read", tag.name)));
        }
        let dates = [
            text(&["for-each-ref", "--format=%(creatordate:unix)", "refs/tags/fetched"])?,
            text(&["log", "-1", "--format=%ct", &commit])?,
        ];
        let date = dates.iter().filter_map(|date| date.parse().ok()).max();
        let date = date.ok_or_else(|| failed(format!("`{}` has no date", tag.name)))?;
        let mut actions = BTreeMap::new();
        for name in folders {
            let front = if name.is_empty() { String::new() } else { format!("{name}/") };
            let found = ["action.yml", "action.yaml"]
                .iter()
                .find_map(|file| run(&["cat-file", "blob", &format!("{commit}:{front}{file}")]).ok());
            if let Some(bytes) = found {
                actions.insert((*name).to_owned(), String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(Commit { date, actions })
    }
}

/// Git without prompts, and without the repository of a hook that may have started this program.
fn git() -> Command {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    // A connection that stalls for half a minute is given up.
    command.env("GIT_TERMINAL_PROMPT", "0").args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30"]);
    command
}

/// Tags of `git ls-remote`. That of an annotated tag follows it with `^{}`, and is its commit.
fn tags(listed: &str) -> Vec<Tag> {
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for line in listed.lines() {
        if let Some((commit, reference)) = line.split_once('\t')
            && let Some(name) = reference.strip_prefix("refs/tags/")
        {
            match name.strip_suffix("^{}") {
                Some(name) => drop(found.insert(name, commit)),
                None => drop(found.entry(name).or_insert(commit)),
            }
        }
    }
    found.into_iter().map(|(name, commit)| Tag { name: name.to_owned(), commit: commit.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Tag, tags};

    #[test]
    fn an_annotated_tag_is_its_commit() {
        let listed = "aa\trefs/tags/v1\nbb\trefs/tags/v1^{}\ncc\trefs/tags/v2\nnoise\n";
        let tag = |name: &str, commit: &str| Tag { name: name.to_owned(), commit: commit.to_owned() };
        assert_eq!(tags(listed), [tag("v1", "bb"), tag("v2", "cc")]);
    }
}
