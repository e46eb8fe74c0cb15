//! Custom steps and values.

use indexmap::IndexMap;

use super::condition;
use super::context::Context;
use crate::catalogue;
use crate::definition::{
    self, Access as Wanted, Component, ExternalValue, GithubValue, Job as WrittenJob, Name, Output, RunValue,
    Step as Written,
};
use crate::trace::{Effect, Origin};
use crate::workflow::{
    ASKED_FOR, Access, Action, Github, Pairs, Permission, Script, Step, Value, When, grant, need, step,
};

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

/// A value that is evaluated in a run, in a job that waits for `needs`.
pub(crate) fn run_value(written: &RunValue, needs: &[Name]) -> Value {
    match written {
        RunValue::Plain(plain) => value(plain),
        RunValue::Github(property) => github(*property).into(),
        RunValue::Matrix(key) => Value::matrix(key.as_str()),
        RunValue::Input(name) => Value::input(name.as_str()),
        RunValue::Output(output) if needs.contains(&output.from) => need(&output.from).output(output_name(output)),
        RunValue::Output(output) => step(&output.from).output(&output.name),
        RunValue::Joined(parts) => Value::separated(parts.iter().map(|part| run_value(part, needs)), "-"),
    }
}

/// Returns the name of the job output for an output of a step.
pub(super) fn output_name(output: &Output) -> String {
    match &output.step {
        Some(step) => format!("{step}-{}", output.name),
        None => output.name.clone(),
    }
}

const fn github(property: GithubValue) -> Github {
    match property {
        GithubValue::Actor => Github::Actor,
        GithubValue::BaseRef => Github::BaseRef,
        GithubValue::EventName => Github::EventName,
        GithubValue::HeadRef => Github::HeadRef,
        GithubValue::PullRequest => Github::PullRequest,
        GithubValue::Ref => Github::Ref,
        GithubValue::RefName => Github::RefName,
        GithubValue::RefType => Github::RefType,
        GithubValue::Repository => Github::Repository,
        GithubValue::RepositoryOwner => Github::RepositoryOwner,
        GithubValue::RunAttempt => Github::RunAttempt,
        GithubValue::RunId => Github::RunId,
        GithubValue::RunNumber => Github::RunNumber,
        GithubValue::ServerUrl => Github::ServerUrl,
        GithubValue::Sha => Github::Sha,
    }
}

/// Adds variables to an environment; existing ones get the new value.
pub(crate) fn set_env<'v>(env: &mut Pairs, values: impl IntoIterator<Item = (&'v String, Value)>) {
    for (key, value) in values {
        match env.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => env.push((key.clone(), value)),
        }
    }
}

/// The environment variables of a table, in a job that waits for no other.
pub(crate) fn env_of(table: &IndexMap<String, RunValue>) -> impl Iterator<Item = (&String, Value)> {
    env_after(table, &[])
}

/// The environment variables of a table, in a job that waits for `needs`.
pub(crate) fn env_after<'t>(
    table: &'t IndexMap<String, RunValue>,
    needs: &'t [Name],
) -> impl Iterator<Item = (&'t String, Value)> {
    table.iter().map(|(key, written)| (key, run_value(written, needs)))
}

/// A step after tests, which also runs after a failure unless it has a condition.
pub(super) fn unless_cancelled(step: Step) -> Step {
    if step.condition.is_some() { step } else { step.when(When::not_cancelled()) }
}

impl Context<'_> {
    /// Returns custom steps; `folder` is the default working directory.
    pub(crate) fn steps(&self, written: &[Written], folder: &str, origin: &Origin, effect: Effect) -> Vec<Step> {
        self.steps_after(&[], written, folder, origin, effect)
    }

    /// Returns custom steps in a job that waits for `needs`.
    pub(crate) fn steps_after(
        &self,
        needs: &[Name],
        written: &[Written],
        folder: &str,
        origin: &Origin,
        effect: Effect,
    ) -> Vec<Step> {
        let step = |(index, step): (usize, &Written)| {
            self.step(step, folder, &origin.clone().then(index), needs).effect(match step.changes {
                Some(false) => Effect::None,
                _ => effect,
            })
        };
        written.iter().enumerate().map(step).collect()
    }

    fn step(&self, written: &Written, folder: &str, origin: &Origin, needs: &[Name]) -> Step {
        let mut step = match (&written.run, &written.uses) {
            (Some(run), _) => {
                let first = run.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("Run").to_owned();
                let own = written.path.as_ref().map(|path| self.path(path));
                Step::run(first, Script::new(run), origin.clone()).folder(own.as_deref().unwrap_or(folder))
            }
            (None, uses) => {
                let name = uses.as_deref().unwrap_or_default();
                let with = env_after(&written.with, needs).map(|(key, value)| (key.clone(), value)).collect();
                let action = match name.strip_prefix("./") {
                    // GitHub reads it from the commit of the workflow, so earlier steps cannot change it.
                    Some(path) => Action { name: format!("$/{path}"), pin: None, with },
                    None => self.action(name, with, &origin.clone().then("uses")),
                };
                Step::uses(name, action, origin.clone())
            }
        };
        if let Some(name) = &written.name {
            step.name.clone_from(name);
        }
        step.condition = written.when.as_ref().map(condition::when);
        step.id = written.id.as_ref().map(ToString::to_string);
        step.env.extend(env_after(&written.env, needs).map(|(key, value)| (key.clone(), value)));
        step.timeout = written.timeout.map(definition::Duration::minutes);
        step
    }
}

/// Returns the permissions of the actions that set up a component.
pub(crate) fn grant_ready(component: &Component, permissions: &mut Vec<Permission>) {
    grant_for(&component.before, permissions);
    grant_for(component.custom.as_ref().map_or(&[], |custom| &custom.steps), permissions);
}

/// Returns the permissions of the actions in custom steps.
pub(crate) fn grant_for(written: &[Written], permissions: &mut Vec<Permission>) {
    for action in written.iter().filter_map(|step| step.uses.as_deref()).filter_map(catalogue::action) {
        for need in action.permissions {
            let access = if need.access == "write" { Access::Write } else { Access::Read };
            grant(permissions, need.scope, access, need.reason);
        }
    }
}

/// Grants the permissions that the definition lists.
pub(super) fn grant_asked(written: &WrittenJob, permissions: &mut Vec<Permission>) {
    for (scope, access) in &written.permissions {
        let access = if *access == Wanted::Write { Access::Write } else { Access::Read };
        grant(permissions, scope, access, ASKED_FOR);
    }
}
