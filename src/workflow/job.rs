//! Jobs.

use super::{Commit, Pairs, Permission, Step, Value, When};
use crate::trace::Origin;

/// A job of a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// `name`: the name in the list of checks.
    pub name: Value,
    /// Comment lines above it.
    pub about: Vec<String>,
    /// Jobs that must finish before.
    pub needs: Vec<String>,
    /// `if`: the condition to run.
    pub condition: Option<When>,
    /// Permissions of its token; all others are withheld.
    pub permissions: Vec<Permission>,
    /// `concurrency`: jobs of other runs that it queues behind.
    pub concurrency: Option<Concurrency>,
    /// Outputs for other jobs.
    pub outputs: Pairs,
    /// Steps, or the called workflow.
    pub work: Work,
    /// Source of the job in the definition.
    pub origin: Origin,
}

/// Content of a job: steps, or a call of a reusable workflow.
#[expect(clippy::large_enum_variant, reason = "most jobs have steps")]
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// A job with steps.
    Steps {
        /// The machine.
        runner: Machine,
        /// Time limit, in minutes.
        timeout: u64,
        /// GitHub environment whose secrets and rules apply.
        environment: Option<Environment>,
        /// The matrix.
        strategy: Option<Strategy>,
        /// Environment variables of all steps.
        env: Pairs,
        /// The container in which the steps run.
        container: Option<Container>,
        /// Service containers.
        services: Vec<Service>,
        /// The steps.
        steps: Vec<Step>,
    },
    /// Another workflow.
    Call {
        /// The workflow.
        callee: Callee,
        /// The matrix.
        strategy: Option<Strategy>,
        /// Its inputs.
        with: Pairs,
        /// Its secrets, by the names that it declares.
        secrets: Pairs,
    },
}

/// A workflow that a job calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Callee {
    /// A generated one, by its file's name.
    Generated(String),
    /// Another one of the repository, by its file's name.
    Written(String),
    /// One of another repository: owner, repository and path, and the pinned commit.
    Remote(String, Option<Commit>),
}

/// The machine of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    /// One label.
    Label(Value),
    /// Labels that the machine must all have, and the name of its group.
    Labels(Vec<String>, Option<String>),
}

/// A GitHub environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: Value,
    /// URL that GitHub shows for the deployment.
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

    /// Returns the number of its jobs; an axis that is evaluated in a run counts once.
    pub fn combinations(&self) -> u64 {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        if !self.cells.is_empty() {
            return count(self.cells.len());
        }
        let of = |axis: &Axis| match axis {
            Axis::Texts(texts) => count(texts.len()),
            Axis::Numbers(most) => u64::from(*most),
            Axis::Expression(_) => 1,
        };
        self.axes.iter().map(|(_, axis)| of(axis)).product()
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
    /// The integers from 1 to this one.
    Numbers(u16),
    /// A JSON list that is evaluated in a run.
    Expression(Value),
}

/// A container in which the steps of a job run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The image by digest.
    pub image: String,
    /// User and password for the registry.
    pub credentials: Pairs,
    /// Its environment variables.
    pub env: Pairs,
    /// Options of `docker create`.
    pub options: Option<String>,
}

/// A service container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id, which is the host name in a container job.
    pub id: String,
    /// The image by digest.
    pub image: String,
    /// Its environment variables.
    pub env: Pairs,
    /// Ports as Docker writes them.
    pub ports: Vec<String>,
    /// Options of `docker create`.
    pub options: Option<String>,
    /// Replaces the image's command.
    pub command: Option<String>,
    /// Replaces the image's entrypoint.
    pub entrypoint: Option<String>,
}

/// Concurrency of runs or jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concurrency {
    /// Runs or jobs of one group queue behind each other.
    pub group: Value,
    /// Condition under which a newer one cancels an older one.
    pub cancel: When,
    /// `true` to run all pending ones in order; without it, a newer one replaces the pending one.
    pub queue: bool,
}

impl Work {
    /// A call of a workflow without inputs.
    pub fn call(callee: Callee) -> Self {
        Self::Call { callee, strategy: None, with: Vec::new(), secrets: Vec::new() }
    }
}

impl Job {
    /// The generated workflow that it calls, by its file's name.
    pub fn callee(&self) -> Option<&str> {
        match &self.work {
            Work::Call { callee: Callee::Generated(file), .. } => Some(file),
            _ => None,
        }
    }

    /// The matrix of the job.
    pub fn strategy(&self) -> Option<&Strategy> {
        match &self.work {
            Work::Steps { strategy, .. } | Work::Call { strategy, .. } => strategy.as_ref(),
        }
    }

    /// Steps of the job; none if it calls a workflow.
    pub fn steps(&self) -> &[Step] {
        match &self.work {
            Work::Steps { steps, .. } => steps,
            Work::Call { .. } => &[],
        }
    }
}
