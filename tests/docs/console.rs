//! Every command in the documentation prints what the page shows.
#![cfg(unix)]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

use super::accept::accepting;
use super::github::{GitHub, NAME, TOKEN};
use super::markdown::{blocks, with_block};
use super::projects::{PROGRAM, REPOSITORIES, project};
use super::server::NOW;
use super::{PAGES, pages, repository, text};

/// Any lines.
const ANY: &str = "…";

/// GitHub's REST API in the place of the real one.
static GITHUB: LazyLock<GitHub> = LazyLock::new(GitHub::wrong);

/// Runs a line of a shell in a project and returns its output, with the exit status of a failure.
fn run(line: &str, folder: &Path) -> String {
    let program = Path::new(PROGRAM).parent().expect("the program is in a folder");
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap_or_default());
    let server = format!("file://{}", folder.join(REPOSITORIES).display());
    let ended = Command::new("sh")
        .args(["-c", &format!("{{ {line}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("GITHUB_SERVER_URL", &server)
        .env("GITHUB_API_URL", GITHUB.address())
        .env("GITHUB_REPOSITORY", NAME)
        .env("GH_TOKEN", TOKEN)
        .env("SOURCE_DATE_EPOCH", NOW.to_string())
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1")
        .output()
        .expect("a shell runs");
    let mut said = String::from_utf8(ended.stdout).expect("it prints text").replace(&server, "https://github.com");
    if !ended.status.success() {
        let _ = writeln!(said, "(exit status {})", ended.status.code().unwrap_or(-1));
    }
    // A page has no blanks at the end of a line.
    said.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// The block with the current output of each command.
fn again(block: &str, folder: &Path) -> String {
    let mut said = String::new();
    let mut lines = block.lines().peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").expect("a block starts with a command");
        let mut shown = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            let _ = writeln!(shown, "{line}");
        }
        let printed = run(command, folder);
        let fits = matches(&shown.lines().collect::<Vec<_>>(), &printed.lines().collect::<Vec<_>>());
        let _ = write!(said, "{line}\n{}", if fits { &shown } else { &printed });
    }
    said
}

/// Returns whether the shown lines match the printed ones.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [first, rest @ ..] if first.trim() == ANY => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        [first, rest @ ..] => printed.first() == Some(first) && matches(rest, &printed[1..]),
    }
}

#[test]
fn every_command_prints_what_is_shown() {
    let _alone = PAGES.lock();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let mut now = text(&page);
        let mut changes = Vec::new();
        let mut folder = None;
        for block in blocks(&now) {
            let here = || format!("{page}:{}", block.line);
            if let Some(file) = block.about("edit") {
                let folder: &TempDir = folder.as_ref().unwrap_or_else(|| panic!("{}: no project to edit", here()));
                edit(&folder.path().join(file), &block.text);
                continue;
            }
            let graph = block.about("graph");
            if let Some(name) = block.about("project") {
                folder = Some(project(name));
            }
            let again = match (graph, &folder) {
                (Some(about), folder) => super::graph::drawn(about, folder.as_ref().map(TempDir::path)),
                (None, Some(folder)) if block.info == "console" => again(&block.text, folder.path()),
                (None, None) if block.info == "console" => panic!("{}: no project", here()),
                _ => continue,
            };
            seen += 1;
            if again != block.text {
                wrong.push(format!("{}: shown\n{}\nprinted\n{again}", here(), block.text));
                changes.push((block, again));
            }
        }
        for (block, again) in changes.iter().rev() {
            now = with_block(&now, block, again);
        }
        if accepting() {
            fs::write(repository().join(&page), now).expect("the page can be written");
        }
    }
    assert!(accepting() || wrong.is_empty(), "run with PIPEWRIGHT_ACCEPT=1\n{}", wrong.join("\n"));
    assert!(seen > 8, "only {seen} commands were found");
}

/// Replaces tables of a definition by those of `tables`, or adds them at its end.
fn edit(file: &Path, tables: &str) {
    let header = |line: &str| line.starts_with('[').then(|| line.split(']').next().unwrap_or_default().to_owned());
    let mut text = fs::read_to_string(file).expect("the file can be read");
    let mut new: Vec<String> = Vec::new();
    for line in tables.lines() {
        match (header(line), new.last_mut()) {
            (None, Some(table)) => table.push_str(&format!("{line}\n")),
            _ => new.push(format!("{line}\n")),
        }
    }
    for table in new {
        let name = header(&table);
        let mut kept: Vec<String> = Vec::new();
        let mut inside = false;
        let mut placed = false;
        for line in text.lines() {
            inside = if header(line).is_some() { header(line) == name } else { inside && !line.is_empty() };
            if inside && !placed {
                kept.push(table.trim_end().to_owned());
                placed = true;
            }
            if !inside {
                kept.push(line.to_owned());
            }
        }
        if !placed {
            kept.push(format!("\n{}", table.trim_end()));
        }
        text = kept.join("\n") + "\n";
    }
    fs::write(file, text).expect("the file can be written");
}

#[test]
fn a_table_is_replaced_or_added() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("a.toml");
    fs::write(&file, "[a]\nx = 1\n\n[b]\ny = 1\n").expect("the file can be written");
    edit(&file, "[a]\nx = 2\n\n[c]\nz = 3\n");
    let text = fs::read_to_string(&file).expect("the file can be read");
    assert_eq!(text, "[a]\nx = 2\n\n[b]\ny = 1\n\n[c]\nz = 3\n");
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    assert!(matches(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(matches(&["a", "…"], &["a"]));
    assert!(!matches(&["a", "…", "d"], &["a", "b"]));
    assert!(!matches(&["a"], &["a", "b"]));
}
