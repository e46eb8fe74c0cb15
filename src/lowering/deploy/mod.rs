//! deploy.yml: CI, images by digest, a job and a recovery per environment, and a report.

mod approve;
mod branch;
mod cluster;
mod conditions;
mod environment;
mod image;
mod recover;
mod renewal;
mod report;
mod roll_back;
mod settings;
mod variables;

use self::conditions::{ACTION, ACTIONS};
use super::context::Context;
use super::family::Family;
use crate::resolve::{Pipeline, names};
use crate::workflow::{ManualInput, ManualKind, Triggers, Workflow};

pub(super) use settings::settings_variables;
pub(super) use variables::smoke_env;

pub(crate) struct Deploy;

impl Family for Deploy {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        let file = context.pipeline.names.file(names::CI);
        let ci = above.iter().find(|workflow| workflow.file == file && context.pipeline.deploys());
        ci.map(|ci| workflow(context, ci)).into_iter().collect()
    }
}

fn workflow(context: &Context<'_>, ci: &Workflow) -> Workflow {
    let pipeline = context.pipeline;
    let mut jobs = vec![branch::job(context), image::ci(context, ci)];
    jobs.extend(pipeline.deployed_images().flat_map(|image| image::jobs(context, image)));
    for environment in &pipeline.environments {
        let approval = environment.written.approval.as_deref();
        jobs.extend(approval.map(|place| approve::job(context, environment, place)));
        jobs.push(environment::job(context, environment));
        jobs.push(roll_back::job(context, environment));
        jobs.push(recover::job(context, environment));
    }
    let last = report::job(context, &jobs);
    jobs.push(last);
    Workflow {
        file: pipeline.names.file(names::DEPLOY),
        name: format!("{} deploy", pipeline.project()),
        about: vec![
            "A version is verified in one environment before it reaches the next. A failure or a lost runner after a"
                .to_owned(),
            "change rolls traffic back to the last verified version.".to_owned(),
        ],
        on: Triggers {
            push_branches: vec![pipeline.deploying_branch().to_owned()],
            manual: Some(inputs(pipeline)),
            ..Triggers::default()
        },
        concurrency: Some(context.each_run(names::DEPLOY)),
        env: Vec::new(),
        jobs,
        origin: crate::at!["environments"],
    }
}

fn inputs(pipeline: &Pipeline<'_>) -> Vec<ManualInput> {
    let names: Vec<String> = pipeline.environments.iter().map(|environment| environment.name.to_string()).collect();
    let actions: Vec<String> = ACTIONS.map(str::to_owned).to_vec();
    let mut inputs = vec![
        ManualInput {
            name: ACTION.to_owned(),
            description: "Deploys, or rolls back to a version that was verified before, without a build or a migration"
                .to_owned(),
            required: true,
            default: actions.first().cloned(),
            kind: ManualKind::Choice(actions),
        },
        ManualInput {
            name: "environment".to_owned(),
            description: "Deploys to this environment, by way of those that come before it; rolls back this one alone"
                .to_owned(),
            required: true,
            default: names.first().cloned(),
            kind: ManualKind::Choice(names),
        },
    ];
    inputs.extend(pipeline.deployed_images().map(|image| ManualInput {
        name: names::digest_input(image.name),
        description: format!(
            "Digest of an image that was built here, {}@sha256:...; empty builds one, or rolls back to the last one",
            image.written.repository
        ),
        kind: ManualKind::String,
        required: false,
        default: None,
    }));
    inputs
}
