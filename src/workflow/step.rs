//! Steps.

use super::{Pairs, Script, Value, When};
use crate::trace::{Effect, Origin};

/// A step of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id, if an expression refers to the step.
    pub id: Option<String>,
    /// `name`: the name in the log.
    pub name: String,
    /// `if`: the condition to run.
    pub condition: Option<When>,
    /// Script or action.
    pub kind: StepKind,
    /// Environment variables, the only way to pass an expression to a script.
    pub env: Pairs,
    /// Time limit, in minutes.
    pub timeout: Option<u64>,
    /// Source of the step in the definition.
    pub origin: Origin,
    /// External effect.
    pub effect: Effect,
}

/// Kind of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `run`: a script.
    Run(Run),
    /// `uses`: an action.
    Uses(Action),
}

/// Script of a step, for bash.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The script.
    pub script: Script,
    /// Working directory, from the root of the repository; default: the root.
    pub folder: Option<String>,
}

/// Action of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Owner, repository and path.
    pub name: String,
    /// Pinned commit.
    pub pin: Option<Commit>,
    /// Its inputs.
    pub with: Pairs,
}

/// Commit of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Full SHA.
    pub sha: String,
    /// Version of that commit, written as a comment.
    pub version: String,
}

impl Step {
    /// Returns a step that runs a script.
    pub fn run(name: impl Into<String>, script: Script, origin: Origin) -> Self {
        Self::new(name.into(), StepKind::Run(Run { script, folder: None }), origin)
    }

    /// Returns a step that runs an action.
    pub fn uses(name: impl Into<String>, action: Action, origin: Origin) -> Self {
        Self::new(name.into(), StepKind::Uses(action), origin)
    }

    fn new(name: String, kind: StepKind, origin: Origin) -> Self {
        Self { id: None, name, condition: None, kind, env: Vec::new(), timeout: None, origin, effect: Effect::None }
    }

    /// Sets the id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a condition in front of the existing one.
    #[must_use]
    pub fn when(mut self, condition: When) -> Self {
        self.condition = Some(match self.condition {
            Some(known) => condition.and(known),
            None => condition,
        });
        self
    }

    /// Adds environment variables.
    #[must_use]
    pub fn env<K: Into<String>, V: Into<Value>>(mut self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        self.env.extend(pairs.into_iter().map(|(key, value)| (key.into(), value.into())));
        self
    }

    /// Sets the working directory of its script.
    #[must_use]
    pub fn folder(mut self, path: &str) -> Self {
        if let StepKind::Run(run) = &mut self.kind
            && !path.is_empty()
        {
            run.folder = Some(path.to_owned());
        }
        self
    }

    /// Sets the external effect.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// Sets the time limit, in minutes.
    #[must_use]
    pub fn timeout(mut self, minutes: u64) -> Self {
        self.timeout = Some(minutes);
        self
    }
}
