//! One file per rule about the definition.

mod promotion_order;
mod runner_capability;
mod runner_name;

use crate::definition::Definition;
use crate::diagnostics::{Code, Diagnostic};
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

/// What a rule looks at.
pub(crate) struct Subject<'a> {
    /// The definition.
    pub(crate) definition: &'a Definition,
    /// What it was read from, and the repository around it.
    pub(crate) sources: &'a Sources,
}

/// Every rule about the definition.
pub(crate) const CHECKS: &[&dyn Check] =
    &[&promotion_order::PromotionOrder, &runner_capability::RunnerCapability, &runner_name::RunnerName];

/// Everything that is wrong with a definition.
pub(crate) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for check in CHECKS {
        check.check(subject, &mut found);
    }
    found
}
