//! Rust, by the rustup that GitHub's machines have.

use minijinja::context;

use super::toolchain::{Installer, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::workflow::{Pairs, Step, Value, pairs};

pub(crate) struct Rust;

impl Toolchain for Rust {
    fn key(&self) -> &'static str {
        "rust"
    }

    fn title(&self) -> &'static str {
        "Rust"
    }

    fn example(&self) -> &'static str {
        "1.95"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.rust.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[]
    }

    fn other_locks(&self) -> &'static [&'static str] {
        &["Cargo.lock"]
    }

    fn workspace_files(&self) -> &'static [&'static str] {
        &["Cargo.lock"]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rs"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &["\"0.0.0.0:", "[0, 0, 0, 0], "]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let script = supplies.short("steps/rust.sh", context! { folders => folders_up(set_up.folder) });
        let install = Step::run("Set up Rust", script, set_up.origin.clone()).env([("RUST_VERSION", set_up.version)]);
        let cache = set_up.shares_cache().then(|| cache(set_up, supplies));
        std::iter::once(install).chain(cache).collect()
    }
}

/// A cache for one kind of build: a key that exists is never saved again, so the first job that saved it decides what
/// all others restore.
///
/// Source: <https://github.com/Swatinem/rust-cache/blob/v2.9.2/src/save.ts>, `isCacheUpToDate`
fn cache(set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Step {
    let mut with: Pairs = Vec::new();
    if !set_up.folder.is_empty() {
        with.extend(pairs![("workspaces", set_up.folder)]);
    }
    let key = Value::from(set_up.build) + "_" + set_up.version;
    with.extend(pairs![("shared-key", key), ("save-if", set_up.restorable.clone())]);
    set_up.uses("Restore build cache", "Swatinem/rust-cache", with, supplies)
}

/// Returns a folder and all above it, the nearest first.
fn folders_up(folder: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut rest = folder;
    while !rest.is_empty() {
        folders.push(format!("./{rest}"));
        rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folders.push(".".to_owned());
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_for_a_toolchain_file_from_the_folder_up_to_the_root() {
        assert_eq!(folders_up(""), ["."]);
        assert_eq!(folders_up("services/api"), ["./services/api", "./services", "."]);
    }
}
