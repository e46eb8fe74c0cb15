//! No two artifacts of a run have the same name, whichever attempt and whichever job of a matrix uploads them.

use super::set::{Used, strategy, telling_axes};
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::{Axis, Cell, Github, Property, Step, Value, When};

pub(crate) struct ArtifactName;

impl Rule for ArtifactName {
    fn code(&self) -> Code {
        Code("artifact-name")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/artifact-name.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let uploads: Vec<&Used<'_>> = set.actions.iter().filter(|used| used.is("actions/upload-artifact")).collect();
        for used in &uploads {
            self.characters(used, found);
            self.matrix(used, found);
            // GitHub takes the second of them; names made by lowering also differ.
            let is_told_apart =
                used.is_given("overwrite", "true") || name(used).reads(&Property::Github(Github::RunAttempt));
            if !is_told_apart && !used.is_written_by_the_user() {
                let message = format!("the artifact `{}` has the same name in every attempt of a run", name(used));
                found.push(Diagnostic::error(self.code(), used.at_input("name"), message).help(FAULT));
            }
        }
        let mut told: Vec<(*const Step, *const Step)> = Vec::new();
        for root in set.workflows {
            let run = set.run_of(root);
            let in_run = |used: &&&Used<'_>| run.iter().any(|(workflow, _)| std::ptr::eq(*workflow, used.workflow));
            let of_run: Vec<&&Used<'_>> = uploads.iter().filter(in_run).collect();
            for (index, used) in of_run.iter().enumerate() {
                let Some(before) = of_run.iter().take(index).find(|before| name(before) == name(used)) else {
                    continue;
                };
                let pair: (*const Step, *const Step) = (before.step, used.step);
                if !told.contains(&pair) {
                    told.push(pair);
                    let message = format!("two steps of one run upload an artifact `{}`", name(used));
                    found.push(
                        Diagnostic::error(self.code(), used.at_input("name"), message)
                            .related(before.step.origin.clone(), "the other is made here")
                            .help("give each its own name"),
                    );
                }
            }
        }
    }
}

impl ArtifactName {
    fn matrix(&self, used: &Used<'_>, found: &mut Vec<Diagnostic>) {
        let condition = used.step.condition.as_ref();
        let cells = strategy(used.job).map(|strategy| strategy.cells.as_slice()).unwrap_or_default();
        if !cells.is_empty() {
            self.cells(used, cells, found);
            return;
        }
        for axis in telling_axes(used.job) {
            if !name(used).reads(&Property::Matrix(axis.to_owned()))
                && !condition.is_some_and(|condition| pins(condition, axis))
            {
                let message = format!(
                    "the artifact `{}` has the same name for every `{axis}` of the job `{}`",
                    name(used),
                    used.job.id
                );
                let help = format!(
                    "write `name = [\"…\", {{ matrix = \"{axis}\" }}]`, which joins them with `-`, or upload it in a job without \
                     a matrix"
                );
                found.push(Diagnostic::error(self.code(), used.at_input("name"), message).help(help));
            }
        }
    }

    /// Jobs of a matrix whose names are the same.
    fn cells(&self, used: &Used<'_>, cells: &[Cell], found: &mut Vec<Diagnostic>) {
        let name = name(used);
        let read: Vec<&str> = name
            .properties()
            .into_iter()
            .filter_map(|property| if let Property::Matrix(key) = property { Some(key.as_str()) } else { None })
            .collect();
        let values = |cell: &Cell| {
            let value = |key: &&str| cell.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
            read.iter().map(value).collect::<Vec<_>>()
        };
        let twice = cells
            .iter()
            .enumerate()
            .find(|(index, cell)| cells.iter().take(*index).any(|before| values(before) == values(cell)));
        if let Some((_, cell)) = twice {
            let shown: Vec<String> = cell.iter().map(|(key, value)| format!("`{key} = \"{value}\"`")).collect();
            let message = format!(
                "the artifact `{name}` of the job `{}` has the same name for {} and for another job of the matrix",
                used.job.id,
                shown.join(", ")
            );
            let help = "add keys of the matrix to the name, as in `name = [\"…\", { matrix = \"os\" }]`";
            found.push(Diagnostic::error(self.code(), used.at_input("name"), message).help(help));
        }
    }

    /// Literal parts of a name, and parts that come from an axis.
    fn characters(&self, used: &Used<'_>, found: &mut Vec<Diagnostic>) {
        let name = name(used);
        let written = name.texts().into_iter();
        let axes = strategy(used.job).into_iter().flat_map(|strategy| &strategy.axes);
        let by_axis = axes
            .filter(|(axis, _)| name.reads(&Property::Matrix(axis.clone())))
            .filter_map(|(_, axis)| if let Axis::Texts(texts) = axis { Some(texts) } else { None })
            .flatten()
            .map(String::as_str);
        if let Some(text) = written.chain(by_axis).find(|text| text.contains(REFUSED)) {
            let message = format!("the name of an artifact holds `{text}`");
            let help = "none of `\"`, `:`, `<`, `>`, `|`, `*`, `?`, `\\` and `/` is allowed in the name of an artifact";
            found.push(Diagnostic::error(self.code(), used.at_input("name"), message).help(help));
        }
    }
}

/// Source: <https://github.com/actions/toolkit/tree/main/packages/artifact>, its validation of paths and names.
const REFUSED: [char; 11] = ['"', ':', '<', '>', '|', '*', '?', '\\', '/', '\r', '\n'];

fn name(used: &Used<'_>) -> Value {
    used.input("name").cloned().unwrap_or_else(|| "artifact".into())
}

/// Returns whether a condition holds for one value of an axis alone.
fn pins(condition: &When, axis: &str) -> bool {
    let is_axis = |value: &Value| matches!(value, Value::Property(Property::Matrix(name)) if name == axis);
    match condition {
        When::All(parts) => parts.iter().any(|part| pins(part, axis)),
        When::Equal(one, other) => is_axis(one) || is_axis(other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{
        all_break, all_pass, breaks, call, called, clean, matrix, passes, second_job, steps, upload,
    };
    use crate::workflow::{Github, Value, When};

    fn of_attempt(name: impl Into<Value>) -> Value {
        name.into() + "-" + Github::RunAttempt
    }

    #[test]
    fn a_name_without_the_attempt() {
        let mut workflow = clean();
        steps(&mut workflow).push(upload(of_attempt("record")));
        passes(&workflow);
        let mut workflow = clean();
        steps(&mut workflow).push(upload("record"));
        breaks("artifact-name", &workflow);
        let last = steps(&mut workflow).last_mut().expect("there is one");
        last.origin = crate::at!["jobs", "build", "steps", 2];
        passes(&workflow);
    }

    #[test]
    fn a_name_without_an_axis() {
        let mut workflow = clean();
        matrix(&mut workflow, "version", &["3.11", "3.12"]);
        matrix(&mut workflow, "os", &["ubuntu-24.04"]);
        steps(&mut workflow).push(upload(of_attempt(Value::from("record_") + Value::matrix("version"))));
        passes(&workflow);
        steps(&mut workflow).push(upload(of_attempt("coverage")));
        breaks("artifact-name", &workflow);
        let last = steps(&mut workflow).last_mut().expect("there is one");
        last.condition = Some(When::not_cancelled().and(Value::matrix("version").is("3.12")));
        passes(&workflow);
        let last = steps(&mut workflow).last_mut().expect("there is one");
        last.condition = Some(Value::matrix("version").is("3.12").or(Value::matrix("version").is("3.11")));
        breaks("artifact-name", &workflow);
    }

    #[test]
    fn the_same_name_in_two_jobs_of_a_run() {
        let mut workflow = clean();
        steps(&mut workflow).push(upload(of_attempt("record")));
        let mut other = workflow.clone();
        other.jobs[0].id = "other".to_owned();
        let mut both = workflow.clone();
        second_job(&mut both);
        both.jobs[1] = other.jobs[0].clone();
        assert_eq!(breaks("artifact-name", &both).len(), 1);

        let mut callee = called("suite.yml");
        callee.jobs[0] = other.jobs[0].clone();
        all_pass(&[workflow.clone(), callee.clone()]);
        workflow.jobs.push(call("suite", "suite.yml"));
        assert_eq!(all_break("artifact-name", &[workflow, callee]).len(), 1);
    }

    #[test]
    fn characters_that_no_name_may_hold() {
        let mut workflow = clean();
        steps(&mut workflow).push(upload(of_attempt("a/b")));
        breaks("artifact-name", &workflow);
        let mut workflow = clean();
        matrix(&mut workflow, "version", &["lts/jod", "24"]);
        steps(&mut workflow).push(upload(of_attempt(Value::from("record_") + Value::matrix("version"))));
        breaks("artifact-name", &workflow);
    }
}
