//! deploy.yml: CI, images by digest, one job per environment, a recovery behind each, and a report.

mod approve;
mod branch;
mod cluster;
mod environment;
mod image;
mod recover;
mod report;
mod settings;

use super::{Context, Family, ci, find};
use crate::definition::{Environment, Image, Name};
use crate::workflow::{Job, ManualInput, ManualKind, Triggers, Value, When, Workflow, need};

pub(super) use environment::smoke_env;
pub(super) use settings::settings_variables;

pub(crate) struct Deploy;

impl Family for Deploy {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        if context.definition.environments.is_empty() {
            return Vec::new();
        }
        let ci = find(above, &ci::file(context));
        ci.map(|ci| workflow(context, ci)).into_iter().collect()
    }
}

fn workflow(context: &Context<'_>, ci: &Workflow) -> Workflow {
    let environments = &context.definition.environments;
    let mut jobs = vec![branch::job(context), image::ci(context, ci)];
    jobs.extend(images(context).into_iter().map(|(name, image)| image::job(context, name, image)));
    for (name, environment) in environments {
        jobs.extend(environment.approval.as_deref().map(|place| approve::job(context, name, environment, place)));
        jobs.push(environment::job(context, name, environment));
        jobs.push(recover::job(context, name, environment));
    }
    let last = report::job(context, &jobs);
    jobs.push(last);
    Workflow {
        file: context.file("deploy"),
        name: format!("{} deploy", context.project()),
        about: vec![
            "A version is verified in one environment before it reaches the next; whatever fails or is lost after a"
                .to_owned(),
            "change puts traffic back to the version that was verified last.".to_owned(),
        ],
        on: Triggers {
            push_branches: vec![context.deploying_branch().to_owned()],
            manual: Some(inputs(context)),
            ..Triggers::default()
        },
        concurrency: context.each_run("deploy"),
        jobs,
        origin: crate::at!["environments"],
    }
}

/// The images that are deployed, in the order of the definition.
fn images<'a>(context: &Context<'a>) -> Vec<(&'a Name, &'a Image)> {
    let definition = context.definition;
    let deployed = |image: &Name| {
        let mut workloads = definition.environments.values().flat_map(|environment| &environment.deploy);
        workloads.any(|workload| definition.workloads.get(workload).is_some_and(|workload| workload.image == *image))
    };
    definition.images.iter().filter(|(name, _)| deployed(name)).collect()
}

/// The images of one environment.
fn images_of<'a>(context: &Context<'a>, environment: &Environment) -> Vec<&'a Name> {
    images(context)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|image| {
            let workloads = environment.deploy.iter().filter_map(|name| context.definition.workloads.get(name));
            workloads.into_iter().any(|workload| workload.image == **image)
        })
        .collect()
}

fn inputs(context: &Context<'_>) -> Vec<ManualInput> {
    let names: Vec<String> = context.definition.environments.keys().map(ToString::to_string).collect();
    let mut inputs = vec![ManualInput {
        name: "environment".to_owned(),
        description: "Deploys to this environment, by way of those that come before it".to_owned(),
        required: true,
        default: names.first().cloned(),
        kind: ManualKind::Choice(names),
    }];
    inputs.extend(images(context).into_iter().map(|(name, image)| ManualInput {
        name: digest_input(name),
        description: format!(
            "Digest of an image that was built here, {}@sha256:...; empty builds one",
            image.repository
        ),
        kind: ManualKind::String,
        required: false,
        default: None,
    }));
    inputs
}

/// The input that names an image that exists already.
fn digest_input(image: &str) -> String {
    format!("{image}-digest")
}

/// The id of the job that gives an image's digest.
fn image_job(image: &str) -> String {
    format!("image-{image}")
}

/// The id of the job that deploys to an environment.
fn deploy_job(environment: &str) -> String {
    format!("deploy-{environment}")
}

/// The condition under which a job of an environment has its turn: what it waits for succeeded, and a manual deploy
/// reaches that far. A skipped job further back must not skip this one, so the results are named.
///
/// Source: <https://github.com/actions/runner/issues/2205>
fn turn(context: &Context<'_>, name: &Name, needs: &[String]) -> When {
    let reached: Vec<&str> = context
        .definition
        .environments
        .keys()
        .filter(|other| comes_before(context, name, other))
        .map(Name::as_str)
        .collect();
    let waited = needs.iter().map(|id| need(id).result().is("success"));
    let turn = waited.fold(When::not_failed(), When::and);
    if reached.len() == context.definition.environments.len() {
        return turn;
    }
    turn.and(When::event("push").or(Value::input("environment").is_one_of(reached)))
}

/// Whether `name` is `other`, or one that it comes after.
fn comes_before(context: &Context<'_>, name: &Name, other: &Name) -> bool {
    let mut at = Some(other);
    // As many steps as there are environments: a circle is refused before, and could not hold us here.
    for _ in 0..=context.definition.environments.len() {
        match at {
            Some(here) if here == name => return true,
            Some(here) => at = context.definition.environments.get(here).and_then(|place| place.needs.as_ref()),
            None => return false,
        }
    }
    false
}

/// What a job of an environment waits for: its images, and the environment before it.
fn waits_for(context: &Context<'_>, environment: &Environment) -> Vec<String> {
    let mut needs: Vec<String> = images_of(context, environment).into_iter().map(|name| image_job(name)).collect();
    needs.extend(environment.needs.as_deref().map(deploy_job));
    needs
}

/// A job without a permission at all.
fn bare(mut job: Job) -> Job {
    job.permissions.clear();
    job
}
