//! The image of a container is set.

use serde_json::{Map, Value};

use super::way::{Delivery, Target, target};
use crate::definition::Workload;

pub(crate) struct Image;

impl Delivery for Image {
    fn name(&self) -> &'static str {
        "image"
    }

    fn settings(&self, workload: &Workload, _: &Target<'_>) -> Map<String, Value> {
        target(workload)
    }
}
