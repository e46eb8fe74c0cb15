//! A machine is one that GitHub has, and stays the same.

use super::check::{Check, Subject};
use super::support::walk;
use crate::catalogue::runners::{RUNNERS, Status, runner};
use crate::definition::RunsOn;
use crate::diagnostics::{Code, Diagnostic, closest};

pub(crate) struct RunnerLabel;

const CODE: Code = Code("runner-label");

impl Check for RunnerLabel {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/runner-label.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        walk::machines(subject.definition, &mut |at, _, runs_on| {
            let (labels, hosted) = match runs_on {
                RunsOn::Axis(axis) => (&axis.values, true),
                RunsOn::Labels { labels, .. } => (labels, labels.len() == 1),
            };
            for label in labels {
                let Some(known) = runner(label) else {
                    // An owner may choose any label; one that is nearly GitHub's own is a slip.
                    if hosted && let Some(near) = slip(label) {
                        let message = format!("GitHub has no machine `{label}`");
                        found.push(Diagnostic::warning(CODE, at.at(), message).help(format!("did you mean `{near}`?")));
                    }
                    continue;
                };
                match known.status {
                    Status::Current => {}
                    Status::Moving => {
                        let message = format!("`{label}` becomes another system without a commit");
                        let help = format!("name the one that you mean, as in `\"{}\"`", known.os.current());
                        found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
                    }
                    Status::Ending { on } => {
                        let message = format!("GitHub takes `{label}` away on {on}");
                        let help = format!("move to `\"{}\"`", known.os.current());
                        found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
                    }
                    Status::Gone { since } => {
                        let message = format!("`{label}` is gone since {since}: the job would never start");
                        let help = format!("write `\"{}\"`", known.os.current());
                        found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                    }
                }
            }
        });
    }
}

/// The label of GitHub's own that was meant, where a label has its form: a system and a version.
fn slip(label: &str) -> Option<&'static str> {
    let (system, version) = label.split_once('-')?;
    closest(&system.to_ascii_lowercase(), ["ubuntu", "macos", "windows"])?;
    let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let current = RUNNERS.iter().filter(|runner| runner.status == Status::Current).map(|runner| runner.label);
    if is_version { closest(label, current) } else { None }
}
