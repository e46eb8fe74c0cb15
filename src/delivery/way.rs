//! The trait of deliveries.

use serde_json::{Map, Value};

use crate::definition::Workload;

/// A way to give a workload a new image.
pub(crate) trait Delivery {
    /// Its name, in the definition and in the emitted settings.
    fn name(&self) -> &'static str;
    /// The settings of its script for an environment; `path` gives a path from the root of the repository.
    fn settings(&self, workload: &Workload, environment: &str, path: &dyn Fn(&str) -> String) -> Map<String, Value>;
}

/// Target and container, which most ways need.
pub(super) fn target(workload: &Workload) -> Map<String, Value> {
    let mut settings = Map::new();
    settings.insert("target".to_owned(), workload.target.as_str().into());
    settings.insert("container".to_owned(), workload.container.as_str().into());
    settings
}
