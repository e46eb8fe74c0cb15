//! A property that an expression reads is one that the context has.

use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct ContextProperty;

impl Rule for ContextProperty {
    fn code(&self) -> Code {
        Code("context-property")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/context-property.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for place in &set.places {
            for used in &place.read.contexts {
                let Some((_, known)) = PROPERTIES.iter().find(|(context, _)| used.is(context)) else { continue };
                if let Some(name) = used.name(0)
                    && !known.iter().any(|known| known.eq_ignore_ascii_case(name))
                {
                    let message =
                        format!("{} reads `{used}`: there is no `{name}` in `{}`", place.described(), used.root);
                    let help = format!("{}; {FAULT}", did_you_mean(name, known.iter().copied()));
                    found.push(place.error(self.code(), message).help(help));
                }
            }
        }
    }
}

/// Properties of the contexts that do not depend on the workflow.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts>
const PROPERTIES: &[(&str, &[&str])] = &[
    (
        "github",
        &[
            "action",
            "action_path",
            "action_ref",
            "action_repository",
            "action_status",
            "actor",
            "actor_id",
            "api_url",
            "base_ref",
            "env",
            "event",
            "event_name",
            "event_path",
            "graphql_url",
            "head_ref",
            "job",
            "path",
            "ref",
            "ref_name",
            "ref_protected",
            "ref_type",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repositoryUrl",
            "retention_days",
            "run_attempt",
            "run_id",
            "run_number",
            "secret_source",
            "server_url",
            "sha",
            "token",
            "triggering_actor",
            "workflow",
            "workflow_ref",
            "workflow_sha",
            "workspace",
        ],
    ),
    (
        "job",
        &[
            "check_run_id",
            "container",
            "services",
            "status",
            "workflow_file_path",
            "workflow_ref",
            "workflow_repository",
            "workflow_sha",
        ],
    ),
    ("runner", &["arch", "debug", "environment", "name", "os", "temp", "tool_cache", "workspace"]),
    ("strategy", &["fail-fast", "job-index", "job-total", "max-parallel"]),
];

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, passes};

    #[test]
    fn a_property_that_does_not_exist() {
        for value in ["github.run_atempt", "runner.tmp", "job.state", "strategy.index"] {
            let mut workflow = clean();
            first_step(&mut workflow).env.push(("VALUE".to_owned(), format!("${{{{ {value} }}}}")));
            breaks("context-property", &workflow);
        }
    }

    #[test]
    fn an_event_has_any_property() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("TITLE".to_owned(), "${{ github.event.anything.title }}".to_owned()));
        passes(&workflow);
    }
}
