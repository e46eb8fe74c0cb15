//! pytest: shards by our plugin, processes by xdist, order by a seed of randomly, reruns by rerunfailures, coverage by coverage.py.

use minijinja::context;

use super::runner::{Capabilities, Coverage, Order, Paths, Scripts, Shard, TestRunner};
use crate::definition::{Split, Workers};
use crate::seal::SCRIPTS;
use crate::workflow::{Github, Step, Value, pairs};

pub(crate) struct Pytest;

/// The plugin that runs a shard. It and what it imports are copied, so that tests can import nothing else from there.
const PLUGIN: &str = "pipewright_pytest.py";
/// Packages that are installed beside the project's requirements.
pub(super) const PLUGINS: &str = "pytest-plugins.txt";
/// Plugin that is installed for `test-timeout` only: its options would clash with those that a project defines.
const TIMEOUT: &str = "pytest-timeout.txt";

impl TestRunner for Pytest {
    fn name(&self) -> &'static str {
        "pytest"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &["python"],
            // coverage 7.16 and pytest-rerunfailures 16.7 of pytest-plugins.txt: `Requires-Python: >=3.10`.
            oldest: Some((3, 10)),
            shards: true,
            splits: (Split::Timings, &[Split::Count, Split::Files]),
            workers: true,
            dist: true,
            reruns: true,
            test_timeout: true,
            order: Order::Shuffled,
            coverage: Some(Coverage::CoveragePy),
            paths: Paths::Tests,
        }
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        for file in [PLUGIN, PLUGINS] {
            scripts.emit(file);
        }
        let uv = shard.component.install.uv.is_some();
        let mut python = shard.exec.clone();
        python.push("python");
        let mut requirements = vec![PLUGINS];
        if shard.run.test_timeout.is_some() {
            scripts.emit(TIMEOUT);
            requirements.push(TIMEOUT);
        }
        let plugins = scripts.short(
            "steps/pytest-plugins.sh",
            context! { python => python.clone(), uv, requirements, plugin => PLUGIN },
        );
        let install = Step::run("Install test plugins", plugins, shard.origin.clone())
            .folder(shard.folder)
            .env([("SCRIPTS", Value::from(Github::Workspace) + "/" + SCRIPTS)]);
        let command = scripts.short(
            "steps/pytest.sh",
            context! {
                python,
                paths => shard.paths.to_vec(),
                arguments => arguments(shard),
                random => shard.random,
                measured => shard.measured.is_some(),
                partial => shard.partial,
                packages => shard.measured.map_or(Vec::new(), <[String]>::to_vec),
            },
        );
        let mut env = shard.env.clone();
        if shard.measured.is_some() {
            env.extend(pairs![("COVERAGE_FILE", Value::temp("coverage/.coverage"))]);
        }
        let run = Step::run("Run tests", command, shard.origin.clone()).id("tests").folder(shard.folder).env(env);
        vec![install, run]
    }
}

/// Words of the command line, by line.
fn arguments(shard: &Shard<'_>) -> Vec<Vec<String>> {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let workers = match shard.workers {
        Workers::Auto => Some("auto".to_owned()),
        Workers::Count(1) => None,
        Workers::Count(count) => Some(count.to_string()),
    };
    if let Some(workers) = workers {
        let mut line = vec![format!("--numprocesses={workers}")];
        line.extend(shard.run.dist.map(|dist| format!("--dist={}", dist.as_str())));
        lines.push(line);
    }
    if shard.run.reruns > 0 {
        lines.push(vec![format!("--reruns={}", shard.run.reruns)]);
    }
    if let Some(limit) = shard.run.test_timeout {
        lines.push(vec![format!("--timeout={}", limit.decimal_seconds())]);
    }
    for path in shard.left_out {
        let option = match *path {
            path if path.contains("::") => "--deselect",
            path if path.contains(['*', '?']) => "--ignore-glob",
            _ => "--ignore",
        };
        lines.push(vec![format!("{option}={path}")]);
    }
    if !shard.run.args.is_empty() {
        lines.push(shard.run.args.clone());
    }
    lines
}
