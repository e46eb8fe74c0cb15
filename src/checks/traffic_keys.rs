//! `traffic` sets the keys of its provider, and no others.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};
use crate::traffic;

pub(crate) struct TrafficKeys;

const CODE: Code = Code("traffic-keys");

impl Check for TrafficKeys {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/traffic-keys.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "environments", &subject.definition.environments, &mut |at, _, environment| {
            let Some(traffic) = &environment.traffic else { return };
            // A name that is unknown is reported for itself.
            let Some(provider) = traffic::provider(&traffic.provider) else { return };
            let at = at.key("traffic");
            for (key, is_set) in traffic.provider_keys() {
                let needed = provider.keys().iter().find(|(needed, _)| *needed == key);
                match (needed, is_set) {
                    (Some((_, example)), false) => {
                        let message = format!("`{}` needs `{key}`", provider.name());
                        let help = format!("add `{key} = {example}`");
                        found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                    }
                    (None, true) => {
                        let message = format!("`{}` does not use `{key}`", provider.name());
                        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help("remove it"));
                    }
                    _ => {}
                }
            }
        });
    }
}
