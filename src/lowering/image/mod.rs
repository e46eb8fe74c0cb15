//! Steps of image builds, for CI, for deploys and for releases.

mod build;
mod cache;
mod platforms;
mod push;
mod registry;

pub(crate) use build::commit_tags;
pub(crate) use platforms::{grant_build, merge, part_jobs};
pub(crate) use push::Push;
pub(crate) use registry::{attest, grant_attest, grant_registry};
