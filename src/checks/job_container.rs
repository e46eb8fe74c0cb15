//! A job in a container runs on Linux, and does nothing that a container cannot.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::catalogue::runners::{Os, runner};
use crate::definition::RunsOn;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Job, JobMachine};

pub(crate) struct JobContainer;

const CODE: Code = Code("job-container");

impl Check for JobContainer {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/job-container.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let pipeline = subject.pipeline;
        let table = ROOT.key("jobs");
        pipeline.jobs.iter().for_each(|job| one(&table.key(job.name), job, found));
        let table = ROOT.key("workflows");
        for workflow in &pipeline.workflows {
            let at = table.key(workflow.name);
            let jobs = at.key("jobs");
            workflow.jobs.iter().for_each(|job| one(&jobs.key(job.name), job, found));
        }
    }
}

fn one(at: &Trail<'_>, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    if job.written.container.is_none() {
        return;
    }
    machine(at, job, found);
    let own = (!job.written.packages.apt.is_empty()).then(|| at.key("packages").at());
    let component = job.component.as_ref().filter(|component| !component.written.packages.apt.is_empty());
    if let Some(place) = own.or_else(|| component.map(|_| at.key("component").at())) {
        let message = "`packages` are installed by `sudo` on the machine, and a container has none";
        let help = "choose an image that has them, or install them in a step";
        found.push(Diagnostic::error(CODE, place, message).help(help));
    }
    for (index, (name, service)) in job.services.iter().enumerate() {
        let local = |text: &String| ["localhost", "127.0.0.1"].iter().any(|host| text.contains(host));
        if service.preset.is_some() || service.provides.values().any(local) {
            let message = format!("in a container, the service `{name}` is not on localhost");
            let help =
                format!("reach it as `{name}`: set its address in `env` of the job, without `provides` and `preset`");
            let services = at.key("services");
            found.push(Diagnostic::error(CODE, services.index(index).at(), message).help(help));
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainer>.
fn machine(at: &Trail<'_>, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    let labels: Vec<&String> = match job.machine {
        JobMachine::Fixed(RunsOn::Axis(axis)) => axis.values.iter().collect(),
        JobMachine::Fixed(_) => Vec::new(),
        JobMachine::Matrix(key) => job.cells.iter().filter_map(|cell| cell.get(key)).collect(),
    };
    let other = |label: &&&String| runner(label).is_some_and(|runner| runner.os != Os::Linux);
    if let Some(label) = labels.iter().find(other) {
        let message = format!("`{label}` cannot run a container: GitHub starts containers on Linux alone");
        let place = if job.written.runs_on.is_some() { at.key("runs-on").at() } else { at.key("container").at() };
        let help = "write `runs-on = \"ubuntu-24.04\"`, or do without the container";
        found.push(Diagnostic::error(CODE, place, message).help(help));
    }
}
