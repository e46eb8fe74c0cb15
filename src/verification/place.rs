//! Every place of a workflow that a run decides.

use crate::workflow::{Axis, Job, Machine, Pairs, Part, Property, StepKind, Value, When, Work, Workflow};

/// Kind of the key of a place, which decides the contexts and functions it may use.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The workflow's concurrency.
    Workflow,
    /// The workflow's outputs for a caller.
    CallOutput,
    /// A job's condition.
    JobCondition,
    /// A job's matrix.
    Matrix,
    /// A job's name, machine, environment, concurrency, and the inputs of what it calls.
    Job,
    /// A job's variables.
    JobEnv,
    /// The address of a job's environment.
    EnvironmentUrl,
    /// Variables of a service or of the job's container, and the login to its registry.
    ServiceEnv,
    /// Outputs of a job.
    JobOutput,
    /// A step's condition.
    StepCondition,
    /// Anything else of a step.
    Step,
}

/// A tree of a workflow.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tree<'a> {
    Value(&'a Value),
    When(&'a When),
}

/// A place that a run decides, and what decides it.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// Its workflow.
    pub(super) workflow: &'a Workflow,
    /// Its job.
    pub(super) job: Option<&'a Job>,
    /// The position of its step.
    pub(super) step: Option<usize>,
    /// Kind of the key.
    pub(super) key: Key,
    /// The key, or the table of the name.
    pub(super) table: &'static str,
    /// The name within that table; empty for a key without a table.
    pub(super) name: &'a str,
    /// Content.
    pub(super) tree: Tree<'a>,
    /// Properties that it refers to.
    pub(super) properties: Vec<&'a Property>,
    /// `true` if it asks a status function.
    pub(super) asks_status: bool,
}

/// Collects every place that a run decides, in the order in which they are written.
pub(super) fn places(workflows: &[Workflow]) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for workflow in workflows {
        let mut walk = Walk { places: &mut places, workflow, job: None, step: None };
        walk.workflow();
    }
    places
}

/// Walks a workflow.
struct Walk<'c, 'w> {
    places: &'c mut Vec<Place<'w>>,
    workflow: &'w Workflow,
    job: Option<&'w Job>,
    step: Option<usize>,
}

impl<'w> Walk<'_, 'w> {
    fn workflow(&mut self) {
        let workflow = self.workflow;
        if let Some(concurrency) = &workflow.concurrency {
            self.value(Key::Workflow, "concurrency", "group", &concurrency.group);
            self.when(Key::Workflow, "concurrency", "cancel-in-progress", &concurrency.cancel);
        }
        self.pairs(Key::CallOutput, "outputs", &workflow.on.call_outputs);
        self.pairs(Key::Workflow, "env", &workflow.env);
        for job in &workflow.jobs {
            self.job = Some(job);
            self.job(job);
        }
    }

    fn job(&mut self, job: &'w Job) {
        self.value(Key::Job, "name", "", &job.name);
        if let Some(when) = &job.condition {
            self.when(Key::JobCondition, "if", "", when);
        }
        if let Some(concurrency) = &job.concurrency {
            self.value(Key::Job, "concurrency", "group", &concurrency.group);
            self.when(Key::Job, "concurrency", "cancel-in-progress", &concurrency.cancel);
        }
        self.pairs(Key::JobOutput, "outputs", &job.outputs);
        for (name, axis) in job.strategy().into_iter().flat_map(|strategy| &strategy.axes) {
            if let Axis::Expression(list) = axis {
                self.value(Key::Matrix, "matrix", name, list);
            }
        }
        match &job.work {
            Work::Call { with, secrets, .. } => {
                self.pairs(Key::Job, "with", with);
                self.pairs(Key::JobEnv, "secrets", secrets);
            }
            Work::Steps { runner, environment, env, container, services, .. } => {
                if let Machine::Label(label) = runner {
                    self.value(Key::Job, "runs-on", "", label);
                }
                if let Some(environment) = environment {
                    self.value(Key::Job, "environment", "", &environment.name);
                    if let Some(url) = &environment.url {
                        self.value(Key::EnvironmentUrl, "environment", "url", url);
                    }
                }
                self.pairs(Key::JobEnv, "env", env);
                if let Some(container) = container {
                    self.pairs(Key::ServiceEnv, "credentials", &container.credentials);
                    self.pairs(Key::ServiceEnv, "env", &container.env);
                }
                for service in services {
                    self.pairs(Key::ServiceEnv, "env", &service.env);
                }
            }
        }
        for (index, step) in job.steps().iter().enumerate() {
            self.step = Some(index);
            if let Some(when) = &step.condition {
                self.when(Key::StepCondition, "if", "", when);
            }
            self.pairs(Key::Step, "env", &step.env);
            if let StepKind::Uses(action) = &step.kind {
                self.pairs(Key::Step, "with", &action.with);
            }
        }
        self.step = None;
    }

    fn pairs(&mut self, key: Key, table: &'static str, pairs: &'w Pairs) {
        for (name, value) in pairs {
            self.value(key, table, name, value);
        }
    }

    fn value(&mut self, key: Key, table: &'static str, name: &'w str, value: &'w Value) {
        if value.literal().is_none() {
            self.place(key, table, name, Tree::Value(value));
        }
    }

    fn when(&mut self, key: Key, table: &'static str, name: &'w str, when: &'w When) {
        self.place(key, table, name, Tree::When(when));
    }

    fn place(&mut self, key: Key, table: &'static str, name: &'w str, tree: Tree<'w>) {
        let (mut properties, mut asks_status) = (Vec::new(), false);
        let mut visit = |part| match part {
            Part::Property(property) => properties.push(property),
            Part::Status(_) => asks_status = true,
        };
        match tree {
            Tree::Value(value) => value.walk(&mut visit),
            Tree::When(when) => when.walk(&mut visit),
        }
        let Self { workflow, job, step, .. } = *self;
        self.places.push(Place { workflow, job, step, key, table, name, tree, properties, asks_status });
    }
}
