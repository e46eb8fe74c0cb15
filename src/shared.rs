//! Files that all pipelines of a repository share: the same bytes for everyone who uses this version. The build script
//! makes them.

use crate::seal::SCRIPTS;

/// A file below `.github/pipewright`.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Its name.
    pub(crate) name: &'static str,
    /// The whole text, with its header.
    pub(crate) text: &'static str,
    /// The hash of the text.
    pub(crate) hash: &'static str,
}

/// Every shared file, sorted by name.
static FILES: &[Shared] = &include!(concat!(env!("OUT_DIR"), "/shared.rs"));

/// Files that the shared ones are made of.
static MODULES: &[&str] = &include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Git's attributes of the files beside it.
pub(crate) const ATTRIBUTES: &str = ".gitattributes";

impl Shared {
    /// The path from the root of the repository.
    pub(crate) fn path(&self) -> String {
        format!("{SCRIPTS}/{}", self.name)
    }
}

/// The shared file of this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Shared> {
    FILES.iter().find(|file| file.name == name)
}

/// The shared file of this path from the root of the repository.
pub(crate) fn by_path(path: &str) -> Option<&'static Shared> {
    by_name(path.strip_prefix(SCRIPTS)?.strip_prefix('/')?)
}

/// Returns whether a file of this name is a script, or a module of one.
pub(crate) fn is_script(name: &str) -> bool {
    MODULES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::sealed;
    use crate::seal::hash;
    use crate::templates;

    #[test]
    fn every_file_is_sealed_and_names_no_version() {
        for file in FILES {
            assert_eq!(sealed(file.text), Some(true), "{}", file.name);
            assert_eq!(hash(file.text), file.hash, "{}", file.name);
            let header: String = file.text.lines().take(3).collect();
            assert!(!header.contains(env!("CARGO_PKG_VERSION")), "{header}");
        }
    }

    #[test]
    fn the_drift_script_knows_templates_and_shared_files() {
        let text = by_name("drift.sh").expect("it is shared").text;
        let known = |name: &str| text.split_whitespace().any(|word| word.trim_matches(['"', '\'', ')']) == name);
        let steps = templates::names().filter_map(|name| name.strip_prefix("steps/"));
        for name in steps.chain(FILES.iter().map(|file| file.name)) {
            assert!(text.contains(name), "{name}");
        }
        assert!(known("pytest.sh") && !text.contains('@'));
    }
}
