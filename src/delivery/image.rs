//! The image of a container is set.

use serde_json::{Map, Value};

use super::Delivery;
use crate::definition::{Delivery as Written, Workload};

pub(crate) struct Image;

impl Delivery for Image {
    fn name(&self) -> &'static str {
        "image"
    }

    fn settings(&self, workload: &Workload, _: &str, _: &dyn Fn(&str) -> String) -> Option<Map<String, Value>> {
        matches!(workload.delivery, Written::Image).then(|| super::target(workload))
    }
}
