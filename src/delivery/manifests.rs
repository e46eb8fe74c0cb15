//! A folder of manifests is applied.

use serde_json::{Map, Value};

use super::Delivery;
use crate::definition::{Delivery as Written, Workload};

pub(crate) struct Manifests;

impl Delivery for Manifests {
    fn name(&self) -> &'static str {
        "manifests"
    }

    fn settings(
        &self,
        workload: &Workload,
        environment: &str,
        path: &dyn Fn(&str) -> String,
    ) -> Option<Map<String, Value>> {
        let Written::Manifests(folder) = &workload.delivery else { return None };
        let mut settings = super::target(workload);
        settings.insert("folder".to_owned(), path(&folder.replace("$environment", environment)).into());
        Some(settings)
    }
}
