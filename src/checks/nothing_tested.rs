//! A component has a test, a check or a build: without one, the required check passes with any change.

use super::support::walk::{self, ROOT, entries};
use super::{Check, Subject};
use crate::definition::{Component, Definition, Name};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct NothingTested;

const CODE: Code = Code("nothing-tested");

impl Check for NothingTested {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/nothing-tested.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let tested = |(name, component): (&Name, &Component)| is_tested(definition, name, component);
        let stands_for_nothing =
            definition.jobs.is_empty() && definition.images.is_empty() && !definition.components.iter().any(tested);
        entries(&ROOT, "components", &definition.components, &mut |at, name, component| {
            if is_tested(definition, name, component) {
                return;
            }
            let diagnostic = if stands_for_nothing {
                let project = &definition.project.name;
                let message = format!("nothing is tested: `{project} passed` would be green for every change");
                Diagnostic::error(CODE, at.at().key(), message)
            } else {
                Diagnostic::warning(CODE, at.at().key(), format!("nothing tests `{name}`"))
            };
            let help = format!("add `checks = {{ test = \"…\" }}`, or `[tests.{name}]` with `component = \"{name}\"`");
            found.push(diagnostic.help(help));
        });
    }
}

/// Returns whether a check, a test run, a job or the build of an image fails where the component is broken.
fn is_tested(definition: &Definition, name: &Name, component: &Component) -> bool {
    let mut used = !component.checks.is_empty()
        || !component.after.is_empty()
        || definition.tests.values().any(|run| run.component == *name)
        || definition.images.values().any(|image| is_in(&image.context, &component.path));
    walk::jobs(definition, &mut |_, _, job| used |= job.component.as_ref() == Some(name));
    used
}

fn is_in(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
