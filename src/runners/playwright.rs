//! Playwright: files of a shard by expressions that match them alone, reruns by `--retries`, traces of what failed.

use minijinja::context;

use super::runner::{Capabilities, Order, Paths, Scripts, Shard, TestRunner};
use super::units;
use crate::definition::{Duration, Split, Workers};
use crate::workflow::{Github, Property, Step, Value, When, pairs, step};

pub(crate) struct Playwright;

/// Folders to which browsers are installed, on Linux and on macOS.
///
/// Source: <https://playwright.dev/docs/browsers#managing-browser-binaries>.
const BROWSERS: &str = "~/.cache/ms-playwright\n~/Library/Caches/ms-playwright";
/// Id of the step that finds the version.
const VERSION: &str = "playwright";

impl TestRunner for Playwright {
    fn name(&self) -> &'static str {
        "playwright"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &["node", "bun"],
            oldest: None,
            shards: true,
            splits: (Split::Timings, &[Split::Count]),
            workers: true,
            dist: false,
            reruns: true,
            test_timeout: true,
            order: Order::Fixed,
            coverage: None,
            paths: Paths::Files,
        }
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let run = shard.run;
        let start = if shard.exec.is_empty() { vec!["npx", "--no", "--"] } else { shard.exec.clone() };
        let values = context! {
            start => start.clone(),
            args => run.args.clone(),
            trace => !run.args.iter().any(|arg| arg == "--trace" || arg.starts_with("--trace=")),
            reruns => run.reruns,
            timeout => run.test_timeout.map(Duration::milliseconds),
            workers => match shard.workers { Workers::Count(count) if count > 1 => Some(count), _ => None },
        };
        let replay = Value::from(start.join(" ")) + " playwright test";
        let mut steps = browsers(shard, scripts, &start);
        steps.push(units::run(shard, scripts, "steps/playwright.sh", values));
        steps.push(units::record(shard, scripts, "playwright", replay, pairs![]));
        steps.push(upload(shard, scripts));
        steps
    }
}

/// The steps that install the browsers of the project's version.
fn browsers(shard: &Shard<'_>, scripts: &dyn Scripts, start: &[&'static str]) -> Vec<Step> {
    let origin = || shard.origin.clone();
    let script = |name: &str| scripts.short(name, context! { start => start.to_vec() });
    let mut steps = Vec::new();
    if shard.caches {
        let find = script("steps/playwright-version.sh");
        steps.push(Step::run("Find the version of Playwright", find, origin()).id(VERSION).folder(shard.folder));
        let version = step(VERSION).output("version");
        let key = Value::from("playwright-") + Property::RunnerOs + "-" + Property::RunnerArch + "-" + version;
        let cache = scripts.action("actions/cache", pairs![("path", BROWSERS), ("key", key)], &shard.origin);
        steps.push(Step::uses("Cache browsers", cache, origin()));
    }
    let install = script("steps/playwright-browsers.sh");
    steps.push(Step::run("Install browsers", install, origin()).folder(shard.folder));
    steps
}

/// The step that uploads the report and the traces of a shard that failed.
fn upload(shard: &Shard<'_>, scripts: &dyn Scripts) -> Step {
    let seen = |name: &str| shard.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let parts = ["PIPEWRIGHT_RUN", "PIPEWRIGHT_VERSION", "PIPEWRIGHT_SHARD"].into_iter().filter_map(seen);
    let parts = parts.filter(|value| !value.is_empty());
    let name = Value::from("playwright_") + Value::separated(parts, "_") + "-" + Github::RunAttempt;
    let with = pairs![
        ("name", name),
        ("path", Value::temp("playwright")),
        ("if-no-files-found", "ignore"),
        ("retention-days", "7"),
    ];
    let keep = scripts.action("actions/upload-artifact", with, &shard.origin);
    let failed = When::not_cancelled().and(step("tests").output("exit").is_not("0"));
    Step::uses("Upload traces", keep, shard.origin.clone()).when(failed)
}
