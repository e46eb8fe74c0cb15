//! The workflow that a custom job calls, and what it declares.

use indexmap::IndexMap;
use serde_yaml::Value as Yaml;

use super::names::{DEPLOY, OWN_WORKFLOWS};
use super::scope::Scope;
use crate::definition::{Access, Definition, ExternalValue, Input, InputKind, Job, RunValue, Workflow};
use crate::files::WORKFLOWS;

/// A call of a workflow.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Its name, as it is written.
    pub(crate) uses: &'a str,
    /// The workflow, or the reason for which it cannot be called, and the help.
    pub(crate) target: Result<Target, (String, String)>,
    /// Its interface; none for a workflow of another repository.
    pub(crate) interface: Option<Interface>,
}

/// A workflow that can be called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A custom workflow, by its file's name.
    Custom(String),
    /// A file of the repository that is written by hand, by its name.
    Written(String),
    /// A workflow of another repository.
    Remote,
}

/// Inputs, secrets and outputs that a workflow declares for its callers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Interface {
    /// Its inputs.
    pub(crate) inputs: Vec<Declared>,
    /// Its secrets, and whether each is required.
    pub(crate) secrets: Vec<(String, bool)>,
    /// Its outputs.
    pub(crate) outputs: Vec<String>,
    /// Permissions that the jobs of a written file ask for.
    pub(crate) permissions: IndexMap<String, Access>,
    /// A job of a written file asks for all permissions.
    pub(crate) asks_everything: bool,
}

/// An input of a workflow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Its name.
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: InputKind,
    /// `true` if a caller must give it.
    pub(crate) is_required: bool,
}

impl Interface {
    /// Returns an input by its name, without regard to case.
    pub(crate) fn input(&self, name: &str) -> Option<&Declared> {
        self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name))
    }

    /// Returns the interface of a custom workflow.
    fn of_custom(definition: &Definition, workflow: &Workflow) -> Self {
        let call = &workflow.on.call;
        Self {
            inputs: call.inputs.iter().map(|(name, input)| declared(name, input)).collect(),
            secrets: call.secrets.iter().map(|name| (name.clone(), requires(definition, workflow, name))).collect(),
            outputs: call.outputs.keys().map(ToString::to_string).collect(),
            ..Self::default()
        }
    }

    /// Returns the interface of a file; none for one that cannot be called.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_call>.
    fn of_file(file: &Yaml) -> Option<Self> {
        const TRIGGER: &str = "workflow_call";
        let call = match file.get("on")? {
            Yaml::String(event) if event == TRIGGER => &Yaml::Null,
            Yaml::Sequence(events) if events.iter().any(|event| event.as_str() == Some(TRIGGER)) => &Yaml::Null,
            Yaml::Mapping(events) => events.get(TRIGGER)?,
            _ => return None,
        };
        let mut interface = Self {
            inputs: entries(call.get("inputs")).map(|(name, input)| input_of_file(name, input)).collect(),
            secrets: entries(call.get("secrets"))
                .map(|(name, own)| (name.to_owned(), is_true(own, "required")))
                .collect(),
            outputs: entries(call.get("outputs")).map(|(name, _)| name.to_owned()).collect(),
            ..Self::default()
        };
        for (_, job) in entries(file.get("jobs")) {
            interface.ask(job.get("permissions").or_else(|| file.get("permissions")));
        }
        Some(interface)
    }

    fn ask(&mut self, permissions: Option<&Yaml>) {
        self.asks_everything |= permissions.is_some_and(|it| matches!(it.as_str(), Some("write-all" | "read-all")));
        for (scope, access) in entries(permissions) {
            let access = match access.as_str() {
                Some("write") => Access::Write,
                Some("read") => Access::Read,
                _ => continue,
            };
            let known = self.permissions.entry(scope.to_owned()).or_insert(access);
            if access == Access::Write {
                *known = access;
            }
        }
    }
}

fn declared(name: &str, input: &Input) -> Declared {
    let is_required = input.default.is_none() && input.kind != InputKind::Boolean;
    Declared { name: name.to_owned(), kind: input.kind, is_required }
}

fn input_of_file(name: &str, input: &Yaml) -> Declared {
    let kind = match input.get("type").and_then(Yaml::as_str) {
        Some("boolean") => InputKind::Boolean,
        Some("number") => InputKind::Number,
        _ => InputKind::String,
    };
    let is_required = is_true(input, "required") && input.get("default").is_none();
    Declared { name: name.to_owned(), kind, is_required }
}

fn is_true(table: &Yaml, key: &str) -> bool {
    table.get(key).and_then(Yaml::as_bool) == Some(true)
}

fn entries(table: Option<&Yaml>) -> impl Iterator<Item = (&str, &Yaml)> {
    let entries = table.and_then(Yaml::as_mapping).into_iter().flatten();
    entries.filter_map(|(name, entry)| Some((name.as_str()?, entry)))
}

/// Returns whether a workflow reads a secret without a default.
pub(crate) fn requires(definition: &Definition, workflow: &Workflow, secret: &str) -> bool {
    let is_it =
        |value: &ExternalValue| value.secret && value.default.is_none() && value.name.eq_ignore_ascii_case(secret);
    workflow.jobs.values().any(|job| {
        let services = job.services.iter().filter_map(|name| definition.services.get(name));
        let env = services.flat_map(|service| service.env.values());
        let container = job.container.iter().flat_map(|container| {
            let login = container.credentials.iter().flat_map(|login| [&login.username, &login.password]);
            container.env.values().chain(login)
        });
        values(job).flat_map(RunValue::externals).any(is_it)
            || container.filter_map(|value| value.external()).any(is_it)
            || env.filter_map(|value| value.external()).any(is_it)
            || job.secrets.values().any(is_it)
    })
}

/// Every value of a job that a run decides.
pub(super) fn values(job: &Job) -> impl Iterator<Item = &RunValue> {
    let steps = job.steps.iter().flat_map(|step| step.env.values().chain(step.with.values()));
    job.env.values().chain(steps).chain(job.with.values().filter_map(|value| value.run_value()))
}

impl<'a> Call<'a> {
    /// The call of a job, where it is one.
    pub(super) fn of(scope: &Scope<'a>, job: &'a Job) -> Option<Self> {
        let uses = job.uses.as_deref()?;
        let found = find(scope, uses);
        let (target, interface) = match found {
            Ok((target, interface)) => (Ok(target), interface),
            Err(wrong) => (Err(wrong), None),
        };
        Some(Self { uses, target, interface })
    }
}

type Found = (Target, Option<Interface>);

fn find(scope: &Scope<'_>, uses: &str) -> Result<Found, (String, String)> {
    if let Some((name, version)) = uses.split_once('@') {
        let message = format!("the commit of a workflow is in `pipeline.lock`, and `@{version}` is one");
        return Err((message, format!("write `uses = \"{name}\"`")));
    }
    let wrong = || {
        let help = "write `\"./.github/workflows/<file>.yml\"`, or `\"owner/repository/.github/workflows/<file>.yml\"`";
        (format!("`{uses}` is not the name of a workflow"), help.to_owned())
    };
    let (front, file) = uses.split_once(".github/workflows/").ok_or_else(wrong)?;
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_file = [".yml", ".yaml"].iter().any(|end| file.len() > end.len() && file.ends_with(end));
    if !is_word(file) || !is_file {
        return Err(wrong());
    }
    if front == "./" {
        return local(scope, file);
    }
    let parts: Vec<&str> = front.split('/').collect();
    match parts.as_slice() {
        [owner, repository, ""] if is_word(owner) && is_word(repository) => Ok((Target::Remote, None)),
        _ => Err(wrong()),
    }
}

fn local(scope: &Scope<'_>, file: &str) -> Result<Found, (String, String)> {
    let definition = scope.definition;
    if let Some((name, workflow)) = definition.workflows.iter().find(|(name, _)| scope.names.file(name) == file) {
        if !workflow.on.call.allowed {
            let message = format!("the workflow `{name}` cannot be called");
            return Err((message, format!("add `call = true` to `on` of `[workflows.{name}]`")));
        }
        return Ok((Target::Custom(file.to_owned()), Some(Interface::of_custom(definition, workflow))));
    }
    let suites = definition.suites.keys().map(|suite| format!("{suite}-integration"));
    let mut generated = OWN_WORKFLOWS.iter().map(ToString::to_string).chain(suites);
    if let Some(name) = generated.find(|name| scope.names.file(name) == file)
        && (name != DEPLOY || !definition.environments.is_empty())
    {
        let message = format!("`{file}` is generated, and custom jobs do not call it");
        return Err((message, "write `needs = [\"ci\"]` in a custom workflow to run `ci.yml` first".to_owned()));
    }
    let path = format!("{WORKFLOWS}/{file}");
    let text = scope.sources.tree.read(&path).ok_or_else(|| {
        let help = "create it with `on: workflow_call`, or write the workflow as `[workflows.<name>]` with `on.call`";
        (format!("there is no `{path}` in the repository"), help.to_owned())
    })?;
    let read: Yaml = serde_yaml::from_str(&text)
        .map_err(|error| (format!("`{path}` is not readable: {error}"), "correct the file".to_owned()))?;
    let interface = Interface::of_file(&read)
        .ok_or_else(|| (format!("`{path}` cannot be called"), "add `workflow_call:` to its `on`".to_owned()))?;
    Ok((Target::Written(file.to_owned()), Some(interface)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_file_declares() {
        let read = |text: &str| Interface::of_file(&serde_yaml::from_str(text).expect("YAML"));
        assert_eq!(read("on: push\njobs: {}\n"), None);
        assert_eq!(read("on: [push, workflow_call]\njobs: {}\n"), Some(Interface::default()));
        let text = "\
on:
  workflow_call:
    inputs:
      level: {type: string, required: true}
      strict: {type: boolean, required: true, default: false}
      limit: {type: number}
    secrets:
      TOKEN: {required: true}
      OTHER: {}
    outputs:
      version: {value: x}
permissions: {contents: read, packages: read}
jobs:
  a: {permissions: {packages: write, issues: none}}
  b: {}
";
        let interface = read(text).expect("it can be called");
        let inputs = interface.inputs.iter().map(|it| (it.name.as_str(), it.kind, it.is_required));
        assert_eq!(
            inputs.collect::<Vec<_>>(),
            [
                ("level", InputKind::String, true),
                ("strict", InputKind::Boolean, false),
                ("limit", InputKind::Number, false),
            ]
        );
        assert_eq!(interface.secrets, [("TOKEN".to_owned(), true), ("OTHER".to_owned(), false)]);
        assert_eq!(interface.outputs, ["version"]);
        let permissions: Vec<_> =
            interface.permissions.iter().map(|(scope, access)| (scope.as_str(), *access)).collect();
        assert_eq!(permissions, [("packages", Access::Write), ("contents", Access::Read)]);
        assert!(!interface.asks_everything);
        assert!(read("on: workflow_call\njobs: {a: {permissions: write-all}}\n").expect("one").asks_everything);
    }
}
