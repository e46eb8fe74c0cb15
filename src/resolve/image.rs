//! `[images]`: builds of images.

use super::names;
use super::scope::Scope;
use crate::definition::{Cache, Image as Written, Name, RunsOn};

/// An image.
#[derive(Debug)]
pub(crate) struct Image<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// Build context, from the root of the repository; empty at the root.
    pub(crate) context: String,
    /// The machine that builds it: of several the first.
    pub(crate) machine: &'a RunsOn,
    /// Time limit of a build, in minutes.
    pub(crate) minutes: u64,
}

impl<'a> Image<'a> {
    pub(super) fn of(scope: &Scope<'a>, name: &'a Name, written: &'a Written) -> Self {
        Self {
            name,
            written,
            context: scope.names.path(&written.context),
            machine: scope.machine(written.runs_on.as_ref()),
            minutes: scope.minutes(written.timeout),
        }
    }

    /// Returns the id of the job that builds it, in `ci.yml` and in `deploy.yml`.
    pub(crate) fn job_id(&self) -> String {
        names::image_job(self.name)
    }

    /// Returns the host of its registry.
    pub(crate) fn registry(&self) -> &'a str {
        self.written.repository.split_once('/').map_or("docker.io", |(host, _)| host)
    }

    /// Returns whether a build reads a cache in its registry.
    pub(crate) fn reads_registry(&self) -> bool {
        self.written.cache.contains(&Cache::Registry) || self.written.cache.contains(&Cache::Inline)
    }
}
