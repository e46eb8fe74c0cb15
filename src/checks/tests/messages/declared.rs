//! Names, paths and steps.

use super::{assert_said, said_alone};

#[test]
fn a_required_job_behind_a_reported_one() {
    assert_said(&[(
        r#"[components.c]
python = "3.12"
[tests.t]
component = "c"
runner = "pytest"
[suites.s]
of = "t"
paths = ["tests/s"]
merge = "reported"
[jobs.scan]
merge = "reported"
steps = [{ run = "a" }]
[jobs.sign]
needs = ["gates-t", "scan", "suite-s"]
steps = [{ run = "a" }]
[jobs.notes]
needs = ["scan"]
merge = "reported"
steps = [{ run = "a" }]
"#,
        &[("tests/s/test_a.py", "")],
        &[
            "error required-needs-reported jobs.sign.needs[1]: `sign` is required, but waits for `scan`, which is only reported",
            "error required-needs-reported jobs.sign.needs[2]: `sign` is required, but waits for `suite-s`, which is only reported",
        ],
    )]);
}

#[test]
fn names_that_lead_nowhere() {
    assert_said(&[
        (
            r#"[tests.a]
component = "backen"
runner = "pytest"
services = ["redis"]
[suites.b]
of = "c"
paths = ["tests"]
[quarantine."tests/x.py"]
of = "c"
reason = "r"
until = 2027-01-01
"#,
            &[],
            &[
                "error unknown-name tests.a.component: there is no `backen` in `[components]`",
                "error unknown-name tests.a.services[0]: there is no `redis` in `[services]`",
                "error unknown-name suites.b.of: there is no `c` in `[tests]`",
                "error unknown-name quarantine.tests/x.py.of: there is no `c` in `[tests]`",
            ],
        ),
        (
            r#"[workloads.w]
image = "x"
target = "deployment/w"
container = "w"
[jobs.j]
component = "x"
needs = ["passed", "image-backend", "backed"]
steps = [{ run = "a" }]
[workflows.r]
on = { manual = true }
jobs.p = { needs = ["q"], steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error unknown-name workloads.w.image: there is no `x` in `[images]`",
                "error unknown-name jobs.j.component: there is no `x` in `[components]`",
                "error unknown-name jobs.j.needs[0]: `ci.yml` has no job `passed` that another one can wait for",
                "error unknown-name jobs.j.needs[2]: `ci.yml` has no job `backed` that another one can wait for",
                "error unknown-name workflows.r.jobs.p.needs[0]: there is no `q` in `[jobs]`",
            ],
        ),
        (
            r#"[monitoring]
prometheus = { url = { secret = "P" } }
[environments.staging]
url = { var = "U" }
cluster = { kubeconfig = { secret = "K" }, namespace = "n" }
deploy = ["apy"]
smoke = "ap"
migrate = { workload = "db", run = "m", on-rollback = "keep" }
limits = { error = { max = "1%" } }
"#,
            &[],
            &[
                "error unknown-name environments.staging.deploy[0]: there is no `apy` in `[workloads]`",
                "error unknown-name environments.staging.migrate.workload: there is no `db` in `[workloads]`",
                "error unknown-name environments.staging.smoke: there is no `ap` in `[smoke]`",
                "error unknown-name environments.staging.limits.error: there is no `error` in `[metrics]`",
            ],
        ),
    ]);
}

#[test]
fn steps_toolchains_and_runners() {
    assert_said(&[
        (
            r#"[jobs.j]
steps = [{ name = "n" }, { run = "a", uses = "b/c" }, { uses = "b/c", path = "d" }, { run = " " }]
"#,
            &[],
            &[
                "error step-kind jobs.j.steps[0]: a step runs a command or uses an action, and this one does neither",
                "error step-kind jobs.j.steps[1].uses: a step cannot both run a command and use an action",
                "error step-kind jobs.j.steps[2].path: an action has no folder that it runs in",
                "error step-kind jobs.j.steps[3]: a step runs a command or uses an action, and this one does neither",
            ],
        ),
        (
            r#"[components.c]
python = ["3.11", "3.12", "3.11"]
node = ["22", "24"]
install = { pip = [], uv = [], npm = [], pnpm = [] }
checks = { x = "x" }
[components.d]
[tests.t]
component = "d"
runner = "nextest"
"#,
            &[],
            &[
                "error missing-lock components.c.install.uv: `c` has no uv.lock: `uv sync --locked` would fail",
                "error missing-lock components.c.install.npm: `c` has no package-lock.json: `npm ci` would fail",
                "error missing-lock components.c.install.pnpm: `c` has no pnpm-lock.yaml: `pnpm install --frozen-lockfile` would fail",
                "error toolchain components.c.python: `python` names `3.11` twice",
                "error toolchain components.c.node: `c` has two lists of versions, and a matrix has one",
                "error toolchain components.c.install.uv: `pip` and `uv` would both install the component's packages",
                "error toolchain components.c.install.pnpm: `npm` and `pnpm` would both install the component's packages",
                "error toolchain tests.t.runner: `nextest` needs a `rust` version, and `d` has none",
            ],
        ),
    ]);
}

#[test]
fn versions_of_toolchains() {
    assert_said(&[
        (
            r#"[components.c]
python = ["3.8.18", "pypy3.9-v7.3.16", "3.9 - 3.12", "3.10", "pypy3.11", "3.14t", "3.15-dev", "3.x"]
[tests.a]
component = "c"
runner = "pytest"
[tests.b]
component = "c"
runner = "pytest"
[tests.c]
component = "c"
runner = "command"
command = "./test"
"#,
            &[],
            &[
                "error toolchain components.c.python: `pytest` runs on python 3.10 or newer, found `3.8.18`",
                "error toolchain components.c.python: `pytest` runs on python 3.10 or newer, found `pypy3.9-v7.3.16`",
                "error toolchain components.c.python: `pytest` runs on python 3.10 or newer, found `3.9 - 3.12`",
            ],
        ),
        (
            r#"[components.c]
rust = "1.95"
[tests.a]
component = "c"
runner = "nextest"
test-timeout = "60s"
[tests.b]
component = "c"
runner = "command"
command = "./test"
test-timeout = "60s"
"#,
            &[],
            &[
                "error runner-capability tests.a.test-timeout: `nextest` cannot limit the time of a single test",
                "error runner-capability tests.b.test-timeout: `command` cannot limit the time of a single test",
            ],
        ),
        (
            r#"[tests.t]
component = "backend"
runner = "command"
"#,
            &[],
            &["error command-missing tests.t.runner: `t` has no command to run"],
        ),
    ]);
}

#[test]
fn ways_into_a_cluster() {
    assert_said(&[(
        r#"[environments.staging]
url = { var = "U" }
smoke = "api"
deploy = ["api"]
cluster = { namespace = "n", kubeconfig = { secret = "K" }, eks = { role = { var = "R" }, region = "r", cluster = "c" } }
"#,
        &[],
        &[
            "error one-cluster-access environments.staging.cluster.eks: `staging` has two ways into its cluster: `kubeconfig` and `eks`",
        ],
    )]);
}

#[test]
fn expressions_however_they_are_spelled() {
    assert_said(&[(
        r#"[jobs.j]
steps = [{ run = "echo $\u007b{ x }}" }]
env = { "A${{b}}" = "c" } # ${{ fine }}
"#,
        &[],
        &[
            "error env-name jobs.j.env.A${{b}}: `A${{b}}` is not a name for an environment variable",
            "error expression-in-text pipeline.toml: `${{ … }}` is not allowed in this string: GitHub would expand it before the shell runs",
            "error expression-in-text pipeline.toml: `${{ … }}` is not allowed in this string: GitHub would expand it before the shell runs",
        ],
    )]);
}

#[test]
fn components_that_nothing_tests() {
    let alone = "version = 1\n[project]\nname = \"alone\"\n[components.a]\npython = \"3.12\"\n";
    let found = |more: &str| said_alone(&format!("{alone}{more}"));
    let error = "error nothing-tested components.a: nothing is tested: `alone passed` would be green for every change";
    assert_eq!(found(""), [error]);
    assert_eq!(found("after = [{ run = \"make test\" }]\n"), [""; 0]);
    let job = "[jobs.j]\nsteps = [{ run = \"make\" }]\n";
    assert_eq!(found(job), ["warning nothing-tested components.a: nothing tests `a`"]);
    assert_eq!(found(&job.replace("steps", "component = \"a\"\nsteps")), [""; 0]);
}

#[test]
fn components_that_nothing_touches() {
    assert_said(&[(
        r#"[components.a]
path = "web"
ignore = ["web/docs/**", "./web/**"]
checks = { x = "x" }
[components.b]
ignore = ["**"]
checks = { x = "x" }
[components.c]
checks = { x = "x" }
watch = ["schema/**"]
ignore = ["**"]
"#,
        &[("schema/a.json", "")],
        &[
            "error all-ignored components.a.ignore[1]: `ignore` leaves nothing in the folder of `a` that touches it",
            "error all-ignored components.b.ignore[0]: `ignore` leaves nothing in the folder of `b` that touches it",
        ],
    )]);
}
