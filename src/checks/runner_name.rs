//! A test run names a runner, and traffic a way to be moved, that there is.

use super::{Check, Subject};
use crate::at;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::runners::{RUNNERS, runner};
use crate::traffic::TRAFFIC;

pub(crate) struct RunnerName;

impl Check for RunnerName {
    fn code(&self) -> Code {
        Code("runner-name")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/runner-name.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        for (name, run) in &subject.definition.tests {
            if runner(&run.runner).is_none() {
                let help = did_you_mean(&run.runner, RUNNERS.iter().map(|runner| runner.name()));
                let at = at!["tests", name.as_str(), "runner"];
                found.push(
                    Diagnostic::error(self.code(), at, format!("there is no runner `{}`", run.runner)).help(help),
                );
            }
        }
        for (name, environment) in &subject.definition.environments {
            if let Some(traffic) = &environment.traffic
                && TRAFFIC.iter().all(|known| known.name() != traffic.provider)
            {
                let help = did_you_mean(&traffic.provider, TRAFFIC.iter().map(|known| known.name()));
                let at = at!["environments", name.as_str(), "traffic", "provider"];
                let message = format!("there is no traffic provider `{}`", traffic.provider);
                found.push(Diagnostic::error(self.code(), at, message).help(help));
            }
        }
    }
}
