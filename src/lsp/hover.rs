//! The documentation of a key, of a rule in `[allow]`, and of the rules whose findings are at a place.

use std::ops::Range;

use super::words;
use crate::definition::documentation;
use crate::diagnostics::Part;
use crate::explain;

/// Returns the documentation of the word at a byte in Markdown, with the word's bytes.
pub(super) fn hover(text: &str, byte: usize, rules: &[&str]) -> Option<(String, Option<Range<usize>>)> {
    let word = words::at(text, byte).filter(|word| !word.range.is_empty());
    let key = word.as_ref().and_then(|word| match word.path.as_slice() {
        [Part::Key(table), Part::Key(rule), ..] if table == "allow" => page(rule),
        path => {
            let items = path.iter().rev().take_while(|part| matches!(part, Part::Index(_))).count();
            documentation(path.get(..path.len() - items)?)
        }
    });
    let parts: Vec<String> = key.into_iter().chain(rules.iter().filter_map(|rule| page(rule))).collect();
    (!parts.is_empty()).then(|| (parts.join("\n\n---\n\n"), word.map(|word| word.range)))
}

/// The page of a rule, with its name as the first line and not as a heading.
fn page(rule: &str) -> Option<String> {
    let page = explain(rule)?;
    let (title, body) = page.split_once('\n')?;
    Some(format!("**{}**\n{}", title.trim_start_matches(['#', ' ']), body.trim_end()))
}
