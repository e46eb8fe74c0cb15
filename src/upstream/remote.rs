//! Pins, compared with the repositories of actions and the registries of images.

use std::collections::BTreeMap;

use super::action::{Action, Standing, standing};
use super::git::{Git, Tag};
use super::image::Image;
use super::process::Unreachable;
use crate::day::Day;
use crate::pins::{Lock, Pin, Tool, builtin, is_later, is_release_of};

/// A pin and what was found about it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its name in the lock.
    pub name: String,
    /// The version or digest that is pinned.
    pub pinned: String,
    /// Its state.
    pub state: State,
}

/// The state of a pin.
#[derive(Debug, Clone)]
pub enum State {
    /// It is that of the newest version.
    Newest,
    /// A later version can take its place.
    Outdated(Update),
    /// A later version is not out for long enough.
    Waits {
        /// The later version.
        version: String,
        /// Days since its release.
        days: i64,
    },
    /// The tag of its version was moved to another commit.
    Moved {
        /// The other commit.
        commit: String,
    },
    /// No tag has the name of its version.
    Untagged,
    /// Its repository or registry gave no answer.
    Unreachable(Unreachable),
}

/// An update of a pin.
#[derive(Debug, Clone)]
pub struct Update {
    /// The argument of `pins add`.
    pub pin: String,
    /// The version or digest.
    pub version: String,
    /// Days since its release, if known.
    pub days: Option<i64>,
    /// The day of its release, if known.
    pub date: Option<Day>,
    /// Changes of the action's inputs and outputs, by the name of the action.
    pub changes: Vec<String>,
    /// Interfaces of the new version, by the name of the action.
    pub interfaces: BTreeMap<String, Action>,
}

/// A pin that its repository or registry does not confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// The tag of its version was moved to another commit.
    Moved {
        /// The other commit.
        commit: String,
    },
    /// No tag of its repository names the commit.
    Untagged,
}

/// Repositories and registries, for the pins of a lock.
pub struct Remote<'l> {
    lock: &'l Lock,
    git: Git,
    used: Vec<String>,
    cooldown: i64,
    now: i64,
}

const DAY: i64 = 86_400;

impl<'l> Remote<'l> {
    /// The repositories of a server, and all registries.
    ///
    /// `used` are the names of actions with their folders, as workflows use them. A version is proposed when it has been
    /// out for `cooldown` days at `now`, in seconds since 1970.
    pub fn new(lock: &'l Lock, server: &str, used: Vec<String>, cooldown: u32, now: i64) -> Self {
        Self { lock, git: Git::new(server), used, cooldown: i64::from(cooldown), now }
    }

    /// Finds the state of a pin by its name in the lock, or that of an update to a version of an action.
    pub fn find(&self, name: &str, version: Option<&str>) -> Found {
        let (pinned, state) = if let Some(digest) = self.lock.image(name) {
            (digest.to_owned(), self.image(&Image { reference: name, digest }))
        } else if let Some(tool) = self.lock.tool(name) {
            (tool.version.clone(), Ok(tool_state(name, &tool.version)))
        } else {
            match self.lock.action(name) {
                Some(pin) => (pin.version.clone(), self.action(name, pin, version)),
                None => (String::new(), Ok(State::Newest)),
            }
        };
        Found { name: name.to_owned(), pinned, state: state.unwrap_or_else(State::Unreachable) }
    }

    fn action(&self, name: &str, pin: &Pin, version: Option<&str>) -> Result<State, Unreachable> {
        let tags = self.git.tags(name)?;
        let (standing, mut later) = standing(pin, &tags);
        match standing {
            Standing::Moved(tag) => return Ok(State::Moved { commit: tag.commit.clone() }),
            Standing::Untagged if later.is_empty() => return Ok(State::Untagged),
            Standing::Same | Standing::Followed(_) | Standing::Untagged => {}
        }
        if let Some(version) = version {
            later.retain(|tag| tag.name == version);
            if later.is_empty() {
                let message = format!("no tag `{version}` is later than {}, which is pinned", pin.version);
                return Err(Unreachable { address: self.git.address(name), message });
            }
        }
        let mut waits = None;
        for tag in later {
            let commit = self.git.commit(name, tag, &self.folders(name))?;
            let days = self.now.saturating_sub(commit.date).max(0) / DAY;
            if days >= self.cooldown {
                let update = self.update(name, pin, tag, &commit.actions, &tags);
                return Ok(State::Outdated(Update { days: Some(days), date: day(commit.date), ..update }));
            }
            waits.get_or_insert(State::Waits { version: tag.name.clone(), days });
        }
        Ok(waits.unwrap_or(State::Newest))
    }

    /// The folders of a repository whose actions are used; the root is empty.
    fn folders(&self, repository: &str) -> Vec<&str> {
        let inside = self.used.iter().filter_map(|used| {
            let (front, rest) = used.split_at_checked(repository.len())?;
            front.eq_ignore_ascii_case(repository).then(|| rest.strip_prefix('/').or(rest.is_empty().then_some("")))?
        });
        let mut folders: Vec<&str> = inside.collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    fn update(&self, name: &str, pin: &Pin, tag: &Tag, texts: &BTreeMap<String, String>, tags: &[Tag]) -> Update {
        // Interfaces of the pinned version are read from its own tag; where that is gone, nothing is compared.
        let before = tags.iter().find(|tag| tag.commit == pin.sha);
        let before = before.and_then(|tag| self.git.commit(name, tag, &self.folders(name)).ok());
        let mut changes = Vec::new();
        let mut interfaces = BTreeMap::new();
        for (folder, text) in texts {
            let Some(now) = Action::read(text) else { continue };
            let full = if folder.is_empty() { name.to_owned() } else { format!("{name}/{folder}") };
            let old = before.as_ref().and_then(|commit| commit.actions.get(folder)).and_then(|text| Action::read(text));
            if let Some(old) = old {
                changes.extend(now.changes_from(&old).into_iter().map(|change| format!("{full}: {change}")));
            }
            interfaces.insert(full.to_ascii_lowercase(), now);
        }
        let pin = format!("{name}@{} # {}", tag.commit, tag.name);
        Update { pin, version: tag.name.clone(), days: None, date: None, changes, interfaces }
    }

    fn image(&self, image: &Image<'_>) -> Result<State, Unreachable> {
        let Some(newer) = image.newer()? else { return Ok(State::Newest) };
        let days = newer.date.map(|date| self.now.saturating_sub(date).max(0) / DAY);
        if let Some(days) = days.filter(|days| *days < self.cooldown) {
            return Ok(State::Waits { version: newer.digest, days });
        }
        let pin = format!("{}@{}", image.reference, newer.digest);
        let date = newer.date.and_then(day);
        let update =
            Update { pin, version: newer.digest, days, date, changes: Vec::new(), interfaces: BTreeMap::new() };
        Ok(State::Outdated(update))
    }

    /// The day of the release that is pinned; none if its repository or registry does not show it.
    pub fn date(&self, name: &str) -> Option<Day> {
        if let Some(digest) = self.lock.image(name) {
            return Image { reference: name, digest }.date().and_then(day);
        }
        let pin = self.lock.action(name)?;
        let tags = self.git.tags(name).ok()?;
        let mut of_commit = tags.iter().filter(|tag| tag.commit == pin.sha);
        let tag = of_commit.clone().find(|tag| tag.name == pin.version).or_else(|| of_commit.next())?;
        self.git.commit(name, tag, &[]).ok().and_then(|commit| day(commit.date))
    }

    /// Verifies a pin: a tag of its repository names the commit, or its registry has the image of the digest.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] for a repository or registry that gives no answer, and for an image that is not there any more.
    pub fn mistake(&self, name: &str) -> Result<Option<Mistake>, Unreachable> {
        if let Some(digest) = self.lock.image(name) {
            return Image { reference: name, digest }.verify().map(|()| None);
        }
        let Some(pin) = self.lock.action(name).filter(|_| self.lock.tool(name).is_none()) else { return Ok(None) };
        let tags = self.git.tags(name)?;
        let is_tagged = tags.iter().any(|tag| tag.commit == pin.sha && is_release_of(&tag.name, &pin.version));
        Ok(match standing(pin, &tags).0 {
            Standing::Same => None,
            Standing::Followed(_) if is_tagged => None,
            Standing::Moved(tag) => Some(Mistake::Moved { commit: tag.commit.clone() }),
            Standing::Followed(_) | Standing::Untagged => Some(Mistake::Untagged),
        })
    }
}

/// The day of a time in seconds since 1970.
fn day(seconds: i64) -> Option<Day> {
    u64::try_from(seconds).ok().map(Day::from_unix_seconds)
}

/// Tools have the versions and hashes that this program knows.
fn tool_state(name: &str, pinned: &str) -> State {
    let newer = builtin::tool(name).filter(|known| is_later(&known.version, pinned)).zip(builtin::spec(name));
    newer.map_or(State::Newest, |(Tool { version, .. }, pin)| {
        State::Outdated(Update {
            pin,
            version,
            days: None,
            date: None,
            changes: Vec::new(),
            interfaces: BTreeMap::new(),
        })
    })
}
