//! A Helm release is upgraded.
//!
//! Source: <https://helm.sh/docs/helm/helm_upgrade/>, <https://helm.sh/docs/helm/helm_rollback/>

use serde_json::{Map, Value};

use super::way::{Delivery, target};
use crate::definition::{Helm as Written, Workload};

pub(crate) struct Helm<'a> {
    pub(super) helm: &'a Written,
}

impl Delivery for Helm<'_> {
    fn name(&self) -> &'static str {
        "helm"
    }

    fn settings(&self, workload: &Workload, environment: &str, path: &dyn Fn(&str) -> String) -> Map<String, Value> {
        let Written { release, chart, values, set } = self.helm;
        let files = values.iter().map(|file| Value::from(path(&file.replace("$environment", environment))));
        let set = set.iter().map(|(key, text)| (key.clone(), text.replace("$environment", environment).into()));
        let mut settings = target(workload);
        settings.insert("release".to_owned(), release.as_str().into());
        settings.insert("chart".to_owned(), path(chart).into());
        settings.insert("values".to_owned(), files.collect());
        settings.insert("set".to_owned(), Value::Object(set.collect()));
        settings
    }
}
