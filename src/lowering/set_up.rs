//! Setup of a job for a component: toolchains and dependencies.

use super::axes::Axes;
use super::context::Context;
use super::jobs::install_packages;
use crate::resolve::{Component, Pipeline};
use crate::toolchains::{CacheUse, Installation, SetUp, TOOLCHAINS, Versions, install, versions};
use crate::trace::{Effect, Origin};
use crate::workflow::{Machine, Step, Value, When};

/// Returns the steps that set a component's toolchains up and install its dependencies.
///
/// `build` names what the job builds: builds of other kinds do not share a cache.
pub(crate) fn set_up(
    context: &Context<'_>,
    component: &Component<'_>,
    axes: &Axes,
    origin: &Origin,
    cache: CacheUse,
    build: &str,
) -> Vec<Step> {
    let written = component.written;
    let folder = component.folder.as_str();
    let build = format!("{}_{build}", context.pipeline.project());
    let restorable = restorable(context.pipeline);
    let mut steps: Vec<Step> = install_packages(&written.packages, &axes.runner, origin).into_iter().collect();
    for versions in versions(written) {
        let version = chosen(axes, versions);
        if let Some(toolchain) = TOOLCHAINS.iter().find(|toolchain| toolchain.key() == versions.key) {
            let set_up = SetUp {
                component: written,
                folder,
                locks: &component.locks,
                workspace: &component.workspace,
                yarn: component.yarn,
                version: &version,
                platform: platform(&axes.runner),
                cache,
                build: &build,
                restorable: &restorable,
                origin,
            };
            steps.extend(toolchain.set_up(&set_up, context));
        }
    }
    steps.extend(custom(context, component, axes, origin));
    steps.extend(context.steps(&written.before, folder, &origin.clone().then("before"), Effect::None));
    let installation = Installation {
        component: written,
        folder,
        locks: &component.locks,
        wrappers: &component.wrappers,
        yarn: component.yarn,
        cache,
        origin,
    };
    steps.extend(install(&installation, context));
    steps
}

/// Returns the custom setup steps of a toolchain; `VERSION` has its version.
fn custom(context: &Context<'_>, component: &Component<'_>, axes: &Axes, origin: &Origin) -> Vec<Step> {
    let Some(custom) = &component.written.custom else { return Vec::new() };
    let at = origin.clone().then("custom").then("steps");
    let mut steps = context.steps(&custom.steps, &component.folder, &at, Effect::None);
    if let Some(versions) = versions(component.written).find(|versions| versions.key == "custom") {
        let version = chosen(axes, versions);
        for step in steps.iter_mut().filter(|step| step.env.iter().all(|(name, _)| name != "VERSION")) {
            step.env.push(("VERSION".to_owned(), version.clone()));
        }
    }
    steps
}

/// The version of a toolchain in a job: that of the axis, else that of the job's combination, else the newest.
fn chosen(axes: &Axes, versions: Versions<'_>) -> Value {
    if axes.matrix.iter().any(|(axis, _)| axis == versions.axis) {
        Value::matrix(versions.axis)
    } else if versions.values.values.iter().any(|version| axes.label.is_text(version)) {
        axes.label.clone()
    } else {
        versions.values.last().into()
    }
}

/// Returns the platform of a machine in the lock; none for an axis, or a machine without hashes in the lock.
fn platform(runner: &Machine) -> Option<&'static str> {
    let Machine::Label(label) = runner else { return None };
    let ubuntu = label.literal()?.strip_prefix("ubuntu-")?;
    Some(if ubuntu.ends_with("-arm") { "linux-arm64" } else { "linux-amd64" })
}

/// Condition of branches whose caches other branches can restore: the targets of pull requests.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>, restrictions for
/// accessing a cache
fn restorable(pipeline: &Pipeline<'_>) -> When {
    let exact = |branch: &&String| !branch.contains(['*', '?', '[', ']', '!', '+']);
    let branches = pipeline.definition.project.branches.iter().filter(exact);
    let named: Vec<When> = branches.map(|branch| When::branch(branch)).collect();
    if named.is_empty() { When::branch(pipeline.deploying_branch()) } else { When::Any(named) }
}
