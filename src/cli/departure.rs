//! A file that differs from the generated one, without its texts: a call may find very many.

use pipewright::drift::{Change, Kind};
use pipewright::files::unsealed;
use pipewright::pins::moved;
use similar::TextDiff;

/// Which diffs a call shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Diffs {
    /// None.
    None,
    /// Of existing files, with at most this number of lines each.
    Short(usize),
    /// Of existing files.
    Present,
    /// All.
    All,
}

/// A file that differs from the generated one.
#[derive(Debug)]
pub(crate) struct Departure {
    /// Its path from the root of the repository.
    pub(crate) path: String,
    /// Kind of the difference.
    pub(crate) kind: Kind,
    /// The file is to be deleted.
    pub(crate) removes: bool,
    /// Unified diff, if it is to be shown.
    pub(crate) diff: String,
    /// Pins that were moved in it, where nothing else was, as arguments of `pins add`.
    pub(crate) pins: Vec<String>,
    /// The other version of this program that generated it.
    pub(crate) version: Option<String>,
}

impl Departure {
    pub(crate) fn new(change: &Change, diffs: Diffs) -> Self {
        let absent = matches!(change.kind, Kind::Missing | Kind::Planted | Kind::LeftOver);
        let diff = match diffs {
            Diffs::Short(most) if !absent => shortened(&diff(change), most),
            Diffs::Present if !absent => diff(change),
            Diffs::All if change.kind != Kind::Planted => diff(change),
            _ => String::new(),
        };
        let pins = change.after.as_ref().filter(|_| change.kind == Kind::Repinned);
        let pins = pins.and_then(|after| moved(&unsealed(after), &unsealed(&change.before))).unwrap_or_default();
        let removes = change.after.is_none();
        Self { path: change.path.clone(), kind: change.kind, removes, diff, pins, version: None }
    }

    /// The same with the version that generated it, where that is another one.
    pub(crate) fn by(mut self, version: Option<(&str, bool)>) -> Self {
        let is_other = matches!(self.kind, Kind::OlderVersion | Kind::NewerVersion);
        self.version = version.filter(|_| is_other).map(|(version, _)| version.to_owned());
        self
    }

    /// The state of the file.
    pub(crate) fn state(&self) -> String {
        let this = env!("CARGO_PKG_VERSION");
        match &self.version {
            Some(other) => format!("{}, {other}, and this is {this}", self.kind.word()),
            None => self.kind.word().to_owned(),
        }
    }

    /// The fix.
    pub(crate) fn help(&self) -> String {
        self.kind.help().to_owned()
    }
}

/// Returns the change of a file as a unified diff.
fn diff(change: &Change) -> String {
    let after = change.after.as_deref().unwrap_or_default();
    let (from, to) = (format!("a/{}", change.path), format!("b/{}", change.path));
    // The seal differs wherever anything does, so it is shown only where nothing else would be.
    let texts = (unsealed(&change.before), unsealed(after));
    let (before, after) = if texts.0 == texts.1 { (&*change.before, after) } else { (&*texts.0, &*texts.1) };
    let text = TextDiff::from_lines(before, after);
    text.unified_diff().context_radius(3).header(&from, &to).to_string()
}

/// The first lines of a diff, the last of them about those that are left out.
fn shortened(diff: &str, most: usize) -> String {
    let lines = diff.lines().count();
    if lines <= most {
        return diff.to_owned();
    }
    let shown: String = diff.split_inclusive('\n').take(most - 1).collect();
    format!("{shown}… {} more lines; `pipewright check --full` shows them\n", lines - most + 1)
}
