//! Steps of image builds, for CI, for deploys and for releases.

use indexmap::IndexMap;

use super::cache;
use super::push::Push;
use crate::definition::{Cache, RunValue};
use crate::lowering::context::Context;
use crate::lowering::steps::run_value;
use crate::resolve::Image;
use crate::sources::below;
use crate::trace::{Effect, Origin};
use crate::workflow::{Github, Pairs, Step, Value, pairs, step};

/// Image that installs emulators of other platforms.
const EMULATORS: &str = "tonistiigi/binfmt:qemu-v10.2.3";
/// Image of the builder.
const BUILDER: &str = "moby/buildkit:v0.32.2";

impl Context<'_> {
    /// Returns the steps of a build, with the custom steps before and after it; `arch` is the architecture of a job that
    /// builds one.
    pub(crate) fn build(&self, resolved: &Image<'_>, push: Push, arch: Option<&Value>) -> Vec<Step> {
        let (name, image) = (resolved.name, resolved.written);
        let origin = crate::at!["images", name.as_str()];
        let mut steps = self.steps(&image.before, "", &origin.clone().then("before"), Effect::None);
        if arch.is_none() && image.platforms.len() > 1 {
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
        let build = self.action("docker/build-push-action", self.build_inputs(resolved, push, arch), &origin);
        let title = if push.is_published() { "Build and push" } else { "Build" };
        let mut step = Step::uses(title, build, origin.clone()).env([("DOCKER_BUILD_RECORD_UPLOAD", "false")]);
        if push.is_published() {
            step = step.id("build").effect(Effect::Publishes);
        }
        steps.push(step);
        steps.extend(self.after(resolved, push, &origin));
        steps
    }

    /// The custom steps after a build, which read the image's name from `IMAGE`.
    fn after(&self, resolved: &Image<'_>, push: Push, origin: &Origin) -> Vec<Step> {
        let image = resolved.written;
        let mut steps = self.steps(&image.after, "", &origin.clone().then("after"), Effect::None);
        let name = match push {
            Push::Never if resolved.loads() => built(&image.repository),
            Push::Never => return steps,
            _ => Value::from(&image.repository) + "@" + step("build").output("digest"),
        };
        for step in steps.iter_mut().filter(|step| step.env.iter().all(|(key, _)| key != "IMAGE")) {
            step.env.push(("IMAGE".to_owned(), name.clone()));
        }
        steps
    }

    fn build_inputs(&self, resolved: &Image<'_>, push: Push, arch: Option<&Value>) -> Pairs {
        let (image, context) = (resolved.written, resolved.context.as_str());
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
        put("platforms", arch.map_or_else(|| image.platforms.join(",").into(), |arch| Value::from("linux/") + arch));
        put("build-args", lines_of(&image.build_args));
        put("labels", lines_of(&image.labels));
        put("cache-from", self.cache_from(resolved, push, arch));
        put("cache-to", self.cache_to(resolved, push, arch));
        match push {
            Push::Never if resolved.loads() => {
                put("tags", built(&image.repository));
                put("load", "true".into());
            }
            Push::Never => put("push", "false".into()),
            Push::Digest => {
                let repository = &image.repository;
                let output = format!("type=image,name={repository},push-by-digest=true,name-canonical=true,push=true");
                put("outputs", output.into());
            }
            Push::Commit => put("tags", commit_tags(resolved, "\n")),
            Push::Release => put("tags", step("tags").output("tags")),
        }
        if push.is_published() {
            put("provenance", "mode=max".into());
            put("sbom", "true".into());
        }
        if matches!(push, Push::Commit | Push::Release) {
            put("push", "true".into());
        }
        with
    }
}

/// Name of an image that is not published.
fn built(repository: &str) -> Value {
    Value::from(repository) + ":" + Github::Sha
}

/// The names of an image that is deployed: its commit, in each repository.
pub(crate) fn commit_tags(resolved: &Image<'_>, between: &str) -> Value {
    let image = resolved.written;
    let tags = image.repositories().map(|(repository, _)| built(repository));
    // The next build finds the layers of this one by a constant name.
    let inline = image.cache.contains(&Cache::Inline).then(|| cache::inline(image).into());
    Value::separated(tags.chain(inline), between)
}

/// A table as lines of the action's input.
fn lines_of(table: &IndexMap<String, RunValue>) -> Value {
    let lines = table.iter().map(|(key, written)| list_item(Value::from(key) + "=" + run_value(written, &[])));
    Value::separated(lines, "\n")
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
