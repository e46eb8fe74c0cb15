//! Every definition in the documentation compiles, and no rule has anything to say about it.

use std::collections::BTreeMap;

use pipewright::diagnostics::human;
use pipewright::pins::{Lock, builtin};
use pipewright::sources::{Sources, Text, Tree};

use super::{markdown, pages, text};

/// What completes a fragment.
const FRAME: &str = include_str!("frame.toml");

/// A repository with every file that a definition names; a name without an extension is a folder.
struct Everything;

impl Tree for Everything {
    fn read(&self, _: &str) -> Option<String> {
        None
    }
    fn exists(&self, _: &str) -> bool {
        true
    }
    fn list(&self, path: &str) -> Vec<String> {
        let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        if is_file { Vec::new() } else { vec!["LICENSE".to_owned()] }
    }
}

fn sources(definition: &str, frame: Option<&str>) -> Sources {
    let file = |name: &str, text: &str| Text { file: name.to_owned(), text: text.to_owned() };
    Sources {
        definition: file("pipeline.toml", definition),
        bases: frame.map(|frame| file("frame.toml", frame)).into_iter().collect(),
        lock: Some(file("pipeline.lock", &builtin::lock().to_text())),
        templates: BTreeMap::new(),
        tree: Box::new(Everything),
    }
}

/// What is wrong with a block.
fn wrong(info: &str, text: &str) -> Option<String> {
    let frame = match info {
        "toml" => None,
        "toml fragment" => Some(FRAME),
        "toml lock" => return Lock::parse(text).err().map(|error| format!("line {}: {}", error.line, error.message)),
        _ => return None,
    };
    let sources = sources(text, frame);
    let mut compilation = pipewright::compile(&sources);
    if info != "toml" {
        // A fragment declares what the rest of its definition uses.
        compilation.diagnostics.retain(|it| it.code.0 != "unused");
    }
    if !compilation.diagnostics.is_empty() {
        return Some(human(&compilation.diagnostics, &sources.locator()));
    }
    compilation.files.is_empty().then(|| "it compiles to nothing".to_owned())
}

#[test]
fn every_definition_compiles() {
    let mut found = Vec::new();
    let mut seen = 0;
    for page in pages() {
        for block in markdown::blocks(&text(&page)) {
            assert!(
                !block.info.starts_with("toml ") || matches!(&*block.info, "toml fragment" | "toml lock" | "toml edit")
            );
            seen += usize::from(block.info.starts_with("toml"));
            found.extend(wrong(&block.info, &block.text).map(|why| format!("{page}:{}\n{why}", block.line)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen > 9, "only {seen} definitions were found");
}

#[test]
fn the_frame_is_a_definition() {
    assert_eq!(wrong("toml fragment", FRAME), None);
}
