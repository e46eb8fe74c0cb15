//! Secrets are kept in an environment.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries, items, step_values, values};
use crate::definition::{Component, Definition, ExternalValue, ImageLogin, Job, Login, Name, RunValue};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SecretOutsideEnvironment;

const CODE: Code = Code("secret-outside-environment");

impl Check for SecretOutsideEnvironment {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/secret-outside-environment.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        values(&ROOT.key("project"), "env", &definition.project.env, &mut |at, value| {
            for value in value.externals().filter(|value| value.secret) {
                let message = format!("the secret `{}` would be open to every job", value.name);
                let help = "move it to the test run or the job that needs it, with an `environment` that holds it";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        });
        entries(&ROOT, "components", &definition.components, &mut |at, name, it| component(at, name, it, found));
        services(definition, found);
        let mut secret = |at: &Trail<'_>, value: &RunValue| {
            found.extend(value.externals().filter_map(|value| external(at, value, "add `environment`")));
        };
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| {
            if it.environment.is_none() {
                values(at, "env", &it.env, &mut secret);
                step_values(at, "before", &it.before, &mut secret);
                step_values(at, "after", &it.after, &mut secret);
            }
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| {
            if it.environment.is_none() {
                values(at, "env", &it.env, &mut secret);
                step_values(at, "before", &it.before, &mut secret);
                step_values(at, "after", &it.after, &mut secret);
            }
        });
        entries(&ROOT, "images", &definition.images, &mut |at, _, it| {
            if it.environment.is_none() {
                if let Login::Password { username, password } = &it.login {
                    let at = at.key("login");
                    secret(&at.key("username"), &RunValue::Plain(username.clone()));
                    secret(&at.key("password"), &RunValue::Plain(password.clone()));
                }
                values(at, "labels", &it.labels, &mut secret);
                items(at, "mirrors", &it.mirrors, &mut |at, mirror| {
                    if let Login::Password { username, password } = &mirror.login {
                        let at = at.key("login");
                        secret(&at.key("username"), &RunValue::Plain(username.clone()));
                        secret(&at.key("password"), &RunValue::Plain(password.clone()));
                    }
                });
                step_values(at, "before", &it.before, &mut secret);
                step_values(at, "after", &it.after, &mut secret);
            }
        });
        entries(&ROOT, "jobs", &definition.jobs, &mut |at, _, it| job(at, it, &mut secret));
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            // A caller hands these over.
            let handed = |name: &str| workflow.on.call.secrets.iter().any(|secret| secret.eq_ignore_ascii_case(name));
            entries(at, "jobs", &workflow.jobs, &mut |at, _, it| {
                job(at, it, &mut |at, value| {
                    let open = value.externals().filter(|value| !handed(&value.name));
                    found.extend(open.filter_map(|value| external(at, value, "add `environment`")));
                });
            });
        });
    }
}

fn external(at: &Trail<'_>, value: &ExternalValue, add: &str) -> Option<Diagnostic> {
    let name = Some(value).filter(|value| value.secret && !value.is_token()).map(|value| &value.name)?;
    let message = format!("the secret `{name}` is used by a job that names no environment");
    Some(Diagnostic::error(CODE, at.at(), message).help(format!("{add} with the name of the one that holds it")))
}

fn job(at: &Trail<'_>, job: &Job, secret: &mut dyn FnMut(&Trail<'_>, &RunValue)) {
    if job.environment.is_none() {
        values(at, "env", &job.env, secret);
        step_values(at, "steps", &job.steps, secret);
        let Some(container) = &job.container else { return };
        let at = at.key("container");
        values(&at, "env", &container.env, &mut |at, value| secret(at, &RunValue::Plain(value.clone())));
        if let Some(ImageLogin { username, password }) = &container.credentials {
            let at = at.key("credentials");
            secret(&at.key("username"), &RunValue::Plain(username.clone()));
            secret(&at.key("password"), &RunValue::Plain(password.clone()));
        }
    }
}

/// A component's job has no environment.
fn component(at: &Trail<'_>, name: &Name, component: &Component, found: &mut Vec<Diagnostic>) {
    let mut secret = |at: &Trail<'_>, value: &RunValue| {
        for value in value.externals().filter(|value| value.secret && !value.is_token()) {
            let message = format!("the secret `{}` would be open to every job of `{name}`", value.name);
            let help = "move it to the test run or the job that needs it, with an `environment` that holds it";
            found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    };
    values(at, "env", &component.env, &mut secret);
    step_values(at, "before", &component.before, &mut secret);
    step_values(at, "after", &component.after, &mut secret);
    if let Some(custom) = &component.custom {
        step_values(&at.key("custom"), "steps", &custom.steps, &mut secret);
    }
}

/// A service has the environment of the job that it runs beside.
fn services(definition: &Definition, found: &mut Vec<Diagnostic>) {
    entries(&ROOT, "services", &definition.services, &mut |at, name, service| {
        let mut users = Vec::new();
        for (run, it) in &definition.tests {
            if it.environment.is_none() && it.services.contains(name) {
                users.push(format!("[tests.{run}]"));
            }
        }
        for (suite, it) in &definition.suites {
            if it.environment.is_none() && it.services.contains(name) {
                users.push(format!("[suites.{suite}]"));
            }
        }
        walk::jobs(definition, &mut |at, _, it| {
            if it.environment.is_none() && it.services.contains(name) {
                users.push(format!("[{}]", at.at().dotted()));
            }
        });
        if let Some(user) = users.first() {
            let add = format!("add `environment` to `{user}`");
            values(at, "env", &service.env, &mut |at, value| {
                found.extend(value.external().and_then(|value| external(at, value, &add)));
            });
        }
    });
}
