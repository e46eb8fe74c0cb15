//! CI before a deploy, and images by digest: built, or given by digest and then verified.

use minijinja::context;

use super::super::context::Context;
use super::super::image::{Push, grant_registry};
use super::super::jobs::single;
use super::super::steps::grant_for;
use super::branch::BRANCH;
use crate::definition;
use crate::resolve::names::digest_input;
use crate::resolve::{Image, names};
use crate::trace::{Effect, Origin};
use crate::workflow::{Access, Environment, Github, Job, Step, Value, When, Work, Workflow, grant, pairs, step};

/// Returns the call of ci.yml, which a manual deploy of existing images skips.
pub(super) fn ci(context: &Context<'_>, callee: &Workflow) -> Job {
    let mut job = context.call("ci", "CI", callee, crate::at!["gates"]);
    job.needs.push(BRANCH.to_owned());
    let deployed = context.pipeline.deployed_images();
    let built = deployed.map(|image| Value::input(digest_input(image.name)).is(""));
    job.condition = Some(When::not_failed().and(built.fold(When::event("push"), When::or)));
    job
}

/// Returns the job with the image's digest as output.
pub(super) fn job(context: &Context<'_>, resolved: &Image<'_>) -> Job {
    let (name, image) = (resolved.name, resolved.written);
    let origin = crate::at!["images", name.as_str()];
    let input = digest_input(name);
    let mut steps = vec![context.checkout_as(None, &origin)];
    steps.extend(context.log_in_to(resolved, Push::Always, &origin));
    let built = Value::input(&*input).is("");
    steps.extend(context.build(resolved, Push::Always).into_iter().map(|step| step.when(built.clone())));
    if image.attest {
        steps.push(attest(context, image, &origin).when(built.clone()));
        // `--repo` alone accepts signatures of any workflow on any branch.
        //
        // Source: <https://github.com/cli/cli/blob/v2.83.0/pkg/cmd/attestation/verify/verify.go>, the flags.
        let script = context.script(
            "steps/attested.sh",
            context! {
                repository => image.repository.clone(),
                workflow => format!(".github/workflows/{}", context.pipeline.names.file(names::DEPLOY)),
                branch => context.pipeline.deploying_branch(),
            },
        );
        steps.push(
            Step::run("Verify provenance", script, origin.clone().then("attest"))
                .id("given")
                .when(!built)
                .env(pairs![("GIVEN", Value::input(input)), ("GH_TOKEN", Github::Token)]),
        );
    } else {
        let script = context.script("steps/given.sh", context! { repository => image.repository.clone() });
        let given = Step::run("Use the given digest", script, origin.clone().then("attest")).id("given");
        steps.push(given.when(!built).env([("GIVEN", Value::input(input))]));
    }
    let mut job = context.job(&resolved.job_id(), format!("Image {name}"), origin, steps);
    job.needs.push("ci".to_owned());
    job.condition = Some(When::not_failed());
    job.outputs = pairs![("digest", step("build").output("digest").or(step("given").output("digest")))];
    grant_registry(resolved, Push::Always, &mut job.permissions);
    if image.attest {
        grant(&mut job.permissions, "id-token", Access::Write, "sign the statement of where the image was built");
        grant(&mut job.permissions, "attestations", Access::Write, "store that statement");
    }
    grant_for(&image.before, &mut job.permissions);
    grant_for(&image.after, &mut job.permissions);
    if let Work::Steps { runner, timeout, environment, .. } = &mut job.work {
        *timeout = resolved.minutes;
        *environment = image.environment.clone().map(Environment::without_deployment);
        *runner = single(resolved.machine);
    }
    job
}

fn attest(context: &Context<'_>, image: &definition::Image, origin: &Origin) -> Step {
    // Docker Hub's registry answers under another name than its images have.
    //
    // Source: <https://docs.github.com/actions/use-cases-and-examples/publishing-packages/publishing-docker-images>
    let subject = match image.repository.strip_prefix("docker.io/") {
        Some(rest) => format!("index.docker.io/{rest}"),
        None => image.repository.clone(),
    };
    let with = pairs![
        ("subject-name", subject),
        ("subject-digest", step("build").output("digest")),
        ("push-to-registry", "true"),
        ("create-storage-record", "false"),
    ];
    let origin = origin.clone().then("attest");
    Step::uses("Attest provenance", context.action("actions/attest", with, &origin), origin).effect(Effect::Publishes)
}
