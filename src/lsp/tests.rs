//! Words of texts that are still being typed, and the names that keys take.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::words::{Role, at, words};
use crate::compile;
use crate::definition::{names, names_of_keys};
use crate::diagnostics::{Diagnostic, Location};
use crate::sources::{Sources, Text};

/// The use, the path and the text of the word at `|`.
fn found(text: &str) -> String {
    let byte = text.find('|').expect("a cursor");
    let text = text.replacen('|', "", 1);
    let Some(word) = at(&text, byte) else { return "none".to_owned() };
    let role = format!("{:?}", word.role).to_lowercase();
    let path = Location::value(word.path).dotted();
    format!("{role} {path} {}", text.get(word.range).expect("bytes of the text")).trim_end().to_owned()
}

#[test]
fn a_place_is_found_while_a_text_is_typed() {
    for (text, expected) in [
        ("|", "key"),
        ("ver|", "key ver ver"),
        ("version = 1 |", "none"),
        ("version = |", "value version"),
        ("version = 1\n|", "key"),
        ("version = 1 # a |", "none"),
        ("[|", "header"),
        ("[te|", "header te te"),
        ("[tests.|]", "header tests."),
        ("[tests.backend]\n|", "key tests.backend."),
        ("[tests.backend]\nsha|\nrunner = \"go\"", "key tests.backend.sha sha"),
        ("[tests.backend]\ncoverage.|", "key tests.backend.coverage."),
        ("[tests.backend]\nrunner = \"py|\"", "value tests.backend.runner \"py\""),
        ("[tests.backend]\nrunner = \"py|\n", "value tests.backend.runner \"py"),
        ("[tests.backend]\nrunner = py|", "value tests.backend.runner py"),
        ("[tests.backend]\nservices = [\"a\", |", "value tests.backend.services[1]"),
        ("[tests.backend]\nservices = [\"a\",\n  '|'\n", "value tests.backend.services[1] ''"),
        ("[tests.backend]\nservices = [\"a\"|]", "value tests.backend.services[0] \"a\""),
        ("[tests.backend]\nservices = [\"a\"] |", "none"),
        ("[tests.backend]\ncoverage = { |", "key tests.backend.coverage."),
        ("[tests.backend]\ncoverage = { source = [\"a\"], |", "key tests.backend.coverage."),
        ("[tests.backend]\ncoverage = { source = [\"a\"], ver| }", "key tests.backend.coverage.ver ver"),
        ("[jobs.a]\nsteps = [{ run = \"a\" }, { |", "key jobs.a.steps[1]."),
        ("[jobs.a]\nsteps = [\n  { run = \"a\", with = { |", "key jobs.a.steps[0].with."),
        ("[[jobs.a.steps]]\nrun = \"a\"\n[[jobs.a.steps]]\n|", "key jobs.a.steps[1]."),
        ("[[jobs.a.steps]]\n[jobs.a.steps.env]\n|", "key jobs.a.steps[0].env."),
        ("quarantine.\"a.b\".|", "key quarantine.a.b."),
        ("a = \"\"\"\n[b]\n|\n\"\"\"", "value a \"\"\"\n[b]\n\n\"\"\""),
        // A bracket that is not closed ends where the next table or key begins.
        ("[tests.backend]\nservices = [\"a\"\n\n[gates]\n|", "key gates."),
        ("[tests.backend]\ncoverage = { source = [\nshards = |", "value tests.backend.shards"),
        ("[tests.backend\nshards = |", "value tests.backend.shards"),
        ("[tests.backend]\nservices = [\n[\"a\"|]", "value tests.backend.services[0][0] \"a\""),
        ("] } , = . |", "key"),
        ("größe = \"日本\"\nname = \"|\"", "value name \"\""),
    ] {
        assert_eq!(found(text), expected, "{text:?}");
    }
}

#[test]
fn no_text_is_too_deep_or_too_long() {
    for text in ["[", "{", "a=[", "a={", "[[", "a.", "[[a]]\n", "\"", "'''", "a=1,", "=", "é"] {
        let long = text.repeat(20_000);
        assert!(words(&long).all(|word| word.path.len() <= 16), "{text:?}");
        for byte in [0, long.len() / 2, long.len()] {
            let _ = at(&long, byte);
        }
    }
}

/// A name that no definition declares.
const UNKNOWN: &str = "no-such-name";

/// Rules about names.
const RULES: [&str; 4] = ["unknown-name", "promotion-order", "runner-name", "condition"];

/// The table in which a message of the compiler misses a name.
fn table_of(message: &str) -> &str {
    let others = [
        ("is not declared above", "environments"),
        ("there is no runner", "runners"),
        ("there is no traffic provider", "providers"),
        ("there is no component", "components"),
        ("`ci.yml` has no job", "jobs"),
        ("the job does not wait for", "jobs"),
    ];
    let other = others.iter().find(|(text, _)| message.contains(text)).map(|(_, table)| *table);
    let named = || message.split_once(" in `[")?.1.strip_suffix("]`");
    other.or_else(named).unwrap_or(message)
}

/// Every value that is the name of an entry somewhere, in every fixture, is replaced: the compiler reports an unknown
/// name of the table in `x-names` there, and nowhere else.
#[test]
fn the_language_and_the_compiler_agree_about_names() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(&fixtures).expect("the folder can be listed") {
        let root = entry.expect("the entry can be read").path();
        let Ok(sources) = Sources::read(&root, "pipeline.toml") else { continue };
        let Text { text, .. } = &sources.definition;
        let declared: BTreeSet<String> =
            words(text).filter(|word| word.role != Role::Value && word.path.len() == 2).map(|word| word.text).collect();
        for word in words(text) {
            let is_value = word.role == Role::Value;
            let table = if is_value { names(&word.path) } else { names_of_keys(word.table()) };
            if table.is_none() && !(is_value && declared.contains(&word.text)) {
                continue;
            }
            let unknown = if is_value { format!("{UNKNOWN:?}") } else { UNKNOWN.to_owned() };
            let changed = [&text[..word.range.start], &unknown, &text[word.range.end..]].concat();
            let sources = Sources::read_over(&root, "pipeline.toml", changed.into_bytes()).expect("it can be read");
            let found = compile(&sources).diagnostics;
            let is_about = |one: &Diagnostic| RULES.contains(&one.code.0) && one.message.contains(UNKNOWN);
            let found = found.into_iter().find(is_about).map(|one| one.message);
            let reported = found.as_deref().map(table_of);
            assert_eq!(table, reported, "{}: {word:?}: {found:?}", root.display());
            *seen.entry(table).or_insert(0) += 1;
        }
    }
    let tables =
        ["components", "environments", "images", "jobs", "metrics", "providers", "runners", "services", "smoke"];
    for table in tables.into_iter().chain(["tests", "workloads"]) {
        assert!(seen.contains_key(&Some(table)), "no fixture names one of `{table}`: {seen:?}");
    }
}
