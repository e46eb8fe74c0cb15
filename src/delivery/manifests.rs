//! A folder of manifests is applied.

use serde_json::{Map, Value};

use super::way::{Delivery, target};
use crate::definition::Workload;

pub(crate) struct Manifests<'a> {
    pub(super) folder: &'a str,
}

impl Delivery for Manifests<'_> {
    fn name(&self) -> &'static str {
        "manifests"
    }

    fn settings(&self, workload: &Workload, environment: &str, path: &dyn Fn(&str) -> String) -> Map<String, Value> {
        let mut settings = target(workload);
        settings.insert("folder".to_owned(), path(&self.folder.replace("$environment", environment)).into());
        settings
    }
}
