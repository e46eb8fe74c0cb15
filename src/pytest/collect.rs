//! The files that a call of pytest collects.
//!
//! Source: pytest 9.2, `Session.perform_collect`, `Dir.collect` and `pytest_ignore_collect` in `src/_pytest/main.py`.

use std::collections::BTreeMap;

use super::conftest::{IGNORE, IGNORE_GLOB};
use super::pattern::fnmatch;
use super::python::Names;
use super::setup::{Setup, file_in, is_folder, setup};
use super::start::{Start, starts};
use super::{Call, Config, Options, Refused, Unsure, Word, WordSource, fixtures};
use crate::sources::{folder as folder_of, join};

/// The part of a file that is collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of its tests.
    All,
    /// Tests whose names, behind the file's `::`, begin like this.
    Tests(Vec<String>),
}

/// Cause that excludes a folder, a file or a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// `norecursedirs`.
    NoRecurse,
    /// `--ignore`.
    Ignore,
    /// `--ignore-glob`.
    IgnoreGlob,
    /// `--deselect`.
    Deselect,
    /// `collect_ignore`.
    CollectIgnore,
    /// `collect_ignore_glob`.
    CollectIgnoreGlob,
    /// A virtual environment.
    VirtualEnvironment,
}

impl Cause {
    /// Name of the option, setting or variable.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoRecurse => "norecursedirs",
            Self::Ignore => "--ignore",
            Self::IgnoreGlob => "--ignore-glob",
            Self::Deselect => "--deselect",
            Self::CollectIgnore => IGNORE,
            Self::CollectIgnoreGlob => IGNORE_GLOB,
            Self::VirtualEnvironment => "--collect-in-virtualenv",
        }
    }
}

/// A folder, a file or a test that is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Its path from the root of the repository; a test's name is behind `::`.
    pub(crate) path: String,
    /// Cause that excludes it.
    pub(crate) cause: Cause,
    /// The value that names it, as it is written.
    pub(crate) value: String,
    /// The place of the value.
    pub(crate) origin: WordSource,
}

/// Files that a call collects.
#[derive(Debug)]
pub(crate) struct Collected {
    /// The configuration.
    pub(crate) config: Config,
    /// The command line.
    pub(crate) options: Options,
    /// Files that are read for tests, from the root of the repository.
    pub(crate) files: BTreeMap<String, Extent>,
    /// Excluded paths.
    pub(crate) taken: Vec<Taken>,
    /// The `conftest.py` files that are loaded, from the root of the repository.
    pub(crate) conftests: Vec<String>,
    /// Places at which more may be taken away.
    pub(crate) unsure: Vec<Unsure>,
    /// Patterns of the names of files, and where they are set.
    pub(crate) patterns: Vec<Word>,
    /// Names of tests.
    pub(crate) names: Names,
    /// `testpaths`, where they decide.
    pub(crate) testpaths: Vec<Word>,
}

impl Collected {
    /// Returns whether a file's name is that of a file with tests.
    pub(crate) fn is_test_file(&self, path: &str) -> bool {
        has_suffix(path, "py") && self.patterns.iter().any(|pattern| matches(&pattern.text, path))
    }
}

/// Folders that pytest does not look into by itself.
///
/// Source: pytest 9.2, `norecursedirs` in `src/_pytest/main.py`.
pub(super) const NO_RECURSE: [&str; 9] =
    ["*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}"];

/// Names of files with tests.
///
/// Source: pytest 9.2, `python_files` in `src/_pytest/python.py`.
const PYTHON_FILES: [&str; 2] = ["test_*.py", "*_test.py"];

/// Collects as pytest does.
///
/// # Errors
///
/// [`Refused`] where pytest ends before it has collected.
pub(crate) fn collect(call: &Call<'_>) -> Result<Collected, Refused> {
    let setup = setup(call)?;
    let config = &setup.config;
    let defaults = |values: &[&str]| {
        values.iter().map(|text| Word { text: (*text).to_owned(), origin: WordSource::Default }).collect::<Vec<_>>()
    };
    let texts = |name: &str, default: &str| -> Result<Vec<String>, Refused> {
        let words = config.words(name)?;
        Ok(words.map_or_else(|| vec![default.to_owned()], |words| words.into_iter().map(|word| word.text).collect()))
    };
    let doctests = setup.options.last("--doctest-modules").is_some() && setup.options.without("doctest").is_none();
    let names = Names {
        functions: texts("python_functions", "test")?,
        classes: texts("python_classes", "Test")?,
        unittest: setup.options.without("unittest").is_none(),
        doctests,
    };
    let patterns = config.words("python_files")?.unwrap_or_else(|| defaults(&PYTHON_FILES));
    let no_recurse = config.words("norecursedirs")?.unwrap_or_else(|| defaults(&NO_RECURSE));
    let fixtures = fixtures::Fixtures::new(call, &setup);
    let mut walk = Walk {
        call,
        setup: &setup,
        patterns: &patterns,
        no_recurse: &no_recurse,
        doctests,
        fixtures,
        starts: Vec::new(),
        folders: 0,
        files: BTreeMap::new(),
        taken: Vec::new(),
        unsure: Vec::new(),
    };
    let (starts, testpaths) = starts(call, &setup, &mut walk.unsure)?;
    walk.starts = starts.iter().map(|start| start.path.clone()).collect();
    for start in &starts {
        walk.start(start)?;
    }
    walk.deselect();
    let Walk { files, taken, mut unsure, fixtures, .. } = walk;
    let conftests = fixtures.files();
    unsure.extend(fixtures.unsure);
    Ok(Collected {
        files,
        taken,
        conftests,
        unsure,
        patterns,
        names,
        testpaths,
        config: setup.config,
        options: setup.options,
    })
}

/// Folders that a walk may lead through.
const MAX_FOLDERS: usize = 20_000;

/// The deepest folder of a walk: links may form a cycle.
const MAX_DEPTH: usize = 40;

struct Walk<'a> {
    call: &'a Call<'a>,
    setup: &'a Setup,
    patterns: &'a [Word],
    no_recurse: &'a [Word],
    doctests: bool,
    fixtures: fixtures::Fixtures<'a>,
    starts: Vec<String>,
    folders: usize,
    files: BTreeMap<String, Extent>,
    taken: Vec<Taken>,
    unsure: Vec<Unsure>,
}

impl Walk<'_> {
    fn start(&mut self, start: &Start) -> Result<(), Refused> {
        if start.tests.is_empty() && is_folder(self.call.checkout.tree, &start.path) {
            self.folder(&start.path, 0);
            return Ok(());
        }
        if !self.is_collected(&start.path, true) {
            let message = format!("pytest finds no tests in `{}`, a file of another kind", start.path);
            return Err(Refused { origin: start.origin.clone(), message });
        }
        // The conftest.py of its folder is loaded all the same.
        self.fixtures.load(folder_of(&start.path));
        self.add(&start.path, &start.tests);
        Ok(())
    }

    fn add(&mut self, path: &str, tests: &[String]) {
        let extent = self.files.entry(path.to_owned()).or_insert_with(|| Extent::Tests(Vec::new()));
        match extent {
            _ if tests.is_empty() => *extent = Extent::All,
            Extent::Tests(own) => own.extend_from_slice(tests),
            Extent::All => {}
        }
    }

    fn folder(&mut self, folder: &str, depth: usize) {
        self.folders += 1;
        if self.folders == MAX_FOLDERS {
            let origin = WordSource::Line { file: folder.to_owned(), line: 0 };
            let why = format!("more than {MAX_FOLDERS} folders would have to be looked into");
            self.unsure.push(Unsure { origin, why, paths: Vec::new() });
        }
        if self.folders >= MAX_FOLDERS || depth > MAX_DEPTH {
            return;
        }
        self.fixtures.load(folder);
        for name in self.call.checkout.tree.list(folder) {
            let plain = name.trim_end_matches('/');
            let path = file_in(folder, plain);
            let is_folder =
                name.ends_with('/') || (!plain.contains('.') && !self.call.checkout.tree.list(&path).is_empty());
            if is_folder {
                let leads_to_start =
                    self.starts.iter().any(|start| *start == path || start.starts_with(&format!("{path}/")));
                if leads_to_start
                    || !(plain == "__pycache__" || self.call.checkout.lacks(&path, true) || self.is_taken(&path, true))
                {
                    self.folder(&path, depth + 1);
                }
            } else if self.is_collected(&path, false)
                && !self.call.checkout.lacks(&path, false)
                && !self.is_taken(&path, false)
            {
                self.add(&path, &[]);
            }
        }
    }

    /// Returns whether a file is read for tests.
    fn is_collected(&self, path: &str, named: bool) -> bool {
        let text = || self.call.checkout.tree.read(path).unwrap_or_default();
        let options = &self.setup.options;
        let doctest = || options.without("doctest").is_none();
        if has_suffix(path, "py") {
            let python = options.without("python").is_none();
            let is_module = python && (named || self.patterns.iter().any(|pattern| matches(&pattern.text, path)));
            return is_module || (self.doctests && has_doctests(path, &text()));
        }
        if !doctest() {
            return false;
        }
        let given: Vec<&str> = options.all("--doctest-glob").map(|given| given.value.as_str()).collect();
        let patterns = if given.is_empty() { vec!["test*.txt"] } else { given };
        let is_text = (named && (has_suffix(path, "txt") || has_suffix(path, "rst")))
            || patterns.iter().any(|pattern| matches(pattern, path));
        is_text && (named || text().contains(">>>"))
    }

    /// Returns whether something takes a folder or a file away, which is then remembered.
    fn is_taken(&mut self, path: &str, is_folder: bool) -> bool {
        let taken = self.named(path).or_else(|| self.in_fixtures(path)).or_else(|| {
            let found = self.virtual_environment(path, is_folder);
            found.or_else(|| is_folder.then(|| self.not_recursed(path)).flatten())
        });
        let Some((cause, value, origin)) = taken else { return false };
        self.taken.push(Taken { path: path.to_owned(), cause, value, origin });
        true
    }

    fn named(&self, path: &str) -> Option<Reason> {
        for (cause, option) in [(Cause::Ignore, "--ignore"), (Cause::IgnoreGlob, "--ignore-glob")] {
            for given in self.setup.options.all(option) {
                let Some(value) = join(self.call.folder, &given.value) else { continue };
                let is = if cause == Cause::Ignore { value == path } else { fnmatch(&value, path) };
                if is {
                    return Some((cause, given.value.clone(), given.origin.clone()));
                }
            }
        }
        None
    }

    fn in_fixtures(&mut self, path: &str) -> Option<Reason> {
        for cause in [Cause::CollectIgnore, Cause::CollectIgnoreGlob] {
            let Some((file, list)) = self.fixtures.list(folder_of(path), cause == Cause::CollectIgnoreGlob) else {
                continue;
            };
            let found = list.values.iter().find(|(value, _)| {
                let value = join(folder_of(&file), value);
                value.is_some_and(
                    |value| {
                        if cause == Cause::CollectIgnore { value == path } else { fnmatch(&value, path) }
                    },
                )
            });
            if let Some((value, line)) = found {
                return Some((cause, value.clone(), WordSource::Line { file: file.clone(), line: *line }));
            }
        }
        None
    }

    fn virtual_environment(&self, path: &str, is_folder: bool) -> Option<Reason> {
        let is = is_folder
            && self.setup.options.last("--collect-in-virtualenv").is_none()
            && ["pyvenv.cfg", "conda-meta/history"]
                .iter()
                .any(|file| self.call.checkout.tree.exists(&file_in(path, file)));
        is.then(|| (Cause::VirtualEnvironment, String::new(), WordSource::Default))
    }

    fn not_recursed(&self, path: &str) -> Option<Reason> {
        let pattern = self.no_recurse.iter().find(|pattern| matches(&pattern.text, path))?;
        Some((Cause::NoRecurse, pattern.text.clone(), pattern.origin.clone()))
    }

    /// Takes away what `--deselect` names: everything whose id begins like its value.
    fn deselect(&mut self) {
        let given: Vec<_> = self.setup.options.all("--deselect").cloned().collect();
        for given in given {
            let root = &self.setup.root;
            let files: Vec<String> = self.files.keys().cloned().collect();
            for file in files {
                let front = if root.is_empty() { String::new() } else { format!("{root}/") };
                let Some(id) = file.strip_prefix(&front).map(|id| format!("{id}::")) else { continue };
                let taken = |path: String| Taken {
                    path,
                    cause: Cause::Deselect,
                    value: given.value.clone(),
                    origin: given.origin.clone(),
                };
                if id.starts_with(&given.value) {
                    self.files.remove(&file);
                    self.taken.push(taken(file));
                } else if let Some(test) = given.value.strip_prefix(&id) {
                    self.taken.push(taken(format!("{file}::{test}")));
                }
            }
        }
    }
}

/// The cause of an exclusion, the value that names it, and its place.
type Reason = (Cause, String, WordSource);

/// Matches a path as pytest's `fnmatch_ex` does: a pattern without a slash means the last name.
///
/// Source: pytest 9.2, `src/_pytest/pathlib.py`.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    if !pattern.contains('/') {
        return fnmatch(pattern, path.rsplit('/').next().unwrap_or_default());
    }
    // Where the repository is checked out is not known: an absolute pattern matches nothing.
    !pattern.starts_with('/') && fnmatch(&format!("*/{pattern}"), &format!("/{path}"))
}

fn has_suffix(path: &str, suffix: &str) -> bool {
    path.rsplit('/')
        .next()
        .unwrap_or_default()
        .rsplit_once('.')
        .is_some_and(|(name, end)| !name.is_empty() && end == suffix)
}

/// Returns whether pytest looks for doctests in a module, and finds some.
fn has_doctests(path: &str, text: &str) -> bool {
    let is_script = match path.rsplit('/').next() {
        Some("setup.py") => text.contains("setuptools") || text.contains("distutils"),
        Some("__main__.py") => true,
        _ => false,
    };
    !is_script && text.contains(">>>")
}
