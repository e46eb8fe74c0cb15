//! Steps of image builds, for CI and for deploys.

use super::context::Context;
use super::steps::{run_value, value};
use crate::definition::{self, Cache, Login, Name};
use crate::resolve::Image;
use crate::sources::below;
use crate::trace::{Effect, Origin};
use crate::workflow::{Access, Github, Pairs, Permission, Step, Value, grant, pairs};

/// Use of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Push {
    /// A check that the image builds.
    Never,
    /// Publication to the registry.
    Always,
}

/// Action that installs emulators of other platforms.
const EMULATORS: &str = "tonistiigi/binfmt:qemu-v10.2.3";
/// Action that sets up the builder.
const BUILDER: &str = "moby/buildkit:v0.32.2";

impl Context<'_> {
    /// Returns the steps of a build, with the custom steps before and after it.
    pub(crate) fn build(&self, resolved: &Image<'_>, push: Push) -> Vec<Step> {
        let (name, image) = (resolved.name, resolved.written);
        let origin = crate::at!["images", name.as_str()];
        let mut steps = self.steps(&image.before, "", &origin.clone().then("before"), Effect::None);
        if image.platforms.len() > 1 {
            let emulators = self.image(EMULATORS, &origin.clone().then("platforms"));
            // Its cache would replace the pinned image.
            //
            // Source: <https://github.com/docker/setup-qemu-action#inputs>, `cache-image`.
            let with = pairs![("image", emulators), ("platforms", image.platforms.join(",")), ("cache-image", "false")];
            let action = self.action("docker/setup-qemu-action", with, &origin);
            steps.push(Step::uses("Set up QEMU", action, origin.clone()));
        }
        let builder = pairs![("driver-opts", format!("image={}", self.image(BUILDER, &origin)))];
        let builder = self.action("docker/setup-buildx-action", builder, &origin);
        steps.push(Step::uses("Set up Docker Buildx", builder, origin.clone()));
        let build = self.action("docker/build-push-action", self.build_inputs(resolved, push), &origin);
        let title = if push == Push::Always { "Build and push" } else { "Build" };
        let mut step = Step::uses(title, build, origin.clone()).env([("DOCKER_BUILD_RECORD_UPLOAD", "false")]);
        if push == Push::Always {
            step = step.id("build").effect(Effect::Publishes);
        }
        steps.push(step);
        steps.extend(self.steps(&image.after, "", &origin.then("after"), Effect::None));
        steps
    }

    /// Returns the step that logs in to an image's registry, if required.
    pub(crate) fn log_in_to(&self, image: &Image<'_>, push: Push, origin: &Origin) -> Option<Step> {
        let registry = image.registry();
        let with = match &image.written.login {
            // A pull request of a fork has a token that reads, which is all that the cache needs.
            Login::Github if push == Push::Always || image.reads_registry() => {
                pairs![("registry", registry), ("username", Github::Actor), ("password", Github::Token)]
            }
            Login::Password { username, password } if push == Push::Always => {
                pairs![("registry", registry), ("username", value(username)), ("password", value(password))]
            }
            _ => return None,
        };
        Some(Step::uses("Log in to the registry", self.action("docker/login-action", with, origin), origin.clone()))
    }

    fn build_inputs(&self, resolved: &Image<'_>, push: Push) -> Pairs {
        let (name, image, context) = (resolved.name, resolved.written, resolved.context.as_str());
        let mut with = pairs![("context", if context.is_empty() { "." } else { context })];
        let mut put = |key: &str, value: Value| {
            if !value.is_empty() {
                with.push((key.to_owned(), value));
            }
        };
        if let Some(file) = &image.dockerfile {
            put("file", below(context, file).into());
        }
        if let Some(target) = &image.target {
            put("target", target.into());
        }
        put("platforms", image.platforms.join(",").into());
        let arguments =
            image.build_args.iter().map(|(key, written)| list_item(Value::from(key) + "=" + run_value(written, &[])));
        put("build-args", Value::separated(arguments, "\n"));
        put("cache-from", self.cache_from(name, image, push).join("\n").into());
        put("cache-to", Value::separated(self.cache_to(name, image, push), "\n"));
        if push == Push::Always {
            let mut tags = Value::from(&image.repository) + ":" + Github::Sha;
            if image.cache.contains(&Cache::Inline) {
                // The next build finds the layers of this one by a constant name.
                tags = tags + "\n" + inline(image);
            }
            put("tags", tags);
            put("provenance", "mode=max".into());
            put("sbom", "true".into());
        }
        put("push", (push == Push::Always).to_string().into());
        with
    }

    /// Each image has a separate scope: the last build would overwrite a shared one.
    fn scope(&self, name: &Name) -> String {
        format!("{}-{name}", self.pipeline.project())
    }

    /// Returns the caches that a build restores from; none if the image is published. GitHub's cache can be written by any
    /// job on the same branch and on the default branch, a tag by any job with `packages: write`; SLSA requires that no
    /// build can write entries to the cache of another.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>, restrictions for
    /// accessing a cache; <https://slsa.dev/spec/v1.0/requirements#isolated>
    fn cache_from(&self, name: &Name, image: &definition::Image, push: Push) -> Vec<String> {
        if push == Push::Always {
            return Vec::new();
        }
        let repository = &image.repository;
        image
            .cache
            .iter()
            .map(|cache| match cache {
                Cache::Gha => format!("type=gha,scope={}", self.scope(name)),
                Cache::Registry => format!("type=registry,ref={repository}:buildcache"),
                Cache::Inline => format!("type=registry,ref={}", inline(image)),
            })
            .collect()
    }

    /// Returns the caches that a build writes. A build does not fail if a cache cannot be written. GitHub's cache is
    /// written on branches alone: what a pull request writes is restored by that pull request at most, what the merge
    /// queue writes by nothing, and both take space from the caches of branches.
    fn cache_to(&self, name: &Name, image: &definition::Image, push: Push) -> Vec<Value> {
        let repository = &image.repository;
        image
            .cache
            .iter()
            .filter_map(|cache| match (cache, push) {
                (Cache::Gha, Push::Never) => {
                    let cache = format!("type=gha,scope={},mode=max,ignore-error=true", self.scope(name));
                    let on_a_branch = !Value::from(Github::EventName).is_one_of(["pull_request", "merge_group"]);
                    Some(on_a_branch.choose(cache, ""))
                }
                (Cache::Registry, Push::Always) => Some(format!(
                    "type=registry,ref={repository}:buildcache,mode=max,oci-mediatypes=true,image-manifest=true,ignore-error=true"
                ).into()),
                (Cache::Inline, Push::Always) => Some("type=inline".into()),
                _ => None,
            })
            .collect()
    }
}

/// One item of an input that the action reads as lines of comma-separated values: a quote opens a quoted value there.
///
/// Source: <https://github.com/docker/actions-toolkit/blob/v0.62.1/src/util.ts>, `getList`.
fn list_item(item: Value) -> Value {
    let doubled = with_doubled_quotes(item.clone());
    if doubled == item { item } else { Value::from("\"") + doubled + "\"" }
}

fn with_doubled_quotes(value: Value) -> Value {
    let each = |parts: Vec<Value>| parts.into_iter().map(with_doubled_quotes).collect();
    match value {
        Value::Text(text) => text.replace('"', "\"\"").into(),
        Value::Joined(parts) => Value::Joined(each(parts)),
        Value::FirstOf(parts) => Value::FirstOf(each(parts)),
        other => other,
    }
}

/// Name of the image with its cache.
fn inline(image: &definition::Image) -> String {
    format!("{}:inline-cache", image.repository)
}

/// Returns the permissions of a build.
pub(crate) fn grant_registry(image: &Image<'_>, push: Push, permissions: &mut Vec<Permission>) {
    match (&image.written.login, push) {
        (Login::Github, Push::Always) => grant(permissions, "packages", Access::Write, "push the image"),
        (Login::Github, Push::Never) if image.reads_registry() => {
            grant(permissions, "packages", Access::Read, "read the build cache");
        }
        _ => {}
    }
}
