//! The files of a repository, as far as a checkout has them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::conftest::{self, Conftest};
use super::setup::file_in;
use crate::sources::Tree;

/// Decides whether a path is missing, and is given whether it is a folder.
type Lacks<'a> = dyn Fn(&str, bool) -> bool + 'a;

/// A checkout that pytest is called in. What several calls ask for is found once.
pub(crate) struct Checkout<'a> {
    /// The repository.
    pub(crate) tree: &'a dyn Tree,
    lacks: Box<Lacks<'a>>,
    known: RefCell<BTreeMap<String, bool>>,
    conftests: RefCell<BTreeMap<String, Option<Rc<Conftest>>>>,
}

impl<'a> Checkout<'a> {
    /// A checkout without the paths that `lacks` is true for; it is also given whether the path is a folder.
    pub(crate) fn new(tree: &'a dyn Tree, lacks: impl Fn(&str, bool) -> bool + 'a) -> Self {
        Self { tree, lacks: Box::new(lacks), known: RefCell::default(), conftests: RefCell::default() }
    }

    /// A checkout with every file of the repository.
    pub(crate) fn whole(tree: &'a dyn Tree) -> Self {
        Self::new(tree, |_, _| false)
    }

    /// Returns whether it does not have a file or a folder.
    pub(super) fn lacks(&self, path: &str, is_folder: bool) -> bool {
        if let Some(known) = self.known.borrow().get(path) {
            return *known;
        }
        let lacks = (self.lacks)(path, is_folder);
        self.known.borrow_mut().insert(path.to_owned(), lacks);
        lacks
    }

    /// The `conftest.py` of a folder, where there is one.
    pub(super) fn conftest(&self, folder: &str) -> Option<Rc<Conftest>> {
        if let Some(known) = self.conftests.borrow().get(folder) {
            return known.clone();
        }
        let read = self.tree.read(&file_in(folder, "conftest.py")).map(|text| Rc::new(conftest::read(&text)));
        self.conftests.borrow_mut().insert(folder.to_owned(), read.clone());
        read
    }
}
