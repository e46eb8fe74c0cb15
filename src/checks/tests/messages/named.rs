//! Paths, and names of jobs, files, branches and tags.

use super::{assert_said, said};

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
            &[("nowhere/a", "")],
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
