//! Every place of a workflow that holds an expression, each distinct text parsed once.

use std::collections::HashMap;

use crate::workflow::expression::{self, CallUse, ContextUse, Error, Expr};
use crate::workflow::{Axis, Job, Pairs, Runner, Service, StepKind, Work, Workflow};

/// What kind of key a place is: decides which contexts and functions it may use.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A name or a description of a workflow.
    Plain,
    /// The workflow's concurrency, and defaults of its inputs.
    Workflow,
    /// A job's condition.
    JobCondition,
    /// A job's matrix.
    Matrix,
    /// A job's name, machine, environment, concurrency, images, and the inputs of what it calls.
    Job,
    /// A job's variables.
    JobEnv,
    /// The address of a job's environment.
    EnvironmentUrl,
    /// Variables of a service.
    ServiceEnv,
    /// What a job hands to others.
    JobOutput,
    /// A step's condition.
    StepCondition,
    /// Anything else of a step.
    Step,
}

/// A text in a workflow, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Spot<'w> {
    workflow: &'w Workflow,
    job: Option<&'w Job>,
    step: Option<usize>,
    key: Key,
    table: &'static str,
    name: &'w str,
    /// Which of the distinct texts it is.
    text: usize,
}

/// Every text with an expression in it.
#[derive(Debug, Default)]
pub(super) struct Written<'w> {
    spots: Vec<Spot<'w>>,
    /// Distinct texts, each with whether it is an expression without braces.
    texts: Vec<(&'w str, bool)>,
}

/// A text that was parsed.
#[derive(Debug)]
pub(super) struct Parsed<'w> {
    text: &'w str,
    expressions: Result<Vec<Expr>, Error>,
}

/// What a text uses.
#[derive(Debug)]
pub(super) struct Read<'p> {
    /// The text.
    pub(super) text: &'p str,
    /// Its expressions.
    pub(super) expressions: &'p [Expr],
    /// Why it is none.
    pub(super) error: Option<&'p Error>,
    /// Contexts that it uses.
    pub(super) contexts: Vec<ContextUse<'p>>,
    /// Functions that it calls.
    pub(super) calls: Vec<CallUse<'p>>,
}

/// A place with an expression, and what it uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The workflow that it stands in.
    pub(super) workflow: &'a Workflow,
    /// The job that it stands in.
    pub(super) job: Option<&'a Job>,
    /// The position of the step that it stands in.
    pub(super) step: Option<usize>,
    /// What kind of key it is.
    pub(super) key: Key,
    /// The key, or the table that the name stands in.
    pub(super) table: &'static str,
    /// The name within that table; empty for a key of its own.
    pub(super) name: &'a str,
    /// What it uses.
    pub(super) read: &'a Read<'a>,
}

/// Collects every text with an expression in it.
pub(super) fn written(workflows: &[Workflow]) -> Written<'_> {
    let mut collector = Collector::default();
    for workflow in workflows {
        let mut spots = Spots { collector: &mut collector, workflow, job: None, step: None };
        spots.workflow();
    }
    collector.written
}

impl<'w> Written<'w> {
    /// Parses every distinct text.
    pub(super) fn parse(&self) -> Vec<Parsed<'w>> {
        let parse = |&(text, bare): &(&'w str, bool)| {
            let expressions =
                if bare { expression::parse(text).map(|expr| vec![expr]) } else { expression::parse_embedded(text) };
            Parsed { text, expressions }
        };
        self.texts.iter().map(parse).collect()
    }

    /// Every place, in the order in which they are written.
    pub(super) fn places<'a>(&self, read: &'a [Read<'a>]) -> Vec<Place<'a>>
    where
        'w: 'a,
    {
        let place = |spot: &Spot<'w>| {
            let Spot { workflow, job, step, key, table, name, text } = *spot;
            read.get(text).map(|read| Place { workflow, job, step, key, table, name, read })
        };
        self.spots.iter().filter_map(place).collect()
    }
}

impl<'p> Read<'p> {
    pub(super) fn of(parsed: &'p Parsed<'_>) -> Self {
        let expressions = parsed.expressions.as_deref().unwrap_or_default();
        Self {
            text: parsed.text,
            expressions,
            error: parsed.expressions.as_ref().err(),
            contexts: expressions.iter().flat_map(expression::contexts).collect(),
            calls: expressions.iter().flat_map(expression::functions).collect(),
        }
    }
}

#[derive(Default)]
struct Collector<'w> {
    written: Written<'w>,
    known: HashMap<(&'w str, bool), usize>,
}

/// Walks a workflow.
struct Spots<'c, 'w> {
    collector: &'c mut Collector<'w>,
    workflow: &'w Workflow,
    job: Option<&'w Job>,
    step: Option<usize>,
}

impl<'w> Spots<'_, 'w> {
    fn workflow(&mut self) {
        let workflow = self.workflow;
        self.put(Key::Plain, "name", "", &workflow.name);
        self.put(Key::Workflow, "concurrency", "group", &workflow.concurrency.group);
        self.put(Key::Workflow, "concurrency", "cancel-in-progress", &workflow.concurrency.cancel);
        for input in workflow.on.call.iter().flatten() {
            self.put(Key::Plain, "inputs", &input.name, &input.description);
            self.maybe(Key::Workflow, "inputs", &input.name, input.default.as_ref());
        }
        for input in workflow.on.manual.iter().flatten() {
            self.put(Key::Plain, "inputs", &input.name, &input.description);
            self.maybe(Key::Plain, "inputs", &input.name, input.default.as_ref());
        }
        for job in &workflow.jobs {
            self.job = Some(job);
            self.job(job);
        }
    }

    fn job(&mut self, job: &'w Job) {
        self.put(Key::Job, "name", "", &job.name);
        self.bare(Key::JobCondition, "if", "", job.condition.as_ref());
        if let Some(concurrency) = &job.concurrency {
            self.put(Key::Job, "concurrency", "group", &concurrency.group);
            self.put(Key::Job, "concurrency", "cancel-in-progress", &concurrency.cancel);
        }
        self.pairs(Key::JobOutput, "outputs", &job.outputs);
        match &job.work {
            Work::Call { with, .. } => self.pairs(Key::Job, "with", with),
            Work::Steps { runner, environment, strategy, env, services, .. } => {
                self.runner(runner);
                if let Some(environment) = environment {
                    self.put(Key::Job, "environment", "", &environment.name);
                    self.maybe(Key::EnvironmentUrl, "environment", "url", environment.url.as_ref());
                }
                for (name, axis) in strategy.iter().flat_map(|strategy| &strategy.axes) {
                    match axis {
                        Axis::Texts(texts) => {
                            for text in texts {
                                self.put(Key::Matrix, "matrix", name, text);
                            }
                        }
                        Axis::Expression(inner) => self.bare(Key::Matrix, "matrix", name, Some(inner)),
                        Axis::Numbers(_) => {}
                    }
                }
                self.pairs(Key::JobEnv, "env", env);
                for service in services {
                    self.service(service);
                }
            }
        }
        for (index, step) in job.steps().iter().enumerate() {
            self.step = Some(index);
            self.put(Key::Step, "name", "", &step.name);
            self.bare(Key::StepCondition, "if", "", step.condition.as_ref());
            self.pairs(Key::Step, "env", &step.env);
            match &step.kind {
                StepKind::Uses(action) => self.pairs(Key::Step, "with", &action.with),
                // A script holds no expression: see `script-expression`.
                StepKind::Run(run) => self.maybe(Key::Step, "working-directory", "", run.folder.as_ref()),
            }
        }
        self.step = None;
    }

    fn runner(&mut self, runner: &'w Runner) {
        match runner {
            Runner::Label(label) => self.put(Key::Job, "runs-on", "", label),
            Runner::Labels(labels, group) => {
                for label in labels.iter().chain(group) {
                    self.put(Key::Job, "runs-on", "", label);
                }
            }
        }
    }

    fn service(&mut self, service: &'w Service) {
        self.put(Key::Job, "services", &service.id, &service.image);
        self.pairs(Key::ServiceEnv, "env", &service.env);
        for text in service.ports.iter().chain(&service.options).chain(&service.command).chain(&service.entrypoint) {
            self.put(Key::Job, "services", &service.id, text);
        }
    }

    fn pairs(&mut self, key: Key, table: &'static str, pairs: &'w Pairs) {
        for (name, value) in pairs {
            self.put(key, table, name, value);
        }
    }

    fn maybe(&mut self, key: Key, table: &'static str, name: &'w str, text: Option<&'w String>) {
        if let Some(text) = text {
            self.put(key, table, name, text);
        }
    }

    fn put(&mut self, key: Key, table: &'static str, name: &'w str, text: &'w str) {
        if text.contains("${{") {
            self.spot(key, table, name, text, false);
        }
    }

    fn bare(&mut self, key: Key, table: &'static str, name: &'w str, text: Option<&'w String>) {
        if let Some(text) = text {
            self.spot(key, table, name, text, true);
        }
    }

    fn spot(&mut self, key: Key, table: &'static str, name: &'w str, text: &'w str, bare: bool) {
        let Collector { written, known } = &mut *self.collector;
        let text = *known.entry((text, bare)).or_insert_with(|| {
            written.texts.push((text, bare));
            written.texts.len() - 1
        });
        let Self { workflow, job, step, .. } = *self;
        written.spots.push(Spot { workflow, job, step, key, table, name, text });
    }
}
