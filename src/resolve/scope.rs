//! Definition and defaults, the input of every part of a pipeline.

use std::rc::Rc;

use indexmap::IndexMap;

use super::names::Names;
use crate::definition::{Definition, Duration, Name, RunsOn};
use crate::sources::Sources;

/// A table's entry with its name.
pub(crate) type Named<'a, T> = (&'a Name, &'a T);

/// Parts of a pipeline by name, in the order of the definition.
pub(crate) type Parts<'a, T> = IndexMap<&'a str, Rc<T>>;

/// The definition, its place in the repository, and the defaults of its project.
pub(super) struct Scope<'a> {
    pub(super) definition: &'a Definition,
    pub(super) sources: &'a Sources,
    pub(super) names: Names<'a>,
}

impl<'a> Scope<'a> {
    /// Returns a time limit in minutes: a job's own, else the project's.
    pub(super) fn minutes(&self, own: Option<Duration>) -> u64 {
        own.unwrap_or(self.definition.project.timeout).minutes()
    }

    /// Returns a job's machine: its own, else the project's.
    pub(super) fn machine(&self, own: Option<&'a RunsOn>) -> &'a RunsOn {
        own.unwrap_or(&self.definition.project.runs_on)
    }
}
