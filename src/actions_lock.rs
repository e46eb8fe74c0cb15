//! GitHub's lockfile of actions, compared with the actions that workflows use.
//!
//! Format: <https://github.com/github/actions-lockfile/blob/main/schema/lockfile-v0.0.3.json>. A key is `owner/repository`
//! in lower case with the ref of `uses`, also for an action in a folder:
//! <https://github.com/github/actions-lockfile/blob/main/go/pkg/lockfile/pin.go>. Numbers of owners and repositories, and
//! the actions that a composite action uses, are known to GitHub alone: what the lockfile has of them is kept, and an entry
//! without them is named.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde_yaml::Value;

use crate::pins::{Uses, repository, uses};

/// The lockfile, from the root of the repository.
pub const ACTIONS_LOCK: &str = ".github/workflows/actions.lock";

/// Versions of the format that are read.
const VERSIONS: [&str; 3] = ["v0.0.1", "v0.0.2", "v0.0.3"];

/// A difference between the lockfile and the workflows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// The lockfile is not one of a known format.
    Unknown {
        /// The reason.
        message: String,
    },
    /// An action of a workflow is not in the workflow's list.
    Unlisted {
        /// The path of the workflow.
        workflow: String,
        /// The key of the action.
        key: String,
    },
    /// A listed action, or one that another action uses, has no entry.
    Missing {
        /// The key of the action.
        key: String,
        /// The version in the comment of `uses`; empty if it is not known.
        version: String,
        /// Numbers of the owner and of the repository, from another entry of the repository.
        ids: Option<(u64, u64)>,
    },
    /// An entry has another commit than its key.
    Moved {
        /// The key of the action.
        key: String,
        /// The commit of the entry.
        commit: String,
    },
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { message } => f.write_str(message),
            Self::Unlisted { workflow, key } => write!(f, "`{key}` of `{workflow}` is not in `workflows`"),
            Self::Missing { key, .. } => write!(f, "`{key}` is not in `dependencies`"),
            Self::Moved { key, commit } => write!(f, "`{key}` has the commit `{commit}`"),
        }
    }
}

impl Gap {
    /// The lines to add to the lockfile, as far as they are known.
    pub fn lines(&self) -> Option<String> {
        match self {
            Self::Unlisted { workflow, key } => Some(format!("workflows:\n    '{workflow}':\n        - '{key}'\n")),
            Self::Missing { key, version, ids } => {
                let (repository, commit) = key.split_once('@')?;
                let of = |id: fn((u64, u64)) -> u64, field: &str| match ids {
                    Some(ids) => id(*ids).to_string(),
                    None => format!("<gh api repos/{repository} --jq {field}>"),
                };
                let version = if version.is_empty() { "<tag or branch with the commit>" } else { version };
                Some(format!(
                    "dependencies:\n    '{key}':\n        ref: '{version}'\n        commit: 'sha1-{commit}'\n        \
                     owner_id: {}\n        repo_id: {}\n",
                    of(|ids| ids.0, ".owner.id"),
                    of(|ids| ids.1, ".id")
                ))
            }
            Self::Unknown { .. } | Self::Moved { .. } => None,
        }
    }
}

/// The differences between a lockfile and workflows by their paths, sorted.
pub fn gaps(lock: &str, workflows: &[(String, String)]) -> Vec<Gap> {
    let unknown = |message: String| vec![Gap::Unknown { message }];
    let Ok(document) = serde_yaml::from_str::<Value>(lock) else { return unknown("it is not YAML".to_owned()) };
    let version = document.get("version").and_then(Value::as_str).unwrap_or_default();
    if !VERSIONS.contains(&version) {
        let known = VERSIONS.join(", ");
        return unknown(format!("its `version` is `{}`, and the known ones are {known}", version.escape_debug()));
    }
    let mut found = BTreeSet::new();
    for (path, text) in workflows {
        let listed = keys(document.get("workflows").and_then(|all| all.get(path.as_str())));
        for used in text.lines().filter_map(uses) {
            let Some(repository) = repository(used.name) else { continue };
            let key = format!("{}@{}", repository.to_ascii_lowercase(), used.commit);
            let mut closure = BTreeSet::new();
            entries(&document, &key, used.version, &mut closure, &mut found);
            // A list has the actions of actions, too.
            for key in closure.into_iter().filter(|key| !listed.contains(&key.as_str())) {
                found.insert(Gap::Unlisted { workflow: path.clone(), key });
            }
        }
    }
    found.into_iter().collect()
}

/// Follows an entry to those that its action uses.
fn entries(document: &Value, key: &str, version: &str, seen: &mut BTreeSet<String>, found: &mut BTreeSet<Gap>) {
    if !seen.insert(key.to_owned()) {
        return;
    }
    let Some(entry) = document.get("dependencies").and_then(|all| all.get(key)) else {
        let ids = ids(document, key);
        found.insert(Gap::Missing { key: key.to_owned(), version: version.to_owned(), ids });
        return;
    };
    let commit = entry.get("commit").and_then(Value::as_str).unwrap_or_default();
    let (_, reference) = key.split_once('@').unwrap_or_default();
    let is_commit = reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit && commit != format!("sha1-{reference}") {
        found.insert(Gap::Moved { key: key.to_owned(), commit: commit.escape_debug().to_string() });
    }
    for used in keys(entry.get("uses")) {
        entries(document, used, "", seen, found);
    }
}

/// Returns the lockfile with the actions of these workflows, as far as it has what only GitHub knows of them. Entries that
/// no workflow lists any more are removed. None for a lockfile that is right, or has an unknown format.
pub fn completed(lock: &str, workflows: &[(String, String)]) -> Option<String> {
    let mut document = serde_yaml::from_str::<Document>(lock).ok()?;
    if !VERSIONS.contains(&document.version.as_str()) {
        return None;
    }
    let before = document.clone();
    for (path, text) in workflows {
        let used: Vec<Uses<'_>> = text.lines().filter_map(uses).collect();
        for one in &used {
            document.add(one);
        }
        let mut listed = BTreeSet::new();
        used.iter().filter_map(key).for_each(|key| document.follow(&key, &mut listed));
        // A listed workflow without all of its entries would not start, so another one is not listed before it has them.
        let is_complete = listed.iter().all(|key| document.dependencies.contains_key(key));
        if is_complete || document.workflows.contains_key(path) {
            document.workflows.insert(path.clone(), listed.into_iter().collect());
        }
    }
    let listed: BTreeSet<&String> = document.workflows.values().flatten().collect();
    document.dependencies.retain(|key, _| listed.contains(key));
    (document != before).then(|| document.text(lock))
}

/// The key of an action.
fn key(used: &Uses<'_>) -> Option<String> {
    Some(format!("{}@{}", repository(used.name)?.to_ascii_lowercase(), used.commit))
}

/// A lockfile.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: String,
    #[serde(default)]
    workflows: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    dependencies: BTreeMap<String, Entry>,
}

/// An action of a lockfile.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    hostname: Option<String>,
    #[serde(rename = "ref")]
    reference: String,
    commit: String,
    owner_id: u64,
    repo_id: u64,
    #[serde(default)]
    uses: Vec<String>,
}

impl Document {
    /// Adds an action by the numbers of another entry of its repository, unless that one uses actions: those of another
    /// commit are unknown.
    fn add(&mut self, used: &Uses<'_>) {
        let Some(key) = key(used).filter(|key| !self.dependencies.contains_key(key)) else { return };
        let repository = key.split('@').next();
        let others = self.dependencies.iter().filter(|(other, _)| other.split('@').next() == repository);
        let others: Vec<&Entry> = others.map(|(_, entry)| entry).collect();
        if let Some(other) = others.first().filter(|_| others.iter().all(|other| other.uses.is_empty())) {
            let commit = format!("sha1-{}", used.commit);
            let entry = Entry { reference: used.version.to_owned(), commit, ..(*other).clone() };
            self.dependencies.insert(key, entry);
        }
    }

    /// Follows an action to those that it uses.
    fn follow(&self, key: &str, found: &mut BTreeSet<String>) {
        let mut open = vec![key.to_owned()];
        while let Some(key) = open.pop() {
            if found.insert(key.clone()) {
                open.extend(self.dependencies.get(&key).into_iter().flat_map(|entry| entry.uses.clone()));
            }
        }
    }

    /// The text as GitHub's tool writes it, under the comments that it begins with.
    fn text(&self, before: &str) -> String {
        let mut text: String = before.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
        let quoted = |value: &str| format!("'{}'", value.replace('\'', "''"));
        let list = |keys: &[String], indent: &str| {
            let lines: Vec<String> = keys.iter().map(|key| format!("{indent}- {}\n", quoted(key))).collect();
            lines.concat()
        };
        text.push_str(&format!("version: {}\n", quoted(&self.version)));
        if !self.workflows.is_empty() {
            text.push_str("workflows:\n");
        }
        for (path, keys) in &self.workflows {
            let empty = if keys.is_empty() { " []" } else { "" };
            text.push_str(&format!("    {}:{empty}\n{}", quoted(path), list(keys, "        ")));
        }
        if !self.dependencies.is_empty() {
            text.push_str("dependencies:\n");
        }
        for (key, Entry { hostname, reference, commit, owner_id, repo_id, uses }) in &self.dependencies {
            text.push_str(&format!("    {}:\n", quoted(key)));
            let host = hostname.as_ref().map(|host| ("hostname", quoted(host)));
            let known = [("ref", quoted(reference)), ("commit", quoted(commit))];
            let numbers = [("owner_id", owner_id.to_string()), ("repo_id", repo_id.to_string())];
            for (name, value) in host.into_iter().chain(known).chain(numbers) {
                text.push_str(&format!("        {name}: {value}\n"));
            }
            if !uses.is_empty() {
                text.push_str(&format!("        uses:\n{}", list(uses, "            ")));
            }
        }
        text
    }
}

/// The numbers of an owner and a repository, from an entry of the same repository.
fn ids(document: &Value, key: &str) -> Option<(u64, u64)> {
    let (repository, _) = key.split_once('@')?;
    let mut all = document.get("dependencies")?.as_mapping()?.iter();
    all.find_map(|(other, entry)| {
        let is_same = other.as_str()?.split_once('@')?.0 == repository;
        let number = |name: &str| entry.get(name).and_then(Value::as_u64);
        is_same.then(|| number("owner_id").zip(number("repo_id")))?
    })
}

fn keys(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_sequence).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "0123456789012345678901234567890123456789";
    const B: &str = "9876543210987654321098765432109876543210";

    fn found(lock: &str) -> Vec<String> {
        let text = format!("jobs:\n  a:\n    steps:\n      - uses: Actions/cache/save@{A} # v4.1.0\n");
        gaps(lock, &[(".github/workflows/ci.yml".to_owned(), text)]).iter().map(Gap::to_string).collect()
    }

    fn lock(commit: &str, more: &str) -> String {
        format!(
            "version: 'v0.0.3'\nworkflows:\n    '.github/workflows/ci.yml':\n        - 'actions/cache@{A}'\n\
             dependencies:\n    'actions/cache@{A}':\n        ref: 'v4.1.0'\n        commit: 'sha1-{commit}'\n        \
             owner_id: 1\n        repo_id: 2\n{more}"
        )
    }

    #[test]
    fn a_complete_lockfile_has_no_gap() {
        assert_eq!(found(&lock(A, "")), Vec::<String>::new());
    }

    #[test]
    fn an_action_is_listed_and_has_its_commit_and_all_that_it_uses() {
        assert_eq!(found(&lock(B, "")), [format!("`actions/cache@{A}` has the commit `sha1-{B}`")]);
        let composite = format!("        uses:\n            - 'a/b@{B}'\n            - 'actions/cache@{A}'\n");
        let nested = [
            format!("`a/b@{B}` of `.github/workflows/ci.yml` is not in `workflows`"),
            format!("`a/b@{B}` is not in `dependencies`"),
        ];
        assert_eq!(found(&lock(A, &composite)), nested);
        let empty = [
            format!("`actions/cache@{A}` of `.github/workflows/ci.yml` is not in `workflows`"),
            format!("`actions/cache@{A}` is not in `dependencies`"),
        ];
        assert_eq!(found("version: 'v0.0.3'\n"), empty);
    }

    #[test]
    fn another_format_is_no_guess() {
        let known = "and the known ones are v0.0.1, v0.0.2, v0.0.3";
        assert_eq!(found("version: 'v9'\n"), [format!("its `version` is `v9`, {known}")]);
        assert_eq!(found("[1"), ["it is not YAML".to_owned()]);
        assert_eq!(found("- 1\n"), [format!("its `version` is ``, {known}")]);
    }

    #[test]
    fn numbers_come_from_another_entry_of_the_repository() {
        let text = format!("      - uses: actions/cache@{B} # v5.0.0\n");
        let found = gaps(&lock(A, ""), &[("x.yml".to_owned(), text)]);
        let lines: Vec<String> = found.iter().filter_map(Gap::lines).collect();
        assert!(
            lines[1].ends_with(&format!("commit: 'sha1-{B}'\n        owner_id: 1\n        repo_id: 2\n")),
            "{lines:?}"
        );
    }

    fn workflow(path: &str, commit: &str) -> (String, String) {
        (format!(".github/workflows/{path}"), format!("      - uses: Actions/cache/save@{commit} # v5.0.0\n"))
    }

    #[test]
    fn another_commit_and_another_workflow_are_added_and_what_is_unused_is_removed() {
        let header = "# by a tool\n".to_owned() + &lock(A, "");
        assert_eq!(completed(&header, &[workflow("ci.yml", A)]), None, "it is right");
        let after = completed(&header, &[workflow("ci.yml", B), workflow("more.yml", B)]).expect("it changes");
        let expected = header.replace(A, B).replace("v4.1.0", "v5.0.0");
        let more = format!("    '.github/workflows/more.yml':\n        - 'actions/cache@{B}'\ndependencies:\n");
        assert_eq!(after, expected.replace("dependencies:\n", &more));
        assert_eq!(gaps(&after, &[workflow("ci.yml", B), workflow("more.yml", B)]), []);
    }

    #[test]
    fn what_only_github_knows_is_never_invented() {
        // No entry has the numbers of the repository, so the workflow is not listed.
        assert_eq!(completed("version: 'v0.0.3'\n", &[workflow("ci.yml", A)]), None);
        // The actions that another commit of a composite action uses are unknown: the listed workflow names the gap.
        let composite = format!(
            "        uses:\n            - 'a/b@{B}'\n    'a/b@{B}':\n        ref: 'v1'\n        \
                                 commit: 'sha1-{B}'\n        owner_id: 3\n        repo_id: 4\n"
        );
        let (before, new) = (lock(A, &composite), [workflow("ci.yml", B)]);
        let after = completed(&before, &new).expect("the list changes");
        let missing = format!("`actions/cache@{B}` is not in `dependencies`");
        assert_eq!(gaps(&after, &new).iter().map(Gap::to_string).collect::<Vec<_>>(), [missing]);
        // The list of a workflow has the actions of its actions.
        let after = completed(&before, &[workflow("ci.yml", A)]).expect("the list changes");
        assert!(after.contains(&format!("ci.yml':\n        - 'a/b@{B}'\n        - 'actions/cache@{A}'\n")), "{after}");
        assert_eq!(completed("version: 'v9'\n", &new), None);
    }
}
