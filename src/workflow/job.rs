//! Jobs.

use super::{Pairs, Permission, Step, Value, When};
use crate::trace::Origin;

/// A job of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What the checks list calls it.
    pub name: Value,
    /// Comment lines above it.
    pub about: Vec<String>,
    /// Jobs that it waits for.
    pub needs: Vec<String>,
    /// The condition under which it runs.
    pub condition: Option<When>,
    /// What its token may do; nothing else.
    pub permissions: Vec<Permission>,
    /// Which jobs of other runs it waits for.
    pub concurrency: Option<Concurrency>,
    /// What it hands to others.
    pub outputs: Pairs,
    /// What it does.
    pub work: Work,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a job does: steps of its own, or another workflow.
#[expect(clippy::large_enum_variant, reason = "most jobs have steps")]
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Steps on a machine.
    Steps {
        /// The machine.
        runner: Runner,
        /// The longest that it may take, in minutes.
        timeout: u64,
        /// The GitHub environment whose secrets it sees.
        environment: Option<Environment>,
        /// The matrix.
        strategy: Option<Strategy>,
        /// Environment variables of all steps.
        env: Pairs,
        /// Containers beside it.
        services: Vec<Service>,
        /// The steps.
        steps: Vec<Step>,
    },
    /// A workflow of this repository.
    Call {
        /// Its file's name.
        file: String,
        /// Its inputs.
        with: Pairs,
    },
}

/// The machine of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// One label.
    Label(Value),
    /// Labels that the machine has together, of a group where one is named.
    Labels(Vec<String>, Option<String>),
}

/// A GitHub environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: Value,
    /// The address that GitHub shows for the deployment.
    pub url: Option<Value>,
    /// A job that deploys is recorded as a deployment; one that reads secrets or waits for reviewers is not.
    ///
    /// Source: <https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/control-deployments>,
    /// using environments without deployments.
    pub deployment: bool,
}

impl Environment {
    /// An environment whose secrets and rules apply to a job that deploys nothing to it.
    pub fn without_deployment(name: impl Into<Value>) -> Self {
        Self { name: name.into(), url: None, deployment: false }
    }
}

/// The matrix of a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strategy {
    /// Axes by name.
    pub axes: Vec<(String, Axis)>,
    /// Further jobs, or further keys for those that fit.
    pub include: Vec<Cell>,
    /// Combinations of the axes that are left out.
    pub exclude: Vec<Cell>,
    /// The condition under which a job may fail; the others never.
    pub optional: Option<When>,
    /// Its jobs, where `include` or `exclude` decides them; not printed.
    pub cells: Vec<Cell>,
}

/// Keys of one job of a matrix, with their values.
pub type Cell = Vec<(String, String)>;

impl Strategy {
    /// A matrix of axes alone; none without an axis.
    pub fn of(axes: Vec<(String, Axis)>) -> Option<Self> {
        (!axes.is_empty()).then(|| Self { axes, ..Self::default() })
    }

    /// Returns every key that a job of the matrix may have.
    pub fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        let axes = self.axes.iter().map(|(name, _)| name.as_str());
        axes.chain(self.include.iter().flatten().map(|(key, _)| key.as_str()))
    }
}

/// The values of an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Axis {
    /// These texts.
    Texts(Vec<String>),
    /// The numbers from one to this.
    Numbers(u16),
    /// The list that a value gives in a run.
    Expression(Value),
}

/// A container beside a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id, which is its host name inside of a container job.
    pub id: String,
    /// The image by digest.
    pub image: String,
    /// Its environment variables.
    pub env: Pairs,
    /// Ports as Docker writes them.
    pub ports: Vec<String>,
    /// Options of `docker create`.
    pub options: Option<String>,
    /// Takes the place of the image's command.
    pub command: Option<String>,
    /// Takes the place of the image's entrypoint.
    pub entrypoint: Option<String>,
}

/// Which runs or jobs wait for each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concurrency {
    /// Those of one group do.
    pub group: Value,
    /// The condition under which a newer one ends an older one.
    pub cancel: When,
    /// `true` if all that wait get their turn; without it, a newer one takes the place of one that waits.
    pub queue: bool,
}

impl Job {
    /// The steps, if it has any of its own.
    pub fn steps(&self) -> &[Step] {
        match &self.work {
            Work::Steps { steps, .. } => steps,
            Work::Call { .. } => &[],
        }
    }
}
