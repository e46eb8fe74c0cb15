//! Two jobs of a workflow, and two workflows, never have the same name.

use std::collections::HashMap;

use super::check::{Check, Subject};
use super::support::walk::ROOT;
use crate::at;
use crate::definition::Definition;
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::resolve::names;

pub(crate) struct NameClash;

const CODE: Code = Code("name-clash");

impl Check for NameClash {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/name-clash.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        jobs(subject.definition, found);
        workflows(subject.definition, found);
    }
}

fn jobs(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let mut taken: HashMap<String, Location> = HashMap::new();
    for names::CiJob { table, name, id } in names::ci_jobs(definition) {
        let at = || at![table, name.as_str()].key();
        if names::OWN_JOBS.contains(&id.as_ref()) {
            let message = format!("`ci.yml` has a built-in job `{id}`");
            found.push(Diagnostic::error(CODE, at(), message).help("choose another name"));
        } else if let Some(other) = taken.get(id.as_ref()) {
            let message = format!("`ci.yml` would have two jobs called `{id}`");
            let diagnostic = Diagnostic::error(CODE, at(), message).related(other.clone(), "the other one");
            found.push(diagnostic.help("choose another name"));
        } else {
            taken.insert(id.into_owned(), at());
        }
    }
}

fn workflows(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let at = ROOT.key("workflows");
    for name in definition.workflows.keys() {
        if names::OWN_WORKFLOWS.contains(&name.as_str()) {
            let message = format!("`{name}.yml` is a workflow of Pipewright's own");
            found.push(Diagnostic::error(CODE, at.key(name).at().key(), message).help("choose another name"));
        }
        let image = name.strip_prefix("publish-").and_then(|image| definition.images.get_key_value(image));
        if let Some((image, _)) = image.filter(|(_, image)| image.publish.is_some()) {
            let message = format!("`{name}.yml` is the workflow that publishes the image `{image}`");
            let there = ROOT.key("images").key(image).key("publish").at().key();
            let diagnostic = Diagnostic::error(CODE, at.key(name).at().key(), message).related(there, "the image");
            found.push(diagnostic.help("choose another name"));
        }
        let suite = name.strip_suffix("-integration").and_then(|suite| definition.suites.get_key_value(suite));
        if let Some((suite, _)) = suite {
            let message = format!("`{name}.yml` is the workflow of the suite `{suite}`");
            let there = ROOT.key("suites").key(suite).at().key();
            let diagnostic = Diagnostic::error(CODE, at.key(name).at().key(), message).related(there, "the suite");
            found.push(diagnostic.help("choose another name"));
        }
    }
}
