//! Text that is about to change on disk is read back: it must say what the model says, in GitHub's own syntax.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::workflow::Workflow;
use crate::yaml::{Node, emit};

/// GitHub's workflow syntax, in our words.
pub const SCHEMA: &str = include_str!("../schema/workflow.schema.json");

/// Reads a workflow's text back.
///
/// # Errors
///
/// What is wrong with the text; always a fault of this program, never of a definition.
pub fn read_back(workflow: &Workflow, text: &str) -> Result<(), String> {
    let fault = |what: String| format!("{}: {what}; this is a fault of pipewright, please report it", workflow.file);
    let read: Value = serde_yaml::from_str(text).map_err(|error| fault(error.to_string()))?;
    if read != as_json(&emit::tree(workflow)) {
        return Err(fault("the text does not say what was meant".to_owned()));
    }
    let validator = validator().as_ref().map_err(|error| fault(error.clone()))?;
    let found: Vec<String> =
        validator.iter_errors(&read).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect();
    if found.is_empty() { Ok(()) } else { Err(fault(found.join("; "))) }
}

fn validator() -> &'static Result<Validator, String> {
    static VALIDATOR: OnceLock<Result<Validator, String>> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
        jsonschema::draft7::new(&schema).map_err(|error| error.to_string())
    })
}

fn as_json(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => (*value).into(),
        Node::Int(value) => (*value).into(),
        Node::Str(text) => text.as_str().into(),
        Node::Seq(items) => items.iter().map(|item| as_json(&item.value)).collect(),
        Node::FlowSeq(items) => items.iter().map(as_json).collect(),
        Node::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), as_json(&entry.value))).collect())
        }
    }
}
