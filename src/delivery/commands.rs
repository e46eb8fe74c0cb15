//! The user's own commands.

use serde_json::{Map, Value};

use super::way::{Delivery, Target};
use crate::definition::{Commands as Written, Workload};

pub(crate) struct Commands<'a> {
    pub(super) commands: &'a Written,
}

impl Delivery for Commands<'_> {
    fn name(&self) -> &'static str {
        "commands"
    }

    fn settings(&self, workload: &Workload, _: &Target<'_>) -> Map<String, Value> {
        let Written { apply, restore, current } = self.commands;
        let commands = [("apply", apply), ("restore", restore), ("current", current)];
        let object = workload.target.iter().map(|target| ("target", target));
        object.chain(commands).map(|(key, text)| (key.to_owned(), text.as_str().into())).collect()
    }
}
