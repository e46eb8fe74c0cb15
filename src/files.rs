//! The generated files of a compilation: workflows, scripts, and the manifest of them all.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::diagnostics::{Code, Diagnostic};
use crate::seal::{header, instead, seal};
use crate::shared::{self, Shared};
use crate::sources::{Sources, Text};
use crate::workflow::Workflow;
use crate::yaml::emit;

pub use crate::seal::{Generated, MANIFEST, MARK, SCRIPTS, WORKFLOWS, hash, origin, sealed, unsealed};
pub(crate) use crate::seal::{attributes, sealed_below};

/// Files that workflows use, beside the workflows.
#[derive(Debug)]
pub(crate) struct Emitted {
    /// The folder of the pipeline's own files, from the root of the repository.
    pub(crate) folder: String,
    /// Files that all pipelines share, sorted by name.
    pub(crate) shared: Vec<&'static Shared>,
    /// The pipeline's own data: name and text.
    pub(crate) data: Vec<(String, String)>,
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its text.
    pub text: Cow<'static, str>,
}

impl File {
    /// Returns whether every pipeline of the repository has the same file.
    pub fn is_shared(&self) -> bool {
        shared::by_path(&self.path).is_some()
    }
}

/// All files, sorted by path; the manifest comes last.
pub(crate) fn files(sources: &Sources, workflows: &[Workflow], emitted: Emitted) -> Result<Vec<File>, Box<Diagnostic>> {
    let from = Some(sources.definition.file.as_str());
    let mut files = Vec::new();
    for workflow in workflows {
        let mut about = vec![header(from), instead(from)];
        about.extend(workflow.about.iter().cloned());
        let text = emit::workflow(workflow, &about)
            .map_err(|error| Box::new(Diagnostic::error(Code("yaml"), workflow.origin.clone(), error.to_string())))?;
        let text = Cow::Owned(seal(&text, &header(from)));
        files.push(File { path: format!("{WORKFLOWS}/{}", workflow.file), text });
    }
    for (name, text) in emitted.data {
        let text = Cow::Owned(sealed_below(&text, from));
        files.push(File { path: format!("{}/{name}", emitted.folder), text });
    }
    for shared in emitted.shared {
        files.push(File { path: shared.path(), text: Cow::Borrowed(shared.text) });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let manifest = Cow::Owned(manifest(sources, &files));
    files.push(File { path: format!("{}/{MANIFEST}", emitted.folder), text: manifest });
    Ok(files)
}

/// Every input and every output with its hash, in the form that `sha256sum --check` reads.
fn manifest(sources: &Sources, files: &[File]) -> String {
    let mut inputs: Vec<&Text> = vec![&sources.definition];
    inputs.extend(&sources.bases);
    inputs.extend(&sources.lock);
    inputs.extend(sources.templates.values());
    inputs.sort_by(|one, other| one.file.cmp(&other.file));
    let from = &sources.definition.file;
    let mut text =
        format!("# {MARK} {} from {from}.\n# {}\n# inputs\n", env!("CARGO_PKG_VERSION"), instead(Some(from)));
    for input in inputs {
        line(&mut text, &hash(&input.text), &input.file);
    }
    text.push_str("# outputs\n");
    for file in files {
        match shared::by_path(&file.path) {
            Some(shared) => line(&mut text, shared.hash, &file.path),
            None => line(&mut text, &hash(&file.text), &file.path),
        }
    }
    text
}

fn line(manifest: &mut String, hash: &str, path: &str) {
    let _ = writeln!(manifest, "{hash}  {path}");
}

/// Outputs and their hashes, as a manifest lists them.
pub fn listed(manifest: &str) -> impl Iterator<Item = (&str, &str)> {
    let outputs = manifest.split_once("# outputs\n").map_or("", |(_, outputs)| outputs);
    outputs.lines().filter_map(|line| line.split_once("  "))
}
