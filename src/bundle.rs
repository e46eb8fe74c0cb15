//! Modules of `templates/scripts` become the Python files that workflows run.
//!
//! A bundle is one module behind everything that it imports, in one namespace: an isolated Python (`-I`) then imports
//! nothing beside it. So modules import each other by `from module import name` alone, and a name has one meaning in
//! all modules of a bundle. The tests below hold both.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::templates;

/// Columns of a line, as black breaks them.
const WIDTH: usize = 88;
/// The one package that is not of the standard library; it is imported below the others.
const PYTEST: &str = "pytest";

/// A module, taken apart.
struct Module {
    name: &'static str,
    /// Its documentation, without the quotes.
    about: &'static str,
    imports: Vec<Import>,
    /// Everything below its imports.
    code: &'static str,
}

/// Imports of one statement: names of a module, or the module itself.
struct Import {
    from: &'static str,
    names: Vec<&'static str>,
}

/// The bundle of this entry module.
pub(crate) fn bundle(entry: &str) -> String {
    let mut modules = Vec::new();
    gather(entry, &mut modules);
    let mut text = String::new();
    if let Some(entry) = modules.last() {
        let _ = write!(text, "\"\"\"{}\n\nContents:\n", entry.about.trim_end());
    }
    for module in &modules {
        let _ = writeln!(text, "  {:<18}{}", module.name, title(module.about));
    }
    text.push_str("\"\"\"\n\nfrom __future__ import annotations\n\n");
    imports(&modules, &mut text);
    for (index, module) in modules.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { "\n\n" });
        section(module, index + 1 == modules.len(), &mut text);
    }
    text
}

/// Adds a module behind what it imports.
fn gather(name: &str, found: &mut Vec<Module>) {
    let file = format!("scripts/{name}.py");
    let Some((name, text)) = templates::entry(&file) else { return };
    let name = name.strip_prefix("scripts/").and_then(|name| name.strip_suffix(".py")).unwrap_or(name);
    if found.iter().any(|module| module.name == name) {
        return;
    }
    let module = parse(name, text);
    for import in &module.imports {
        gather(import.from, found);
    }
    found.push(module);
}

/// Takes a module apart: its documentation, its imports, its code.
fn parse(name: &'static str, text: &'static str) -> Module {
    let about = text.strip_prefix("\"\"\"").and_then(|rest| rest.split_once("\"\"\"\n"));
    let (about, mut rest) = about.unwrap_or(("", text));
    let mut imports = Vec::new();
    loop {
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        let statement = if line.starts_with("from ") && line.ends_with("(\n") {
            rest.split_inclusive(")\n").next().unwrap_or(rest)
        } else {
            line
        };
        if let Some(import) = import(statement) {
            imports.push(import);
        } else if line.trim().is_empty() && !line.is_empty() {
            // A blank line between imports.
        } else {
            return Module { name, about, imports, code: rest };
        }
        rest = rest.get(statement.len()..).unwrap_or_default();
    }
}

/// Reads an import statement.
fn import(statement: &'static str) -> Option<Import> {
    if let Some(from) = statement.strip_prefix("import ") {
        return Some(Import { from: from.trim_end(), names: Vec::new() });
    }
    let (from, names) = statement.strip_prefix("from ")?.split_once(" import ")?;
    let names = names.split([',', '(', ')', '\n']).map(str::trim).filter(|name| !name.is_empty()).collect();
    Some(Import { from, names })
}

/// Appends the imports of all modules from elsewhere, in the order of isort.
fn imports(modules: &[Module], text: &mut String) {
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    let mut parts: BTreeMap<&str, BTreeSet<(u8, &str)>> = BTreeMap::new();
    for import in modules.iter().flat_map(|module| &module.imports) {
        if import.from == "__future__" || modules.iter().any(|module| module.name == import.from) {
            continue;
        }
        if import.names.is_empty() {
            whole.insert(import.from);
        } else {
            parts.entry(import.from).or_default().extend(import.names.iter().map(|name| (kind(name), *name)));
        }
    }
    for name in whole.iter().filter(|name| **name != PYTEST) {
        let _ = writeln!(text, "import {name}");
    }
    for (from, names) in &parts {
        let names: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
        let line = format!("from {from} import {}", names.join(", "));
        if line.len() <= WIDTH {
            let _ = writeln!(text, "{line}");
        } else {
            let _ = writeln!(text, "from {from} import (\n    {},\n)", names.join(",\n    "));
        }
    }
    if whole.contains(PYTEST) {
        let _ = write!(text, "\nimport {PYTEST}\n");
    }
}

/// The place of a name among others of its module: constants, classes, functions.
fn kind(name: &str) -> u8 {
    if name.len() > 1 && name.chars().all(|letter| !letter.is_lowercase()) {
        0
    } else {
        u8::from(!name.starts_with(char::is_uppercase)) + 1
    }
}

/// Appends a module: its name, its documentation as a comment, its code. The entry's documentation heads the bundle.
fn section(module: &Module, is_entry: bool, text: &mut String) {
    let line = format!("# ═══ {} ", module.name);
    let _ = writeln!(text, "{line}{}", "═".repeat(WIDTH.saturating_sub(line.chars().count())));
    let about = if is_entry { "" } else { module.about.trim_end() };
    for line in about.lines() {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
    }
    let defines = ["def ", "class ", "@"].iter().any(|start| module.code.starts_with(start));
    text.push_str(if defines { "\n\n" } else { "\n" });
    text.push_str(module.code);
}

/// The first line of a module's documentation.
fn title(about: &str) -> &str {
    about.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ENTRIES: [&str; 3] = ["ci", "deploy", "pipewright_pytest"];

    fn modules(entry: &str) -> Vec<Module> {
        let mut found = Vec::new();
        gather(entry, &mut found);
        found
    }

    /// Names that a module defines at its top level.
    fn defined(module: &Module) -> Vec<&'static str> {
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
        for entry in ENTRIES {
            let mut names: BTreeMap<&str, &str> = BTreeMap::new();
            let modules = modules(entry);
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
        let used: BTreeSet<String> = ENTRIES
            .iter()
            .flat_map(|entry| modules(entry))
            .map(|module| format!("scripts/{}.py", module.name))
            .collect();
        let all: BTreeSet<String> = templates::names()
            .filter(|name| Path::new(name).extension() == Some("py".as_ref()))
            .map(str::to_owned)
            .collect();
        assert_eq!(used, all);
    }

    #[test]
    fn imports_are_those_of_isort() {
        let text = bundle("pipewright_pytest");
        let start = text.find("from __future__").expect("it has imports");
        let end = text.find("# ═══").expect("it has sections");
        let imports = text.get(start..end).expect("imports come first");
        assert!(imports.contains("from collections.abc import Callable, Generator, Iterable"), "{imports}");
        assert!(imports.ends_with("\n\nimport pytest\n\n"), "{imports}");
        assert_eq!((kind("ROUND_DOWN"), kind("Decimal"), kind("dataclass")), (0, 1, 2));
    }

    #[test]
    fn contents_name_every_section_and_fit_their_line() {
        for entry in ENTRIES {
            let text = bundle(entry);
            for module in modules(entry) {
                assert!(text.contains(&format!("\n# ═══ {} ═", module.name)), "{}", module.name);
                assert!(text.contains(&format!("\n  {:<18}{}\n", module.name, title(module.about))), "{}", module.name);
            }
            let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > WIDTH).collect();
            assert!(long.is_empty(), "{entry}: {long:#?}");
            assert!(!text.contains("\n\n\n\n"), "{entry}");
        }
    }
}
