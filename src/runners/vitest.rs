//! vitest: files of a shard as filters, reruns by `--retry`, coverage by the provider of the project.

use super::javascript::{self, Tool};
use super::runner::{Capabilities, Scripts, Shard, TestRunner};
use crate::workflow::Step;

pub(crate) struct Vitest;

impl TestRunner for Vitest {
    fn name(&self) -> &'static str {
        "vitest"
    }

    fn capabilities(&self) -> Capabilities {
        javascript::capabilities(true)
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let tool = Tool {
            template: "steps/vitest.sh",
            replay: "vitest run",
            seed: "--sequence.shuffle.files --sequence.shuffle.tests --sequence.seed=",
            below: "**",
        };
        javascript::steps(&tool, shard, scripts)
    }
}
