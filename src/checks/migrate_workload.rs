//! A migration runs in the image of a workload that is deployed there.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct MigrateWorkload;

const CODE: Code = Code("migrate-workload");

impl Check for MigrateWorkload {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/migrate-workload.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            let Some(migrate) = &environment.migrate else { return };
            // A name that is unknown is reported for itself.
            let is_known = environment.deploy.iter().all(|name| definition.workloads.contains_key(name));
            if is_known
                && definition.workloads.contains_key(&migrate.workload)
                && !environment.deploy.contains(&migrate.workload)
            {
                let message = format!("`{}` is not deployed to `{name}`", migrate.workload);
                let deploy = at.key("deploy").at();
                let diagnostic = Diagnostic::error(CODE, at.key("migrate").key("workload").at(), message);
                let help = format!("add `\"{}\"` to `deploy`, or name a workload that is in it", migrate.workload);
                found.push(diagnostic.related(deploy, "what is deployed").help(help));
            }
        });
    }
}
