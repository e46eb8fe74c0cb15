//! Names of Kubernetes objects, the place of a token, platforms, headers and defaults are written as such.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::definition::{Definition, Input, InputKind};
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
            if let Some(target) = &workload.target {
                object(&at.key("target"), &["deployment", "statefulset", "daemonset"], target);
            }
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
            if let Some(backup) = &environment.backup {
                let at = at.key("backup");
                object(&at.key("env-from"), &["secret", "configmap"], &backup.env_from);
                object(&at.key("to"), &["pvc"], &backup.to);
            }
            if let Some(traffic) = &environment.traffic {
                let at = at.key("traffic");
                let runs: &[&str] = &["deployment", "statefulset"];
                for (key, kinds, written) in [
                    ("route", &["httproute"] as &[&str], &traffic.route),
                    ("stable", &["service"], &traffic.stable),
                    ("canary", &["service"], &traffic.canary),
                    ("canary-target", runs, &traffic.canary_target),
                    ("service", &["service"], &traffic.service),
                    ("green-target", runs, &traffic.green_target),
                ] {
                    if let Some(text) = written {
                        object(&at.key(key), kinds, text);
                    }
                }
            }
        });
        entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, smoke| {
            if let Some(login) = &smoke.login
                && let Some(token) = &login.token
                && !is_place(token)
            {
                let message = format!("`{token}` is not a place in an answer");
                let help = "write the keys that lead to it, as in `\".data.access_token\"`";
                found.push(Diagnostic::error(CODE, at.key("login").key("token").at(), message).help(help));
            }
        });
        names(definition, found);
        sent(definition, found);
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            let at = at.key("on");
            let at = at.key("manual");
            entries(&at, "inputs", &workflow.on.manual.inputs, &mut |at, _, input| default_of(at, input, found));
        });
    }
}

/// Names in a cluster, and names of clusters: a command line would read a leading `-` as an option.
fn names(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let mut name = |at: &Trail<'_>, text: &str, is: fn(&str) -> bool, what: &str| {
        if !text.trim().is_empty() && !is(text) {
            let message = format!("`{}` is not {what}", text.escape_debug());
            let help = "use letters, digits and `-`, starting with a letter or a digit";
            found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    };
    entries(&ROOT, "workloads", &definition.workloads, &mut |at, _, workload| {
        if let Some(container) = &workload.container {
            name(&at.key("container"), container, is_label, "the name of a container");
        }
    });
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
        let Some(cluster) = &environment.cluster else { return };
        let at = at.key("cluster");
        name(&at.key("namespace"), &cluster.namespace, is_label, "the name of a namespace");
        if let Some(eks) = &cluster.eks {
            let at = at.key("eks");
            name(&at.key("region"), &eks.region, is_word, "a region");
            name(&at.key("cluster"), &eks.cluster, is_word, "the name of a cluster");
        }
        if let Some(gke) = &cluster.gke {
            let at = at.key("gke");
            name(&at.key("project"), &gke.project, is_word, "a project");
            name(&at.key("location"), &gke.location, is_word, "a location");
            name(&at.key("cluster"), &gke.cluster, is_word, "the name of a cluster");
        }
        if let Some(aks) = &cluster.aks {
            let at = at.key("aks");
            name(&at.key("resource-group"), &aks.resource_group, is_word, "a resource group");
            name(&at.key("cluster"), &aks.cluster, is_word, "the name of a cluster");
        }
    });
    entries(&ROOT, "images", &definition.images, &mut |at, _, image| {
        if let Some(target) = &image.target {
            name(&at.key("target"), target, is_word, "the name of a stage");
        }
    });
}

/// Values that are sent somewhere: platforms to a builder, headers to a service.
fn sent(definition: &Definition, found: &mut Vec<Diagnostic>) {
    entries(&ROOT, "images", &definition.images, &mut |at, _, image| {
        items(at, "platforms", &image.platforms, &mut |at, platform| {
            let parts: Vec<&str> = platform.split('/').collect();
            let letters = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let known = matches!(parts.len(), 2 | 3) && parts.iter().all(|part| letters(part));
            if !known && !platform.trim().is_empty() {
                let message = format!("`{}` is not a platform", platform.escape_debug());
                let help = "write a system and an architecture, as in `\"linux/arm64\"`";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        });
    });
    entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, smoke| {
        items(at, "probes", &smoke.probes, &mut |at, probe| {
            let at = at.key("headers");
            for (name, value) in &probe.headers {
                let at = at.key(name);
                let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
                if name.is_empty() || !name.bytes().all(letters) {
                    let message = format!("`{}` is not the name of a header", name.escape_debug());
                    let help = "write a name as in `Accept`";
                    found.push(Diagnostic::error(CODE, at.at().key(), message).help(help));
                } else if value.literal().is_some_and(|text| text.contains(char::is_control) || !text.is_ascii()) {
                    let help = "write printable ASCII, on one line";
                    found.push(Diagnostic::error(CODE, at.at(), "a header holds no such character").help(help));
                }
            }
        });
    });
}

/// The default and the options of an input of a workflow.
fn default_of(at: &Trail<'_>, input: &Input, found: &mut Vec<Diagnostic>) {
    items(at, "options", &input.options, &mut |at, option| {
        if option.trim().is_empty() {
            let help = "write what can be chosen, or remove it";
            found.push(Diagnostic::error(CODE, at.at(), "an option is empty").help(help));
        }
    });
    let Some(default) = &input.default else { return };
    let (right, what) = match input.kind {
        _ if !input.options.is_empty() => {
            (input.options.contains(default), format!("one of {}", listed(&input.options)))
        }
        InputKind::String => return,
        InputKind::Boolean => (matches!(default.as_str(), "true" | "false"), "`\"true\"` or `\"false\"`".to_owned()),
        InputKind::Number => (is_number(default), "a number as in `\"3\"` or `\"0.5\"`".to_owned()),
    };
    if !right {
        let message = format!(
            "the default `{}` is not {}",
            default.escape_debug(),
            match input.kind {
                _ if !input.options.is_empty() => "an option",
                InputKind::Boolean => "a boolean",
                _ => "a number",
            }
        );
        found.push(Diagnostic::error(CODE, at.key("default").at(), message).help(format!("write {what}")));
    }
}

/// Returns whether JSON, YAML and a shell read it as the same number.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text
        .strip_prefix('-')
        .unwrap_or(text)
        .split_once('.')
        .map_or_else(|| (text.strip_prefix('-').unwrap_or(text), "0"), |(whole, fraction)| (whole, fraction));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0')) && text.len() <= 30
}

/// Returns whether Kubernetes takes it as a label of DNS, as names of namespaces and containers are.
///
/// Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names>
fn is_label(name: &str) -> bool {
    is_object_name(name) && name.len() <= 63 && !name.contains('.')
}

/// Returns whether it is one word that no command line reads as an option.
fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:()".contains(&byte))
}

fn one_of(kinds: &[&str]) -> String {
    match kinds {
        [only] => format!("`{only}`"),
        kinds => format!("one of {}", listed(kinds)),
    }
}

/// Returns whether Kubernetes takes it as the name of an object.
fn is_object_name(name: &str) -> bool {
    let end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    end(name.bytes().next())
        && end(name.bytes().last())
        && name.len() <= 253
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
}

/// Returns whether it is keys with a `.` in front of each, and indexes in brackets behind them.
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
