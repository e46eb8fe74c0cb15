//! From a definition to a pipeline: references instead of names, and every fact computed once.
//!
//! A name that no table declares is an error here. Entries that refer to it are left out of the pipeline, so that
//! checks do not report consequences. A pipeline without errors is complete, so lowering needs no fallbacks.

mod axes;
mod call;
mod component;
mod environment;
mod gates;
mod image;
mod job;
pub(crate) mod names;
pub(crate) mod outputs;
mod pipeline;
mod pytest_call;
mod references;
mod scope;
mod suite;
mod test_run;
#[cfg(test)]
mod tests;
mod times;

use std::rc::Rc;

use references::References;
use scope::Scope;

use crate::definition::Definition;
use crate::diagnostics::Diagnostic;
use crate::sources::Sources;

pub(crate) use axes::{Axes, Combination};
pub(crate) use call::{Call, Interface, Target, requires};
pub(crate) use component::Component;
pub(crate) use environment::{Environment, Limited};
pub(crate) use gates::{Order, SecondSeed, Seeds};
pub(crate) use image::{Image, registry};
pub(crate) use job::{Job, JobMachine, Workflow};
pub(crate) use names::Names;
pub(crate) use pipeline::Pipeline;
pub(crate) use pytest_call::{Variable, words};
pub(crate) use scope::{Named, Parts};
pub(crate) use suite::Suite;
pub(crate) use test_run::{Coverage, TestRun};

/// Pages of the rules about references.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("promotion-order", include_str!("../../templates/rules/promotion-order.md")),
    ("runner-name", include_str!("../../templates/rules/runner-name.md")),
    ("suite-of-suite", include_str!("../../templates/rules/suite-of-suite.md")),
    ("unknown-name", include_str!("../../templates/rules/unknown-name.md")),
];

/// The result of resolving a definition.
pub(crate) struct Resolved<'a> {
    /// The pipeline: complete where no reference is missing.
    pub(crate) pipeline: Pipeline<'a>,
    /// References that are missing.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Resolves a definition.
pub(crate) fn resolve<'a>(definition: &'a Definition, sources: &'a Sources) -> Resolved<'a> {
    let mut references = References::default();
    let scope = Scope { definition, sources, names: Names::of(definition, sources) };
    let mut components = Parts::new();
    for (name, written) in &definition.components {
        if let Some(component) = Component::of(&scope, name, written) {
            components.insert(name.as_str(), Rc::new(component));
        }
    }
    let mut images = Parts::new();
    for (name, written) in &definition.images {
        images.insert(name.as_str(), Rc::new(Image::of(&scope, name, written)));
    }
    let mut tests = Parts::new();
    for (name, written) in &definition.tests {
        if let Some(run) = TestRun::of(&scope, &components, &mut references, name, written) {
            tests.insert(name.as_str(), Rc::new(run));
        }
    }
    let mut suites = Vec::new();
    for (name, written) in &definition.suites {
        suites.extend(Suite::of(&scope, &tests, &mut references, name, written));
    }
    others(definition, &mut references);
    let mut environments = Vec::new();
    for (name, written) in &definition.environments {
        let environment = Environment::of(&scope, &images, &mut references, &environments, name, written);
        environments.push(environment);
    }
    environment::mark_reached(&mut environments);
    let jobs = job::jobs(&scope, &components, &mut references);
    let workflows = job::workflows(&scope, &components, &mut references);
    let names = scope.names;
    let pipeline = Pipeline { definition, names, components, tests, suites, images, environments, jobs, workflows };
    Resolved { pipeline, diagnostics: references.found }
}

/// References of tables that are part of others.
fn others(definition: &Definition, references: &mut References) {
    for (path, quarantine) in &definition.quarantine {
        if let Some(of) = &quarantine.of {
            references.find(("tests", &definition.tests), of, || crate::at!["quarantine", path.as_str(), "of"]);
        }
    }
    for (name, workload) in &definition.workloads {
        let at = || crate::at!["workloads", name.as_str(), "image"];
        references.find(("images", &definition.images), &workload.image, at);
    }
}
