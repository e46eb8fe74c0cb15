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
"#,
            &[],
            &[
                "error timezone project.nightly.timezone: `Europa/Berlin` is not the IANA name of a time zone",
                "error timezone workflows.w.on.schedule.timezone: `UTC+1` is not the IANA name of a time zone",
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

#[test]
fn numbers_and_lists() {
    assert_said(&[
        (
            r#"version = 2
[project]
branches = []
[tests.t]
component = "backend"
runner = "pytest"
shards = 257
reruns = 11
timeout = "5m"
test-timeout = "300s"
[suites.s]
of = "t"
paths = []
[smoke.api]
probes = []
[metrics.errors]
query = " "
samples = { query = "q", at-least = 0 }
[quarantine."x"]
reason = ""
until = 2027-01-01
"#,
            &[],
            &[
                "error matrix-too-large tests.t.shards: `t` would have 257 jobs (257 shards), and a matrix has at most 256",
                "error out-of-range version: there is no version 2 of the language in this program",
                "error out-of-range project.branches: `project.branches` is empty",
                "error out-of-range tests.t.shards: `257` is more than 256",
                "error out-of-range tests.t.reruns: `11` is more than 10",
                "error out-of-range tests.t.test-timeout: `5m` is never reached: a shard ends after `5m`",
                "error out-of-range suites.s.paths: `suites.s.paths` is empty",
                "error out-of-range quarantine.x.reason: `quarantine.x.reason` is empty",
                "error out-of-range smoke.api.probes: `smoke.api.probes` is empty",
                "error out-of-range metrics.errors.query: `metrics.errors.query` is empty",
                "error out-of-range metrics.errors.samples.at-least: `0` is less than 1",
            ],
        ),
        (
            r#"[workloads.api]
target = "deployment/Api"
[smoke.c]
login = { request = "POST /l", json = { }, token = "token" }
probes = [{ name = "x", request = "GET /", auth = true, expect = { status = 99 } }]
[smoke.d]
login = { request = "POST /l", json = { }, token = ".a.b[0][12].c-d" }
probes = [{ name = "x", request = "GET /", auth = true, expect = { contains = "x" } }, { name = "x", request = "GET /y", expect = { status = 204 } }]
"#,
            &[],
            &[
                "error duplicate-item smoke.d.probes[1]: `probes` names the same thing twice",
                "error invalid-value workloads.api.target: `deployment/Api` is not the kind and name of an object",
                "error invalid-value smoke.c.login.token: `token` is not a place in an answer",
                "error out-of-range smoke.c.probes[0].expect.status: `99` is less than 100",
            ],
        ),
    ]);
}

/// The jobs of a matrix are counted with its seeds, where a run is repeated.
#[test]
fn jobs_of_a_matrix() {
    let run = |runner: &str, repeat: &str| {
        format!(
            "[gates]\nrepeat = \"{repeat}\"\n[components.r]\nrust = \"1.95\"\npython = \"3.12\"\n\
             [tests.t]\ncomponent = \"r\"\nrunner = \"{runner}\"\nshards = 129\n"
        )
    };
    let none: [&str; 0] = [];
    assert_eq!(said(&run("pytest", "never"), &[]), none);
    assert_eq!(said(&run("nextest", "always"), &[]), none);
    assert_eq!(
        said(&run("pytest", "always"), &[]),
        [
            "error matrix-too-large tests.t.shards: `t` would have 258 jobs (129 shards × 2 seeds), and a matrix has at most 256"
        ]
    );
}

#[test]
fn repositories_of_images() {
    let said = |repository: &str| said(&format!("[images.backend]\nrepository = \"{repository}\"\n"), &[]);
    let none: [&str; 0] = [];
    for good in ["ghcr.io/acme/app", "ghcr.io/a/b-c/d__e.f", "ghcr.io/a/b---c", "ghcr.io:443/a"] {
        let lines = said(good);
        assert!(lines.iter().all(|line| !line.contains("is not the repository")), "{lines:?}");
    }
    assert_eq!(said("ghcr.io/acme/app"), none);
    for (bad, why) in [
        ("ghcr.io/acme/app!", "a name is made of"),
        ("ghcr.io/Acme/app", "a name is made of"),
        ("ghcr.io/acme/", "a name is made of"),
        ("ghcr.io//app", "a name is made of"),
        ("ghcr.io/acme/-app", "a name is made of"),
        ("ghcr.io/acme/a..b", "a name is made of"),
        ("ghcr.io/acme/a_-b", "a name is made of"),
        ("ghcr.io/acme/ä", "a name is made of"),
        ("ghcr.io/acme/a\\nb", "a name is made of"),
        ("ghcr.io/acme/a,b", "a name is made of"),
        ("https://ghcr.io/acme/app", "it has a scheme"),
        ("app", "it names no registry"),
        ("acme/app", "it names no registry"),
        ("gh_cr.io/app", "its registry is not a host"),
        ("ghcr.io:x/app", "its registry is not a host"),
        (".ghcr.io/app", "its registry is not a host"),
    ] {
        let lines = said(bad);
        let start = format!(
            "error registry-login images.backend.repository: `{}` is not the repository",
            bad.replace("\\\\n", "\\n")
        );
        assert!(lines.len() == 1 && lines[0].starts_with(&start) && lines[0].contains(why), "{bad}: {lines:?}");
    }
}

#[test]
fn build_arguments() {
    let said = |written: &str| said(&format!("[images.backend]\nbuild-args = {{ {written} }}\n"), &[]);
    let none: [&str; 0] = [];
    for good in [r#"A = """#, r#"A = "a,\"b=c\"""#, r#"GITHUB_SHA = "1""#, r#"A = { var = "A" }"#] {
        assert_eq!(said(good), none, "{good}");
    }
    let line = "a build argument is one line, and this one has a line break or another control character";
    for bad in [r#"A = "one\nB=injected""#, r#"A = "one\r""#, r#"A = "\u0000""#] {
        assert_eq!(said(bad), [format!("error build-arg images.backend.build-args.A: {line}")]);
    }
    assert_eq!(
        said(r#"A = { var = "A", default = "a\nb" }"#),
        [format!("error build-arg images.backend.build-args.A: {line}")]
    );
    assert_eq!(
        said(r#"A = " a""#),
        ["error build-arg images.backend.build-args.A: the blanks around this build argument would be lost"]
    );
    assert_eq!(
        said(r#""A=B" = "c", "" = "d""#),
        [
            "error env-name images.backend.build-args.A=B: `A=B` is not a name for a build argument",
            "error env-name images.backend.build-args.: `` is not a name for a build argument",
        ]
    );
    let lines = said(r#"VERSION = { var = "GITHUB_SHA" }"#);
    assert!(
        lines.len() == 1 && lines[0].contains("`GITHUB_SHA` starts with `GITHUB_`, which GitHub reserves"),
        "{lines:?}"
    );
}
