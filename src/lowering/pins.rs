//! Pins of a lowering: those in use, and those missing in the lock.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic};
use crate::pins::{Lock, Tool, builtin};
use crate::trace::Origin;
use crate::workflow::Commit;

/// Names with the first location that uses each.
type Names = BTreeMap<String, Origin>;

/// Names whose pins a lowering uses.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) actions: Names,
    pub(crate) images: Names,
    pub(crate) tools: Names,
}

/// The lock, and the names that were looked up.
pub(crate) struct Pins<'a> {
    lock: &'a Lock,
    asked: RefCell<Asked>,
}

impl<'a> Pins<'a> {
    pub(super) fn new(lock: &'a Lock) -> Self {
        Self { lock, asked: RefCell::default() }
    }

    /// Returns the pin of an action, where it has one.
    pub(super) fn action(&self, name: &str, origin: &Origin) -> Option<Commit> {
        note(&mut self.asked.borrow_mut().actions, name, origin);
        self.lock.action(name).map(|pin| Commit { sha: pin.sha.clone(), version: pin.version.clone() })
    }

    /// Returns an image, by its digest where it has one.
    pub(super) fn image(&self, reference: &str, origin: &Origin) -> String {
        note(&mut self.asked.borrow_mut().images, reference, origin);
        match self.lock.image(reference) {
            Some(digest) => format!("{reference}@{digest}"),
            None => reference.to_owned(),
        }
    }

    /// Returns the pin of a tool, where it has one.
    pub(super) fn tool(&self, name: &str, origin: &Origin) -> Option<Tool> {
        note(&mut self.asked.borrow_mut().tools, name, origin);
        self.lock.tool(name).cloned()
    }

    /// Returns the names that were looked up.
    pub(super) fn asked(self) -> Asked {
        self.asked.into_inner()
    }

    /// Returns an error for every name that is not in the lock.
    pub(super) fn missing(self) -> Vec<Diagnostic> {
        let lock = self.lock;
        let Asked { actions, images, tools } = self.asked();
        // A folder of an action is covered by its repository.
        let repository = |name: String| name.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
        let mut repositories = Names::new();
        for (name, origin) in actions {
            note(&mut repositories, &repository(name), &origin);
        }
        let actions = repositories.iter().filter(|(name, _)| lock.action(name).is_none());
        let images = images.iter().filter(|(name, _)| lock.image(name).is_none());
        let tools = tools.iter().filter(|(name, _)| lock.tool(name).is_none());
        let form = |form: &'static str| move |(name, origin): (&String, &Origin)| unpinned(name, form, origin);
        actions
            .map(form("@<commit> # vX.Y.Z"))
            .chain(images.map(form("@sha256:<digest>")))
            .chain(tools.map(form("@<version>")))
            .collect()
    }
}

/// Rule that reports a missing pin.
pub(crate) const UNPINNED: Code = Code("unpinned");

fn note(names: &mut Names, name: &str, origin: &Origin) {
    if !names.contains_key(name) {
        names.insert(name.to_owned(), origin.clone());
    }
}

fn unpinned(name: &str, form: &str, origin: &Origin) -> Diagnostic {
    let help = if builtin::spec(name).is_some() {
        "run `pipewright generate`, which adds the pins that it knows".to_owned()
    } else {
        format!("run `pipewright pins add '{name}{form}'`")
    };
    Diagnostic::error(UNPINNED, origin.clone(), format!("`{name}` is not pinned in `pipeline.lock`")).help(help)
}
