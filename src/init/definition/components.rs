//! `[components.…]`: a folder, its language, its installation and its checks.

use super::super::project::{Component, Install, Project};
use super::super::text::{Document, Line, Toml};
use super::super::walk::is_in;
use super::lines::{noted, table};

pub(super) fn components(project: &Project, document: &mut Document) {
    document.section("components");
    if project.components.is_empty() {
        document.comment("No component was detected. A component is a folder, a toolchain and checks:");
        document.comment("");
        document.proposed(
            &["components", "app"],
            &[
                Line::new("path", "app".into()),
                Line::new("python", Toml::texts(["3.11", "3.12"])).note("or node, rust, go; a list becomes a matrix"),
                Line::new("install", table(&[("pip", Toml::texts(["requirements.txt"]))]))
                    .note("or uv, poetry, npm, pnpm, bun, run"),
                Line::new("checks", table(&[("lint", "ruff check .".into())])),
            ],
        );
        document.comment("");
        document.proposed(
            &["tests", "app"],
            &[
                Line::new("component", "app".into()),
                Line::new("runner", "pytest".into()).note("or nextest, or command"),
            ],
        );
    }
    for component in &project.components {
        document.space();
        for hint in &component.hints {
            document.comment(hint);
        }
        one_component(component, &project.components, document);
    }
}

fn one_component(component: &Component, all: &[Component], document: &mut Document) {
    let mut lines = Vec::new();
    if !component.path.is_empty() {
        lines.push(Line::new("path", component.path.as_str().into()));
    }
    let also = component.also.iter().map(|(toolchain, versions)| (*toolchain, versions));
    let toolchains = std::iter::once((component.toolchain, &component.versions)).chain(also);
    lines.extend(toolchains.filter(|(_, versions)| !versions.list.is_empty()).map(|(toolchain, versions)| {
        let list = match versions.list.as_slice() {
            [only] => only.as_str().into(),
            list => Toml::texts(list),
        };
        let from = versions.from.as_deref().unwrap_or("a guess: no file of the repository sets it");
        Line::new(toolchain.key(), list).note(from)
    }));
    if let Some(place) = component.stated.place("runs-on") {
        let note = format!("{place} tests there: a list becomes a matrix");
        lines.push(Line::new("runs-on", Toml::texts(&component.stated.systems)).proposed().note(&note));
    }
    lines.extend(supplies(component));
    let checks: Vec<(&str, Toml)> =
        component.checks.iter().map(|(name, command)| (name.as_str(), command.as_str().into())).collect();
    let inline = table(&checks);
    let taken = |name: &str| component.stated.place(&format!("checks.{name}")).map(str::to_owned);
    let is_plain = component.unsure.is_empty() && checks.iter().all(|(name, _)| taken(name).is_none());
    let is_short = is_plain && inline.to_string().chars().count() < 100;
    if !checks.is_empty() && is_short {
        lines.push(Line::new("checks", inline));
    }
    let others = folders_of_others(component, all);
    if !others.is_empty() {
        let globs = others.iter().map(|folder| format!("{folder}/**"));
        lines.push(Line::new("ignore", Toml::texts(globs)).proposed().note("if it reads no file in there"));
    }
    let name = component.name.as_str();
    document.table(&["components", name], &lines);
    if !is_short {
        document.space();
        let sure = checks.iter().map(|(name, command)| noted(Line::new(name, command.clone()), taken(name)));
        let unsure = component
            .unsure
            .iter()
            .map(|(name, command, reason)| Line::new(name.as_str(), command.as_str().into()).proposed().note(reason));
        document.table(&["components", name, "checks"], &sure.chain(unsure).collect::<Vec<_>>());
    }
}

/// System packages, installation and variables, each with the place that it was taken from.
fn supplies(component: &Component) -> Vec<Line> {
    let stated = &component.stated;
    let place = |key: &str| stated.place(key).map(str::to_owned);
    let mut lines = Vec::new();
    let packages = (!stated.packages.is_empty())
        .then(|| format!("sudo apt-get update && sudo apt-get install --yes {}", stated.packages.join(" ")));
    let before: Vec<Toml> =
        packages.into_iter().chain(stated.files.clone()).map(|run| table(&[("run", Toml::Text(run))])).collect();
    if !before.is_empty() {
        lines.push(noted(Line::new("before", Toml::List(before)), place("packages").or_else(|| place("files"))));
    }
    if let Some(install) = &component.install {
        lines.push(noted(Line::new("install", installed(install)), place("install")));
    }
    if !stated.env.is_empty() {
        let env: Vec<(&str, Toml)> =
            stated.env.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
        lines.push(noted(Line::new("env", table(&env)), place("env")));
    }
    lines
}

/// Outermost folders in a component's own that hold components of other languages alone. None for a workspace: its
/// members are no components, and may be in there.
fn folders_of_others<'a>(component: &Component, all: &'a [Component]) -> Vec<&'a str> {
    let within = |path: &str, folder: &str| path == folder || is_in(path, folder);
    let is_foreign = |folder: &str| {
        let mut inner = all.iter().filter(|other| within(&other.path, folder));
        inner.all(|other| other.toolchain != component.toolchain)
    };
    let mut outermost: Vec<&str> = Vec::new();
    for folder in all.iter().map(|other| other.path.as_str()) {
        let is_plain = !folder.contains(['*', '?', '[']);
        let is_below = folder != component.path && is_in(folder, &component.path);
        if is_below && is_plain && is_foreign(folder) && !outermost.iter().any(|outer| within(folder, outer)) {
            outermost.push(folder);
        }
    }
    if component.workspace { Vec::new() } else { outermost }
}

fn installed(install: &Install) -> Toml {
    match install {
        Install::Pip(files) => Toml::one("pip", Toml::texts(files)),
        Install::Uv(arguments) => Toml::one("uv", Toml::texts(arguments)),
        Install::Poetry(arguments) => Toml::one("poetry", Toml::texts(arguments)),
        Install::Npm => Toml::one("npm", Toml::List(Vec::new())),
        Install::Pnpm => Toml::one("pnpm", Toml::List(Vec::new())),
        Install::Yarn => Toml::one("yarn", Toml::List(Vec::new())),
        Install::Bun => Toml::one("bun", Toml::List(Vec::new())),
        Install::Deno => Toml::one("deno", Toml::List(Vec::new())),
        Install::Maven => Toml::one("maven", Toml::List(Vec::new())),
        Install::Gradle => Toml::one("gradle", Toml::List(Vec::new())),
        Install::Bundler => Toml::one("bundler", Toml::List(Vec::new())),
        Install::Dotnet => Toml::one("dotnet", Toml::List(Vec::new())),
        Install::Run(command) => Toml::one("run", command.as_str().into()),
    }
}
