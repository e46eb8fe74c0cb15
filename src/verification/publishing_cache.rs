//! Jobs that publish restore no cache that other jobs can write.

use super::set::Used;
use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::Workflow;

pub(crate) struct PublishingCache;

impl Rule for PublishingCache {
    fn code(&self) -> Code {
        Code("publishing-cache")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/publishing-cache.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for used in &set.actions {
            let Some(change) = cached(used) else { continue };
            let publishes = || set.actions.iter().any(|other| std::ptr::eq(other.job, used.job) && is_publisher(other));
            let why = if is_release(used.workflow) {
                format!("`{}` runs for releases", used.workflow.file)
            } else if publishes() {
                format!("the job `{}` publishes", used.job.id)
            } else {
                continue;
            };
            let message = format!("{why}, but the step `{}` takes from a cache", used.step.name);
            found.push(Diagnostic::error(self.code(), used.step.origin.clone(), message).help(change));
        }
    }
}

/// Returns whether a tag or a release starts the workflow, or a branch that is called after releases.
fn is_release(workflow: &Workflow) -> bool {
    !workflow.on.push_tags.is_empty()
        || !workflow.on.release.is_empty()
        || workflow.on.push_branches.iter().any(|branch| branch.contains("release"))
}

/// Actions that publish what they are given.
const PUBLISHERS: &[&str] = &[
    "softprops/action-gh-release",
    "pypa/gh-action-pypi-publish",
    "goreleaser/goreleaser-action",
    "ncipollo/release-action",
    "rubygems/release-gem",
    "JS-DevTools/npm-publish",
];

fn is_publisher(used: &Used<'_>) -> bool {
    if used.is("docker/build-push-action") {
        return !used.is_given("push", "false") && !used.is_given("load", "true");
    }
    PUBLISHERS.iter().any(|name| used.is(name))
}

/// Change of a step that restores a cache.
///
/// Source: <https://docs.zizmor.sh/audits/#cache-poisoning>
fn cached(used: &Used<'_>) -> Option<&'static str> {
    let given = |input: &str| used.input(input).is_some_and(|value| !value.is_empty() && !value.is_text("false"));
    let is = |input: &str, value: &str| used.is_given(input, value);
    let all: [(&str, bool, &str); 11] = [
        ("actions/cache", !is("lookup-only", "true"), "leave the step out"),
        ("actions/setup-python", given("cache"), "leave its `cache` out"),
        ("actions/setup-java", given("cache"), "leave its `cache` out"),
        (
            "actions/setup-node",
            given("cache") || !is("package-manager-cache", "false"),
            "leave its `cache` out, and add `package-manager-cache = \"false\"`",
        ),
        ("actions/setup-go", !is("cache", "false"), "add `cache = \"false\"`"),
        ("astral-sh/setup-uv", is("enable-cache", "true"), "add `enable-cache = \"false\"`"),
        ("Swatinem/rust-cache", !is("lookup-only", "true"), "leave the step out"),
        (
            "docker/setup-buildx-action",
            given("version") && !is("cache-binary", "false"),
            "add `cache-binary = \"false\"`",
        ),
        ("docker/setup-qemu-action", !is("cache-image", "false"), "add `cache-image = \"false\"`"),
        ("docker/build-push-action", given("cache-from"), "leave its `cache-from` out"),
        (
            "docker/bake-action",
            used.input("set").is_some_and(|set| set.to_string().contains("cache-from")),
            "leave `cache-from` out of its `set`",
        ),
    ];
    all.iter().find(|(name, caches, _)| *caches && used.is(name)).map(|(_, _, change)| *change)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, passes, steps};

    const CACHED: [(&str, &[(&str, &str)]); 9] = [
        ("actions/cache", &[("path", "target"), ("key", "target")]),
        ("actions/setup-python", &[("cache", "pip")]),
        ("actions/setup-node", &[("node-version", "24")]),
        ("actions/setup-go", &[]),
        ("astral-sh/setup-uv", &[("enable-cache", "true")]),
        ("Swatinem/rust-cache", &[]),
        ("docker/setup-qemu-action", &[("image", QEMU)]),
        ("docker/build-push-action", &[("push", "false"), ("cache-from", "type=gha")]),
        ("docker/bake-action", &[("set", "*.cache-from=type=gha")]),
    ];

    const QEMU: &str = "x/y@sha256:8cc9801755448b71a786705ce76692c77e14936cccd87cf2fc31842e58f4d1ff";

    #[test]
    fn a_cache_where_a_tag_starts_the_workflow() {
        for (name, inputs) in CACHED {
            let mut workflow = clean();
            steps(&mut workflow).push(action(name, inputs));
            passes(&workflow);
            workflow.on.push_branches = vec!["releases/**".to_owned()];
            breaks("publishing-cache", &workflow);
            workflow.on.push_branches.clear();
            workflow.on.push_tags = vec!["v*".to_owned()];
            breaks("publishing-cache", &workflow);
        }
    }

    #[test]
    fn a_cache_beside_a_publisher() {
        let mut workflow = clean();
        steps(&mut workflow).push(action("Swatinem/rust-cache", &[]));
        steps(&mut workflow).push(action("docker/build-push-action", &[("push", "false")]));
        passes(&workflow);
        steps(&mut workflow).push(action("docker/build-push-action", &[("push", "true")]));
        breaks("publishing-cache", &workflow);
    }

    #[test]
    fn a_published_image_that_restores() {
        let mut workflow = clean();
        steps(&mut workflow).push(action("docker/build-push-action", &[("push", "true"), ("cache-from", "type=gha")]));
        breaks("publishing-cache", &workflow);
    }

    #[test]
    fn caches_that_are_turned_off() {
        let mut workflow = clean();
        workflow.on.push_tags = vec!["v*".to_owned()];
        steps(&mut workflow).extend([
            action("actions/setup-go", &[("cache", "false")]),
            action("actions/setup-node", &[("package-manager-cache", "false")]),
            action("actions/setup-python", &[("python-version", "3.12")]),
            action("docker/setup-qemu-action", &[("image", QEMU), ("cache-image", "false")]),
            action("docker/build-push-action", &[("cache-from", ""), ("cache-to", "type=gha")]),
        ]);
        passes(&workflow);
    }
}
