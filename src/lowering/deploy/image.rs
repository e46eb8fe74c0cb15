//! CI before a deploy, and images by digest: built, or given by digest and then verified.

use minijinja::context;

use super::super::context::Context;
use super::super::image::{Push, attest, commit_tags, grant_attest, grant_build, grant_registry, merge, part_jobs};
use super::super::jobs::single;
use super::branch::BRANCH;
use super::conditions::is_roll_back;
use crate::resolve::names::digest_input;
use crate::resolve::{Image, names};
use crate::workflow::{Access, Environment, Github, Job, Step, Value, When, Work, Workflow, grant, pairs, step};

/// Returns the call of ci.yml, which a manual deploy of existing images skips.
pub(super) fn ci(context: &Context<'_>, callee: &Workflow) -> Job {
    let mut job = context.call("ci", "CI", callee, crate::at!["gates"]);
    job.needs.push(BRANCH.to_owned());
    let deployed = context.pipeline.deployed_images();
    let built = deployed.map(|image| Value::input(digest_input(image.name)).is(""));
    job.condition = Some(When::not_failed().and(!is_roll_back()).and(built.fold(When::event("push"), When::or)));
    job
}

/// Returns the jobs of an image, the last with its digest as output: one where one machine builds all platforms.
pub(super) fn jobs(context: &Context<'_>, image: &Image<'_>) -> Vec<Job> {
    let built = When::not_failed().and(!is_roll_back()).and(Value::input(digest_input(image.name)).is(""));
    let mut jobs = part_jobs(context, image, &["ci".to_owned()], Some(&built));
    let parts: Vec<String> = jobs.iter().map(|job| job.id.clone()).collect();
    let mut last = job(context, image);
    last.needs.extend(parts);
    jobs.push(last);
    jobs
}

fn job(context: &Context<'_>, resolved: &Image<'_>) -> Job {
    let (name, image) = (resolved.name, resolved.written);
    let origin = crate::at!["images", name.as_str()];
    let input = digest_input(name);
    let mut steps: Vec<Step> =
        if resolved.parts.is_empty() { vec![context.checkout_as(None, &origin)] } else { vec![] };
    steps.extend(context.log_in_to(resolved, Push::Commit, &origin));
    let built = Value::input(&*input).is("");
    let merged = !resolved.parts.is_empty();
    let published = if merged {
        vec![merge(context, resolved, commit_tags(resolved, ","), &origin)]
    } else {
        context.build(resolved, Push::Commit, None)
    };
    steps.extend(published.into_iter().map(|step| step.when(built.clone())));
    if image.attest {
        steps.push(attest(context, resolved, &origin).when(built.clone()));
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
    job.condition = Some(When::not_failed().and(!is_roll_back()));
    job.outputs = pairs![("digest", step("build").output("digest").or(step("given").output("digest")))];
    if image.attest {
        job.outputs.extend(pairs![("commit", step("given").output("commit"))]);
    }
    if merged {
        job.permissions.clear();
        grant_registry(resolved, Push::Commit, &mut job.permissions);
    } else {
        grant_build(resolved, Push::Commit, &mut job.permissions);
    }
    if image.attest {
        if merged {
            grant(&mut job.permissions, "contents", Access::Read, "read the repository that the attestation names");
        }
        grant_attest(&mut job.permissions);
    }
    if let Work::Steps { runner, timeout, environment, .. } = &mut job.work {
        *timeout = resolved.minutes;
        *environment = image.environment.clone().map(Environment::without_deployment);
        *runner = if merged { single(context.pipeline.machine()) } else { single(resolved.machine) };
    }
    job
}
