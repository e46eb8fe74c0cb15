//! The steps of shards.

use crate::testing::{Project, job, shown, step, step_names, variable, workflow};
use crate::workflow::{Job, StepKind};

/// The job that runs the shards of a definition's only test run.
fn tests(text: &str, check: impl Fn(&Job)) {
    let project = Project::of(text);
    let lowered = project.lowered();
    check(job(workflow(&lowered, "ci.yml"), "test-t"));
}

fn script(job: &Job, name: &str) -> String {
    match &step(job, name).kind {
        StepKind::Run(run) => run.script.as_str().to_owned(),
        StepKind::Uses(action) => panic!("{name} is {}", action.name),
    }
}

fn pytest(install: &str, run: &str) -> String {
    format!(
        "[components.c]\npath = \"api\"\npython = \"3.12\"\ninstall = {{ {install} }}\n\
         [tests.t]\ncomponent = \"c\"\nrunner = \"pytest\"\n{run}"
    )
}

#[test]
fn pytest_is_called_with_what_the_run_asks_for() {
    let run = "paths = [\"tests\"]\nargs = [\"-m\", \"not slow\"]\nworkers = \"auto\"\ndist = \"loadscope\"\nreruns = 2\n\
               test-timeout = \"90s\"\n[suites.s]\nof = \"t\"\npaths = [\"tests/s\", \"tests/t.py::test_x\", \"tests/*_u\"]\n";
    tests(&pytest("pip = [\"requirements.txt\"]", run), |job| {
        let script = script(job, "Run tests");
        for words in [
            "--numprocesses=auto",
            "--dist=loadscope",
            "--reruns=2",
            "--timeout=90",
            "--ignore=tests/s",
            "--deselect=tests/t.py::test_x",
            "--ignore-glob=",
            "'not slow'",
        ] {
            assert!(script.contains(words), "{words} is missing in\n{script}");
        }
    });
}

#[test]
fn pytest_runs_in_the_environment_that_its_installer_made() {
    for (install, python) in [
        ("pip = [\"requirements.txt\"]", "python -m pytest"),
        ("uv = []", "uv run --no-sync python -m pytest"),
        ("poetry = []", "poetry run python -m pytest"),
    ] {
        tests(&pytest(install, ""), |job| {
            let script = script(job, "Run tests");
            assert!(script.contains(python), "{install}:\n{script}");
        });
    }
}

#[test]
fn plugins_are_installed_without_the_settings_that_a_project_has_for_its_own_packages() {
    tests(&pytest("uv = []", ""), |job| {
        let script = script(job, "Install test plugins");
        assert!(script.contains("uv pip install --no-config --require-hashes"), "{script}");
    });
}

#[test]
fn pytest_measures_coverage_only_where_the_run_asks_for_it() {
    let measured = pytest("uv = []", "coverage = { source = [\"core\"] }\n[gates]\ncoverage = \"80%\"");
    tests(&measured, |job| {
        assert!(variable(step(job, "Run tests"), "COVERAGE_FILE").is_some());
        assert!(step_names(job).contains(&"Upload coverage data"));
    });
    tests(&pytest("uv = []", ""), |job| {
        assert_eq!(variable(step(job, "Run tests"), "COVERAGE_FILE"), None);
        assert!(!step_names(job).contains(&"Upload coverage data"));
    });
}

#[test]
fn nextest_takes_the_options_of_a_run_and_records_what_ran() {
    let text = "[components.c]\nrust = \"1.95\"\n[tests.t]\ncomponent = \"c\"\nrunner = \"nextest\"\nshards = 2\n\
                reruns = 3\nworkers = 2\nargs = [\"--features\", \"a\"]";
    tests(text, |job| {
        let script = script(job, "Run tests");
        for words in ["--retries=3", "--test-threads=2", "--features", "--no-fail-fast"] {
            assert!(script.contains(words), "{words} is missing in\n{script}");
        }
        let doctests = step(job, "Run doctests");
        let condition = doctests.condition.as_ref().map(ToString::to_string);
        assert_eq!(condition.as_deref(), Some("matrix.shard == 1"), "doctests have no partitions");
        assert!(step_names(job).contains(&"Record what ran"), "{:?}", step_names(job));
    });
}

#[test]
fn nextest_installs_the_coverage_tool_only_where_coverage_is_measured() {
    let text = |more: &str| {
        format!("[components.c]\nrust = \"1.95\"\n[tests.t]\ncomponent = \"c\"\nrunner = \"nextest\"\n{more}")
    };
    let tools = |job: &Job| match &step(job, "Install test tools").kind {
        StepKind::Uses(action) => action.with.iter().map(|(_, value)| value.to_string()).collect::<String>(),
        StepKind::Run(_) => String::new(),
    };
    tests(&text(""), |job| assert!(!tools(job).contains("cargo-llvm-cov"), "{}", tools(job)));
    tests(&text("coverage = { source = [\"c\"] }\n[gates]\ncoverage = \"80%\""), |job| {
        assert!(tools(job).contains("cargo-nextest@") && tools(job).contains(",cargo-llvm-cov@"), "{}", tools(job));
    });
}

#[test]
fn a_command_sees_its_shard_and_the_path_of_its_report() {
    let text = "[components.c]\n[tests.t]\ncomponent = \"c\"\nrunner = \"command\"\ncommand = \"./run $SHARD/$SHARDS\"\nshards = 3";
    tests(text, |job| {
        let run = step(job, "Run tests");
        assert_eq!(variable(run, "COMMAND").as_deref(), Some("./run $SHARD/$SHARDS"));
        assert_eq!(variable(run, "SHARD").as_deref(), Some("${{ matrix.shard }}"));
        assert_eq!(variable(run, "SHARDS").as_deref(), Some("3"));
        assert_eq!(variable(run, "JUNIT"), variable(step(job, "Record what ran"), "PIPEWRIGHT_JUNIT"));
    });
}

#[test]
fn the_default_split_of_a_runner_is_one_that_it_can() {
    for runner in super::RUNNERS {
        let capabilities = runner.capabilities();
        assert_eq!(capabilities.all_splits().first(), Some(&capabilities.splits.0), "{}", runner.name());
        let known = capabilities.toolchains.iter().all(|key| crate::toolchains::toolchain(key).is_some());
        assert!(known, "a toolchain of {} is not registered", runner.name());
    }
}

#[test]
fn a_run_that_asks_for_nothing_lowers_with_every_runner() {
    for runner in super::RUNNERS {
        let toolchain = runner.capabilities().toolchains.first().and_then(|key| crate::toolchains::toolchain(key));
        let version = toolchain.map_or(String::new(), |it| format!("{} = \"{}\"\n", it.key(), it.example()));
        let text = format!(
            "[components.c]\n{version}[tests.t]\ncomponent = \"c\"\nrunner = \"{}\"\ncommand = \"x\"",
            runner.name()
        );
        let project = Project::of(&text);
        assert_eq!(shown(&project.resolved().diagnostics), [""; 0]);
        tests(&text, |job| assert!(step_names(job).contains(&"Run tests"), "{:?}", step_names(job)));
    }
}

#[test]
fn vitest_and_jest_are_started_by_what_installed_them() {
    for (runner, install, started) in [
        ("vitest", "npm = []", "npx --no -- vitest run"),
        ("vitest", "pnpm = []", "pnpm exec vitest run"),
        ("vitest", "bun = []", "bunx --no-install vitest run"),
        ("jest", "run = \"yarn install\"", "npx --no -- jest --ci"),
    ] {
        let text = format!(
            "[components.c]\nnode = \"24\"\ninstall = {{ {install} }}\n\
             [tests.t]\ncomponent = \"c\"\nrunner = \"{runner}\"\n"
        );
        tests(&text, |job| {
            let script = script(job, "Run tests");
            assert!(script.contains(started), "{started} is missing in\n{script}");
        });
    }
}

#[test]
fn vitest_and_jest_take_the_options_of_a_run() {
    let run = "shards = 2\nworkers = 3\ntest-timeout = \"2s\"\nargs = [\"--project=unit\"]\n\
               coverage = { source = [\"src\", \"lib/*.ts\"] }\n[gates]\ncoverage = \"80%\"";
    for (runner, options) in [
        ("vitest", ["--testTimeout=2000", "--maxWorkers=3", "--coverage.include='src/**'", "--sequence.seed="]),
        ("jest", ["--testTimeout=2000", "--maxWorkers=3", "--collectCoverageFrom='lib/*.ts'", "--randomize --seed="]),
    ] {
        let text = format!("[components.c]\nnode = \"24\"\n[tests.t]\ncomponent = \"c\"\nrunner = \"{runner}\"\n{run}");
        tests(&text, |job| {
            let script = script(job, "Run tests");
            for words in options {
                assert!(script.contains(words), "{words} is missing in\n{script}");
            }
            assert_eq!(script.matches("--project=unit").count(), 2, "to list and to run:\n{script}");
            let replay = variable(step(job, "Record what ran"), "PIPEWRIGHT_REPLAY").unwrap_or_default();
            assert!(replay.contains("${{ needs.plan.outputs.seed }}"), "{replay}");
        });
    }
}

fn python(runner: &str, version: &str, run: &str) -> String {
    format!(
        "[components.c]\npython = {version}\ninstall = {{ uv = [] }}\n[tests.t]\ncomponent = \"c\"\nrunner = \"{runner}\"\n{run}"
    )
}

#[test]
fn django_is_called_with_what_the_run_asks_for() {
    let run = "shards = 2\nworkers = 3\nreruns = 1\ntest-timeout = \"90s\"\nargs = [\"--tag\", \"a b\"]\n\
               coverage = { source = [\"shop\", \"orders\"] }\npaths = [\"shop\"]\n[gates]\ncoverage = \"80%\"";
    tests(&python("django", "\"3.12\"", run), |job| {
        let script = script(job, "Run tests");
        for words in [
            "uv run --no-sync python -m coverage run --parallel-mode --source=shop,orders manage.py test",
            "--testrunner=pipewright_django.PipewrightRunner",
            "--shuffle=\"$PIPEWRIGHT_SEED\"",
            "--parallel=3",
            "--tag 'a b'",
        ] {
            assert!(script.contains(words), "{words} is missing in\n{script}");
        }
        let step = step(job, "Run tests");
        for (name, value) in [("RERUNS", "1"), ("TEST_TIMEOUT", "90"), ("PATHS", "shop")] {
            assert_eq!(variable(step, &format!("PIPEWRIGHT_{name}")).as_deref(), Some(value), "{name}");
        }
    });
    tests(&python("django", "\"3.12\"", "gates = { order = \"fixed\" }"), |job| {
        let script = script(job, "Run tests");
        assert!(!script.contains("--shuffle") && !script.contains("coverage"), "{script}");
    });
}

#[test]
fn environments_get_their_version_and_all_of_them() {
    let several = "[\"3.11\", \"3.12\", { version = \"3.16\", optional = true, allow-prerelease = true }]";
    let run = "shards = 2\nworkers = \"auto\"\nargs = [\"-e\", \"py312,a b\", \"--\", \"it's\"]";
    tests(&python("tox", several, run), |job| {
        let step = step(job, "Run tests");
        for (name, value) in [
            ("COMMAND", "uv run --no-sync python -m tox"),
            ("CHOICE", "-e 'py312,a b'"),
            ("ARGUMENTS", r"-- 'it'\''s'"),
            ("WORKERS", "auto"),
            ("PYTHON", "${{ matrix.python }}"),
            ("PYTHONS", "3.16\n3.11\n3.12"),
        ] {
            assert_eq!(variable(step, &format!("PIPEWRIGHT_{name}")).as_deref(), Some(value), "{name}");
        }
    });
    tests(&python("nox", "\"3.12\"", ""), |job| {
        let step = step(job, "Run tests");
        assert_eq!(variable(step, "PIPEWRIGHT_PYTHON").as_deref(), Some("3.12"));
        assert_eq!(variable(step, "PIPEWRIGHT_CHOICE"), None);
    });
}

#[test]
fn playwright_caches_its_browsers_where_nothing_is_published() {
    let text = |branch: &str| {
        format!(
            "[project]\nname = \"p\"\nbranches = [\"main\", \"{branch}\"]\n[components.c]\nnode = \"24\"\n\
             install = {{ npm = [] }}\n[tests.t]\ncomponent = \"c\"\nrunner = \"playwright\"\nreruns = 2\n\
             args = [\"--trace\", \"on\"]"
        )
    };
    tests(&text("next"), |job| {
        let names = step_names(job);
        let order =
            ["Find the version of Playwright", "Cache browsers", "Install browsers", "Run tests", "Upload traces"];
        let places: Vec<_> = order.iter().map(|name| names.iter().position(|known| known == name)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{names:?}");
        let script = script(job, "Run tests");
        assert!(script.contains("--retries=2") && !script.contains("retain-on-failure"), "{script}");
        let condition = step(job, "Upload traces").condition.as_ref().map(ToString::to_string);
        assert_eq!(condition.as_deref(), Some("!cancelled() && steps.tests.outputs.exit != '0'"));
    });
    tests(&text("release/**"), |job| {
        let names = step_names(job);
        assert!(!names.contains(&"Cache browsers") && names.contains(&"Install browsers"), "{names:?}");
    });
}
