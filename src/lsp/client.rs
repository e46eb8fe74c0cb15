//! Abilities of a client, as it names them at the start.

use serde_json::Value;

use super::position::Encoding;

/// Abilities of a client, and settings of the call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// Diagnostics may name other places.
    pub(super) reads_related: bool,
    /// Warnings are errors.
    pub(super) denies_warnings: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn of(parameters: &Value, denies_warnings: bool) -> Self {
        let ability = |path: &str| parameters.pointer(&format!("/capabilities/{path}"));
        let encodings = ability("general/positionEncodings").and_then(Value::as_array);
        let is_utf8 = encodings.is_some_and(|all| all.iter().any(|one| one == Encoding::Utf8.as_str()));
        let related = ability("textDocument/publishDiagnostics/relatedInformation").and_then(Value::as_bool);
        Self {
            encoding: if is_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            reads_related: related == Some(true),
            denies_warnings,
        }
    }
}
