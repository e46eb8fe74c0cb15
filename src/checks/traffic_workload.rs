//! Traffic moves between two versions of a workload that is deployed there; a canary's shares rise.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::units::Percent;
use crate::diagnostics::{Code, Diagnostic, listed};

pub(crate) struct TrafficWorkload;

const CODE: Code = Code("traffic-workload");

impl Check for TrafficWorkload {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/traffic-workload.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            let Some(traffic) = &environment.traffic else { return };
            let at = at.key("traffic");
            let Some(workload) = definition.workloads.get(&traffic.workload) else { return };
            // A name that is unknown is reported for itself.
            let is_known = environment.deploy.iter().all(|name| definition.workloads.contains_key(name));
            if is_known && !environment.deploy.contains(&traffic.workload) {
                let message = format!("`{}` is not deployed to `{name}`", traffic.workload);
                let help = format!("name one of {}, or add it to `deploy`", listed(&names(&environment.deploy)));
                found.push(Diagnostic::error(CODE, at.key("workload").at(), message).help(help));
            }
            if let (Some(canary), Some(stable)) = (&traffic.canary, &traffic.stable) {
                same(&at, ("canary", canary), ("stable", at.key("stable"), stable), found);
            }
            let target = ROOT.key("workloads");
            let target = target.key(&traffic.workload);
            for (key, other) in [("canary-target", &traffic.canary_target), ("green-target", &traffic.green_target)] {
                if let (Some(other), Some(stable)) = (other, &workload.target) {
                    same(&at, (key, other), ("target", target.key("target"), stable), found);
                }
            }
            steps(&at.key("steps"), traffic.steps.iter().flatten(), found);
        });
    }
}

fn names(names: &[crate::definition::Name]) -> Vec<&str> {
    names.iter().map(crate::definition::Name::as_str).collect()
}

/// The new version runs beside the old one, not instead of it.
fn same(at: &Trail<'_>, canary: (&str, &str), stable: (&str, Trail<'_>, &str), found: &mut Vec<Diagnostic>) {
    if canary.1 == stable.2 {
        let message = format!("`{}` is `{}` as well, so the first step would move all users", canary.1, stable.0);
        let diagnostic =
            Diagnostic::error(CODE, at.key(canary.0).at(), message).related(stable.1.at(), "the stable one");
        found.push(diagnostic.help(format!("name a separate one, as in `{}-canary`", canary.1)));
    }
}

fn steps<'a>(at: &Trail<'_>, steps: impl Iterator<Item = &'a Percent>, found: &mut Vec<Diagnostic>) {
    let mut before = Percent::whole(0);
    for (index, step) in steps.enumerate() {
        if *step >= Percent::whole(100) {
            let message = format!("`{step}` is not a step: all users follow after the last one anyway");
            found.push(Diagnostic::error(CODE, at.index(index).at(), message).help("remove it"));
        } else if *step <= before {
            let message = format!("`{step}` is not more than `{before}` before it");
            found.push(Diagnostic::error(CODE, at.index(index).at(), message).help("write the steps in rising order"));
        }
        before = *step;
    }
}
