//! A small workflow that breaks no rule, and ways to break one.

use super::{RULES, pages, verify};
use crate::at;
use crate::diagnostics::{Code, Diagnostic};
use crate::sources::Sources;
use crate::workflow::{
    Access, Action, Axis, Callee, Commit, Concurrency, Github, Job, Machine, ManualInput, ManualKind, Pairs, Script,
    Service, Step, StepKind, Strategy, Triggers, Value, When, Work, Workflow, grant,
};
use std::fs;
use std::path::Path;

/// A workflow that breaks no rule: a job that checks out and runs a script with an output.
pub(super) fn clean() -> Workflow {
    Workflow {
        file: "ci.yml".to_owned(),
        name: "atom ci".to_owned(),
        about: Vec::new(),
        on: Triggers { pull_request: true, ..Triggers::default() },
        concurrency: Some(Concurrency {
            group: Value::from("atom-ci-") + Github::Ref,
            cancel: When::FALSE,
            queue: false,
        }),
        env: Vec::new(),
        jobs: vec![steps_job("build")],
        origin: at!["project"],
    }
}

fn steps_job(id: &str) -> Job {
    let checkout = action("actions/checkout", &[("persist-credentials", "false")]);
    let make = run("Make a seed", "echo \"seed=$RANDOM\" >> \"$GITHUB_OUTPUT\"").id("make");
    let mut permissions = Vec::new();
    grant(&mut permissions, "contents", Access::Read, "check out the repository");
    Job {
        id: id.to_owned(),
        name: format!("Job {id}").into(),
        about: Vec::new(),
        needs: Vec::new(),
        condition: None,
        permissions,
        concurrency: None,
        outputs: Vec::new(),
        work: Work::Steps {
            runner: Machine::Label("ubuntu-24.04".into()),
            timeout: 10,
            environment: None,
            strategy: None,
            env: Vec::new(),
            container: None,
            services: Vec::new(),
            steps: vec![checkout, make],
        },
        origin: at!["jobs", id],
    }
}

/// A workflow that can be called.
pub(super) fn called(file: &str) -> Workflow {
    let mut workflow = clean();
    file.clone_into(&mut workflow.file);
    workflow.on = Triggers { call: Some(Vec::new()), ..Triggers::default() };
    let group = Value::from(file) + "-" + Github::RunId;
    workflow.concurrency = Some(Concurrency { group, cancel: When::FALSE, queue: false });
    workflow
}

/// A job that calls a workflow, with what [`called`] needs.
pub(super) fn call(id: &str, file: &str) -> Job {
    Job { work: Work::call(Callee::Generated(file.to_owned())), ..steps_job(id) }
}

/// A step that runs a script.
pub(super) fn run(name: &str, script: &str) -> Step {
    Step::run(name, Script::new(script), at!["jobs", "build", "steps", 0])
}

/// A step that runs an action.
pub(super) fn action(name: &str, with: &[(&str, &str)]) -> Step {
    let with: Pairs = with.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    let pin = Commit { sha: "a1".repeat(20), version: "v1.2.3".to_owned() };
    let action = Action { name: name.to_owned(), pin: Some(pin), with };
    Step::uses(format!("Use {name}"), action, at!["jobs", "build", "steps", 0])
}

/// A step of lowering's own that uploads an artifact.
pub(super) fn upload(artifact: impl Into<Value>) -> Step {
    let mut step = action("actions/upload-artifact", &[("path", "record")]);
    step.origin = at!["tests", "backend"];
    if let StepKind::Uses(action) = &mut step.kind {
        action.with.push(("name".to_owned(), artifact.into()));
    }
    step
}

/// An input of a form.
pub(super) fn manual(name: &str) -> ManualInput {
    ManualInput {
        name: name.to_owned(),
        description: "A text of a user".to_owned(),
        kind: ManualKind::String,
        required: false,
        default: None,
    }
}

/// The first job.
pub(super) fn job(workflow: &mut Workflow) -> &mut Job {
    &mut workflow.jobs[0]
}

/// A second job.
pub(super) fn second_job(workflow: &mut Workflow) -> &mut Job {
    workflow.jobs.push(steps_job("second"));
    &mut workflow.jobs[1]
}

/// The first job's steps.
pub(super) fn steps(workflow: &mut Workflow) -> &mut Vec<Step> {
    match &mut job(workflow).work {
        Work::Steps { steps, .. } => steps,
        Work::Call { .. } => panic!("it has steps"),
    }
}

/// The first job's first step, the checkout.
pub(super) fn first_step(workflow: &mut Workflow) -> &mut Step {
    &mut steps(workflow)[0]
}

/// Gives the first job a variable.
pub(super) fn set_env(workflow: &mut Workflow, name: &str, value: impl Into<Value>) {
    if let Work::Steps { env, .. } = &mut job(workflow).work {
        env.push((name.to_owned(), value.into()));
    }
}

/// Gives the first job a service.
pub(super) fn service(workflow: &mut Workflow, image: &str) {
    if let Work::Steps { services, .. } = &mut job(workflow).work {
        services.push(Service {
            id: "postgres".to_owned(),
            image: image.to_owned(),
            env: Vec::new(),
            ports: Vec::new(),
            options: None,
            command: None,
            entrypoint: None,
        });
    }
}

/// Gives the first job an axis of these texts.
pub(super) fn matrix(workflow: &mut Workflow, name: &str, values: &[&str]) {
    axis(workflow, name, Axis::Texts(values.iter().map(|value| (*value).to_owned()).collect()));
}

/// Gives the first job an axis.
pub(super) fn axis(workflow: &mut Workflow, name: &str, values: Axis) {
    if let Work::Steps { strategy, .. } = &mut job(workflow).work {
        strategy.get_or_insert_default().axes.push((name.to_owned(), values));
    }
}

/// Asserts that a workflow breaks this rule and no other; what the rule found.
#[track_caller]
pub(super) fn breaks(code: &'static str, workflow: &Workflow) -> Vec<Diagnostic> {
    all_break(code, std::slice::from_ref(workflow))
}

/// Asserts that workflows break this rule and no other; what the rule found.
#[track_caller]
pub(super) fn all_break(code: &'static str, workflows: &[Workflow]) -> Vec<Diagnostic> {
    let found = verify(workflows);
    assert!(!found.is_empty(), "nothing was found");
    assert!(found.iter().all(|one| one.code == Code(code)), "{found:#?}");
    assert!(found.iter().all(|one| one.help.is_some()), "every finding has a help: {found:#?}");
    found
}

/// Asserts that a workflow breaks no rule.
#[track_caller]
pub(super) fn passes(workflow: &Workflow) {
    all_pass(std::slice::from_ref(workflow));
}

/// Asserts that workflows break no rule.
#[track_caller]
pub(super) fn all_pass(workflows: &[Workflow]) {
    let found = verify(workflows);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_clean_workflow_breaks_no_rule() {
    passes(&clean());
    all_pass(&[clean(), called("suite.yml")]);
}

#[test]
fn what_lowering_makes_breaks_no_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut definitions = vec![root.join("pipeline.toml")];
    if let Ok(fixtures) = fs::read_dir(root.join("tests/fixtures")) {
        let fixtures = fixtures.map(|fixture| fixture.expect("the fixture is readable").path().join("pipeline.toml"));
        definitions.extend(fixtures.filter(|path| path.exists()));
    }
    let mut wrong = Vec::new();
    for definition in definitions {
        let folder = definition.parent().expect("it is in a folder");
        let mut sources = Sources::read(folder, "pipeline.toml").expect("the definition is readable");
        let text = crate::pins::builtin::lock().to_text();
        sources.lock.get_or_insert(crate::sources::Text { file: "pipeline.lock".to_owned(), text });
        let compiled = crate::compile(&sources);
        let rules: Vec<Code> = RULES.iter().map(|rule| rule.code()).collect();
        let found =
            compiled.diagnostics.into_iter().filter(|one| compiled.workflows.is_empty() || rules.contains(&one.code));
        wrong.extend(found.map(|one| (definition.clone(), one)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_are_sorted_and_each_stands_once() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code().0).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
}

#[test]
fn every_page_says_what_why_example_and_fix() {
    for (code, page) in pages() {
        let part = |text: &'static str, heading: &str| -> (&'static str, &'static str) {
            text.split_once(heading).unwrap_or_else(|| panic!("{code}: no {heading:?}"))
        };
        let (before, rest) = part(page, &format!("# {code}\n\n"));
        let (what, rest) = part(rest, "\n## Why\n\n");
        let (why, rest) = part(rest, "\n## Example\n\n```yaml\n");
        let (example, fix) = part(rest, "```\n\n## Fix\n\n");
        assert_eq!(before, "", "{code}");
        for text in [what, why, fix] {
            assert!(text.len() > 30 && text.ends_with('\n'), "{code}: {text:?}");
        }
        let example: Result<serde_json::Value, _> = serde_yaml::from_str(example);
        assert!(example.is_ok_and(|value| value.is_object()), "{code}: the example is not YAML");
    }
}

#[test]
fn a_finding_points_at_the_step_that_was_written() {
    let mut workflow = clean();
    steps(&mut workflow).push(action("actions/setup-python", &[("python-verison", "3.12")]));
    let found = breaks("action-input", &workflow);
    assert_eq!(found[0].at, at!["jobs", "build", "steps", 0, "with", "python-verison"].key());
    assert!(matches!(steps(&mut workflow)[2].kind, StepKind::Uses(_)));
}

#[test]
fn a_strategy_without_axes_is_empty() {
    let mut workflow = clean();
    if let Work::Steps { strategy, .. } = &mut job(&mut workflow).work {
        *strategy = Some(Strategy::default());
    }
    breaks("matrix-size", &workflow);
}
