//! Inputs of custom workflows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An input of a manual start or a call.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Input {
    /// Text in the form.
    ///
    /// Default: the input's name.
    /// Example: `"Which part of the version is raised"`
    #[serde(default)]
    pub description: Option<String>,
    /// Type of the input; `options` make it a choice.
    ///
    /// Example: `"string"`
    #[serde(default)]
    pub kind: InputKind,
    /// Options to choose from, in the form of a manual start.
    ///
    /// Example: `["patch", "minor", "major"]`
    #[serde(default)]
    pub options: Vec<String>,
    /// Value if the form is left empty, or the caller gives none.
    ///
    /// Default: the input is required; a `boolean` is `false`.
    /// Example: `"patch"`
    #[serde(default)]
    pub default: Option<String>,
}

/// Type of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
}
