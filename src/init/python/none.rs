//! Folders with files that are named like tests and that the project never runs: examples, documentation, templates.

use super::super::names::is_sound;
use super::super::walk::{Folder, View, example, is_in};
use super::pytest::Ignored;
use crate::pytest::{Call, Checkout, collect, is_magic, may_hold_tests, present};

/// The paths, from the component's folder. `ignored` is left out by the configuration of pytest.
pub(super) fn none(view: &View<'_>, folder: &Folder, paths: &[String], ignored: &[Ignored]) -> Vec<String> {
    let is_outside = |path: &str| {
        let overlaps = |own: &String| own == path || is_in(path, own) || is_in(own, path);
        !paths.is_empty() && !paths.iter().any(overlaps)
    };
    let mut found: Vec<String> = ignored
        .iter()
        .map(|entry| &entry.path)
        .filter(|path| !path.contains("::") && !is_magic(path))
        .filter(|path| is_outside(path) || example(&format!("{path}/")).is_some_and(|outer| outer == *path))
        .cloned()
        .collect();
    // Examples may be separate projects, whose tests this one would run.
    let checkout = Checkout::new(view.tree, |path: &str, _| !is_sound(path));
    let call = Call { checkout: &checkout, folder: &folder.path, words: &[], variable: "" };
    let Ok(own) = collect(&call) else { return found };
    let inner = |path: &String| {
        let rest = if folder.path.is_empty() { path } else { path.strip_prefix(&folder.path)?.strip_prefix('/')? };
        Some(rest.to_owned())
    };
    let is_run = |path: &String| paths.is_empty() || paths.iter().any(|own| own == path || is_in(path, own));
    let run: Vec<String> = own.files.keys().filter_map(inner).filter(is_run).collect();
    for file in present(&checkout, &folder.path, &own) {
        let is_test = || view.tree.read(&file).is_none_or(|text| may_hold_tests(&text, &own.names));
        let Some(path) = inner(&file).filter(|path| !run.contains(path) && is_test()) else { continue };
        let outer = example(&path).filter(|outer| !run.iter().any(|test| is_in(test, outer)));
        found.extend(outer.map(str::to_owned));
    }
    found.sort();
    found.dedup();
    let outer = found.clone();
    found.retain(|path| !outer.iter().any(|other| is_in(path, other)));
    found
}
