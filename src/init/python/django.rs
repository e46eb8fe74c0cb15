//! Tests of a Django project that its own runner runs.

use super::super::names::has_extension;
use super::super::project::{Stated, TestRunner, Tests};
use super::super::walk::{Folder, View};
use super::environments::plain;
use super::manifest::Manifest;

/// Options that the keys of a test run set, each with the number of words behind it.
const SET: &[(&str, usize)] = &[
    ("--parallel", 0),
    ("--shuffle", 0),
    ("--noinput", 0),
    ("--no-input", 0),
    ("--failfast", 0),
    ("--keepdb", 0),
    ("--timing", 0),
    ("--force-color", 0),
    ("--no-color", 0),
    ("-v", 1),
    ("--verbosity", 1),
    ("--testrunner", 1),
];

/// The tests that Django's runner runs; none where pytest does.
pub(super) fn tests(view: &View<'_>, folder: &Folder, manifest: &Manifest, stated: &mut Stated) -> Option<Tests> {
    if !folder.has("manage.py") || manifest.depends_on("pytest") || !manifest.depends_on("django") {
        return None;
    }
    let tests = view.own.tests(&folder.path, "python");
    let test = tests.into_iter().find(|test| test.words().contains(&"test"));
    if test.is_none() && !has_tests(view, folder) {
        return None;
    }
    if let Some(test) = test {
        let words = test.words();
        let args = arguments(words.iter().skip_while(|word| **word != "test").skip(1));
        if !args.is_empty() {
            stated.took("args", &test.place);
        }
        stated.args = args;
    }
    Some(Tests::of(TestRunner::Django))
}

/// The words behind `test` that choose tests or settings.
fn arguments<'w>(words: impl Iterator<Item = &'w &'w str>) -> Vec<String> {
    let mut words = words.copied().take_while(|word| plain(word)).peekable();
    let mut found = Vec::new();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or(word);
        match SET.iter().find(|(option, _)| *option == name) {
            Some((_, behind)) => {
                let behind = if word.contains('=') { 0 } else { *behind };
                words.by_ref().take(behind).for_each(drop);
                // `--parallel` and `--shuffle` take a number or leave it out.
                words.next_if(|next| behind == 0 && next.bytes().all(|byte| byte.is_ascii_digit()));
            }
            None => found.push(word.to_owned()),
        }
    }
    found
}

/// Returns whether there are files that Django's runner collects: `test*.py`.
fn has_tests(view: &View<'_>, folder: &Folder) -> bool {
    let files = view.below(&folder.path, 4);
    let mut names = files.iter().map(|file| file.rsplit('/').next().unwrap_or(file));
    names.any(|name| name.starts_with("test") && has_extension(name, &["py"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_labels_and_settings_that_the_project_gives() {
        for (line, expected) in [
            ("--parallel 4 shop orders.tests", "shop orders.tests"),
            ("--parallel --settings=shop.ci -v 2", "--settings=shop.ci"),
            ("--shuffle --exclude-tag slow $EXTRA shop", "--exclude-tag slow"),
            ("", ""),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(arguments(words.iter()).join(" "), expected, "{line}");
        }
    }
}
