//! Changes from one state of a definition to another: what a reviewer has to know beside the diff.

mod change;
mod jobs;
mod keys;
mod reach;

use std::collections::BTreeMap;

use crate::definition::Definition;
use crate::setup::setup;
use crate::sources::Sources;
use crate::workflow::Workflow;
pub use change::{Change, Direction, Subject};

/// A definition with its workflows.
#[derive(Debug, Clone, Default)]
pub struct Side {
    workflows: Vec<Workflow>,
    /// The required check.
    check: Option<String>,
    /// Values of the definition by their keys, as in `environments.production.approval`.
    keys: BTreeMap<String, String>,
}

impl Side {
    /// The state of a definition that compiles to these workflows.
    pub fn new(definition: &Definition, sources: &Sources, workflows: Vec<Workflow>) -> Self {
        let check = setup(definition, sources, &workflows).check.map(|(name, _)| name);
        Self { workflows, check, keys: keys::flattened(sources) }
    }
}

/// Returns the changes from one state to another, by subject; those that need a review come first.
pub fn plan(before: &Side, after: &Side) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(check(before, after));
    changes.extend(jobs::changes(&before.workflows, &after.workflows));
    changes.extend(reach::changes(&before.workflows, &after.workflows));
    changes.extend(keys::changes(&before.keys, &after.keys));
    changes.sort_by_key(|change| (change.subject, !change.needs_review));
    changes
}

/// The change of the required check: rules of branches name it, and wait for it forever where it is gone.
fn check(before: &Side, after: &Side) -> Option<Change> {
    let (direction, text) = match (&before.check, &after.check) {
        (Some(old), Some(new)) if old != new => {
            (Direction::Changed, format!("`{old}` is now `{new}`: change it in the rules of the branches, too"))
        }
        (Some(old), None) => (Direction::Lost, format!("`{old}`: remove it from the rules of the branches")),
        (None, Some(new)) => (Direction::Gained, format!("`{new}`: require it in the rules of the branches")),
        _ => return None,
    };
    let change = Change::new(Subject::Check, direction, text);
    Some(if direction == Direction::Gained { change } else { change.reviewed() })
}
