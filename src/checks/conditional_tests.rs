//! Tests and checks with a condition run for the deploying branch, or before it changes.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Case, Condition, Name, RunEvent, SuiteEvent};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ConditionalTests;

const CODE: Code = Code("conditional-tests");

impl Check for ConditionalTests {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/conditional-tests.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let runs =
            Runs { branch: definition.project.deploying_branch(), nightly: definition.project.nightly.is_some() };
        let mut one = |at: &Trail<'_>, name: &Name, when: Option<&Condition>| {
            if let Some(when) = when
                && !when.cases.iter().any(|case| runs.include(case))
            {
                let branch = runs.branch;
                let message = format!("no push of `{branch}`, merge queue or nightly run executes `{name}`");
                let help = format!("add a case to the list, as in `when = [{{ branches = [\"{branch}\"] }}, …]`");
                found.push(Diagnostic::warning(CODE, at.key("when").at(), message).help(help));
            }
        };
        entries(&ROOT, "components", &definition.components, &mut |at, name, it| one(at, name, it.when.as_ref()));
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, it| one(at, name, it.when.as_ref()));
        entries(&ROOT, "suites", &definition.suites, &mut |at, name, it| {
            let at_night = runs.nightly && it.on.contains(&SuiteEvent::Nightly);
            one(at, name, it.when.as_ref().filter(|_| !at_night));
        });
    }
}

/// Runs that see each change of the deploying branch.
struct Runs<'a> {
    branch: &'a str,
    nightly: bool,
}

impl Runs<'_> {
    /// Returns whether a case holds in one of them. Only pull requests have labels, and only they can change nothing.
    fn include(&self, case: &Case) -> bool {
        let on = |event| case.event.is_empty() || case.event.contains(&event);
        let here = case.branches.is_empty() || case.branches.iter().any(|pattern| self.is_branch(pattern));
        let night = self.nightly && on(RunEvent::Schedule);
        // A run of the merge queue is of a branch with another name.
        let queue = on(RunEvent::MergeGroup) && case.branches.is_empty();
        let of_branch = here && (on(RunEvent::Push) || night);
        case.label.is_none() && case.tags.is_empty() && (of_branch || queue)
    }

    fn is_branch(&self, pattern: &str) -> bool {
        pattern.strip_suffix('*').map_or(pattern == self.branch, |front| self.branch.starts_with(front))
    }
}
