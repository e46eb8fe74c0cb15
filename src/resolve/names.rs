//! Names of the files, folders and jobs of a pipeline.

use std::borrow::Cow;

use crate::definition::{Definition, Name};
use crate::seal::SCRIPTS;
use crate::sources::{Sources, inside, join};

/// Jobs of `ci.yml` that every pipeline may have.
pub(crate) const OWN_JOBS: [&str; 5] = ["drift", "changes", "plan", "coverage", "passed"];

/// The workflow that every change passes through.
pub(crate) const CI: &str = "ci";
/// The workflow that deploys.
pub(crate) const DEPLOY: &str = "deploy";
/// The workflow of smoke tests.
pub(crate) const SMOKE_TESTS: &str = "smoke-tests";
/// The workflow of merged coverage.
pub(crate) const TEST_COVERAGE: &str = "test-coverage";

/// Workflows that every pipeline may have.
pub(crate) const OWN_WORKFLOWS: [&str; 4] = [CI, DEPLOY, SMOKE_TESTS, TEST_COVERAGE];

/// Prefix of all file names of a pipeline, and the folder of its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names<'a> {
    prefix: String,
    folder: &'a str,
}

impl<'a> Names<'a> {
    pub(super) fn of(definition: &Definition, sources: &'a Sources) -> Self {
        Self { prefix: prefix(definition, &sources.definition.file), folder: sources.folder() }
    }

    /// Returns the name of a workflow's file.
    pub(crate) fn file(&self, workflow: &str) -> String {
        format!("{}{workflow}.yml", self.prefix)
    }

    /// Returns the folder of the pipeline's own settings and manifest, from the root of the repository.
    pub(crate) fn own_folder(&self) -> String {
        match self.prefix.strip_suffix('-') {
            Some(own) => format!("{SCRIPTS}/{own}"),
            None => SCRIPTS.to_owned(),
        }
    }

    /// Returns a folder of the definition from the root of the repository; none for one outside, which
    /// `path-outside` reports.
    pub(super) fn folder(&self, path: &str) -> Option<String> {
        join(self.folder, path)
    }

    /// Returns a path of the definition from the root of the repository; empty for the root itself.
    pub(crate) fn path(&self, path: &str) -> String {
        inside(self.folder, path)
    }
}

/// Returns the prefix of the file names; empty for the definition at the root of the repository.
pub(crate) fn prefix(definition: &Definition, file: &str) -> String {
    match &definition.project.prefix {
        Some(prefix) => format!("{prefix}-"),
        None if file == "pipeline.toml" => String::new(),
        None => format!("{}-", definition.project.name),
    }
}

/// A job of `ci.yml` that comes from a table of the definition.
#[derive(Debug)]
pub(crate) struct CiJob<'a> {
    /// The table.
    pub(crate) table: &'static str,
    /// The entry of the table.
    pub(crate) name: &'a Name,
    /// The job's id.
    pub(crate) id: Cow<'a, str>,
}

/// Returns every job of `ci.yml` that comes from a table.
pub(crate) fn ci_jobs(definition: &Definition) -> Vec<CiJob<'_>> {
    let mut jobs = Vec::new();
    for table in JOB_TABLES {
        let names: Vec<&Name> = match table {
            "components" => definition.components.keys().collect(),
            "tests" => definition.tests.keys().collect(),
            "suites" => definition.suites.keys().collect(),
            "images" => definition.images.keys().collect(),
            _ => definition.jobs.keys().collect(),
        };
        for name in names {
            jobs.extend(job_ids(table, name).into_iter().map(|id| CiJob { table, name, id }));
        }
    }
    jobs
}

/// Tables whose entries are jobs of `ci.yml`.
pub(crate) const JOB_TABLES: [&str; 5] = ["components", "tests", "suites", "images", "jobs"];

/// Returns the ids of the jobs of `ci.yml` that come from an entry of one of these tables.
pub(crate) fn job_ids<'n>(table: &str, name: &'n str) -> Vec<Cow<'n, str>> {
    match table {
        "tests" => vec![Cow::Owned(test_job(name)), Cow::Owned(gates_job(name))],
        "suites" => vec![Cow::Owned(suite_job(name))],
        "images" => vec![Cow::Owned(image_job(name))],
        _ => vec![Cow::Borrowed(name)],
    }
}

/// Returns the jobs of every `ci.yml` that a custom job can wait for.
pub(crate) fn own_jobs<'j>() -> impl Iterator<Item = &'j str> {
    OWN_JOBS.into_iter().filter(|id| *id != "passed")
}

/// Returns the id of the job that runs the shards of a test run.
pub(crate) fn test_job(run: &str) -> String {
    format!("test-{run}")
}

/// Returns the id of the job that evaluates the gates of a test run.
pub(crate) fn gates_job(run: &str) -> String {
    format!("gates-{run}")
}

/// Returns the id of the job that calls a suite's workflow.
pub(crate) fn suite_job(suite: &str) -> String {
    format!("suite-{suite}")
}

/// Returns the id of the job that builds an image, in `ci.yml` and in `deploy.yml`.
pub(crate) fn image_job(image: &str) -> String {
    format!("image-{image}")
}

/// Returns the workflow that publishes images when a tag is pushed, by the first of them.
pub(crate) fn publish_workflow(image: &str) -> String {
    format!("publish-{image}")
}

/// Returns the id of the job that waits for an approval.
pub(crate) fn approval_job(environment: &str) -> String {
    format!("approve-{environment}")
}

/// Returns the id of the job that returns an environment to an earlier version on demand.
pub(crate) fn roll_back_job(environment: &str) -> String {
    format!("roll-back-{environment}")
}

/// Returns the id of the job that deploys to an environment.
pub(crate) fn deploy_job(environment: &str) -> String {
    format!("deploy-{environment}")
}

/// Returns the input of `deploy.yml` for an existing image.
pub(crate) fn digest_input(image: &str) -> String {
    format!("{image}-digest")
}
