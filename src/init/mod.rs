//! `init`: looks at a repository and proposes a definition for it.
//!
//! [`detect`] reads files and nothing else: no program, no network, no clock. [`definition()`] writes down what was found,
//! [`plan()`] lists the files. Nothing is printed or asked here, and only [`write`](write()) writes.

mod add;
mod beside;
mod bots;
mod bun;
mod choices;
mod containers;
mod definition;
mod deno;
mod devcontainer;
mod dockerfile;
mod dotnet;
mod fixtures;
mod git;
mod go;
mod go_versions;
mod go_workspace;
mod ini;
mod java;
mod kubernetes;
mod languages;
mod manifests;
mod names;
mod node;
mod node_manager;
mod node_versions;
mod nox;
mod offer;
mod other_tests;
mod own;
mod owners;
mod plan;
mod project;
mod python;
mod reports;
mod ruby;
mod rust;
mod scaffold;
mod script_proof;
mod services;
mod serving;
mod stated;
mod test_run;
mod test_script;
mod text;
mod walk;
mod write;
mod yaml;

use crate::definition::Name;
use crate::sources::Tree;
use crate::toolchains;

pub use crate::day::Day;
pub use add::{Added, Part, add};
pub use choices::Choices;
pub use definition::definition;
pub use dockerfile::dockerfiles;
pub use fixtures::fixtures;
pub use git::Git;
pub use manifests::manifests;
pub use offer::{Offer, OfferedFile};
pub use owners::{CodeOwners, codeowners};
pub use plan::{Needs, NewFile, Plan, Refused, lock, plan, summary};
pub use project::{
    Access, Backup, Component, Environment, Image, Install, Project, Quarantine, Repository, Service, ServiceKind,
    Start, Stated, Suite, TestRunner, Tests, Toolchain, Traffic, Versions, Workload,
};
pub use write::{Failed, replace, write};

pub use walk::Below;

use walk::View;

/// Days until the quarantine of a test that is left out already ends.
const QUARANTINE_DAYS: i64 = 90;

/// Facts that detection cannot read from the tree.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// State of the git repository.
    pub git: &'a Git,
    /// The name of the repository's folder: the last resort for the project's name.
    pub folder: &'a str,
    /// Today: quarantine of what is left out already ends 90 days later.
    pub today: Day,
}

/// Looks at the repository in a tree.
pub fn detect(tree: &dyn Tree, around: &Around<'_>) -> Project {
    let view = View::new(tree);
    let mut notes: Vec<String> = view
        .unsound
        .iter()
        .map(|path| format!("the folder `{}` is skipped: its name is not allowed in a workflow", names::shown(path)))
        .collect();
    let name = project_name(&view, around);
    let until = around.today.plus(QUARANTINE_DAYS);
    let (mut components, quarantine) = components(&view, &name, until, &mut notes);
    idle(&mut components, &mut notes);
    let mut services = services::detect(&view, &mut components, &mut notes);
    let left_out: Vec<String> = quarantine.iter().map(|entry| entry.path.clone()).collect();
    let suites = services::suites(&view, &mut components, &mut services, &left_out);
    let images = containers::detect(&view, &name, &components, around.git.repository.as_ref());
    let cluster = kubernetes::detect(&view, &images);
    notes.extend(cluster.notes);
    notes.extend(languages::unsupported(&view, &components));
    notes.extend(languages::without_manifest(&view, &components));
    Project {
        branch: around.git.branch.clone().unwrap_or_else(|| "main".to_owned()),
        prefix: None,
        repository: around.git.repository.clone(),
        workflows: workflows(tree),
        workloads: cluster.workloads,
        environments: cluster.environments,
        probes: cluster.probes,
        has_manifests: cluster.any,
        name,
        components,
        services,
        suites,
        quarantine,
        images,
        notes,
    }
}

/// The name in the root's own manifests, else the repository's, else its folder's.
fn project_name(view: &View<'_>, around: &Around<'_>) -> Name {
    let root = view.folders.first();
    let of_root = root.and_then(|root| {
        let python = || python::detect(view, root).map(|found| found.component);
        let rust = || rust::detect(view, root).filter(|found| !found.workspace);
        let found = python().or_else(rust).or_else(|| go::detect(view, root)).or_else(|| node::detect(view, root))?;
        (found.name.as_str() != found.toolchain.key()).then_some(found.name)
    });
    let of_remote = || around.git.repository.as_ref().and_then(|repository| names::name(&repository.name));
    of_root.or_else(of_remote).or_else(|| names::name(around.folder)).unwrap_or_else(|| names::word("project"))
}

/// Every component, and the tests that they leave out.
fn components(
    view: &View<'_>,
    project: &Name,
    until: Day,
    notes: &mut Vec<String>,
) -> (Vec<Component>, Vec<Quarantine>) {
    let mut components: Vec<Component> = Vec::new();
    let mut quarantine: Vec<Quarantine> = Vec::new();
    let mut aside: Vec<&str> = Vec::new();
    for folder in &view.folders {
        let python = python::detect(view, folder);
        let (ignored, python) = match python {
            Some(found) => (Some((found.ignored, found.notes)), Some(found.component)),
            None => (None, None),
        };
        let others = [
            rust::detect(view, folder),
            go::detect(view, folder),
            node::detect(view, folder),
            deno::detect(view, folder),
            java::detect(view, folder),
            ruby::detect(view, folder),
            dotnet::detect(view, folder),
        ];
        let mut ignored = ignored;
        for mut component in python.into_iter().chain(others.into_iter().flatten()) {
            if belongs_to_another(view, folder, &component, &components) {
                continue;
            }
            if folder.is_aside() {
                aside.push(&folder.path);
                continue;
            }
            if folder.path.is_empty() && component.name.as_str() == component.toolchain.key() {
                component.name = project.clone();
            }
            component.name =
                names::unique(&component.name, component.toolchain.key(), components.iter().map(|other| &other.name));
            stated::read(view, &mut component);
            component.unsure.extend(other_tests::others(view, &component));
            go::leave_workspace(&mut component, &components);
            if let Some((ignored, said)) = ignored.take().filter(|_| component.toolchain == Toolchain::PYTHON) {
                notes.extend(said);
                if component.tests.is_some() {
                    quarantine.extend(python::quarantine(&component.name, ignored, until));
                }
            }
            components.push(component);
        }
    }
    notes.extend(said_of_examples(&aside));
    (components, merged(quarantine))
}

/// Leaves out components that nothing tests or checks, unless there are no others: an error names those then.
fn idle(components: &mut Vec<Component>, notes: &mut Vec<String>) {
    let works = |component: &Component| component.tests.is_some() || !component.checks.is_empty();
    if !components.iter().any(works) {
        return;
    }
    for component in components.iter().filter(|component| !works(component)) {
        let path = if component.path.is_empty() {
            "the root".to_owned()
        } else {
            format!("`{}`", names::shown(&component.path))
        };
        let title = component.toolchain.title();
        notes.push(format!("skipped the {title} project in {path}: nothing that tests or checks it was recognised"));
    }
    components.retain(works);
}

/// Returns the note about projects among examples, tests and documentation.
fn said_of_examples(aside: &[&str]) -> Option<String> {
    const MOST: usize = 3;
    let mut named: Vec<String> = aside.iter().map(|path| format!("`{}`", names::shown(path))).collect();
    named.dedup();
    if named.is_empty() {
        return None;
    }
    let more = named.len().saturating_sub(MOST);
    named.truncate(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let named = named.join(", ");
    Some(format!("skipped as examples, tests or documentation: {named}{more}"))
}

/// Returns whether a workspace above has a component as its member: one of the same language without a lock file of
/// its own.
fn belongs_to_another(view: &View<'_>, folder: &walk::Folder, found: &Component, components: &[Component]) -> bool {
    let mut locks = toolchains::lock_files(found.toolchain.known());
    let above = components
        .iter()
        .find(|other| other.workspace && other.toolchain == found.toolchain && walk::is_in(&found.path, &other.path));
    let excluded = |above: &Component| {
        let text = view.tree.read(&walk::join(&above.path, "Cargo.toml")).unwrap_or_default();
        toml::from_str(&text).is_ok_and(|manifest| rust::excludes(&manifest, &above.path, &found.path))
    };
    above.is_some_and(|above| {
        // pytest of a workspace's root leaves the tests of its members to them.
        let is_tested = found.toolchain == Toolchain::PYTHON && found.tests.is_some();
        // Each module has a `go.sum`; the workspace lists those that are its members.
        let is_own = if found.toolchain == Toolchain::GO {
            !go::is_member(view, &above.path, &found.path)
        } else {
            is_tested || found.workspace || locks.any(|lock| folder.has(lock))
        };
        let is_excluded = || found.toolchain == Toolchain::RUST && excluded(above);
        !is_own && !is_excluded()
    })
}

/// One entry for each path: where two components leave out the same one, it holds for every test run.
fn merged(entries: Vec<Quarantine>) -> Vec<Quarantine> {
    let mut merged: Vec<Quarantine> = Vec::new();
    for entry in entries {
        match merged.iter_mut().find(|known| known.path == entry.path) {
            Some(known) => known.of = None,
            None => merged.push(entry),
        }
    }
    merged
}

/// Workflows that are there already.
fn workflows(tree: &dyn Tree) -> Vec<String> {
    let files = tree.list(".github/workflows").into_iter();
    files.filter(|file| names::has_extension(file, &["yml", "yaml"])).collect()
}
