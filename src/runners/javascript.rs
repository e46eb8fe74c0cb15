//! vitest and jest: whole files by recorded time, reports in jest's format, coverage as lcov.

use minijinja::context;

use super::runner::{Capabilities, Coverage, Order, Paths, Scripts, Shard};
use super::units;
use crate::definition::{Duration, Split, Workers};
use crate::workflow::{Step, Value, pairs};

/// A test tool for JavaScript and TypeScript.
pub(super) struct Tool {
    /// The template of the step that runs it.
    pub(super) template: &'static str,
    /// The words that run a file again, behind those that start the tool.
    pub(super) replay: &'static str,
    /// The option before a seed, which follows those that shuffle.
    pub(super) seed: &'static str,
    /// The files that are measured in a folder.
    pub(super) below: &'static str,
}

/// Capabilities of a tool that may retry failed tests.
pub(super) fn capabilities(reruns: bool) -> Capabilities {
    Capabilities {
        toolchains: &["node", "bun"],
        oldest: None,
        shards: true,
        splits: (Split::Timings, &[Split::Count]),
        workers: true,
        dist: false,
        reruns,
        test_timeout: true,
        order: Order::Shuffled,
        coverage: Some(Coverage::Lcov),
        paths: Paths::Files,
    }
}

/// Returns the steps of a shard.
pub(super) fn steps(tool: &Tool, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
    let start = if shard.exec.is_empty() { vec!["npx", "--no", "--"] } else { shard.exec.clone() };
    let run = shard.run;
    let values = context! {
        start => start.clone(),
        args => run.args.clone(),
        random => shard.random,
        reruns => run.reruns,
        timeout => run.test_timeout.map(Duration::milliseconds),
        workers => match run.workers { Workers::Count(count) if count > 1 => Some(count), _ => None },
        partial => !shard.paths.is_empty() || !shard.left_out.is_empty(),
        measured => shard.measured.map(|source| source.iter().map(|folder| files(folder, tool.below)).collect::<Vec<_>>()),
    };
    let mut replay = Value::from(start.join(" ")) + " " + tool.replay;
    if let Some(seed) = units::seed(shard) {
        replay = replay + " " + tool.seed + seed;
    }
    if tool.replay.starts_with("jest") {
        replay = replay + " --runTestsByPath";
    }
    let log = pairs![("PIPEWRIGHT_LOG", Value::temp("log.txt"))];
    vec![units::run(shard, scripts, tool.template, values), units::record(shard, scripts, "jest", replay, log)]
}

/// The glob of what is measured: a folder's files, or the glob that is written.
fn files(source: &str, below: &str) -> String {
    let folder = source.trim_start_matches("./").trim_end_matches('/');
    match folder {
        "" | "." => below.to_owned(),
        glob if glob.contains(['*', '?', '{', '!']) => glob.to_owned(),
        folder => format!("{folder}/{below}"),
    }
}
