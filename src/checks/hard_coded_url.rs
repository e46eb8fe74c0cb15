//! Addresses come from variables.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries};
use crate::definition::Value;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct HardCodedUrl;

const CODE: Code = Code("hard-coded-url");

impl Check for HardCodedUrl {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/hard-coded-url.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut address = |at: &Trail<'_>, value: Option<&Value>, variable: &str| {
            if let Some(text) = value.and_then(Value::literal) {
                let message = match placeholder(text) {
                    Some(host) => format!("`{host}` is a placeholder, not an address"),
                    None => "the address is written into the pipeline".to_owned(),
                };
                let help = format!("write `{{ var = \"{variable}\" }}`, and keep the address in GitHub");
                found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
            }
        };
        if let Some(monitoring) = &definition.monitoring {
            let at = ROOT.key("monitoring");
            address(
                &at.key("prometheus").key("url"),
                monitoring.prometheus.as_ref().map(|it| &it.url),
                "PROMETHEUS_URL",
            );
            address(&at.key("grafana").key("url"), monitoring.grafana.as_ref().map(|it| &it.url), "GRAFANA_URL");
        }
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            let variable = format!("{}_URL", name.to_ascii_uppercase().replace('-', "_"));
            address(&at.key("url"), environment.url.as_ref(), &variable);
        });
        walk::commands(definition, &mut |at, _, command| {
            if let Some(host) = placeholder(command) {
                let message = format!("`{host}` is a placeholder, not an address");
                let help = "hand the address to the command by `env`, as `{ var = \"…\" }`";
                found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
            }
        });
    }
}

/// The first host in a text that is set aside for documentation.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc2606>.
fn placeholder(text: &str) -> Option<&str> {
    text.match_indices("://").find_map(|(at, _)| {
        let rest = text.get(at + 3..)?;
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-')));
        let host = rest.get(..end.unwrap_or(rest.len()))?;
        let name = host.to_ascii_lowercase();
        let reserved = ["example.com", "example.org", "example.net"]
            .iter()
            .any(|it| name == *it || name.ends_with(&format!(".{it}")));
        (reserved || name.ends_with(".example") || name.ends_with(".invalid")).then_some(host)
    })
}
