//! Smoke tests log in where the service asks for it.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries, items};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SmokeWithoutLogin;

const CODE: Code = Code("smoke-without-login");

impl Check for SmokeWithoutLogin {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/smoke-without-login.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "smoke", &subject.definition.smoke, &mut |at, name, smoke| {
            let authorised = smoke.probes.iter().any(|probe| probe.auth);
            if smoke.login.is_none() && authorised {
                items(at, "probes", &smoke.probes, &mut |at, probe| {
                    if probe.auth {
                        let message = format!("`{}` is sent with a token, and `{name}` gets none", probe.name);
                        let help = "add a `login` whose answer holds the token, or remove `auth`";
                        found.push(Diagnostic::error(CODE, at.key("auth").at(), message).help(help));
                    }
                });
            } else if smoke.login.is_none() && !smoke.public {
                let message = format!("`{name}` never logs in, so it would not see that its users cannot");
                let help = "add a `login` and a probe with `auth = true`, or `public = true` if nothing needs one";
                found.push(Diagnostic::error(CODE, at.at().key(), message).help(help));
            } else if smoke.login.is_some() && smoke.public {
                let message = format!("`{name}` sets both `login` and `public`");
                let diagnostic = Diagnostic::warning(CODE, at.key("public").at(), message);
                found.push(diagnostic.related(at.key("login").at().key(), "the log-in").help("remove `public`"));
            } else if smoke.login.is_some() && !authorised {
                let message = format!("`{name}` logs in, and no probe uses the token");
                let help = "add `auth = true` to a probe that needs it";
                found.push(Diagnostic::warning(CODE, at.key("login").at().key(), message).help(help));
            }
        });
    }
}
