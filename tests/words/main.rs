//! The words that people read are those of the field: no banned word, and no headless opening of a description.
//!
//! Searched are the comments and texts of the code, the templates, the schemas and the pages. Names in code are free.

mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use texts::{Kind, Text, texts};

/// Words and phrases that no text uses, each with what to write instead.
const WORDS: &[(&str, &str)] = &[
    ("stand", "is, has"),
    ("stands", "is, has"),
    ("standing", "is, has"),
    ("stood", "was, had"),
    ("tell", "report, print"),
    ("tells", "reports, prints"),
    ("telling", "reporting, printing"),
    ("told", "reported, printed"),
    ("say", "report, declare, set"),
    ("says", "reports, declares, sets"),
    ("saying", "reporting, declaring"),
    ("said", "reported, declared, set"),
    ("want", "need, expect"),
    ("wants", "needs, expects"),
    ("wanted", "needed, expected"),
    ("nobody", "no one by role: no run, no reviewer"),
    ("somebody", "a person by role: a reviewer, a user"),
    ("everybody", "a person by role: users, readers"),
    ("anybody", "a person by role: a reviewer, a user"),
    ("whoever", "a person by role"),
    ("whatever", "any"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("circle", "cycle"),
    ("circles", "cycles"),
    ("lay down", "scaffold"),
    ("lays down", "scaffolds"),
    ("laid down", "scaffolded"),
    ("house", "project"),
    ("room", "module"),
    ("rooms", "modules"),
    ("way back", "rollback"),
    ("mean nothing", "are invalid"),
    ("means nothing", "is invalid"),
    ("of its own", "its own, separate"),
    ("of their own", "their own, separate"),
    ("of your own", "your own, custom"),
];

/// Words that no description begins with: the noun comes first, or a verb.
const OPENINGS: &[&str] = &["What", "Whether", "Where", "How", "Who", "Whose", "Those", "So many", "So much"];

/// Files and folders that are searched.
const SEARCHED: &[&str] = &["src", "templates", "docs", "schema", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

#[test]
fn every_text_uses_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files(root) {
        // A file that is no text has no words.
        let Ok(content) = fs::read_to_string(root.join(&file)) else { continue };
        for text in texts(&file, &content) {
            seen += 1;
            wrong.extend(faults(&text).into_iter().map(|(line, fault)| format!("{}:{line}: {fault}", file.display())));
        }
    }
    assert!(seen > 1_000, "only {seen} texts were searched");
    assert!(wrong.is_empty(), "{} to fix\n{}", wrong.len(), wrong.join("\n"));
}

/// Every file to search, by its path from the root.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = SEARCHED.iter().map(PathBuf::from).collect();
    while let Some(path) = open.pop() {
        if root.join(&path).is_dir() {
            let entries = fs::read_dir(root.join(&path)).expect("the folder can be listed");
            open.extend(entries.map(|entry| path.join(entry.expect("the entry can be read").file_name())));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The faults of a text, each with its line.
fn faults(text: &Text<'_>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (offset, line) in text.content.lines().enumerate() {
        let lower = line.to_lowercase();
        for (word, instead) in WORDS.iter().filter(|(word, _)| has_word(&lower, word)) {
            found.push((text.line + offset, format!("`{word}` is banned, write: {instead}")));
        }
    }
    if text.kind == Kind::Description
        && let Some(opening) = OPENINGS.iter().find(|opening| begins_with(text.content, opening))
    {
        found.push((text.line, format!("a description begins with `{opening}`, write a noun or a verb first")));
    }
    found
}

/// Returns whether a line, in lower case, has a word by itself, which is no part of a file's name.
fn has_word(line: &str, word: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    line.match_indices(word).any(|(start, found)| {
        let rest = &line[start + found.len()..];
        let is_file = rest.strip_prefix('.').is_some_and(|end| end.starts_with(|letter: char| letter.is_alphabetic()));
        !line[..start].ends_with(joins) && !rest.starts_with(joins) && !is_file
    })
}

/// Returns whether a description begins with a word and is no question.
fn begins_with(text: &str, word: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix(word).is_some_and(|rest| rest.starts_with(' ')) && !first.ends_with('?')
}

#[test]
fn a_banned_word_and_a_headless_opening_are_found() {
    let found = |kind, content| faults(&Text { line: 7, kind, content }).len();
    assert_eq!(found(Kind::Other, "it is told\nwhich stands here"), 2);
    assert_eq!(found(Kind::Other, "standard, untold, wanted_files, tell.py and a mend-it-all"), 0);
    assert_eq!(found(Kind::Description, "Whether it is set."), 1);
    assert_eq!(found(Kind::Other, "Whether it is set."), 0);
    assert_eq!(found(Kind::Description, "Where are my logs?"), 0);
    assert_eq!(faults(&Text { line: 7, kind: Kind::Other, content: "a\nit says b" })[0].0, 8);
}
