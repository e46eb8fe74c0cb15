//! `docs/rules` is generated from the pages, with the real message of each example.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::{ELSEWHERE, FRAME, files_in, found_by, page::Page, pages, repository, shown, sources};
use crate::diagnostics::Level;

const INTRODUCTION: &str = "\
# Rules

Checks of Pipewright, reported before it writes anything. An *error* stops `generate`: no file is written. A
*warning* does not stop it. `pipewright explain <rule>` prints the page of a rule.

`PIPEWRIGHT_ACCEPT=1 cargo test --lib checks` generates this folder from `templates/rules`.

";

/// The page as generated into the documentation.
fn rendered(code: &str, page: &Page) -> String {
    let text = crate::explain(code).unwrap_or_default();
    if ELSEWHERE.contains(&code) {
        return text;
    }
    let sources = sources(&page.example);
    let message = shown(&sources, &found_by(code, &sources));
    let message: Vec<&str> = message.trim_end().lines().map(str::trim_end).collect();
    let (front, fix) = text.split_once("\n## Fix\n").expect("a page has a fix");
    format!("{front}\n```text\n{}\n```\n\n## Fix\n{fix}", message.join("\n"))
}

fn index(pages: &[(&str, Page)]) -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| Rule | Severity | Requirement |\n|---|---|---|\n");
    for (code, page) in pages {
        let found = found_by(code, &sources(&page.example));
        let worst = found.iter().map(|it| it.level).min().unwrap_or(Level::Error);
        let weighs = if worst == Level::Error { "error" } else { "warning" };
        let what = page.what.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let _ = writeln!(text, "| [`{code}`]({code}.md) | {weighs} | {what}. |");
    }
    text.push_str("\n## Rules about generated workflows\n\n");
    text.push_str("Checks of the generated workflows, before they are written. Each is an error.\n\n");
    text.push_str("| Rule | Requirement |\n|---|---|\n");
    for (code, page) in crate::verification::pages() {
        let what = page.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default();
        let paragraph = page.split("\n\n").nth(1).unwrap_or(what).replace('\n', " ");
        let first = paragraph.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let _ = writeln!(text, "| [`{code}`]({code}.md) | {first}. |");
    }
    text.push_str("\n## Base of the examples\n\nEvery example inherits from this definition, as if by `extends`:\n\n");
    let _ = write!(text, "```toml\n{FRAME}```\n");
    text
}

#[test]
fn the_documentation_says_what_the_rules_say() {
    let pages = pages();
    let mut wanted: BTreeMap<String, String> =
        pages.iter().map(|(code, page)| ((*code).to_owned(), rendered(code, page))).collect();
    wanted.extend(crate::verification::pages().map(|(code, page)| (code.to_owned(), page.to_owned())));
    wanted.insert("README".to_owned(), index(&pages));
    let folder = repository().join("docs/rules");
    if std::env::var_os("PIPEWRIGHT_ACCEPT").is_some_and(|value| value == "1") {
        fs::create_dir_all(&folder).expect("the folder can be made");
        for name in files_in("docs/rules", ".md").iter().filter(|name| !wanted.contains_key(*name)) {
            fs::remove_file(folder.join(format!("{name}.md"))).expect("it can be removed");
        }
        for (name, text) in &wanted {
            fs::write(folder.join(format!("{name}.md")), text).expect("it can be written");
        }
    }
    let names: Vec<&String> = wanted.keys().collect();
    let mut files = files_in("docs/rules", ".md");
    files.sort();
    assert_eq!(files.iter().collect::<Vec<_>>(), names, "run with PIPEWRIGHT_ACCEPT=1");
    for (name, text) in &wanted {
        let file = fs::read_to_string(folder.join(format!("{name}.md"))).expect("it can be read");
        assert_eq!(&file, text, "docs/rules/{name}.md is stale: run with PIPEWRIGHT_ACCEPT=1");
    }
}
