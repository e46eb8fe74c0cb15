//! jest: files of a shard by their paths; its own `jest.retryTimes` reruns tests.

use super::javascript::{self, Tool};
use super::runner::{Capabilities, Scripts, Shard, TestRunner};
use crate::workflow::Step;

pub(crate) struct Jest;

impl TestRunner for Jest {
    fn name(&self) -> &'static str {
        "jest"
    }

    fn capabilities(&self) -> Capabilities {
        javascript::capabilities(false)
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let tool = Tool {
            template: "steps/jest.sh",
            replay: "jest",
            seed: "--randomize --seed=",
            below: "**/*.{js,jsx,ts,tsx,mjs,cjs,mts,cts}",
        };
        javascript::steps(&tool, shard, scripts)
    }
}
