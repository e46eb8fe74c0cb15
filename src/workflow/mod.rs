//! Model of GitHub's workflow syntax: workflows, jobs, steps. Independent of `pipeline.toml`.

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
pub use job::{Axis, Callee, Cell, Concurrency, Container, Environment, Job, Machine, Service, Strategy, Work};
pub use permission::{ASKED_FOR, Access, Permission, grant};
pub use property::{Github, Property};
pub use script::Script;
pub use step::{Action, Commit, Run, Step, StepKind};
pub use tree::{Part, Status, Value, When};
pub use trigger::{CallInput, CallSecret, ManualInput, ManualKind, Triggers};
pub use value::{Need, StepId, need, step};

/// A file in `.github/workflows`.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// File name, with its extension.
    pub file: String,
    /// `name`: the name on GitHub.
    pub name: String,
    /// Comment lines for maintainers at the head of the file.
    pub about: Vec<String>,
    /// `on`: the events that start a run.
    pub on: Triggers,
    /// `concurrency`: the runs that queue behind each other; none for a workflow that is only called.
    pub concurrency: Option<Concurrency>,
    /// Environment variables of all jobs.
    pub env: Pairs,
    /// Jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// Source of the workflow in the definition.
    pub origin: Origin,
}

/// Names and values, in the order of the file.
pub type Pairs = Vec<(String, Value)>;

/// [`Pairs`] of names and anything that converts to a [`Value`].
macro_rules! pairs {
    ($(($name:expr, $value:expr $(,)?)),* $(,)?) => {
        vec![$((String::from($name), $crate::workflow::Value::from($value))),*]
    };
}

pub(crate) use pairs;
