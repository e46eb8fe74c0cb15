//! A workload of a cluster names its object and its container.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::Delivery;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct WorkloadTarget;

const CODE: Code = Code("workload-target");

impl Check for WorkloadTarget {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/workload-target.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "workloads", &subject.definition.workloads, &mut |at, name, workload| {
            if matches!(workload.delivery, Delivery::Commands(_)) {
                return;
            }
            let keys = [
                ("target", workload.target.is_some(), "object of the cluster", format!("\"deployment/{name}\"")),
                ("container", workload.container.is_some(), "container of its pods", format!("\"{name}\"")),
            ];
            for (key, is_set, what, example) in keys {
                if !is_set {
                    let message = format!("`{name}` names no {what}");
                    found.push(Diagnostic::error(CODE, at.at(), message).help(format!("add `{key} = {example}`")));
                }
            }
        });
    }
}
