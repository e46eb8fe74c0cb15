//! .NET: folders with one solution, or one project.

use super::names::{has_extension, word};
use super::project::{Component, Install, Stated, Toolchain};
use super::reports::{self, Found};
use super::walk::{Folder, View};

const SOLUTIONS: &[&str] = &["sln", "slnx"];
const PROJECTS: &[&str] = &["csproj", "fsproj"];

/// The projects in a folder. None where its commands would have to name one, or where they need Windows.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let of = |endings: &[&str]| folder.files.iter().filter(|file| has_extension(file, endings)).cloned().collect();
    let (solutions, projects): (Vec<String>, Vec<String>) = (of(SOLUTIONS), of(PROJECTS));
    let [only] = (if solutions.is_empty() { &projects } else { &solutions }).as_slice() else { return None };
    if is_in_solution(view, folder) {
        return None;
    }
    let files = view.below(&folder.path, 6);
    let texts: Vec<String> = files
        .iter()
        .filter(|file| has_extension(file, PROJECTS) || file.ends_with("Directory.Build.props"))
        .filter_map(|file| view.tree.read(&folder.file(file)))
        .collect();
    let needs_windows = |text: &String| {
        ["-windows", "<UseWPF>", "<UseWindowsForms>", "<TargetFrameworkVersion>", ">net4"]
            .iter()
            .any(|it| text.contains(it))
    };
    if texts.iter().any(needs_windows) {
        return None;
    }
    let sdk = view.read(folder, "global.json").and_then(|text| {
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        json.get("sdk")?.get("version")?.as_str().map(str::to_owned)
    });
    let newest = texts.iter().flat_map(|text| targets(text)).max();
    let named = [("global.json", sdk), ("the projects", newest.map(|major| format!("{major}.0")))];
    let versions = reports::versions(view, folder, "dotnet", &named, "");
    versions.from.as_ref()?;
    let found = Found {
        toolchain: Toolchain::DOTNET,
        name: only.rsplit_once('.').map(|(stem, _)| stem.to_owned()),
        versions,
        install: Some(Install::Dotnet),
        tests: None,
        checks: (Vec::new(), Vec::new()),
        hints: Vec::new(),
        stated: Stated::default(),
    };
    Some(tested(view, folder, &texts, found).component(folder))
}

/// Adds the tests, where they can be reported; else a check.
fn tested(view: &View<'_>, folder: &Folder, texts: &[String], mut found: Found) -> Found {
    let has_package = |package: &str| texts.iter().any(|text| text.contains(package));
    if !has_package("Microsoft.NET.Test.Sdk") {
        found.checks.0.push((word("build"), "dotnet build --no-restore".to_owned()));
        return found;
    }
    if has_package("JunitXml.TestLogger") {
        let command = "dotnet test --no-restore --logger \"junit;LogFilePath=TestResults/{assembly}.xml\"";
        found.tests = Some((command.to_owned(), vec!["**/TestResults/*.xml".to_owned()]));
        return found;
    }
    let own = reports::own(view, folder, |words| words.starts_with(&["dotnet", "test"]));
    // A command that builds nothing needs another one before it.
    let own = own.filter(|(_, text)| !text.contains("--no-build"));
    if let Some((own, _)) = &own {
        found.stated.took("checks.test", &own.place);
    }
    let command = own.map_or_else(|| "dotnet test --no-restore".to_owned(), |(_, text)| text);
    found.checks.0.push((word("test"), command));
    let hint = "to evaluate the tests by gates, add the package JunitXml.TestLogger to the test projects";
    found.hints.push(hint.to_owned());
    found
}

/// Returns whether a folder above has a solution.
fn is_in_solution(view: &View<'_>, folder: &Folder) -> bool {
    let mut above = folder.path.as_str();
    while !above.is_empty() {
        above = crate::sources::folder(above);
        if view.tree.list(above).iter().any(|file| has_extension(file, SOLUTIONS)) {
            return true;
        }
    }
    false
}

/// The major versions that a project targets: `net8.0`, `net10.0`.
fn targets(text: &str) -> impl Iterator<Item = u32> + '_ {
    let versions = text.split(['>', ';', '<']).filter_map(|part| part.trim().strip_prefix("net")?.strip_suffix(".0"));
    versions.filter_map(|major| major.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_targets_of_a_project() {
        let of = |text: &str| targets(text).collect::<Vec<_>>();
        assert_eq!(of("<TargetFrameworks>net8.0; net10.0</TargetFrameworks>"), [8, 10]);
        assert_eq!(of("<TargetFramework>netstandard2.0</TargetFramework>"), [] as [u32; 0]);
    }
}
