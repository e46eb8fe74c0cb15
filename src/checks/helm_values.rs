//! A Helm release gets the digest and the version label of a deploy.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::Delivery;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct HelmValues;

const CODE: Code = Code("helm-values");

impl Check for HelmValues {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/helm-values.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "workloads", &subject.definition.workloads, &mut |at, _, workload| {
            let Delivery::Helm(release) = &workload.delivery else { return };
            let at = at.key("delivery");
            let at = at.key("helm");
            let sets = |name: &str| release.set.values().any(|text| text.contains(name));
            let needed = [
                (sets("$digest") || sets("$image"), "the digest", "\"image.digest\" = \"$digest\""),
                (sets("$version"), "the version label", "\"podLabels.version\" = \"$version\""),
            ];
            for (is_set, what, example) in needed {
                if !is_set {
                    let message = format!("no value of the chart gets {what}");
                    let help = format!("add `{example}`, with the value that the chart reads");
                    found.push(Diagnostic::error(CODE, at.key("set").at(), message).help(help));
                }
            }
        });
    }
}
