//! The files with tests that a folder has, with any configuration.

use super::{Call, Checkout, Collected, Word, WordSource, collect};

/// Names of files that are there for tests: pytest's own patterns, and what other test tools take.
const NAMES: &str = "test_*.py *_test.py test.py tests.py";

/// Files with the names of tests, or with those that `own` collects by, outside of the folders that pytest never looks
/// into by itself; from the root of the repository.
pub(crate) fn present(checkout: &Checkout<'_>, folder: &str, own: &Collected) -> Vec<String> {
    let mut setting = format!("python_files={NAMES}");
    for pattern in own.patterns.iter().filter(|pattern| !pattern.text.contains(['\'', '\\'])) {
        setting.push_str(&format!(" '{}'", pattern.text));
    }
    let words = ["-c", "/dev/null", "--noconftest", "-p", "no:doctest", "-o", &setting].map(str::to_owned);
    let words: Vec<Word> = words.into_iter().map(|text| Word { text, origin: WordSource::Default }).collect();
    let collected = collect(&Call { checkout, folder, words: &words, variable: "" });
    collected.map(|it| it.files.into_keys().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn the_configuration_takes_nothing_away() {
        let files = [
            ("pytest.ini", "[pytest]\npython_files = check_*.py\nnorecursedirs = tests\n"),
            ("tests/check_a.py", ""),
            ("tests/conftest.py", "collect_ignore = ['test_b.py']\n"),
            ("tests/test_b.py", ""),
            ("build/test_c.py", ""),
        ];
        let tree = Memory(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
        let checkout = Checkout::whole(&tree);
        let own = collect(&Call { checkout: &checkout, folder: "", words: &[], variable: "" });
        let own = own.expect("pytest reads it");
        assert!(own.files.is_empty());
        assert_eq!(present(&checkout, "", &own), ["tests/check_a.py", "tests/test_b.py"]);
    }
}
