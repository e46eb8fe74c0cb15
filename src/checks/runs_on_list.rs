//! A list of runner labels is used only for a matrix.

use super::check::{Check, Subject};
use super::support::walk::{self, Machines};
use crate::definition::RunsOn;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct RunsOnList;

const CODE: Code = Code("runs-on-list");

impl Check for RunsOnList {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/runs-on-list.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        walk::machines(subject.definition, &mut |at, machines, runs_on| match runs_on {
            RunsOn::Axis(axis) if machines == Machines::One && axis.is_matrix() => {
                let message = "this runs on one machine, and a list would make a matrix of it";
                let help = "name one label, or write `{ labels = […] }` for a machine that has all of them";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
            RunsOn::Axis(axis) => {
                for (index, label) in axis.values.iter().enumerate() {
                    if axis.values.iter().take(index).any(|before| before == label) {
                        let message = format!("`runs-on` names `{label}` twice");
                        found.push(Diagnostic::error(CODE, at.index(index).at(), message).help("name it once"));
                    }
                }
            }
            RunsOn::Labels { .. } => {}
        });
    }
}
