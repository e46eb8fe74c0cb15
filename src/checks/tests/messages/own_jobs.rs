//! Matrices, values and ids of custom jobs.

use super::{assert_said, said};

/// Findings about a job with these keys.
fn of_matrix(lines: &str) -> Vec<String> {
    said(&format!("[jobs.j]\nsteps = [{{ run = \"a\" }}]\n{lines}\n"), &[])
}

#[test]
fn matrices() {
    for (lines, expected) in [
        (r#"matrix = { os = ["a", "b"] }"#, None),
        (
            r#"matrix = { os = ["a"], exclude = [{ so = "a" }] }"#,
            Some("error matrix jobs.j.matrix.exclude[0].so: `so` is not an axis of the matrix"),
        ),
        (
            r#"matrix = { os = ["a", "b"], exclude = [{ os = "c" }] }"#,
            Some("error matrix jobs.j.matrix.exclude[0]: no job of the matrix has `{ os = \"c\" }`"),
        ),
        (
            r#"matrix = { os = ["a"], exclude = [{ os = "a" }] }"#,
            Some("error matrix jobs.j.matrix: the matrix of `j` has no job left"),
        ),
        (
            r#"matrix = { os = ["a", "b"], optional = [{ os = "c" }] }"#,
            Some("error matrix jobs.j.matrix.optional[0]: no job of the matrix has `{ os = \"c\" }`"),
        ),
        (
            r#"matrix = { os = ["a"], optional = [{ os = "a" }] }"#,
            Some("error matrix jobs.j.matrix.optional: every job of the matrix may fail, so the job never fails"),
        ),
        (
            r#"matrix = { include = [{ os = "a" }, { os = "a" }] }"#,
            Some("error matrix jobs.j.matrix: two jobs of the matrix of `j` are the same: `{ os = \"a\" }`"),
        ),
        (
            "matrix = { os = [\"ubuntu-24.04\"], include = [{ arch = \"arm\" }] }\nruns-on = { matrix = \"so\" }",
            Some(
                "error matrix jobs.j.runs-on.matrix: a job of the matrix has no `so` to run on: \
                 `{ os = \"ubuntu-24.04\", arch = \"arm\" }`",
            ),
        ),
        (
            "runs-on = { matrix = \"os\" }",
            Some("error matrix jobs.j.runs-on.matrix: `j` has no matrix with a key `os`"),
        ),
        (
            "component = \"backend\"\nmatrix = { python = [\"3.12\"], include = [{ python = \"3.13\" }, { os = \"a\" }, { python = \"3.12\", os = \"b\" }] }",
            None,
        ),
        (
            "component = \"backend\"\nmatrix = { include = [{ python = \"3.13\" }, { os = \"a\" }] }",
            Some(
                "error matrix jobs.j.matrix: a job of the matrix has no `python`, by which its toolchain is set up: \
                 `{ os = \"a\" }`",
            ),
        ),
    ] {
        assert_eq!(of_matrix(lines), Vec::from_iter(expected), "{lines}");
    }
    let axis: Vec<String> = (0..20).map(|number| format!("\"{number}\"")).collect();
    let axis = axis.join(", ");
    assert_eq!(
        of_matrix(&format!("matrix = {{ a = [{axis}], b = [{axis}] }}")),
        ["error matrix jobs.j.matrix: the matrix of `j` would have 400 jobs, and a matrix has at most 256"]
    );
    assert_eq!(
        of_matrix(&format!("matrix = {{ a = [{axis}], b = [{axis}], c = [{axis}], d = [{axis}], e = [{axis}] }}")),
        ["error matrix jobs.j.matrix: the axes of the matrix of `j` have 3200000 combinations"]
    );
    assert_eq!(
        of_matrix("matrix = { os = [\"ubuntu-20.04\"] }\nruns-on = { matrix = \"os\" }"),
        ["error runner-label jobs.j.matrix.os: `ubuntu-20.04` is gone since 2025-04-15: the job would never start"]
    );
}

/// Findings about a job whose only variable has this value.
fn of_value(value: &str) -> Vec<String> {
    said(
        &format!(
            r#"[jobs.meta]
steps = [{{ id = "meta", run = 'echo "version=1" >> "$GITHUB_OUTPUT"' }}, {{ id = "tool", run = "./tool" }}]
[jobs.many]
matrix = {{ os = ["a", "b"] }}
steps = [{{ id = "meta", run = "./tool" }}]
[jobs.j]
needs = ["backend", "meta", "many"]
matrix = {{ os = ["a", "b"] }}
steps = [
  {{ id = "above", run = 'echo "size=1" >> "$GITHUB_OUTPUT"' }},
  {{ run = "a", env = {{ A = {value} }} }},
  {{ id = "below", run = "./tool" }},
]
[components.backend]
checks = {{ a = "true" }}
"#
        ),
        &[],
    )
}

#[test]
fn values() {
    for (value, expected) in [
        ("{ github = 'sha' }", None),
        ("{ matrix = 'os' }", None),
        ("{ matrix = 'so' }", Some("the job has no matrix with a key `so`")),
        ("{ input = 'level' }", Some("there is no input `level`: only workflows of `[workflows]` have inputs")),
        ("{ output = 'above.size' }", None),
        ("{ output = 'above.sizes' }", Some("the step `above` sets no output `sizes`")),
        ("{ output = 'above.meta.size' }", Some("`above` is a step, and a step has no steps")),
        ("{ output = 'below.size' }", Some("the step `below` has not run yet when this is read")),
        ("{ output = 'abvoe.size' }", Some("there is no step `abvoe` above, and no job `abvoe` in `needs`")),
        ("{ output = 'meta.version' }", None),
        ("{ output = 'meta.size' }", Some("several steps of `meta` may set `size`")),
        ("{ output = 'meta.tool.size' }", None),
        ("{ output = 'meta.meta.size' }", Some("the step `meta` of `meta` sets no output `size`")),
        ("{ output = 'meta.mata.size' }", Some("`meta` has no step `mata`")),
        ("{ output = 'many.version' }", Some("`many` has a matrix, so the last of its jobs would decide the output")),
        ("{ output = 'backend.version' }", Some("`backend` is a job that is generated, and has no outputs")),
    ] {
        let expected = expected.map(|message| format!("error run-value jobs.j.steps[1].env.A: {message}"));
        assert_eq!(of_value(value), Vec::from_iter(expected), "{value}");
    }
    assert_eq!(
        of_value("['a', { matrix = 'os' }, { output = 'below.size' }]"),
        ["error run-value jobs.j.steps[1].env.A[2]: the step `below` has not run yet when this is read"]
    );
}

#[test]
fn values_of_actions_tests_and_workflows() {
    assert_said(&[
        (
            r#"[jobs.a]
steps = [
  { uses = "actions/github-script", with = { script = { github = "ref-name" } } },
  { uses = "actions/upload-artifact", with = { name = ["a", { github = "run-id" }], path = ["a", "b"] } },
]
[jobs.b]
steps = [{ run = "a", env = { A = { output = "a.size" } } }]
"#,
            &[],
            &[
                "error run-value jobs.a.steps[0].with.script: `script` is run as code, and a value must not become code",
                "error run-value jobs.a.steps[1].with.path: a list is joined with `-`, and `path` is not a name",
                "error run-value jobs.b.steps[0].env.A: the job does not wait for `a`",
            ],
        ),
        (
            r#"[components.backend]
python = ["3.11", "3.12"]
before = [{ run = "a", env = { A = { matrix = "python" } } }]
after = [{ run = "a", env = { A = { matrix = "python" } } }]
[tests.t]
component = "backend"
runner = "pytest"
shards = 2
after = [{ run = "a", env = { A = { matrix = "shard" }, B = { matrix = "python" }, C = { matrix = "os" } } }]
"#,
            &[],
            &[
                "error run-value components.backend.before[0].env.A: the job has no matrix with a key `python`",
                "error run-value tests.t.after[0].env.C: the job has no matrix with a key `os`",
            ],
        ),
        (
            r#"[workflows.w]
on = { manual = { inputs = { level = {} } } }
jobs.a = { steps = [{ run = "a", env = { A = { input = "level" }, B = { input = "lvel" } } }] }
[workflows.v]
on = { tags = ["v*"] }
jobs.a = { steps = [{ run = "a", env = { A = { input = "level" } } }] }
"#,
            &[],
            &[
                "error run-value workflows.w.jobs.a.steps[0].env.B: the workflow has no input `lvel`",
                "error run-value workflows.v.jobs.a.steps[0].env.A: the workflow has no input `level`",
            ],
        ),
    ]);
}

#[test]
fn ids() {
    assert_said(&[(
        r#"[components.backend]
before = [{ id = "cache", run = "a" }]
[tests.t]
component = "backend"
runner = "pytest"
before = [{ id = "cache", run = "a" }]
after = [{ id = "tests", run = "a" }]
[jobs.a]
steps = [{ id = "tests", run = "a" }]
[jobs.b]
component = "backend"
needs = ["a"]
steps = [{ id = "a", run = "a" }, { id = "cache", run = "a" }]
"#,
        &[],
        &[
            "error step-id tests.t.before[0].id: two steps of the job have the id `cache`",
            "error step-id tests.t.after[0].id: `tests` is the id of a step that is generated",
            "error step-id jobs.b.steps[1].id: two steps of the job have the id `cache`",
            "error step-id jobs.b.steps[0].id: `a` is also a job in `needs`, so `{ output = \"a.…\" }` is unclear",
        ],
    )]);
}

#[test]
fn conditions() {
    assert_said(&[
        (
            r#"[jobs.a]
when = "failure"
steps = [{ run = "a" }]
[jobs.b]
when = [{ changed = ["backed"] }, { event = ["push"], label = "x" }]
steps = [{ run = "a", when = { changed = ["backend"] } }]
[jobs.c]
when = { branches = ["main", "*x"], tags = ["v*"] }
steps = [{ run = "a", when = { event = ["pull-request"], branches = ["main"] } }]
[workflows.w]
on = { branches = ["main"] }
jobs.d = { when = { event = ["schedule"] }, steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error condition jobs.a.when: the job needs no other, so nothing before it can fail",
                "error condition jobs.b.when[0].changed[0]: there is no component `backed`",
                "error condition jobs.b.when[1].label: only pull requests have labels",
                "error condition jobs.c.when.branches[1]: `*x` is neither a name nor the beginning of one followed by `*`",
                "error condition jobs.c.when.tags: a run is of a branch or of a tag, never of both",
                "error condition jobs.b.steps[0].when.changed: `changed` is for jobs of `ci.yml`, which wait for the job \
                 that detects changes",
                "error condition jobs.c.steps[0].when.branches: the run of a pull request is of no branch and no tag",
                "error workflow-triggers workflows.w.jobs.d.when: no event of this list starts the workflow, so the job \
                 never runs",
            ],
        ),
        (
            r#"[workflows.w]
needs = ["ci"]
on = { pull-request = true }
jobs.ci = { steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error workflow-triggers workflows.w.on.pull-request: `ci.yml` runs for pull requests itself, and the two \
                 runs would cancel each other",
                "error workflow-triggers workflows.w.jobs.ci: with `needs = [\"ci\"]` the workflow has a job `ci` already",
            ],
        ),
    ]);
}

#[test]
fn conditions_of_generated_jobs() {
    assert_said(&[(
        r#"[project]
name = "p"
branches = ["main"]
nightly = { cron = "17 2 * * *" }
[components.backend]
when = "failure"
checks = { a = "true" }
[components.web]
path = "web"
when = { changed = ["wbe"] }
checks = { a = "true" }
[tests.a]
component = "backend"
runner = "pytest"
paths = ["tests/test_api.py"]
when = [{ label = "slow" }, { event = ["pull-request"] }, { branches = ["release/*"] }]
[tests.b]
component = "backend"
runner = "pytest"
paths = ["tests/integration"]
when = { event = ["schedule"], jobs = { a = ["failure"] } }
[suites.c]
of = "b"
paths = ["tests/integration/store"]
when = { label = "c" }
on = ["nightly"]
[tests.d]
component = "backend"
runner = "pytest"
paths = ["tests/integration/episodes"]
when = [{ label = "d" }, { branches = ["ma*"] }]
"#,
        &[],
        &[
            "error condition components.backend.when: `result` is for custom jobs and steps: this job needs the success of \
             what runs before it",
            "error condition components.web.when.changed[0]: there is no component `wbe`",
            "error condition tests.b.when.jobs.a: the job does not wait for `a`",
            "warning conditional-tests tests.a.when: no push of `main`, merge queue or nightly run executes `a`",
        ],
    )]);
}

#[test]
fn local_actions() {
    let action = ("tools/a/action.yaml", "inputs: {tool: {required: true}}\n");
    assert_said(&[(
        r#"[jobs.a]
steps = [{ uses = "./tools/b" }, { uses = "./../b" }, { uses = "./tools/a" }, { uses = "./tools/a", with = { tool = "x", level = "1" } }]
"#,
        &[action],
        &[
            "error local-action jobs.a.steps[0].uses: there is no `action.yml` in `tools/b`",
            "error local-action jobs.a.steps[1].uses: `./../b` is outside of the repository",
            "error local-action jobs.a.steps[2].uses: `./tools/a` needs the input `tool`",
            "error local-action jobs.a.steps[3].with.level: `./tools/a` has no input `level`",
        ],
    )]);
}

#[test]
fn variables_of_the_project() {
    assert_said(&[(
        r#"[project]
env = { PYTEST_ADDOPTS = "-k a", GITHUB_X = "a", A = { secret = "A" }, B = { matrix = "os" }, C = { github = "sha" } }
[components.backend]
packages = { apt = ["libpq-dev"] }
runs-on = ["ubuntu-24.04", "macos-15"]
checks = { a = "true" }
"#,
        &[],
        &[
            "error env-name project.env.GITHUB_X: `GITHUB_X` starts with `GITHUB_`, which belongs to GitHub",
            "error env-name project.env.PYTEST_ADDOPTS: `PYTEST_ADDOPTS` decides which tests run, and is part of a test run",
            "error run-value project.env.B: the job has no matrix with a key `os`",
            "error secret-outside-environment project.env.A: the secret `A` would be open to every job",
        ],
    )]);
}

#[test]
fn containers() {
    let job = |lines: &str| said(&format!("[jobs.j]\nsteps = [{{ run = \"a\" }}]\n{lines}\n"), &[]);
    for (lines, expected) in [
        ("container = \"debian:13\"", None),
        ("container = \" \"", Some("empty-text pipeline.toml: `container` holds an empty text")),
        (
            "container = \"debian:13\"\nruns-on = \"macos-15\"",
            Some(
                "job-container jobs.j.runs-on: `macos-15` cannot run a container: GitHub starts containers on Linux alone",
            ),
        ),
        (
            "container = \"debian:13\"\npackages = { apt = [\"gettext\"] }",
            Some(
                "job-container jobs.j.packages: `packages` are installed by `sudo` on the machine, and a container has none",
            ),
        ),
        (
            "container = { image = \"debian:13\", env = { A = { secret = \"A\" } } }",
            Some(
                "secret-outside-environment jobs.j.container.env.A: the secret `A` is used by a job that names no environment",
            ),
        ),
        (
            "container = { image = \"debian:13\", credentials = { username = \"a\", password = \"b\" } }",
            Some(
                "literal-secret jobs.j.container.credentials.password: a secret is written in the repository, where anyone with \
                 read access can see it",
            ),
        ),
        (
            "container = \"debian:13\"\nservices = [\"db\"]\n[services.db]\nimage = \"postgres:16\"\nhealth = \"true\"\n\
             provides = { URL = \"postgres://localhost:5432\" }",
            Some("job-container jobs.j.services[0]: in a container, the service `db` is not on localhost"),
        ),
    ] {
        let expected = expected.map(|message| format!("error {message}"));
        assert_eq!(job(lines), Vec::from_iter(expected), "{lines}");
    }
    assert_eq!(
        job("container = \"debian:latest\""),
        ["warning latest-image jobs.j.container: `debian:latest` is a moving tag: each pull may get another image"]
    );
}

#[test]
fn results_of_jobs() {
    let expected = [
        "error condition jobs.b.when.jobs.c: the job does not wait for `c`",
        "error condition jobs.b.steps[0].when.jobs.a: no result of `a` would do",
        "error condition components.backend.after[0].when.jobs.a: the job does not wait for `a`",
    ];
    let toml = r#"[jobs.a]
steps = [{ run = "a" }]
[jobs.b]
needs = ["a"]
when = { jobs = { a = ["failure"], c = ["success"] } }
steps = [{ run = "a", when = { jobs = { a = [] } } }]
[components.backend]
after = [{ run = "a", when = { jobs = { a = ["success"] } } }]
"#;
    let mut found = said(toml, &[]);
    found.retain(|line| line.contains("condition"));
    found.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn jobs_without_a_checkout() {
    assert_said(&[(
        r#"[components.backend]
checks = { a = "true" }
[jobs.a]
component = "backend"
checkout = "none"
steps = [{ run = "make", path = "docs" }, { run = "python3 tools/b.py" }, { uses = "./tools" }, { run = "./tools/c" }]
[jobs.b]
checkout = "none"
steps = [{ run = "git clone $URL fixtures" }, { run = "tools/c", path = "fixtures" }]
[jobs.c]
checkout = { depth = 2 }
steps = [{ run = "tools/c" }]
"#,
        &[("tools/b.py", ""), ("tools/c", ""), ("tools/action.yml", "name: a\n")],
        &[
            "error no-checkout jobs.a.component: `a` has no checkout, and `backend` is set up from files of the repository",
            "error no-checkout jobs.a.steps[0].path: `a` has no checkout, so there is no folder `docs`",
            "error no-checkout jobs.a.steps[1].run: `a` has no checkout, and this command starts `tools/b.py` of the \
             repository",
        ],
    )]);
}
