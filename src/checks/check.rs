//! The trait of rules about the definition, and what they look at.

use std::cell::OnceCell;

use super::support::pytest::Calls;
use crate::definition::Definition;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Pipeline;
use crate::sources::Sources;

/// A rule about the definition.
pub(crate) trait Check: Sync {
    /// Its name.
    fn code(&self) -> Code;
    /// Finds every place that breaks it; prints nothing.
    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>);
    /// Its page: what, why, example, fix.
    fn page(&self) -> &'static str;
}

/// Input of a rule.
pub(crate) struct Subject<'a> {
    /// The definition.
    pub(crate) definition: &'a Definition,
    /// Sources of the definition, and the repository around it.
    pub(crate) sources: &'a Sources,
    /// The definition with its references resolved; what refers to nothing is left out.
    pub(crate) pipeline: &'a Pipeline<'a>,
    pytest: OnceCell<Calls<'a>>,
}

impl<'a> Subject<'a> {
    /// A definition, its sources, and what it resolves to.
    pub(crate) fn new(definition: &'a Definition, sources: &'a Sources, pipeline: &'a Pipeline<'a>) -> Self {
        Self { definition, sources, pipeline, pytest: OnceCell::new() }
    }

    /// Every call of pytest, with what it collects: several rules ask for it, and most definitions need none.
    pub(super) fn pytest(&self) -> &Calls<'a> {
        self.pytest.get_or_init(|| Calls::new(self.pipeline, self.sources))
    }
}
