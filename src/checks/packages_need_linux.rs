//! Jobs with packages of apt run on Linux.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::catalogue::runners::{Os, runner};
use crate::definition::{Packages, RunsOn};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Job, JobMachine};

pub(crate) struct PackagesNeedLinux;

const CODE: Code = Code("packages-need-linux");

impl Check for PackagesNeedLinux {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/packages-need-linux.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let table = ROOT.key("components");
        for component in subject.pipeline.components.values() {
            let at = table.key(component.name);
            found.extend(elsewhere(&at, &component.written.packages, component.axes.machines));
        }
        let mut job = |at: &Trail<'_>, job: &Job<'_>| {
            if let JobMachine::Fixed(machine) = job.machine {
                found.extend(elsewhere(at, &job.written.packages, machine));
            }
        };
        let table = ROOT.key("jobs");
        subject.pipeline.jobs.iter().for_each(|it| job(&table.key(it.name), it));
        let table = ROOT.key("workflows");
        for workflow in &subject.pipeline.workflows {
            let at = table.key(workflow.name);
            let jobs = at.key("jobs");
            workflow.jobs.iter().for_each(|it| job(&jobs.key(it.name), it));
        }
    }
}

/// Reports packages of a job whose only machine has no apt. Of several machines, those on Linux install them.
fn elsewhere(at: &Trail<'_>, packages: &Packages, machines: &RunsOn) -> Option<Diagnostic> {
    let RunsOn::Axis(axis) = machines else { return None };
    let linux = |label: &String| runner(label).is_none_or(|runner| runner.os == Os::Linux);
    if packages.apt.is_empty() || axis.values.iter().any(linux) {
        return None;
    }
    let message = format!("`{}` has no apt, which installs these packages", axis.first());
    let help = "write `runs-on = \"ubuntu-24.04\"`, or install them in a step of `before`";
    Some(Diagnostic::error(CODE, at.key("packages").at(), message).help(help))
}
