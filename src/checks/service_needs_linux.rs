//! Jobs with services run on Linux.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::catalogue::runners::{Os, runner};
use crate::definition::{Axis, Preset, RunsOn, Service};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Job, JobMachine, Named};

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
        let pipeline = subject.pipeline;
        let table = ROOT.key("tests");
        for run in pipeline.tests.values() {
            let own = run.written.runs_on.is_some() || run.component.written.runs_on.is_some();
            other_system(&table.key(run.name), &run.services, run.axes.machines, own, found);
        }
        let table = ROOT.key("suites");
        for suite in &pipeline.suites {
            let own = suite.written.runs_on.is_some() || suite.run.component.written.runs_on.is_some();
            other_system(&table.key(suite.name), &suite.services, suite.axes.machines, own, found);
        }
        let table = ROOT.key("jobs");
        jobs(&table, &pipeline.jobs, found);
        let table = ROOT.key("workflows");
        for workflow in &pipeline.workflows {
            jobs(&table.key(workflow.name).key("jobs"), &workflow.jobs, found);
        }
    }
}

fn jobs(table: &Trail<'_>, jobs: &[Job<'_>], found: &mut Vec<Diagnostic>) {
    for job in jobs {
        let own =
            job.written.runs_on.is_some() || job.component.as_ref().is_some_and(|it| it.written.runs_on.is_some());
        let at = table.key(job.name);
        match job.machine {
            JobMachine::Fixed(machine) => other_system(&at, &job.services, machine, own, found),
            JobMachine::Matrix(key) => {
                let values = job.cells.iter().filter_map(|cell| cell.get(key).cloned()).collect();
                let machines = RunsOn::Axis(Axis { values, list: true });
                other_system(&at, &job.services, &machines, true, found);
            }
        }
    }
}

/// Reports a machine that starts no services, where the job, its component or the project names it.
fn other_system(
    at: &Trail<'_>,
    services: &[Named<'_, Service>],
    machines: &RunsOn,
    own: bool,
    found: &mut Vec<Diagnostic>,
) {
    let container = |(_, service): &&Named<'_, Service>| service.preset != Some(Preset::LancedbEmbedded);
    let Some((service, _)) = services.iter().find(container) else { return };
    let RunsOn::Axis(axis) = machines else { return };
    let other = |label: &&String| runner(label).is_some_and(|runner| runner.os != Os::Linux);
    if let Some(label) = axis.values.iter().find(other) {
        let project = ROOT.key("project");
        let place = if own { at.key("runs-on").at() } else { project.key("runs-on").at() };
        let message = format!("`{label}` cannot run the service `{service}`: GitHub starts services on Linux alone");
        let diagnostic = Diagnostic::error(CODE, place, message).related(at.key("services").at(), "the service");
        found.push(diagnostic.help("write `runs-on = \"ubuntu-24.04\"`, or do without the service"));
    }
}
