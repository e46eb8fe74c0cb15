//! test-coverage.yml: merged coverage, its gate, what a change left uncovered, and the history.

use super::ci::tests_job_id;
use super::{Axes, Context, Family};
use crate::definition::{Component, Floor, Name, Percent, TestRun};
use crate::runners::{Coverage as Kind, runner};
use crate::workflow::{Access, CallInput, Github, Job, Step, Triggers, Value, When, Work, Workflow, grant, pairs};
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
    let deploying = (!When::event("pull_request")).and(When::branch(context.deploying_branch()));
    // On a pull request the checkout is the merge commit, whose first parent is the base.
    let mut steps = vec![context.checkout(&origin, Some(2))];
    if kind == Kind::CoveragePy {
        steps.extend(coverage_py(context, run, component, &origin));
    }
    let take =
        pairs![("pattern", format!("coverage_{}_{name}_*", context.project())), ("path", Value::temp("coverage")),];
    let take = context.action("actions/download-artifact", take, &origin);
    steps.push(Step::uses("Download coverage data", take, origin.clone()));
    let floor = context.coverage_floor(run);
    let ratchet = floor == Some(Floor::Ratchet);
    let mut history = context.python("Restore coverage history", "ci.py history", &[], &origin).env(pairs![
        ("GH_TOKEN", Github::Token),
        ("PIPEWRIGHT_ARTIFACT", &artifact),
        ("PIPEWRIGHT_BRANCH", context.deploying_branch()),
        ("PIPEWRIGHT_HISTORY", Value::temp("history/history.json")),
    ]);
    // A ratchet without the history that there is would pass everything.
    let required = if ratchet { When::TRUE } else { deploying.clone() };
    history.env.extend(pairs![("PIPEWRIGHT_HISTORY_REQUIRED", required)]);
    steps.push(history);
    let floor = floor.map_or_else(|| "0".to_owned(), Floor::word);
    let patch = gates.patch_coverage.map(Percent::fraction).unwrap_or_default();
    steps.push(context.python("Evaluate coverage", "ci.py coverage", &[], &origin).env(pairs![
        ("PIPEWRIGHT_BASE", When::event("pull_request").choose("HEAD^1", "")),
        ("PIPEWRIGHT_DATA", Value::temp("coverage")),
        ("PIPEWRIGHT_EXPECTED_SHARDS", run.shards.to_string()),
        ("PIPEWRIGHT_FLOOR", floor),
        ("PIPEWRIGHT_HISTORY", Value::temp("history/history.json")),
        ("PIPEWRIGHT_HISTORY_OUT", Value::temp("history-out/history.json")),
        ("PIPEWRIGHT_KIND", kind.word()),
        ("PIPEWRIGHT_PATCH_FLOOR", patch),
        ("PIPEWRIGHT_RECORD_HISTORY", deploying.clone()),
        (
            "PIPEWRIGHT_ROOT",
            match context.path(&component.path) {
                root if root.is_empty() => ".".to_owned(),
                root => root,
            },
        ),
        ("PIPEWRIGHT_RUN", name.to_string()),
    ]));
    let keep = pairs![
        ("name", artifact),
        ("path", Value::temp("history-out")),
        ("if-no-files-found", "error"),
        ("overwrite", "true"),
        ("retention-days", "90"),
    ];
    let keep = context.action("actions/upload-artifact", keep, &origin);
    steps.push(Step::uses("Save coverage history", keep, origin.clone()).when(When::not_cancelled().and(deploying)));
    let mut job = context.job(name, format!("Coverage: {name}"), origin, steps);
    grant(&mut job.permissions, "actions", Access::Read, "read the history that an earlier run kept");
    job.condition = Some(Value::input(name.as_str()).is_not("skipped"));
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
    let axes = Axes::of(context, component, None).only(component, run.coverage_version());
    let with = pairs![("python-version", &axes.label)];
    let script = context.script("steps/coverage.sh", context! {});
    let plugins = context.emitted("pytest-plugins.txt");
    vec![
        Step::uses("Set up Python", context.action("actions/setup-python", with, origin), origin.clone()),
        Step::run("Install coverage.py", script, origin.clone()).env([("PLUGINS", plugins)]),
    ]
}
