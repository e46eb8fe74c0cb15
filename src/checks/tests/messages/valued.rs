//! Numbers, lists and names of images.

use super::{assert_said, said};

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
            &[("backend/x", "")],
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
