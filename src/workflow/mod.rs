//! GitHub's own language: workflows, jobs, steps. Knows nothing of `pipeline.toml`.

pub mod expression;
mod job;
mod permission;
mod script;
mod step;
mod trigger;
mod when;

use crate::trace::Origin;

pub use job::{Axis, Concurrency, Environment, Job, Runner, Service, Strategy, Work};
pub use permission::{ASKED_FOR, Access, Permission, grant};
pub use script::Script;
pub use step::{Action, Run, Step, StepKind};
pub use trigger::{CallInput, ManualInput, ManualKind, Triggers};
pub use when::{Subject, When};

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

/// Names and values, in the order in which they are written; values may hold expressions.
pub type Pairs = Vec<(String, String)>;

/// An expression as GitHub writes it in a value.
pub fn braced(inner: &str) -> String {
    format!("${{{{ {inner} }}}}")
}
