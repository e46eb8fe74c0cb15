//! A component has the toolchain that its tests and its dependencies need, once.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Component, Name, VersionAxis};
use crate::diagnostics::{Code, Diagnostic};
use crate::toolchains::{TOOLCHAINS, Toolchain as Language, Versions, toolchain, versions};

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
        tests(subject, found);
    }
}

/// A matrix has one axis of versions, and no version twice.
fn axes(at: &Trail<'_>, name: &str, component: &Component, found: &mut Vec<Diagnostic>) {
    let mut first: Option<&str> = None;
    for Versions { key, values: axis, .. } in versions(component) {
        conditions(at, key, axis, found);
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

/// A version whose failures count is among them, and pre-releases are those of a language that has them as such.
fn conditions(at: &Trail<'_>, key: &str, axis: &VersionAxis, found: &mut Vec<Diagnostic>) {
    if axis.is_all_optional() {
        let message = format!("every version of `{key}` is optional, so no failure would count");
        let help = "remove `optional` from the versions that have to work";
        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
    }
    if key != "python" && !axis.prerelease.is_empty() {
        let message = format!("`allow-prerelease` is for `python`; a pre-release of `{key}` has a name");
        let help = "name the pre-release, as in `node = [\"24\", { version = \"26-nightly\", optional = true }]`";
        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
    }
}

/// Checks that a component has at most one installer per language, and the language with it.
fn installs(at: &Trail<'_>, component: &Component, found: &mut Vec<Diagnostic>) {
    for toolchain in TOOLCHAINS {
        one_installer(at, *toolchain, component, found);
    }
}

fn one_installer(at: &Trail<'_>, toolchain: &dyn Language, component: &Component, found: &mut Vec<Diagnostic>) {
    let used = toolchain.installers().iter().filter(|tool| (tool.words)(&component.install).is_some());
    let mut named = used.map(|tool| tool.key);
    let Some(first) = named.next() else { return };
    if toolchain.versions(component).is_none() {
        let (language, example) = (toolchain.key(), toolchain.example());
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
fn tests(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let table = ROOT.key("tests");
    for run in subject.pipeline.tests.values() {
        let (name, component) = (run.component.name, run.component.written);
        let capabilities = run.runner.capabilities();
        let needed: Vec<&dyn Language> = capabilities.toolchains.iter().filter_map(|key| toolchain(key)).collect();
        let Some(first) = needed.first() else { continue };
        let (runner, language) = (run.runner.name(), first.key());
        if let (Some(oldest), Some(versions)) = (capabilities.oldest, first.versions(component)) {
            too_old(name, versions, (runner, language, oldest), found);
        }
        if needed.iter().all(|language| language.versions(component).is_none()) && component.custom.is_none() {
            let keys: Vec<String> = needed.iter().map(|language| format!("`{}`", language.key())).collect();
            let message = format!("`{runner}` needs a {} version, and `{name}` has none", keys.join(" or "));
            let help = format!("add `{language} = \"{}\"` to `[components.{name}]`", first.example());
            let component = ROOT.key("components").key(name).at().key();
            let diagnostic = Diagnostic::error(CODE, table.key(run.name).key("runner").at(), message);
            found.push(diagnostic.related(component, "the component").help(help));
        }
    }
}

/// Every version of a component is one that its test runner's tools can be installed on.
fn too_old(
    name: &Name,
    versions: &VersionAxis,
    (runner, language, oldest): (&str, &str, (u16, u16)),
    found: &mut Vec<Diagnostic>,
) {
    let at = ROOT.key("components");
    let at = at.key(name);
    for version in &versions.values {
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
