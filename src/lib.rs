//! Pipewright compiles one typed `pipeline.toml` into hardened GitHub Actions workflows, and keeps them true.

pub mod catalogue;
mod checks;
pub mod definition;
pub mod diagnostics;
pub mod pins;
pub mod sources;
pub mod templates;
pub mod trace;
pub mod workflow;

pub use checks::explain::{codes, explain};
use diagnostics::Diagnostic;
use sources::Sources;

/// What became of a definition.
#[derive(Debug)]
pub struct Compilation {
    /// Everything that is wrong with it, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a definition: the passes in order.
pub fn compile(sources: &Sources) -> Compilation {
    let read = definition::read(sources);
    let mut diagnostics = read.diagnostics;
    if let Some(definition) = &read.definition {
        diagnostics.extend(checks::check(&checks::Subject { definition, sources }));
    }
    Compilation { diagnostics }
}
