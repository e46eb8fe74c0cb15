//! nox: a session is a test.

use super::environments::{self, Flag, Tool, Values};
use super::runner::{Capabilities, Scripts, Shard, TestRunner};
use crate::workflow::Step;

pub(crate) struct Nox;

/// Source: <https://nox.thea.codes/en/stable/usage.html>.
pub(super) const TOOL: Tool = Tool {
    name: "nox",
    options: &[
        Flag { names: &["-s", "-e", "--session", "--sessions"], values: Values::Many, configures: false },
        Flag { names: &["-k", "--keywords"], values: Values::One, configures: false },
        Flag { names: &["-t", "--tags"], values: Values::Many, configures: false },
        Flag { names: &["-p", "--python", "--pythons"], values: Values::Many, configures: false },
        Flag { names: &["-f", "--noxfile"], values: Values::One, configures: true },
        Flag { names: &["--extra-python", "--extra-pythons"], values: Values::Many, configures: true },
    ],
};

impl TestRunner for Nox {
    fn name(&self) -> &'static str {
        TOOL.name
    }

    fn capabilities(&self) -> Capabilities {
        environments::capabilities(false)
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        environments::steps(&TOOL, shard, scripts)
    }
}
