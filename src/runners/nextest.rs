//! cargo-nextest: a process per test, shards by its own partitions, coverage by cargo-llvm-cov.

use minijinja::context;

use super::cargo_args::CargoArgs;
use super::runner::{Capabilities, Coverage, Order, Paths, Scripts, Shard, TestRunner};
use super::units;
use crate::definition::{Split, Workers};
use crate::workflow::{Property, Step, Value, pairs, step};

pub(crate) struct Nextest;

/// `--workspace` and `--locked`, where the folder that was found at run time takes them.
fn selection() -> Value {
    step("tests").output("selection")
}

impl TestRunner for Nextest {
    fn name(&self) -> &'static str {
        "nextest"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &["rust"],
            oldest: None,
            shards: true,
            splits: (Split::Count, &[]),
            workers: true,
            dist: false,
            reruns: true,
            test_timeout: false,
            order: Order::Isolated,
            coverage: Some(Coverage::Lcov),
            paths: Paths::No("it selects tests by expressions: `args = [\"-E\", \"…\"]`"),
        }
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let args = CargoArgs::of(&shard.run.args);
        let mut steps = vec![tools(shard, scripts), run(shard, scripts, &args)];
        if !args.targets {
            steps.push(doctests(shard, scripts, &args));
        }
        steps.push(record(shard, scripts, &args));
        if shard.measured.is_some() {
            steps.push(report(shard, scripts, &args));
        }
        steps
    }
}

fn tools(shard: &Shard<'_>, scripts: &dyn Scripts) -> Step {
    let pinned = |name: &str| scripts.tool(name, &shard.origin).map(|tool| format!("{name}@{}", tool.version));
    let mut tools = Vec::from_iter(pinned("cargo-nextest"));
    if shard.measured.is_some() {
        tools.extend(pinned("cargo-llvm-cov"));
    }
    let install = scripts.action("taiki-e/install-action", pairs![("tool", tools.join(","))], &shard.origin);
    Step::uses("Install test tools", install, shard.origin.clone())
}

/// The tests, listed and run by the same selection; `coverage.source` restricts the report alone.
fn run(shard: &Shard<'_>, scripts: &dyn Scripts, args: &CargoArgs) -> Step {
    let values = context! {
        workspace => !args.packages,
        lock => !args.locked,
        build => args.build.clone(),
        filters => args.filters.clone(),
        run => options(shard, args),
        measured => shard.measured.is_some(),
        shards => shard.shards,
        no_doctests => args.targets,
    };
    let mut env = shard.env.clone();
    env.push(work());
    Step::run("Run tests", scripts.short("steps/nextest.sh", values), shard.origin.clone())
        .id("tests")
        .folder(shard.folder)
        .env(env)
}

/// Options of `cargo nextest run`, those of the definition's `args` before our own.
fn options(shard: &Shard<'_>, args: &CargoArgs) -> Vec<String> {
    let mut own: Vec<(&[&str], String)> = vec![
        (&["--no-fail-fast", "--fail-fast", "--max-fail"], "--no-fail-fast".to_owned()),
        (&["--no-tests"], "--no-tests=pass".to_owned()),
    ];
    if shard.run.reruns > 0 {
        own.push((&["--retries"], format!("--retries={}", shard.run.reruns)));
    }
    if let Workers::Count(count) = shard.workers
        && count > 1
    {
        own.push((&["-j", "--test-threads"], format!("--test-threads={count}")));
    }
    own.retain(|(names, _)| !args.runs_with(names));
    own.into_iter().map(|(_, option)| option).chain(args.run.iter().cloned()).collect()
}

/// The doctests, which nextest does not run, in one shard: they have no partitions.
fn doctests(shard: &Shard<'_>, scripts: &dyn Scripts, args: &CargoArgs) -> Step {
    let script = scripts.short("steps/doctests.sh", context! { doc => args.doc.clone() });
    let doctests = Step::run("Run doctests", script, shard.origin.clone()).id("doctests").folder(shard.folder).env([
        ("CARGO_TERM_COLOR".to_owned(), "never".into()),
        work(),
        ("SELECTION".to_owned(), selection()),
    ]);
    if shard.shards > 1 { doctests.when(Value::matrix("shard").is(Value::Number(1))) } else { doctests }
}

fn record(shard: &Shard<'_>, scripts: &dyn Scripts, args: &CargoArgs) -> Step {
    let mut env = shard.env.clone();
    if !args.targets {
        env.extend(pairs![
            ("PIPEWRIGHT_DOCTESTS", Value::temp("doctests.txt")),
            ("PIPEWRIGHT_DOCTESTS_EXIT", step("doctests").output("exit")),
        ]);
    }
    if args.doc != args.build {
        env.push(("PIPEWRIGHT_DOCTESTS_SELECTION".to_owned(), selected(&args.doc)));
    }
    let root = || step("tests").output("root");
    env.extend(pairs![
        ("PIPEWRIGHT_JUNIT", root() + "target/nextest/**/*.xml"),
        ("PIPEWRIGHT_LISTED", Value::temp("listed.json")),
        ("PIPEWRIGHT_SELECTED", Value::temp("listed.json")),
        ("PIPEWRIGHT_ROOT", root()),
        ("PIPEWRIGHT_SELECTION", selected(&args.build)),
    ]);
    Step::run("Record what ran", scripts.python("ci.py record"), shard.origin.clone()).folder(shard.folder).env(env)
}

/// The coverage of the packages that are measured, of all that ran.
fn report(shard: &Shard<'_>, scripts: &dyn Scripts, args: &CargoArgs) -> Step {
    let values =
        context! { packages => shard.measured.map_or(Vec::new(), <[String]>::to_vec), build => args.report.clone() };
    let origin = shard.origin.clone().then("coverage");
    // A package that the workspace does not have draws a warning alone.
    let strict = ("CARGO_LLVM_COV_DENY_WARNINGS".to_owned(), "1".into());
    Step::run("Report coverage", scripts.short("steps/nextest-coverage.sh", values), origin)
        .folder(shard.folder)
        .env([strict, work()])
}

/// Returns what selects packages, as the shell words that a person can repeat.
fn selected(args: &[String]) -> Value {
    let words = (!args.is_empty()).then(|| units::quoted(args).into());
    Value::separated(std::iter::once(selection()).chain(words), " ")
}

fn work() -> (String, Value) {
    ("PIPEWRIGHT_WORK".to_owned(), Property::RunnerTemp.into())
}
