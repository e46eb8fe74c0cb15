//! Every name that is referred to is declared.

use super::support::ids;
use super::support::walk::{ROOT, Trail, entries, items};
use super::{Check, Subject};
use crate::definition::{Component, Definition, Environment, Job, Name, Table};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct UnknownName;

const CODE: Code = Code("unknown-name");

impl Check for UnknownName {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/unknown-name.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut names = References { definition, found };
        names.tests();
        entries(&ROOT, "workloads", &definition.workloads, &mut |at, _, workload| {
            names.known(&at.key("image"), "images", &workload.image, &definition.images);
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, it| names.environment(at, it));
        entries(&ROOT, "jobs", &definition.jobs, &mut |at, _, job| {
            names.job(at, job);
            items(at, "needs", &job.needs, &mut |at, name| names.job_of_ci(at, name));
        });
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            entries(at, "jobs", &workflow.jobs, &mut |at, _, job| {
                names.job(at, job);
                items(at, "needs", &job.needs, &mut |at, name| names.known(at, "jobs", name, &workflow.jobs));
            });
        });
    }
}

struct References<'a> {
    definition: &'a Definition,
    found: &'a mut Vec<Diagnostic>,
}

impl References<'_> {
    /// Reports `name` unless `table` has it.
    fn known<T>(&mut self, at: &Trail<'_>, table: &str, name: &Name, declared: &Table<T>) {
        if !declared.contains_key(name) {
            let help = if declared.is_empty() {
                format!("declare `[{table}.{name}]`")
            } else {
                did_you_mean(name, declared.keys().map(Name::as_str))
            };
            let message = format!("there is no `{name}` in `[{table}]`");
            self.found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    }

    fn services(&mut self, at: &Trail<'_>, services: &[Name]) {
        let declared = &self.definition.services;
        items(at, "services", services, &mut |at, name| self.known(at, "services", name, declared));
    }

    fn tests(&mut self) {
        let definition = self.definition;
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            self.known(&at.key("component"), "components", &run.component, &definition.components);
            self.services(at, &run.services);
            if let (Some(version), Some(component)) =
                (run.coverage_version(), definition.components.get(&run.component))
            {
                self.version(&at.key("coverage").key("version"), version, &run.component, component);
            }
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, suite| {
            // A separate rule reports a suite of a suite.
            if !definition.suites.contains_key(&suite.of) {
                self.known(&at.key("of"), "tests", &suite.of, &definition.tests);
            }
            self.services(at, &suite.services);
        });
        let quarantine = ROOT.key("quarantine");
        for (path, it) in &definition.quarantine {
            if let Some(of) = &it.of {
                self.known(&quarantine.key(path).key("of"), "tests", of, &definition.tests);
            }
        }
    }

    fn version(&mut self, at: &Trail<'_>, version: &str, name: &Name, component: &Component) {
        let axes = [&component.python, &component.node, &component.rust, &component.go];
        let custom = component.custom.as_ref().and_then(|custom| custom.versions.as_ref());
        let versions: Vec<&str> =
            axes.into_iter().flatten().chain(custom).flat_map(|axis| axis.values.iter().map(String::as_str)).collect();
        if !versions.contains(&version) {
            let message = format!("`{name}` has no version `{version}`");
            self.found.push(Diagnostic::error(CODE, at.at(), message).help(did_you_mean(version, versions)));
        }
    }

    fn environment(&mut self, at: &Trail<'_>, environment: &Environment) {
        let definition = self.definition;
        items(at, "deploy", &environment.deploy, &mut |at, name| {
            self.known(at, "workloads", name, &definition.workloads);
        });
        if let Some(migrate) = &environment.migrate {
            self.known(&at.key("migrate").key("workload"), "workloads", &migrate.workload, &definition.workloads);
        }
        if let Some(traffic) = &environment.traffic {
            self.known(&at.key("traffic").key("workload"), "workloads", &traffic.workload, &definition.workloads);
        }
        if let Some(smoke) = &environment.smoke {
            self.known(&at.key("smoke"), "smoke", smoke, &definition.smoke);
        }
        let limits = at.key("limits");
        for name in environment.limits.keys() {
            self.known(&limits.key(name), "metrics", name, &definition.metrics);
        }
    }

    fn job(&mut self, at: &Trail<'_>, job: &Job) {
        if let Some(component) = &job.component {
            self.known(&at.key("component"), "components", component, &self.definition.components);
        }
        self.services(at, &job.services);
    }

    /// A job of `ci.yml` may wait for the user's own jobs and for those that are generated, except the last.
    fn job_of_ci(&mut self, at: &Trail<'_>, name: &Name) {
        let mut declared: Vec<String> = Vec::new();
        ids::ci_jobs(self.definition, &mut |_, id| declared.push(id.into_owned()));
        declared.extend(ids::OWN_JOBS.iter().filter(|id| **id != "passed").map(|id| (*id).to_owned()));
        if !declared.iter().any(|id| id == name.as_str()) {
            let message = format!("`ci.yml` has no job `{name}` that another one can wait for");
            let help = did_you_mean(name, declared.iter().map(String::as_str));
            self.found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    }
}
