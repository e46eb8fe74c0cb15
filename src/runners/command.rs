//! Any shell command that writes a `JUnit` report; it reads its shard.

use super::runner::{Capabilities, Order, Paths, Scripts, Shard, TestRunner};
use crate::definition::Split;
use crate::workflow::{Step, Value, pairs, step};

pub(crate) struct Command;

impl TestRunner for Command {
    fn name(&self) -> &'static str {
        "command"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &[],
            oldest: None,
            shards: true,
            splits: (Split::Count, &[]),
            workers: false,
            dist: false,
            reruns: false,
            test_timeout: false,
            order: Order::Fixed,
            coverage: None,
            paths: Paths::No("the command selects its tests itself"),
        }
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let results = &shard.run.results;
        let junit = if results.is_empty() { Value::temp("junit.xml") } else { Value::from(results.join("\n")) };
        let started = (!results.is_empty()).then(|| Value::temp("started"));
        let seen = |name: &str| {
            let value = shard.env.iter().find(|(known, _)| known == &format!("PIPEWRIGHT_{name}"));
            (name.to_owned(), value.map(|(_, value)| value.clone()).unwrap_or_default())
        };
        let command = shard.run.command.as_deref().unwrap_or_default().trim_end().to_owned();
        let script = scripts.short("steps/command.sh", minijinja::context! { results => started.is_some() });
        let run = Step::run("Run tests", script, shard.origin.clone().then("command"))
            .id("tests")
            .folder(shard.folder)
            .env([("COMMAND".to_owned(), command.into()), seen("SHARD"), seen("SHARDS")])
            .env(match &started {
                Some(started) => pairs![("STARTED", started)],
                None => pairs![("JUNIT", junit.clone())],
            });
        let mut env = shard.env.clone();
        env.extend(pairs![("PIPEWRIGHT_JUNIT", junit), ("PIPEWRIGHT_EXIT", step("tests").output("exit"))]);
        let record = scripts.python("ci.py record");
        env.extend(started.map(|started| ("PIPEWRIGHT_STARTED".to_owned(), started)));
        vec![run, Step::run("Record what ran", record, shard.origin.clone()).folder(shard.folder).env(env)]
    }
}
