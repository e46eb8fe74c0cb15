//! Django: `manage.py test` with our subclass of the project's runner, order by `--shuffle`, processes by `--parallel`,
//! coverage by coverage.py.

use minijinja::context;

use super::pytest;
use super::runner::{Capabilities, Coverage, Order, Paths, Scripts, Shard, TestRunner};
use super::units;
use crate::definition::{Split, Workers};
use crate::seal::SCRIPTS;
use crate::workflow::{Github, Step, Value, pairs};

pub(crate) struct Django;

/// The runner. It is copied, so that tests can import nothing else from its folder.
const RUNNER: &str = "pipewright_django.py";

impl TestRunner for Django {
    fn name(&self) -> &'static str {
        "django"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &["python"],
            // coverage 7.16 of pytest-plugins.txt: `Requires-Python: >=3.10`.
            oldest: Some((3, 10)),
            shards: true,
            splits: (Split::Timings, &[Split::Count]),
            workers: true,
            dist: false,
            reruns: true,
            test_timeout: true,
            order: Order::Shuffled,
            coverage: Some(Coverage::CoveragePy),
            paths: Paths::Files,
        }
    }

    fn started_by(&self) -> Option<&'static str> {
        Some("manage.py")
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        scripts.emit(RUNNER);
        let mut python = shard.exec.clone();
        python.push("python");
        let mut requirements = Vec::new();
        if shard.measured.is_some() {
            scripts.emit(pytest::PLUGINS);
            requirements.push(pytest::PLUGINS);
        }
        let uv = shard.component.install.uv.is_some();
        let values = context! { python => python.clone(), uv, requirements, plugin => RUNNER };
        let install = Step::run(
            "Install the test runner",
            scripts.short("steps/pytest-plugins.sh", values),
            shard.origin.clone(),
        )
        .folder(shard.folder)
        .env([("SCRIPTS", Value::from(Github::Workspace) + "/" + SCRIPTS)]);
        let run = shard.run;
        let values = context! {
            python,
            random => shard.random,
            workers => match shard.workers {
                Workers::Auto => Some("auto".to_owned()),
                Workers::Count(1) => None,
                Workers::Count(count) => Some(count.to_string()),
            },
            measured => shard.measured.map(|source| source.join(",")),
            args => run.args.clone(),
        };
        let mut tests = units::run(shard, scripts, "steps/django.sh", values);
        if run.reruns > 0 {
            tests.env.extend(pairs![("PIPEWRIGHT_RERUNS", run.reruns.to_string())]);
        }
        if let Some(limit) = run.test_timeout {
            tests.env.extend(pairs![("PIPEWRIGHT_TEST_TIMEOUT", limit.decimal_seconds())]);
        }
        if shard.measured.is_some() {
            tests.env.extend(pairs![("COVERAGE_FILE", Value::temp("coverage/.coverage"))]);
        }
        tests.env.sort_by(|(one, _), (other, _)| one.cmp(other));
        vec![install, tests]
    }
}
