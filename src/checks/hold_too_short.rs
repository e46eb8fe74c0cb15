//! A step of a canary is held longer than its metrics look back.

use super::check::{Check, Subject};
use super::support::walk::ROOT;
use crate::definition::units::Duration;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Limited;

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
        let environments = ROOT.key("environments");
        for environment in &subject.pipeline.environments {
            let at = environments.key(environment.name);
            if let Some(traffic) = environment.traffic.map(|traffic| traffic.written)
                && let Some(Limited { name, metric, .. }) = environment.limits.iter().max_by_key(|it| it.metric.window)
                && traffic.hold < metric.window + scrape
            {
                let message = format!("after {}, `{name}` still looks at requests from before the step", traffic.hold);
                let window = ROOT.key("metrics").key(name).key("window").at();
                let diagnostic = Diagnostic::error(CODE, at.key("traffic").key("hold").at(), message);
                let help = format!("hold for at least `\"{}\"`: its window and one scrape", metric.window + scrape);
                found.push(diagnostic.related(window, "how far it looks back").help(help));
            }
        }
    }
}
