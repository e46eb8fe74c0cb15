//! No step outlasts the log-in to its cluster.

use super::check::{Check, Subject};
use super::support::walk::ROOT;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct LoginLifetime;

const CODE: Code = Code("login-lifetime");

impl Check for LoginLifetime {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/login-lifetime.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let environments = ROOT.key("environments");
        for environment in &subject.pipeline.environments {
            let Some(login) = environment.login() else { continue };
            let times = environment.times;
            let at = environments.key(environment.name);
            let written = environment.written;
            let steps = [
                ("the backup", times.backup, &["backup", "timeout"][..], written.backup.is_some()),
                ("a migration", times.migrate, &["migrate", "timeout"], written.migrate.is_some()),
                ("a rollout", times.rollout, &["rollout"], true),
                ("a step of the traffic", times.shift, &["traffic", "hold"], written.traffic.is_some()),
                ("the check of the metrics", times.judge, &["limits"], written.traffic.is_none()),
            ];
            for (step, longest, keys, _) in steps.iter().filter(|(_, longest, _, is)| *is && *longest > login.usable) {
                let place = match *keys {
                    [table, key] => at.key(table).key(key).at(),
                    _ => at.key(keys.first().unwrap_or(&"cluster")).at(),
                };
                let message = format!("{step} may take {longest}, and a log-in to {} lasts one hour", login.cloud);
                let help = format!(
                    "stay within `{}`, with `window` and `extend` of the metrics, or log in with a `kubeconfig`",
                    login.usable
                );
                found.push(Diagnostic::error(CODE, place, message).help(help));
            }
        }
    }
}
