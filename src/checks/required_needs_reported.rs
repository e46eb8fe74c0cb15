//! A job that is required for merging does not wait for one whose failure is only reported.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries, items};
use crate::definition::{Definition, Merge};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct RequiredNeedsReported;

const CODE: Code = Code("required-needs-reported");

impl Check for RequiredNeedsReported {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/required-needs-reported.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "jobs", &definition.jobs, &mut |at, name, job| {
            if job.merge == Merge::Reported {
                return;
            }
            items(at, "needs", &job.needs, &mut |at, need| {
                if let Some(table) = reported(definition, need) {
                    let message = format!("`{name}` is required, but waits for `{need}`, which is only reported");
                    let help =
                        format!("write `merge = \"reported\"` in `[jobs.{name}]`, or remove it from `[{table}]`");
                    found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                }
            });
        });
    }
}

/// Returns the table of a job of `ci.yml` whose failure is only reported.
fn reported(definition: &Definition, id: &str) -> Option<String> {
    let own = definition.jobs.get(id).map(|job| (job.merge, format!("jobs.{id}")));
    let suite = || {
        let name = id.strip_prefix("suite-")?;
        definition.suites.get(name).map(|suite| (suite.merge, format!("suites.{name}")))
    };
    own.or_else(suite).filter(|(merge, _)| *merge == Merge::Reported).map(|(_, table)| table)
}
