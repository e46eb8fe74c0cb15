//! The trait of rules about lowered workflows.

use super::set::Set;
use crate::diagnostics::{Code, Diagnostic};

/// A rule about lowered workflows.
pub(crate) trait Rule: Sync {
    /// Its name.
    fn code(&self) -> Code;
    /// Its page: what, why, example, fix.
    fn page(&self) -> &'static str;
    /// Finds every place that breaks it; prints nothing.
    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>);
}

/// The help where no definition should be able to break a rule.
pub(crate) const FAULT: &str = "no definition should lead here: this is a fault of Pipewright itself, please report it";
