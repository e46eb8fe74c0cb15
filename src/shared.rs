//! Files that all pipelines of a repository share: the same bytes for everyone who uses this version.

use std::sync::OnceLock;

use crate::bundle;
use crate::seal::{SCRIPTS, hash, sealed_below};
use crate::templates;

/// A file below `.github/pipewright`.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) name: &'static str,
    source: Source,
    made: OnceLock<Made>,
}

#[derive(Debug)]
enum Source {
    /// A text of `templates/scripts` as it is.
    Text,
    /// The module of this name behind everything that it imports.
    Bundle(&'static str),
    /// `drift.sh`, which knows the names of the templates that a user can replace.
    Drift,
    /// `.gitattributes`, which covers the folders below it, too.
    Attributes,
}

/// The text of a shared file, and its hash: both are computed once.
#[derive(Debug)]
struct Made {
    text: String,
    hash: String,
}

/// Every shared file, sorted by name.
static FILES: [Shared; 9] = [
    Shared::new(ATTRIBUTES, Source::Attributes),
    Shared::new("aks-credential.sh", Source::Text),
    Shared::new("ci.py", Source::Bundle("ci")),
    Shared::new("deploy.py", Source::Bundle("deploy")),
    Shared::new("drift.sh", Source::Drift),
    Shared::new("gke-credential.sh", Source::Text),
    Shared::new("pipewright_pytest.py", Source::Bundle("pipewright_pytest")),
    Shared::new("pytest-plugins.txt", Source::Text),
    Shared::new("pytest-timeout.txt", Source::Text),
];

/// Git's attributes of the files beside it.
pub(crate) const ATTRIBUTES: &str = ".gitattributes";

/// Places in `drift.sh`: the names of templates, and those of shared files.
const TEMPLATES: &str = "@templates@";
const SHARED: &str = "@shared@";

impl Shared {
    const fn new(name: &'static str, source: Source) -> Self {
        Self { name, source, made: OnceLock::new() }
    }

    /// The path from the root of the repository.
    pub(crate) fn path(&self) -> String {
        format!("{SCRIPTS}/{}", self.name)
    }

    /// The whole text, with its header.
    pub(crate) fn text(&self) -> &str {
        &self.made().text
    }

    /// The hash of the text.
    pub(crate) fn hash(&self) -> &str {
        &self.made().hash
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let template = || templates::script(self.name).unwrap_or_default();
            let text = match self.source {
                Source::Text => sealed_below(template(), None),
                Source::Bundle(entry) => sealed_below(&bundle::bundle(entry), None),
                Source::Drift => {
                    let names: Vec<&str> = templates::file_names().collect();
                    let shared: Vec<&str> = FILES.iter().map(|file| file.name).collect();
                    let text = template().replace(TEMPLATES, &names.join(" ")).replace(SHARED, &shared.join(" "));
                    sealed_below(&text, None)
                }
                Source::Attributes => sealed_below("* text eol=lf linguist-generated\n", None),
            };
            let hash = hash(&text);
            Made { text, hash }
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::sealed;

    #[test]
    fn every_file_is_sealed_and_names_no_version() {
        for file in &FILES {
            assert_eq!(sealed(file.text()), Some(true), "{}", file.name);
            let header: String = file.text().lines().take(3).collect();
            assert!(!header.contains(env!("CARGO_PKG_VERSION")), "{header}");
        }
    }

    #[test]
    fn the_drift_script_knows_templates_and_shared_files() {
        let text = by_name("drift.sh").expect("it is shared").text();
        assert!(text.contains("pytest.sh") && text.contains("ci.py") && !text.contains('@'));
    }
}
