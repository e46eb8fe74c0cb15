//! A value that a run decides exists where it is read.

use super::check::{Check, Subject};
use super::support::run_values::{self, Reader};
use super::support::walk::Trail;
use crate::definition::{self, Name, Output, RunValue as Written, Table};
use crate::diagnostics::{Code, Diagnostic, did_you_mean, listed};
use crate::resolve::outputs::{self, Unset};

pub(crate) struct RunValue;

const CODE: Code = Code("run-value");

impl Check for RunValue {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/run-value.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        run_values::all(subject.pipeline, &mut |at, reader, value| {
            let list = matches!(value, Written::Joined(_));
            if list && let Some(input) = reader.input.filter(|input| !is_name(input)) {
                let message = format!("a list is joined with `-`, and `{input}` is not a name");
                let help = "write one string: a text of several lines is written between `\"\"\"`";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
            for (index, part) in value.parts().iter().enumerate() {
                let place = if list { at.index(index) } else { *at };
                found.extend(code(&place, reader, part));
                found.extend(match part {
                    Written::Plain(_) | Written::Github(_) | Written::Joined(_) => None,
                    Written::Matrix(key) => matrix(&place, reader, key),
                    Written::Input(name) => input(&place, reader, name),
                    Written::Output(name) => output(&place, reader, name),
                });
            }
        });
    }
}

/// Ends of the inputs of actions that take a name.
const NAMES: [&str; 6] = ["name", "key", "keys", "prefix", "pattern", "tag"];

fn is_name(input: &str) -> bool {
    let last = input.rsplit(['-', '_']).next().unwrap_or_default();
    NAMES.contains(&last.to_ascii_lowercase().as_str())
}

/// Inputs of actions that are run as code.
///
/// Source: <https://github.com/zizmorcore/zizmor/blob/main/crates/zizmor/src/audit/template_injection.rs>, and the
/// sinks of `CodeQL` that it reads.
const CODE_INPUTS: [&str; 9] =
    ["script", "inlinescript", "inline-script", "run", "cmd", "command", "commands", "eval", "code"];

/// No value becomes code: an action that runs an input as a script gets a literal there.
fn code(at: &Trail<'_>, reader: &Reader<'_>, value: &Written) -> Option<Diagnostic> {
    let input = reader.input.filter(|input| CODE_INPUTS.contains(&input.to_ascii_lowercase().as_str()))?;
    if value.literal().is_some() {
        return None;
    }
    let message = format!("`{input}` is run as code, and a value must not become code");
    Some(Diagnostic::error(CODE, at.at(), message).help("hand it over by `env`, and read the variable in the script"))
}

fn matrix(at: &Trail<'_>, reader: &Reader<'_>, key: &Name) -> Option<Diagnostic> {
    if reader.keys.iter().any(|known| *known == key.as_str()) {
        return None;
    }
    let message = format!("the job has no matrix with a key `{key}`");
    let help = match (reader.keys.is_empty(), reader.jobs) {
        (false, _) => did_you_mean(key, reader.keys.iter().copied()),
        (true, Some(_)) => format!("add `matrix = {{ {key} = [\"…\", \"…\"] }}` to the job"),
        (true, None) => "write the value itself: these steps run in jobs without a matrix".to_owned(),
    };
    Some(Diagnostic::error(CODE, at.at(), message).help(help))
}

fn input(at: &Trail<'_>, reader: &Reader<'_>, name: &Name) -> Option<Diagnostic> {
    let Some(inputs) = &reader.inputs else {
        let message = format!("there is no input `{name}`: only workflows of `[workflows]` have inputs");
        return Some(
            Diagnostic::error(CODE, at.at(), message).help("move the job to a workflow with `on.manual.inputs`"),
        );
    };
    if inputs.contains(&name.as_str()) {
        return None;
    }
    let message = format!("the workflow has no input `{name}`");
    let help = if inputs.is_empty() {
        format!("declare it: `on.manual = {{ inputs = {{ {name} = {{}} }} }}`")
    } else {
        did_you_mean(name, inputs.iter().copied())
    };
    Some(Diagnostic::error(CODE, at.at(), message).help(help))
}

fn output(at: &Trail<'_>, reader: &Reader<'_>, output: &Output) -> Option<Diagnostic> {
    let from = &output.from;
    let wrong = |message: String, help: String| Some(Diagnostic::error(CODE, at.at(), message).help(help));
    if let Some((jobs, needs)) = reader.jobs
        && needs.contains(from)
    {
        let (message, help) = match reader.calls.iter().find(|(name, _)| *name == from.as_str()) {
            Some((_, known)) => of_call(jobs, *known, output)?,
            None => of_job(jobs, output)?,
        };
        return wrong(message, help);
    }
    let above = reader.steps.iter().take(reader.above);
    if let Some(step) = above.clone().find(|step| step.id.as_ref() == Some(from)) {
        if output.step.is_some() {
            return wrong(
                format!("`{from}` is a step, and a step has no steps"),
                format!("write `\"{from}.{}\"`", output.name),
            );
        }
        let not_set = outputs::sets(step, &output.name) == Some(false);
        return if not_set {
            wrong(format!("the step `{from}` sets no output `{}`", output.name), set(output))
        } else {
            None
        };
    }
    if reader.steps.iter().skip(reader.above).any(|step| step.id.as_ref() == Some(from)) {
        return wrong(
            format!("the step `{from}` has not run yet when this is read"),
            "move it above, or read its output in a later step".to_owned(),
        );
    }
    if let Some((jobs, _)) = reader.jobs
        && jobs.contains_key(from)
    {
        return wrong(format!("the job does not wait for `{from}`"), format!("add `needs = [\"{from}\"]`"));
    }
    let ids = above.filter_map(|step| step.id.as_deref());
    let known: Vec<&str> = ids.chain(reader.jobs.into_iter().flat_map(|(_, needs)| needs).map(Name::as_str)).collect();
    let help = if known.is_empty() {
        format!("give the step that sets it the key `id = \"{from}\"`")
    } else {
        did_you_mean(from, known)
    };
    wrong(format!("there is no step `{from}` above, and no job `{from}` in `needs`"), help)
}

fn set(output: &Output) -> String {
    format!("let it run `echo \"{}=…\" >> \"$GITHUB_OUTPUT\"`", output.name)
}

fn of_matrix(output: &Output) -> (String, String) {
    let message = format!("`{}` has a matrix, so the last of its jobs would decide the output", output.from);
    (message, "upload an artifact in each job, with the keys of the matrix in its name".to_owned())
}

/// Message and help for an output that a called workflow does not have.
fn of_call(jobs: &Table<definition::Job>, known: Option<&[String]>, output: &Output) -> Option<(String, String)> {
    let (from, name) = (&output.from, &output.name);
    if jobs.get(from).is_some_and(|job| job.matrix.is_some()) {
        return Some(of_matrix(output));
    }
    if output.step.is_some() {
        let message = format!("`{from}` calls a workflow, and the steps of that are not known here");
        return Some((message, format!("write `\"{from}.{name}\"`, and declare it in the outputs of the workflow")));
    }
    let known = known.filter(|known| !known.iter().any(|known| known.eq_ignore_ascii_case(name)))?;
    let help = if known.is_empty() {
        "declare it in the outputs of that workflow".to_owned()
    } else {
        did_you_mean(name, known.iter().map(String::as_str))
    };
    Some((format!("the workflow that `{from}` calls has no output `{name}`"), help))
}

/// Message and help for an output that a needed job does not have.
fn of_job(jobs: &Table<definition::Job>, output: &Output) -> Option<(String, String)> {
    let (from, name) = (&output.from, &output.name);
    let Some(job) = jobs.get(from) else {
        let message = format!("`{from}` is a job that is generated, and has no outputs");
        return Some((message, "read outputs of jobs in `[jobs]`".to_owned()));
    };
    if job.matrix.is_some() {
        return Some(of_matrix(output));
    }
    match outputs::setting(job, output).err()? {
        Unset::WithoutId => {
            Some((format!("no step of `{from}` has an `id`"), "add `id` to the step that sets the output".to_owned()))
        }
        Unset::UnknownStep(step) => {
            let ids = job.steps.iter().filter_map(|step| step.id.as_deref());
            Some((format!("`{from}` has no step `{step}`"), did_you_mean(step, ids)))
        }
        Unset::Unclear(steps) => {
            let forms: Vec<String> = steps.iter().map(|step| format!("\"{from}.{step}.{name}\"")).collect();
            let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
            Some((format!("several steps of `{from}` may set `{name}`"), format!("write one of {}", listed(&forms))))
        }
        Unset::NotSet(step) => Some((format!("the step `{step}` of `{from}` sets no output `{name}`"), set(output))),
    }
}
