//! Conditions and values, generated and of all fixtures: what is printed means what the tree says.
//!
//! `PIPEWRIGHT_TREES` names a folder for the workflows and cases that `conformance/execution/test_trees.py` gives to
//! GitHub's own evaluator.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use pipewright::trace::Origin;
use pipewright::workflow::expression::{parse, parse_embedded};
use pipewright::workflow::{
    Concurrency, Contexts, Github, Job, Machine, Part, Property, Script, Status, Step, StepKind, Triggers, Value, When,
    Work, Workflow,
};
use pipewright::{at, sources::Sources, yaml::emit};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value as Json, json};

use support::{Project, definitions, fixtures};

/// Generated conditions, and as many values.
const TREES: usize = 1_000;
/// Runs in which each tree is evaluated.
const RUNS: usize = 3;

const TEXTS: [&str; 14] =
    ["", "a", "A", "É", "it's", "true", "false", "0", "1", " 1 ", "null", "refs/heads/main", "${{ x }}", "{0} }"];

/// A tree that stands in a workflow, by the keys that lead to it.
enum Tree<'t> {
    When(Option<&'t When>),
    Value(&'t Value),
}

// ── generated trees ─────────────────────────────────────────────────────────

/// Properties that the condition of a step may read.
fn property() -> impl Strategy<Value = Property> {
    let name = || select(vec!["a", "b-c"]).prop_map(str::to_owned);
    prop_oneof![
        select(vec![Github::EventName, Github::Ref, Github::RunId, Github::Schedule, Github::HeadRepository])
            .prop_map(Property::Github),
        name().prop_map(Property::Input),
        name().prop_map(Property::Matrix),
        name().prop_map(Property::NeedResult),
        (name(), name()).prop_map(|(job, output)| Property::NeedOutput(job, output)),
        name().prop_map(Property::StepOutcome),
        (name(), name()).prop_map(|(id, output)| Property::StepOutput(id, output)),
        name().prop_map(Property::Variable),
        Just(Property::RunnerTemp),
        Just(Property::JobStatus),
    ]
}

fn text() -> impl Strategy<Value = String> {
    select(TEXTS.to_vec()).prop_map(str::to_owned)
}

fn when() -> BoxedStrategy<When> {
    let leaf = prop_oneof![
        1 => select(vec![Status::Always, Status::Success, Status::Failure, Status::Cancelled]).prop_map(When::Status),
        4 => (property(), text()).prop_map(|(property, text)| Value::from(property).is(text)),
        1 => (property(), property()).prop_map(|(one, other)| Value::from(one).is(Value::from(other))),
        1 => (property(), 0..2u32).prop_map(|(property, number)| Value::from(property).is(Value::Number(number))),
        1 => (property(), prop::collection::vec(text(), 0..4)).prop_map(|(property, texts)| {
            Value::from(property).is_one_of(texts)
        }),
        1 => value_of(Just(When::TRUE).boxed()).prop_flat_map(|value| {
            text().prop_map(move |text| Value::from(text).is(value.clone()))
        }),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| When::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 0..4).prop_map(When::All),
            prop::collection::vec(inner, 0..4).prop_map(When::Any),
        ]
    })
    .boxed()
}

/// Conditions that a value may hold: none of them asks a status function.
fn plain_when() -> BoxedStrategy<When> {
    when().prop_filter("status functions stand in conditions alone", |when| !when.asks_status()).boxed()
}

fn value_of(condition: BoxedStrategy<When>) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        (0..20u32).prop_map(Value::Number),
        property().prop_map(Value::from),
        property().prop_map(|property| Value::from(property).from_json()),
        property().prop_map(Value::ToJson),
        condition.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Joined),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Value::FirstOf),
            (condition.clone(), inner.clone(), inner).prop_map(|(when, then, other)| when.choose(then, other)),
        ]
    })
    .boxed()
}

fn drawn<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, runner: &mut TestRunner) -> T {
    strategy.new_tree(runner).expect("a tree is generated").current()
}

// ── runs ────────────────────────────────────────────────────────────────────

/// A run that has some of the properties that a tree reads, often what it compares them with.
fn run(tree: &Tree<'_>, runner: &mut TestRunner) -> Contexts {
    let mut names: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut collect = |part: Part<'_>| {
        if let Part::Property(property) = part {
            names.insert(property.path().iter().map(ToString::to_string).collect());
        }
    };
    match tree {
        Tree::When(when) => when.iter().for_each(|when| when.walk(&mut collect)),
        Tree::Value(value) => value.walk(&mut collect),
    }
    let printed = match tree {
        Tree::When(when) => when.map(ToString::to_string).unwrap_or_default(),
        Tree::Value(value) => value.to_string(),
    };
    let literals = printed.split('\'').skip(1).step_by(2).filter(|text| !text.is_empty()).map(|text| json!(text));
    let mut pool: Vec<Json> = literals.collect();
    pool.extend(TEXTS.map(Json::from));
    pool.extend([json!(null), json!(true), json!(false), json!(0), json!(1), json!(7), json!([]), json!({})]);
    pool.extend([json!("success"), json!("skipped"), json!("[1, \"a\"]"), json!("\"a\"")]);
    let mut values = Map::new();
    for context in ["github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "job", "runner", "steps"] {
        values.insert(context.to_owned(), json!({}));
    }
    let value = select(pool).boxed();
    let (is_missing, answers) = (any::<bool>().boxed(), any::<[bool; 3]>().boxed());
    for path in &names {
        let filled = ["github", "runner", "job"].contains(&path[0].as_str());
        let chosen = drawn(&value, runner);
        // The bench refuses a property of these contexts that it does not know.
        if path.len() > 1 && (filled || drawn(&is_missing, runner) || drawn(&is_missing, runner)) {
            put(&mut values, path, chosen);
        }
    }
    let [success, failure, cancelled] = drawn(&answers, runner);
    Contexts { values: Json::Object(values), success, failure, cancelled }
}

fn put(values: &mut Map<String, Json>, path: &[String], value: Json) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        values.entry(name.clone()).or_insert(value);
        return;
    }
    let inner = values.entry(name.clone()).or_insert_with(|| json!({}));
    if let Some(inner) = inner.as_object_mut() {
        put(inner, rest, value);
    }
}

// ── cases ───────────────────────────────────────────────────────────────────

#[derive(Default)]
struct Cases {
    files: Vec<(String, String)>,
    cases: Vec<Json>,
}

impl Cases {
    /// A workflow as a file, and what its trees are in some runs.
    fn add(&mut self, name: &str, workflow: &Workflow, runner: &mut TestRunner) {
        let text = emit::workflow(workflow, &[]).expect("it is written");
        self.files.push((name.to_owned(), text));
        for (path, tree) in trees(workflow) {
            for _ in 0..RUNS {
                let contexts = run(&tree, runner);
                let expected = match tree {
                    Tree::When(when) => when.unwrap_or(&When::TRUE).holds(&contexts).map(Json::from),
                    Tree::Value(value) => value.evaluated_text(&contexts).map(Json::from),
                };
                check(&tree, &contexts);
                // What is no JSON ends a run, and a part that is not evaluated does not.
                if let Ok(expected) = expected {
                    self.cases.push(json!({
                        "file": name, "path": path, "contexts": contexts.values, "expected": expected,
                        "status": [contexts.success, contexts.failure, contexts.cancelled],
                    }));
                }
            }
        }
    }

    fn write(&self, folder: &Path) {
        for (name, text) in &self.files {
            fs::write(folder.join(name), text).expect("the workflow is written");
        }
        fs::write(folder.join("cases.json"), json!(self.cases).to_string()).expect("the cases are written");
    }
}

/// A simplified tree is what the tree is, and what is printed is read as one tree that prints the same,
/// within the bound of its size.
fn check(tree: &Tree<'_>, contexts: &Contexts) {
    match *tree {
        Tree::When(None) => {}
        Tree::When(Some(when)) => {
            let printed = when.to_string();
            assert_eq!(parse(&printed).expect(&printed).to_string(), printed);
            assert!(printed.len() <= when.max_bytes(), "{printed}");
            if let Ok(holds) = when.holds(contexts) {
                assert_eq!(when.condition().holds(contexts), Ok(holds), "{when:?}\n{printed}\n{contexts:?}");
            }
            if let Ok(holds) = when.evaluate(contexts) {
                assert_eq!(when.simplified().evaluate(contexts), Ok(holds), "{when:?}\n{printed}\n{contexts:?}");
            }
        }
        Tree::Value(value) => {
            let printed = value.to_string();
            parse_embedded(&printed).expect(&printed);
            assert!(printed.len() <= value.max_bytes(), "{printed}");
            if let Ok(text) = value.evaluated_text(contexts) {
                let simple = value.simplified().evaluated_text(contexts);
                assert_eq!(simple, Ok(text), "{value:?}\n{printed}\n{contexts:?}");
            }
        }
    }
}

/// Every condition, variable, input and output of the jobs of a workflow.
fn trees(workflow: &Workflow) -> Vec<(Vec<Json>, Tree<'_>)> {
    let mut found = Vec::new();
    for job in &workflow.jobs {
        let at = |keys: &[Json]| [&[json!("jobs"), json!(job.id)], keys].concat();
        found.push((at(&[json!("if")]), Tree::When(job.condition.as_ref())));
        found.push((at(&[json!("name")]), Tree::Value(&job.name)));
        for (name, value) in &job.outputs {
            found.push((at(&[json!("outputs"), json!(name)]), Tree::Value(value)));
        }
        let (key, pairs) = match &job.work {
            Work::Steps { env, .. } => ("env", env),
            Work::Call { with, .. } => ("with", with),
        };
        for (name, value) in pairs {
            found.push((at(&[json!(key), json!(name)]), Tree::Value(value)));
        }
        for (index, step) in job.steps().iter().enumerate() {
            let at = |keys: &[Json]| at(&[&[json!("steps"), json!(index)], keys].concat());
            found.push((at(&[json!("if")]), Tree::When(step.condition.as_ref())));
            for (name, value) in &step.env {
                found.push((at(&[json!("env"), json!(name)]), Tree::Value(value)));
            }
            if let StepKind::Uses(action) = &step.kind {
                for (name, value) in &action.with {
                    found.push((at(&[json!("with"), json!(name)]), Tree::Value(value)));
                }
            }
        }
    }
    // A text that no run decides is the same everywhere.
    found.retain(|(_, tree)| !matches!(tree, Tree::When(None)) && !matches!(tree, Tree::Value(Value::Text(_))));
    found
}

fn generated(runner: &mut TestRunner) -> Workflow {
    let (conditions, values) = (when(), value_of(plain_when()));
    let step = |_| {
        let mut step = Step::run("Generated", Script::new("true"), origin());
        step.condition = Some(drawn(&conditions, runner));
        step.env([("VALUE", drawn(&values, runner))])
    };
    let steps = (0..TREES).map(step).collect();
    Workflow {
        env: Vec::new(),
        file: "generated.yml".to_owned(),
        name: "generated".to_owned(),
        about: Vec::new(),
        on: Triggers { manual: Some(Vec::new()), ..Triggers::default() },
        concurrency: Some(Concurrency { group: "generated".into(), cancel: When::FALSE, queue: false }),
        jobs: vec![Job {
            id: "generated".to_owned(),
            name: "Generated".into(),
            about: Vec::new(),
            needs: Vec::new(),
            condition: None,
            permissions: Vec::new(),
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
                steps,
            },
            origin: origin(),
        }],
        origin: origin(),
    }
}

fn origin() -> Origin {
    at!["project"]
}

#[test]
fn what_is_printed_means_what_the_tree_says() {
    let mut runner = TestRunner::deterministic();
    let mut cases = Cases::default();
    let workflow = generated(&mut runner);
    cases.add("generated.yml", &workflow, &mut runner);
    assert!(cases.cases.len() >= 2_000, "{} cases", cases.cases.len());
    for fixture in fixtures() {
        let project = Project::from(&fixture);
        for definition in definitions(&fixture) {
            let sources = Sources::read(project.root(), &definition).expect("the fixture is readable");
            for workflow in pipewright::compile(&sources).workflows {
                cases.add(&format!("{fixture}-{}", workflow.file), &workflow, &mut runner);
            }
        }
    }
    if let Some(folder) = env::var_os("PIPEWRIGHT_TREES") {
        cases.write(&PathBuf::from(folder));
    }
}

#[test]
fn expressions_are_printed_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> =
        ["lowering", "runners", "delivery", "traffic", "yaml/emit.rs"].map(|it| root.join(it)).into();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path).expect("it is readable").map(|entry| entry.expect("it is readable").path()),
            );
        } else if !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("it is readable");
            // A unit test may show what is printed.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.extend(["${{", "{{{{"].iter().any(|braces| text.contains(braces)).then_some(path));
        }
    }
    assert!(found.is_empty(), "write a `Value` or a `When`: {found:?}");
}
