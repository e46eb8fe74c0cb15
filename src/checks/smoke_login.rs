//! A log-in sends one body, and takes a token or cookies.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SmokeLogin;

const CODE: Code = Code("smoke-login");

impl Check for SmokeLogin {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/smoke-login.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "smoke", &subject.definition.smoke, &mut |at, _, smoke| {
            let Some(login) = &smoke.login else { return };
            let at = at.key("login");
            match (&login.json, &login.form) {
                (None, None) => {
                    let help = "add `json = { username = { secret = \"SMOKE_USERNAME\" }, password = { secret = \"SMOKE_PASSWORD\" } }`, or the same as `form`";
                    found.push(
                        Diagnostic::error(CODE, at.at(), "the log-in sends neither `json` nor `form`").help(help),
                    );
                }
                (Some(_), Some(_)) => {
                    let message = "a request has one body, and this log-in has `json` and `form`";
                    let diagnostic = Diagnostic::error(CODE, at.key("form").at().key(), message);
                    found.push(diagnostic.related(at.key("json").at().key(), "the other body").help("remove one"));
                }
                _ => {}
            }
            if login.cookie && login.token.is_some() {
                let message = "a log-in gives a token or cookies, and this one has `token` and `cookie`";
                let diagnostic = Diagnostic::error(CODE, at.key("cookie").at().key(), message);
                found.push(diagnostic.related(at.key("token").at().key(), "the token").help("remove one"));
            }
            if login.form.as_ref().is_some_and(indexmap::IndexMap::is_empty) {
                let help = "add its fields, as in `form = { username = { secret = \"SMOKE_USERNAME\" } }`";
                found.push(Diagnostic::error(CODE, at.key("form").at(), "the form has no field").help(help));
            }
        });
    }
}
