//! ci.yml: drift, what a change touches, components, tests and their gates, suites, images, and the one required check.

mod changes;
mod components;
mod drift;
mod gates;
mod images;
mod jobs;
mod passed;
mod plan;
mod tests;

use super::context::project_origin;
use super::suite::suite_file;
use super::toolchain::Trust;
use super::{Context, Family, coverage, find};
use crate::definition::{Also, Merge};
use crate::trace::Origin;
use crate::workflow::{Concurrency, Job, ManualInput, ManualKind, Triggers, Workflow};

pub(super) use gates::{gates as gates_of, quarantine as quarantine_of};
pub(super) use tests::{Seeds, shard_env, tests_job_id};

pub(crate) struct Ci;

impl Family for Ci {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        vec![workflow(context, above)]
    }
}

/// A job of ci.yml, and when it may be skipped without a failure.
pub(super) struct Listed {
    job: Job,
    skip: Skip,
}

/// When a skipped job counts as a success.
pub(super) enum Skip {
    /// Never.
    Never,
    /// Where another job that is judged itself was skipped.
    Follows,
    /// Where a pull request does not touch this.
    Untouched(String),
    /// It is not asked: its failure is only shown.
    Reported,
}

/// The workflow that every change passes through.
fn workflow(context: &Context<'_>, above: &[Workflow]) -> Workflow {
    let definition = context.definition;
    let mut listed = vec![Listed { job: drift::job(context), skip: Skip::Never }];
    if definition.project.skip_unchanged {
        listed.push(Listed { job: changes::job(context), skip: Skip::Never });
    }
    listed.extend(components::jobs(context));
    listed.extend(plan::job(context).map(|job| Listed { job, skip: Skip::Never }));
    listed.extend(tests::jobs(context));
    listed.extend(suites(context, above));
    listed.extend(coverage_call(context, above));
    listed.extend(images::jobs(context));
    listed.extend(jobs::jobs(context));
    let last = passed::job(context, &listed);
    let mut jobs: Vec<Job> = listed.into_iter().map(|listed| listed.job).collect();
    jobs.push(last);
    Workflow {
        file: file(context),
        name: format!("{} ci", context.project()),
        about: vec!["Every change passes through here; the last job is the one required check.".to_owned()],
        on: triggers(context),
        concurrency: Concurrency {
            group: format!(
                "{}-ci-${{{{ github.event_name == 'pull_request' && github.ref || github.run_id }}}}",
                context.project()
            ),
            cancel: "${{ github.event_name == 'pull_request' }}".to_owned(),
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
        let mut job = context.call(&format!("suite-{name}"), &format!("{name} suite"), callee, origin);
        let component = context.definition.tests.get(&suite.of).map(|run| run.component.as_str());
        let touched = component.and_then(|component| touch(context, &mut job, component));
        // The suite has a schedule of its own where it says so.
        if suite.also.contains(&Also::Nightly) && context.definition.project.nightly.is_some() {
            let own = "github.event_name != 'schedule'";
            job.condition = Some(job.condition.map_or(own.to_owned(), |condition| format!("{condition} && {own}")));
        }
        let skip = match (suite.merge, touched) {
            (Merge::Reported, _) => Skip::Reported,
            (Merge::Required, _)
                if job.condition.as_deref().is_some_and(|condition| condition.contains("schedule")) =>
            {
                Skip::Follows
            }
            (Merge::Required, Some(output)) => Skip::Untouched(output),
            (Merge::Required, None) => Skip::Never,
        };
        listed.push(Listed { job, skip });
    }
    listed
}

/// test-coverage.yml, called for the runs that measure.
fn coverage_call(context: &Context<'_>, above: &[Workflow]) -> Option<Listed> {
    let measured = coverage::measured(context);
    let callee = find(above, &coverage::file(context))?;
    let mut job = context.call("coverage", "Coverage", callee, crate::at!["gates"]);
    job.needs = measured.iter().map(|(name, _)| tests_job_id(name)).collect();
    let ran: Vec<String> = job.needs.iter().map(|id| format!("needs.{id}.result != 'skipped'")).collect();
    let any = if ran.len() > 1 { format!("({})", ran.join(" || ")) } else { ran.join("") };
    job.condition = Some(format!("!cancelled() && {any}"));
    if let crate::workflow::Work::Call { with, .. } = &mut job.work {
        *with = measured
            .iter()
            .map(|(name, _)| (name.to_string(), format!("${{{{ needs.{}.result }}}}", tests_job_id(name))))
            .collect();
    }
    Some(Listed { job, skip: Skip::Follows })
}

/// Makes a job run only where a pull request touches this component or image; the name of the output that says so.
fn touch(context: &Context<'_>, job: &mut Job, what: &str) -> Option<String> {
    if !context.definition.project.skip_unchanged {
        return None;
    }
    job.needs.insert(0, "changes".to_owned());
    let own = format!("needs.changes.outputs.{what} == 'true'");
    job.condition = Some(job.condition.take().map_or(own.clone(), |condition| format!("{own} && {condition}")));
    Some(what.to_owned())
}

/// When the skip of a job that follows its component counts as a success.
fn untouched(output: Option<String>) -> Skip {
    output.map_or(Skip::Never, Skip::Untouched)
}

/// The origin of a table's entry.
fn entry(table: &str, name: &str) -> Origin {
    crate::at![table, name]
}
