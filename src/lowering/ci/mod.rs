//! ci.yml: drift, changes, components, tests and their gates, suites, images, and the one required check.

mod changes;
mod ci_job;
mod components;
mod drift;
mod gates;
mod images;
mod jobs;
mod passed;
mod plan;
mod test_jobs;

use super::context::Context;
use super::family::Family;
use super::jobs::{project_origin, scheduled};
use crate::resolve::{self, Pipeline, names};
use crate::workflow::{Concurrency, Github, Job, ManualInput, ManualKind, Triggers, Value, When, Work, Workflow, need};
use ci_job::{CiJob, ran};

pub(crate) struct Ci;

impl Family for Ci {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        vec![workflow(context, above)]
    }
}

/// The workflow that every change passes through.
fn workflow(context: &Context<'_>, above: &[Workflow]) -> Workflow {
    let pipeline = context.pipeline;
    let mut listed = vec![CiJob::new(drift::job(context))];
    if pipeline.detects_changes() {
        listed.push(CiJob::new(changes::job(context)));
    }
    listed.extend(components::jobs(context));
    listed.extend(plan::job(context).map(CiJob::new));
    listed.extend(test_jobs::jobs(context));
    listed.extend(suites(context, above));
    listed.extend(coverage_call(context, above));
    listed.extend(images::jobs(context));
    listed.extend(jobs::jobs(context));
    let last = passed::job(context, &listed);
    let mut jobs: Vec<Job> = listed.into_iter().map(CiJob::into_job).collect();
    jobs.push(last);
    Workflow {
        file: pipeline.names.file(names::CI),
        name: format!("{} ci", pipeline.project()),
        about: vec!["Every change passes through here; the last job is the one required check.".to_owned()],
        on: triggers(pipeline),
        concurrency: Some(Concurrency {
            group: Value::from(pipeline.project())
                + "-ci-"
                + When::event("pull_request").choose(Github::Ref, Github::RunId),
            cancel: When::event("pull_request"),
            queue: false,
        }),
        env: Vec::new(),
        jobs,
        origin: project_origin(),
    }
}

fn triggers(pipeline: &Pipeline<'_>) -> Triggers {
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
        push_branches: pipeline.push_branches().cloned().collect(),
        push_tags: Vec::new(),
        schedule: pipeline.definition.project.nightly.iter().map(scheduled).collect(),
        call: (pipeline.deploys()
            || pipeline.published_images().next().is_some()
            || pipeline.workflows.iter().any(resolve::Workflow::needs_ci))
        .then(Vec::new),
        manual: Some(if pipeline.is_planned() { vec![seed] } else { Vec::new() }),
        ..Triggers::default()
    }
}

/// The suites' workflows, called.
fn suites<'c>(context: &'c Context<'_>, above: &'c [Workflow]) -> impl Iterator<Item = CiJob> + 'c {
    let pipeline = context.pipeline;
    let callee = |file: String| above.iter().find(|workflow| workflow.file == file);
    let calls =
        pipeline.suites.iter().filter_map(move |suite| Some((suite, callee(pipeline.names.file(&suite.workflow))?)));
    calls.map(move |(suite, callee)| {
        let origin = crate::at!["suites", suite.name.as_str()];
        let call = context.call(&suite.job_id(), format!("{} suite", suite.name), callee, origin);
        let mut call = CiJob::new(call).run_only_if_changed(context, suite.run.component.name);
        // A suite with its own schedule runs by that.
        if suite.is_nightly() && pipeline.definition.project.nightly.is_some() {
            call = call.when(!When::event("schedule"));
        }
        call = call.run_only_when(suite.written.when.as_ref());
        call.merge = suite.written.merge;
        call
    })
}

/// test-coverage.yml, called for the runs that measure.
fn coverage_call(context: &Context<'_>, above: &[Workflow]) -> Option<CiJob> {
    let file = context.pipeline.names.file(names::TEST_COVERAGE);
    let callee = above.iter().find(|workflow| workflow.file == file)?;
    let mut job = context.call("coverage", "Coverage", callee, crate::at!["gates"]);
    job.needs = context.pipeline.measured().map(|run| run.job_id()).collect();
    let any = When::Any(job.needs.iter().map(|id| ran(id)).collect());
    if let Work::Call { with, .. } = &mut job.work {
        let measured = context.pipeline.measured();
        *with = measured.map(|run| (run.name.to_string(), need(&run.job_id()).result())).collect();
    }
    Some(CiJob::new(job).when(When::not_cancelled().and(any)))
}
