//! `pipeline.lock`: the pins of actions, images and tools.
//!
//! A tag can be moved to other code; a commit and a digest cannot. The lock is
//! the only place where they are kept, so that bringing one up to date is one
//! changed line.

pub mod builtin;
mod grammar;
mod read;
mod spec;

use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use read::LockError;
pub use spec::{AddError, Added, Change};

/// The version of the format. A reader refuses what it does not know.
const FORMAT: i64 = 1;

const HEADER: &str = "# Written by pipewright; change it with `pipewright pins add`.\n";

/// The pins of one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// By the repository's name in lower case: GitHub ignores case.
    actions: BTreeMap<String, ActionEntry>,
    /// Digests, by the reference in `pipeline.toml`.
    images: BTreeMap<String, String>,
    tools: BTreeMap<String, Tool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ActionEntry {
    /// The name as its owner spells it.
    name: String,
    pin: Pin,
}

/// The commit of a version of an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The version: the comment beside the commit.
    pub version: String,
    /// The full commit, forty digits in lower case.
    pub sha: String,
}

/// The exact version of a tool that a job installs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tool {
    /// The version, spelled as for its installer.
    pub version: String,
    /// Hashes of what is downloaded, in hexadecimal, by platform.
    hashes: BTreeMap<String, String>,
}

impl Tool {
    /// The SHA-256 of the download for a platform such as `linux-amd64`, as
    /// 64 digits.
    ///
    /// `None` if the installer of the tool knows the hash, as
    /// taiki-e/install-action does.
    #[must_use]
    pub fn sha256(&self, platform: &str) -> Option<&str> {
        self.hashes.get(platform).map(String::as_str)
    }

    /// The platforms and their hashes, sorted.
    pub fn hashes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.hashes.iter().map(|(platform, hash)| (platform.as_str(), hash.as_str()))
    }
}

impl Lock {
    /// Reads the text of `pipeline.lock`.
    ///
    /// # Errors
    ///
    /// The first place that is not as [`Lock::to_text`] would write it: broken
    /// TOML, an unknown key, a name or a hash that cannot be one.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        read::read(text)
    }

    /// The text of `pipeline.lock`: sorted, one line a pin, the same bytes for
    /// the same pins.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Names, versions and hashes were checked on their way in: none holds
        // a character that TOML would escape.
        let mut text = format!("{HEADER}version = {FORMAT}\n");
        let actions = self.actions().map(|(name, Pin { version, sha })| {
            format!("\"{name}\" = {{ version = \"{version}\", sha = \"{sha}\" }}\n")
        });
        let images =
            self.images().map(|(reference, digest)| format!("\"{reference}\" = {{ digest = \"{digest}\" }}\n"));
        let tools = self.tools().map(|(name, tool)| tool_line(name, tool));
        table(&mut text, "actions", actions);
        table(&mut text, "images", images);
        table(&mut text, "tools", tools);
        text
    }

    /// The pin of an action, named `owner/repository` or
    /// `owner/repository/folder`: a folder is covered by its repository.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Pin> {
        let repository = grammar::repository(name)?;
        self.actions.get(&repository.to_ascii_lowercase()).map(|entry| &entry.pin)
    }

    /// The digest of an image, `sha256:` and 64 digits. The reference has to
    /// be spelled as it was when the pin was added.
    #[must_use]
    pub fn image(&self, reference: &str) -> Option<&str> {
        self.images.get(reference).map(String::as_str)
    }

    /// The pin of a tool.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.get(name)
    }

    /// The pinned repositories of actions, sorted without regard to case.
    pub fn actions(&self) -> impl Iterator<Item = (&str, &Pin)> {
        self.actions.values().map(|entry| (entry.name.as_str(), &entry.pin))
    }

    /// The pinned images and their digests, sorted.
    pub fn images(&self) -> impl Iterator<Item = (&str, &str)> {
        self.images.iter().map(|(reference, digest)| (reference.as_str(), digest.as_str()))
    }

    /// The pinned tools, sorted.
    pub fn tools(&self) -> impl Iterator<Item = (&str, &Tool)> {
        self.tools.iter().map(|(name, tool)| (name.as_str(), tool))
    }

    /// Records the pin that a line of the command names:
    ///
    /// - `owner/action[/folder]@<commit> # vX.Y.Z`, also without the spaces,
    /// - `image:tag@sha256:<digest>`,
    /// - `tool@version [platform=sha256:<hash> …]`.
    ///
    /// # Errors
    ///
    /// What is wrong with the line, and what to type. The lock is then as it
    /// was.
    pub fn add(&mut self, spec: &str) -> Result<Added, AddError> {
        spec::add(self, spec)
    }

    /// Puts in a pin whose parts were checked, and returns the one it replaces.
    fn insert_action(&mut self, name: &str, pin: Pin) -> Option<Pin> {
        let entry = ActionEntry { name: name.to_owned(), pin };
        self.actions.insert(name.to_ascii_lowercase(), entry).map(|entry| entry.pin)
    }
}

fn table(text: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let lines: String = lines.collect();
    if !lines.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n[{name}]\n{lines}");
    }
}

fn tool_line(name: &str, tool: &Tool) -> String {
    let mut line = format!("\"{name}\" = {{ version = \"{}\"", tool.version);
    for (platform, hash) in tool.hashes() {
        let _ = write!(line, ", {platform} = \"sha256:{hash}\"");
    }
    line.push_str(" }\n");
    line
}

#[cfg(test)]
mod tests;
