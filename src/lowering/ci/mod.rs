//! ci.yml: drift, what a change touches, components, tests and their gates, suites, images, and the one required check.

mod changes;
mod components;
mod drift;
mod gates;
mod images;
mod jobs;
mod passed;
mod plan;
mod test_jobs;

use super::context::project_origin;
use super::suite::suite_file;
use super::toolchain::Trust;
use super::{Context, Family, coverage, find};
use crate::definition::{Merge, SuiteEvent};
use crate::trace::Origin;
use crate::workflow::{Concurrency, Github, Job, ManualInput, ManualKind, Triggers, Value, When, Workflow, need};

pub(super) use gates::{gates as gates_of, quarantine as quarantine_of};
pub(super) use test_jobs::{Seeds, limited, shard_env, tests_job_id};

pub(crate) struct Ci;

impl Family for Ci {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        vec![workflow(context, above)]
    }
}

/// A job of ci.yml, and what its result means for merging.
pub(super) struct Listed {
    job: Job,
    /// The condition under which it runs; the job's `if` and the rule of *passed* are both made from it.
    when: Option<When>,
    merge: Merge,
}

impl Listed {
    /// A required job that runs unless a job before it did not succeed.
    fn new(job: Job) -> Self {
        Self { job, when: None, merge: Merge::Required }
    }

    /// Adds a condition to those that it has.
    fn when(mut self, condition: When) -> Self {
        self.when = Some(match self.when.take() {
            Some(known) => known.and(condition),
            None => condition,
        });
        self
    }

    /// Runs it only where a pull request touches this component or image.
    fn only_if_touched(mut self, context: &Context<'_>, what: &str) -> Self {
        if !context.definition.project.skip_unchanged {
            return self;
        }
        if !self.job.needs.iter().any(|need| need == "changes") {
            self.job.needs.insert(0, "changes".to_owned());
        }
        self.when(need("changes").output(what).is("true"))
    }

    /// The job, with its condition.
    fn into_job(self) -> Job {
        Job { condition: self.when, ..self.job }
    }
}

/// Holds where a job was not skipped.
fn ran(job: &str) -> When {
    need(job).result().is_not("skipped")
}

/// The workflow that every change passes through.
fn workflow(context: &Context<'_>, above: &[Workflow]) -> Workflow {
    let definition = context.definition;
    let mut listed = vec![Listed::new(drift::job(context))];
    if definition.project.skip_unchanged {
        listed.push(Listed::new(changes::job(context)));
    }
    listed.extend(components::jobs(context));
    listed.extend(plan::job(context).map(Listed::new));
    listed.extend(test_jobs::jobs(context));
    listed.extend(suites(context, above));
    listed.extend(coverage_call(context, above));
    listed.extend(images::jobs(context));
    listed.extend(jobs::jobs(context));
    let last = passed::job(context, &listed);
    let mut jobs: Vec<Job> = listed.into_iter().map(Listed::into_job).collect();
    jobs.push(last);
    Workflow {
        file: file(context),
        name: format!("{} ci", context.project()),
        about: vec!["Every change passes through here; the last job is the one required check.".to_owned()],
        on: triggers(context),
        concurrency: Concurrency {
            group: Value::from(context.project())
                + "-ci-"
                + When::event("pull_request").choose(Github::Ref, Github::RunId),
            cancel: When::event("pull_request"),
            queue: false,
        },
        jobs,
        origin: project_origin(),
    }
}

/// The workflow's file.
pub(super) fn file(context: &Context<'_>) -> String {
    context.file("ci")
}

fn triggers(context: &Context<'_>) -> Triggers {
    let definition = context.definition;
    let deploys = !definition.environments.is_empty();
    let branches = definition.project.branches.iter();
    // deploy.yml calls this workflow for the branch that deploys.
    let push_branches = branches.skip(usize::from(deploys)).cloned().collect();
    let seed = ManualInput {
        name: "seed".to_owned(),
        description: "Seed of an earlier run, to have its order of tests again".to_owned(),
        kind: ManualKind::String,
        required: false,
        default: None,
    };
    Triggers {
        pull_request: true,
        merge_group: true,
        push_branches,
        push_tags: Vec::new(),
        schedule: context.nightly(),
        call: deploys.then(Vec::new),
        manual: Some(if plan::needed(context) { vec![seed] } else { Vec::new() }),
    }
}

/// A push to a branch that is called after releases is taken for one, and caches that others can write are left alone.
///
/// Source: <https://docs.zizmor.sh/audits/#cache-poisoning>
fn trust(context: &Context<'_>) -> Trust {
    let releases = triggers(context).push_branches.iter().any(|branch| branch.contains("release"));
    if releases { Trust::Publishes } else { Trust::Builds }
}

/// The suites' workflows, called.
fn suites(context: &Context<'_>, above: &[Workflow]) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, suite) in &context.definition.suites {
        let Some(callee) = find(above, &suite_file(context, name)) else { continue };
        let origin = crate::at!["suites", name.as_str()];
        let mut call = Listed::new(context.call(&format!("suite-{name}"), format!("{name} suite"), callee, origin));
        if let Some(run) = context.definition.tests.get(&suite.of) {
            call = call.only_if_touched(context, &run.component);
        }
        // The suite has a schedule of its own where it says so.
        if suite.on.contains(&SuiteEvent::Nightly) && context.definition.project.nightly.is_some() {
            call = call.when(!When::event("schedule"));
        }
        call.merge = suite.merge;
        listed.push(call);
    }
    listed
}

/// test-coverage.yml, called for the runs that measure.
fn coverage_call(context: &Context<'_>, above: &[Workflow]) -> Option<Listed> {
    let measured = coverage::measured(context);
    let callee = find(above, &coverage::file(context))?;
    let mut job = context.call("coverage", "Coverage", callee, crate::at!["gates"]);
    job.needs = measured.iter().map(|(name, _)| tests_job_id(name)).collect();
    let any = When::Any(job.needs.iter().map(|id| ran(id)).collect());
    if let crate::workflow::Work::Call { with, .. } = &mut job.work {
        *with = measured.iter().map(|(name, _)| (name.to_string(), need(&tests_job_id(name)).result())).collect();
    }
    Some(Listed::new(job).when(When::not_cancelled().and(any)))
}

/// The origin of a table's entry.
fn entry(table: &str, name: &str) -> Origin {
    crate::at![table, name]
}
