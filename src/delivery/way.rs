//! The trait of deliveries.

use serde_json::{Map, Value};

use crate::definition::{ExternalValue, Value as Written, Workload};

/// A way to give a workload a new image.
pub(crate) trait Delivery {
    /// Secrets and variables that its steps read.
    fn external_values(&self) -> Vec<&ExternalValue> {
        Vec::new()
    }
    /// Its name, in the definition and in the emitted settings.
    fn name(&self) -> &'static str;
    /// The settings of its script for a target.
    fn settings(&self, workload: &Workload, to: &Target<'_>) -> Map<String, Value>;
}

/// The environment of a deploy, and the forms that settings have in it.
pub(crate) struct Target<'a> {
    /// Name of the environment.
    pub(crate) environment: &'a str,
    /// Gives a path from the root of the repository.
    pub(crate) path: &'a dyn Fn(&str) -> String,
    /// Gives a value, or the variable that carries it.
    pub(crate) value: &'a dyn Fn(&Written) -> Value,
}

impl Target<'_> {
    /// The text with the name of the environment filled in.
    pub(super) fn filled(&self, text: &str) -> String {
        text.replace("$environment", self.environment)
    }
}

/// Target and container, which most ways need.
pub(super) fn target(workload: &Workload) -> Map<String, Value> {
    let mut settings = Map::new();
    let object = [("target", &workload.target), ("container", &workload.container)];
    settings.extend(object.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.as_deref()?.into()))));
    settings
}
