//! Bundles of Python modules, as the build script makes them.

#[path = "../../build/bundle.rs"]
mod bundle;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bundle::{Module, Modules, WIDTH, bundle, gather, kind, texts, title};

const ENTRIES: [&str; 4] = ["ci", "deploy", "pipewright_django", "pipewright_pytest"];

fn all() -> Modules {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/scripts");
    texts(&folder)
        .expect("templates/scripts is readable")
        .into_iter()
        .filter_map(|(name, text)| Some((name.strip_suffix(".py")?.to_owned(), text)))
        .collect()
}

fn modules<'m>(entry: &str, all: &'m Modules) -> Vec<Module<'m>> {
    let mut found = Vec::new();
    gather(entry, all, &mut found);
    found
}

/// Names that a module defines at its top level.
fn defined<'m>(module: &Module<'m>) -> Vec<&'m str> {
    let mut names = Vec::new();
    let mut quoted = false;
    for line in module.code.lines() {
        let is_text = quoted;
        quoted ^= line.matches("\"\"\"").count() % 2 == 1;
        if is_text || !line.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            continue;
        }
        let rest = line.strip_prefix("def ").or_else(|| line.strip_prefix("class "));
        let end = if rest.is_some() { ['(', ':'].as_slice() } else { ['=', ':'].as_slice() };
        let left = rest.unwrap_or(line).split(end).next().unwrap_or_default();
        names.extend(left.split(',').map(str::trim).filter(|name| !name.is_empty() && !name.contains([' ', '('])));
    }
    names
}

#[test]
fn a_name_has_one_meaning_in_a_bundle() {
    let all = all();
    for entry in ENTRIES {
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        let modules = modules(entry, &all);
        for module in &modules {
            for name in defined(module) {
                let other = names.insert(name, module.name);
                assert!(other.is_none(), "{name} of {} and of {other:?}", module.name);
            }
        }
        for import in modules.iter().flat_map(|module| &module.imports) {
            let ours = modules.iter().any(|module| module.name == import.from);
            let whole = if import.names.is_empty() { vec![import.from] } else { import.names.clone() };
            for name in whole.iter().filter(|_| import.from != "__future__") {
                let found = names.get(name).copied();
                assert_eq!(found, ours.then_some(import.from), "{entry}: {name} from {}", import.from);
                assert!(!name.contains(" as "), "{name}");
            }
        }
    }
}

#[test]
fn every_module_is_part_of_a_bundle() {
    let all = all();
    let used: BTreeSet<&str> =
        ENTRIES.iter().flat_map(|entry| modules(entry, &all)).map(|module| module.name).collect();
    assert_eq!(used, all.keys().map(String::as_str).collect());
}

#[test]
fn imports_are_those_of_isort() {
    let text = bundle("pipewright_pytest", &all());
    let start = text.find("from __future__").expect("it has imports");
    let end = text.find("# ═══").expect("it has sections");
    let imports = text.get(start..end).expect("imports come first");
    assert!(imports.contains("from collections.abc import Callable, Generator, Iterable"), "{imports}");
    assert!(imports.ends_with("\n\nimport pytest\n\n"), "{imports}");
    assert_eq!((kind("ROUND_DOWN"), kind("Decimal"), kind("dataclass")), (0, 1, 2));
}

#[test]
fn contents_name_every_section_and_fit_their_line() {
    let all = all();
    for entry in ENTRIES {
        let text = bundle(entry, &all);
        for module in modules(entry, &all) {
            assert!(text.contains(&format!("\n# ═══ {} ═", module.name)), "{}", module.name);
            assert!(text.contains(&format!("\n  {:<18}{}\n", module.name, title(module.about))), "{}", module.name);
        }
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > WIDTH).collect();
        assert!(long.is_empty(), "{entry}: {long:#?}");
        assert!(!text.contains("\n\n\n\n"), "{entry}");
    }
}
