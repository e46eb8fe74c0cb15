//! The pipeline: what checks and lowering read.

use std::rc::Rc;

use super::component::Component;
use super::environment::Environment;
use super::gates::{SecondSeed, Seeds};
use super::image::Image;
use super::job::{Job, Workflow};
use super::names::Names;
use super::scope::Parts;
use super::suite::Suite;
use super::test_run::TestRun;
use crate::definition::{Condition, Definition, RunsOn};
use crate::toolchains::CacheUse;

/// A definition whose names are references, with the facts that follow from it.
pub(crate) struct Pipeline<'a> {
    /// The definition.
    pub(crate) definition: &'a Definition,
    /// Names of its files.
    pub(crate) names: Names<'a>,
    /// `[components]`.
    pub(crate) components: Parts<'a, Component<'a>>,
    /// `[tests]`.
    pub(crate) tests: Parts<'a, TestRun<'a>>,
    /// `[suites]`.
    pub(crate) suites: Vec<Suite<'a>>,
    /// `[images]`.
    pub(crate) images: Parts<'a, Image<'a>>,
    /// `[environments]`.
    pub(crate) environments: Vec<Environment<'a>>,
    /// `[jobs]`.
    pub(crate) jobs: Vec<Job<'a>>,
    /// `[workflows]`.
    pub(crate) workflows: Vec<Workflow<'a>>,
}

impl<'a> Pipeline<'a> {
    /// Returns the project's name.
    pub(crate) fn project(&self) -> &'a str {
        &self.definition.project.name
    }

    /// Returns the branch that deploys.
    pub(crate) fn deploying_branch(&self) -> &'a str {
        self.definition.project.deploying_branch()
    }

    /// Returns the machine of jobs that name none: of several the first.
    pub(crate) fn machine(&self) -> &'a RunsOn {
        &self.definition.project.runs_on
    }

    /// Returns the time limit of jobs that set none, in minutes.
    pub(crate) fn default_minutes(&self) -> u64 {
        self.definition.project.timeout.minutes()
    }

    /// Returns the use of caches in `ci.yml`. A push to a branch that is called after releases is taken for one.
    pub(crate) fn cache_use(&self) -> CacheUse {
        CacheUse::of(self.push_branches().any(|branch| branch.contains("release")))
    }

    /// Returns whether a deploy is generated.
    pub(crate) fn deploys(&self) -> bool {
        !self.environments.is_empty()
    }

    /// Returns whether a job detects what a pull request changes.
    pub(crate) fn detects_changes(&self) -> bool {
        let definition = self.definition;
        let components = definition.components.values().map(|component| &component.when);
        let tests = definition.tests.values().map(|run| &run.when);
        let suites = definition.suites.values().map(|suite| &suite.when);
        let jobs = definition.jobs.values().map(|job| &job.when);
        let mut conditions = components.chain(tests).chain(suites).chain(jobs).flatten();
        definition.project.skip_unchanged || conditions.any(Condition::asks_changes)
    }

    /// Returns the branches whose pushes run `ci.yml`; `deploy.yml` calls it for the branch that deploys.
    pub(crate) fn push_branches(&self) -> impl Iterator<Item = &'a String> {
        self.definition.project.branches.iter().skip(usize::from(self.deploys()))
    }

    /// Returns the images that are deployed, in the order of the definition.
    pub(crate) fn deployed_images(&self) -> impl Iterator<Item = &Rc<Image<'a>>> {
        let deployed = |image: &Image<'_>| {
            self.environments.iter().any(|environment| environment.images.iter().any(|other| other.name == image.name))
        };
        self.images.values().filter(move |image| deployed(image))
    }

    /// Returns the images that are published when a tag is pushed.
    pub(crate) fn published_images(&self) -> impl Iterator<Item = &Rc<Image<'a>>> {
        self.images.values().filter(|image| image.written.publish.is_some())
    }

    /// Returns the runs whose coverage is measured.
    pub(crate) fn measured(&self) -> impl Iterator<Item = &Rc<TestRun<'a>>> {
        self.tests.values().filter(|run| run.coverage.is_some())
    }

    /// Returns whether any run needs a plan: it shuffles, repeats or splits by time.
    pub(crate) fn is_planned(&self) -> bool {
        self.tests.values().any(|run| run.is_planned())
    }

    /// Returns the time at which the plan has a second seed.
    pub(crate) fn second_seed(&self) -> SecondSeed {
        let mut when = SecondSeed::Never;
        for run in self.tests.values() {
            match run.seeds {
                Seeds::Plan(SecondSeed::Always) => return SecondSeed::Always,
                Seeds::Plan(SecondSeed::Nightly) => when = SecondSeed::Nightly,
                _ => {}
            }
        }
        when
    }
}
