//! A job calls a workflow that can be called, and gives it what it declares.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::definition::{Access, CallValue, InputKind, RunValue};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::resolve::{Call, Interface, Job, Pipeline, Target, names};

pub(crate) struct CalledWorkflow;

const CODE: Code = Code("called-workflow");

impl Check for CalledWorkflow {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/called-workflow.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let pipeline = subject.pipeline;
        let ci = pipeline.names.file(names::CI);
        let table = ROOT.key("jobs");
        for job in &pipeline.jobs {
            one(&table.key(job.name), job, &ci, pipeline, found);
        }
        let table = ROOT.key("workflows");
        for workflow in &pipeline.workflows {
            let at = table.key(workflow.name);
            let jobs = at.key("jobs");
            let file = pipeline.names.file(workflow.name);
            for job in &workflow.jobs {
                one(&jobs.key(job.name), job, &file, pipeline, found);
            }
        }
    }
}

/// Checks the call of a job in the workflow of this file.
fn one(at: &Trail<'_>, job: &Job<'_>, file: &str, pipeline: &Pipeline<'_>, found: &mut Vec<Diagnostic>) {
    let Some(call) = &job.call else { return };
    let uses = at.key("uses");
    match &call.target {
        Err((message, help)) => found.push(Diagnostic::error(CODE, uses.at(), message).help(help)),
        Ok(Target::Custom(callee)) if reaches(callee, file, pipeline) => {
            let message = format!("`{file}` calls itself, by `{callee}`");
            let help = "call another workflow, or move the jobs that both run to a third one";
            found.push(Diagnostic::error(CODE, uses.at(), message).help(help));
        }
        Ok(_) => {}
    }
    secrets_named(at, job, found);
    let Some(interface) = &call.interface else { return };
    inputs(at, job, call, interface, found);
    secrets(at, job, call, interface, found);
    permissions(at, job, call, interface, found);
}

/// Returns whether a workflow is this one, or calls it.
fn reaches(from: &str, file: &str, pipeline: &Pipeline<'_>) -> bool {
    let ci = pipeline.names.file(names::CI);
    let mut open = vec![from.to_owned()];
    let mut seen: Vec<String> = Vec::new();
    while let Some(next) = open.pop() {
        if next == file {
            return true;
        }
        if seen.contains(&next) {
            continue;
        }
        let workflow = pipeline.workflows.iter().find(|workflow| pipeline.names.file(workflow.name) == next);
        let jobs =
            if next == ci { pipeline.jobs.as_slice() } else { workflow.map_or(&[][..], |it| it.jobs.as_slice()) };
        open.extend(jobs.iter().filter_map(|job| match &job.call.as_ref()?.target {
            Ok(Target::Custom(callee)) => Some(callee.clone()),
            _ => None,
        }));
        open.extend(workflow.filter(|workflow| workflow.needs_ci()).map(|_| ci.clone()));
        seen.push(next);
    }
    false
}

fn inputs(at: &Trail<'_>, job: &Job<'_>, call: &Call<'_>, interface: &Interface, found: &mut Vec<Diagnostic>) {
    let with = at.key("with");
    for (name, value) in &job.written.with {
        let place = with.key(name);
        let Some(input) = interface.input(name) else {
            let message = format!("`{}` has no input `{name}`", call.uses);
            let help = if interface.inputs.is_empty() {
                "remove it: the workflow has no inputs".to_owned()
            } else {
                did_you_mean(name, interface.inputs.iter().map(|input| input.name.as_str()))
            };
            found.push(Diagnostic::error(CODE, place.at().key(), message).help(help));
            continue;
        };
        let (expected, example) = match input.kind {
            InputKind::String => ("a string", "\"…\""),
            InputKind::Boolean => ("a boolean", "true"),
            InputKind::Number => ("a number", "5"),
        };
        let is_right = match value {
            CallValue::Boolean(_) => input.kind == InputKind::Boolean,
            CallValue::Number(_) => input.kind == InputKind::Number,
            CallValue::Run(RunValue::Joined(_)) => input.kind == InputKind::String,
            CallValue::Run(value) => input.kind == InputKind::String || value.literal().is_none(),
        };
        if !is_right {
            let message = format!("expected {expected} for the input `{name}` of `{}`", call.uses);
            let help = format!("write `{name} = {example}`");
            found.push(Diagnostic::error(CODE, place.at(), message).help(help));
        }
    }
    let given = |name: &str| job.written.with.keys().any(|given| given.eq_ignore_ascii_case(name));
    for input in interface.inputs.iter().filter(|input| input.is_required && !given(&input.name)) {
        let message = format!("`{}` needs the input `{}`", call.uses, input.name);
        let example = match input.kind {
            InputKind::String => "\"…\"",
            InputKind::Boolean => "true",
            InputKind::Number => "5",
        };
        let help = format!("add `with = {{ {} = {example} }}`", input.name);
        found.push(Diagnostic::error(CODE, at.key("uses").at(), message).help(help));
    }
}

/// Only secrets are secrets, and only `secrets` hands them over.
fn secrets_named(at: &Trail<'_>, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    let table = at.key("secrets");
    for (name, value) in job.written.secrets.iter().filter(|(_, value)| !value.secret) {
        let message = format!("`{}` is a variable, which is no secret", value.name);
        let help = format!("write `{name} = {{ secret = \"{}\" }}`, or hand it over by `with`", value.name);
        found.push(Diagnostic::error(CODE, table.key(name).at(), message).help(help));
    }
    let table = at.key("with");
    for (name, value) in &job.written.with {
        if let Some(secret) = value.run_value().and_then(|value| value.externals().find(|value| value.secret)) {
            let message = format!("an input is not masked, and `{}` is a secret", secret.name);
            let help = format!("hand it over by `secrets = {{ {0} = {{ secret = \"{0}\" }} }}`", secret.name);
            found.push(Diagnostic::error(CODE, table.key(name).at(), message).help(help));
        }
    }
}

fn secrets(at: &Trail<'_>, job: &Job<'_>, call: &Call<'_>, interface: &Interface, found: &mut Vec<Diagnostic>) {
    let table = at.key("secrets");
    let given = &job.written.secrets;
    for name in given.keys().filter(|name| !interface.secrets.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)))
    {
        let message = format!("`{}` has no secret `{name}`", call.uses);
        let help = if interface.secrets.is_empty() {
            "remove it: the workflow declares no secrets".to_owned()
        } else {
            did_you_mean(name, interface.secrets.iter().map(|(name, _)| name.as_str()))
        };
        found.push(Diagnostic::error(CODE, table.key(name).at().key(), message).help(help));
    }
    for (name, _) in interface.secrets.iter().filter(|(_, is_required)| *is_required) {
        if !given.keys().any(|given| given.eq_ignore_ascii_case(name)) {
            let message = format!("`{}` needs the secret `{name}`", call.uses);
            let help = format!("add `secrets = {{ {name} = {{ secret = \"{name}\" }} }}`");
            found.push(Diagnostic::error(CODE, at.key("uses").at(), message).help(help));
        }
    }
}

/// GitHub refuses a workflow whose called workflow asks for more than the job has.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations>, `GITHUB_TOKEN`
/// permissions.
fn permissions(at: &Trail<'_>, job: &Job<'_>, call: &Call<'_>, interface: &Interface, found: &mut Vec<Diagnostic>) {
    let place = || at.key("uses").at();
    if interface.asks_everything {
        let message = format!("`{}` asks for all permissions, which no job is granted", call.uses);
        let help = "list the permissions in that file, as in `permissions: {contents: read}`";
        found.push(Diagnostic::error(CODE, place(), message).help(help));
    }
    for (scope, access) in &interface.permissions {
        let granted = job.written.permissions.get(scope).copied();
        let is_default = scope == "contents" && *access == Access::Read;
        let is_enough = is_default || granted.is_some_and(|own| own == Access::Write || *access == Access::Read);
        if !is_enough {
            let word = if *access == Access::Write { "write" } else { "read" };
            let message = format!("`{}` asks for `{scope}: {word}`, which the job is not granted", call.uses);
            let help = format!("add `permissions = {{ {scope} = \"{word}\" }}`");
            found.push(Diagnostic::error(CODE, place(), message).help(help));
        }
    }
}
