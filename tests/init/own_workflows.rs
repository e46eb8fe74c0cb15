//! What the project's own files say is taken from them, and what they do not say is no more than proposed.

use super::{Fixture, assert_compiles, assert_tests_nothing};
use pipewright::init::{self, Choices, Git};

const PYTEST: (&str, &str) = ("tests/test_a.py", "def test_a():\n    pass\n");

fn pyproject(more: &str) -> String {
    format!("[project]\nname = \"lib\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n{more}")
}

fn definition(files: &[(&str, &str)]) -> String {
    let fixture = Fixture::of(files);
    let definition = init::definition(&fixture.detect());
    assert_compiles(&definition, &fixture.tree);
    definition
}

#[test]
fn a_tool_that_nothing_installs_is_proposed_alone() {
    let groups = pyproject("[dependency-groups]\ndev = [\"pytest\"]\ntyping = [\"mypy\"]\n[tool.mypy]\n");
    let text = definition(&[("pyproject.toml", &groups), PYTEST]);
    assert!(text.contains("\n# types = \"mypy .\"   # nothing that `install` names brings mypy\n"), "{text}");
}

#[test]
fn a_tool_that_nothing_runs_is_proposed_alone() {
    let groups = pyproject("[dependency-groups]\ndev = [\"pytest\", \"ruff\"]\n");
    let text = definition(&[("pyproject.toml", &groups), PYTEST]);
    assert!(text.contains("\n# lint = \"ruff check .\"   # ruff is installed, and nothing in"), "{text}");
    let configured = pyproject("[dependency-groups]\ndev = [\"pytest\", \"ruff\"]\n[tool.ruff]\n");
    let text = definition(&[("pyproject.toml", &configured), PYTEST]);
    assert!(text.contains("\n# lint = \"ruff check .\"   # ruff is configured, and nothing in"), "{text}");
    for task in [("Makefile", "lint:\n\truff check .\n"), ("justfile", "lint *args:\n    @ruff check .\n")] {
        let text = definition(&[("pyproject.toml", &configured), PYTEST, task]);
        assert!(text.contains(&format!("\nlint = \"ruff check .\"   # {}:2", task.0)), "{text}");
    }
}

#[test]
fn versions_and_commands_are_those_of_the_own_workflow() {
    let groups = pyproject("[dependency-groups]\ndev = [\"pytest\", \"ruff\"]\n");
    let workflow = "jobs:\n  test:\n    strategy:\n      matrix:\n        python: ['3.11', '3.13', 'pypy3.11']\n    steps:\n      \
                    - uses: actions/setup-python@v5\n        with: { python-version: '${{ matrix.python }}' }\n      \
                    - run: ruff check --no-cache src\n";
    let text = definition(&[("pyproject.toml", &groups), (".github/workflows/test.yml", workflow), PYTEST]);
    assert!(text.contains("python  = [\"3.11\", \"3.13\"]   # .github/workflows/test.yml:5\n"), "{text}");
    assert!(text.contains("lint = \"ruff check --no-cache src\"   # .github/workflows/test.yml:9\n"), "{text}");
}

#[test]
fn test_commands_behind_the_first_one_are_named() {
    let crate_ =
        [("Cargo.toml", "[package]\nname = \"a\"\n"), ("Cargo.lock", ""), ("src/lib.rs", "#[test]\nfn a() {}\n")];
    let workflow = "on: push\njobs:\n  a:\n    steps:\n      - run: cargo test --all\n      - run: cargo test --locked\n      \
                    - run: cargo test --no-default-features\n      - run: cargo test --doc\n  b:\n    steps:\n      \
                    - run: cargo test --no-default-features --verbose\n      - run: cargo test -- --ignored\n";
    let text = definition(&[&crate_[..], &[(".github/workflows/ci.yaml", workflow)]].concat());
    let lines = text.lines().filter(|line| line.contains("cargo test"));
    let named: Vec<String> = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let wanted = [
        "# test-2 = \"cargo test --no-default-features\" # .github/workflows/ci.yaml:7 runs this, too",
        "# test-3 = \"cargo test -- --ignored\" # .github/workflows/ci.yaml:12 runs this, too",
    ];
    assert_eq!(named, wanted, "{text}");
}

#[test]
fn systems_of_the_jobs_that_test_are_proposed() {
    let groups = pyproject("[dependency-groups]\ndev = [\"pytest\"]\n");
    let runs_on = |system: &str, matrix: &str| {
        let workflow = format!(
            "on: push\njobs:\n  docs:\n    runs-on: macos-13\n    steps:\n      - run: make\n  test:\n    runs-on: {system}\n    \
             strategy:\n      matrix:\n{matrix}    steps:\n      - run: pytest\n"
        );
        let text = definition(&[("pyproject.toml", &groups), (".github/workflows/ci.yml", &workflow), PYTEST]);
        text.lines().find(|line| line.contains("runs-on")).map(str::to_owned)
    };
    let axis = "        os: [Windows-latest, ubuntu-24.04, macos-14]\n";
    let line = runs_on("${{ matrix.os }}", axis).expect("other systems are named");
    // One label moves, another is gone.
    let labels = r#"["ubuntu-24.04", "windows-2025", "macos-15"]"#;
    let note = ".github/workflows/ci.yml:11 tests there: a list becomes a matrix";
    assert_eq!(line, format!("# runs-on = {labels}   # {note}"));
    let include = "        include: [{ a: 1 }, { a: 2, os: macos-latest }]\n";
    let line = runs_on("${{ matrix.os || 'ubuntu-latest' }}", include).expect("the default is named");
    assert!(line.contains("[\"ubuntu-24.04\", \"macos-15\"]"), "{line}");
    assert_eq!(runs_on("${{ matrix.os }}", "        os: [ubuntu-22.04, ubuntu-24.04]\n"), None);
    assert_eq!(runs_on("${{ matrix.os }}", "        os: '${{ fromJSON(needs.a.outputs.systems) }}'\n"), None);
}

#[test]
fn rust_is_formatted_and_linted_where_a_workflow_does() {
    let crate_ =
        [("Cargo.toml", "[package]\nname = \"a\"\n"), ("Cargo.lock", ""), ("src/lib.rs", "#[test]\nfn a() {}\n")];
    let text = definition(&crate_);
    assert!(text.contains("\n# format = \"cargo fmt --check\""), "{text}");
    let workflow = "jobs:\n  a:\n    steps:\n      - run: cargo clippy --all-features -- -D clippy::all\n";
    let text = definition(&[&crate_[..], &[(".github/workflows/ci.yaml", workflow)]].concat());
    let lint = "\nlint = \"cargo clippy --all-features -- -D clippy::all\"   # .github/workflows/ci.yaml:4\n";
    assert!(text.contains(lint), "{text}");
}

#[test]
fn members_of_a_uv_workspace_are_components_of_their_own() {
    let member = pyproject("[dependency-groups]\ndev = [\"pytest\"]\n");
    let text = definition(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"services/*\"]\nexclude = [\"services/old\"]\n"),
        ("uv.lock", ""),
        ("services/api/pyproject.toml", &member),
        ("services/api/tests/test_a.py", PYTEST.1),
    ]);
    assert!(text.contains("path    = \"services/api\"\n"), "{text}");
    assert!(text.contains("install = { uv = [] }\n"), "{text}");
    assert!(text.contains("[tests.lib]\n"), "{text}");
}

#[test]
fn a_project_in_which_no_tests_are_found_gets_no_check_that_is_always_green() {
    let fixture = Fixture::of(&[("pyproject.toml", &pyproject("")), ("lib/__init__.py", "")]);
    assert_tests_nothing(&init::definition(&fixture.detect()), &fixture.tree);
}

#[test]
fn a_workflow_of_the_same_name_is_kept_beside_the_generated_one() {
    let groups = pyproject("[dependency-groups]\ndev = [\"pytest\"]\n");
    let fixture = Fixture::of(&[("pyproject.toml", &groups), (".github/workflows/ci.yml", "jobs: {}\n"), PYTEST]);
    let project = fixture.detect();
    let needs = |text: &str| super::needs(text, &fixture.tree);
    let plan = init::plan(&fixture.tree, "", &Git::default(), &project, &Choices::default(), &needs).expect("a plan");
    let text = &plan.files[0].text;
    assert!(text.contains("\nprefix = \"pipewright\"   # beside the workflows that are there"), "{text}");
    assert_eq!(super::needs(text, &fixture.tree).workflows, ["pipewright-ci.yml"]);
    let (what, lines) = plan.proposals.iter().find(|(what, _)| what.contains("`ci.yml`")).expect("how to switch");
    assert!(what.contains("begin with `pipewright-`"), "{what}");
    assert_eq!(lines, "git rm .github/workflows/ci.yml\n");
}
