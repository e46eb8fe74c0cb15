//! Parts of the project's own workflows.

use super::command::Command;
use super::place::Place;
use crate::catalogue::runners::RunnerImage;

/// A version that a set-up action is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::init) struct Version {
    /// The version.
    pub(in crate::init) text: String,
    /// Its place.
    pub(in crate::init) place: Place,
    /// The job, by its index.
    pub(super) job: usize,
}

/// A container beside a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::init) struct Service {
    /// The name by which a job in a container reaches it.
    pub(in crate::init) name: String,
    /// Its image.
    pub(in crate::init) image: String,
    /// Its environment variables.
    pub(in crate::init) env: Vec<(String, String)>,
}

/// A job of a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::init) struct Job {
    /// Environment variables for its programs.
    pub(in crate::init) env: Vec<(String, String)>,
    /// Containers beside it.
    pub(in crate::init) services: Vec<Service>,
    /// The image that it runs in.
    pub(in crate::init) container: Option<String>,
    /// GitHub's runners that it runs on, each with its place.
    pub(super) systems: Vec<(&'static RunnerImage, Place)>,
    /// Its file.
    pub(super) file: String,
    /// `true` if a push or a pull request starts it.
    pub(super) on_change: bool,
}

/// Contents of the project's own workflows and hooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::init) struct OwnWorkflows {
    pub(super) commands: Vec<Command>,
    pub(super) versions: Vec<(String, Version)>,
    pub(super) jobs: Vec<Job>,
}
