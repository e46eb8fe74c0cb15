//! Custom jobs that call workflows, and the trigger of custom workflows that are called.

use super::axes::matrix_of;
use super::condition;
use super::context::Context;
use super::steps::{external, grant_asked, output_name, run_value};
use crate::definition::{CallValue, Input, InputKind, Name, RunValue, Triggers as WrittenTriggers};
use crate::resolve::{self, Target, requires};
use crate::trace::Origin;
use crate::workflow::{CallInput, CallSecret, Callee, Job, ManualKind, Pairs, Property, Triggers, Value, When, Work};

/// Returns a custom job that calls a workflow.
pub(super) fn job(
    context: &Context<'_>,
    resolved: &resolve::Job<'_>,
    call: &resolve::Call<'_>,
    on: Option<&WrittenTriggers>,
    name: Value,
    origin: &Origin,
) -> Job {
    let written = resolved.written;
    let mut job = context.job(resolved.name, name, origin.clone(), Vec::new());
    let callee = match &call.target {
        Ok(Target::Custom(file)) => Callee::Generated(file.clone()),
        Ok(Target::Written(file)) => Callee::Written(file.clone()),
        _ => {
            let action = context.action(call.uses, Vec::new(), &origin.clone().then("uses"));
            Callee::Remote(action.name, action.pin)
        }
    };
    if matches!(callee, Callee::Generated(_)) {
        job.permissions.clear();
    }
    grant_asked(written, &mut job.permissions);
    job.needs = written.needs.iter().map(ToString::to_string).collect();
    job.condition = written.when.as_ref().map(condition::when);
    let kind = |name: &str| Some(call.interface.as_ref()?.input(name)?.kind);
    let with = written.with.iter().map(|(name, own)| (name.clone(), input(own, kind(name), on, &written.needs)));
    job.work = Work::Call {
        callee,
        strategy: written.matrix.as_ref().map(|matrix| matrix_of(matrix, &resolved.cells)),
        with: with.collect(),
        secrets: written.secrets.iter().map(|(name, own)| (name.clone(), external(own))).collect(),
    };
    job
}

/// The value of an input. All values of a run are texts but booleans of an input, and GitHub converts none.
fn input(written: &CallValue, kind: Option<InputKind>, on: Option<&WrittenTriggers>, needs: &[Name]) -> Value {
    match written {
        CallValue::Boolean(value) => if *value { When::TRUE } else { When::FALSE }.into(),
        CallValue::Number(number) => Value::Number(*number),
        CallValue::Run(value) => {
            let own = run_value(value, needs);
            let is_text = matches!(kind, None | Some(InputKind::String)) || is_typed(value, kind, on);
            if is_text { own } else { own.from_json() }
        }
    }
}

/// Returns whether a value is an input that has this type already: a number of a form may be a text.
fn is_typed(value: &RunValue, kind: Option<InputKind>, on: Option<&WrittenTriggers>) -> bool {
    let (RunValue::Input(name), Some(on)) = (value, on) else { return false };
    let manual = on.manual.inputs.get(name).map(|input| input.kind);
    let called = on.call.inputs.get(name).map(|input| input.kind);
    match manual {
        Some(InputKind::Number) => false,
        Some(_) => manual == kind,
        None => called == kind,
    }
}

/// Adds the trigger of a workflow that is called.
pub(super) fn trigger(context: &Context<'_>, own: &resolve::Workflow<'_>, on: &mut Triggers) {
    let call = &own.written.on.call;
    if !call.allowed {
        return;
    }
    on.call = Some(call.inputs.iter().map(|(name, input)| call_input(name, input)).collect());
    let definition = context.pipeline.definition;
    let secret = |name: &String| CallSecret { name: name.clone(), required: requires(definition, own.written, name) };
    on.call_secrets = call.secrets.iter().map(secret).collect();
    on.call_outputs = call.outputs.iter().filter_map(output).collect::<Pairs>();
}

fn call_input(name: &Name, input: &Input) -> CallInput {
    let no = (input.kind == InputKind::Boolean).then(|| "false".to_owned());
    CallInput {
        name: name.to_string(),
        description: input.description.clone().unwrap_or_else(|| name.replace('-', " ")),
        kind: input_kind(input),
        default: input.default.clone().or(no),
    }
}

/// An output of a job, for the caller.
fn output((name, value): (&Name, &RunValue)) -> Option<(String, Value)> {
    let RunValue::Output(output) = value else { return None };
    let property = Property::JobOutput(output.from.to_string(), output_name(output));
    Some((name.to_string(), property.into()))
}

/// Returns the type of an input.
pub(super) fn input_kind(input: &Input) -> ManualKind {
    match input.kind {
        _ if !input.options.is_empty() => ManualKind::Choice(input.options.clone()),
        InputKind::String => ManualKind::String,
        InputKind::Boolean => ManualKind::Boolean,
        InputKind::Number => ManualKind::Number,
    }
}
