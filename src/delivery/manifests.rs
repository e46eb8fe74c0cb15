//! A folder of manifests is applied.

use serde_json::{Map, Value};

use super::way::{Delivery, Target, target};
use crate::definition::Workload;

pub(crate) struct Manifests<'a> {
    pub(super) folder: &'a str,
}

impl Delivery for Manifests<'_> {
    fn name(&self) -> &'static str {
        "manifests"
    }

    fn settings(&self, workload: &Workload, to: &Target<'_>) -> Map<String, Value> {
        let mut settings = target(workload);
        settings.insert("folder".to_owned(), (to.path)(&to.filled(self.folder)).into());
        settings
    }
}
