//! Jobs with services run on Linux.

use super::support::walk::{self, ROOT, Trail, entries};
use super::{Check, Subject};
use crate::catalogue::runners::{Os, runner};
use crate::definition::{Definition, Name, Preset, RunsOn, TestRun};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ServiceNeedsLinux;

const CODE: Code = Code("service-needs-linux");

impl Check for ServiceNeedsLinux {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/service-needs-linux.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let of = |run: &TestRun| definition.components.get(&run.component).and_then(|it| it.runs_on.as_ref());
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| {
            other_system(definition, at, &it.services, it.runs_on.as_ref().or(of(it)), found);
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| {
            let inherited = definition.tests.get(&it.of).and_then(of);
            other_system(definition, at, &it.services, it.runs_on.as_ref().or(inherited), found);
        });
        walk::jobs(definition, &mut |at, _, it| {
            other_system(definition, at, &it.services, it.runs_on.as_ref(), found);
        });
    }
}

fn other_system(
    definition: &Definition,
    at: &Trail<'_>,
    services: &[Name],
    own: Option<&RunsOn>,
    found: &mut Vec<Diagnostic>,
) {
    let container = |name: &&Name| {
        definition.services.get(*name).is_some_and(|service| service.preset != Some(Preset::LancedbEmbedded))
    };
    let Some(service) = services.iter().find(container) else { return };
    let project = ROOT.key("project");
    let RunsOn::Axis(axis) = own.unwrap_or(&definition.project.runs_on) else { return };
    let other = |label: &&String| runner(label).is_some_and(|runner| runner.os != Os::Linux);
    if let Some(label) = axis.values.iter().find(other) {
        let place = if own.is_some() { at.key("runs-on").at() } else { project.key("runs-on").at() };
        let message = format!("`{label}` cannot run the service `{service}`: GitHub starts services on Linux alone");
        let diagnostic = Diagnostic::error(CODE, place, message).related(at.key("services").at(), "the service");
        found.push(diagnostic.help("write `runs-on = \"ubuntu-24.04\"`, or do without the service"));
    }
}
