//! The comparison with what pytest itself does: `conformance/pytest_table`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Call, Checkout, Collected, Extent, Word, WordSource, collect, may_hold_tests, selections};
use crate::sources::{Memory, Tree};

/// A test, as the generator of the table writes it.
const TEST: &str = "def test_it():\n    pass\n";

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    folder: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    variable: String,
    #[serde(default)]
    tests: Vec<String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default, rename = "run")]
    _run: bool,
    #[serde(default)]
    unsure: bool,
    #[serde(default)]
    reported: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Real {
    #[serde(default)]
    refused: bool,
    #[serde(default)]
    tests: Vec<String>,
}

/// Differences between what the reader finds and what pytest does.
fn differences(case: &Case, real: &Real) -> Vec<String> {
    let mut tree: BTreeMap<String, String> = case.tests.iter().map(|test| (test.clone(), TEST.to_owned())).collect();
    tree.extend(case.files.clone());
    let tree = Memory(tree);
    let words: Vec<Word> = case
        .args
        .iter()
        .enumerate()
        .map(|(index, text)| Word { text: text.clone(), origin: WordSource::Argument(index) })
        .collect();
    let checkout = Checkout::whole(&tree);
    let call = Call { checkout: &checkout, folder: &case.folder, words: &words, variable: &case.variable };
    match (collect(&call), real.refused) {
        (Err(_), true) => Vec::new(),
        (Err(refused), false) => vec![format!("refused by mistake: {} {}", refused.origin, refused.message)],
        (Ok(_), true) => vec!["pytest refuses it".to_owned()],
        (Ok(collected), false) => compared(case, real, &tree, &collected),
    }
}

fn compared(case: &Case, real: &Real, tree: &Memory, collected: &Collected) -> Vec<String> {
    let mut found = Vec::new();
    if case.unsure == collected.unsure.is_empty() {
        found.push(format!("unsure: {:?}", collected.unsure));
    }
    let reported: Vec<&str> = selections(&collected.options).iter().map(|it| it.given.name).collect();
    if reported != case.reported {
        found.push(format!("reported: {reported:?}"));
    }
    let file = |test: &String| test.split("::").next().unwrap_or_default().to_owned();
    let theirs: BTreeSet<String> = real.tests.iter().map(file).collect();
    let is_test = |path: &String| {
        let text = tree.read(path).unwrap_or_default();
        path.strip_suffix(".py").is_none() || may_hold_tests(&text, &collected.names)
    };
    let ours: BTreeSet<String> = collected.files.keys().filter(|path| is_test(path)).cloned().collect();
    let may_differ = case.unsure || !case.reported.is_empty();
    if ours != theirs && !may_differ {
        found.push(format!("collects {ours:?}\n  pytest {theirs:?}"));
    }
    if may_differ && !theirs.is_subset(&ours) && !case.unsure {
        found.push(format!("misses {:?}", theirs.difference(&ours)));
    }
    // A test that is not collected has a cause that can be named.
    let explained = |path: &String| {
        let inside = |taken: &str| path == taken || path.starts_with(&format!("{taken}/"));
        collected.taken.iter().any(|taken| inside(&taken.path))
            || !collected.is_test_file(path)
            || !is_test(path)
            || !collected.testpaths.is_empty()
            || path.contains("__pycache__")
            || !case.args.is_empty()
            || !case.variable.is_empty()
            || case.files.values().any(|text| text.contains("addopts = tests"))
    };
    found.extend(
        case.tests
            .iter()
            .filter(|path| !ours.contains(*path) && !explained(path))
            .map(|path| format!("no cause: {path}")),
    );
    for (path, extent) in &collected.files {
        if let Extent::Tests(tests) = extent {
            let of_file = real.tests.iter().filter_map(|test| test.strip_prefix(&format!("{path}::")));
            found.extend(
                of_file.filter(|test| !tests.contains(&(*test).to_owned())).map(|test| format!("more: {test}")),
            );
        }
    }
    for taken in collected.taken.iter().filter(|taken| taken.path.contains("::")) {
        if real.tests.contains(&taken.path) {
            found.push(format!("not taken away: {}", taken.path));
        }
    }
    found
}

#[test]
fn the_reader_agrees_with_pytest() {
    let cases: Cases = toml::from_str(include_str!("../../conformance/pytest_table/cases.toml")).expect("it is TOML");
    let table: BTreeMap<String, Real> =
        serde_json::from_str(include_str!("../../conformance/pytest_table/table.json")).expect("it is JSON");
    assert!(cases.cases.len() >= 60 && cases.cases.len() == table.len());
    let mut wrong = Vec::new();
    for case in &cases.cases {
        let real = table.get(&case.name).unwrap_or_else(|| panic!("`{}` is not in the table", case.name));
        wrong.extend(differences(case, real).into_iter().map(|what| format!("{}: {what}", case.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
