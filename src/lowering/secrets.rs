//! The step that names each secret of a test job that is not set.

use std::collections::BTreeSet;

use minijinja::context;

use super::Context;
use crate::definition::{Name, Step as Written, Value};
use crate::trace::Origin;
use crate::workflow::{Step, braced};

/// Prefix of the variables of this step: no other variable has such a name.
const PREFIX: &str = "PIPEWRIGHT_SECRET_";

/// A pull request from another repository, which gets no secrets.
///
/// Source: <https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets>
const FORK: &str =
    "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name != github.repository";

/// Secrets of a job that must be set, by name.
pub(crate) type Secrets<'a> = BTreeSet<&'a str>;

fn required<'a>(values: impl IntoIterator<Item = &'a Value>) -> impl Iterator<Item = &'a str> {
    let outside = values.into_iter().filter_map(Value::outside);
    let required = outside.filter(|value| value.secret && value.default.is_none() && !value.is_token());
    required.map(|value| value.name.as_str())
}

impl<'a> Context<'a> {
    /// Secrets that a test job uses: in its variables, its own steps and its services.
    pub(crate) fn secrets(
        &self,
        env: impl IntoIterator<Item = &'a Value>,
        steps: impl IntoIterator<Item = &'a Written>,
        services: &[Name],
    ) -> Secrets<'a> {
        let mut secrets: Secrets<'a> = required(env).collect();
        for step in steps {
            secrets.extend(required(step.env.values().chain(step.with.values())));
        }
        for service in services.iter().filter_map(|name| self.definition.services.get(name)) {
            secrets.extend(required(service.env.values()));
        }
        secrets
    }

    /// The steps that a test job starts with: a missing secret ends it before anything else is done.
    pub(crate) fn start(&self, secrets: &Secrets<'_>, environment: Option<&str>, origin: &Origin) -> Vec<Step> {
        let mut steps = Vec::new();
        if !secrets.is_empty() {
            let script = self.script("steps/secrets.sh", context! {});
            let given = secrets.iter().map(|name| (format!("{PREFIX}{name}"), braced(&format!("secrets.{name}"))));
            let mut env = vec![
                ("ENVIRONMENT".to_owned(), environment.unwrap_or_default().to_owned()),
                ("FORK".to_owned(), braced(FORK)),
            ];
            env.extend(given);
            steps.push(Step::run("Check secrets", script, origin.clone()).env(env));
        }
        steps.push(self.checkout(origin, None));
        steps
    }
}
