//! Modules of `templates/scripts` become the Python files that workflows run.
//!
//! A bundle is one module behind everything that it imports, in one namespace: an isolated Python (`-I`) then imports
//! nothing beside it. So modules import each other by `from module import name` alone, and a name has one meaning in
//! all modules of a bundle. `tests/bundles` holds both.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// The modules: name and text.
pub(crate) type Modules = BTreeMap<String, String>;

/// Columns of a line, as black breaks them.
pub(crate) const WIDTH: usize = 88;
/// The one package that is not of the standard library; it is imported below the others.
const PYTEST: &str = "pytest";

/// Comments by which the linters and formatters of a repository leave a bundle alone: what one of them rewrites is drift.
const LEFT_ALONE: &str = "# flake8: noqa\n# fmt: off\n# isort: skip_file\n";

/// A module, taken apart.
pub(crate) struct Module<'m> {
    pub(crate) name: &'m str,
    /// Its documentation, without the quotes.
    pub(crate) about: &'m str,
    pub(crate) imports: Vec<Import<'m>>,
    /// Everything below its imports.
    pub(crate) code: &'m str,
}

/// Imports of one statement: names of a module, or the module itself.
pub(crate) struct Import<'m> {
    pub(crate) from: &'m str,
    pub(crate) names: Vec<&'m str>,
}

/// The bundle of this entry module.
pub(crate) fn bundle(entry: &str, all: &Modules) -> String {
    let mut modules = Vec::new();
    gather(entry, all, &mut modules);
    let mut text = LEFT_ALONE.to_owned();
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
pub(crate) fn gather<'m>(name: &str, all: &'m Modules, found: &mut Vec<Module<'m>>) {
    let Some((name, text)) = all.get_key_value(name) else { return };
    if found.iter().any(|module| module.name == name) {
        return;
    }
    let module = parse(name, text);
    for import in &module.imports {
        gather(import.from, all, found);
    }
    found.push(module);
}

/// Takes a module apart: its documentation, its imports, its code.
fn parse<'m>(name: &'m str, text: &'m str) -> Module<'m> {
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
fn import(statement: &str) -> Option<Import<'_>> {
    if let Some(from) = statement.strip_prefix("import ") {
        return Some(Import { from: from.trim_end(), names: Vec::new() });
    }
    let (from, names) = statement.strip_prefix("from ")?.split_once(" import ")?;
    let names = names.split([',', '(', ')', '\n']).map(str::trim).filter(|name| !name.is_empty()).collect();
    Some(Import { from, names })
}

/// Appends the imports of all modules from elsewhere, in the order of isort.
fn imports(modules: &[Module<'_>], text: &mut String) {
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
pub(crate) fn kind(name: &str) -> u8 {
    if name.len() > 1 && name.chars().all(|letter| !letter.is_lowercase()) {
        0
    } else {
        u8::from(!name.starts_with(char::is_uppercase)) + 1
    }
}

/// Appends a module: its name, its documentation as a comment, its code. The entry's documentation heads the bundle.
fn section(module: &Module<'_>, is_entry: bool, text: &mut String) {
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
pub(crate) fn title(about: &str) -> &str {
    about.lines().next().unwrap_or_default()
}

/// The texts of a folder by their names. A file that cannot be read, or is no text, fails the build.
pub(crate) fn texts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let unread = |path: &Path, error: io::Error| format!("cannot read {}: {error}", path.display());
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| unread(folder, error))? {
        let path = entry.map_err(|error| unread(folder, error))?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        // Caches and the settings of editors and linters.
        if name.is_empty() || name.starts_with(['.', '_']) {
            continue;
        }
        // A checkout may have the line ends of Windows.
        let text = fs::read_to_string(&path).map_err(|error| unread(&path, error))?.replace("\r\n", "\n");
        found.insert(name.to_owned(), text);
    }
    Ok(found)
}
