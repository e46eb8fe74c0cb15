//! Rust: its toolchain, its checks, and nextest.

use toml::{Table, Value};

use super::names::{self, base, word};
use super::own::Command;
use super::project::{Checks, Component, Start, Stated, TestRunner, Tests, Toolchain, Versions};
use super::walk::{Folder, View, is_in, join};

/// The Rust project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let manifest: Table = toml::from_str(&view.read(folder, "Cargo.toml")?).ok()?;
    let workspace = manifest.contains_key("workspace");
    let own_name = text(&manifest, &["package", "name"]);
    if own_name.is_none() && !workspace {
        return None;
    }
    let sources = Sources::read(view, folder);
    let locked = if folder.has("Cargo.lock") { " --locked" } else { "" };
    let all = if workspace { " --workspace" } else { "" };
    let mut stated = Stated { args: features(view, folder), ..Stated::default() };
    if let Some(test) = test(view, folder).filter(|_| !stated.args.is_empty()) {
        stated.took("args", &test.place);
    }
    let (mut checks, unsure) = checks(view, folder, &usual_words(workspace, locked, &stated.args), &mut stated);
    if !sources.has_tests {
        let own = view
            .own
            .in_folder(&folder.path)
            .find(|command| command.runs(&["cargo", "check"]) || command.runs(&["cargo", "build"]));
        let own =
            own.filter(|_| !folder.path.is_empty()).and_then(|own| Some((own.repeatable()?.to_owned(), &own.place)));
        match own {
            Some((command, place)) => {
                stated.took("checks.build", place);
                checks.push((word("build"), command));
            }
            None => checks.push((word("build"), format!("cargo build{all} --all-targets{locked}"))),
        }
    }
    let mut hints = Vec::new();
    if !sources.has_tests {
        hints.push("no tests were found: add `[tests.…]` with `runner = \"nextest\"` once there are some".to_owned());
    }
    if locked.is_empty() {
        hints.push("there is no Cargo.lock: commit one, and add `--locked` to the checks".to_owned());
    }
    let tests = sources.has_tests.then(|| Tests::of(TestRunner::Nextest));
    Some(Component {
        name: own_name.or(Some(base(&folder.path))).and_then(names::name).unwrap_or_else(|| word("rust")),
        path: folder.path.clone(),
        toolchain: Toolchain::RUST,
        versions: versions(view, folder, &manifest),
        also: None,
        install: None,
        checks,
        unsure,
        tests,
        start: start(view, folder, &manifest),
        dependencies: dependencies(view, folder, &manifest),
        workspace,
        hints,
        stated,
    })
}

/// The usual commands of formatting and lints.
fn usual_words(workspace: bool, locked: &str, features: &[String]) -> [String; 2] {
    let format = if workspace { "cargo fmt --all --check" } else { "cargo fmt --check" };
    let all = if workspace { " --workspace" } else { "" };
    let features: String = features.iter().flat_map(|word| [" ", word]).collect();
    [format.to_owned(), format!("cargo clippy{all} --all-targets{features}{locked} -- -D warnings")]
}

/// Formatting and lints: as the project's own workflow runs them, and sure where it does.
fn checks(view: &View<'_>, folder: &Folder, usual: &[String; 2], stated: &mut Stated) -> Checks {
    let [format, lint] = usual;
    let tools = [("format", ["cargo", "fmt"], format), ("lint", ["cargo", "clippy"], lint)];
    let mut found: Checks = (Vec::new(), Vec::new());
    for (name, words, usual) in tools {
        let run = view.own.runs(&folder.path, &words);
        let command = run.and_then(|run| run.for_folder(&folder.path)).unwrap_or_else(|| usual.clone());
        if let Some(run) = run {
            stated.took(&format!("checks.{name}"), &run.place);
        }
        if let Some(channel) = run.and_then(|run| channel(view, run, name)) {
            let reason = format!("the workflow runs it with Rust {channel}: it may not pass with another one");
            found.1.push((word(name), command, reason));
        } else if run.is_some() {
            found.0.push((word(name), command));
        } else {
            let reason = format!("nothing in the repository runs `{}`: it may not pass yet", words.join(" "));
            found.1.push((word(name), command, reason));
        }
    }
    found
}

/// The channel with other lints, or with options of rustfmt that no other has, if a job runs a check with nothing else.
fn channel<'a>(view: &'a View<'_>, run: &'a Command, check: &str) -> Option<&'a str> {
    let differs = |version: &&str| version.starts_with("nightly") || (check == "lint" && version.starts_with("beta"));
    let mut set_up = view.own.beside(run, "rust").map(|version| version.text.as_str());
    let first = set_up.next().filter(differs)?;
    set_up.all(|version| differs(&version)).then_some(first)
}

/// The command by which the project's own workflow tests the package or workspace of a folder.
fn test<'a>(view: &'a View<'_>, folder: &Folder) -> Option<&'a Command> {
    let own = |command: &&Command| {
        command.folder == folder.path
            && command
                .repeatable()
                .is_some_and(|text| !text.contains("--manifest-path") || text.contains("--manifest-path ./Cargo.toml"))
    };
    // The features of one package are none of the others'.
    let is_of_one = |command: &&Command| command.words().iter().any(|word| ["-p", "--package"].contains(word));
    let tests = view.own.tests(&folder.path, "rust").into_iter().filter(|command| !is_of_one(command));
    let all: Vec<&Command> = tests.filter(own).collect();
    all.iter().find(|command| command.text.contains("--workspace")).or_else(|| all.first()).copied()
}

/// The features that the project's own workflow tests with, as words of cargo.
fn features(view: &View<'_>, folder: &Folder) -> Vec<String> {
    let Some(test) = test(view, folder) else { return Vec::new() };
    let mut words = test.text.split_whitespace();
    let mut found = Vec::new();
    while let Some(word) = words.next().filter(|word| *word != "--") {
        match word {
            "--all-features" | "--no-default-features" => found.push(word.to_owned()),
            "--features" | "-F" => found.extend(words.next().map(|list| format!("--features={list}"))),
            word if word.starts_with("--features=") => found.push(word.to_owned()),
            _ => {}
        }
    }
    found
}

/// Contents of the source files.
struct Sources {
    has_tests: bool,
}

impl Sources {
    fn read(view: &View<'_>, folder: &Folder) -> Self {
        let mut found = Self { has_tests: false };
        let (mut has_library, mut has_examples) = (false, false);
        for file in view.below(&folder.path, 6).iter().filter(|file| names::has_extension(file, &["rs"])) {
            let Some(text) = view.tree.read(&folder.file(file)) else { continue };
            has_library |= base(file) == "lib.rs";
            has_examples |= text.contains("/// ```") || text.contains("//! ```");
            found.has_tests |= text.contains("#[test]") || text.contains("::test]") || text.contains("#[rstest]");
        }
        // Only a library has its documentation tested.
        found.has_tests |= has_library && has_examples;
        found
    }
}

fn versions(view: &View<'_>, folder: &Folder, manifest: &Table) -> Versions {
    let root = view.folders.first();
    for folder in [Some(folder), root.filter(|root| root.path != folder.path)].into_iter().flatten() {
        let file = ["rust-toolchain.toml", "rust-toolchain"].into_iter().find(|file| folder.has(file));
        let Some(file) = file else { continue };
        let text = view.read(folder, file).unwrap_or_default();
        let channel = toml::from_str::<Table>(&text)
            .ok()
            .and_then(|table| self::text(&table, &["toolchain", "channel"]).map(str::to_owned));
        let plain = || text.lines().next().unwrap_or_default().trim().to_owned();
        let channel = channel.unwrap_or_else(plain);
        if is_channel(&channel) {
            return Versions { list: vec![channel], from: Some(file.to_owned()) };
        }
    }
    if let Some(found) = tested(view, folder) {
        return found;
    }
    let least = [["package", "rust-version"].as_slice(), &["workspace", "package", "rust-version"]];
    match least.into_iter().find_map(|path| text(manifest, path)).filter(|version| is_channel(version)) {
        Some(version) if !folder.has("Cargo.lock") => {
            let reason =
                format!("newer dependencies may not build with rust-version {version}: no Cargo.lock holds them");
            Versions { list: vec!["stable".to_owned()], from: Some(reason) }
        }
        Some(version) => {
            Versions { list: vec![version.to_owned()], from: Some("rust-version in Cargo.toml".to_owned()) }
        }
        None => Versions { list: vec!["stable".to_owned()], from: None },
    }
}

/// The toolchains that the project's own workflow tests with; what may break without a change is left out.
fn tested(view: &View<'_>, folder: &Folder) -> Option<Versions> {
    let all = if test(view, folder).is_some() || folder.path.is_empty() {
        view.own.tested(&folder.path, "rust")
    } else {
        view.own.built(&folder.path, "rust")
    };
    let is_steady = |text: &str| {
        text == "stable" || (text.starts_with("1.") && text.chars().all(|c| c.is_ascii_digit() || c == '.'))
    };
    let steady: Vec<_> = all.into_iter().filter(|version| is_steady(&version.text)).collect();
    let mut list: Vec<String> = Vec::new();
    for version in &steady {
        if !list.contains(&version.text) {
            list.push(version.text.clone());
        }
    }
    let from = steady.first()?.place.to_string();
    // `stable` is the newest one.
    list.sort_by_key(|version| {
        (version == "stable", version.split('.').filter_map(|part| part.parse().ok()).collect::<Vec<u32>>())
    });
    Some(Versions { list, from: Some(from) })
}

fn is_channel(channel: &str) -> bool {
    !channel.is_empty()
        && channel.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        && !channel.starts_with('-')
}

/// Names of dependencies, of members too; a feature follows it, as in `sqlx/postgres`.
fn dependencies(view: &View<'_>, folder: &Folder, manifest: &Table) -> Vec<String> {
    let mut tables: Vec<Table> = vec![manifest.clone()];
    if manifest.contains_key("workspace") {
        let members = view.folders.iter().filter(|inner| inner.path != folder.path && is_in(&inner.path, &folder.path));
        let members = members.filter(|inner| !inner.is_aside() && !excludes(manifest, &folder.path, &inner.path));
        tables.extend(members.filter_map(|inner| toml::from_str(&view.read(inner, "Cargo.toml")?).ok()));
    }
    let mut names = Vec::new();
    for table in &tables {
        let in_workspace = table.get("workspace").and_then(|workspace| workspace.get("dependencies"));
        let own = ["dependencies", "dev-dependencies"].map(|key| table.get(key));
        for (name, value) in own.into_iter().chain([in_workspace]).flatten().filter_map(Value::as_table).flatten() {
            names.push(name.clone());
            let features = value.get("features").and_then(Value::as_array).into_iter().flatten();
            names.extend(features.filter_map(Value::as_str).map(|feature| format!("{name}/{feature}")));
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Returns whether a workspace's manifest excludes a folder below it from its members.
pub(super) fn excludes(manifest: &Table, workspace: &str, folder: &str) -> bool {
    let list = manifest.get("workspace").and_then(|workspace| workspace.get("exclude")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).any(|path| {
        let path = join(workspace, path.trim_end_matches('/'));
        path == folder || is_in(folder, &path)
    })
}

/// The only binary of a package or workspace.
fn start(view: &View<'_>, folder: &Folder, manifest: &Table) -> Option<Start> {
    let mut binaries = Vec::new();
    let below = view.folders.iter().filter(|inner| inner.path == folder.path || is_in(&inner.path, &folder.path));
    let own = below.filter(|inner| inner.has("Cargo.toml") && !excludes(manifest, &folder.path, &inner.path));
    for inner in own.filter(|inner| !inner.is_aside()) {
        let read: Option<Table> = view.read(inner, "Cargo.toml").and_then(|text| toml::from_str(&text).ok());
        let Some(read) = read else { continue };
        let named = read.get("bin").and_then(Value::as_array).into_iter().flatten();
        binaries.extend(named.filter_map(|bin| bin.get("name")).filter_map(Value::as_str).map(str::to_owned));
        if view.tree.exists(&join(&inner.path, "src/main.rs")) && !read.contains_key("bin") {
            binaries.extend(text(&read, &["package", "name"]).map(str::to_owned));
        }
    }
    match binaries.as_slice() {
        [only] => Some(Start { command: vec![only.clone()], build: Some(only.clone()) }),
        _ => None,
    }
}

fn text<'a>(table: &'a Table, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(key))?.as_str()
}
