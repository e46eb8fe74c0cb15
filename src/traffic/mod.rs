//! One file per way to move traffic: the settings of its script, and whether it goes step by step.

mod all_at_once;
mod gateway_api;

use serde_json::Value;

use crate::definition::Traffic as Written;

/// A way to move traffic.
pub(crate) trait Traffic: Sync {
    /// Its name, in the definition and in the emitted data.
    fn name(&self) -> &'static str;
    /// Returns the settings of its script.
    fn settings(&self, written: Option<&Written>) -> Value;
}

/// The way of a workload that asks for none.
pub(crate) const DEFAULT: &dyn Traffic = &all_at_once::AllAtOnce;

/// Providers that `provider` can name.
pub(crate) const TRAFFIC: &[&dyn Traffic] = &[&gateway_api::GatewayApi];

/// Returns how traffic is moved, as its script reads it.
pub(crate) fn settings(written: Option<&Written>) -> Value {
    let named = |written: &Written| TRAFFIC.iter().find(|traffic| traffic.name() == written.provider);
    written.and_then(named).copied().unwrap_or(DEFAULT).settings(written)
}
