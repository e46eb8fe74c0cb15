//! One file per way to change a workload: the settings of its script.

mod commands;
mod image;
mod manifests;

use serde_json::{Map, Value};

use crate::definition::Workload;

/// A way to change a workload.
pub(crate) trait Delivery: Sync {
    /// Its name, in the definition and in the emitted data.
    fn name(&self) -> &'static str;
    /// Returns the settings of its script for a workload; paths are made by `path`.
    fn settings(
        &self,
        workload: &Workload,
        environment: &str,
        path: &dyn Fn(&str) -> String,
    ) -> Option<Map<String, Value>>;
}

/// Every way to change a workload.
pub(crate) const DELIVERIES: &[&dyn Delivery] = &[&image::Image, &manifests::Manifests, &commands::Commands];

/// Returns how a workload is changed, as its script reads it.
pub(crate) fn settings(workload: &Workload, environment: &str, path: &dyn Fn(&str) -> String) -> Value {
    for delivery in DELIVERIES {
        if let Some(own) = delivery.settings(workload, environment, path) {
            let mut settings = Map::new();
            settings.insert("kind".to_owned(), delivery.name().into());
            settings.extend(own);
            return Value::Object(settings);
        }
    }
    Value::Null
}

/// Target and container, which most ways need.
fn target(workload: &Workload) -> Map<String, Value> {
    let mut settings = Map::new();
    settings.insert("target".to_owned(), workload.target.as_str().into());
    settings.insert("container".to_owned(), workload.container.as_str().into());
    settings
}
