//! One definition, compiled for a command that looks at its workflows.

use pipewright::Compilation;
use pipewright::sources::Sources;
use serde_json::Map;

use super::failure::Failure;
use super::locks::Locks;
use super::place::Place;
use super::project::Compiled;
use super::report;
use super::settings::Settings;

/// Compiles a definition, with the pins that the program knows. None for a definition with errors, which are printed.
///
/// # Errors
///
/// The failure of a call whose definition cannot be read.
pub(crate) fn workflows(place: &Place, settings: &Settings) -> Result<Option<Compilation>, Failure> {
    let mut sources = read(place)?;
    Locks::default().recorded(std::slice::from_ref(place)).apply(&place.root, &mut sources);
    let compilation = pipewright::compile(&sources);
    if !compilation.failed() {
        return Ok(Some(compilation));
    }
    let all = [Compiled::invalid(place, sources, compilation.diagnostics)];
    report::print(&all, settings);
    report::document(&all, false, Map::new(), settings);
    Ok(None)
}

/// Reads a definition and what it names.
pub(crate) fn read(place: &Place) -> Result<Sources, Failure> {
    place.sources().map_err(|error| Failure::io(error.to_string(), Some(&error.help)))
}
