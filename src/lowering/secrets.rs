//! The step that names each secret of a test job that is not set.

use std::collections::BTreeSet;

use minijinja::context;

use super::context::Context;
use crate::definition::{self, Component, ExternalValue, RunValue, Service, Step as Written};
use crate::resolve::Named;
use crate::trace::Origin;
use crate::workflow::{Github, Step, Value, When, pairs};

/// Prefix of the variables of this step: no other variable has such a name.
const PREFIX: &str = "PIPEWRIGHT_SECRET_";

/// A pull request from another repository, which gets no secrets.
///
/// Source: <https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets>
fn from_a_fork() -> When {
    When::event("pull_request").and(Value::from(Github::HeadRepository).is_not(Github::Repository))
}

/// Secrets of a job that must be set, by name.
pub(crate) type Secrets<'a> = BTreeSet<&'a str>;

fn required<'a>(values: impl IntoIterator<Item = &'a ExternalValue>) -> impl Iterator<Item = &'a str> {
    let required = values.into_iter().filter(|value| value.secret && value.default.is_none() && !value.is_token());
    required.map(|value| value.name.as_str())
}

/// Secrets that a test job uses: in its variables, its own steps and its services.
pub(crate) fn secrets<'a>(
    env: impl IntoIterator<Item = &'a RunValue>,
    steps: impl IntoIterator<Item = &'a Written>,
    services: &[Named<'a, Service>],
) -> Secrets<'a> {
    let mut secrets: Secrets<'a> = required(env.into_iter().flat_map(RunValue::externals)).collect();
    for step in steps {
        let values = step.env.values().chain(step.with.values());
        secrets.extend(required(values.flat_map(RunValue::externals)));
    }
    for (_, service) in services {
        secrets.extend(required(service.env.values().filter_map(definition::Value::external)));
    }
    secrets
}

impl Context<'_> {
    /// Returns the first steps of a test job, which fail it early if a secret is missing.
    pub(crate) fn start(
        &self,
        secrets: &Secrets<'_>,
        environment: Option<&str>,
        component: &Component,
        origin: &Origin,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        if !secrets.is_empty() {
            let script = self.script("steps/secrets.sh", context! {});
            let given = secrets.iter().map(|name| (format!("{PREFIX}{name}"), Value::secret(*name)));
            let mut env = pairs![("ENVIRONMENT", environment.unwrap_or("")), ("FORK", from_a_fork())];
            env.extend(given);
            steps.push(Step::run("Check secrets", script, origin.clone()).env(env));
        }
        steps.push(self.checkout_as(component.checkout.as_ref(), origin));
        steps
    }
}
