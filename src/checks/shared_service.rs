//! Processes that share a service are kept apart.

use super::support::pytest;
use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::{Preset, Workers};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SharedService;

const CODE: Code = Code("shared-service");

impl Check for SharedService {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/shared-service.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, run| {
            if run.workers == Workers::Count(1) || run.isolation.is_some() {
                return;
            }
            let container = |name: &&crate::definition::Name| {
                definition.services.get(*name).is_some_and(|service| service.preset != Some(Preset::LancedbEmbedded))
            };
            let Some(service) = run.services.iter().find(container) else { return };
            let component = definition.components.get(&run.component);
            let mut isolated = false;
            if let Some(folder) =
                component.and_then(|it| pytest::folder(subject, it)).filter(|_| run.runner == "pytest")
            {
                pytest::conftests(subject, &folder, run, &mut |_, text| {
                    isolated = SIGNS.iter().any(|sign| text.contains(sign));
                    !isolated
                });
            }
            if !isolated {
                let message = format!("all processes of `{name}` share one `{service}`, and nothing keeps them apart");
                let help = "give each process a database of its own in `conftest.py` (by pytest-xdist's `worker_id`), or write \
                            `isolation = \"worker\"` or `\"test\"` if that is done elsewhere";
                let diagnostic = Diagnostic::warning(CODE, at.key("workers").at(), message);
                found.push(diagnostic.related(at.key("services").at(), "what is shared").help(help));
            }
        });
    }
}

/// What fixtures tell the processes of a job apart by.
///
/// Source: <https://pytest-xdist.readthedocs.io/en/stable/how-to.html>.
const SIGNS: [&str; 3] = ["worker_id", "PYTEST_XDIST_WORKER", "testrun_uid"];
