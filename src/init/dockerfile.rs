//! A layered Dockerfile for a component that has none: dependencies first, caches that work, and no root.

use minijinja::context;

use super::names::{base, is_sound};
use super::offer::{Offer, OfferedFile};
use super::project::{Component, Image, Install, Project, Start, Toolchain};
use super::scaffold::{self, Scaffold, render};
use super::serving;
use super::walk::join;
use crate::pins::builtin;
use crate::sources::Tree;

/// Dockerfiles for components that can be started and have none.
pub fn dockerfiles(project: &Project, tree: &dyn Tree) -> Vec<Offer> {
    project
        .components
        .iter()
        .filter(|component| !project.images.iter().any(|image| image.builds(component)))
        .filter_map(|component| offer(project, component, tree))
        .collect()
}

fn offer(project: &Project, component: &Component, tree: &dyn Tree) -> Option<Offer> {
    let path = join(&component.path, "Dockerfile");
    if tree.exists(&path) {
        return None;
    }
    let text = text(component, component.start.as_ref()?, tree)?;
    let mut files = vec![OfferedFile { path, text, why: "builds the image in layers, dependencies first" }];
    let path = join(&component.path, ".dockerignore");
    if !tree.exists(&path) {
        let text = render(scaffold::DOCKERIGNORE, context! { python => component.toolchain == Toolchain::PYTHON });
        files.push(OfferedFile { path, text, why: "excludes files from the build context" });
    }
    let mut image =
        Image { name: component.name.clone(), context: component.path.clone(), dockerfile: None, repository: None };
    let single = project.components.len() < 2 && project.images.is_empty();
    super::containers::publish(std::slice::from_mut(&mut image), &project.name, project.repository.as_ref(), single);
    Some(Offer { component: component.name.clone(), files, image: Some(image), remarks: Vec::new() })
}

fn text(component: &Component, start: &Start, tree: &dyn Tree) -> Option<String> {
    let exists = |name: &str| tree.exists(&join(&component.path, name));
    let plain = |words: &[String]| words.iter().all(|word| is_plain(word));
    if !plain(&start.command) || !start.build.iter().all(|build| is_plain(build)) {
        return None;
    }
    let command = serde_json::to_string(&start.command).ok()?.replace("\",\"", "\", \"");
    let version = component.versions.list.last().map_or("", String::as_str);
    let program = start.command.first().map_or("", String::as_str);
    match component.toolchain.key() {
        "python" => python(component, version, &command, tree),
        "node" => {
            let pnpm = match component.install.as_ref()? {
                Install::Npm if exists("package-lock.json") => None,
                Install::Pnpm => Some(pnpm(component, tree)),
                _ => return None,
            };
            let (image, build) = (format!("node:{version}-slim"), start.build.is_some());
            Some(render(scaffold::NODE, context! { image, pnpm, build, command }))
        }
        "rust" => {
            let image = match version {
                "stable" => "rust:1-slim-bookworm".to_owned(),
                version if version.starts_with(|c: char| c.is_ascii_digit()) => format!("rust:{version}-slim-bookworm"),
                _ => return None,
            };
            if !exists("Cargo.lock") {
                return None;
            }
            let layered = !component.workspace && is_usual_layout(component, tree);
            Some(render(scaffold::RUST, context! { image, layered, binary => &start.build, command }))
        }
        "go" => {
            let command = format!("[\"/{program}\"]");
            let files = if exists("go.sum") { "go.mod go.sum" } else { "go.mod" };
            let (image, package) = (format!("golang:{version}"), &start.build);
            Some(render(scaffold::GO, context! { image, files, program, package, command }))
        }
        _ => None,
    }
}

fn python(component: &Component, version: &str, command: &str, tree: &dyn Tree) -> Option<String> {
    let tag = format!("python:{version}-slim");
    let digest = builtin::image(&tag);
    let image = digest.map_or(tag.clone(), |digest| format!("{tag}@{digest}"));
    let pinned = digest.is_some();
    let in_src = tree.exists(&join(&component.path, "src"));
    let python_path = if in_src { " \\\n    PYTHONPATH=/app/src" } else { "" };
    let port = component.start.as_ref().and_then(serving::port_of);
    let service = render(scaffold::PYTHON_SERVICE, context! { python_path, port, command });
    let service = service.trim_end();
    let (scaffold, values): (Scaffold, _) = match component.install.as_ref()? {
        Install::Pip(files) => {
            let running = files.iter().find(|file| matches!(base(file), "requirements.txt" | "base.txt"))?;
            let lock = tree.read(&join(&component.path, running)).unwrap_or_default();
            let hashed = if lock.contains("--hash=") { "--require-hashes --only-binary :all: " } else { "" };
            let requirements = format!("{hashed}-r {}", base(running));
            (scaffold::PYTHON_PIP, context! { files => running, requirements })
        }
        Install::Uv(_) => (scaffold::PYTHON_UV, context! { uv => builtin::tool("uv")?.version }),
        Install::Poetry(_) => {
            let lock = tree.read(&join(&component.path, "poetry.lock"))?;
            let written_by = lock.lines().next()?.split("generated by Poetry ").nth(1)?;
            let poetry = written_by.split_whitespace().next().filter(|version| is_plain(version))?;
            (scaffold::PYTHON_POETRY, context! { poetry })
        }
        _ => return None,
    };
    Some(render(scaffold, context! { image, pinned, service, ..values }))
}

/// The version of pnpm that `packageManager` names, else the one whose lock files these are.
fn pnpm(component: &Component, tree: &dyn Tree) -> String {
    let manifest = tree.read(&join(&component.path, "package.json")).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let named =
        json.get("packageManager").and_then(serde_json::Value::as_str).and_then(|name| name.strip_prefix("pnpm@"));
    let version = named.and_then(|version| version.split('+').next()).filter(|version| is_plain(version));
    version.unwrap_or("10").to_owned()
}

/// Returns whether cargo finds every target by itself: one that is named may need a file that an empty program has not.
fn is_usual_layout(component: &Component, tree: &dyn Tree) -> bool {
    let manifest = tree.read(&join(&component.path, "Cargo.toml")).and_then(|text| text.parse::<toml::Table>().ok());
    let named =
        |table: &toml::Table| ["lib", "bin", "test", "bench", "example"].iter().any(|key| table.contains_key(*key));
    let own_path = |table: &toml::Table| {
        let dependencies = table.get("dependencies").and_then(toml::Value::as_table).into_iter().flatten();
        dependencies.into_iter().any(|(_, value)| value.get("path").is_some())
    };
    manifest.is_some_and(|table| !named(&table) && !own_path(&table))
        && !tree.exists(&join(&component.path, "build.rs"))
}

/// Returns a text that is written into a Dockerfile unchanged.
fn is_plain(word: &str) -> bool {
    is_sound(word) && !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@".contains(c))
}
