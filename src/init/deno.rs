//! Deno: projects with a deno.json and no package.json.

use super::bun::tool;
use super::names::{has_extension, word};
use super::project::{Checks, Component, Install, Stated, Toolchain};
use super::reports::{self, Found};
use super::walk::{Folder, View};

/// The version of projects that name none.
const USUAL: &str = "2.9";

const MANIFESTS: &[&str] = &["deno.json", "deno.jsonc"];

/// The project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let manifest = MANIFESTS.iter().find_map(|name| view.read(folder, name))?;
    let is_member = !folder.has("deno.lock") && reports::is_below(view, folder, MANIFESTS);
    if folder.has("package.json") || is_member {
        return None;
    }
    let files = view.below(&folder.path, 8);
    let has_tests = files.iter().any(|file| is_test(file));
    let mut stated = Stated::default();
    let mut checks: Checks = (Vec::new(), Vec::new());
    let own = reports::own(view, folder, |words| matches!(words, ["deno", "test", ..] | ["deno", "task", "test", ..]));
    let mut tests = None;
    if let Some(command) = task(&manifest).filter(|_| has_tests) {
        tests = Some((command, Vec::new()));
    } else if let Some((own, command)) = own.filter(|(_, text)| has_tests && text.starts_with("deno test")) {
        stated.took("command", &own.place);
        tests = Some((reporting(&command), Vec::new()));
    } else if has_tests {
        let reason = "the tests may need permissions: add their flags, as in `deno test --allow-read`".to_owned();
        checks.1.push((word("test"), "deno test".to_owned(), reason));
    }
    for (name, command) in [("lint", "deno lint"), ("format", "deno fmt --check"), ("types", "deno check")] {
        let words: Vec<&str> = command.split(' ').collect();
        let run = reports::own(view, folder, |own| own.starts_with(&words));
        if let Some((own, text)) = run {
            stated.took(&format!("checks.{name}"), &own.place);
            checks.0.push((word(name), text));
        } else {
            let reason = "nothing in the repository runs it: it may not pass yet".to_owned();
            checks.1.push((word(name), command.to_owned(), reason));
        }
    }
    let read = |file: &str| view.read(folder, file).map(|text| text.trim().to_owned());
    let named = [
        (".dvmrc", read(".dvmrc")),
        (".tool-versions", read(".tool-versions").and_then(|text| tool(&text, "deno").map(str::to_owned))),
    ];
    let found = Found {
        toolchain: Toolchain::DENO,
        name: None,
        versions: reports::versions(view, folder, "deno", &named, USUAL),
        install: folder.has("deno.lock").then_some(Install::Deno),
        tests,
        checks,
        hints: Vec::new(),
        stated,
    };
    Some(found.component(folder))
}

/// The task `test`, if all that it does is to run the tests: what follows the task's name is appended to its command.
fn task(manifest: &str) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_str(manifest).ok()?;
    let test = manifest.get("tasks")?.get("test")?;
    let command = test.as_str().or_else(|| test.get("command")?.as_str())?;
    let is_plain =
        command.starts_with("deno test") && !command.contains(['&', '|', ';', '>']) && !command.contains(" -- ");
    is_plain.then(|| "deno task test --junit-path=\"$JUNIT\"".to_owned())
}

/// A command of Deno that writes a report.
fn reporting(command: &str) -> String {
    let rest = command.strip_prefix("deno test").unwrap_or_default();
    format!("deno test --junit-path=\"$JUNIT\"{rest}")
}

/// Returns whether Deno takes a file for a test.
///
/// Source: <https://docs.deno.com/runtime/fundamentals/testing/>
fn is_test(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let Some((stem, _)) =
        name.rsplit_once('.').filter(|_| has_extension(name, &["ts", "tsx", "mts", "js", "jsx", "mjs"]))
    else {
        return false;
    };
    stem == "test" || ["_test", ".test"].iter().any(|end| stem.ends_with(end))
}
