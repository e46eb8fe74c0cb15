//! cargo-nextest: a process per test, shards by its own partitions, coverage by cargo-llvm-cov.

use minijinja::context;

use super::{Can, Coverage, Order, Runner, Scripts, Shard};
use crate::definition::{Split, Workers};
use crate::workflow::Step;

pub(crate) struct Nextest;

impl Runner for Nextest {
    fn name(&self) -> &'static str {
        "nextest"
    }

    fn can(&self) -> Can {
        Can {
            toolchain: Some("rust"),
            shards: true,
            splits: &[Split::Count],
            workers: true,
            distribute: false,
            reruns: true,
            order: Order::Isolated,
            coverage: Some(Coverage::Lcov),
            paths: false,
        }
    }

    fn files(&self) -> &'static [&'static str] {
        &["nextest.toml", "record.py"]
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        for file in self.files() {
            scripts.emit(file);
        }
        let mut tools = format!("cargo-nextest@{}", scripts.version("cargo-nextest", &shard.origin));
        if shard.measured {
            tools.push_str(&format!(",cargo-llvm-cov@{}", scripts.version("cargo-llvm-cov", &shard.origin)));
        }
        let install = scripts.pinned("taiki-e/install-action", vec![("tool".to_owned(), tools)], &shard.origin);
        let values = context! {
            config => format!("{}/nextest.toml", scripts.folder()),
            measured => shard.measured,
            packages => shard.run.measure.clone(),
            reruns => shard.run.reruns,
            workers => match shard.run.workers { Workers::Count(count) if count > 1 => Some(count), _ => None },
            arguments => shard.run.args.clone(),
            shards => shard.run.shards,
        };
        let mut env = shard.env.clone();
        env.push(("PIPEWRIGHT_WORK".to_owned(), "${{ runner.temp }}".to_owned()));
        let run = Step::run("Run the tests", scripts.short("steps/nextest.sh", values), shard.origin.clone());
        let mut listed = shard.env.clone();
        listed.extend([
            ("PIPEWRIGHT_JUNIT".to_owned(), "target/nextest/default/junit.xml".to_owned()),
            ("PIPEWRIGHT_LISTED".to_owned(), "${{ runner.temp }}/listed.json".to_owned()),
            ("PIPEWRIGHT_SELECTED".to_owned(), "${{ runner.temp }}/listed.json".to_owned()),
        ]);
        let record = scripts.python("record.py");
        vec![
            Step::uses("Install the test tools", install, shard.origin.clone()),
            run.id("tests").folder(&shard.folder).env(env),
            Step::run("Record what ran", record, shard.origin.clone()).folder(&shard.folder).env(listed),
        ]
    }
}
