//! `required-version`, looked at before anything else: another version may have other keys.

use toml::de::DeTable;

use crate::at;
use crate::definition::Definition;
use crate::definition::units::{Miss, Requirement, VERSION};
use crate::diagnostics::{Code, Diagnostic};
use crate::sources::{Sources, Text};

/// Rule that this version is one that the definition requires.
pub(super) const CODE: Code = Code("required-version");

/// The finding about a definition that another version is required for.
pub(super) fn unmet(sources: &Sources, definition: Option<&Definition>) -> Option<Diagnostic> {
    let requirement = match definition {
        Some(definition) => definition.project.required_version.clone(),
        None => std::iter::once(&sources.definition).chain(&sources.bases).find_map(written),
    }?;
    let miss = requirement.missed_by(VERSION)?;
    let (direction, help) = match &miss {
        Miss::Older(install) => ("older", format!("install Pipewright {install}")),
        Miss::Newer(install) => {
            ("newer", format!("install Pipewright {install}, or change `required-version` to `\">={VERSION}\"`"))
        }
    };
    let message = format!("this is Pipewright {VERSION}, which is {direction} than `{requirement}` allows");
    Some(Diagnostic::error(CODE, at!["project", "required-version"], message).help(help))
}

/// The requirement in a text that cannot be read otherwise.
fn written(text: &Text) -> Option<Requirement> {
    if !text.text.contains("required-version") {
        return None;
    }
    let (table, _) = DeTable::parse_recoverable(&text.text);
    let project = table.get_ref().get("project")?.get_ref().as_table()?;
    project.get("required-version")?.get_ref().as_str()?.parse().ok()
}
