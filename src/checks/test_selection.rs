//! A run runs everything that it collects, to the end.

use super::check::{Check, Subject};
use super::support::pytest::Run;
use crate::diagnostics::{Code, Diagnostic, Level};
use crate::pytest::{Effect, Given, Selection, WordSource, selections};

pub(crate) struct TestSelection;

const CODE: Code = Code("test-selection");

impl Check for TestSelection {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/test-selection.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        if !subject.definition.tests.values().any(|run| run.runner == "pytest") {
            return;
        }
        let runs = &subject.pytest().runs;
        for run in runs {
            for selection in run.done().map(|done| selections(&done.options)).unwrap_or_default() {
                // A suite has the arguments of its run, where they are reported.
                let again = run.suite.is_some() && selection.given.origin != WordSource::Variable;
                if !again && !is_completed(run, selection, runs) {
                    found.push(finding(run, selection));
                }
            }
        }
    }
}

/// Returns whether another run of the same paths has the rest.
fn is_completed(run: &Run<'_>, selection: Selection<'_>, runs: &[Run<'_>]) -> bool {
    if !matches!(selection.effect, Effect::Words | Effect::Marks) {
        return false;
    }
    let own = plain(&selection.given.value);
    let others = runs.iter().filter(|other| {
        other.folder == run.folder && other.name != run.name && other.suite.is_none() && other.it.paths == run.it.paths
    });
    others.filter_map(|other| other.done()).any(|done| {
        done.options.last(selection.given.name).is_none_or(|given| {
            let theirs = plain(&given.value);
            theirs.is_empty() || theirs == negated(&own) || own == negated(&theirs)
        })
    })
}

fn plain(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    words.join(" ")
}

fn negated(expression: &str) -> String {
    if expression.contains(' ') && !expression.starts_with('(') {
        format!("not ({expression})")
    } else {
        format!("not {expression}")
    }
}

fn finding(run: &Run<'_>, Selection { effect, given }: Selection<'_>) -> Diagnostic {
    let option = written(given);
    let place = match &given.origin {
        WordSource::Argument(_) | WordSource::Path(_) => String::new(),
        origin => format!(" in {origin}"),
    };
    let is_own = matches!(given.origin, WordSource::Argument(_) | WordSource::Variable | WordSource::Path(_));
    let name = run.name;
    let gates = "pass rate and coverage are those of a part";
    let (level, message, help) = match effect {
        Effect::Words => (
            Level::Error,
            format!("`{option}`{place} chooses tests by words in their names: {gates}"),
            format!("give the others to a suite of `{name}` or to `[quarantine]` by their paths, and remove it"),
        ),
        Effect::Marks => (
            Level::Warning,
            format!("`{option}`{place} chooses tests by their marks: {gates}"),
            format!("add a test run with `args = [\"-m\", \"{}\"]`, which runs the others", opposite(&given.value)),
        ),
        Effect::Stops => (
            if is_own { Level::Error } else { Level::Warning },
            format!("`{option}`{place} ends a run before all of its tests have run"),
            match given.name {
                "-x" | "--maxfail" if !is_own => format!("write `args = [\"--maxfail=0\"]` in `{name}`, or remove it"),
                _ => "remove it".to_owned(),
            },
        ),
        Effect::Before => (
            if is_own { Level::Error } else { Level::Warning },
            format!("`{option}`{place} chooses tests by how they ended before: {gates}"),
            "remove it, and write it on your own command line".to_owned(),
        ),
        Effect::Nothing => (
            Level::Error,
            format!("with `{option}`{place} no test runs"),
            "remove it, and write it on your own command line".to_owned(),
        ),
        Effect::Kind => (
            if given.value.contains("python") { Level::Error } else { Level::Warning },
            format!("`{option}`{place} switches a part of pytest off that finds tests"),
            "remove it".to_owned(),
        ),
    };
    Diagnostic { level, ..Diagnostic::error(CODE, run.place(&given.origin), message).help(help) }
}

/// An option as it would be typed.
fn written(given: &Given) -> String {
    match given.value.as_str() {
        "" => given.name.to_owned(),
        value if given.name.starts_with("--") => format!("{}={value}", given.name),
        value if value.contains(' ') => format!("{} \"{value}\"", given.name),
        value => format!("{} {value}", given.name),
    }
}

/// The expression that chooses the others.
fn opposite(expression: &str) -> String {
    let own = plain(expression);
    match own.strip_prefix("not ") {
        Some(rest) if !rest.contains(" and ") && !rest.contains(" or ") => rest.to_owned(),
        _ => negated(&own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_chooses_the_others() {
        for (own, others) in [
            ("not slow", "slow"),
            ("slow", "not slow"),
            ("not a and  b", "not (not a and b)"),
            ("a or b", "not (a or b)"),
        ] {
            assert_eq!(opposite(own), others, "{own}");
        }
    }
}
