//! A Helm release is upgraded.
//!
//! Source: <https://helm.sh/docs/helm/helm_upgrade/>, <https://helm.sh/docs/helm/helm_rollback/>

use serde_json::{Map, Value};

use super::way::{Delivery, Target, target};
use crate::definition::{Helm as Written, Workload};

pub(crate) struct Helm<'a> {
    pub(super) helm: &'a Written,
}

impl Delivery for Helm<'_> {
    fn name(&self) -> &'static str {
        "helm"
    }

    fn settings(&self, workload: &Workload, to: &Target<'_>) -> Map<String, Value> {
        let Written { release, chart, values, set } = self.helm;
        let files = values.iter().map(|file| Value::from((to.path)(&to.filled(file))));
        let set = set.iter().map(|(key, text)| (key.clone(), to.filled(text).into()));
        let mut settings = target(workload);
        settings.insert("release".to_owned(), release.as_str().into());
        settings.insert("chart".to_owned(), (to.path)(chart).into());
        settings.insert("values".to_owned(), files.collect());
        settings.insert("set".to_owned(), Value::Object(set.collect()));
        settings
    }
}
