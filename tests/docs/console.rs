//! Every command in the documentation prints what the page shows.
#![cfg(unix)]

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::accept::accepting;
use super::markdown::{blocks, with_block};
use super::projects::{PROGRAM, project};
use super::{PAGES, pages, repository, text};

/// Stands for any lines.
const ANY: &str = "…";

/// Runs a line of a shell in a project; what it prints, and how it ended where that was not well.
fn run(line: &str, folder: &Path) -> String {
    let program = Path::new(PROGRAM).parent().expect("the program stands in a folder");
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap_or_default());
    let ended = Command::new("sh")
        .args(["-c", &format!("{{ {line}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1")
        .output()
        .expect("a shell runs");
    let mut said = String::from_utf8(ended.stdout).expect("it prints text");
    if !ended.status.success() {
        let _ = writeln!(said, "(exit status {})", ended.status.code().unwrap_or(-1));
    }
    // A page has no blanks at the end of a line.
    said.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// The block as it would be, with what each of its commands prints.
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

/// Whether what is shown is what was printed.
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
        for block in blocks(&now).into_iter().rev().filter(|block| block.info == "console") {
            let about = block.about("project").unwrap_or_else(|| panic!("{page}:{}: no project", block.line));
            let folder = project(about);
            let again = again(&block.text, folder.path());
            seen += 1;
            if again != block.text {
                now = with_block(&now, &block, &again);
                wrong.push(format!("{page}:{}: shown\n{}\nprinted\n{again}", block.line, block.text));
            }
        }
        if accepting() {
            fs::write(repository().join(&page), now).expect("the page can be written");
        }
    }
    assert!(accepting() || wrong.is_empty(), "run with PIPEWRIGHT_ACCEPT=1\n{}", wrong.join("\n"));
    assert!(seen > 8, "only {seen} commands were found");
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    assert!(matches(&["a", "…", "d"], &["a", "b", "c", "d"]));
    assert!(matches(&["a", "…"], &["a"]));
    assert!(!matches(&["a", "…", "d"], &["a", "b"]));
    assert!(!matches(&["a"], &["a", "b"]));
}
