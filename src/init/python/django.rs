//! Tests of a Django project that its own runner runs.

use super::super::names::has_extension;
use super::super::project::{Install, Stated};
use super::super::walk::{Folder, View};
use super::checks::front;
use super::manifest::Manifest;

/// The command that runs the tests of a Django project; none where pytest does.
pub(super) fn test(
    view: &View<'_>,
    folder: &Folder,
    manifest: &Manifest,
    install: Option<&Install>,
    stated: &mut Stated,
) -> Option<String> {
    if !folder.has("manage.py") || manifest.depends_on("pytest") || !manifest.depends_on("django") {
        return None;
    }
    let front = front(install);
    let tests = view.own.tests(&folder.path, "python");
    let Some(test) = tests.into_iter().find(|test| test.words().contains(&"test")) else {
        return has_tests(view, folder).then(|| format!("{front}python manage.py test"));
    };
    stated.took("checks.test", &test.place);
    let words = test.words();
    let behind = words.iter().skip_while(|word| **word != "test").skip(1);
    let plain = |word: &&&str| !word.contains(['$', '`', '{', '|', ';', '>', '<', '&', '*', '"', '\'', '\\', '(']);
    let rest: String = behind.take_while(plain).flat_map(|word| [" ", word]).collect();
    Some(format!("{front}python manage.py test{rest}"))
}

/// Returns whether there are files that Django's runner collects: `test*.py`.
fn has_tests(view: &View<'_>, folder: &Folder) -> bool {
    let files = view.below(&folder.path, 4);
    let mut names = files.iter().map(|file| file.rsplit('/').next().unwrap_or(file));
    names.any(|name| name.starts_with("test") && has_extension(name, &["py"]))
}
