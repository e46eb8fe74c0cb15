//! Dockerfiles, and the images that they build.

use serde_yaml::Value;

use super::names::{self, base};
use super::project::{Component, Image, Repository};
use super::services::compose;
use super::walk::{View, is_in, join};
use crate::definition::Name;

/// Ends of the names of Dockerfiles whose image is not published.
const NOT_PUBLISHED: &[&str] = &[
    "dev",
    "develop",
    "development",
    "test",
    "tests",
    "testing",
    "local",
    "ci",
    "debug",
    "e2e",
    "playwright",
    "cypress",
];

/// Folders that hold a Dockerfile for the folder around them.
const BESIDE: &[&str] = &["docker", "deploy", "deployment", "container", "containers", "ops"];

/// Images that the repository's Dockerfiles build.
pub(super) fn detect(view: &View<'_>, project: &Name, components: &[Component], at: Option<&Repository>) -> Vec<Image> {
    let builds = builds(view);
    let mut images: Vec<Image> = Vec::new();
    for folder in view.folders.iter().filter(|folder| !folder.is_aside()) {
        for file in &folder.files {
            let Some(published) = published(file) else { continue };
            let text = view.read(folder, file).unwrap_or_default();
            let path = folder.file(file);
            let context = builds
                .iter()
                .find(|(_, dockerfile)| *dockerfile == path)
                .map_or_else(|| context(&folder.path, &text), |(context, _)| context.clone());
            let dockerfile = from(&context, &path).filter(|dockerfile| dockerfile != "Dockerfile");
            let component = components.iter().find(|component| component.path == folder.path);
            let component = component.or_else(|| components.iter().find(|component| component.path == context));
            let usual = match component {
                Some(component) => component.name.to_string(),
                None if folder.path.is_empty() || context.is_empty() => project.to_string(),
                None => base(&folder.path).to_owned(),
            };
            let wanted = match published {
                Published::Usual => usual,
                Published::Variant(variant) => format!("{usual}-{variant}"),
            };
            let name = names::unique(&wanted, "image", images.iter().map(|image| &image.name));
            images.push(Image { name, context, dockerfile, repository: None });
        }
    }
    publish(&mut images, project, at, components.len() < 2);
    images
}

/// Gives each image its place in GitHub's registry: the repository's own name for the only one of a single component.
pub(super) fn publish(images: &mut [Image], project: &Name, at: Option<&Repository>, single: bool) {
    let Some(at) = at else { return };
    let only = single && images.len() == 1;
    for image in images.iter_mut().filter(|image| image.repository.is_none()) {
        let owner = at.owner.to_ascii_lowercase();
        let name = at.name.to_ascii_lowercase();
        let is_usual = image.name == *project || only;
        let repository =
            if is_usual { format!("ghcr.io/{owner}/{name}") } else { format!("ghcr.io/{owner}/{name}-{}", image.name) };
        image.repository = is_repository(&repository).then_some(repository);
    }
}

/// Returns whether a registry accepts every part: small letters and digits, joined by separators.
fn is_repository(path: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    path.split('/').all(|part| {
        part.starts_with(small) && part.ends_with(small) && part.chars().all(|c| small(c) || "._-".contains(c))
    })
}

/// Meaning of the name of a Dockerfile whose image is published.
#[derive(Debug, PartialEq, Eq)]
enum Published<'a> {
    /// Nothing: `Dockerfile`, or one for production.
    Usual,
    /// A purpose: `Dockerfile.worker`.
    Variant(&'a str),
}

/// Reads a file's name, if it is that of a Dockerfile whose image is published.
fn published(file: &str) -> Option<Published<'_>> {
    if matches!(file, "Dockerfile" | "Containerfile") {
        return Some(Published::Usual);
    }
    let behind = file.strip_prefix("Dockerfile.").or_else(|| file.strip_prefix("Containerfile."));
    let word = behind.or_else(|| file.strip_suffix(".Dockerfile")).or_else(|| file.strip_suffix(".dockerfile"))?;
    match word {
        "prod" | "production" | "release" => Some(Published::Usual),
        word if NOT_PUBLISHED.contains(&word) || word == "dockerignore" => None,
        word => Some(Published::Variant(word)),
    }
}

/// The folder that a Dockerfile's `COPY` lines are meant from.
fn context(folder: &str, text: &str) -> String {
    let copies = |front: &str| {
        text.lines().map(str::trim).filter(|line| line.starts_with("COPY ") || line.starts_with("ADD ")).any(|line| {
            let sources = line.split_whitespace().filter(|word| !word.starts_with("--from"));
            sources.skip(1).any(|word| word.trim_start_matches(['.', '/', '[', '"', ',']).starts_with(front))
        })
    };
    if folder.is_empty() || copies(&format!("{folder}/")) {
        return String::new();
    }
    let parent = crate::sources::folder(folder).to_owned();
    if BESIDE.contains(&base(folder)) { parent } else { folder.to_owned() }
}

/// Contexts and Dockerfiles that compose files name, both from the root.
fn builds(view: &View<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (folder, document) in compose(view) {
        let services = document.get("services").and_then(Value::as_mapping).cloned().unwrap_or_default();
        for build in services.values().filter_map(|service| service.get("build")) {
            let context = build.as_str().or_else(|| build.get("context").and_then(Value::as_str)).unwrap_or(".");
            let Some(context) = crate::sources::join(&folder, context) else { continue };
            let dockerfile = build.get("dockerfile").and_then(Value::as_str).unwrap_or("Dockerfile");
            if let Some(dockerfile) = crate::sources::join(&context, dockerfile) {
                found.push((context, dockerfile));
            }
        }
    }
    found
}

/// A path from a folder, both from the root.
fn from(folder: &str, path: &str) -> Option<String> {
    if folder.is_empty() {
        return Some(path.to_owned());
    }
    if is_in(path, folder) {
        return path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/').to_owned());
    }
    // A Dockerfile outside of its context.
    let ups = vec![".."; folder.split('/').count()].join("/");
    Some(join(&ups, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_a_dockerfile_is_for() {
        assert_eq!(published("Dockerfile"), Some(Published::Usual));
        assert_eq!(published("Dockerfile.prod"), Some(Published::Usual));
        assert_eq!(published("Dockerfile.worker"), Some(Published::Variant("worker")));
        assert_eq!(published("api.Dockerfile"), Some(Published::Variant("api")));
        for file in ["Dockerfile.dev", "test.Dockerfile", "Dockerfile.dockerignore", "README.md"] {
            assert_eq!(published(file), None, "{file}");
        }
    }

    #[test]
    fn reads_from_where_a_dockerfile_copies() {
        assert_eq!(context("api", "FROM x\nCOPY . .\n"), "api");
        assert_eq!(context("api", "FROM x\nCOPY --chown=1 api/requirements.txt ./\n"), "");
        assert_eq!(context("deploy/docker", "FROM x\n"), "deploy");
        assert_eq!(from("api", "api/Dockerfile").as_deref(), Some("Dockerfile"));
        assert_eq!(from("", "docker/Dockerfile").as_deref(), Some("docker/Dockerfile"));
        assert_eq!(from("api", "docker/api.Dockerfile").as_deref(), Some("../docker/api.Dockerfile"));
    }
}
