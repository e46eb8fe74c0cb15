//! Caches of layers.

use super::push::Push;
use crate::definition::{self, Cache};
use crate::lowering::context::Context;
use crate::resolve::Image;
use crate::workflow::{Github, Value};

impl Context<'_> {
    /// Each image and architecture has a separate scope: the last build would overwrite a shared one.
    fn scope(&self, image: &Image<'_>, arch: Option<&Value>) -> Value {
        of_arch(Value::from(self.pipeline.project()) + "-" + image.name.as_str(), arch)
    }

    /// Returns the caches that a build restores from; none if the image is published. GitHub's cache can be written by any
    /// job on the same branch and on the default branch, a tag by any job with `packages: write`; SLSA requires that no
    /// build can write entries to the cache of another.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>, restrictions for
    /// accessing a cache; <https://slsa.dev/spec/v1.0/requirements#isolated>
    pub(super) fn cache_from(&self, image: &Image<'_>, push: Push, arch: Option<&Value>) -> Value {
        if push.is_published() {
            return Value::default();
        }
        let written = image.written;
        let caches = written.cache.iter().map(|cache| match cache {
            Cache::Gha => Value::from("type=gha,scope=") + self.scope(image, arch),
            Cache::Registry => Value::from("type=registry,ref=") + in_registry(written, arch),
            Cache::Inline => format!("type=registry,ref={}", inline(written)).into(),
        });
        Value::separated(caches, "\n")
    }

    /// Returns the caches that a build writes. A build does not fail if a cache cannot be written. GitHub's cache is
    /// written on branches alone: what a pull request writes is restored by that pull request at most, what the merge
    /// queue writes by nothing, and both take space from the caches of branches.
    pub(super) fn cache_to(&self, image: &Image<'_>, push: Push, arch: Option<&Value>) -> Value {
        let written = image.written;
        let caches = written.cache.iter().filter_map(|cache| match (cache, push) {
            (Cache::Gha, Push::Never) => {
                let cache = Value::from("type=gha,scope=") + self.scope(image, arch) + ",mode=max,ignore-error=true";
                let on_a_branch = !Value::from(Github::EventName).is_one_of(["pull_request", "merge_group"]);
                Some(on_a_branch.choose(cache, ""))
            }
            (Cache::Registry, Push::Commit | Push::Release | Push::Digest) => Some(
                Value::from("type=registry,ref=")
                    + in_registry(written, arch)
                    + ",mode=max,oci-mediatypes=true,image-manifest=true,ignore-error=true",
            ),
            (Cache::Inline, Push::Commit | Push::Release | Push::Digest) => Some("type=inline".into()),
            _ => None,
        });
        Value::separated(caches, "\n")
    }
}

fn of_arch(name: Value, arch: Option<&Value>) -> Value {
    match arch {
        Some(arch) => name + "-" + arch,
        None => name,
    }
}

/// Name of the cache beside an image.
fn in_registry(image: &definition::Image, arch: Option<&Value>) -> Value {
    of_arch(format!("{}:buildcache", image.repository).into(), arch)
}

/// Name of the image with its cache.
pub(super) fn inline(image: &definition::Image) -> String {
    format!("{}:inline-cache", image.repository)
}
