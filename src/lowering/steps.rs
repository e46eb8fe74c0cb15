//! Steps and values that the user wrote.

use indexmap::IndexMap;

use super::context::Context;
use crate::catalogue;
use crate::definition::{self, Component, ExternalValue, Step as Written};
use crate::trace::{Effect, Origin};
use crate::workflow::{Access, Github, Pairs, Permission, Script, Step, Value, grant};

/// A secret or variable.
pub(crate) fn external(external: &ExternalValue) -> Value {
    if external.is_token() {
        return Github::Token.into();
    }
    let name = external.name.as_str();
    let kept = if external.secret { Value::secret(name) } else { Value::variable(name) };
    match &external.default {
        Some(default) => kept.or(default),
        None => kept,
    }
}

/// A value of the definition.
pub(crate) fn value(value: &definition::Value) -> Value {
    match value {
        definition::Value::Literal(text) => text.into(),
        definition::Value::External(from) => external(from),
    }
}

/// Puts variables into an environment; one that stands there already has the new value.
pub(crate) fn set_env<'v>(env: &mut Pairs, values: impl IntoIterator<Item = (&'v String, Value)>) {
    for (key, value) in values {
        match env.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => env.push((key.clone(), value)),
        }
    }
}

/// The environment variables of a table.
pub(crate) fn env_of(table: &IndexMap<String, definition::Value>) -> impl Iterator<Item = (&String, Value)> {
    table.iter().map(|(key, written)| (key, value(written)))
}

impl Context<'_> {
    /// The user's steps; a command that names no folder runs in `folder`.
    pub(crate) fn steps(&self, written: &[Written], folder: &str, origin: &Origin, effect: Effect) -> Vec<Step> {
        written
            .iter()
            .enumerate()
            .map(|(index, step)| self.step(step, folder, &origin.clone().then(index), effect))
            .collect()
    }

    fn step(&self, written: &Written, folder: &str, origin: &Origin, effect: Effect) -> Step {
        let mut step = match (&written.run, &written.uses) {
            (Some(run), _) => {
                let first = run.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Run").to_owned();
                let own = written.path.as_ref().map(|path| self.path(path));
                Step::run(first, Script::new(run), origin.clone()).folder(own.as_deref().unwrap_or(folder))
            }
            (None, uses) => {
                let name = uses.as_deref().unwrap_or_default();
                let with = written.with.iter().map(|(key, written)| (key.clone(), value(written))).collect();
                Step::uses(name, self.action(name, with, &origin.clone().then("uses")), origin.clone())
            }
        };
        if let Some(name) = &written.name {
            step.name.clone_from(name);
        }
        step.env.extend(env_of(&written.env).map(|(key, value)| (key.clone(), value)));
        step.timeout = written.timeout.map(definition::Duration::minutes);
        step.effect(if written.changes == Some(false) { Effect::None } else { effect })
    }
}

/// Returns what the actions need that make a job ready for a component.
pub(crate) fn grant_ready(component: &Component, permissions: &mut Vec<Permission>) {
    grant_for(&component.before, permissions);
    grant_for(component.custom.as_ref().map_or(&[], |custom| &custom.steps), permissions);
}

/// Returns what the actions among the user's steps need of the job's token.
pub(crate) fn grant_for(written: &[Written], permissions: &mut Vec<Permission>) {
    for action in written.iter().filter_map(|step| step.uses.as_deref()).filter_map(catalogue::action) {
        for need in action.permissions {
            let access = if need.access == "write" { Access::Write } else { Access::Read };
            grant(permissions, need.scope, access, need.reason);
        }
    }
}
