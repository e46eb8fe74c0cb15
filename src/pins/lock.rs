//! The pins of one project, and their text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::grammar;
use super::version::is_later;
use crate::day::Day;

/// The version of the format. A reader refuses what it does not know.
pub(super) const FORMAT: i64 = 1;

const HEADER: &str = "# Written by pipewright; change it with `pipewright pins add`.\n";

/// The pins of one project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// By the repository's name in lower case: GitHub ignores case.
    pub(super) actions: BTreeMap<String, ActionEntry>,
    /// Digests, by the reference as it is in `pipeline.toml`.
    pub(super) images: BTreeMap<String, String>,
    pub(super) tools: BTreeMap<String, Tool>,
    /// Dates of releases, by commit, by digest, or by tool and version: another pin has no date until it is known.
    pub(super) dates: BTreeMap<String, Day>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ActionEntry {
    /// The name as its owner spells it.
    pub(super) name: String,
    pub(super) pin: Pin,
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
    /// The version, spelled as its installer expects it.
    pub version: String,
    /// Hashes of what is downloaded, in hexadecimal, by platform.
    pub(super) hashes: BTreeMap<String, String>,
}

impl Tool {
    /// The SHA-256 of the download for a platform such as `linux-amd64`, as
    /// 64 digits.
    ///
    /// `None` where the installer of the tool knows the hash, as
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
    /// The text of `pipeline.lock`: sorted, one line a pin, the same bytes for
    /// the same pins.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Names, versions and hashes were checked on their way in: none holds
        // a character that TOML would need escaped.
        let mut text = format!("{HEADER}version = {FORMAT}\n");
        let date = |name: &str| self.date(name).map(|day| format!(", date = \"{day}\"")).unwrap_or_default();
        let actions = self.actions().map(|(name, Pin { version, sha })| {
            format!("\"{name}\" = {{ version = \"{version}\", sha = \"{sha}\"{} }}\n", date(name))
        });
        let images = self
            .images()
            .map(|(reference, digest)| format!("\"{reference}\" = {{ digest = \"{digest}\"{} }}\n", date(reference)));
        let tools = self.tools().map(|(name, tool)| tool_line(name, tool, &date(name)));
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

    /// The date of the release that is pinned, if it is known.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<Day> {
        self.dates.get(&self.release(name)?).copied()
    }

    /// Records the date of the release that is pinned.
    pub fn set_date(&mut self, name: &str, date: Day) {
        if let Some(release) = self.release(name) {
            self.dates.insert(release, date);
        }
    }

    /// The release that the pin of this name is of, as a key of dates.
    fn release(&self, name: &str) -> Option<String> {
        if let Some(entry) = self.actions.get(&name.to_ascii_lowercase()) {
            return Some(entry.pin.sha.clone());
        }
        let tool = self.tools.get(name).map(|tool| format!("{name}@{}", tool.version));
        self.images.get(name).cloned().or(tool)
    }

    /// Names of all pins.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.actions.keys().chain(self.images.keys()).chain(self.tools.keys()).map(String::as_str)
    }

    /// Removes the dates of releases that are not pinned any more.
    pub(super) fn drop_dates(&mut self) {
        let pinned: BTreeSet<String> = self.names().filter_map(|name| self.release(name)).collect();
        self.dates.retain(|release, _| pinned.contains(release));
    }

    /// Adds the pins of another lock that this one does not have, and returns whether there are any.
    pub fn complete(&mut self, other: Self) -> bool {
        let before = self.actions.len() + self.images.len() + self.tools.len();
        let own = self.clone();
        for (name, entry) in other.actions {
            self.actions.entry(name).or_insert(entry);
        }
        for (reference, digest) in other.images {
            self.images.entry(reference).or_insert(digest);
        }
        for (name, tool) in other.tools {
            self.tools.entry(name).or_insert(tool);
        }
        // A pin that was there keeps its line.
        let added = self.names().filter(|name| own.release(name).is_none());
        let dates: Vec<(String, Day)> = added
            .filter_map(|name| self.release(name))
            .filter_map(|release| other.dates.get(&release).map(|date| (release, *date)))
            .collect();
        self.dates.extend(dates);
        self.actions.len() + self.images.len() + self.tools.len() > before
    }

    /// The pins of two branches: of each name the later version.
    ///
    /// # Errors
    ///
    /// Names of pins that have the same version by different commits or hashes, and of images with different digests.
    pub fn merge(mut self, other: Self) -> Result<Self, Vec<String>> {
        let mut unclear = Vec::new();
        let mut choose = |name: &str, ours: &str, theirs: &str| {
            let is_theirs = is_later(theirs, ours);
            if !is_theirs && !is_later(ours, theirs) {
                unclear.push(name.to_owned());
            }
            is_theirs
        };
        for (key, entry) in &other.actions {
            if let Some(own) = self.actions.get_mut(key).filter(|own| own.pin != entry.pin)
                && choose(&entry.name, &own.pin.version, &entry.pin.version)
            {
                *own = entry.clone();
            }
        }
        for (name, tool) in &other.tools {
            if let Some(own) = self.tools.get_mut(name).filter(|own| *own != tool)
                && choose(name, &own.version, &tool.version)
            {
                own.clone_from(tool);
            }
        }
        let images =
            other.images.iter().filter(|(name, digest)| self.images.get(*name).is_some_and(|own| own != *digest));
        unclear.extend(images.map(|(name, _)| name.clone()));
        if !unclear.is_empty() {
            return Err(unclear);
        }
        self.dates.extend(other.dates.clone());
        self.complete(other);
        self.drop_dates();
        Ok(self)
    }

    /// Removes the pin of this name, and returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let action = self.actions.remove(&name.to_ascii_lowercase()).is_some();
        let image = self.images.remove(name).is_some();
        let tool = self.tools.remove(name).is_some();
        self.drop_dates();
        action || image || tool
    }

    /// Puts in a pin whose parts were checked, and returns the one it replaces.
    pub(super) fn insert_action(&mut self, name: &str, pin: Pin) -> Option<Pin> {
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

fn tool_line(name: &str, tool: &Tool, date: &str) -> String {
    let mut line = format!("\"{name}\" = {{ version = \"{}\"", tool.version);
    for (platform, hash) in tool.hashes() {
        let _ = write!(line, ", {platform} = \"sha256:{hash}\"");
    }
    line.push_str(date);
    line.push_str(" }\n");
    line
}
