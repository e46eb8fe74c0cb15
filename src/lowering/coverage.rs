//! test-coverage.yml: merged coverage, its gate, uncovered changes, and the history.

use super::axes::Axes;
use super::context::Context;
use super::family::Family;
use super::jobs::sort;
use crate::definition::{CoverageReports, CoverageService, Floor, Percent};
use crate::resolve::{self, TestRun, names};
use crate::runners::Coverage as Kind;
use crate::trace::{Effect, Origin};
use crate::workflow::{
    Access, CallInput, Github, Job, ManualKind, Step, Triggers, Value, When, Work, Workflow, grant, pairs, step,
};
use minijinja::context;

pub(crate) struct Coverage;

/// Folder of the report, in the runner's temporary folder.
const REPORT: &str = "coverage-report";
/// Folder of the text for the comment on a pull request.
const COMMENT: &str = "coverage-comment";
/// Id of the step that writes both.
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
    let mut jobs: Vec<Job> = measured.collect();
    if pipeline.definition.coverage.comment && !jobs.is_empty() {
        let needs = jobs.iter().map(|job| job.id.clone()).collect();
        jobs.push(comment(context, needs));
    }
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
    let evaluate = context.python("Evaluate coverage", "ci.py coverage", &[], &origin).env(pairs![
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
    steps.push(passed_on(context, evaluate, name));
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

/// Adds the files that an evaluation writes, where others get them.
fn passed_on(context: &Context<'_>, mut evaluate: Step, run: &str) -> Step {
    let CoverageReports { artifact, upload, comment } = &context.pipeline.definition.coverage;
    if *artifact || upload.is_some() {
        evaluate = evaluate.id(EVALUATE).env(pairs![("PIPEWRIGHT_REPORT", Value::temp(REPORT))]);
    }
    if *comment {
        let file = Value::temp(&format!("{COMMENT}/{run}.md"));
        evaluate = evaluate.id(EVALUATE).env(pairs![("PIPEWRIGHT_COMMENT", file)]);
    }
    sort(&mut evaluate.env);
    evaluate
}

/// Returns the job that keeps one comment on the pull request, with the texts of all runs.
///
/// The job runs no code of the pull request: its token could approve others. `pull_request_target` and `workflow_run`
/// could comment on those of forks, too, with a token that a mistake in the workflow would hand to their authors.
///
/// Source: <https://docs.zizmor.sh/audits/#dangerous-triggers>
fn comment(context: &Context<'_>, needs: Vec<String>) -> Job {
    let origin = crate::at!["coverage", "comment"];
    let project = context.pipeline.project();
    let take = pairs![
        ("pattern", format!("{COMMENT}_{project}_*")),
        ("path", Value::temp(COMMENT)),
        ("merge-multiple", "true"),
    ];
    let take = context.action("actions/download-artifact", take, &origin);
    let script = context.script("steps/coverage-comment.sh", context! {});
    let write = Step::run("Update the comment", script, origin.clone()).env(pairs![
        ("FOLDER", Value::temp(COMMENT)),
        ("GH_TOKEN", Github::Token),
        ("MARKER", format!("<!-- coverage of {project} -->")),
        ("NUMBER", Github::PullRequest),
    ]);
    let write = write.effect(Effect::Tells);
    let steps = vec![Step::uses("Download the texts", take, origin.clone()), write];
    let mut job = context.job("coverage_comment", "Coverage comment", origin, steps);
    job.needs = needs;
    job.permissions.clear();
    grant(&mut job.permissions, "pull-requests", Access::Write, "comment on the pull request");
    let own = Value::from(Github::HeadRepository).is(Github::Repository);
    job.condition = Some(When::All(vec![When::not_cancelled(), When::event("pull_request"), own]));
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}

/// Returns the steps that pass the report on; one of a gate that failed is of use, too.
fn reports(context: &Context<'_>, run: &TestRun<'_>, origin: &Origin) -> Vec<Step> {
    let CoverageReports { artifact, upload, comment } = &context.pipeline.definition.coverage;
    let mut steps = Vec::new();
    if *comment {
        let with = pairs![
            ("name", format!("{COMMENT}_{}_{}", context.pipeline.project(), run.name)),
            ("path", Value::temp(COMMENT)),
            ("overwrite", "true"),
        ];
        let keep = context.action("actions/upload-artifact", with, origin);
        let keep = Step::uses("Upload the text for the pull request", keep, origin.clone());
        steps.push(keep.when(When::event("pull_request")));
    }
    if *artifact {
        // coverage.py has written its own pages.
        if run.coverage.as_ref().is_some_and(|coverage| coverage.kind == Kind::Lcov) {
            let script = context.script("steps/coverage-html.sh", context! {});
            let pages = Step::run("Write the report as HTML", script, origin.clone());
            steps.push(pages.env(pairs![("REPORT", Value::temp(REPORT))]));
        }
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
