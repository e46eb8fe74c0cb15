//! Registries: logins, permissions and provenance.

use super::push::Push;
use crate::definition::Login;
use crate::lowering::context::Context;
use crate::lowering::steps::value;
use crate::resolve::{Image, registry};
use crate::trace::{Effect, Origin};
use crate::workflow::{Access, Github, Permission, Step, grant, pairs, step};

impl Context<'_> {
    /// Returns the steps that log in to an image's registries, each once.
    pub(crate) fn log_in_to(&self, image: &Image<'_>, push: Push, origin: &Origin) -> Vec<Step> {
        let mut hosts: Vec<&str> = Vec::new();
        let mut steps = Vec::new();
        for (index, (repository, login)) in image.written.repositories().enumerate() {
            let host = registry(repository);
            let with = match login {
                // A pull request of a fork has a token that reads, which is all that the cache needs.
                Login::Github if push.is_published() || (index == 0 && image.reads_registry()) => {
                    pairs![("registry", host), ("username", Github::Actor), ("password", Github::Token)]
                }
                Login::Password { username, password } if push.is_published() => {
                    pairs![("registry", host), ("username", value(username)), ("password", value(password))]
                }
                _ => continue,
            };
            if hosts.contains(&host) || (index > 0 && push == Push::Digest) {
                continue;
            }
            hosts.push(host);
            let title = if index == 0 { "Log in to the registry".to_owned() } else { format!("Log in to {host}") };
            steps.push(Step::uses(title, self.action("docker/login-action", with, origin), origin.clone()));
        }
        steps
    }
}

/// Returns the permissions of a build.
pub(crate) fn grant_registry(image: &Image<'_>, push: Push, permissions: &mut Vec<Permission>) {
    // One architecture is pushed to the first repository alone.
    let repositories = if push == Push::Digest { 1 } else { usize::MAX };
    let with_token = image.written.repositories().take(repositories).any(|(_, login)| *login == Login::Github);
    if with_token && push.is_published() {
        grant(permissions, "packages", Access::Write, "push the image");
    } else if image.written.login == Login::Github && image.reads_registry() {
        grant(permissions, "packages", Access::Read, "read the build cache");
    }
}

/// Returns the step that signs the provenance of the image that the step `build` published.
pub(crate) fn attest(context: &Context<'_>, image: &Image<'_>, origin: &Origin) -> Step {
    // Docker Hub's registry answers under another name than its images have.
    //
    // Source: <https://docs.github.com/actions/use-cases-and-examples/publishing-packages/publishing-docker-images>
    let repository = &image.written.repository;
    let subject = match repository.strip_prefix("docker.io/") {
        Some(rest) => format!("index.docker.io/{rest}"),
        None => repository.clone(),
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

/// Grants the permissions of `attest`.
pub(crate) fn grant_attest(permissions: &mut Vec<Permission>) {
    grant(permissions, "id-token", Access::Write, "sign the statement of where the image was built");
    grant(permissions, "attestations", Access::Write, "store that statement");
}
