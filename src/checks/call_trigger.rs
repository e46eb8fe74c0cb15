//! A custom workflow declares for its callers what GitHub can hand over.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Input, InputKind, Name, RunValue, Table, Workflow};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct CallTrigger;

const CODE: Code = Code("call-trigger");

impl Check for CallTrigger {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/call-trigger.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "workflows", &subject.definition.workflows, &mut |at, _, workflow| {
            let on = at.key("on");
            let call = on.key("call");
            entries(&call, "inputs", &workflow.on.call.inputs, &mut |at, name, own| {
                input(at, name, own, workflow, found);
            });
            secrets(&call, workflow, found);
            both(&on, workflow, found);
            entries(&call, "outputs", &workflow.on.call.outputs, &mut |at, _, value| {
                if !matches!(value, RunValue::Output(_)) {
                    let message = "an output for a caller is an output of a job";
                    let help = "write `{ output = \"job.name\" }`";
                    found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                }
            });
        });
    }
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_callinputsinput_idtype>.
fn input(at: &Trail<'_>, name: &Name, input: &Input, workflow: &Workflow, found: &mut Vec<Diagnostic>) {
    if !input.options.is_empty() {
        let message = "`options` are for the form of a manual start: GitHub checks none in a call";
        let help = "remove them, and check the value in a step";
        found.push(Diagnostic::error(CODE, at.key("options").at(), message).help(help));
    }
    let default = input.default.as_deref();
    let wrong = match input.kind {
        InputKind::String => None,
        InputKind::Boolean => {
            default.filter(|text| !["true", "false"].contains(text)).map(|_| "write `\"true\"` or `\"false\"`")
        }
        InputKind::Number => default.filter(|text| text.parse::<f64>().is_err()).map(|_| "write a number"),
    };
    if let Some(help) = wrong {
        let kind = if input.kind == InputKind::Boolean { "boolean" } else { "number" };
        let message = format!("`{}` is not a {kind}", default.unwrap_or_default());
        found.push(Diagnostic::error(CODE, at.key("default").at(), message).help(help));
    }
    if let Some(manual) = workflow.on.manual.inputs.get(name)
        && manual.kind != input.kind
    {
        let message = format!("the input `{name}` has another type in the form of a manual start");
        found.push(Diagnostic::error(CODE, at.at().key(), message).help("give both the same `kind`"));
    }
}

/// Steps read an input by one name, however a run starts.
fn both(on: &Trail<'_>, workflow: &Workflow, found: &mut Vec<Diagnostic>) {
    let (manual, call) = (&workflow.on.manual, &workflow.on.call);
    if !manual.allowed || !call.allowed {
        return;
    }
    let missing = |here: &str, own: &Table<Input>, other: &str, others: &Table<Input>| {
        let at = on.key(here);
        let table = at.key("inputs");
        let alone = own.keys().filter(|name| !others.contains_key(*name));
        let found = alone.map(|name| {
            let message = format!("the input `{name}` is missing in `on.{other}.inputs`, so it would be empty there");
            Diagnostic::error(CODE, table.key(name).at().key(), message).help("declare it in both")
        });
        found.collect::<Vec<_>>()
    };
    found.extend(missing("call", &call.inputs, "manual", &manual.inputs));
    found.extend(missing("manual", &manual.inputs, "call", &call.inputs));
}

fn secrets(at: &Trail<'_>, workflow: &Workflow, found: &mut Vec<Diagnostic>) {
    let table = at.key("secrets");
    let secrets = &workflow.on.call.secrets;
    for (index, name) in secrets.iter().enumerate() {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let (message, help) = if !starts || !name.bytes().all(letters) {
            (format!("`{}` is not a name for a secret", name.escape_debug()), "use upper-case letters, digits and `_`")
        } else if name.to_ascii_uppercase().starts_with("GITHUB_") {
            (format!("`{name}` starts with `GITHUB_`, which GitHub reserves"), "choose another name")
        } else if secrets.iter().take(index).any(|before| before.eq_ignore_ascii_case(name)) {
            (format!("`{name}` is in the list twice"), "write it once")
        } else {
            continue;
        };
        found.push(Diagnostic::error(CODE, table.index(index).at(), message).help(help));
    }
}
