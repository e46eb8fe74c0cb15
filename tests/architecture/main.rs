//! Modules import one way, and no two files import each other.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imports::Tree;

/// Modules with those that they may import. What a module imports is listed below it, so that no arrow points up.
const TABLE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "actions_lock",
            "changelog",
            "day",
            "doctor",
            "eject",
            "files",
            "fixes",
            "lib",
            "graph",
            "lsp",
            "plan",
            "setup",
            "provenance",
            "init",
            "definition",
            "diagnostics",
            "drift",
            "pins",
            "readback",
            "upstream",
            "seal",
            "sources",
            "workflow",
        ],
    ),
    ("actions_lock", &["catalogue", "pins"]),
    ("doctor", &["seal", "setup", "upstream", "workflow"]),
    ("plan", &["definition", "setup", "sources", "workflow"]),
    ("fixes", &["diagnostics", "lib", "sources"]),
    ("lsp", &["definition", "diagnostics", "lib", "resolve", "runners", "sources", "traffic"]),
    ("eject", &["files", "lib", "seal", "shared", "sources", "workflow", "yaml"]),
    (
        "lib",
        &[
            "allow",
            "init",
            "checks",
            "conflict",
            "definition",
            "diagnostics",
            "files",
            "lowering",
            "pins",
            "resolve",
            "sources",
            "verification",
            "workflow",
        ],
    ),
    ("allow", &["diagnostics"]),
    ("graph", &["workflow"]),
    ("setup", &["definition", "diagnostics", "seal", "sources", "trace", "workflow"]),
    ("provenance", &["definition", "diagnostics", "trace", "workflow"]),
    ("drift", &["conflict", "files", "gitignore", "pins", "seal", "shared", "sources"]),
    ("init", &["catalogue", "day", "definition", "pins", "pytest", "sources", "toolchains"]),
    (
        "checks",
        &[
            "catalogue",
            "definition",
            "diagnostics",
            "gitignore",
            "pytest",
            "resolve",
            "runners",
            "sources",
            "toolchains",
            "traffic",
        ],
    ),
    (
        "lowering",
        &[
            "catalogue",
            "definition",
            "delivery",
            "diagnostics",
            "files",
            "pins",
            "resolve",
            "runners",
            "script",
            "seal",
            "shared",
            "sources",
            "supplies",
            "toolchains",
            "trace",
            "traffic",
            "workflow",
        ],
    ),
    (
        "resolve",
        &[
            "catalogue",
            "definition",
            "delivery",
            "diagnostics",
            "pytest",
            "runners",
            "seal",
            "sources",
            "toolchains",
            "traffic",
        ],
    ),
    ("runners", &["definition", "seal", "supplies", "trace", "workflow"]),
    ("toolchains", &["definition", "sources", "supplies", "trace", "workflow"]),
    ("delivery", &["definition"]),
    ("traffic", &["definition"]),
    ("verification", &["catalogue", "diagnostics", "workflow", "yaml"]),
    ("files", &["diagnostics", "seal", "shared", "sources", "workflow", "yaml"]),
    ("shared", &["seal"]),
    ("readback", &["workflow", "yaml"]),
    ("supplies", &["pins", "trace", "workflow"]),
    ("script", &["sources", "templates", "workflow"]),
    ("changelog", &[]),
    ("yaml", &["workflow"]),
    ("workflow", &["trace"]),
    ("pytest", &["definition", "sources"]),
    ("definition", &["conflict", "diagnostics", "sources"]),
    ("trace", &["diagnostics"]),
    ("gitignore", &["sources"]),
    ("sources", &["diagnostics", "templates"]),
    ("upstream", &["day", "pins", "seal"]),
    ("pins", &["catalogue", "day"]),
    ("catalogue", &[]),
    ("conflict", &[]),
    ("day", &[]),
    ("diagnostics", &[]),
    ("seal", &[]),
    ("templates", &[]),
];

fn source() -> Tree {
    Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// Returns the imports between modules, each with a file that has it.
fn between_modules(tree: &Tree) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for (file, imported) in tree.edges() {
        let (from, to) = (imports::module(file), imports::module(imported));
        if from != to {
            found.entry((from.to_owned(), to.to_owned())).or_insert_with(|| file.to_owned());
        }
    }
    found
}

/// Returns the imports that a table does not allow.
fn refused(tree: &Tree, table: &[(&str, &[&str])]) -> Vec<String> {
    let allowed = |from: &str, to: &str| table.iter().any(|(name, may)| *name == from && may.contains(&to));
    let found = between_modules(tree);
    let refused = found.iter().filter(|((from, to), _)| !allowed(from, to));
    refused.map(|((from, to), file)| format!("{from} imports {to} in {file}")).collect()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let refused = refused(&source(), TABLE);
    assert!(refused.is_empty(), "not in TABLE:\n{}", refused.join("\n"));
}

#[test]
fn no_arrow_of_the_table_points_up() {
    for (index, (name, may)) in TABLE.iter().enumerate() {
        for imported in *may {
            let place = TABLE.iter().position(|(other, _)| other == imported);
            assert!(
                place.is_some_and(|place| place > index),
                "`{name}` may import `{imported}`, which is not below it"
            );
        }
    }
}

#[test]
fn every_entry_of_the_table_is_used() {
    let tree = source();
    let found = between_modules(&tree);
    let modules: BTreeSet<&str> = tree.files().map(imports::module).collect();
    let mut unused: Vec<String> = Vec::new();
    for (name, may) in TABLE {
        assert!(modules.contains(name), "there is no module `{name}`");
        let import = |imported: &&&str| found.contains_key(&((*name).to_owned(), (**imported).to_owned()));
        unused.extend(may.iter().filter(|it| !import(it)).map(|imported| format!("{name} imports no {imported}")));
    }
    assert!(unused.is_empty(), "remove from TABLE:\n{}", unused.join("\n"));
}

#[test]
fn no_files_import_each_other() {
    let tree = source();
    let cycles = tree.cycles();
    let shown: Vec<String> = cycles.iter().map(|cycle| cycle.join("\n  ")).collect();
    assert!(cycles.is_empty(), "{} cycles of files:\n  {}", cycles.len(), shown.join("\n\n  "));
}

#[test]
fn an_arrow_up_and_a_cycle_are_found() {
    let tree = Tree::of([
        ("lib.rs", "mod checks; mod lowering; mod resolve;"),
        ("checks/mod.rs", "mod one; pub(crate) use one::Rule;"),
        ("checks/one.rs", "pub(crate) struct Rule;"),
        ("lowering/mod.rs", "mod a; mod b; use crate::checks::Rule;"),
        ("lowering/a.rs", "use super::{b::{self, Two as _}, Other};"),
        ("lowering/b.rs", "fn b() -> super::a::One { \"crate::checks\"; /* crate::resolve */ }"),
        ("resolve/mod.rs", "#[cfg(test)]\nmod tests { use crate::lowering::a; }"),
    ]);
    assert_eq!(refused(&tree, &[]), ["lowering imports checks in lowering/mod.rs"]);
    assert_eq!(tree.imported("lowering/mod.rs"), ["checks/one.rs"]);
    assert_eq!(tree.cycles(), [["lowering/a.rs", "lowering/b.rs"]]);
}
