//! Processes that share a service are kept apart.

use super::check::{Check, Subject};
use super::support::pytest::Run;
use super::support::walk::{ROOT, entries};
use crate::definition::{Preset, Service, Workers};
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
        if definition.tests.values().all(|run| run.services.is_empty()) {
            return;
        }
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, run| {
            let runs = subject.pytest().runs.iter();
            let own = runs.clone().find(|it| it.suite.is_none() && it.name == name).and_then(Run::done);
            let configured =
                own.and_then(|own| own.options.last("-n")).filter(|given| !matches!(given.value.trim(), "0" | "1"));
            if (run.workers == Workers::Count(1) && configured.is_none()) || run.isolation.is_some() {
                return;
            }
            let container = |name: &&crate::definition::Name| {
                definition.services.get(*name).is_some_and(|service| {
                    // Django gives every process its own database.
                    let cloned = run.runner == "django" && is_database(service);
                    service.preset != Some(Preset::LancedbEmbedded) && !cloned
                })
            };
            let Some(service) = run.services.iter().find(container) else { return };
            let isolated = own.iter().flat_map(|own| &own.conftests).any(|file| {
                let text = subject.sources.tree.read(file).unwrap_or_default();
                SIGNS.iter().any(|sign| text.contains(sign))
            });
            if !isolated {
                let message = format!("all processes of `{name}` share one `{service}`, and nothing keeps them apart");
                let help = "give each process its own database in `conftest.py` (by pytest-xdist's `worker_id`), or write \
                            `isolation = \"worker\"` or `\"test\"` if that is done elsewhere";
                let diagnostic = Diagnostic::warning(CODE, at.key("workers").at(), message);
                found.push(diagnostic.related(at.key("services").at(), "what is shared").help(help));
            }
        });
    }
}

/// Returns whether Django has a database in it.
///
/// Source: <https://docs.djangoproject.com/en/stable/ref/databases/>.
fn is_database(service: &Service) -> bool {
    let image = service.image.as_deref().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default().split([':', '@']).next().unwrap_or_default();
    ["postgres", "postgis", "pgvector", "mysql", "mariadb"].contains(&name)
}

/// Names by which fixtures distinguish the processes of a job.
///
/// Source: <https://pytest-xdist.readthedocs.io/en/stable/how-to.html>.
const SIGNS: [&str; 3] = ["worker_id", "PYTEST_XDIST_WORKER", "testrun_uid"];
