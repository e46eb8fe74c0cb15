//! The paths that a call of pytest starts from.
//!
//! Source: pytest 9.2, `Config._decide_args`, and `resolve_collection_argument` and `normalize_collection_arguments` in
//! `src/_pytest/main.py`.

use super::pattern::{glob, is_magic};
use super::setup::{Setup, is_folder};
use super::{Call, Refused, Unsure, Word, WordSource};
use crate::sources::join;

/// A path that collection starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// The path, from the root of the repository.
    pub(super) path: String,
    /// Names of tests in it; empty for all.
    pub(super) tests: Vec<String>,
    /// The place that names it.
    pub(super) origin: WordSource,
}

/// The paths that a call starts from, and `testpaths` where they decide.
pub(super) fn starts(
    call: &Call<'_>,
    setup: &Setup,
    unsure: &mut Vec<Unsure>,
) -> Result<(Vec<Start>, Vec<Word>), Refused> {
    let options = &setup.options;
    let whole = || vec![Start { path: call.folder.to_owned(), tests: Vec::new(), origin: WordSource::Default }];
    for word in &options.files {
        let why = format!("arguments are read from a file, `{}`", word.text);
        unsure.push(Unsure { origin: word.origin.clone(), why, paths: Vec::new() });
    }
    for word in &options.doubtful {
        let path = join(call.folder, word.text.split("::").next().unwrap_or_default());
        if path.is_some_and(|path| call.checkout.tree.exists(&path)) {
            let why = format!("`{}` is a path of tests, or the value of the option before it", word.text);
            unsure.push(Unsure { origin: word.origin.clone(), why, paths: Vec::new() });
        }
    }
    if let Some(given) = options.last("--pyargs") {
        let why = "`--pyargs` names tests by their modules".to_owned();
        unsure.push(Unsure { origin: given.origin.clone(), why, paths: Vec::new() });
    }
    let by_module = options.last("--pyargs").is_some();
    if options.paths.is_empty() {
        let testpaths = setup.config.words("testpaths")?.unwrap_or_default();
        if call.folder != setup.root || testpaths.is_empty() {
            return Ok((whole(), Vec::new()));
        }
        let found = test_paths(call, &testpaths);
        let starts: Vec<Start> =
            found.into_iter().map(|(path, origin)| Start { path, tests: Vec::new(), origin }).collect();
        let starts = normalized(&starts);
        return Ok(if starts.is_empty() { (whole(), Vec::new()) } else { (starts, testpaths) });
    }
    let mut found = Vec::new();
    for word in &options.paths {
        if let Some(start) = resolved(call, word, by_module, unsure)? {
            found.push(start);
        }
    }
    Ok((normalized(&found), Vec::new()))
}

fn resolved(call: &Call<'_>, word: &Word, by_module: bool, unsure: &mut Vec<Unsure>) -> Result<Option<Start>, Refused> {
    let refused = |message: String| Refused { origin: word.origin.clone(), message };
    let base = word.text.split('[').next().unwrap_or_default();
    let (file, tests) = base.split_once("::").map_or((base, None), |(file, tests)| (file, Some(tests)));
    if base.len() < word.text.len() && tests.is_none() {
        return Err(refused(format!("pytest reads `[` in `{}` as the parameters of a test", word.text)));
    }
    let Some(path) = join(call.folder, file) else {
        let why = format!("`{}` is outside of the repository", word.text);
        unsure.push(Unsure { origin: word.origin.clone(), why, paths: Vec::new() });
        return Ok(None);
    };
    if !path.is_empty() && !call.checkout.tree.exists(&path) {
        if by_module {
            return Ok(None);
        }
        return Err(refused(format!("there is no file or folder `{file}`, which `{}` names", word.text)));
    }
    if tests.is_some() && is_folder(call.checkout.tree, &path) {
        return Err(refused(format!("`{}` names a test in a folder", word.text)));
    }
    let test = tests.map(|_| word.text.get(file.len() + 2..).unwrap_or_default().to_owned());
    Ok(Some(Start { path, tests: test.into_iter().collect(), origin: word.origin.clone() }))
}

/// The same without those that others contain.
fn normalized(starts: &[Start]) -> Vec<Start> {
    let contains = |outer: &Start, inner: &Start| {
        let below = outer.path.is_empty() || inner.path.starts_with(&format!("{}/", outer.path));
        let same = outer.path == inner.path;
        outer.tests.is_empty() && (below && !same || same && !inner.tests.is_empty())
    };
    let mut found: Vec<Start> = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        let repeated = starts.iter().take(index).any(|other| other.path == start.path && other.tests == start.tests);
        if !repeated && !starts.iter().any(|other| contains(other, start)) {
            found.push(start.clone());
        }
    }
    found
}

/// Paths that `testpaths` name, from the root of the repository.
fn test_paths(call: &Call<'_>, words: &[Word]) -> Vec<(String, WordSource)> {
    let mut found = Vec::new();
    for word in words {
        let paths = if is_magic(&word.text) {
            glob(call.checkout.tree, call.folder, &word.text)
        } else {
            vec![word.text.clone()]
        };
        let paths = paths.iter().filter_map(|path| join(call.folder, path));
        let existing = paths.filter(|path| path.is_empty() || call.checkout.tree.exists(path));
        found.extend(existing.map(|path| (path, word.origin.clone())));
    }
    found
}
