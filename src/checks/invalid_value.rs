//! Names of Kubernetes objects, and the place of a token, are written as such.

use super::support::walk::{ROOT, Trail, entries};
use super::{Check, Subject};
use crate::diagnostics::{Code, Diagnostic, listed};

pub(crate) struct InvalidValue;

const CODE: Code = Code("invalid-value");

impl Check for InvalidValue {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/invalid-value.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut object = |at: &Trail<'_>, kinds: &[&str], text: &str| {
            let (kind, name) = text.split_once('/').unwrap_or((text, ""));
            if !kinds.contains(&kind) || !is_object_name(name) {
                let message = format!("`{text}` is not the kind and name of an object");
                let help = format!("write {} followed by `/` and its name", one_of(kinds));
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        };
        entries(&ROOT, "workloads", &definition.workloads, &mut |at, _, workload| {
            object(&at.key("target"), &["deployment", "statefulset", "daemonset"], &workload.target);
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
            if let Some(backup) = &environment.backup {
                let at = at.key("backup");
                object(&at.key("env-from"), &["secret", "configmap"], &backup.env_from);
                object(&at.key("to"), &["pvc"], &backup.to);
            }
            if let Some(traffic) = &environment.traffic {
                let at = at.key("traffic");
                object(&at.key("route"), &["httproute"], &traffic.route);
                object(&at.key("stable"), &["service"], &traffic.stable);
                object(&at.key("canary"), &["service"], &traffic.canary);
                object(&at.key("canary-target"), &["deployment", "statefulset"], &traffic.canary_target);
            }
        });
        entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, smoke| {
            if let Some(login) = &smoke.login
                && !is_place(&login.token)
            {
                let message = format!("`{}` is not a place in an answer", login.token);
                let help = "write the keys that lead to it, as in `\".data.access_token\"`";
                found.push(Diagnostic::error(CODE, at.key("login").key("token").at(), message).help(help));
            }
        });
    }
}

fn one_of(kinds: &[&str]) -> String {
    match kinds {
        [only] => format!("`{only}`"),
        kinds => format!("one of {}", listed(kinds)),
    }
}

/// Whether Kubernetes takes it as the name of an object.
fn is_object_name(name: &str) -> bool {
    let end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    end(name.bytes().next())
        && end(name.bytes().last())
        && name.len() <= 253
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

/// Whether it is keys with a `.` in front of each, and indexes in brackets behind them.
fn is_place(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('.') else { return false };
    rest.split('.').all(|part| {
        let (key, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let starts = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let index = |index: &str| {
            index
                .strip_suffix(']')
                .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        };
        starts && key.bytes().all(letters) && indexes.split('[').skip(1).all(index)
    })
}
