//! Every command has its page, its tests, and a case that executes what it leaves.

use std::fs;
use std::path::Path;

use crate::support::Project;

/// Commands that another page describes.
const PAGES: &[(&str, &str)] = &[("man", "completions")];

/// The commands in the help of a command.
fn commands(arguments: &[&str]) -> Vec<String> {
    let help = Project::empty().run(arguments.iter().chain(&["--help"])).out;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

fn texts(folders: &[&str], end: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).expect("the folder is readable"));
    let paths = files.map(|entry| entry.expect("the entry is readable").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == end) && !path.ends_with("commands.rs"));
    paths.map(|path| fs::read_to_string(path).expect("the file is readable")).collect()
}

#[test]
fn every_command_has_its_page_its_tests_and_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let index = fs::read_to_string(root.join("docs/README.md")).expect("there is an index");
    let tests = texts(&["tests/cli", "tests/cli/upstream", "tests/init"], "rs");
    let cases = fs::read_to_string(root.join("conformance/execution/test_commands.py")).expect("there are cases");
    let all = commands(&[]);
    assert!(all.len() > 15, "{all:?}");
    for name in &all {
        let page = PAGES.iter().find(|(command, _)| command == name).map_or(name.as_str(), |(_, page)| page);
        let text = fs::read_to_string(root.join(format!("docs/commands/{page}.md"))).unwrap_or_default();
        assert!(text.contains(&format!("pipewright {name}")), "docs/commands/{page}.md does not describe `{name}`");
        assert!(index.contains(&format!("`{name}`")), "docs/README.md does not list `{name}`");
        let quoted = format!("\"{name}\"");
        assert!(tests.iter().any(|text| text.contains(&quoted)), "no test runs `{name}`");
        assert!(cases.contains(&quoted), "conformance/execution/test_commands.py has no case of `{name}`");
    }
    let pins = fs::read_to_string(root.join("docs/commands/pins.md")).expect("there is a page");
    for name in commands(&["pins"]) {
        assert!(pins.contains(&format!("`{name}`")) || pins.contains(&format!("pins {name}")), "`pins {name}`");
        let quoted = format!("\"pins\", \"{name}\"");
        assert!(tests.iter().any(|text| text.contains(&quoted)), "no test runs `pins {name}`");
        assert!(cases.contains(&quoted), "conformance/execution/test_commands.py has no case of `pins {name}`");
    }
}
