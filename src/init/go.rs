//! Go: its version, its checks, and tests where gotestsum reports them.

use super::go_versions;
use super::go_workspace::{Lines, Workspace};
use super::names::{self, base, word};
use super::project::{Checks, Component, Start, Stated, TestRunner, Tests, Toolchain};
use super::walk::{Folder, View, is_in, join};
use crate::sources::folder as folder_of;

/// The Go module in a folder, or the workspace that is there.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let workspace = Workspace::read(view, &folder.path);
    let text = view.read(folder, "go.mod").or_else(|| workspace.as_ref().map(|_| String::new()))?;
    let own = Lines::of(&text);
    let module = own.after("module ").unwrap_or_default().trim_matches('"');
    let files: Vec<String> =
        view.below(&folder.path, 6).into_iter().filter(|file| names::has_extension(file, &["go"])).collect();
    let is_own = |file: &&String| workspace.as_ref().is_none_or(|workspace| workspace.has(&folder.file(file)));
    let has_tests = files.iter().filter(is_own).any(|file| file.ends_with("_test.go"));
    let declared = match &workspace {
        Some(workspace) => Lines::of(&workspace.text).versions("go.work"),
        None => own.versions("go.mod"),
    };
    let versions = go_versions::versions(view, folder, declared);
    let packages = workspace.as_ref().map_or_else(|| "./...".to_owned(), |workspace| workspace.packages(&versions));
    let (mut stated, tests) = tests(view, folder, has_tests);
    stated.args.retain(|arg| !arg.starts_with("-shuffle"));
    let (mut checks, unsure) = checks(view, folder, &packages);
    if !has_tests {
        checks.push((word("build"), format!("go build {packages}")));
    }
    Some(Component {
        name: name(module).or_else(|| names::name(base(&folder.path))).unwrap_or_else(|| word("go")),
        path: folder.path.clone(),
        toolchain: Toolchain::GO,
        versions,
        also: None,
        install: None,
        checks,
        unsure,
        tests,
        start: start(view, folder, &files, module).filter(|_| workspace.is_none()),
        dependencies: dependencies(view, &text, workspace.as_ref()),
        workspace: workspace.is_some(),
        hints: Vec::new(),
        stated,
    })
}

/// The tests, and the flags that the project's own workflow gives them.
fn tests(view: &View<'_>, folder: &Folder, has_tests: bool) -> (Stated, Option<Tests>) {
    let mut stated = Stated::default();
    let own = view.own.tests(&folder.path, "go").into_iter().next();
    if let Some(own) = own.filter(|_| has_tests) {
        stated.args = arguments(&own.words());
        if !stated.args.is_empty() {
            stated.took("args", &own.place);
        }
    }
    let tests = has_tests.then(|| Tests {
        shuffled: stated.args.iter().any(|arg| arg.starts_with("-shuffle")),
        ..Tests::of(TestRunner::Go)
    });
    (stated, tests)
}

/// Returns whether a module in a folder is a member of the workspace in another.
pub(super) fn is_member(view: &View<'_>, workspace: &str, module: &str) -> bool {
    Workspace::read(view, workspace).is_some_and(|found| found.modules.iter().any(|path| path == module))
}

/// Turns a workspace above off in a module that is none of its members: go stops there otherwise.
///
/// Source: <https://go.dev/ref/mod#workspaces>, `GOWORK`.
pub(super) fn leave_workspace(component: &mut Component, others: &[Component]) {
    let is_around =
        |other: &Component| other.workspace && other.toolchain == Toolchain::GO && is_in(&component.path, &other.path);
    let env = &mut component.stated.env;
    if component.toolchain == Toolchain::GO
        && !component.workspace
        && others.iter().any(is_around)
        && env.iter().all(|(name, _)| name != "GOWORK")
    {
        env.push(("GOWORK".to_owned(), "off".to_owned()));
    }
}

/// Formatting and vet: sure where something in the repository runs them, or golangci-lint, which vets.
fn checks(view: &View<'_>, folder: &Folder, packages: &str) -> Checks {
    let vet = format!("go vet {packages}");
    let tools: [(&str, &str, &[&[&str]]); 2] = [
        ("format", "test -z \"$(gofmt -l .)\"", &[&["gofmt"], &["go", "fmt"], &["test", "-z", "\"$(gofmt"]]),
        ("vet", &vet, &[&["go", "vet"], &["golangci-lint", "run"]]),
    ];
    let mut found: Checks = (Vec::new(), Vec::new());
    for (name, command, words) in tools {
        if words.iter().any(|words| view.own.runs(&folder.path, words).is_some()) {
            found.0.push((word(name), command.to_owned()));
        } else {
            let reason = "nothing in the repository runs it: it may not pass yet".to_owned();
            found.1.push((word(name), command.to_owned(), reason));
        }
    }
    found
}

/// The flags of the project's own `go test` that decide how packages are built and tested; not those that select tests.
fn arguments(words: &[&str]) -> Vec<String> {
    const VALUED: &[&str] = &["tags", "timeout", "ldflags", "gcflags", "parallel", "mod", "cpu"];
    const PLAIN: &[&str] = &["race", "short", "trimpath", "failfast", "vet", "shuffle", "msan", "asan"];
    let mut found = Vec::new();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let bare = word.trim_start_matches('-');
        let name = bare.split('=').next().unwrap_or_default();
        if !word.starts_with('-') || !VALUED.iter().chain(PLAIN).any(|known| *known == name) {
            continue;
        }
        // Go takes one dash and two.
        found.push(format!("-{}", bare.replace(['"', '\''], "")));
        if VALUED.contains(&name) && !bare.contains('=') {
            found.extend(words.next().map(|value| value.trim_matches(['"', '\'']).to_owned()));
        }
    }
    found
}

/// The last part of a module's path that is not its major version.
fn name(module: &str) -> Option<crate::definition::Name> {
    let is_major = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    names::name(module.rsplit('/').find(|part| !is_major(part))?)
}

/// Modules that the code of a module, or of the modules of a workspace, names.
fn dependencies(view: &View<'_>, text: &str, workspace: Option<&Workspace>) -> Vec<String> {
    let Some(workspace) = workspace else { return required(text) };
    let texts = workspace.modules.iter().filter_map(|path| view.tree.read(&join(path, "go.mod")));
    let mut names: Vec<String> = texts.flat_map(|text| required(&text)).collect();
    names.sort();
    names.dedup();
    names
}

/// Modules that the code itself names.
fn required(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.contains("// indirect"));
    let mut names: Vec<String> = lines
        .filter_map(|line| line.trim().trim_start_matches("require ").trim().split_once(' '))
        .filter(|(module, version)| module.contains('.') && version.starts_with('v'))
        .map(|(module, _)| module.to_owned())
        .collect();
    names.sort();
    names
}

/// The only main package: at the root, or in `cmd`.
fn start(view: &View<'_>, folder: &Folder, files: &[String], module: &str) -> Option<Start> {
    let mut mains: Vec<&str> = files
        .iter()
        .filter(|file| base(file) == "main.go")
        .filter(|file| view.tree.read(&folder.file(file)).is_some_and(|text| text.contains("package main")))
        .map(|file| folder_of(file))
        .filter(|path| path.is_empty() || path.starts_with("cmd"))
        .collect();
    mains.sort_unstable();
    let [only] = mains.as_slice() else { return None };
    let program = if only.is_empty() { name(module)?.to_string() } else { base(only).to_owned() };
    Some(Start { command: vec![program], build: Some(format!("./{only}")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_flags_that_decide_what_is_tested() {
        let of = |text: &str| arguments(&text.split_whitespace().collect::<Vec<_>>()).join(" ");
        for (command, expected) in [
            ("go test -v -race -covermode=atomic -coverprofile=c.out ./...", "-race"),
            ("go test --tags integration -timeout=5m ./... -count=1", "-tags integration -timeout=5m"),
            ("go test -tags 'a,b' -shuffle=on", "-tags a,b -shuffle=on"),
        ] {
            assert_eq!(of(command), expected, "{command}");
        }
    }
}
