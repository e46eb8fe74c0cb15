//! Steps.

use super::{Pairs, Script, Value, When};
use crate::trace::{Effect, Origin};

/// A step of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id, where something refers to it.
    pub id: Option<String>,
    /// What the log calls it.
    pub name: String,
    /// The condition under which it runs.
    pub condition: Option<When>,
    /// What it does.
    pub kind: StepKind,
    /// Its environment variables; the only way for an expression into a script.
    pub env: Pairs,
    /// The longest that it may take, in minutes.
    pub timeout: Option<u64>,
    /// Where it comes from.
    pub origin: Origin,
    /// What it does to the world.
    pub effect: Effect,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// It runs a script.
    Run(Run),
    /// It runs an action.
    Uses(Action),
}

/// A script that a step runs by bash.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The script.
    pub script: Script,
    /// The folder that it runs in, from the root; the root where none is named.
    pub folder: Option<String>,
}

/// An action that a step runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Owner, repository and path.
    pub name: String,
    /// The commit that it is pinned to.
    pub pin: Option<Commit>,
    /// Its inputs.
    pub with: Pairs,
}

/// The commit of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The full commit.
    pub sha: String,
    /// The version that the commit stood for, written behind it.
    pub version: String,
}

impl Step {
    /// A step that runs a script.
    pub fn run(name: impl Into<String>, script: Script, origin: Origin) -> Self {
        Self::new(name.into(), StepKind::Run(Run { script, folder: None }), origin)
    }

    /// A step that runs an action.
    pub fn uses(name: impl Into<String>, action: Action, origin: Origin) -> Self {
        Self::new(name.into(), StepKind::Uses(action), origin)
    }

    fn new(name: String, kind: StepKind, origin: Origin) -> Self {
        Self { id: None, name, condition: None, kind, env: Vec::new(), timeout: None, origin, effect: Effect::None }
    }

    /// Gives it an id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a condition before those that it has.
    #[must_use]
    pub fn when(mut self, condition: When) -> Self {
        self.condition = Some(match self.condition {
            Some(known) => condition.and(known),
            None => condition,
        });
        self
    }

    /// Gives it environment variables.
    #[must_use]
    pub fn env<K: Into<String>, V: Into<Value>>(mut self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        self.env.extend(pairs.into_iter().map(|(key, value)| (key.into(), value.into())));
        self
    }

    /// Gives its script a folder.
    #[must_use]
    pub fn folder(mut self, path: &str) -> Self {
        if let StepKind::Run(run) = &mut self.kind
            && !path.is_empty()
        {
            run.folder = Some(path.to_owned());
        }
        self
    }

    /// Says what it does to the world.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Gives it a time limit, in minutes.
    #[must_use]
    pub fn timeout(mut self, minutes: u64) -> Self {
        self.timeout = Some(minutes);
        self
    }
}
