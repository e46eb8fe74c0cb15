//! tox: an environment is a test; `depends` keeps environments in one shard.

use super::environments::{self, Flag, Tool, Values};
use super::runner::{Capabilities, Scripts, Shard, TestRunner};
use crate::workflow::Step;

pub(crate) struct Tox;

/// Source: <https://tox.wiki/en/latest/cli_interface.html>.
pub(super) const TOOL: Tool = Tool {
    name: "tox",
    options: &[
        Flag { names: &["-e"], values: Values::One, configures: false },
        Flag { names: &["--skip-env"], values: Values::One, configures: false },
        Flag { names: &["-m", "-f"], values: Values::Many, configures: false },
        Flag { names: &["-c", "--conf", "--root"], values: Values::One, configures: true },
        Flag { names: &["-x", "--override"], values: Values::One, configures: true },
    ],
};

impl TestRunner for Tox {
    fn name(&self) -> &'static str {
        TOOL.name
    }

    fn capabilities(&self) -> Capabilities {
        environments::capabilities(true)
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        environments::steps(&TOOL, shard, scripts)
    }
}
