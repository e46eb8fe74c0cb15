//! All traffic goes to the new version as soon as it runs.

use serde_json::{Value, json};

use super::Traffic;
use crate::definition::Traffic as Written;

pub(crate) struct AllAtOnce;

impl Traffic for AllAtOnce {
    fn name(&self) -> &'static str {
        "all-at-once"
    }

    fn settings(&self, _: Option<&Written>) -> Value {
        json!({ "kind": self.name() })
    }
}
