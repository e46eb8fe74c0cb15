//! Facts of a pipeline, and missing references of a definition.

use super::{Order, Seeds};
use crate::definition::{Floor, Percent, Split};
use crate::resolve::{JobMachine, SecondSeed};
use crate::testing::{Project, shown};

/// A component with a test run that has these further lines.
fn run(lines: &str) -> Project {
    Project::of(&format!(
        "[components.api]\npython = [\"3.11\", \"3.12\"]\n[tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"\n{lines}"
    ))
}

/// References to nothing, each with consequences.
const REFERENCES: &str = r#"
[components.api]
python = "3.12"
[tests.a]
component = "apy"
runner = "pytest"
[tests.b]
component = "api"
runner = "pytets"
services = ["db"]
[tests.c]
component = "api"
runner = "pytest"
coverage = { source = ["api"], version = "3.13" }
[suites.of-a]
of = "a"
paths = ["tests/a"]
[suites.of-suite]
of = "of-a"
paths = ["tests/b"]
[quarantine."tests/c.py"]
reason = "it hangs"
until = 2027-01-31
of = "d"
[workloads.web]
image = "web"
target = "deployment/web"
container = "web"
[environments.production]
needs = "staging"
cluster = { namespace = "production" }
deploy = ["web", "worker"]
smoke = "api"
limits = { errors = { max = "1%" } }
migrate = { workload = "db", run = "m", on-rollback = "keep" }
traffic = { workload = "web", provider = "mesh", route = "httproute/a", stable = "service/a", canary = "service/b", canary-target = "deployment/b", steps = ["10%"], hold = "6m" }
[environments.staging]
cluster = { namespace = "staging" }
deploy = ["web"]
[jobs.docs]
component = "site"
needs = ["test-a", "passed"]
steps = [{ run = "make" }]
[workflows.release]
on = { tags = ["v*"] }
jobs.publish = { needs = ["build"], steps = [{ run = "make" }] }
"#;

/// The finding about each of them.
const MISSING: [&str; 16] = [
    "unknown-name tests.a.component: there is no `apy` in `[components]`",
    "runner-name tests.b.runner: there is no runner `pytets`",
    "unknown-name tests.b.services[0]: there is no `db` in `[services]`",
    "unknown-name tests.c.coverage.version: `api` has no version `3.13`",
    "suite-of-suite suites.of-suite.of: `of-suite` is left out of `of-a`, which is a suite itself",
    "unknown-name quarantine.tests/c.py.of: there is no `d` in `[tests]`",
    "unknown-name workloads.web.image: there is no `web` in `[images]`",
    "promotion-order environments.production.needs: `staging` is not declared above `production`",
    "unknown-name environments.production.deploy[1]: there is no `worker` in `[workloads]`",
    "unknown-name environments.production.migrate.workload: there is no `db` in `[workloads]`",
    "unknown-name environments.production.smoke: there is no `api` in `[smoke]`",
    "unknown-name environments.production.limits.errors: there is no `errors` in `[metrics]`",
    "runner-name environments.production.traffic.provider: there is no traffic provider `mesh`",
    "unknown-name jobs.docs.component: there is no `site` in `[components]`",
    "unknown-name jobs.docs.needs[1]: `ci.yml` has no job `passed` that another one can wait for",
    "unknown-name workflows.release.jobs.publish.needs[0]: there is no `build` in `[jobs]`",
];

#[test]
fn reports_every_reference_to_nothing_once_and_none_of_its_consequences() {
    let project = Project::of(REFERENCES);
    let resolved = project.resolved();
    assert_eq!(shown(&resolved.diagnostics), MISSING);
    let names: Vec<&str> = resolved.pipeline.tests.keys().copied().collect();
    assert_eq!(names, ["c"], "a run without its component or its runner is left out");
    assert!(resolved.pipeline.suites.is_empty());
}

#[test]
fn a_run_has_its_own_gates_before_those_of_all() {
    let project =
        run("gates = { slowest = \"1s\", coverage = \"90%\" }\n[gates]\nslowest = \"9s\"\npass-rate = \"95%\"");
    let pipeline = project.pipeline();
    let run = &pipeline.tests["api"];
    assert_eq!(run.gates.slowest.map(crate::definition::Duration::seconds), Some(1));
    assert_eq!(run.gates.pass_rate, Some(Percent::whole(95)));
    assert_eq!(run.gates.coverage, Some(Floor::Share(Percent::whole(90))));
    assert!(!run.ends_with_status(), "a lower pass rate is judged over all shards");
}

#[test]
fn a_fixed_order_has_no_seed_whatever_is_repeated() {
    let nightly = "[project]\nname = \"p\"\nnightly = { cron = \"1 2 * * *\" }\n";
    for (project, gates, order, seeds) in [
        ("", "", Order::Random, Seeds::One),
        (nightly, "", Order::Random, Seeds::Plan(SecondSeed::Nightly)),
        (nightly, "gates = { repeat = \"never\" }", Order::Random, Seeds::One),
        ("", "gates = { repeat = \"always\" }", Order::Random, Seeds::Plan(SecondSeed::Always)),
        (nightly, "gates = { order = \"fixed\" }", Order::Fixed, Seeds::None),
        (nightly, "gates = { order = \"fixed\", repeat = \"always\" }", Order::Fixed, Seeds::None),
    ] {
        let text = format!(
            "{project}[components.api]\npython = \"3.12\"\n[tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"\n{gates}"
        );
        let project = Project::of(&text);
        let run = &project.pipeline().tests["api"];
        assert_eq!((run.order, run.seeds), (order, seeds), "{text}");
    }
}

#[test]
fn a_runner_whose_tests_have_processes_has_neither_order_nor_seed() {
    let project = Project::of("[components.a]\nrust = \"1.95\"\n[tests.a]\ncomponent = \"a\"\nrunner = \"nextest\"");
    let run = &project.pipeline().tests["a"];
    assert_eq!((run.order, run.seeds, run.split), (Order::Isolated, Seeds::None, Split::Count));
    assert!(!run.is_planned());
}

#[test]
fn a_run_is_split_by_recorded_time_unless_it_has_one_shard() {
    let shards = |lines: &str| {
        let project = run(lines);
        let pipeline = project.pipeline();
        let run = &pipeline.tests["api"];
        (run.is_timed(), run.is_partial())
    };
    assert_eq!(shards(""), (false, false));
    assert_eq!(shards("shards = 2"), (true, true));
    assert_eq!(shards("shards = 2\nsplit = \"files\""), (false, true));
    assert_eq!(shards("[suites.slow]\nof = \"api\"\npaths = [\"tests/slow\"]"), (false, true));
}

#[test]
fn a_run_leaves_out_what_its_suites_run_and_what_nobody_runs() {
    let project = run(concat!(
        "[tests.web]\ncomponent = \"api\"\nrunner = \"pytest\"\n",
        "[suites.slow]\nof = \"api\"\npaths = [\"tests/slow\"]\n",
        "[quarantine.\"tests/slow/a.py\"]\nreason = \"it hangs\"\nuntil = 2027-01-31\nof = \"api\"\n",
        "[quarantine.\"tests/b.py\"]\nreason = \"it hangs\"\nuntil = 2027-01-31\n",
    ));
    let pipeline = project.pipeline();
    assert_eq!(pipeline.tests["api"].left_out, ["tests/slow", "tests/slow/a.py", "tests/b.py"]);
    assert_eq!(pipeline.tests["web"].left_out, ["tests/b.py"]);
    let suite = pipeline.suites.first().expect("there is a suite");
    let paths: Vec<&str> = suite.quarantine.iter().map(|(path, _)| *path).collect();
    assert_eq!(paths, ["tests/slow/a.py"], "a suite leaves out what lies in its own paths");
}

#[test]
fn the_floor_is_that_of_the_gates_else_that_of_the_project() {
    let files = [("pyproject.toml", "[tool.coverage.report]\nfail_under = 71\n"), ("tests/test_a.py", "")];
    let floor = |gates: &str| {
        let text = format!(
            "[components.api]\npython = \"3.12\"\n[tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"\n\
             coverage = {{ source = [\"api\"] }}\n{gates}"
        );
        let project = Project::with_files(&text, &files);
        let pipeline = project.pipeline();
        pipeline.tests["api"].coverage.as_ref().and_then(|coverage| coverage.floor)
    };
    assert_eq!(floor(""), Some(Floor::Share(Percent::whole(71))));
    assert_eq!(floor("[gates]\ncoverage = \"60%\""), Some(Floor::Share(Percent::whole(60))));
    assert_eq!(floor("[gates]\ncoverage = \"ratchet\""), Some(Floor::Ratchet));
}

#[test]
fn a_component_outside_of_the_repository_is_left_out_with_its_tests() {
    let project = Project::of(
        "[components.api]\npath = \"../api\"\npython = \"3.12\"\n[tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"",
    );
    let resolved = project.resolved();
    assert!(resolved.pipeline.components.is_empty() && resolved.pipeline.tests.is_empty());
    assert_eq!(resolved.diagnostics, [], "`path-outside` reports the path");
}

/// Three environments, one behind the other, each with this text.
fn environments(more: &str) -> Project {
    let cluster = "cluster = { namespace = \"n\" }\ndeploy = [\"web\"]\n";
    Project::of(&format!(
        "[images.web]\nrepository = \"ghcr.io/a/web\"\n[images.other]\nrepository = \"ghcr.io/a/other\"\n\
         [workloads.web]\nimage = \"web\"\ntarget = \"deployment/web\"\ncontainer = \"web\"\n\
         [environments.test]\n{cluster}{more}\n\
         [environments.staging]\nneeds = \"test\"\n{cluster}{more}\n\
         [environments.production]\nneeds = \"staging\"\n{cluster}{more}\n"
    ))
}

#[test]
fn an_environment_knows_what_comes_before_and_whose_deploys_pass_through_it() {
    let project = environments("");
    let pipeline = project.pipeline();
    let names = |names: &[&crate::definition::Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let [test, staging, production] = &pipeline.environments[..] else { panic!("there are three") };
    assert_eq!(names(&test.before), [""; 0]);
    assert_eq!(names(&production.before), ["staging", "test"]);
    assert_eq!(names(&test.reached_by), ["test", "staging", "production"]);
    assert_eq!(names(&staging.reached_by), ["staging", "production"]);
    assert_eq!(names(&production.reached_by), ["production"]);
    assert_eq!(production.waits_for(), ["image-web", "deploy-staging"]);
    let deployed: Vec<String> = pipeline.deployed_images().map(|image| image.name.to_string()).collect();
    assert_eq!(deployed, ["web"], "an image that no workload runs is not deployed");
}

#[test]
fn a_deploy_may_take_what_its_steps_may_take_together() {
    let minutes = |more: &str| {
        let project = environments(more);
        let pipeline = project.pipeline();
        pipeline.environments.first().map(|it| (it.deploy_minutes, it.recover_minutes))
    };
    assert_eq!(minutes(""), Some((30, 15)));
    assert_eq!(minutes("rollout = \"20m\""), Some((60, 40)));
    assert_eq!(minutes("timeout = \"12m\""), Some((12, 15)));
    let migrate = "migrate = { workload = \"web\", run = \"m\", on-rollback = \"keep\", timeout = \"7m\" }";
    assert_eq!(minutes(migrate), Some((44, 15)));
    assert_eq!(minutes("rollout = \"5h\""), Some((360, 600)), "a job ends after six hours");
}

#[test]
fn limits_and_machines_are_a_jobs_own_before_those_of_the_project() {
    let project = Project::of(
        "[project]\nname = \"p\"\ntimeout = \"40m\"\nruns-on = [\"a\", \"b\"]\n[components.api]\nruns-on = \"c\"\n\
         timeout = \"5m\"\n[jobs.one]\nsteps = [{ run = \"x\" }]\n\
         [jobs.two]\ncomponent = \"api\"\ntimeout = \"7m\"\nsteps = [{ run = \"x\" }]\n\
         [jobs.three]\ncomponent = \"api\"\nruns-on = \"d\"\nsteps = [{ run = \"x\" }]",
    );
    let pipeline = project.pipeline();
    assert_eq!(pipeline.components["api"].minutes, 5);
    let jobs: Vec<(u64, &str)> = pipeline
        .jobs
        .iter()
        .map(|job| match job.machine {
            JobMachine::Fixed(crate::definition::RunsOn::Axis(axis)) => (job.minutes, axis.first()),
            JobMachine::Fixed(crate::definition::RunsOn::Labels { .. }) | JobMachine::Matrix(_) => {
                (job.minutes, "labels")
            }
        })
        .collect();
    assert_eq!(jobs, [(40, "a"), (7, "c"), (40, "d")]);
}

#[test]
fn files_have_the_prefix_of_a_definition_that_is_not_at_the_root() {
    let mut project = Project::of("");
    assert_eq!(project.pipeline().names.file("ci"), "ci.yml");
    assert_eq!(project.pipeline().names.path("./a/../../b"), "b", "a path above the root stays at the root");
    project.sources.definition.file = "services/api/pipeline.toml".to_owned();
    let pipeline = project.pipeline();
    assert_eq!(pipeline.names.file("ci"), "p-ci.yml");
    assert_eq!(pipeline.names.path("src"), "services/api/src");
    assert_eq!(pipeline.names.path("../../src"), "src");
}
