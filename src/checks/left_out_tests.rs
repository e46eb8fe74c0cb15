//! A test that its run leaves out is run by a suite, or quarantined.

use super::support::pytest::{self, within};
use super::support::walk::{ROOT, Trail, entries};
use super::{Check, Subject};
use crate::definition::{Name, TestRun};
use crate::diagnostics::{At, Code, Diagnostic};
use crate::sources;

pub(crate) struct LeftOutTests;

const CODE: Code = Code("left-out-tests");

impl Check for LeftOutTests {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/left-out-tests.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, run| {
            if run.runner != "pytest" {
                return;
            }
            let folder = definition.components.get(&run.component).and_then(|it| pytest::folder(subject, it));
            if let Some(folder) = folder {
                let run = Run { subject, name, it: run, folder: &folder };
                arguments(&run, at, found);
                configuration(&run, at, found);
                fixtures(&run, at, found);
            }
        });
    }
}

struct Run<'a> {
    subject: &'a Subject<'a>,
    name: &'a Name,
    it: &'a TestRun,
    /// The component's folder.
    folder: &'a str,
}

impl Run<'_> {
    /// Whether these are no tests, or a suite runs them, or the quarantine says why nobody does.
    fn accounted(&self, path: &str) -> bool {
        let definition = self.subject.definition;
        let suites = definition.suites.values().filter(|suite| suite.of == *self.name);
        let quarantine = definition.quarantine.iter();
        !pytest::is_collected(self.subject, self.folder, self.it, path)
            || suites.flat_map(|suite| &suite.paths).any(|taken| within(path, taken))
            || quarantine
                .filter(|(_, it)| it.of.as_ref().is_none_or(|of| of == self.name))
                .any(|(taken, _)| within(path, taken))
    }

    /// What is wrong with an option that leaves tests out.
    fn judge(&self, option: &Left, whose: &str, at: At) -> Option<Diagnostic> {
        match option {
            Left::Path(path) if self.accounted(path) => None,
            Left::Path(path) => {
                let message = format!("{whose} leaves out `{path}`, which no suite runs and no quarantine explains");
                let help =
                    format!("give it to a suite of `{}`, or to `[quarantine.\"{path}\"]` with a reason", self.name);
                Some(Diagnostic::error(CODE, at, message).help(help))
            }
            Left::Words(words) => {
                let message = format!("{whose} leaves out tests by their names: `-k {words}`");
                let help = format!("give them to a suite of `{}` or to `[quarantine]` by their paths", self.name);
                Some(Diagnostic::error(CODE, at, message).help(help))
            }
        }
    }
}

/// An option of pytest that leaves tests out.
enum Left {
    Path(String),
    Words(String),
}

/// Options that leave tests out, with the place of each in the list.
fn options(words: &[String]) -> Vec<(usize, Left)> {
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = || words.get(index + 1).cloned().unwrap_or_default();
        let (key, value) = match word.split_once('=') {
            Some((key, value)) if key.starts_with("--") => (key, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        match key {
            "--ignore" | "--ignore-glob" | "--deselect" => {
                found.push((index, Left::Path(value.unwrap_or_else(next))));
            }
            "-k" => found.push((index, Left::Words(next()))),
            _ => {}
        }
    }
    found
}

fn arguments(run: &Run<'_>, at: &Trail<'_>, found: &mut Vec<Diagnostic>) {
    let at = at.key("args");
    for (index, option) in options(&run.it.args) {
        found.extend(run.judge(&option, "the argument", at.index(index).at()));
    }
}

fn configuration(run: &Run<'_>, at: &Trail<'_>, found: &mut Vec<Diagnostic>) {
    let Some(configured) = pytest::options(run.subject, run.folder) else { return };
    for (_, option) in options(&configured.words) {
        found.extend(run.judge(&option, &format!("`{}`", configured.file), at.at().key()));
    }
}

/// `collect_ignore` and `collect_ignore_glob` of every `conftest.py`.
fn fixtures(run: &Run<'_>, at: &Trail<'_>, found: &mut Vec<Diagnostic>) {
    pytest::conftests(run.subject, run.folder, run.it, &mut |file, text| {
        let here = sources::folder(file).strip_prefix(run.folder).unwrap_or_default().trim_start_matches('/');
        for path in ignored(text) {
            let path = sources::join(here, &path).unwrap_or(path);
            found.extend(run.judge(&Left::Path(path), &format!("`{file}`"), at.at().key()));
        }
        true
    });
}

/// The texts of the lists that tell pytest what not to collect.
fn ignored(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("collect_ignore") {
        let line = text.get(..at).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
        let list = text.get(at..).and_then(|rest| rest.split_once('[')).filter(|(front, _)| !front.contains('\n'));
        let Some((_, list)) = list.filter(|_| !line.contains(['#', '"', '\'', '[', '('])) else { continue };
        let list = list.split(']').next().unwrap_or_default();
        for line in list.lines() {
            let code = line.split('#').next().unwrap_or_default();
            found.extend(code.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_conftest_ignores() {
        let text = "import os\ncollect_ignore = [\"a.py\",  # 'no'\n    'b/c.py',\n]\n# collect_ignore = ['d']\ncollect_ignore_glob: list[str] = ['e*']\n";
        assert_eq!(ignored(text), ["a.py", "b/c.py"]);
        assert_eq!(ignored("collect_ignore_glob = ['e*']\ncollect_ignore += ['f']"), ["e*", "f"]);
    }
}
