//! Rules that look at the files around the tests.

use super::said;

const SUITE: &str = r#"
[suites.s]
of = "t"
paths = ["tests/integration/store"]
[quarantine."tests/test_api.py"]
reason = "r"
until = 2027-01-01
"#;

#[test]
fn tests_that_are_left_out() {
    let run = |args: &str| {
        format!(
            "[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests\"]\nargs = [{args}]\n{SUITE}"
        )
    };
    let left = |place: &str, whose: &str, path: &str| {
        vec![format!(
            "error left-out-tests {place}: {whose} leaves out `{path}`, which no suite runs and no quarantine explains"
        )]
    };
    let episodes = "tests/integration/episodes";
    let pyproject = "[tool.pytest.ini_options]\naddopts = \"--ignore=tests/integration/episodes\"\n";
    let native = "[pytest]\naddopts = [\"--ignore\", \"tests/integration/episodes\"]\n";
    let ini = "[pytest]\naddopts =\n    -ra\n    --ignore=tests/integration/episodes\n";
    let cfg = "[metadata]\nname = x\n[tool:pytest]\naddopts = --ignore tests/integration/episodes\n";
    let conftest = "collect_ignore = [\"episodes\", \"store\"]\n";
    for (args, files, lines) in [
        (r#""--ignore", "tests/integration/episodes""#, &[][..], left("tests.t.args[0]", "the argument", episodes)),
        (r#""--deselect=tests/test_api.py::test_x", "--ignore=tests/integration/store/", "-ra""#, &[], Vec::new()),
        (r#""--deselect", "tests/integration/episodes""#, &[], left("tests.t.args[0]", "the argument", episodes)),
        (r#""--ignore=docs", "--ignore-glob=build/*", "--ignore=tests/gone""#, &[], Vec::new()),
        ("", &[("backend/pyproject.toml", pyproject)], left("tests.t", "`backend/pyproject.toml`", episodes)),
        ("", &[("backend/pyproject.toml", pyproject), ("backend/pytest.ini", "")], Vec::new()),
        ("", &[("backend/.pytest.ini", ini)], left("tests.t", "`backend/.pytest.ini`", episodes)),
        ("", &[("backend/tox.ini", ini)], left("tests.t", "`backend/tox.ini`", episodes)),
        ("", &[("backend/setup.cfg", cfg)], left("tests.t", "`backend/setup.cfg`", episodes)),
        ("", &[("backend/pytest.toml", native)], left("tests.t", "`backend/pytest.toml`", episodes)),
        (
            "",
            &[("backend/tests/integration/conftest.py", conftest)],
            left("tests.t", "`backend/tests/integration/conftest.py`", episodes),
        ),
        (
            r#""-k", "not slow""#,
            &[],
            vec![
                "error left-out-tests tests.t.args[0]: the argument leaves out tests by their names: `-k not slow`"
                    .to_owned(),
            ],
        ),
    ] {
        assert_eq!(said(&run(args), files), lines, "{args} {files:?}");
    }
}

#[test]
fn processes_that_share_a_service() {
    let shared = [
        "warning shared-service tests.t.workers: all processes of `t` share one `postgres`, and nothing keeps them apart",
    ];
    let run = |more: &str| {
        format!(
            "[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests/integration/store\"]\nservices = [\"postgres\"]\n{more}\n"
        )
    };
    let fixture = "def database(testrun_uid): ...\n";
    for (more, file, lines) in [
        ("workers = 2", "backend/tests/unit/conftest.py", &shared[..]),
        ("workers = 2", "backend/tests/integration/conftest.py", &[]),
        ("workers = 2", "backend/conftest.py", &[]),
        ("workers = 2\nisolation = \"test\"", "other.py", &[]),
        ("workers = 1", "other.py", &[]),
        ("", "other.py", &[]),
    ] {
        assert_eq!(said(&run(more), &[(file, fixture)]), lines, "{more} {file}");
    }
}
