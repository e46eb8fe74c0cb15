//! Reads the page of a rule.
//!
//! A block that names TOML is a definition; one that names a file behind its language, as in `ini backend/pytest.ini`,
//! is that file. Keys that the fix lacks come from the example.

use std::collections::BTreeMap;

/// A definition and the files around it.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    pub(super) toml: String,
    pub(super) files: BTreeMap<String, String>,
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    /// Its heading.
    pub(super) title: String,
    /// The requirement: the first paragraph on one line.
    pub(super) what: String,
    /// The definition that breaks the rule.
    pub(super) example: Case,
    /// The definition that does not.
    pub(super) fix: Case,
}

impl Page {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("# ").ok_or("it has no heading")?;
        let (title, rest) = rest.split_once("\n\n").ok_or("it has no text")?;
        let (what, rest) = rest.split_once("\n\n## Why\n\n").ok_or("it gives no reason")?;
        let (why, rest) = rest.split_once("\n\n## Example\n\n").ok_or("it has no example")?;
        let (example, fix) = rest.split_once("\n\n## Fix\n\n").ok_or("it has no fix")?;
        for (name, part) in [("what", what), ("why", why)] {
            if part.trim().is_empty() || !part.ends_with('.') {
                return Err(format!("`{name}` is not a paragraph"));
            }
        }
        let example = blocks(example, Case::default())?;
        let fix = blocks(fix, example.clone())?;
        Ok(Self { title: title.to_owned(), what: what.replace('\n', " "), example, fix })
    }
}

/// The blocks of a part of a page, over those of another part.
fn blocks(part: &str, mut case: Case) -> Result<Case, String> {
    let mut pieces = part.split("```");
    pieces.next();
    let mut several = false;
    while let Some(block) = pieces.next() {
        let (info, text) = block.split_once('\n').ok_or("a block is not closed")?;
        pieces.next().ok_or("a block is not closed")?;
        match info.split_once(' ') {
            Some((_, file)) => {
                case.files.insert(file.to_owned(), text.to_owned());
            }
            None if info == "toml" => text.clone_into(&mut case.toml),
            None => {}
        }
        several = true;
    }
    if several { Ok(case) } else { Err("a part has no block".to_owned()) }
}
