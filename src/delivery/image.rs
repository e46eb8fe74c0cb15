//! The image of a container is set.

use serde_json::{Map, Value};

use super::way::{Delivery, target};
use crate::definition::Workload;

pub(crate) struct Image;

impl Delivery for Image {
    fn name(&self) -> &'static str {
        "image"
    }

    fn settings(&self, workload: &Workload, _: &str, _: &dyn Fn(&str) -> String) -> Map<String, Value> {
        target(workload)
    }
}
