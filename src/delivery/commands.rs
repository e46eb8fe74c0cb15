//! The user's own commands.

use serde_json::{Map, Value};

use super::way::Delivery;
use crate::definition::{Commands as Written, Workload};

pub(crate) struct Commands<'a> {
    pub(super) commands: &'a Written,
}

impl Delivery for Commands<'_> {
    fn name(&self) -> &'static str {
        "commands"
    }

    fn settings(&self, workload: &Workload, _: &str, _: &dyn Fn(&str) -> String) -> Map<String, Value> {
        let Written { apply, restore, current } = self.commands;
        [("target", &workload.target), ("apply", apply), ("restore", restore), ("current", current)]
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.as_str().into()))
            .collect()
    }
}
