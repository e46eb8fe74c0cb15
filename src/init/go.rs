//! Go: its version, its checks, and tests where gotestsum reports them.

use super::names::{self, base, word};
use super::project::{Checks, Component, Start, Stated, TestRunner, Tests, Toolchain, Versions};
use super::walk::{Folder, View};
use crate::sources::folder as folder_of;

/// Version of a project that declares none.
const USUAL: &str = "1.26";

/// The Go module in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let text = view.read(folder, "go.mod")?;
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()).collect();
    let word_after = |key: &str| lines.iter().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let module = word_after("module ").unwrap_or_default().trim_matches('"');
    let files: Vec<String> =
        view.below(&folder.path, 6).into_iter().filter(|file| names::has_extension(file, &["go"])).collect();
    let has_tests = files.iter().any(|file| file.ends_with("_test.go"));
    let mut stated = Stated::default();
    let own = view.own.tests(&folder.path, "go").into_iter().next();
    if let Some(own) = own.filter(|_| has_tests) {
        stated.args = arguments(&own.words());
        if !stated.args.is_empty() {
            stated.took("args", &own.place);
        }
    }
    let tests = has_tests.then(|| Tests {
        runner: TestRunner::Go,
        paths: Vec::new(),
        not_tests: Vec::new(),
        services: Vec::new(),
        measure: Vec::new(),
        coverage: None,
        shuffled: stated.args.iter().any(|arg| arg.starts_with("-shuffle")),
    });
    stated.args.retain(|arg| !arg.starts_with("-shuffle"));
    let (mut checks, unsure) = checks(view, folder);
    if !has_tests {
        checks.push((word("build"), "go build ./...".to_owned()));
    }
    Some(Component {
        name: name(module).or_else(|| names::name(base(&folder.path))).unwrap_or_else(|| word("go")),
        path: folder.path.clone(),
        toolchain: Toolchain::GO,
        versions: versions(word_after("toolchain go"), word_after("go ")),
        also: None,
        install: None,
        checks,
        unsure,
        tests,
        start: start(view, folder, &files, module),
        dependencies: required(&text),
        workspace: false,
        hints: Vec::new(),
        stated,
    })
}

/// Formatting and vet: sure where something in the repository runs them, or golangci-lint, which vets.
fn checks(view: &View<'_>, folder: &Folder) -> Checks {
    let tools: [(&str, &str, &[&[&str]]); 2] = [
        ("format", "test -z \"$(gofmt -l .)\"", &[&["gofmt"], &["go", "fmt"], &["test", "-z", "\"$(gofmt"]]),
        ("vet", "go vet ./...", &[&["go", "vet"], &["golangci-lint", "run"]]),
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

fn versions(toolchain: Option<&str>, language: Option<&str>) -> Versions {
    let sound = |version: &&str| {
        version.starts_with(|c: char| c.is_ascii_digit())
            && version.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    match toolchain.into_iter().chain(language).find(sound) {
        Some(version) => Versions { list: vec![version.to_owned()], from: Some("go.mod".to_owned()) },
        None => Versions { list: vec![USUAL.to_owned()], from: None },
    }
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
