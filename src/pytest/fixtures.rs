//! The `conftest.py` files that a call of pytest loads.
//!
//! Source: pytest 9.2, `_loadconftestmodules` and `_rget_with_confmod` in `src/_pytest/config/__init__.py`.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::conftest::{self, Conftest, List};
use super::setup::{Setup, above, file_in};
use super::{Call, Unsure, WordSource};
use crate::sources::{folder as folder_of, join};

/// The files, by their folders.
pub(super) struct Fixtures<'a> {
    call: &'a Call<'a>,
    /// The folder above which none is loaded.
    cut: String,
    off: bool,
    known: BTreeMap<String, Option<Rc<Conftest>>>,
    /// Places at which they decide by what cannot be read.
    pub(super) unsure: Vec<Unsure>,
}

impl<'a> Fixtures<'a> {
    /// The files of a call; none is read yet.
    pub(super) fn new(call: &'a Call<'a>, setup: &Setup) -> Self {
        let given = setup.options.last("--confcutdir").and_then(|given| join(call.folder, &given.value));
        let file = &setup.config.file;
        let cut =
            given.unwrap_or_else(|| if file.is_empty() { setup.root.clone() } else { folder_of(file).to_owned() });
        let off = setup.options.last("--noconftest").is_some();
        Self { call, cut, off, known: BTreeMap::new(), unsure: Vec::new() }
    }

    /// Loads those of a folder and of the folders above it.
    pub(super) fn load(&mut self, folder: &str) {
        if self.known.contains_key(folder) {
            return;
        }
        let folders: Vec<String> = above(folder).take_while(|at| !self.is_above_cut(at)).map(str::to_owned).collect();
        for at in folders {
            if self.off || self.known.contains_key(&at) {
                continue;
            }
            let read = self.call.checkout.conftest(&at);
            if let Some(conftest) = &read {
                self.doubts(&file_in(&at, "conftest.py"), conftest);
            }
            self.known.insert(at, read);
        }
    }

    fn is_above_cut(&self, folder: &str) -> bool {
        folder != self.cut
            && (folder.is_empty() || self.cut.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The files that were loaded, from the root of the repository.
    pub(super) fn files(&self) -> Vec<String> {
        self.known.iter().filter(|(_, it)| it.is_some()).map(|(at, _)| file_in(at, "conftest.py")).collect()
    }

    /// The list that counts in a folder: that of the nearest file that has one.
    pub(super) fn list(&mut self, folder: &str, is_glob: bool) -> Option<(String, List)> {
        self.load(folder);
        above(folder).find_map(|at| {
            let conftest = self.known.get(at)?.as_ref()?;
            let list = if is_glob { &conftest.ignore_glob } else { &conftest.ignore };
            list.clone().map(|list| (file_in(at, "conftest.py"), list))
        })
    }

    fn doubts(&mut self, file: &str, conftest: &Conftest) {
        let origin = |line: usize| WordSource::Line { file: file.to_owned(), line };
        for (name, list) in [(conftest::IGNORE, &conftest.ignore), (conftest::IGNORE_GLOB, &conftest.ignore_glob)] {
            for (line, texts) in list.iter().flat_map(|list| &list.unsure) {
                let paths = texts.iter().filter_map(|text| join(folder_of(file), text)).collect();
                let why = format!("`{name}` is computed, or depends on a condition");
                self.unsure.push(Unsure { origin: origin(*line), why, paths });
            }
        }
        for (line, why) in &conftest.hooks {
            self.unsure.push(Unsure { origin: origin(*line), why: why.clone(), paths: Vec::new() });
        }
        for (line, module) in &conftest.stars {
            if self
                .module(file, module)
                .is_some_and(|text| text.contains(conftest::IGNORE) || text.contains("pytest_ignore_collect"))
            {
                let why = format!("`{}` is imported from `{module}`", conftest::IGNORE);
                self.unsure.push(Unsure { origin: origin(*line), why, paths: Vec::new() });
            }
        }
    }

    /// The text of a module of the repository that a file imports.
    fn module(&self, file: &str, module: &str) -> Option<String> {
        let name = module.trim_start_matches('.');
        let dots = module.len() - name.len();
        let own = folder_of(file);
        let path = name.replace('.', "/");
        let folders: Vec<String> = if dots > 0 {
            vec![join(own, &"../".repeat(dots - 1))?]
        } else {
            vec![own.to_owned(), self.call.folder.to_owned(), file_in(self.call.folder, "src"), self.cut.clone()]
        };
        let read = |folder: &String| {
            let at = join(folder, &path)?;
            self.call
                .checkout
                .tree
                .read(&format!("{at}.py"))
                .or_else(|| self.call.checkout.tree.read(&file_in(&at, "__init__.py")))
        };
        folders.iter().find_map(read)
    }
}
