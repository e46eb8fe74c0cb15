//! Versions of toolchains that files of a repository name.

use toml::{Table, Value};

use crate::sources::{self, Tree, below, closest};

/// A version in a file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::checks) struct Named {
    /// The file, from the root of the repository.
    pub(in crate::checks) file: String,
    /// The version.
    pub(in crate::checks) version: String,
    /// Its meaning.
    pub(in crate::checks) wanted: Wanted,
}

/// Meaning of a version in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Wanted {
    /// Developers use this one: one of the component's versions is the same.
    Same,
    /// Developers use this one or a newer one: one of the component's versions is not older.
    AnyFrom,
    /// Older ones refuse to run: none of the component's versions is older.
    AllFrom,
}

/// A version and its meaning.
type Found = (String, Wanted);

/// Reads the version in the text of a file.
type Read = fn(&str) -> Option<Found>;

/// The files of a toolchain: its key, their names of which the first is read, and their reader.
const FILES: &[(&str, &[&str], Read)] = &[
    ("python", &[".python-version"], plain),
    ("python", &["pyproject.toml"], requires_python),
    ("node", &[".nvmrc", ".node-version"], plain),
    ("rust", &["rust-toolchain.toml", "rust-toolchain"], channel),
    ("go", &["go.work", "go.mod"], language),
    ("go", &["go.work", "go.mod"], go_toolchain),
    ("ruby", &[".ruby-version"], plain),
    ("ruby", &["Gemfile"], gemfile),
    ("dotnet", &["global.json"], sdk),
];

/// Files that count in their own folder alone.
const OWN: &[&str] = &["pyproject.toml", "Gemfile"];

/// Returns the versions that files in a folder or above it name for a toolchain.
pub(in crate::checks) fn named(tree: &dyn Tree, folder: &str, key: &str) -> Vec<Named> {
    let of_key = FILES.iter().filter(|(toolchain, ..)| *toolchain == key);
    let read = |(_, names, read): &(&str, &[&str], Read)| {
        let own = names.iter().find(|name| OWN.contains(name)).map(|name| below(folder, name));
        // The workspace of Go decides for its members, wherever it is; of other files the closest one counts.
        let workspace = || closest(tree, folder, &["go.work"]).filter(|_| names.contains(&"go.work"));
        let workspace = || workspace().filter(|file| is_member(tree, file, folder));
        let file = own.or_else(workspace).or_else(|| closest(tree, folder, without_workspace(names)))?;
        let (version, wanted) = read(&tree.read(&file)?)?;
        Some(Named { file, version, wanted })
    };
    of_key.filter_map(read).collect()
}

fn without_workspace<'a>(names: &'a [&'a str]) -> &'a [&'a str] {
    names.strip_prefix(&["go.work"]).unwrap_or(names)
}

/// Returns whether a folder is that of a workspace of Go, or a module that it lists.
fn is_member(tree: &dyn Tree, file: &str, folder: &str) -> bool {
    let root = sources::folder(file);
    let text = tree.read(file).unwrap_or_default();
    let mut paths = text.lines().filter_map(|line| line.trim().trim_start_matches("use ").split_whitespace().next());
    root == folder || paths.any(|path| sources::join(root, path).is_some_and(|module| module == folder))
}

/// Returns whether two versions are the same, as far as both have parts; `true` where that is unknown.
pub(in crate::checks) fn same(asked: &str, named: &str) -> bool {
    match (numbers(asked), numbers(named)) {
        (Some(asked), Some(named)) => asked.iter().zip(&named).all(|(one, other)| one == other),
        // Channels of Rust have names, which may have a date.
        _ if is_channel(asked) || is_channel(named) => asked.starts_with(named) || named.starts_with(asked),
        _ => true,
    }
}

/// Returns whether a version is older than another; of 1.26 and 1.26.2 none is.
pub(in crate::checks) fn older(asked: &str, named: &str) -> bool {
    let (Some(asked), Some(named)) = (numbers(asked), numbers(named)) else { return false };
    asked.iter().zip(&named).find(|(one, other)| one != other).is_some_and(|(one, other)| one < other)
}

fn is_channel(version: &str) -> bool {
    ["stable", "beta", "nightly"].iter().any(|channel| version.starts_with(channel))
}

/// The numbers of a version; none for one with anything else in it.
fn numbers(version: &str) -> Option<Vec<u32>> {
    version.trim_end_matches(".x").split('.').map(|part| part.parse().ok()).collect()
}

fn plain(text: &str) -> Option<Found> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let version = line.trim_start_matches("ruby-").trim_start_matches('v');
    numbers(version).map(|_| (version.to_owned(), Wanted::Same))
}

/// The lower bound of `requires-python`.
fn requires_python(text: &str) -> Option<Found> {
    let manifest: Table = text.parse().ok()?;
    let range = manifest.get("project")?.get("requires-python")?.as_str()?;
    at_least(range)
}

/// The version of `>= 3.2`, the first of a range.
fn at_least(range: &str) -> Option<Found> {
    let version = range.split(',').find_map(|bound| bound.trim().strip_prefix(">="))?.trim();
    numbers(version).map(|_| (version.to_owned(), Wanted::AllFrom))
}

fn channel(text: &str) -> Option<Found> {
    let table = text.parse::<Table>().ok();
    let of_table = table.as_ref().and_then(|table| table.get("toolchain")?.get("channel").and_then(Value::as_str));
    let channel = of_table.or_else(|| text.lines().next().map(str::trim)).filter(|channel| !channel.contains('['))?;
    (is_channel(channel) || numbers(channel).is_some()).then(|| (channel.to_owned(), Wanted::Same))
}

/// Source: <https://go.dev/ref/mod#go-mod-file-go>.
fn language(text: &str) -> Option<Found> {
    directive(text, "go ").map(|version| (version, Wanted::AllFrom))
}

/// Source: <https://go.dev/ref/mod#go-mod-file-toolchain>.
fn go_toolchain(text: &str) -> Option<Found> {
    directive(text, "toolchain go").map(|version| (version, Wanted::AnyFrom))
}

fn directive(text: &str, name: &str) -> Option<String> {
    let version = text.lines().find_map(|line| line.trim().strip_prefix(name))?.split("//").next()?.trim();
    numbers(version).map(|_| version.to_owned())
}

/// `ruby "3.4.1"`, `ruby "~> 3.4"` or `ruby ">= 3.2"`.
///
/// Source: <https://bundler.io/man/gemfile.5.html>.
fn gemfile(text: &str) -> Option<Found> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("ruby "))?;
    let requirement = line.split(['"', '\'']).nth(1)?.trim();
    if requirement.starts_with('>') {
        return at_least(requirement);
    }
    if let Some(version) = requirement.strip_prefix("~>").map(str::trim) {
        return numbers(version).map(|_| (version.to_owned(), Wanted::AllFrom));
    }
    numbers(requirement).map(|_| (requirement.to_owned(), Wanted::Same))
}

/// The SDK, as far as `rollForward` fixes it: its minor version by default.
///
/// Source: <https://learn.microsoft.com/dotnet/core/tools/global-json>.
fn sdk(text: &str) -> Option<Found> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let sdk = json.get("sdk")?;
    let parts: Vec<&str> = sdk.get("version")?.as_str()?.split('.').collect();
    let (fixed, wanted) = match sdk.get("rollForward").and_then(serde_json::Value::as_str) {
        Some("major" | "latestMajor") => (2, Wanted::AnyFrom),
        Some("minor" | "latestMinor") => (1, Wanted::Same),
        _ => (2, Wanted::Same),
    };
    let version = parts.get(..fixed)?.join(".");
    numbers(&version).map(|_| (version, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn reads_the_versions_of_files() {
        for (key, file, text, expected) in [
            ("python", ".python-version", "# ours\n3.12.4\n", Some(("3.12.4", Wanted::Same))),
            ("python", ".python-version", "pypy3.11", None),
            (
                "python",
                "app/pyproject.toml",
                "[project]\nrequires-python = '<4,>=3.12'",
                Some(("3.12", Wanted::AllFrom)),
            ),
            ("python", "pyproject.toml", "[project]\nrequires-python = '>=3.12'", None),
            ("node", "app/.nvmrc", "v24.1.0\n", Some(("24.1.0", Wanted::Same))),
            ("node", ".nvmrc", "lts/*", None),
            ("rust", "rust-toolchain.toml", "[toolchain]\nchannel = '1.95'", Some(("1.95", Wanted::Same))),
            ("rust", "rust-toolchain", "nightly-2026-01-01\n", Some(("nightly-2026-01-01", Wanted::Same))),
            ("rust", "rust-toolchain.toml", "[toolchain]\npath = 'x'", None),
            ("go", "app/go.mod", "module a\n\ngo 1.26.1 // as production\n", Some(("1.26.1", Wanted::AllFrom))),
            ("go", "app/go.mod", "module a\n\ntoolchain go1.26.2\n", Some(("1.26.2", Wanted::AnyFrom))),
            ("go", "go.work", "go 1.26\n\nuse (\n\t./app\n)\n", Some(("1.26", Wanted::AllFrom))),
            ("go", "go.work", "go 1.26\n\nuse ./other\n", None),
            ("ruby", ".ruby-version", "ruby-3.4.1\n", Some(("3.4.1", Wanted::Same))),
            ("ruby", "app/Gemfile", "source 'x'\nruby '3.4.1'\n", Some(("3.4.1", Wanted::Same))),
            ("ruby", "app/Gemfile", "ruby \">= 3.2\", \"< 4\"\n", Some(("3.2", Wanted::AllFrom))),
            ("ruby", "app/Gemfile", "ruby file: '.ruby-version'\n", None),
            ("dotnet", "global.json", r#"{"sdk": {"version": "10.0.100"}}"#, Some(("10.0", Wanted::Same))),
            (
                "dotnet",
                "global.json",
                r#"{"sdk": {"version": "8.0.100", "rollForward": "latestMajor"}}"#,
                Some(("8.0", Wanted::AnyFrom)),
            ),
            ("dotnet", "global.json", "{", None),
        ] {
            let tree = Memory([(file.to_owned(), text.to_owned())].into());
            let found = named(&tree, "app", key);
            let found: Vec<_> = found.iter().map(|it| (it.version.as_str(), it.wanted)).collect();
            assert_eq!(found, Vec::from_iter(expected), "{file} {text}");
        }
    }

    #[test]
    fn compares_versions() {
        for (asked, named, is_same, is_older) in [
            ("3.12", "3.12.4", true, false),
            ("3.11", "3.12.4", false, true),
            ("24", "24.1.0", true, false),
            ("10.0.x", "10.0", true, false),
            ("1.9", "1.10", false, true),
            ("3.14t", "3.12", true, false),
            ("stable", "1.95", false, false),
            ("nightly", "nightly-2026-01-01", true, false),
        ] {
            assert_eq!((same(asked, named), older(asked, named)), (is_same, is_older), "{asked} {named}");
        }
    }
}
