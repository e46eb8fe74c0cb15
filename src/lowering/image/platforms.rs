//! Builds of one architecture each, and the image that joins them.

use minijinja::context;

use super::push::Push;
use crate::lowering::context::Context;
use crate::lowering::steps::grant_for;
use crate::resolve::Image;
use crate::trace::{Effect, Origin};
use crate::workflow::{Environment, Job, Machine, Permission, Step, Value, When, Work, need, pairs, step};

/// Returns a job for each architecture that a hosted runner builds; it publishes by digest, without a name.
pub(crate) fn part_jobs(
    context: &Context<'_>,
    image: &Image<'_>,
    needs: &[String],
    condition: Option<&When>,
) -> Vec<Job> {
    let origin = crate::at!["images", image.name.as_str()];
    let mut jobs = Vec::new();
    for part in &image.parts {
        let mut steps = vec![context.checkout_as(None, &origin)];
        steps.extend(context.log_in_to(image, Push::Digest, &origin));
        steps.extend(context.build(image, Push::Digest, Some(&part.arch.into())));
        let title = format!("Build image {} ({})", image.name, part.arch);
        let mut job = context.job(&image.part_id(part), title, origin.clone(), steps);
        job.needs = needs.to_vec();
        job.condition = condition.cloned();
        job.outputs = pairs![("digest", step("build").output("digest"))];
        grant_build(image, Push::Digest, &mut job.permissions);
        if let Work::Steps { runner, timeout, environment, .. } = &mut job.work {
            *timeout = image.minutes;
            *environment = image.written.environment.clone().map(Environment::without_deployment);
            *runner = Machine::Label((&part.machine).into());
        }
        jobs.push(job);
    }
    jobs
}

/// Returns the step that gives these names to an image of all architectures.
///
/// Source: <https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/>
pub(crate) fn merge(context: &Context<'_>, image: &Image<'_>, tags: Value, origin: &Origin) -> Step {
    let digest = |id: &str| Value::from(&image.written.repository) + "@" + need(id).output("digest");
    let sources = Value::separated(image.parts.iter().map(|part| digest(&image.part_id(part))), ",");
    let origin = origin.clone().then("platforms");
    let step = Step::run("Merge the platforms", context.script("steps/merge.sh", context! {}), origin);
    step.id("build").env(pairs![("SOURCES", sources), ("TAGS", tags)]).effect(Effect::Publishes)
}

/// Grants the permissions of a job that builds.
pub(crate) fn grant_build(image: &Image<'_>, push: Push, permissions: &mut Vec<Permission>) {
    super::registry::grant_registry(image, push, permissions);
    grant_for(&image.written.before, permissions);
    grant_for(&image.written.after, permissions);
}
