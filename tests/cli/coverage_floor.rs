//! A floor of coverage in the project's own configuration judges the merged coverage, or is reported.

use crate::support::Project;

const PIPELINE: &str = r#"version = 1

[project]
name = "floors"

[components.app]
python = "3.12"
install = { pip = ["requirements.txt"] }

[tests.unit]
component = "app"
runner = "pytest"
shards = 2
coverage = { source = ["src"] }
"#;

const COVERAGE: &str = ".github/workflows/test-coverage.yml";

/// Each shard covers a part of `src`; the merged coverage is 100%.
fn project(definition: &str) -> Project {
    Project::of(definition)
        .with("requirements.txt", "")
        .with("pyproject.toml", "[tool.coverage.report]\nfail_under = 95.5\n")
        .with("src/__init__.py", "")
        .with("src/m.py", "def f(x):\n    return x + 1\ndef g():\n    return 1\n")
        .with("tests/test_a.py", "from src.m import f\ndef test_1(): assert f(1) == 2\n")
        .with("tests/test_b.py", "from src.m import g\ndef test_2(): assert g() == 1\n")
}

#[test]
fn the_projects_own_floor_judges_the_merged_coverage() {
    let project = project(PIPELINE);
    let ran = project.run(["generate"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let coverage = project.read(COVERAGE);
    assert!(coverage.contains("PIPEWRIGHT_FLOOR: '0.955'\n"), "{coverage}");
    assert!(project.read(".github/workflows/ci.yml").contains("--cov-fail-under=0"));
    // The configuration decides, so a change of it is drift.
    let project = project.replace("pyproject.toml", "95.5", "80");
    assert_eq!(project.run(["check"]).code, 1);
}

#[test]
fn a_gate_replaces_the_projects_own_floor() {
    for (gate, floor) in [("\"80%\"", "'0.8'"), ("\"99%\"", "'0.99'"), ("\"ratchet\"", "ratchet")] {
        let project = project(&format!("{PIPELINE}gates = {{ coverage = {gate} }}\n"));
        let ran = project.run(["generate"]);
        let reported = ran.err.contains("`pyproject.toml:2`") && ran.err.contains("write `coverage = \"95.5%\"`");
        assert_eq!((ran.code, reported), (0, gate != "\"99%\""), "{ran:?}");
        let coverage = project.read(COVERAGE);
        assert!(coverage.contains(&format!("PIPEWRIGHT_FLOOR: {floor}\n")), "{coverage}");
    }
}
