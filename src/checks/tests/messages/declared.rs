//! Names, paths and steps.

use super::{assert_said, said, said_alone};

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
        &[],
        &[
            "error all-ignored components.a.ignore[1]: `ignore` leaves nothing in the folder of `a` that touches it",
            "error all-ignored components.b.ignore[0]: `ignore` leaves nothing in the folder of `b` that touches it",
        ],
    )]);
}

#[test]
fn paths() {
    assert_said(&[
        (
            r#"[components.c]
path = "/srv"
checks = { x = "x" }
[components.d]
path = "web\\x"
checks = { x = "x" }
[components.e]
path = "webb"
checks = { x = "x" }
[components.f]
path = "web"
watch = ["nowhere/*"]
ignore = ["nowhere/**", "../shared/**"]
[images.i]
context = "web"
repository = "ghcr.io/a/i"
[images.j]
context = "made"
before = [{ run = "make" }]
repository = "ghcr.io/a/j"
"#,
            &[],
            &[
                "error missing-path components.e.path: there is no `webb` in the repository",
                "error missing-path images.i.context: there is no `web/Dockerfile` in the repository",
                "error path-outside components.c.path: `/srv` is absolute",
                r"error path-outside components.d.path: `web\x` is not written with `/`",
                "error path-outside components.f.ignore[1]: `../shared/**` leaves the repository",
            ],
        ),
        (
            r#"[monitoring]
grafana = { url = { var = "G" }, token = { secret = "T" }, dashboards = ["grafana/deployment.json"] }
[workloads.api]
delivery = { manifests = "k8s/$environment" }
[environments.staging]
url = { var = "U" }
smoke = "api"
deploy = ["api"]
cluster = { namespace = "n", kubeconfig = { secret = "K" } }
"#,
            &[("k8s/production/a.yaml", "")],
            &[
                "error missing-path monitoring.grafana.dashboards[0]: there is no `grafana/deployment.json` in the repository",
                "error missing-path workloads.api.delivery.manifests: there is no `k8s/staging` in the repository",
            ],
        ),
        (
            r#"[tests.backend]
component = "backend"
runner = "pytest"
paths = ["tests", "tests/integration"]
[suites.all]
of = "backend"
paths = ["tests"]
"#,
            &[],
            &[
                "error duplicate-path tests.backend.paths[1]: `tests/integration` and `tests` name the same tests",
                "error duplicate-path suites.all.paths: `all` takes every test of `backend`",
            ],
        ),
    ]);
}

#[test]
fn names_of_jobs_and_files() {
    assert_said(&[
        (
            r#"[components.suite-lance]
checks = { x = "x" }
[tests.a]
component = "backend"
runner = "pytest"
[suites.lance]
of = "a"
paths = ["tests/integration"]
[jobs.test-a]
steps = [{ run = "a" }]
[workflows.ci]
on = { manual = true }
jobs.p = { steps = [{ run = "a" }] }
[workflows.lance-integration]
on = { manual = true }
jobs.p = { steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error name-clash suites.lance: `ci.yml` would have two jobs called `suite-lance`",
                "error name-clash jobs.test-a: `ci.yml` would have two jobs called `test-a`",
                "error name-clash workflows.ci: `ci.yml` is a workflow of Pipewright's own",
                "error name-clash workflows.lance-integration: `lance-integration.yml` is the workflow of the suite `lance`",
            ],
        ),
        (
            r#"[jobs.a]
needs = ["a"]
steps = [{ run = "a" }]
[workflows.w]
on = { manual = true }
jobs.x = { needs = ["y"], steps = [{ run = "a" }] }
jobs.y = { needs = ["z"], steps = [{ run = "a" }] }
jobs.z = { needs = ["y"], steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error needs-cycle jobs.a.needs: `a` waits for itself: it needs `a`",
                "error needs-cycle workflows.w.jobs.y.needs: `y` waits for itself: it needs `z`, which needs `y`",
            ],
        ),
    ]);
}

#[test]
fn names_that_belong_to_others() {
    assert_said(&[
        (
            r#"[components.backend]
env = { GITHUB_TOKEN = "a", 1A = "b" }
[services.postgres]
env = { "discovery.type" = "single" }
provides = { runner_x = "a" }
[tests.t]
component = "backend"
runner = "pytest"
env = { SHARD = "1" }
[images.backend]
build-args = { GITHUB_SHA = "x", "a-b" = "c" }
[workflows.w]
on = { manual = { inputs = { github-x = { } } } }
jobs.p = { steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error env-name components.backend.env.GITHUB_TOKEN: `GITHUB_TOKEN` starts with `GITHUB_`, which belongs to GitHub",
                "error env-name components.backend.env.1A: `1A` is not a name for an environment variable",
                "error env-name services.postgres.provides.runner_x: `runner_x` starts with `RUNNER_`, which belongs to GitHub's runner",
                "error env-name images.backend.build-args.a-b: `a-b` is not a name for a build argument",
                "error env-name tests.t.env.SHARD: `SHARD` is reserved: the runner reads its shard from it",
                "error env-name workflows.w.on.manual.inputs.github-x: `GITHUB_X` starts with `GITHUB_`, which belongs to GitHub",
            ],
        ),
        (
            r#"[jobs.j]
permissions = { id-token = "read", models = "write", contents = "read" }
steps = [{ run = "a" }]
"#,
            &[],
            &[
                "error permission-scope jobs.j.permissions.id-token: `id-token` cannot be `read`",
                "error permission-scope jobs.j.permissions.models: `models` cannot be `write`",
            ],
        ),
    ]);
}

#[test]
fn patterns_of_branches_and_tags() {
    let none: [&str; 0] = [];
    for good in ["main", "release/**", "v[0-9]+.x", "v*", "**", "feature/a?b", "1.x", "a_b", "grüße", "v[0-9a-f].[xyz]"]
    {
        let toml = format!(
            "[project]\nname = \"p\"\nbranches = [\"main\", {good:?}]\n[workflows.w]\non = {{ tags = [{good:?}, \"!v0\"] }}\n\
             jobs.p = {{ steps = [{{ run = \"a\" }}] }}\n"
        );
        assert_eq!(
            said(&toml, &[]),
            if good == "main" {
                &["error duplicate-item project.branches[1]: `branches` names the same thing twice"][..]
            } else {
                &none[..]
            },
            "{good}"
        );
    }
    for (bad, why) in [
        ("a b", "a name has no blank"),
        (" main", "a name has no blank"),
        ("a\u{7}", "a name has no control character"),
        ("a\nb", "a name has no blank"),
        ("a..b", "a name has no `..`"),
        ("/a", "a name has `/` between its parts alone"),
        ("a/", "a name has `/` between its parts alone"),
        ("a//b", "a name has `/` between its parts alone"),
        ("a:b", "a name has no `~`, `^`, `:` or `\\`"),
        ("a\\b", "a name has no `~`, `^`, `:` or `\\`"),
        ("a/.b", "no part of a name starts with `.`"),
        ("a.lock", "a name ends in neither `.` nor `.lock`"),
        ("@", "`@` alone is reserved by git"),
        ("a!b", "`!` is allowed at the start only"),
        ("!", "`!` has nothing behind it"),
        ("refs/heads/main", "names are written without `refs/heads/` and `refs/tags/`"),
        ("a***", "`**` is the longest wildcard"),
        ("?a", "`?` and `+` repeat the character before them"),
        ("a*+", "`?` and `+` repeat the character before them"),
        ("v[0-9", "`[` starts a set of characters that does not end"),
        ("v[]", "`[` starts a set of characters that does not end"),
        ("v0-9]", "`]` closes no `[`"),
        ("v[9-0]", "a set of characters holds letters, digits, and ranges that rise"),
        ("v[a/b]", "a set of characters holds letters, digits, and ranges that rise"),
    ] {
        let toml = format!("[project]\nname = \"p\"\nbranches = [\"main\", {bad:?}]\n").replace("\\u{7}", "\\u0007");
        let message = format!("`{}` matches no branch or tag: {why}", bad.escape_debug());
        let lines = said(&toml, &[]);
        assert!(lines.contains(&format!("error ref-pattern project.branches[1]: {message}")), "{bad:?}: {lines:?}");
    }
    let toml = "[project]\nname = \"p\"\nbranches = [\"release/*\"]\n[workflows.w]\non = { branches = [\"!main\"] }\njobs.p = { steps = [{ run = \"a\" }] }\n";
    assert_eq!(
        said(toml, &[]),
        ["error ref-pattern workflows.w.on.branches: `branches` excludes names, and includes none",]
    );
}

#[test]
fn empty_texts() {
    for (toml, key) in [
        ("[project]\nname = \"p\"\nbranches = [\"\"]\n", "branches"),
        ("[project]\nname = \"p\"\nruns-on = \" \"\n", "runs-on"),
        ("[workflows.w]\non = { tags = [\"\"] }\njobs.p = { steps = [{ run = \"a\" }] }\n", "tags"),
        ("[services.env]\nimage = \"redis:7-alpine\"\nhealth = \"a\"\nentrypoint = \"\"\n", "entrypoint"),
        ("[services.json]\nimage = \"redis:7-alpine\"\nhealth = \"a\"\ncommand = \"\"\n", "command"),
        ("[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\nenvironment = \"\"\n", "environment"),
        ("[images.backend]\ntarget = \"\"\n", "target"),
        ("[jobs.j]\nsteps = [{ run = \"a\", name = \"\" }]\n", "name"),
    ] {
        let lines = said(toml, &[]);
        assert_eq!(lines, [format!("error empty-text pipeline.toml: `{key}` holds an empty text")], "{toml}");
    }
    let none: [&str; 0] = [];
    let free = "[jobs.j]\nenv = { A = \"\" }\nsteps = [{ run = \"a\", env = { B = \"\" } }, { uses = \"a/b\", with = { c = \"\" } }]\n";
    assert_eq!(said(free, &[]), none);
}

#[test]
fn defaults_of_inputs() {
    let said = |input: &str| {
        said(
            &format!(
                "[workflows.w]\non = {{ manual = {{ inputs = {{ i = {{ {input} }} }} }} }}\njobs.p = {{ steps = [{{ run = \"a\" }}] }}\n"
            ),
            &[],
        )
    };
    let none: [&str; 0] = [];
    for good in [
        r#"kind = "number", default = "3""#,
        r#"kind = "number", default = "-0.50""#,
        r#"kind = "boolean", default = "true""#,
        r#"default = "any\nthing""#,
        r#"options = ["a", "b"], default = "b""#,
    ] {
        assert_eq!(said(good), none, "{good}");
    }
    for (bad, message) in [
        (r#"kind = "number", default = "3.""#, "the default `3.` is not a number"),
        (r#"kind = "number", default = ".5""#, "the default `.5` is not a number"),
        (r#"kind = "number", default = "007""#, "the default `007` is not a number"),
        (r#"kind = "number", default = "1e3""#, "the default `1e3` is not a number"),
        (r#"kind = "number", default = "٣""#, "the default `٣` is not a number"),
        (r#"kind = "boolean", default = "yes""#, "the default `yes` is not a boolean"),
        (r#"options = ["a"], default = "b""#, "the default `b` is not an option"),
    ] {
        assert_eq!(said(bad), [format!("error invalid-value workflows.w.on.manual.inputs.i.default: {message}")]);
    }
    assert_eq!(
        said(r#"options = ["a", ""]"#),
        ["error invalid-value workflows.w.on.manual.inputs.i.options[1]: an option is empty"]
    );
}
