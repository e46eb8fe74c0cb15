//! `[images]`: builds of images.

use super::names;
use super::scope::Scope;
use crate::catalogue::runners::{Arch, Os, runner};
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
    /// Builds of one architecture each, by hosted runners of it; empty where one machine builds all.
    pub(crate) parts: Vec<Part>,
    /// Time limit of a build, in minutes.
    pub(crate) minutes: u64,
}

/// The build of one architecture of Linux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The architecture, as Docker names it.
    pub(crate) arch: &'static str,
    /// Label of the hosted runner.
    pub(crate) machine: String,
}

impl<'a> Image<'a> {
    pub(super) fn of(scope: &Scope<'a>, name: &'a Name, written: &'a Written) -> Self {
        Self {
            name,
            written,
            context: scope.names.path(&written.context),
            machine: scope.machine(written.runs_on.as_ref()),
            parts: parts(written, scope.machine(written.runs_on.as_ref())).unwrap_or_default(),
            minutes: scope.minutes(written.timeout),
        }
    }

    /// Returns the id of the job that builds it, in `ci.yml` and in `deploy.yml`.
    pub(crate) fn job_id(&self) -> String {
        names::image_job(self.name)
    }

    /// Returns the id of the job that builds one architecture of it.
    pub(crate) fn part_id(&self, part: &Part) -> String {
        format!("{}-{}", self.job_id(), part.arch)
    }

    /// Returns whether a build in CI leaves the image on the machine, where `after` steps find it.
    pub(crate) fn loads(&self) -> bool {
        !self.written.after.is_empty() && (!self.parts.is_empty() || self.written.platforms.len() == 1)
    }

    /// Returns whether a build reads a cache in its registry.
    pub(crate) fn reads_registry(&self) -> bool {
        self.written.cache.contains(&Cache::Registry) || self.written.cache.contains(&Cache::Inline)
    }
}

/// Returns the architectures that hosted runners build natively; none where one is emulated, or `runs-on` is another machine.
///
/// Source: <https://docs.docker.com/build/ci/github-actions/multi-platform/#distribute-build-across-multiple-runners>;
/// <https://docs.github.com/actions/reference/runners/github-hosted-runners>, the labels of Arm runners.
fn parts(written: &Written, machine: &RunsOn) -> Option<Vec<Part>> {
    let RunsOn::Axis(axis) = machine else { return None };
    let base = axis.first().strip_suffix("-arm").unwrap_or(axis.first());
    let part = |platform: &String| {
        let (arch, label) = match platform.as_str() {
            "linux/amd64" => ("amd64", base.to_owned()),
            "linux/arm64" => ("arm64", format!("{base}-arm")),
            _ => return None,
        };
        let hosted = runner(&label).filter(|runner| runner.os == Os::Linux && runner.arch == arch_of(arch))?;
        Some(Part { arch, machine: hosted.label.to_owned() })
    };
    (written.platforms.len() > 1).then(|| written.platforms.iter().map(part).collect())?
}

fn arch_of(arch: &str) -> Arch {
    if arch == "arm64" { Arch::Arm64 } else { Arch::X64 }
}

/// Returns the host of a repository's registry.
pub(crate) fn registry(repository: &str) -> &str {
    repository.split_once('/').map_or("docker.io", |(host, _)| host)
}
