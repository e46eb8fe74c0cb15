//! test-coverage.yml: merged coverage, its gate, what a change left uncovered, and the history.

use super::ci::tests_job_id;
use super::context::pairs;
use super::{Axes, Context, Family};
use crate::definition::{Component, Floor, Name, Percent, TestRun};
use crate::runners::{Coverage as Kind, runner};
use crate::workflow::{Access, CallInput, Job, Step, Triggers, Work, Workflow, grant};
use minijinja::context;

pub(crate) struct Coverage;

impl Family for Coverage {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        workflow(context).into_iter().collect()
    }
}

/// Runs whose coverage is measured.
pub(super) fn measured<'a>(context: &Context<'a>) -> Vec<(&'a Name, &'a TestRun)> {
    let measures = |run: &TestRun| {
        run.coverage.is_some() && runner(&run.runner).is_some_and(|runner| runner.can().coverage.is_some())
    };
    context.definition.tests.iter().filter(|(_, run)| measures(run)).collect()
}

/// The workflow's file.
pub(super) fn file(context: &Context<'_>) -> String {
    context.file("test-coverage")
}

/// The workflow, where anything is measured.
fn workflow(context: &Context<'_>) -> Option<Workflow> {
    let runs = measured(context);
    let jobs: Vec<Job> = runs
        .iter()
        .filter_map(|(name, run)| {
            let component = context.component(&run.component)?;
            let kind = runner(&run.runner)?.can().coverage?;
            Some(job(context, name, run, component, kind))
        })
        .collect();
    let inputs = runs.iter().map(|(name, _)| CallInput {
        name: name.to_string(),
        description: format!("How the job {} ended", tests_job_id(name)),
        default: None,
    });
    (!jobs.is_empty()).then(|| Workflow {
        file: file(context),
        name: format!("{} test coverage", context.project()),
        about: vec!["Called by ci.yml, in whose run the shards' coverage is; it measures nothing again.".to_owned()],
        on: Triggers { call: Some(inputs.collect()), ..Triggers::default() },
        concurrency: context.each_run("test-coverage"),
        jobs,
        origin: crate::at!["gates", "coverage"],
    })
}

fn job(context: &Context<'_>, name: &Name, run: &TestRun, component: &Component, kind: Kind) -> Job {
    let origin = crate::at!["tests", name.as_str(), "coverage"];
    let gates = context.gates(run);
    let artifact = format!("history_{}_{name}", context.project());
    let deploying =
        format!("github.event_name != 'pull_request' && github.ref == 'refs/heads/{}'", context.deploying_branch());
    // On a pull request the checkout is the merge commit, whose first parent is the base.
    let mut steps = vec![context.checkout(&origin, Some(2))];
    if kind == Kind::CoveragePy {
        steps.extend(coverage_py(context, run, component, &origin));
    }
    let take = pairs([
        ("pattern", &format!("coverage_{}_{name}_*", context.project())),
        ("path", "${{ runner.temp }}/coverage"),
    ]);
    let take = context.action("actions/download-artifact", take, &origin);
    steps.push(Step::uses("Download coverage data", take, origin.clone()));
    let floor = context.coverage_floor(run);
    let ratchet = floor == Some(Floor::Ratchet);
    let mut history = context.python("Restore coverage history", "history.py", &[], &origin).env([
        ("GH_TOKEN", "${{ github.token }}".to_owned()),
        ("PIPEWRIGHT_ARTIFACT", artifact.clone()),
        ("PIPEWRIGHT_BRANCH", context.deploying_branch().to_owned()),
        ("PIPEWRIGHT_HISTORY", "${{ runner.temp }}/history/history.json".to_owned()),
    ]);
    // A ratchet without the history that there is would pass everything.
    let required = if ratchet { "true".to_owned() } else { format!("${{{{ {deploying} }}}}") };
    history.env.push(("PIPEWRIGHT_HISTORY_REQUIRED".to_owned(), required));
    steps.push(history);
    let floor = floor.map_or_else(|| "0".to_owned(), Floor::word);
    let patch = gates.patch_coverage.map(Percent::fraction).unwrap_or_default();
    steps.push(context.python("Evaluate coverage", "coverage_report.py", &[], &origin).env([
        ("PIPEWRIGHT_BASE", "${{ github.event_name == 'pull_request' && 'HEAD^1' || '' }}".to_owned()),
        ("PIPEWRIGHT_DATA", "${{ runner.temp }}/coverage".to_owned()),
        ("PIPEWRIGHT_EXPECTED_SHARDS", run.shards.to_string()),
        ("PIPEWRIGHT_FLOOR", floor),
        ("PIPEWRIGHT_HISTORY", "${{ runner.temp }}/history/history.json".to_owned()),
        ("PIPEWRIGHT_HISTORY_OUT", "${{ runner.temp }}/history-out/history.json".to_owned()),
        ("PIPEWRIGHT_KIND", kind.word().to_owned()),
        ("PIPEWRIGHT_PATCH_FLOOR", patch),
        ("PIPEWRIGHT_RECORD_HISTORY", format!("${{{{ {deploying} }}}}")),
        (
            "PIPEWRIGHT_ROOT",
            match context.path(&component.path) {
                root if root.is_empty() => ".".to_owned(),
                root => root,
            },
        ),
        ("PIPEWRIGHT_RUN", name.to_string()),
    ]));
    let keep = pairs([
        ("name", artifact.as_str()),
        ("path", "${{ runner.temp }}/history-out"),
        ("if-no-files-found", "error"),
        ("overwrite", "true"),
        ("retention-days", "90"),
    ]);
    let keep = context.action("actions/upload-artifact", keep, &origin);
    steps.push(Step::uses("Save coverage history", keep, origin.clone()).when(format!("!cancelled() && {deploying}")));
    let mut job = context.job(name, &format!("Coverage: {name}"), origin, steps);
    grant(&mut job.permissions, "actions", Access::Read, "read the history that an earlier run kept");
    job.condition = Some(format!("inputs.{name} != 'skipped'"));
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = context.minutes(None);
    }
    job
}

/// Coverage.py itself, which alone reads its files.
fn coverage_py(
    context: &Context<'_>,
    run: &TestRun,
    component: &Component,
    origin: &crate::trace::Origin,
) -> Vec<Step> {
    context.emitted("pytest-plugins.txt");
    let axes = Axes::of(context, component, None).only(component, run.coverage_version());
    let with = pairs([("python-version", &axes.label)]);
    let script = context.script("steps/coverage.sh", context! {});
    let plugins = format!("{}/pytest-plugins.txt", context.scripts_folder());
    vec![
        Step::uses("Set up Python", context.action("actions/setup-python", with, origin), origin.clone()),
        Step::run("Install coverage.py", script, origin.clone()).env([("PLUGINS", plugins)]),
    ]
}
