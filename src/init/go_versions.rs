//! Versions of Go: those that jobs set up, else the one of the module or the workspace.

use super::own::Version;
use super::project::Versions;
use super::walk::{Folder, View};

/// Version of a project that declares none.
pub(super) const USUAL: &str = "1.26";

/// The first release whose `go test` has the flag `-shuffle`, which the tests of a pipeline are started with.
///
/// Source: <https://go.dev/doc/go1.17#go-test>
const WITH_SHUFFLE: (u32, u32) = (1, 17);

/// The versions of jobs that test, not older than the declared one, which is no more than a lower bound.
pub(super) fn versions(view: &View<'_>, folder: &Folder, declared: Versions) -> Versions {
    let least = declared.list.first().filter(|_| declared.from.is_some()).and_then(|version| minor(version));
    let tested = view.own.tested(&folder.path, "go");
    let all = if tested.is_empty() && folder.path.is_empty() { view.own.versions("go").collect() } else { tested };
    let least = least.unwrap_or(WITH_SHUFFLE).max(WITH_SHUFFLE);
    if let Some(found) = set_up(&all, least) {
        return found;
    }
    let old = declared.list.iter().find(|version| minor(version).is_some_and(|version| version < least));
    let Some((old, file)) = old.zip(declared.from.as_ref()) else { return declared };
    let reason = format!("{file} has {old}, whose `go test` has no `-shuffle`");
    Versions { list: vec![USUAL.to_owned()], from: Some(reason) }
}

/// The versions that jobs set up, from the least one on; what may break without a change is left out.
fn set_up(all: &[&Version], least: (u32, u32)) -> Option<Versions> {
    let mut found: Vec<((u32, u32), &str, String)> = all
        .iter()
        .filter_map(|known| {
            let text = known.text.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
            let text = text.trim_end_matches(".x").trim_end_matches(".*");
            Some((minor(text)?, text, known.place.to_string()))
        })
        .filter(|(version, ..)| *version >= least)
        .collect();
    found.sort_by_key(|(version, text, _)| (*version, text.len()));
    // A patch version beside its own minor one tests nothing more.
    found.dedup_by_key(|(version, ..)| *version);
    let from = found.first()?.2.clone();
    Some(Versions { list: found.into_iter().map(|(_, text, _)| text.to_owned()).collect(), from: Some(from) })
}

/// The first two numbers of a version of digits and dots.
pub(super) fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let found = (parts.next()??, parts.next()??);
    parts.all(|part| part.is_some()).then_some(found)
}
