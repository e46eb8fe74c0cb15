//! Tests that pytest's configuration, arguments, variables or paths leave out.

use super::said;

const SUITE: &str = r#"
[suites.s]
of = "t"
paths = ["tests/integration/store"]
[quarantine."tests/test_api.py"]
reason = "r"
until = 2027-01-01
"#;

const EPISODES: &str = "tests/integration/episodes";
const UNCOVERED: &str = "which no suite runs and no quarantine explains";

fn run(more: &str) -> String {
    format!("[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests\"]\n{more}\n{SUITE}")
}

fn left(place: &str, what: &str, path: &str) -> Vec<String> {
    vec![format!("error left-out-tests {place}: {what} leaves out `{path}`, {UNCOVERED}")]
}

fn warned(place: &str, what: &str, path: &str) -> Vec<String> {
    vec![format!("warning left-out-tests {place}: {what} leaves out `{path}`, {UNCOVERED}")]
}

type Table<'a> = Vec<(&'a str, Vec<(&'a str, &'a str)>, Vec<String>)>;

fn assert_all(table: Table<'_>) {
    for (more, files, lines) in table {
        assert_eq!(said(&run(more), &files), lines, "{more} {files:?}");
    }
}

#[test]
fn arguments() {
    let ignored = left("tests.t.args[0]", "`--ignore`", EPISODES);
    assert_all(vec![
        (r#"args = ["--ignore", "tests/integration/episodes"]"#, vec![], ignored),
        (r#"args = ["--deselect=tests/test_api.py::test_x", "--ignore=tests/integration/store/", "-ra"]"#, vec![], vec![]),
        (
            r#"args = ["--deselect", "tests/integration/episodes"]"#,
            vec![],
            left("tests.t.args[0]", "`--deselect`", EPISODES),
        ),
        (
            r#"args = ["-q", "--deselect", "tests/integration/episodes/test_episodes.py::test_x"]"#,
            vec![],
            left("tests.t.args[1]", "`--deselect`", "tests/integration/episodes/test_episodes.py::test_x"),
        ),
        (r#"args = ["--ignore=docs", "--ignore-glob=build/*", "--ignore=tests/gone"]"#, vec![], vec![]),
        (
            r#"args = ["--ignore-glob=*/test_e*"]"#,
            vec![],
            left("tests.t.args[0]", "`--ignore-glob`", "tests/integration/episodes/test_episodes.py"),
        ),
        (
            r#"args = ["--ignore"]"#,
            vec![],
            vec!["error left-out-tests tests.t.args[0]: pytest refuses its command line: `--ignore` expects a value".to_owned()],
        ),
        (
            r#"args = ["@more.txt"]"#,
            vec![],
            vec!["warning left-out-tests tests.t.args[0]: the command line may leave out tests: arguments are read from a file, `@more.txt`".to_owned()],
        ),
    ]);
}

#[test]
fn variables() {
    let value = "\"--ignore=tests/integration/episodes\"";
    let own = format!("env = {{ PYTEST_ADDOPTS = {value} }}");
    let of_suite = format!(
        "[components.backend]\npath = \"backend\"\npython = \"3.12\"\nenv = {{ PYTEST_ADDOPTS = {value} }}\n{}",
        run("")
    );
    assert_eq!(said(&run(&own), &[]), left("tests.t.env.PYTEST_ADDOPTS", "`--ignore` in `PYTEST_ADDOPTS`", EPISODES));
    assert_eq!(
        said(&of_suite, &[]),
        left("components.backend.env.PYTEST_ADDOPTS", "`--ignore` in `PYTEST_ADDOPTS`", EPISODES)
    );
    // The run's own value comes before the component's.
    assert_eq!(
        said(&of_suite.replace("[suites.s]", "[tests.t.env]\nPYTEST_ADDOPTS = \"-ra\"\n[suites.s]"), &[]),
        left("components.backend.env.PYTEST_ADDOPTS", "`--ignore` in `PYTEST_ADDOPTS`", EPISODES)[..0]
    );
    assert_eq!(
        said(&run("env = { PYTEST_ADDOPTS = { var = \"OPTIONS\" } }"), &[]),
        [
            "warning left-out-tests tests.t.env.PYTEST_ADDOPTS: `PYTEST_ADDOPTS` may leave out tests: only GitHub knows its value"
        ]
    );
    let services =
        "services = [\"db\"]\n[services.db]\nimage = \"postgres:16\"\nhealth = \"pg_isready\"\nports = [5432]\n";
    let provides = format!("{services}provides = {{ PYTEST_ADDOPTS = {value} }}");
    assert_eq!(
        said(&run(&provides), &[]),
        left("services.db.provides.PYTEST_ADDOPTS", "`--ignore` in `PYTEST_ADDOPTS`", EPISODES)
    );
}

#[test]
fn configuration() {
    let pyproject = "[tool.pytest.ini_options]\naddopts = \"--ignore=tests/integration/episodes\"\n";
    let native = "[pytest]\naddopts = [\"--ignore\", \"tests/integration/episodes\"]\n";
    let ini = "[pytest]\naddopts =\n    -ra\n    --ignore=tests/integration/episodes\n";
    let cfg = "[metadata]\nname = x\n[tool:pytest]\naddopts = --ignore tests/integration/episodes\n";
    let ignored = |place: &str| left("tests.t", &format!("`--ignore` in `backend/{place}`"), EPISODES);
    assert_all(vec![
        ("", vec![("backend/pyproject.toml", pyproject)], ignored("pyproject.toml:2")),
        ("", vec![("backend/pyproject.toml", pyproject), ("backend/pytest.ini", "")], vec![]),
        ("", vec![("backend/.pytest.ini", ini)], ignored(".pytest.ini:4")),
        ("", vec![("backend/tox.ini", ini)], ignored("tox.ini:4")),
        ("", vec![("backend/setup.cfg", cfg)], ignored("setup.cfg:4")),
        ("", vec![("backend/pytest.toml", native)], ignored("pytest.toml:2")),
        ("", vec![("tox.ini", ini)], left("tests.t", "`--ignore` in `tox.ini:4`", EPISODES)),
        // An argument that counts instead.
        (r#"args = ["-o", "addopts="]"#, vec![("backend/tox.ini", ini)], vec![]),
        (
            "",
            vec![("backend/setup.cfg", "[pytest]\n")],
            vec!["error left-out-tests tests.t: pytest refuses `backend/setup.cfg`: pytest's section is `[tool:pytest]` here, found `[pytest]`".to_owned()],
        ),
    ]);
}

#[test]
fn what_the_project_chooses_is_a_warning() {
    let test = "def test_x(): ...\n";
    assert_all(vec![
        (
            "",
            vec![("backend/pytest.ini", "[pytest]\nnorecursedirs = episodes\n")],
            warned("tests.t", "`norecursedirs` in `backend/pytest.ini:2`", EPISODES),
        ),
        // Explained, and what pytest never looks into.
        ("", vec![("backend/pytest.ini", "[pytest]\nnorecursedirs = store\n")], vec![]),
        ("", vec![("backend/build/test_x.py", test), ("backend/.tox/test_x.py", test)], vec![]),
        ("", vec![("backend/env/test_x.py", test), ("backend/env/pyvenv.cfg", "")], vec![]),
        (
            "",
            vec![("backend/pytest.ini", "[pytest]\ntestpaths = tests\n"), ("backend/demo/test_x.py", test)],
            warned("tests.t", "`testpaths` in `backend/pytest.ini:2`", "demo"),
        ),
        (
            "",
            vec![("backend/pytest.ini", "[pytest]\npython_files = check_*.py\n")],
            vec![format!(
                "warning left-out-tests tests.t: `python_files` in `backend/pytest.ini:2` does not match `tests/integration`, {UNCOVERED}"
            )],
        ),
        (
            "",
            vec![("backend/app/tests.py", test)],
            vec![
                "warning left-out-tests tests.t: pytest does not collect `app`: no pattern of `python_files` matches"
                    .to_owned(),
            ],
        ),
    ]);
}

#[test]
fn folders_that_pytest_looks_into() {
    let test = "def test_x(): ...\n";
    let paths = |paths: &str| {
        vec![format!(
            "error left-out-tests tests.t.paths: pytest by itself runs {paths}, but no path of a run or a suite leads there"
        )]
    };
    assert_all(vec![
        ("", vec![("backend/tests/_old/test_x.py", test)], vec![]),
        (
            r#"args = ["--ignore=tests/_old"]"#,
            vec![("backend/tests/_old/test_x.py", test)],
            left("tests.t.args[0]", "`--ignore`", "tests/_old"),
        ),
        ("", vec![("backend/demo/a/test_x.py", test), ("backend/demo/test_y.py", test)], paths("`demo`")),
        ("", vec![("backend/demo/a/test_x.py", test), ("backend/demo/b.py", "")], paths("`demo`")),
        // No tests, not in a checkout, those of another pipeline or of another run.
        ("", vec![("backend/demo/test_tools.py", "def helper(): ...\n")], vec![]),
        ("", vec![("backend/demo/test_x.py", test), (".gitignore", "demo/\n")], vec![]),
        ("", vec![("backend/demo/test_x.py", test), ("backend/demo/pipeline.toml", "")], vec![]),
        (
            "[tests.u]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"demo\"]",
            vec![("backend/demo/test_x.py", test)],
            vec![],
        ),
    ]);
    let part = "[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests/test_api.py::test_x\", \"tests/integration\"]\n";
    assert_eq!(
        said(part, &[]),
        [
            "error left-out-tests tests.t.paths: pytest by itself runs all of `tests/test_api.py`, but the paths name only some of its tests"
        ]
    );
}

#[test]
fn what_is_named_like_a_test_and_is_none() {
    let test = "def test_x(): ...\n";
    let ini = ("backend/pytest.ini", "[pytest]\ntestpaths = tests\n");
    let demo = ("backend/demo/a/test_x.py", test);
    let none = |path: &str| format!("not-tests = [\"{path}\"]");
    let taken = |path: &str, file: &str, by: &str| {
        vec![format!("error not-tests tests.t.not-tests[0]: {by} collects `{file}`, which is in `{path}`")]
    };
    for (path, files, lines) in [
        ("demo", vec![ini, demo], vec![]),
        // pytest by itself would collect it, and the paths of the run do not lead to it.
        ("demo/a", vec![demo], vec![]),
        ("demo/a/test_x.py", vec![demo], vec![]),
        (
            "demo",
            vec![],
            vec!["error missing-path tests.t.not-tests[0]: there is no `backend/demo` in the repository".to_owned()],
        ),
        ("tests/test_api.py", vec![], taken("tests/test_api.py", "backend/tests/test_api.py", "`t`")),
        (
            "tests/integration/store",
            vec![],
            taken("tests/integration/store", "backend/tests/integration/store/test_store.py", "`t`"),
        ),
    ] {
        let mut said = said(&run(&none(path)), &files);
        said.retain(|line| !line.contains("[quarantine"));
        assert_eq!(said, lines, "{path}");
    }
    let whole = taken(".", "backend/tests/integration/episodes/test_episodes.py", "`t`");
    assert_eq!(said(&run(&none(".")), &[]), whole);
    let found = "[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\nnot-tests = [\"demo\"]\n";
    assert_eq!(said(found, &[demo]), taken("demo", "backend/demo/a/test_x.py", "`t`"));
}

#[test]
fn lists_of_a_conftest() {
    let file = "backend/tests/integration/conftest.py";
    let listed = |line: usize| left("tests.t", &format!("`collect_ignore` in `{file}:{line}`"), EPISODES);
    let unsure = |line: usize, why: &str| {
        vec![format!("warning left-out-tests tests.t: `{file}:{line}` may leave out tests: {why}")]
    };
    let computed = "`collect_ignore` is computed, or depends on a condition";
    assert_all(vec![
        ("", vec![(file, "collect_ignore = [\"episodes\", \"store\"]\n")], listed(1)),
        ("", vec![(file, "collect_ignore: list[str] = []\ncollect_ignore.append('episodes')\n")], listed(2)),
        ("", vec![(file, "if x:\n    collect_ignore = ['episodes']\n")], unsure(2, computed)),
        ("", vec![(file, "if x:\n    collect_ignore = ['store']\n")], vec![]),
        ("", vec![(file, "collect_ignore = make()\n")], unsure(1, computed)),
        (
            "",
            vec![(file, "collect_ignore_glob = ['*/test_e*.py']\n")],
            left(
                "tests.t",
                &format!("`collect_ignore_glob` in `{file}:1`"),
                "tests/integration/episodes/test_episodes.py",
            ),
        ),
        (
            "",
            vec![(file, "def pytest_ignore_collect():\n    return x\n")],
            unsure(1, "`pytest_ignore_collect` decides what is collected"),
        ),
    ]);
}

#[test]
fn options_that_make_a_run_a_part() {
    let gates = "pass rate and coverage are those of a part";
    let words = format!(
        "error test-selection tests.t.args[0]: `-k \"not slow\"` chooses tests by words in their names: {gates}"
    );
    let marks = format!(
        "warning test-selection tests.t.env.PYTEST_ADDOPTS: `-m \"not slow\"` in `PYTEST_ADDOPTS` chooses tests by their marks: {gates}"
    );
    let before = format!(
        "warning test-selection tests.t: `--lf` in `backend/pytest.ini:2` chooses tests by how they ended before: {gates}"
    );
    let stops = "ends a run before all of its tests have run";
    assert_all(vec![
        (r#"args = ["-k", "not slow"]"#, vec![], vec![words]),
        (r#"env = { PYTEST_ADDOPTS = "-m 'not slow'" }"#, vec![], vec![marks]),
        (r#"args = ["-xq"]"#, vec![], vec![format!("error test-selection tests.t.args[0]: `-x` {stops}")]),
        (
            "",
            vec![("backend/pytest.ini", "[pytest]\naddopts = --maxfail=3\n")],
            vec![format!("warning test-selection tests.t: `--maxfail=3` in `backend/pytest.ini:2` {stops}")],
        ),
        (r#"args = ["--maxfail=0"]"#, vec![("backend/pytest.ini", "[pytest]\naddopts = --maxfail=3\n")], vec![]),
        (r#"args = ["-m", ""]"#, vec![("backend/pytest.ini", "[pytest]\naddopts = -m 'not slow'\n")], vec![]),
        ("", vec![("backend/pytest.ini", "[pytest]\naddopts = --lf --ff\n")], vec![before]),
        (
            r#"args = ["--co"]"#,
            vec![],
            vec!["error test-selection tests.t.args[0]: with `--collect-only` no test runs".to_owned()],
        ),
        (
            r#"args = ["-p", "no:unittest"]"#,
            vec![],
            vec!["warning test-selection tests.t.args[0]: `-p no:unittest` switches a part of pytest off that finds tests".to_owned()],
        ),
        (r#"args = ["-p", "no:doctest", "-p", "no:cacheprovider"]"#, vec![], vec![]),
        (
            "args = [\"-m\", \"not slow\"]\n[tests.u]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests\"]\nargs = [\"-m\", \"slow\"]",
            vec![],
            vec![],
        ),
    ]);
}
