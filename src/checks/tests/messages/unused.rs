//! Tables and names that nothing uses.

use std::collections::BTreeMap;

use super::super::page::Case;
use super::super::{OF_WHOLES, found_in_whole, sources};
use crate::sources::Sources;

/// A definition without a base.
fn alone(toml: &str) -> Sources {
    let mut sources = sources(&Case { toml: toml.to_owned(), files: BTreeMap::new() });
    sources.bases.clear();
    sources
}

/// Findings with what to type.
fn unused(sources: &Sources) -> Vec<String> {
    let found = found_in_whole(sources).into_iter().filter(|it| it.code.0 == OF_WHOLES);
    found.map(|it| format!("{}: {}: {}", it.at.dotted(), it.message, it.help.unwrap_or_default())).collect()
}

fn assert_unused(toml: &str, expected: &[&str]) {
    let project = if toml.contains("[project]") { "" } else { "project = { name = \"atom\" }\n" };
    let toml = format!("version = 1\n{project}{toml}");
    assert_eq!(unused(&alone(&toml)), expected, "{toml}");
}

const BACKEND: &str =
    "[components.backend]\npath = \"backend\"\npython = \"3.12\"\nchecks = { lint = \"ruff check .\" }\n";

#[test]
fn services() {
    let services = "[services.redis]\nimage = \"redis:7\"\nhealth = \"x\"\n[services.pg]\nimage = \"postgres:16\"\nhealth = \"x\"\n";
    assert_unused(
        &format!("{services}{BACKEND}"),
        &[
            "services.redis: nothing uses the service `redis`: add `services = [\"redis\"]` to a test run, a suite or a job, or remove it",
            "services.pg: nothing uses the service `pg`: add `services = [\"pg\"]` to a test run, a suite or a job, or remove it",
        ],
    );
    let run = "[tests.backend]\ncomponent = \"backend\"\nrunner = \"pytest\"\nservices = [\"redis\"]\n";
    let suite = "[suites.s]\nof = \"backend\"\npaths = [\"tests\"]\nservices = [\"pg\"]\n";
    assert_unused(&format!("{services}{BACKEND}{run}{suite}"), &[]);
    let job = "[workflows.w]\non = { manual = true }\njobs.j = { services = [\"pg\"], steps = [{ run = \"make\" }] }\n";
    assert_unused(&format!("{services}{BACKEND}{run}{job}"), &[]);
    // A misspelt reference is reported itself.
    assert_unused(&format!("{services}{BACKEND}{}", run.replace("redis", "rediss")), &[]);
}

#[test]
fn a_base_declares_for_several_pipelines() {
    let case = Case { toml: BACKEND.to_owned(), files: BTreeMap::new() };
    assert_eq!(unused(&sources(&case)), Vec::<String>::new());
}

#[test]
fn tables_about_tests() {
    assert_unused(
        &format!(
            "{BACKEND}[gates]\nslowest = \"30s\"\n[coverage]\nartifact = true\n\
             [quarantine.\"tests/x.py\"]\nreason = \"r\"\nuntil = 2027-01-01\n"
        ),
        &[
            "gates: `[gates]` judges nothing: there is no test run: add `[tests.<name>]`, or remove it",
            "quarantine: `[quarantine]` leaves nothing out: there is no test run: add `[tests.<name>]`, or remove it",
            "coverage: `[coverage]` reports nothing: no test run measures coverage: add `coverage = { source = [\"…\"] }` to a test run, or remove it",
        ],
    );
    // An error of `coverage-unenforced`.
    assert_unused(&format!("{BACKEND}[gates]\nslowest = \"30s\"\ncoverage = \"80%\"\n"), &[]);
}

#[test]
fn globs_about_changes() {
    let watch = "[components.web]\npath = \"web\"\nwatch = [\"shared/**\"]\nignore = [\"web/docs/**\"]\nchecks = { a = \"x\" }\n";
    assert_unused(
        watch,
        &[
            "components.web.watch: `watch` has no effect: every change runs all jobs: add `skip-unchanged = true` to `[project]`, or remove it",
        ],
    );
    let when = "[jobs.j]\nwhen = { changed = [\"web\"] }\nsteps = [{ run = \"make\" }]\n";
    assert_unused(&format!("{watch}{when}"), &[]);
    assert_unused(&format!("{watch}[project]\nname = \"atom\"\nskip-unchanged = true\n"), &[]);
}

const DEPLOYED: &str = r#"[images.backend]
context = "backend"
repository = "ghcr.io/acme/backend"
[smoke.api]
public = true
probes = [{ name = "alive", request = "GET /health", expect = { contains = "ok" } }]
[smoke.web]
public = true
probes = [{ name = "alive", request = "GET /", expect = { contains = "ok" } }]
[metrics.time]
unit = "seconds"
query = 'histogram_quantile(0.95, x{version="$version"}[$window])'
window = "5m"
[notify]
issue = { on = ["rollback"] }
[workloads.api]
image = "backend"
target = "deployment/api"
container = "api"
[workloads.web]
image = "backend"
target = "deployment/web"
container = "web"
"#;

#[test]
fn tables_about_deploys() {
    let none = "workloads: `workloads`, `smoke`, `metrics` and `notify` have no effect: there is no environment to \
                deploy to: add `[environments.<name>]`, or remove them";
    assert_unused(&format!("{BACKEND}{DEPLOYED}"), &[none]);
    let monitoring = "[monitoring]\nprometheus = { url = { var = \"PROMETHEUS_URL\" } }\n";
    assert_unused(
        &format!("{BACKEND}{monitoring}"),
        &[
            "monitoring: `monitoring` has no effect: there is no environment to deploy to: add `[environments.<name>]`, or remove it",
        ],
    );
    let staging = "[environments.staging]\nurl = { var = \"URL\" }\ndeploy = [\"api\"]\nsmoke = \"api\"\n\
                   cluster = { kubeconfig = { secret = \"KUBECONFIG\" }, namespace = \"staging\" }\n";
    assert_unused(
        &format!("{BACKEND}{DEPLOYED}{staging}"),
        &[
            "workloads.web: no environment deploys the workload `web`: add `\"web\"` to `deploy` of an environment, or remove it",
            "smoke.web: no environment has the smoke tests `web`: add `smoke = \"web\"` to an environment, or remove it",
            "metrics.time: no environment has a limit for the metric `time`: add `limits = { time = { max = \"500ms\" } }` to an environment, or remove it",
        ],
    );
    let whole = staging.replace("[\"api\"]", "[\"api\", \"web\"]").replace("smoke = \"api\"", "smoke = \"web\"");
    let production = "[environments.production]\nneeds = \"staging\"\nurl = { var = \"URL\" }\ndeploy = [\"api\"]\nsmoke = \"api\"\n\
                      cluster = { kubeconfig = { secret = \"KUBECONFIG\" }, namespace = \"x\" }\nlimits = { time = { max = \"1s\" } }\n";
    assert_unused(&format!("{BACKEND}{DEPLOYED}{whole}{production}"), &[]);
}

#[test]
fn a_server_of_metrics_without_a_metric() {
    let deployed = "[workloads.api]\nimage = \"backend\"\ntarget = \"deployment/api\"\ncontainer = \"api\"\n\
                    [images.backend]\ncontext = \"backend\"\nrepository = \"ghcr.io/acme/backend\"\n\
                    [environments.staging]\ndeploy = [\"api\"]\n\
                    cluster = { kubeconfig = { secret = \"KUBECONFIG\" }, namespace = \"staging\" }\n\
                    [monitoring]\nprometheus = { url = { var = \"PROMETHEUS_URL\" } }\n";
    assert_unused(
        &format!("{BACKEND}{deployed}"),
        &[
            "monitoring.prometheus: nothing asks `prometheus`: there is no metric: add `[metrics.<name>]` and a limit for it, or remove it",
        ],
    );
}

#[test]
fn mirrors_of_an_image_that_is_never_published() {
    let image = "[images.backend]\ncontext = \"backend\"\nrepository = \"ghcr.io/acme/backend\"\n\
                 mirrors = [{ repository = \"ghcr.io/acme/mirror\" }]\n";
    assert_unused(
        image,
        &[
            "images.backend.mirrors: `mirrors` get nothing: `backend` is never published: add `publish = { tags = [\"v*\"] }` or a workload with the image, or remove it",
        ],
    );
    assert_unused(&format!("{image}publish = {{ tags = [\"v*\"] }}\n"), &[]);
}

#[test]
fn ids_of_steps() {
    let meta = "{ id = \"meta\", run = 'echo \"v=1\" >> \"$GITHUB_OUTPUT\"' }";
    let jobs = |steps: &str, other: &str| {
        format!(
            "{BACKEND}[jobs.build]\nsteps = [{steps}]\n[jobs.ship]\nneeds = [\"build\"]\nsteps = [{{ run = \"make\"{other} }}]\n"
        )
    };
    assert_unused(
        &jobs(meta, ""),
        &[
            "jobs.build.steps[0].id: nothing reads an output of the step `meta`: read one by `{ output = \"meta.<name>\" }`, or remove `id`",
        ],
    );
    assert_unused(&jobs(&format!("{meta}, {{ run = \"x\", env = {{ V = {{ output = \"meta.v\" }} }} }}"), ""), &[]);
    assert_unused(&jobs(meta, ", env = { V = { output = \"build.v\" } }"), &[]);
    assert_unused(&jobs(meta, ", env = { V = { output = \"build.meta.v\" } }"), &[]);
    assert_unused(&jobs(meta, ", env = { V = { output = \"biuld.v\" } }"), &[]);
}

#[test]
fn secrets_and_inputs_of_workflows() {
    let on = "[workflows.w]\non = { call = { inputs = { level = { default = \"x\" } }, secrets = [\"TOKEN\"] } }\n";
    assert_unused(
        &format!("{BACKEND}{on}jobs.j = {{ steps = [{{ run = \"make\" }}] }}\n"),
        &[
            "workflows.w.on.call.secrets[0]: no job of `w` reads the secret `TOKEN`: read it by `env = { TOKEN = { secret = \"TOKEN\" } }`, or remove it",
        ],
    );
    let env = "env = { T = { secret = \"TOKEN\" } }";
    assert_unused(&format!("{BACKEND}{on}jobs.j = {{ {env}, steps = [{{ run = \"make\" }}] }}\n"), &[]);
    let call = "jobs.j = { uses = \"acme/x/.github/workflows/a.yml\", secrets = { T = { secret = \"TOKEN\" } }";
    assert_unused(
        &format!("{BACKEND}{on}{call} }}\n"),
        &[
            "workflows.w.on.call.inputs.level: no job hands the input `level` over, and none has steps that read it: add `with = { level = { input = \"level\" } }` to a job, or remove it",
        ],
    );
    assert_unused(&format!("{BACKEND}{on}{call}, with = {{ x = {{ input = \"level\" }} }} }}\n"), &[]);
}

#[test]
fn keys_of_matrices() {
    let job = |rest: &str| {
        format!(
            "{BACKEND}[jobs.j]\nmatrix = {{ os = [\"ubuntu-24.04\", \"macos-15\"], target = [\"a\", \"b\"] }}\n{rest}\n"
        )
    };
    assert_unused(
        &job("steps = [{ run = \"make\" }]"),
        &[
            "jobs.j.matrix.os: nothing in the job reads `os`, so each of its values repeats the same job: read it, as in `env = { OS = { matrix = \"os\" } }`, or remove it",
            "jobs.j.matrix.target: nothing in the job reads `target`, so each of its values repeats the same job: read it, as in `env = { TARGET = { matrix = \"target\" } }`, or remove it",
        ],
    );
    let os = "runs-on = { matrix = \"os\" }\n";
    assert_unused(&job(&format!("{os}steps = [{{ run = \"make\", env = {{ T = {{ matrix = \"target\" }} }} }}]")), &[]);
    assert_unused(&job(&format!("{os}steps = [{{ run = \"make\", env = {{ T = {{ matrix = \"traget\" }} }} }}]")), &[]);
    let python =
        "[jobs.j]\ncomponent = \"backend\"\nmatrix = { python = [\"3.12\", \"3.13\"] }\nsteps = [{ run = \"make\" }]\n";
    assert_unused(&format!("{BACKEND}{python}"), &[]);
}
