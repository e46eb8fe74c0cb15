//! Pins and templates, as toolchains and test runners ask for them.

use crate::pins::Tool;
use crate::trace::Origin;
use crate::workflow::{Action, Pairs, Script};

/// Parts of a step that a toolchain or a runner takes from the lowering that calls it.
pub(crate) trait Supplies {
    /// Returns a short script from a template.
    fn short(&self, template: &str, values: minijinja::Value) -> Script;
    /// Returns an action with its pin.
    fn action(&self, name: &str, with: Pairs, origin: &Origin) -> Action;
    /// Returns the pin of a tool; a lowering that finds none fails.
    fn tool(&self, name: &str, origin: &Origin) -> Option<Tool>;
}
