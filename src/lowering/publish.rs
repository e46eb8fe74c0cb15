//! `publish-<image>.yml`: images that are published when a tag is pushed, after ci.yml.

use serde_json::json;

use super::context::Context;
use super::family::Family;
use super::image::{Push, attest, grant_attest, grant_build, grant_registry, merge, part_jobs};
use super::jobs::single;
use crate::definition::ImageTag;
use crate::resolve::{Image, names};
use crate::trace::Origin;
use crate::workflow::{Environment, Github, Job, Step, Triggers, Work, Workflow, pairs, step};

pub(crate) struct Publish;

impl Family for Publish {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        let file = context.pipeline.names.file(names::CI);
        let Some(ci) = above.iter().find(|workflow| workflow.file == file) else { return Vec::new() };
        let mut groups: Vec<(&[String], Vec<&Image<'_>>)> = Vec::new();
        for image in context.pipeline.published_images() {
            let Some(publish) = &image.written.publish else { continue };
            match groups.iter_mut().find(|(tags, _)| *tags == publish.tags) {
                Some((_, images)) => images.push(image),
                None => groups.push((&publish.tags, vec![image])),
            }
        }
        groups.into_iter().filter_map(|(tags, images)| workflow(context, tags, &images, ci)).collect()
    }
}

/// The workflow of the images that the same tags publish.
fn workflow(context: &Context<'_>, tags: &[String], images: &[&Image<'_>], ci: &Workflow) -> Option<Workflow> {
    let first = images.first()?;
    let id = names::publish_workflow(first.name);
    let origin = crate::at!["images", first.name.as_str()].then("publish");
    let mut jobs = vec![context.call(names::CI, "CI", ci, origin.clone())];
    for image in images {
        let mut parts = part_jobs(context, image, &[names::CI.to_owned()], None);
        let mut last = job(context, image);
        last.needs = parts.iter().map(|job| job.id.clone()).collect();
        if parts.is_empty() {
            last.needs.push(names::CI.to_owned());
        }
        jobs.append(&mut parts);
        jobs.push(last);
    }
    let titles: Vec<&str> = images.iter().map(|image| image.name.as_str()).collect();
    Some(Workflow {
        file: context.pipeline.names.file(&id),
        name: format!("{} publish {}", context.pipeline.project(), titles.join(", ")),
        about: vec!["Images get the names of a release when its tag is pushed.".to_owned()],
        on: Triggers { push_tags: tags.to_vec(), ..Triggers::default() },
        concurrency: Some(context.each_run(&id)),
        env: Vec::new(),
        jobs,
        origin,
    })
}

/// The job that publishes an image, or joins its architectures.
fn job(context: &Context<'_>, image: &Image<'_>) -> Job {
    let origin = crate::at!["images", image.name.as_str()];
    let is_merged = !image.parts.is_empty();
    let mut steps = vec![context.checkout_as(None, &origin)];
    steps.push(choose_tags(context, image, &origin));
    steps.extend(context.log_in_to(image, Push::Release, &origin));
    if is_merged {
        steps.push(merge(context, image, step("tags").output("tags"), &origin));
    } else {
        steps.extend(context.build(image, Push::Release, None));
    }
    if image.written.attest {
        steps.push(attest(context, image, &origin));
    }
    let mut job = context.job(&image.job_id(), format!("Publish image {}", image.name), origin, steps);
    if is_merged {
        grant_registry(image, Push::Release, &mut job.permissions);
    } else {
        grant_build(image, Push::Release, &mut job.permissions);
    }
    if image.written.attest {
        grant_attest(&mut job.permissions);
    }
    if let Work::Steps { runner, timeout, environment, .. } = &mut job.work {
        *timeout = image.minutes;
        *environment = image.written.environment.clone().map(Environment::without_deployment);
        *runner = if is_merged { single(context.pipeline.machine()) } else { single(image.machine) };
    }
    job
}

/// Returns the step that chooses the names of a release, by its tag and those of earlier releases.
fn choose_tags(context: &Context<'_>, image: &Image<'_>, origin: &Origin) -> Step {
    let origin = origin.clone().then("publish");
    let kinds: &[ImageTag] = image.written.publish.as_ref().map_or(&[], |publish| &publish.names);
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let repositories: Vec<&str> = image.written.repositories().map(|(repository, _)| repository).collect();
    context.python("Choose the image tags", "ci.py tags", &[], &origin).id("tags").env(pairs![
        ("GH_TOKEN", Github::Token),
        ("PIPEWRIGHT_AS", json!(kinds).to_string()),
        ("PIPEWRIGHT_REPOSITORIES", json!(repositories).to_string()),
        ("PIPEWRIGHT_TAG", Github::RefName),
    ])
}
