//! GitHub's own language: workflows, jobs, steps. Knows nothing of `pipeline.toml`.

mod evaluate;
pub mod expression;
mod job;
mod permission;
mod print;
mod property;
mod script;
mod simplify;
mod step;
mod tree;
mod trigger;
mod value;
mod when;

use crate::trace::Origin;

pub use evaluate::{Contexts, NotJson};
pub use job::{Axis, Cell, Concurrency, Environment, Job, Runner, Service, Strategy, Work};
pub use permission::{ASKED_FOR, Access, Permission, grant};
pub use property::{Github, Property};
pub use script::Script;
pub use step::{Action, Commit, Run, Step, StepKind};
pub use tree::{Part, Status, Value, When};
pub use trigger::{CallInput, ManualInput, ManualKind, Triggers};
pub use value::{Need, StepId, need, step};

/// A file below `.github/workflows`.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// The file's name, with its ending.
    pub file: String,
    /// What GitHub calls it.
    pub name: String,
    /// What a maintainer should know, above everything.
    pub about: Vec<String>,
    /// When it runs.
    pub on: Triggers,
    /// Which runs wait for each other.
    pub concurrency: Concurrency,
    /// Its jobs, in the order in which they are written.
    pub jobs: Vec<Job>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Names and values, in the order in which they are written.
pub type Pairs = Vec<(String, Value)>;

/// [`Pairs`] of names and of what becomes a [`Value`].
macro_rules! pairs {
    ($(($name:expr, $value:expr $(,)?)),* $(,)?) => {
        vec![$((String::from($name), $crate::workflow::Value::from($value))),*]
    };
}

pub(crate) use pairs;
