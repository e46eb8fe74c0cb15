//! Commands of the user's own.

use serde_json::{Map, Value};

use super::Delivery;
use crate::definition::{Delivery as Written, Workload};

pub(crate) struct Commands;

impl Delivery for Commands {
    fn name(&self) -> &'static str {
        "commands"
    }

    fn settings(&self, workload: &Workload, _: &str, _: &dyn Fn(&str) -> String) -> Option<Map<String, Value>> {
        let Written::Commands(commands) = &workload.delivery else { return None };
        let mut settings = Map::new();
        settings.insert("target".to_owned(), workload.target.as_str().into());
        settings.insert("apply".to_owned(), commands.apply.as_str().into());
        settings.insert("restore".to_owned(), commands.restore.as_str().into());
        settings.insert("current".to_owned(), commands.current.as_str().into());
        Some(settings)
    }
}
