//! Times, coverage, caches, log-ins, secrets and machines.

use super::{assert_said, said};

#[test]
fn times() {
    assert_said(&[
        (
            r#"[project]
nightly = { cron = "1 2 * * *", timezone = "Europa/Berlin" }
[smoke.api]
schedule = { cron = "1 2 * * *", timezone = "America/Argentina/Buenos_Aires" }
[workflows.w]
on = { schedule = { cron = "1 2 * * *", timezone = "UTC+1" } }
jobs.p = { steps = [{ run = "a" }] }
[workflows.x]
on = { schedule = { cron = "1 2 * * *", timezone = "Europe/Berln" } }
jobs.p = { steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error timezone project.nightly.timezone: `Europa/Berlin` is not the IANA name of a time zone",
                "error timezone workflows.w.on.schedule.timezone: `UTC+1` is not the IANA name of a time zone",
                "warning timezone workflows.x.on.schedule.timezone: `Europe/Berln` is not the IANA name of a time zone",
            ],
        ),
        (
            r#"[tests.t]
component = "backend"
runner = "pytest"
[suites.s]
of = "t"
paths = ["tests/integration"]
on = ["manual", "nightly"]
"#,
            &[],
            &["error nightly-missing suites.s.on[1]: it would never run: the project has no `nightly`"],
        ),
    ]);
}

#[test]
fn coverage() {
    assert_said(&[
        (
            r#"[tests.t]
component = "backend"
runner = "pytest"
coverage = { source = ["a"] }
[tests.u]
component = "backend"
runner = "pytest"
gates = { patch-coverage = "80%" }
"#,
            &[],
            &[
                "warning coverage-unenforced tests.t.coverage: the coverage of `t` is measured, and no gate judges it",
                "error coverage-unenforced tests.u.gates.patch-coverage: `u` measures no coverage",
            ],
        ),
        (
            r#"[gates]
coverage = "80%"
"#,
            &[],
            &["error coverage-unenforced gates.coverage: no test run measures coverage"],
        ),
        (
            r#"[tests.t]
component = "backend"
runner = "pytest"
coverage = { source = ["a"] }
gates = { coverage = "0.5%" }
[gates]
coverage = "ratchet"
"#,
            &[],
            &[
                "warning coverage-unenforced tests.t.gates.coverage: a floor of 0.5% lets more than half of the code go untested",
            ],
        ),
    ]);
}

#[test]
fn floors_of_the_project_itself() {
    let own: &[(&str, &str)] = &[("backend/pyproject.toml", "[tool.coverage.report]\nfail_under = 95.5\n")];
    let zero: &[(&str, &str)] = &[("backend/.coveragerc", "[report]\nfail_under = 0\n")];
    let run = |more: &str| format!("[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\n{more}\n");
    let measured = |more: &str| run(&format!("coverage = {{ source = [\"a\"] }}\n{more}"));
    let other = "[tests.u]\ncomponent = \"backend\"\nrunner = \"pytest\"\ncoverage = { source = [\"a\"] }";
    let suite = "[suites.s]\nof = \"t\"\npaths = [\"tests/integration\"]";
    let lower = "which no job enforces";
    let lost = "warning coverage-unenforced tests.t: no job enforces the floor of";
    let parts = "`t` runs in parts and measures no coverage";
    let floor = "`backend/pyproject.toml:2` sets";
    let arguments = "args = [\"--cov-fail-under=90\"]\nshards = 2";
    let cases: Vec<(String, _, Vec<String>)> = vec![
        (measured(""), own, vec![]),
        (
            measured(""),
            zero,
            vec![
                "warning coverage-unenforced tests.t.coverage: the coverage of `t` is measured, and no gate judges it"
                    .into(),
            ],
        ),
        (measured("gates = { coverage = \"95.5%\" }"), own, vec![]),
        (measured("[gates]\ncoverage = \"96%\""), own, vec![]),
        (
            measured("gates = { coverage = \"95.4%\" }"),
            own,
            vec![format!(
                "warning coverage-unenforced tests.t.gates.coverage: a floor of 95.4% is lower than the 95.5% that {floor}, {lower}"
            )],
        ),
        (
            measured("[gates]\ncoverage = \"80%\""),
            own,
            vec![format!(
                "warning coverage-unenforced gates.coverage: a floor of 80% is lower than the 95.5% that {floor}, {lower}"
            )],
        ),
        (
            measured("[gates]\ncoverage = \"ratchet\""),
            own,
            vec![format!(
                "warning coverage-unenforced gates.coverage: `ratchet` replaces the floor of 95.5% that {floor}, {lower}"
            )],
        ),
        (run(""), own, vec![]),
        (run("shards = 2"), zero, vec![]),
        (run("shards = 2"), own, vec![format!("{lost} 95.5% that {floor}: {parts}")]),
        (run(suite), own, vec![format!("{lost} 95.5% that {floor}: {parts}")]),
        (run(arguments), own, vec![format!("{lost} 90% that `args` sets: {parts}")]),
        (run(&format!("shards = 2\n{other}")), own, vec![]),
    ];
    for (toml, files, lines) in cases {
        assert_eq!(said(&toml, files), lines, "{toml}");
    }
}

#[test]
fn failures_that_are_hidden() {
    assert_said(&[(
        r#"[jobs.j]
steps = [{ run = "make || true" }, { uses = "a/b", with = { continue-on-error = "true" } }]
[tests.t]
component = "backend"
runner = "pytest"
args = ["--suppress-tests-failed-exit-code"]
[services.postgres]
health = "pg_isready || :"
"#,
        &[],
        &[
            "error ignored-failure services.postgres.health: `|| :` hides that the command failed",
            "warning ignored-failure jobs.j.steps[0].run: `|| true` hides that the command failed",
            "error ignored-failure tests.t.args[0]: `--suppress-tests-failed-exit-code` hides that the command failed",
            "warning ignored-failure jobs.j.steps[1].with.continue-on-error: `continue-on-error` hides that the command failed",
        ],
    )]);
}

#[test]
fn caches_and_registries() {
    assert_said(&[
        (
            r#"[images.backend]
cache = ["gha", "inline", "gha"]
"#,
            &[],
            &[
                "warning cache-mode images.backend.cache[1]: a cache of the kind `inline` is written when the image is pushed, and no environment deploys `backend`",
                "error cache-scope images.backend.cache[2]: the same cache is named twice, and a build refuses that",
            ],
        ),
        (
            r#"[images.a]
context = "backend"
repository = "acme/a"
[images.b]
context = "backend"
repository = "ghcr.io/acme/b:1"
[images.c]
context = "backend"
repository = "ghcr.io/Acme/c"
[images.d]
context = "backend"
repository = "localhost:5000/d"
login = { username = "u", password = { secret = "P" } }
"#,
            &[],
            &[
                "error registry-login images.a.repository: `acme/a` is not the repository of an image: it names no registry",
                "error registry-login images.b.repository: `ghcr.io/acme/b:1` names a version, and the deploy chooses that itself",
                "error registry-login images.c.repository: `ghcr.io/Acme/c` is not the repository of an image: a name is made of lower-case letters and digits, with `.`, `_`, `-` between them",
                "error secret-outside-environment images.d.login.password: the secret `P` is used by a job that names no environment",
            ],
        ),
    ]);
}

#[test]
fn logins() {
    assert_said(&[(
        r#"[smoke.a]
probes = [{ name = "x", request = "GET /", auth = true, expect = { contains = "x" } }]
[smoke.b]
public = true
login = { request = "POST /l", json = { password = "hunter2", deep = [{ api_key = "k" }] } }
probes = [{ name = "x", request = "GET /", headers = { Authorization = "Bearer x", Accept = "a" }, expect = { contains = "x" } }]
[smoke.c]
login = { request = "POST /l", form = { user = "a", password = "hunter2" } }
probes = [{ name = "x", request = "GET /", expect = { status = 201 } }]
"#,
        &[],
        &[
            "error literal-secret smoke.b.login.json.password: a secret is written in the repository, where anyone with read access can see it",
            "error literal-secret smoke.b.login.json.deep[0].api_key: a secret is written in the repository, where anyone with read access can see it",
            "error literal-secret smoke.b.probes[0].headers.Authorization: a secret is written in the repository, where anyone with read access can see it",
            "error literal-secret smoke.c.login.form.password: a secret is written in the repository, where anyone with read access can see it",
            "error smoke-without-login smoke.a.probes[0].auth: `x` is sent with a token, and `a` gets none",
            "warning smoke-without-login smoke.b.public: `b` sets both `login` and `public`",
            "warning smoke-without-login smoke.c.login: `c` logs in, and no probe uses the token",
        ],
    )]);
}

#[test]
fn what_a_log_in_and_a_probe_have() {
    let said = |login: &str, probe: &str| {
        let head = format!("[smoke.a]\nlogin = {{ request = \"POST /l\", {login} }}\n");
        said(&format!("{head}probes = [{{ name = \"x\", auth = true, {probe} }}]\n"), &[])
    };
    let good = r#"request = "GET /", expect = { contains = "x" }"#;
    let none: [&str; 0] = [];
    for login in
        [r#"form = { a = "b" }, cookie = true"#, r#"form = { a = "b" }, token = ".a""#, "json = { }, cookie = true"]
    {
        assert_eq!(said(login, good), none);
    }
    for (login, message) in [
        ("cookie = true", "login: the log-in sends neither `json` nor `form`"),
        ("form = { }", "login.form: the form has no field"),
        (
            r#"json = { }, form = { a = "b" }"#,
            "login.form: a request has one body, and this log-in has `json` and `form`",
        ),
        (
            r#"json = { }, token = ".a", cookie = true"#,
            "login.cookie: a log-in gives a token or cookies, and this one has `token` and `cookie`",
        ),
    ] {
        assert_eq!(said(login, good), [format!("error smoke-login smoke.a.{message}")]);
    }
    for probe in [r#"request = "GET /""#, r#"request = "HEAD /", expect = { status = 200, within = "1s" }"#] {
        let message = "smoke.a.probes[0]: `x` expects nothing but 200, which a proxy's error page has as well";
        assert_eq!(said("json = { }", probe), [format!("warning probe-without-expectation {message}")]);
    }
}

#[test]
fn secrets() {
    assert_said(&[(
        r#"[components.backend]
env = { A = { secret = "A" } }
[services.postgres]
env = { B = { secret = "B" } }
[tests.t]
component = "backend"
runner = "pytest"
services = ["postgres"]
[images.i]
context = "backend"
repository = "quay.io/a/i"
login = { username = { secret = "U" }, password = { secret = "P" } }
[jobs.j]
steps = [{ run = "a", env = { C = { secret = "C" } } }]
"#,
        &[],
        &[
            "error secret-outside-environment components.backend.env.A: the secret `A` would be open to every job of `backend`",
            "error secret-outside-environment services.postgres.env.B: the secret `B` is used by a job that names no environment",
            "error secret-outside-environment images.i.login.username: the secret `U` is used by a job that names no environment",
            "error secret-outside-environment images.i.login.password: the secret `P` is used by a job that names no environment",
            "error secret-outside-environment jobs.j.steps[0].env.C: the secret `C` is used by a job that names no environment",
        ],
    )]);
}

#[test]
fn versions_that_may_fail() {
    assert_said(&[(
        r#"[components.a]
python = { version = "3.16", allow-prerelease = true, optional = true }
checks = { a = "a" }
[components.b]
node = ["24", { version = "26", allow-prerelease = true }]
checks = { a = "a" }
[components.c]
python = ["3.12", { version = "3.16", optional = true }]
[tests.c]
component = "c"
runner = "pytest"
coverage = { source = ["c"], version = "3.16" }
[gates]
coverage = "80%"
"#,
        &[],
        &[
            "error toolchain tests.c.coverage.version: `3.16` is optional, and coverage comes from a version that has to work",
            "error toolchain components.a.python: every version of `python` is optional, so no failure would count",
            "error toolchain components.b.node: `allow-prerelease` is for `python`; a pre-release of `node` has a name",
        ],
    )]);
}

#[test]
fn machines_and_versions() {
    assert_said(&[
        (
            r#"[components.backend]
runs-on = ["macos-13", "ubuntu-22.04", "ubuntu-24.4", "gpu-large", "gpu-large"]
"#,
            &[],
            &[
                "error runner-label components.backend.runs-on: `macos-13` is gone since 2025-12-08: the job would never start",
                "warning runner-label components.backend.runs-on: GitHub takes `ubuntu-22.04` away on 2027-04-17",
                "warning runner-label components.backend.runs-on: GitHub has no machine `ubuntu-24.4`",
                "error runs-on-list components.backend.runs-on[4]: `runs-on` names `gpu-large` twice",
            ],
        ),
        (
            r#"[components.backend]
runs-on = "ubunut-24.04"
"#,
            &[],
            &["warning runner-label components.backend.runs-on: GitHub has no machine `ubunut-24.04`"],
        ),
        (
            r#"[services.r]
image = "ghcr.io/a/redis:latest"
health = "x"
[services.s]
image = "localhost:5000/s"
health = "x"
[services.t]
image = "a/t@sha256:0"
health = "x"
"#,
            &[],
            &[
                "warning latest-image services.r.image: `ghcr.io/a/redis:latest` is a moving tag: each pull may get another image",
                "warning latest-image services.s.image: `localhost:5000/s` names no version",
            ],
        ),
    ]);
}
