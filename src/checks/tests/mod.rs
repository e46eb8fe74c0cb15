//! Every rule has a page, every page's example fires exactly its rule, and its fix fires none.

mod docs;
mod messages;
mod page;
mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{CHECKS, Subject, check};
use crate::definition;
use crate::diagnostics::{Diagnostic, human};
use crate::resolve::{Resolved, resolve};
use crate::sources::{Memory, Sources, Text};
use page::{Case, Page};

/// Base of the examples: the tables that an example lacks.
const FRAME: &str = include_str!("../../../templates/rules/frame.toml");

/// Files around an example.
const FILES: [(&str, &str); 12] = [
    ("backend/Dockerfile", "FROM python:3.12-slim\n"),
    ("charts/api/Chart.yaml", "apiVersion: v2\n"),
    ("backend/requirements.txt", "fastapi\n"),
    ("backend/tests/test_api.py", ""),
    ("backend/tests/integration/store/test_store.py", ""),
    ("backend/tests/integration/episodes/test_episodes.py", ""),
    ("web/package.json", "{}\n"),
    ("web/package-lock.json", "{}\n"),
    ("grafana/deployments.json", "{}\n"),
    ("docs/index.md", ""),
    ("shared/names.json", "{}\n"),
    ("web/docs/index.md", ""),
];

/// Codes that are given while the workflows are lowered, where the lock is read.
const ELSEWHERE: [&str; 5] = ["allow", "drift", "lock", "template", "unpinned"];

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A case as a repository: its definition over the frame.
fn sources(case: &Case) -> Sources {
    let files = FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let tree: BTreeMap<String, String> = files.chain(case.files.clone()).collect();
    let text = |file: &str, text: &str| Text { file: file.to_owned(), text: text.to_owned() };
    Sources {
        definition: text("pipeline.toml", &case.toml),
        bases: vec![text("frame.toml", FRAME)],
        lock: None,
        templates: BTreeMap::new(),
        tree: Box::new(Memory(tree)),
    }
}

/// The rule that fires for what a fragment declares and does not use.
const OF_WHOLES: &str = "unused";

/// Everything that reading and the rules find in the fragment of a rule.
fn found_by(code: &str, sources: &Sources) -> Vec<Diagnostic> {
    if code == OF_WHOLES { found_in_whole(sources) } else { found(sources) }
}

/// Everything that reading and the rules find in a fragment.
fn found(sources: &Sources) -> Vec<Diagnostic> {
    let mut found = found_in_whole(sources);
    found.retain(|it| it.code.0 != OF_WHOLES);
    found
}

/// Everything that reading and the rules find.
fn found_in_whole(sources: &Sources) -> Vec<Diagnostic> {
    let read = definition::read(sources);
    let mut found = read.diagnostics;
    if let Some(definition) = &read.definition {
        let Resolved { pipeline, diagnostics } = resolve(definition, sources);
        found.extend(diagnostics);
        found.extend(check(&Subject::new(definition, sources, &pipeline)));
    }
    found
}

/// Findings as a terminal without colours shows them.
fn shown(sources: &Sources, found: &[Diagnostic]) -> String {
    anstream::adapter::strip_str(&human(found, &sources.locator())).to_string()
}

fn pages() -> Vec<(&'static str, Page)> {
    super::explain::codes()
        .into_iter()
        .map(|code| {
            let text = super::explain::explain(code).unwrap_or_default();
            (code, Page::parse(&text).unwrap_or_else(|problem| panic!("the page of {code}: {problem}")))
        })
        .collect()
}

fn files_in(folder: &str, end: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(repository().join(folder))
        .expect("the folder exists")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.is_file())
        .filter_map(|path| {
            Path::new(&path).file_name().and_then(|name| name.to_str()?.strip_suffix(end).map(str::to_owned))
        })
        .collect();
    names.sort();
    names
}

#[test]
fn every_rule_is_the_file_that_is_named_after_it() {
    let mut codes: Vec<String> = CHECKS.iter().map(|check| check.code().0.replace('-', "_")).collect();
    codes.sort();
    let mut files = files_in("src/checks", ".rs");
    files.retain(|name| !matches!(name.as_str(), "mod" | "check" | "explain"));
    assert_eq!(codes, files);
}

#[test]
fn every_code_has_one_page_and_every_page_a_code() {
    assert_eq!(crate::codes(), files_in("templates/rules", ".md"));
    for (code, page) in pages() {
        assert_eq!(page.title, code);
    }
}

#[test]
fn every_example_fires_its_rule_and_no_other() {
    for (code, page) in pages() {
        if ELSEWHERE.contains(&code) {
            continue;
        }
        let sources = sources(&page.example);
        let found = found_by(code, &sources);
        let shown = shown(&sources, &found);
        assert!(found.iter().any(|it| it.code.0 == code), "the example of {code} does not fire it:\n{shown}");
        assert!(found.iter().all(|it| it.code.0 == code), "the example of {code} fires another rule:\n{shown}");
    }
}

#[test]
fn no_fix_fires_anything() {
    for (code, page) in pages() {
        if ELSEWHERE.contains(&code) {
            continue;
        }
        let sources = sources(&page.fix);
        let found = found_by(code, &sources);
        assert!(found.is_empty(), "the fix of {code} is none:\n{}", shown(&sources, &found));
    }
}

#[test]
fn every_finding_says_where_what_and_what_to_type() {
    for (code, page) in pages() {
        let sources = sources(&page.example);
        let locator = sources.locator();
        for it in found(&sources) {
            let place = locator.locate(&it.at);
            assert!(place.range.is_some() && place.file == "pipeline.toml", "{code} points nowhere: {:?}", it.at);
            assert!(!it.message.ends_with('.'), "{code} ends in a full stop: {}", it.message);
            let first = it.message.chars().next().unwrap_or_default();
            assert!(!first.is_uppercase() || it.message.starts_with("GitHub"), "{code} starts large: {}", it.message);
            assert!(it.help.is_some() || code == "syntax", "{code} has no help");
        }
    }
}

#[test]
fn the_frame_itself_is_fine() {
    let sources = sources(&Case::default());
    let found = found(&sources);
    assert!(found.is_empty(), "{}", shown(&sources, &found));
}

#[test]
fn a_code_that_does_not_exist_has_no_page() {
    assert_eq!(crate::explain("no-such-rule"), None);
    assert!(crate::explain("promotion-order").is_some_and(|page| page.starts_with("# promotion-order\n")));
}
