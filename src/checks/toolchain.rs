//! A component has the toolchain that its tests and its dependencies need, once.

use super::support::walk::{ROOT, Trail, entries};
use super::{Check, Subject};
use crate::definition::{Axis, Component, Definition, Name};
use crate::diagnostics::{Code, Diagnostic};
use crate::runners::runner;

pub(crate) struct Toolchain;

const CODE: Code = Code("toolchain");

impl Check for Toolchain {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/toolchain.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "components", &definition.components, &mut |at, name, component| {
            axes(at, name, component, found);
            installs(&at.key("install"), component, found);
        });
        tests(definition, found);
    }
}

/// The versions of a component by key.
fn versions(component: &Component) -> [(&'static str, Option<&Axis>); 5] {
    [
        ("python", component.python.as_ref()),
        ("node", component.node.as_ref()),
        ("rust", component.rust.as_ref()),
        ("go", component.go.as_ref()),
        ("custom", component.custom.as_ref().and_then(|custom| custom.versions.as_ref())),
    ]
}

/// A matrix has one axis of versions, and no version twice.
fn axes(at: &Trail<'_>, name: &str, component: &Component, found: &mut Vec<Diagnostic>) {
    let mut first: Option<&str> = None;
    for (key, axis) in versions(component) {
        let Some(axis) = axis else { continue };
        for (index, value) in axis.values.iter().enumerate() {
            if axis.values.iter().take(index).any(|before| before == value) {
                let message = format!("`{key}` names `{value}` twice");
                found.push(Diagnostic::error(CODE, at.key(key).at(), message).help("name it once"));
            }
        }
        match first {
            _ if !axis.is_matrix() => {}
            None => first = Some(key),
            Some(other) => {
                let message = format!("`{name}` has two lists of versions, and a matrix has one");
                let diagnostic =
                    Diagnostic::error(CODE, at.key(key).at(), message).related(at.key(other).at(), "the other one");
                found.push(diagnostic.help("write one version here, or make two components of it"));
            }
        }
    }
}

/// Checks that a component has at most one installer per language, and the language with it.
fn installs(at: &Trail<'_>, component: &Component, found: &mut Vec<Diagnostic>) {
    let install = &component.install;
    let python = [("pip", install.pip.is_some()), ("uv", install.uv.is_some()), ("poetry", install.poetry.is_some())];
    let node = [("npm", install.npm.is_some()), ("pnpm", install.pnpm.is_some())];
    one_installer(at, "python", "3.12", component.python.is_some(), &python, found);
    one_installer(at, "node", "24", component.node.is_some(), &node, found);
}

fn one_installer(
    at: &Trail<'_>,
    language: &str,
    example: &str,
    has_language: bool,
    tools: &[(&str, bool)],
    found: &mut Vec<Diagnostic>,
) {
    let mut named = tools.iter().filter(|(_, is)| *is).map(|(tool, _)| *tool);
    let Some(first) = named.next() else { return };
    if !has_language {
        let message = format!("`{first}` needs a `{language}` version");
        let help = format!("add `{language} = \"{example}\"` to the component");
        found.push(Diagnostic::error(CODE, at.key(first).at(), message).help(help));
    }
    for other in named {
        let message = format!("`{first}` and `{other}` would both install the component's packages");
        let diagnostic = Diagnostic::error(CODE, at.key(other).at(), message);
        found.push(
            diagnostic.related(at.key(first).at(), "the other one").help("keep the one whose lock file is committed"),
        );
    }
}

/// A runner's language is one of its component's.
fn tests(definition: &Definition, found: &mut Vec<Diagnostic>) {
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
        let Some(component) = definition.components.get(&run.component) else { return };
        let Some(runner) = runner(&run.runner) else { return };
        let Some(language) = runner.can().toolchain else { return };
        let (example, has) = match language {
            "python" => ("3.12", component.python.is_some()),
            "node" => ("24", component.node.is_some()),
            "go" => ("1.26", component.go.is_some()),
            _ => ("1.95", component.rust.is_some()),
        };
        if let Some(oldest) = runner.can().oldest {
            too_old(&run.component, component, (&run.runner, language, oldest), found);
        }
        if !has && component.custom.is_none() {
            let message = format!("`{}` needs a `{language}` version, and `{}` has none", run.runner, run.component);
            let help = format!("add `{language} = \"{example}\"` to `[components.{}]`", run.component);
            let component = ROOT.key("components").key(&run.component).at().key();
            let diagnostic = Diagnostic::error(CODE, at.key("runner").at(), message);
            found.push(diagnostic.related(component, "the component").help(help));
        }
    });
}

/// Every version of a component is one that its test runner's tools can be installed on.
fn too_old(
    name: &Name,
    component: &Component,
    (runner, language, oldest): (&str, &str, (u16, u16)),
    found: &mut Vec<Diagnostic>,
) {
    let versions = versions(component).into_iter().find(|(key, _)| *key == language).and_then(|(_, axis)| axis);
    let at = ROOT.key("components");
    let at = at.key(name);
    for version in versions.into_iter().flat_map(|axis| &axis.values) {
        if release(version).is_some_and(|release| release < oldest) {
            let least = format!("{}.{}", oldest.0, oldest.1);
            let message = format!("`{runner}` runs on {language} {least} or newer, found `{version}`");
            let help = format!(
                "write `\"{least}\"` or newer, or run these tests by `runner = \"command\"`, which installs nothing"
            );
            let diagnostic = Diagnostic::error(CODE, at.key(language).at(), message).help(help);
            if !found.contains(&diagnostic) {
                found.push(diagnostic);
            }
        }
    }
}

/// The release that a version begins with: `3.9.18`, `pypy3.9-v7.3.16`, `3.9 - 3.12` are 3.9; none for `3.x`.
fn release(version: &str) -> Option<(u16, u16)> {
    let digits = version.trim_start_matches("pypy").trim_start_matches(['-', '~', '^', '=', ' ']);
    let (major, rest) = digits.split_once('.')?;
    let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    Some((major.parse().ok()?, rest.get(..end)?.parse().ok()?))
}
