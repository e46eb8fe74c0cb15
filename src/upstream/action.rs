//! The pin of an action, compared with the tags of its repository.

use std::collections::BTreeSet;

use serde_yaml::Value;

use super::git::Tag;
use crate::pins::{Pin, Version};

/// A pin among the tags of its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing<'t> {
    /// The tag of its version names its commit.
    Same,
    /// The tag of its version names another commit, and is one that a release never moves.
    Moved(&'t Tag),
    /// The tag of its version names another commit, as tags such as `v4` do after each release.
    Followed(&'t Tag),
    /// No tag has the name of its version.
    Untagged,
}

/// Compares a pin with the tags of its repository, and returns the tags of later versions, the latest first.
pub(super) fn standing<'t>(pin: &Pin, tags: &'t [Tag]) -> (Standing<'t>, Vec<&'t Tag>) {
    let version = Version::of(&pin.version);
    let standing = match tags.iter().find(|tag| tag.name == pin.version) {
        None => Standing::Untagged,
        Some(tag) if tag.commit == pin.sha => Standing::Same,
        Some(tag) if version.as_ref().is_some_and(|version| !version.is_full()) => Standing::Followed(tag),
        Some(tag) => Standing::Moved(tag),
    };
    let Some(version) = version else { return (standing, Vec::new()) };
    let versions = tags.iter().filter_map(|tag| Some((Version::of(&tag.name)?, tag)));
    let mut later: Vec<(Version<'_>, &Tag)> = versions.filter(|(other, _)| other.is_later_than(&version)).collect();
    // Tags that are moved belong to a release, which has a tag with all numbers where its owner makes them.
    if later.iter().any(|(other, _)| other.is_full()) {
        later.retain(|(other, _)| other.is_full());
    }
    later.sort_by(|(one, _), (other, _)| other.compare(one));
    let mut later: Vec<&Tag> = later.into_iter().map(|(_, tag)| tag).collect();
    if let (Standing::Followed(tag), true) = (&standing, later.is_empty()) {
        later.push(tag);
    }
    (standing, later)
}

/// The interface of an action: what a step can give it and read from it.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax>.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    /// Names of inputs, in lower case.
    pub inputs: BTreeSet<String>,
    /// Names of those inputs that are required and have no default.
    pub required: BTreeSet<String>,
    /// Names of outputs, in lower case.
    pub outputs: BTreeSet<String>,
}

impl Action {
    /// Reads the text of an `action.yml`; none for one that is no mapping.
    pub(super) fn read(text: &str) -> Option<Self> {
        let document: Value = serde_yaml::from_str(text).ok()?;
        document.as_mapping()?;
        let table = |name: &str| document.get(name).and_then(Value::as_mapping).cloned().unwrap_or_default();
        let name = |key: &Value| key.as_str().map(str::to_ascii_lowercase);
        let inputs = table("inputs");
        let is_required = |value: &Value| {
            let required = value.get("required");
            let required = required.is_some_and(|it| it.as_bool().unwrap_or(it.as_str() == Some("true")));
            required && value.get("default").is_none()
        };
        Some(Self {
            inputs: inputs.keys().filter_map(name).collect(),
            required: inputs.iter().filter(|(_, value)| is_required(value)).filter_map(|(key, _)| name(key)).collect(),
            outputs: table("outputs").keys().filter_map(name).collect(),
        })
    }

    /// The changes from another version's interface to this one, each as a phrase.
    pub(super) fn changes_from(&self, before: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        for (word, old, new) in [("input", &before.inputs, &self.inputs), ("output", &before.outputs, &self.outputs)] {
            changes.extend(new.difference(old).map(|name| format!("new {word} `{name}`")));
            changes.extend(old.difference(new).map(|name| format!("{word} `{name}` is gone")));
        }
        let required = self.required.difference(&before.required);
        changes.extend(required.map(|name| format!("input `{name}` is required")));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(name: &str, commit: &str) -> Tag {
        Tag { name: name.to_owned(), commit: commit.to_owned() }
    }

    fn of(version: &str, sha: &str, tags: &[Tag]) -> (String, Vec<String>) {
        let pin = Pin { version: version.to_owned(), sha: sha.to_owned() };
        let (standing, later) = standing(&pin, tags);
        let word = match standing {
            Standing::Same => "same",
            Standing::Moved(_) => "moved",
            Standing::Followed(_) => "followed",
            Standing::Untagged => "untagged",
        };
        (word.to_owned(), later.iter().map(|tag| tag.name.clone()).collect())
    }

    #[test]
    fn later_versions_come_first_and_tags_that_move_are_no_release() {
        let tags = [
            tag("v4", "c"),
            tag("v4.1.0", "a"),
            tag("v4.2.0", "b"),
            tag("v4.10.0", "c"),
            tag("v5", "d"),
            tag("v5.0.0", "d"),
            tag("v6.0.0-rc.1", "e"),
        ];
        let later = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(of("v4.1.0", "a", &tags), ("same".to_owned(), later(&["v5.0.0", "v4.10.0", "v4.2.0"])));
        assert_eq!(of("v4.1.0", "x", &tags).0, "moved");
        assert_eq!(of("v4", "a", &tags), ("followed".to_owned(), later(&["v5.0.0", "v4.10.0", "v4.2.0", "v4.1.0"])));
        assert_eq!(of("v3.0.0", "a", &tags).0, "untagged");
        assert_eq!(of("v5.0.0", "d", &tags), ("same".to_owned(), later(&[])));
    }

    #[test]
    fn a_repository_with_nothing_but_a_moving_tag_is_followed() {
        assert_eq!(of("v1", "a", &[tag("v1", "b")]), ("followed".to_owned(), vec!["v1".to_owned()]));
        assert_eq!(of("v1", "b", &[tag("v1", "b")]), ("same".to_owned(), Vec::new()));
    }

    #[test]
    fn an_interface_and_its_changes() {
        let before = Action::read("inputs:\n  Path:\n    required: true\n  old: {}\noutputs:\n  hit: {}\n");
        let after = Action::read(
            "inputs:\n  path:\n    required: true\n  token:\n    required: 'true'\n  depth:\n    required: true\n    default: 1\n",
        );
        let changes = after.zip(before).map(|(after, before)| after.changes_from(&before));
        let expected = [
            "new input `depth`",
            "new input `token`",
            "input `old` is gone",
            "output `hit` is gone",
            "input `token` is required",
        ];
        assert_eq!(changes.as_deref(), Some(expected.map(str::to_owned).as_slice()));
        assert_eq!(Action::read("[1]"), None);
    }
}
