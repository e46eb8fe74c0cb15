//! Names that a key takes: those of a table of the definition, or of a registry of this program.

use super::declared::{Name, declared};
use super::run_values;
use crate::definition;
use crate::diagnostics::Part;
use crate::resolve::names::{JOB_TABLES, job_ids, own_jobs};
use crate::runners::RUNNERS;
use crate::sources::Text;
use crate::traffic::TRAFFIC;

/// Returns the names that the value at a path takes. The texts are a definition and its bases.
pub(super) fn of_value<'t>(path: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    definition::names(path).map_or_else(|| run_values::of_value(path, texts), |table| of(table, path, texts))
}

/// Returns the names that are keys of the table at a path.
pub(super) fn of_keys<'t>(table: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    definition::names_of_keys(table).map_or_else(Vec::new, |names| of(names, table, texts))
}

fn of<'t>(table: &'static str, path: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    match (table, path) {
        ("runners", _) => RUNNERS.iter().map(|runner| registered(runner.name())).collect(),
        ("providers", _) => TRAFFIC.iter().map(|provider| registered(provider.name())).collect(),
        ("jobs", [Part::Key(first), workflow, jobs, ..]) if first == "workflows" => {
            declared(&[Part::from("workflows"), workflow.clone(), jobs.clone()], texts)
        }
        ("jobs", _) => {
            let mut found = Vec::new();
            for table in JOB_TABLES {
                for Name { text, at } in declared(&[Part::from(table)], texts) {
                    let ids = job_ids(table, &text).into_iter();
                    found.extend(ids.map(|id| Name { text: id.into_owned(), at: at.clone() }));
                }
            }
            found.extend(own_jobs().map(registered));
            found
        }
        (table, _) => declared(&[Part::from(table)], texts),
    }
}

fn registered<'t>(name: &str) -> Name<'t> {
    Name { text: name.to_owned(), at: None }
}
