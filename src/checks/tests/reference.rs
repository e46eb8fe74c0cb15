//! The reference pipeline breaks no rule.

use std::collections::BTreeMap;

use super::{found_in_whole as found, shown};
use crate::sources::{Memory, Sources, Text};

/// Files that the reference pipeline names, with the contents that rules look for.
const FILES: [(&str, &str); 12] = [
    ("Cargo.toml", ""),
    (
        "examples/atom/backend/Dockerfile",
        "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
    ),
    ("examples/atom/backend/pyproject.toml", ""),
    ("examples/atom/backend/requirements.txt", ""),
    ("examples/atom/backend/requirements-test.txt", ""),
    ("examples/atom/backend/tests/conftest.py", "def run_folder(worker_id): ...\n"),
    ("examples/atom/backend/tests/integration/conftest.py", ""),
    ("examples/atom/backend/tests/integration/episodes/conftest.py", ""),
    ("examples/atom/backend/tests/support.py", ""),
    ("examples/atom/backend/tests/test_analytics_dashboard.py", ""),
    ("examples/atom/grafana/deployments.json", "{}"),
    ("schema/pipeline.schema.json", "{}"),
];

fn reference(change: impl Fn(&str) -> String) -> Sources {
    let files: BTreeMap<String, String> =
        FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Sources {
        definition: Text { file: "pipeline.toml".to_owned(), text: change(include_str!("../../../pipeline.toml")) },
        bases: Vec::new(),
        lock: None,
        templates: BTreeMap::new(),
        tree: Box::new(Memory(files)),
    }
}

#[test]
fn the_reference_pipeline_breaks_no_rule() {
    let sources = reference(str::to_owned);
    let found = found(&sources);
    assert!(found.is_empty(), "{}", shown(&sources, &found));
}

/// One slip each in the reference pipeline, and the rules that see it.
#[test]
fn one_slip_is_seen_by_the_rules_that_it_concerns() {
    for (from, to, codes) in [
        ("hold = \"6m\"", "hold = \"5m\"", &["hold-too-short"][..]),
        ("at-least = 1000", "at-least = 999", &["window-too-few"]),
        ("default = \"0.1%\" }", "default = \"0.1%\" }, samples = 999", &["window-too-few"]),
        ("ceiling = \"0.1%\"", "ceiling = \"2%\"", &["looser-in-production"]),
        ("default = \"200ms\"", "default = \"0.2\"", &["limit-unit"]),
        ("default = \"200ms\"", "default = \"600ms\"", &["looser-in-production"]),
        ("\"production-approval\"", "\"Staging\"", &["rollback-needs-approval"]),
        (", \"rollback\"]", "]", &[]),
        ("on = [\"rollback\"]", "on = [\"failure\"]", &[]),
        ("coverage       = \"50%\"", "coverage       = \"49.9%\"", &["coverage-unenforced"]),
        ("coverage  = { source = [\"core\", \"api\"], version = \"3.12\" }", "", &["coverage-unenforced"]),
        (", auth = true, expect", ", expect", &["smoke-without-login"]),
        ("nightly        = {", "timeout = \"30m\" # {", &["nightly-missing", "nightly-missing"]),
        ("cargo fmt --check\"", "cargo fmt --check || true\"", &["ignored-failure"]),
        ("paths    = [\"tests/integration/episodes\"]", "paths    = [\"tests\"]", &["duplicate-path"]),
        ("version = \"3.12\" }", "version = \"3.13\" }", &["unknown-name"]),
        ("health   = \"pg_isready -U test\"", "", &["service-without-health"]),
        ("ghcr.io/pipewright", "docker.io/pipewright", &["registry-login"]),
        ("steps = [\"10%\", \"50%\"]", "steps = [\"10%\", \"100%\"]", &["traffic-workload"]),
        ("contents = \"write\"", "content = \"write\"", &["permission-scope"]),
        (
            "env     = { ENVIRONMENT = \"test\" }",
            "env     = { ENVIRONMENT = { secret = \"ENVIRONMENT\" } }",
            &["secret-outside-environment"],
        ),
    ] {
        let sources = reference(|text| {
            assert!(text.contains(from), "the reference pipeline has no `{from}`");
            text.replacen(from, to, 1)
        });
        let found = found(&sources);
        let seen: Vec<&str> = found.iter().map(|it| it.code.0).collect();
        assert_eq!(seen, codes, "`{from}` → `{to}`\n{}", shown(&sources, &found));
    }
}
