//! A step of a canary is held longer than its metrics look back.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::units::Duration;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct HoldTooShort;

const CODE: Code = Code("hold-too-short");

impl Check for HoldTooShort {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/hold-too-short.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let scrape = definition.monitoring.as_ref().map_or(Duration::from_seconds(60), |monitoring| monitoring.scrape);
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
            let Some(traffic) = &environment.traffic else { return };
            let limited = environment.limits.keys().filter_map(|name| definition.metrics.get_key_value(name));
            if let Some((name, metric)) = limited.max_by_key(|(_, metric)| metric.window)
                && traffic.hold < metric.window + scrape
            {
                let message = format!("after {}, `{name}` still looks at requests from before the step", traffic.hold);
                let window = ROOT.key("metrics").key(name).key("window").at();
                let diagnostic = Diagnostic::error(CODE, at.key("traffic").key("hold").at(), message);
                let help = format!("hold for at least `\"{}\"`: its window and one scrape", metric.window + scrape);
                found.push(diagnostic.related(window, "how far it looks back").help(help));
            }
        });
    }
}
