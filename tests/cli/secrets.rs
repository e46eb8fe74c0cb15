//! A secret that is not set is named before anything else is done, and no value is printed.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::process::Command;

use minijinja::context;
use pipewright::script::render;

use crate::support::Project;

const TESTS: &str = r#"version = 1

[project]
name = "small"

[components.tool]
python = "3.12"
install = { pip = ["requirements.txt"] }

[services.db]
image = "postgres:16-alpine"
health = "pg_isready"
env = { POSTGRES_PASSWORD = { secret = "DB_PASSWORD" } }

[tests.t]
component = "tool"
runner = "pytest"
environment = "ci"
services = ["db"]
env = { KEY = { secret = "API_KEY" }, OTHER = { secret = "OTHER", default = "none" }, PLAIN = { var = "PLAIN" } }
before = [{ run = "make", env = { A = { secret = "STEP_KEY" }, TOKEN = { secret = "GITHUB_TOKEN" } } }]

[suites.s]
of = "t"
paths = ["tests/slow"]
environment = "slow"
env = { KEY = { secret = "SLOW_KEY" } }
"#;

/// The job of a workflow from its steps to the checkout.
fn start(text: &str, job: &str) -> String {
    let (_, rest) = text.split_once(&format!("\n  {job}:\n")).expect("the job is there");
    let (_, steps) = rest.split_once("    steps:\n").expect("it has steps");
    steps.split("      - name: Check out").next().unwrap_or_default().to_owned()
}

#[test]
fn a_test_job_starts_with_its_secrets() {
    let project = Project::of(TESTS)
        .with("requirements.txt", "")
        .with("tests/test_a.py", "def test_a(): pass\n")
        .with("tests/slow/test_b.py", "def test_b(): pass\n")
        .generated();
    let ci = start(&project.read(".github/workflows/ci.yml"), "test-t");
    assert!(ci.starts_with("      - name: Check secrets\n"), "{ci}");
    for name in ["API_KEY", "DB_PASSWORD", "STEP_KEY"] {
        assert!(ci.contains(&format!("PIPEWRIGHT_SECRET_{name}: ${{{{ secrets.{name} }}}}\n")), "{ci}");
    }
    assert_eq!(ci.matches("PIPEWRIGHT_SECRET_").count(), 3 + 2, "{ci}");
    let suite = start(&project.read(".github/workflows/s-integration.yml"), "tests");
    assert!(suite.contains("PIPEWRIGHT_SECRET_SLOW_KEY") && suite.contains("ENVIRONMENT: slow\n"), "{suite}");
    let project = project.replace("pipeline.toml", "env = { KEY = { secret = \"SLOW_KEY\" } }\n", "");
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(start(&project.read(".github/workflows/s-integration.yml"), "tests"), "");
}

/// Output and exit status of the script, as GitHub's runner calls it.
fn checked(fork: bool, secrets: &[(&str, &str)]) -> (String, Option<i32>) {
    let script = render("steps/secrets.sh", &BTreeMap::new(), context! {}).expect("the template is right").to_string();
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
        .env_clear()
        .env("ENVIRONMENT", "ci")
        .env("FORK", fork.to_string())
        // The tests' own variable, which may be empty.
        .env("SECRET_KEY", "")
        .envs(secrets.iter().map(|(name, value)| (format!("PIPEWRIGHT_SECRET_{name}"), value)))
        .output()
        .expect("bash starts");
    assert!(output.stderr.is_empty(), "{output:?}");
    (String::from_utf8(output.stdout).expect("it is UTF-8"), output.status.code())
}

#[test]
fn every_empty_secret_is_named() {
    assert_eq!(checked(false, &[("A", "hidden"), ("B", " ")]), (String::new(), Some(0)));
    assert_eq!(checked(true, &[("A", "hidden")]), (String::new(), Some(0)));
    let missing = "::error title=Missing secret::A is not set for the environment ci\n\
                   ::error title=Missing secret::C is not set for the environment ci\n";
    assert_eq!(checked(false, &[("A", ""), ("B", "hidden"), ("C", "")]), (missing.to_owned(), Some(1)));
    let fork = "::error title=Missing secret::A is not set for the environment ci here: GitHub passes no secrets to pull requests from forks\n";
    assert_eq!(checked(true, &[("A", "")]), (fork.to_owned(), Some(1)));
}
