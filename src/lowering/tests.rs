//! Lowered pipelines.

use std::collections::BTreeSet;

use super::lower;
use crate::pins::{Lock, builtin};
use crate::sources::Text;
use crate::testing::{Project, job, shown, step, step_names, variable, workflow};
use crate::workflow::{Access, Axis, Job, Machine, StepKind, Value, Work};

const API: &str = "[components.api]\npython = [\"3.11\", \"3.12\"]\ninstall = { pip = [\"requirements.txt\"] }\n\
                   [tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"\n";

/// An input of the action that a step runs.
fn input(job: &Job, name: &str, key: &str) -> Option<String> {
    match &step(job, name).kind {
        StepKind::Uses(action) => {
            action.with.iter().find(|(known, _)| known == key).map(|(_, value)| value.to_string())
        }
        StepKind::Run(_) => None,
    }
}

/// Axes of a job's matrix by name.
fn axes(job: &Job) -> Vec<&str> {
    match &job.work {
        Work::Steps { strategy, .. } => {
            strategy.iter().flat_map(|strategy| &strategy.axes).map(|(name, _)| name.as_str()).collect()
        }
        Work::Call { .. } => Vec::new(),
    }
}

#[test]
fn members_of_a_workspace_read_the_lock_files_of_its_root() {
    let project = Project::with_files(
        "[components.api]\npath = \"packages/api\"\npython = \"3.12\"\ninstall = { uv = [] }\nchecks = { a = \"a\" }\n\
         [components.web]\npath = \"packages/web\"\nnode = \"24\"\ninstall = { pnpm = [] }\nchecks = { a = \"a\" }\n\
         [components.own]\npath = \"packages/own\"\nnode = \"24\"\ninstall = { npm = [] }\nchecks = { a = \"a\" }\n",
        &[
            ("uv.lock", ""),
            ("packages/pnpm-lock.yaml", ""),
            ("packages/api/pyproject.toml", ""),
            ("packages/web/package.json", "{}"),
            ("package-lock.json", "{}"),
            ("packages/own/npm-shrinkwrap.json", "{}"),
        ],
    );
    let lowered = project.lowered();
    let ci = workflow(&lowered, "ci.yml");
    for (id, name, key, file) in [
        ("api", "Set up uv", "cache-dependency-glob", "uv.lock"),
        ("web", "Set up pnpm", "package_json_file", "packages/package.json"),
        ("web", "Set up Node.js", "cache-dependency-path", "packages/pnpm-lock.yaml"),
        ("own", "Set up Node.js", "cache-dependency-path", "packages/own/npm-shrinkwrap.json"),
    ] {
        assert_eq!(input(job(ci, id), name, key).as_deref(), Some(file), "{id} {name}");
    }
    let pipeline = project.pipeline();
    let above = |name: &str| pipeline.components[name].locks_above().collect::<Vec<_>>();
    assert_eq!((above("api"), above("web"), above("own")), (vec!["uv.lock"], vec!["packages/pnpm-lock.yaml"], vec![]));
}

#[test]
fn the_files_of_a_workspace_affect_its_members() {
    let project = Project::with_files(
        "[components.a]\npath = \"crates/a\"\nrust = \"1.95\"\n[components.b]\npath = \"ledger/b\"\ngo = \"1.26\"\n\
         [components.c]\npath = \"ledger\"\ngo = \"1.26\"\n[components.d]\npath = \"ledger/b\"\nnode = \"24\"\n",
        &[("Cargo.lock", ""), ("ledger/go.work", ""), ("ledger/go.work.sum", ""), ("ledger/b/go.mod", "")],
    );
    let pipeline = project.pipeline();
    let above = |name: &str| pipeline.components[name].locks_above().collect::<Vec<_>>();
    assert_eq!(above("a"), ["Cargo.lock"]);
    assert_eq!(above("b"), ["ledger/go.work", "ledger/go.work.sum"]);
    assert!(above("c").is_empty() && above("d").is_empty());
}

#[test]
fn every_pin_that_is_missing_is_an_error_and_nothing_is_lowered() {
    let project = Project::of(&format!(
        "{API}services = [\"db\"]\n[services.db]\nimage = \"mysql:8\"\n[images.api]\nrepository = \"ghcr.io/a/b\"\n\
         [components.tool]\npython = \"3.12\"\ninstall = {{ uv = [] }}\nchecks = {{ a = \"a\" }}\n\
         [jobs.own]\nsteps = [{{ uses = \"acme/one/a\" }}, {{ uses = \"acme/one/b\" }}]"
    ));
    let found = lower(&project.pipeline(), &project.sources, &Lock::default()).expect_err("the lock is empty");
    let names: BTreeSet<&str> = found.iter().filter_map(|it| it.message.split('`').nth(1)).collect();
    for name in ["acme/one", "actions/checkout", "mysql:8", "moby/buildkit:v0.32.2", "uv", "astral-sh/setup-uv"] {
        assert!(names.contains(name), "{name} is missing in {names:?}");
    }
    assert_eq!(names.len(), found.len(), "each is reported once, a repository for all of its folders");
    let own = "unpinned jobs.own.steps[0].uses: `acme/one` is not pinned in `pipeline.lock`";
    assert!(shown(&found).iter().any(|line| line == own), "{:#?}", shown(&found));
}

#[test]
fn a_pin_of_the_compilers_own_that_is_missing_names_what_to_record() {
    let project = Project::of(API);
    let mut lock = builtin::lock();
    lock.add(&format!("acme/one@{} # v1.0.0", "a1".repeat(20))).expect("it is a pin");
    assert!(lower(&project.pipeline(), &project.sources, &lock).is_ok());
    let found = lower(&project.pipeline(), &project.sources, &Lock::default()).expect_err("the lock is empty");
    let cache = found.iter().find(|it| it.message.contains("actions/cache"));
    assert!(cache.is_none(), "one shard has no timings to keep: {cache:?}");
    let help = found.iter().find(|it| it.message.contains("actions/checkout")).and_then(|it| it.help.clone());
    assert_eq!(help.as_deref(), Some("run `pipewright generate`, which adds the pins that it knows"));
}

#[test]
fn a_template_of_the_users_own_that_fails_is_an_error_and_nothing_is_lowered() {
    let mut project = Project::of(API);
    let text = Text { file: "templates/pip.sh".to_owned(), text: "pip install <%= nothing %>\n".to_owned() };
    project.sources.templates.insert("steps/pip.sh".to_owned(), text);
    let found = lower(&project.pipeline(), &project.sources, &builtin::lock()).expect_err("the template fails");
    assert!(found.iter().all(|it| it.code.0 == "template"), "{found:#?}");
    assert!(!found.is_empty());
}

#[test]
fn every_job_waits_for_what_it_reads() {
    let project =
        Project::of(&format!("{API}shards = 4\ncoverage = {{ source = [\"api\"] }}\n[gates]\ncoverage = \"80%\""));
    let lowered = project.lowered();
    let ci = workflow(&lowered, "ci.yml");
    assert_eq!(job(ci, "test-api").needs, ["plan"]);
    assert_eq!(job(ci, "gates-api").needs, ["plan", "test-api"]);
    assert_eq!(job(ci, "coverage").needs, ["test-api"]);
    assert_eq!(axes(job(ci, "test-api")), ["python", "shard"]);
    let ids: Vec<&str> = ci.jobs.iter().map(|job| job.id.as_str()).collect();
    let waited: Vec<&str> = job(ci, "passed").needs.iter().map(String::as_str).collect();
    assert_eq!(waited, ids[..ids.len() - 1], "the required check waits for every other job");
}

#[test]
fn a_seed_is_an_axis_only_where_a_run_is_repeated() {
    let matrix = |more: &str| {
        let project = Project::of(&format!("{API}{more}"));
        let lowered = project.lowered();
        let tests = job(workflow(&lowered, "ci.yml"), "test-api");
        let seed = variable(step(tests, "Run tests"), "PIPEWRIGHT_SEED");
        (axes(tests).join(" "), seed)
    };
    assert_eq!(matrix(""), ("python".to_owned(), Some("${{ needs.plan.outputs.seed }}".to_owned())));
    let repeated = matrix("gates = { repeat = \"always\" }");
    assert_eq!(repeated, ("python seed".to_owned(), Some("${{ matrix.seed }}".to_owned())));
    assert_eq!(matrix("gates = { order = \"fixed\", repeat = \"always\" }"), ("python".to_owned(), None));
}

#[test]
fn a_run_without_order_and_timings_needs_no_plan() {
    let project = Project::of(&format!("{API}split = \"count\"\ngates = {{ order = \"fixed\" }}"));
    let lowered = project.lowered();
    let ci = workflow(&lowered, "ci.yml");
    assert!(ci.jobs.iter().all(|job| job.id != "plan"));
    assert_eq!(job(ci, "gates-api").needs, ["test-api"]);
    assert_eq!(ci.on.manual, Some(Vec::new()), "there is no seed to ask for");
}

#[test]
fn a_branch_that_is_called_after_releases_shares_no_cache() {
    let cached = |branches: &str| {
        let project = Project::of(&format!("[project]\nname = \"p\"\nbranches = {branches}\n{API}"));
        let lowered = project.lowered();
        input(job(workflow(&lowered, "ci.yml"), "test-api"), "Set up Python", "cache")
    };
    assert_eq!(cached("[\"main\"]").as_deref(), Some("pip"));
    assert_eq!(cached("[\"main\", \"release/**\"]"), None);
}

#[test]
fn a_service_is_a_container_by_digest_and_its_variables_reach_the_tests() {
    let project = Project::of(&format!(
        "{API}services = [\"db\"]\nenv = {{ TZ = \"UTC\", URL = \"mine\" }}\n[services.db]\nimage = \"postgres:16-alpine\"\n\
         ports = [5432]\nprovides = {{ URL = \"theirs\", OTHER = \"o\" }}"
    ));
    let lowered = project.lowered();
    let Work::Steps { services, env, .. } = &job(workflow(&lowered, "ci.yml"), "test-api").work else {
        panic!("a test job has steps");
    };
    let service = services.first().expect("there is a service");
    let digest = builtin::image("postgres:16-alpine").expect("the compiler knows it");
    assert_eq!(service.image, format!("postgres:16-alpine@{digest}"));
    let env: Vec<String> = env.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(env, ["URL=mine", "OTHER=o", "TZ=UTC"], "the run's own value wins");
}

#[test]
fn a_suite_runs_its_paths_in_one_shard_of_one_version() {
    let project = Project::of(&format!(
        "[project]\nname = \"p\"\nnightly = {{ cron = \"1 2 * * *\" }}\n{API}shards = 4\n\
         [suites.slow]\nof = \"api\"\npaths = [\"tests/slow\"]\non = [\"nightly\", \"manual\"]"
    ));
    let lowered = project.lowered();
    let suite = workflow(&lowered, "slow-integration.yml");
    assert_eq!(suite.on.schedule, [("1 2 * * *".to_owned(), None)]);
    let tests = job(suite, "tests");
    assert_eq!(axes(tests), [""; 0]);
    assert_eq!(input(tests, "Set up Python", "python-version").as_deref(), Some("3.12"), "the newest version");
    assert_eq!(variable(step(tests, "Run tests"), "PIPEWRIGHT_SHARDS").as_deref(), Some("1"));
    let call = job(workflow(&lowered, "ci.yml"), "suite-slow");
    assert!(call.callee() == Some("slow-integration.yml"));
    assert!(
        call.condition.as_ref().is_some_and(|condition| condition.to_string().contains("schedule")),
        "{:?}",
        call.condition
    );
}

const DEPLOY: &str = r#"
[images.web]
repository = "ghcr.io/a/web"
[workloads.web]
image = "web"
target = "deployment/web"
container = "web"
[environments.staging]
cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }
deploy = ["web"]
[environments.production]
needs = "staging"
approval = "production-approval"
cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "production" }
deploy = ["web"]
runs-on = ["big", "small"]
"#;

#[test]
fn an_environment_is_deployed_behind_the_one_before_it_and_its_approval() {
    let project = Project::of(DEPLOY);
    let lowered = project.lowered();
    let deploy = workflow(&lowered, "deploy.yml");
    let ids: Vec<&str> = deploy.jobs.iter().map(|job| job.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "branch",
            "ci",
            "image-web",
            "deploy-staging",
            "roll-back-staging",
            "recover-staging",
            "approve-production",
            "deploy-production",
            "roll-back-production",
            "recover-production",
            "report",
        ]
    );
    assert_eq!(job(deploy, "deploy-staging").needs, ["image-web"]);
    assert_eq!(job(deploy, "approve-production").needs, ["image-web", "deploy-staging"]);
    let production = job(deploy, "deploy-production");
    assert_eq!(production.needs, ["image-web", "deploy-staging", "approve-production"]);
    let Work::Steps { runner, .. } = &production.work else { panic!("a deploy has steps") };
    assert_eq!(runner, &Machine::Label("big".into()), "of several machines the first");
    let manual = deploy.on.manual.as_ref().expect("it can be started by hand");
    let inputs: Vec<&str> = manual.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(inputs, ["action", "environment", "web-digest"]);
}

#[test]
fn the_jobs_before_a_deploy_can_write_nothing() {
    let project = Project::of(DEPLOY);
    let lowered = project.lowered();
    let deploy = workflow(&lowered, "deploy.yml");
    assert_eq!(job(deploy, "branch").permissions, []);
    let approve = &job(deploy, "approve-production").permissions;
    let read: Vec<_> = approve.iter().map(|one| (one.scope.as_str(), one.access)).collect();
    assert_eq!(read, [("actions", Access::Read), ("contents", Access::Read)]);
}

#[test]
fn a_pipeline_that_deploys_leaves_its_first_branch_to_the_deploy() {
    let branches = |more: &str| {
        let project = Project::of(&format!("[project]\nname = \"p\"\nbranches = [\"main\", \"next\"]\n{API}{more}"));
        let lowered = project.lowered();
        let ci = workflow(&lowered, "ci.yml");
        (ci.on.push_branches.join(" "), ci.on.call.is_some())
    };
    assert_eq!(branches(""), ("main next".to_owned(), false));
    assert_eq!(branches(DEPLOY), ("next".to_owned(), true));
}

#[test]
fn a_rollback_is_the_end_of_every_deploy() {
    let project = Project::of(DEPLOY);
    let lowered = project.lowered();
    let names = step_names(job(workflow(&lowered, "deploy.yml"), "deploy-staging")).join(", ");
    let order = ["Preflight checks", "Start the deployment", "Apply", "Mark the version as verified", "Roll back"];
    let places: Vec<Option<usize>> = order.iter().map(|name| names.find(name)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{names}");
}

#[test]
fn a_job_of_the_users_own_runs_on_one_combination_of_its_component() {
    let project = Project::of(
        "[components.api]\npython = [\"3.11\", \"3.12\"]\nruns-on = [\"ubuntu-24.04\", \"macos-15\"]\n\
         checks = { a = \"a\" }\n[jobs.docs]\ncomponent = \"api\"\nneeds = [\"api\"]\nsteps = [{ run = \"make\" }]",
    );
    let lowered = project.lowered();
    let ci = workflow(&lowered, "ci.yml");
    let Work::Steps { runner, strategy, .. } = &job(ci, "docs").work else { panic!("it has steps") };
    assert_eq!((runner, strategy), (&Machine::Label("ubuntu-24.04".into()), &None));
    assert_eq!(input(job(ci, "docs"), "Set up Python", "python-version").as_deref(), Some("3.12"));
    let Work::Steps { runner, strategy, .. } = &job(ci, "api").work else { panic!("it has steps") };
    assert_eq!(runner, &Machine::Label(Value::matrix("os")));
    let machines = vec!["ubuntu-24.04".to_owned(), "macos-15".to_owned()];
    let axes = strategy.as_ref().map(|strategy| strategy.axes.last().cloned());
    assert_eq!(axes, Some(Some(("os".to_owned(), Axis::Texts(machines)))));
}

#[test]
fn two_hundred_shards_in_fixed_order_have_no_second_seed_and_fit_into_a_matrix() {
    let text = "[project]\nname = \"lib\"\nnightly = { cron = \"17 2 * * *\" }\n[components.lib]\npython = \"3.12\"\n\
                install = { pip = [\"requirements.txt\"] }\n[tests.lib]\ncomponent = \"lib\"\nrunner = \"pytest\"\n\
                paths = [\"tests\"]\nshards = 200\ngates = { order = \"fixed\" }";
    let mut project = Project::with_files(text, &[("requirements.txt", "pytest\n"), ("tests/test_a.py", "")]);
    let lock = Text { file: "pipeline.lock".to_owned(), text: builtin::lock().to_text() };
    project.sources.lock = Some(lock);
    let compilation = crate::compile(&project.sources);
    assert!(!compilation.failed(), "{:#?}", shown(&compilation.diagnostics));
}

#[test]
fn a_group_of_self_hosted_runners_keeps_its_labels() {
    let project = Project::of(
        "[components.api]\npython = \"3.12\"\nchecks = { a = \"a\" }\n\
         runs-on = { group = \"builders\", labels = [\"self-hosted\", \"gpu\"] }",
    );
    let lowered = project.lowered();
    let Work::Steps { runner, .. } = &job(workflow(&lowered, "ci.yml"), "api").work else { panic!("it has steps") };
    let labels = vec!["self-hosted".to_owned(), "gpu".to_owned()];
    assert_eq!(runner, &Machine::Labels(labels, Some("builders".to_owned())));
}
