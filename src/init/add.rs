//! Parts that are added to a definition that is there: new files, and tables behind the last line.

use toml::{Table, Value};

use super::definition::addition;
use super::fixtures::fixtures;
use super::names;
use super::plan::{NewFile, Refused};
use super::project::{Image, Project};
use super::walk::join;
use crate::definition::Name;
use crate::sources::Tree;

/// A part that can be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A `conftest.py` for each Python component that has none.
    Fixtures,
    /// The environments that the manifests deploy to.
    Deploys,
}

/// Everything that would be added.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// The whole text of the definition; none where it stays as it is.
    pub definition: Option<String>,
    /// New files.
    pub files: Vec<NewFile>,
    /// A sentence each, and the lines that it is about.
    pub proposals: Vec<(String, String)>,
}

/// Adds parts to the definition `text` in `folder`; nothing that it has is touched. `tree` starts in that folder.
///
/// # Errors
///
/// [`Refused`] where there is nothing to add, or no place for it.
pub fn add(tree: &dyn Tree, folder: &str, text: &str, project: &Project, parts: &[Part]) -> Result<Added, Refused> {
    let mut added = Added::default();
    if parts.contains(&Part::Fixtures) {
        let offers = fixtures(project, tree);
        for file in offers.iter().flat_map(|offer| &offer.files) {
            let (path, text) = (join(folder, &file.path), file.text.clone());
            added.files.push(NewFile { path, text, why: file.why, executable: false });
        }
        added.proposals.extend(offers.into_iter().flat_map(|offer| offer.remarks));
        if added.files.is_empty() && added.proposals.is_empty() {
            return refused(
                "no component is tested by pytest: there are no fixtures to add",
                "remove `--add fixtures`",
            );
        }
    }
    if parts.contains(&Part::Deploys) {
        added.definition = Some(deploys(text, project)?);
    }
    Ok(added)
}

fn refused<T>(problem: &str, help: &str) -> Result<T, Refused> {
    Err(Refused { problem: problem.to_owned(), help: help.to_owned() })
}

/// The definition with the environments of the manifests behind its last line.
fn deploys(text: &str, project: &Project) -> Result<String, Refused> {
    let Ok(known) = toml::from_str::<Table>(text) else {
        return refused("`pipeline.toml` cannot be read", "run `pipewright check`, and correct what it names");
    };
    if project.environments.is_empty() {
        return refused(
            "no manifest was found that runs an image of this repository",
            "add `[workloads.…]` and `[environments.…]` by hand",
        );
    }
    let (project, has_notify) = (lacking(&known, project), known.contains_key("notify"));
    if project.environments.is_empty() {
        return refused("every environment of the manifests is in `pipeline.toml`", "remove `--add deploys`");
    }
    let space = if text.ends_with('\n') { "" } else { "\n" };
    let whole = format!("{text}{space}{}", addition(&project, known_smoke(&known), has_notify));
    match toml::from_str::<Table>(&whole) {
        Ok(_) => Ok(whole),
        Err(_) => refused(
            "tables cannot be added to `pipeline.toml`: one of `images`, `workloads`, `smoke` and `environments` is written \
             in one line",
            "write it as tables, as in `[environments.staging]`",
        ),
    }
}

/// The parts of a project that a definition lacks, with its names for the images and workloads that it has.
fn lacking(known: &Table, project: &Project) -> Project {
    let mut project = project.clone();
    let mut images = project.images.clone();
    let used = |image: &Image| project.workloads.iter().any(|workload| workload.image == image.name);
    images.retain(|image| used(image));
    for image in &images {
        let name = entries(known, "images").find(|(_, table)| is_same(table, image)).map(|(name, _)| name);
        let taken: Vec<Name> = entries(known, "images").filter_map(|(name, _)| names::name(name)).collect();
        let own = name.and_then(names::name).unwrap_or_else(|| names::unique(&image.name, "image", taken.iter()));
        for workload in project.workloads.iter_mut().filter(|workload| workload.image == image.name) {
            workload.image = own.clone();
        }
        if let Some(found) = project.images.iter_mut().find(|it| it.name == image.name) {
            found.name = own;
        }
    }
    project.images.retain(|image| {
        let used = project.workloads.iter().any(|workload| workload.image == image.name);
        used && !entries(known, "images").any(|(name, _)| name == image.name.as_str())
    });
    for (name, table) in entries(known, "workloads") {
        let target = text_of(table, "target");
        let own = project.workloads.iter().find(|it| target == Some(it.target.as_str()) || it.name.as_str() == name);
        let (Some(own), Some(name)) = (own.map(|it| it.name.clone()), names::name(name)) else { continue };
        for environment in &mut project.environments {
            environment.deploy.iter_mut().filter(|it| **it == own).for_each(|it| *it = name.clone());
            environment.migrate.iter_mut().filter(|it| **it == own).for_each(|it| *it = name.clone());
            environment.traffic.iter_mut().filter(|it| it.workload == own).for_each(|it| it.workload = name.clone());
        }
        project.workloads.retain(|it| it.name != own);
    }
    project.environments.retain(|it| !entries(known, "environments").any(|(name, _)| name == it.name.as_str()));
    project
}

/// Name of a smoke test that the definition has.
fn known_smoke(known: &Table) -> Option<&str> {
    entries(known, "smoke").next().map(|(name, _)| name)
}

fn entries<'a>(known: &'a Table, key: &str) -> impl Iterator<Item = (&'a str, &'a Table)> + use<'a> {
    let table = known.get(key).and_then(Value::as_table);
    table.into_iter().flatten().filter_map(|(name, entry)| Some((name.as_str(), entry.as_table()?)))
}

fn text_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key).and_then(Value::as_str)
}

/// Returns whether an entry of `[images]` builds an image that was found.
fn is_same(table: &Table, image: &Image) -> bool {
    let context = text_of(table, "context").unwrap_or_default();
    let plain = context.trim_start_matches("./").trim_end_matches('/').trim_end_matches('.');
    let dockerfile = text_of(table, "dockerfile").unwrap_or("Dockerfile");
    plain == image.context && dockerfile == image.dockerfile.as_deref().unwrap_or("Dockerfile")
}
