//! The shared files: name and text.

use std::path::Path;

use crate::bundle::{Modules, bundle, texts};
use crate::seal::sealed_below;

/// The source of a shared file.
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

/// Every shared file, sorted by name.
const FILES: [(&str, Source); 10] = [
    (".gitattributes", Source::Attributes),
    ("aks-credential.sh", Source::Text),
    ("ci.py", Source::Bundle("ci")),
    ("deploy.py", Source::Bundle("deploy")),
    ("drift.sh", Source::Drift),
    ("gke-credential.sh", Source::Text),
    ("pipewright_django.py", Source::Bundle("pipewright_django")),
    ("pipewright_pytest.py", Source::Bundle("pipewright_pytest")),
    ("pytest-plugins.txt", Source::Text),
    ("pytest-timeout.txt", Source::Text),
];

/// Places in `drift.sh`: the names of templates, and those of shared files.
const TEMPLATES: &str = "@templates@";
const SHARED: &str = "@shared@";

/// Every shared file with its text, from the folder of templates.
pub(crate) fn files(templates: &Path) -> Result<Vec<(&'static str, String)>, String> {
    let scripts = texts(&templates.join("scripts"))?;
    let is_module = |name: &str| name.strip_suffix(".py").map(str::to_owned);
    let modules: Modules = scripts.iter().filter_map(|(name, text)| Some((is_module(name)?, text.clone()))).collect();
    let script = |name: &str| scripts.get(name).cloned().ok_or_else(|| format!("templates/scripts has no {name}"));
    let text = |(name, source): &(&'static str, Source)| {
        let text = match source {
            Source::Text => script(name)?,
            Source::Bundle(entry) => {
                script(&format!("{entry}.py"))?;
                bundle(entry, &modules)
            }
            Source::Drift => {
                let names: Vec<String> = texts(&templates.join("steps"))?.into_keys().collect();
                let shared: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
                script(name)?.replace(TEMPLATES, &names.join(" ")).replace(SHARED, &shared.join(" "))
            }
            Source::Attributes => "* text eol=lf linguist-generated\n".to_owned(),
        };
        Ok((*name, sealed_below(&text, None)))
    };
    FILES.iter().map(text).collect()
}
