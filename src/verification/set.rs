//! The workflows of a definition with what rules ask of them, looked up once.

use super::place::{Place, Tree, places};
use crate::catalogue;
use crate::diagnostics::{Code, Diagnostic, Location, Part};
use crate::workflow::{
    Access, Action, Axis, Job, Pairs, Permission, Property, Step, StepKind, Strategy, Value, Workflow,
};

/// The workflows of a definition.
pub(crate) struct Set<'a> {
    /// The workflows.
    pub(super) workflows: &'a [Workflow],
    /// Every place that a run decides.
    pub(super) places: Vec<Place<'a>>,
    /// Every step that runs an action.
    pub(super) actions: Vec<Used<'a>>,
}

/// A step that runs an action.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used<'a> {
    /// Its workflow.
    pub(super) workflow: &'a Workflow,
    /// Its job.
    pub(super) job: &'a Job,
    /// The step.
    pub(super) step: &'a Step,
    /// The action.
    pub(super) action: &'a Action,
    /// Facts about it.
    pub(super) known: Option<&'static catalogue::Action>,
}

/// Maximum depth and width of calls that are followed; more is refused by `workflow-call`.
const MOST_LEVELS: usize = 12;
const MOST_CALLS: usize = 256;

impl<'a> Set<'a> {
    pub(super) fn new(workflows: &'a [Workflow]) -> Self {
        let mut actions = Vec::new();
        for (workflow, job) in jobs(workflows) {
            for step in job.steps() {
                if let StepKind::Uses(action) = &step.kind {
                    actions.push(Used { workflow, job, step, action, known: catalogue::action(&action.name) });
                }
            }
        }
        Self { workflows, places: places(workflows), actions }
    }

    /// Every job, with its workflow.
    pub(super) fn jobs(&self) -> impl Iterator<Item = (&'a Workflow, &'a Job)> + use<'a> {
        jobs(self.workflows)
    }

    /// The name of every secret that is read, with where it is.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&Place<'a>, &'a str)> {
        let name = |property: &&'a Property| match property {
            Property::Secret(name) => Some(name.as_str()),
            _ => None,
        };
        self.places
            .iter()
            .flat_map(move |place| place.properties.iter().filter_map(name).map(move |name| (place, name)))
    }

    /// The workflow of this file.
    pub(super) fn callee(&self, file: &str) -> Option<&'a Workflow> {
        self.workflows.iter().find(|workflow| workflow.file == file)
    }

    /// A workflow and all that it calls, each as often as it is called, with how many calls lead to it.
    pub(super) fn run_of(&self, root: &'a Workflow) -> Vec<(&'a Workflow, usize)> {
        let mut run = vec![(root, 0)];
        let mut next = 0;
        while let Some(&(workflow, level)) = run.get(next) {
            next += 1;
            for job in &workflow.jobs {
                if let Some(file) = job.callee()
                    && level < MOST_LEVELS
                    && run.len() < MOST_CALLS
                {
                    run.extend(self.callee(file).map(|callee| (callee, level + 1)));
                }
            }
        }
        run
    }
}

fn jobs(workflows: &[Workflow]) -> impl Iterator<Item = (&Workflow, &Job)> {
    workflows.iter().flat_map(|workflow| workflow.jobs.iter().map(move |job| (workflow, job)))
}

impl<'a> Place<'a> {
    /// Its step.
    pub(super) fn step(&self) -> Option<&'a Step> {
        self.job?.steps().get(self.step?)
    }

    /// Its key in the definition.
    pub(super) fn at(&self) -> Location {
        let job = self.job.map(|job| &job.origin);
        self.step().map(|step| &step.origin).or(job).unwrap_or(&self.workflow.origin).clone()
    }

    /// Description for a message: `env.SEED` of step `Run tests`.
    pub(super) fn described(&self) -> String {
        let dot = if self.name.is_empty() { "" } else { "." };
        let key = format!("`{}{dot}{}`", self.table, self.name);
        match (self.step(), self.job) {
            (Some(step), Some(job)) => format!("{key} of the step `{}` of the job `{}`", step.name, job.id),
            (_, Some(job)) => format!("{key} of the job `{}`", job.id),
            _ => format!("{key} of `{}`", self.workflow.file),
        }
    }

    /// A finding at this place.
    pub(super) fn error(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.at(), message)
    }

    /// An upper bound for the bytes of its content.
    pub(super) fn max_bytes(&self) -> usize {
        match self.tree {
            Tree::Value(value) => value.max_bytes(),
            Tree::When(when) => when.max_bytes(),
        }
    }

    /// Content, printed.
    pub(super) fn printed(&self) -> String {
        match self.tree {
            Tree::Value(value) => value.to_string(),
            Tree::When(when) => when.to_string(),
        }
    }
}

impl<'a> Used<'a> {
    /// Returns the value of an input.
    pub(super) fn input(&self, name: &str) -> Option<&'a Value> {
        input(&self.action.with, name)
    }

    /// Returns whether an input is given this text.
    pub(super) fn is_given(&self, name: &str, text: &str) -> bool {
        self.input(name).is_some_and(|value| value.is_text(text))
    }

    /// Returns whether it runs this action.
    pub(super) fn is(&self, name: &str) -> bool {
        self.action.name.eq_ignore_ascii_case(name)
    }

    /// Returns whether it is written in the definition, as an item of a list of steps.
    pub(super) fn is_written_by_the_user(&self) -> bool {
        matches!(&self.step.origin, Location::Path(path, _) if matches!(path.last(), Some(Part::Index(_))))
    }

    /// Returns the key of an input in the definition, for a step that is written there.
    pub(super) fn at_input(&self, name: &str) -> Location {
        self.step.origin.clone().then("with").then(name).key()
    }
}

/// Returns the value of an input. Names compare without regard to case, as GitHub compares them.
pub(super) fn input<'p>(with: &'p Pairs, name: &str) -> Option<&'p Value> {
    with.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Returns whether a list of permissions has this one, or more of it.
pub(super) fn allows(permissions: &[Permission], scope: &str, access: Access) -> bool {
    permissions.iter().any(|permission| permission.scope == scope && permission.access >= access)
}

/// Returns the permissions that an action of the catalogue needs.
pub(super) fn access(need: &catalogue::Need) -> Access {
    if need.access == "write" { Access::Write } else { Access::Read }
}

/// The matrix of a job.
pub(super) fn strategy(job: &Job) -> Option<&Strategy> {
    job.strategy()
}

/// Axes of a job that distinguish its combinations.
pub(super) fn telling_axes(job: &Job) -> impl Iterator<Item = &str> {
    let axes = strategy(job).into_iter().flat_map(|strategy| &strategy.axes);
    axes.filter(|(_, axis)| count(axis) > 1).map(|(name, _)| name.as_str())
}

/// Returns the number of values of an axis. One that only a run knows has two: lowering makes such an axis of seeds alone.
pub(super) fn count(axis: &Axis) -> usize {
    match axis {
        Axis::Texts(texts) => texts.len(),
        Axis::Numbers(most) => usize::from(*most),
        Axis::Expression(_) => 2,
    }
}
