//! test-coverage.yml: merged coverage, its gate, uncovered changes, and the history.

use super::axes::Axes;
use super::context::Context;
use super::family::Family;
use super::jobs::sort;
use crate::definition::{CoverageReports, CoverageService, Floor, Percent};
use crate::resolve::{self, TestRun, names};
use crate::runners::Coverage as Kind;
use crate::trace::Origin;
use crate::workflow::{
    Access, CallInput, Github, Job, ManualKind, Step, Triggers, Value, When, Work, Workflow, grant, pairs, step,
};
use minijinja::context;

pub(crate) struct Coverage;

/// Folder of the report, in the runner's temporary folder.
const REPORT: &str = "coverage-report";
/// Id of the step that writes it.
const EVALUATE: &str = "coverage";

impl Family for Coverage {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        workflow(context).into_iter().collect()
    }
}

/// Returns the workflow, if any run measures coverage.
fn workflow(context: &Context<'_>) -> Option<Workflow> {
    let pipeline = context.pipeline;
    let measured = pipeline.measured().filter_map(|run| Some(job(context, run, run.coverage.as_ref()?)));
    let jobs: Vec<Job> = measured.collect();
    let inputs = pipeline.measured().map(|run| CallInput {
        name: run.name.to_string(),
        description: format!("How the job {} ended", run.job_id()),
        kind: ManualKind::String,
        default: None,
    });
    (!jobs.is_empty()).then(|| Workflow {
        file: pipeline.names.file(names::TEST_COVERAGE),
        name: format!("{} test coverage", pipeline.project()),
        about: vec!["Called by ci.yml, in whose run the shards' coverage is; it measures nothing again.".to_owned()],
        on: Triggers { call: Some(inputs.collect()), ..Triggers::default() },
        concurrency: Some(context.each_run(names::TEST_COVERAGE)),
        env: Vec::new(),
        jobs,
        origin: crate::at!["gates", "coverage"],
    })
}

fn job(context: &Context<'_>, run: &TestRun<'_>, coverage: &resolve::Coverage<'_>) -> Job {
    let name = run.name;
    let (project, branch) = (context.pipeline.project(), context.pipeline.deploying_branch());
    let origin = crate::at!["tests", name.as_str(), "coverage"];
    let artifact = format!("history_{project}_{name}");
    let deploying = (!When::event("pull_request")).and(When::branch(branch));
    // On a pull request the checkout is the merge commit, whose first parent is the base.
    let mut steps = vec![context.checkout(&origin, Some(2))];
    if coverage.kind == Kind::CoveragePy {
        steps.extend(coverage_py(context, run, &origin));
    }
    let take = pairs![("pattern", format!("coverage_{project}_{name}_*")), ("path", Value::temp("coverage"))];
    let take = context.action("actions/download-artifact", take, &origin);
    steps.push(Step::uses("Download coverage data", take, origin.clone()));
    let ratchet = coverage.floor == Some(Floor::Ratchet);
    let mut history = context.python("Restore coverage history", "ci.py history", &[], &origin).env(pairs![
        ("GH_TOKEN", Github::Token),
        ("PIPEWRIGHT_ARTIFACT", &artifact),
        ("PIPEWRIGHT_BRANCH", branch),
        ("PIPEWRIGHT_HISTORY", Value::temp("history/history.json")),
    ]);
    // A ratchet without its history would pass any coverage.
    let required = if ratchet { When::TRUE } else { deploying.clone() };
    history.env.extend(pairs![("PIPEWRIGHT_HISTORY_REQUIRED", required)]);
    steps.push(history);
    let floor = coverage.floor.map_or_else(|| "0".to_owned(), Floor::word);
    let folder = run.component.folder.as_str();
    let patch = run.gates.patch_coverage.map_or_else(String::new, Percent::fraction);
    let mut evaluate = context.python("Evaluate coverage", "ci.py coverage", &[], &origin).env(pairs![
        ("PIPEWRIGHT_BASE", When::event("pull_request").choose("HEAD^1", "")),
        ("PIPEWRIGHT_DATA", Value::temp("coverage")),
        ("PIPEWRIGHT_EXPECTED_SHARDS", run.written.shards.to_string()),
        ("PIPEWRIGHT_FLOOR", floor),
        ("PIPEWRIGHT_HISTORY", Value::temp("history/history.json")),
        ("PIPEWRIGHT_HISTORY_OUT", Value::temp("history-out/history.json")),
        ("PIPEWRIGHT_KIND", coverage.kind.as_str()),
        ("PIPEWRIGHT_PATCH_FLOOR", patch),
        ("PIPEWRIGHT_RECORD_HISTORY", deploying.clone()),
        ("PIPEWRIGHT_ROOT", if folder.is_empty() { "." } else { folder }),
        ("PIPEWRIGHT_RUN", name.to_string()),
    ]);
    let CoverageReports { artifact: kept, upload } = &context.pipeline.definition.coverage;
    if *kept || upload.is_some() {
        evaluate = evaluate.id(EVALUATE).env(pairs![("PIPEWRIGHT_REPORT", Value::temp(REPORT))]);
        sort(&mut evaluate.env);
    }
    steps.push(evaluate);
    steps.extend(reports(context, run, &origin));
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
    if context.pipeline.definition.coverage.upload.is_some() {
        grant(&mut job.permissions, "id-token", Access::Write, "send the coverage without a stored token");
    }
    job.condition = Some(Value::input(name.as_str()).is_not("skipped"));
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = context.pipeline.default_minutes();
    }
    job
}

/// Returns the steps that pass the report on; one of a gate that failed is of use, too.
fn reports(context: &Context<'_>, run: &TestRun<'_>, origin: &Origin) -> Vec<Step> {
    let CoverageReports { artifact, upload } = &context.pipeline.definition.coverage;
    let mut steps = Vec::new();
    if *artifact {
        let with = pairs![
            ("name", format!("coverage-report_{}_{}", context.pipeline.project(), run.name)),
            ("path", Value::temp(REPORT)),
            ("overwrite", "true"),
        ];
        let keep = context.action("actions/upload-artifact", with, origin);
        steps.push(Step::uses("Upload the coverage report", keep, origin.clone()));
    }
    match upload {
        Some(CoverageService::Codecov) => {
            let with = pairs![
                ("disable_search", "true"),
                ("files", Value::temp(&format!("{REPORT}/lcov.info"))),
                ("flags", run.name.as_str()),
                ("use_oidc", "true"),
            ];
            let send = context.action("codecov/codecov-action", with, origin);
            steps.push(Step::uses("Upload coverage to Codecov", send, origin.clone()));
        }
        None => {}
    }
    let evaluated = step(EVALUATE).outcome();
    let written = || When::not_cancelled().and(evaluated.clone().is_not("skipped"));
    steps.into_iter().map(|step| step.when(written())).collect()
}

/// Installs coverage.py, which is needed to read its data files.
fn coverage_py(context: &Context<'_>, run: &TestRun<'_>, origin: &Origin) -> Vec<Step> {
    let axes = Axes::only(&run.component.axes, run.written.coverage_version());
    let with = pairs![("python-version", &axes.label)];
    let script = context.script("steps/coverage.sh", context! {});
    let plugins = context.emitted("pytest-plugins.txt");
    vec![
        Step::uses("Set up Python", context.action("actions/setup-python", with, origin), origin.clone()),
        Step::run("Install coverage.py", script, origin.clone()).env([("PLUGINS", plugins)]),
    ]
}
