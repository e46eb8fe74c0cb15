//! The trait of traffic providers.

use serde_json::Value;

use crate::definition::Traffic;

/// A way to move traffic step by step.
pub(crate) trait Provider: Sync {
    /// Its name, in the definition and in the emitted settings.
    fn name(&self) -> &'static str;
    /// The settings of its script.
    fn settings(&self, traffic: &Traffic) -> Value;
}
