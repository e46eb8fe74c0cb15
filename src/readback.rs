//! Text that is about to change on disk is read back: it has to equal the model, in GitHub's syntax.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::workflow::Workflow;
use crate::workflow::expression::{Error, check_functions, parse_condition, parse_embedded};
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
        return Err(fault("the text differs from the model".to_owned()));
    }
    expressions(&read, false).map_err(|error| fault(error.message))?;
    let validator = validator().as_ref().map_err(|error| fault(error.clone()))?;
    let found: Vec<String> =
        validator.iter_errors(&read).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect();
    if found.is_empty() { Ok(()) } else { Err(fault(found.join("; "))) }
}

/// Makes ready what reading back needs, which takes as long as a compilation: for a thread beside one.
pub fn prepare() {
    let _ = validator();
}

/// Parses every expression of a node; an `if` is one without braces, too.
fn expressions(node: &Value, is_condition: bool) -> Result<(), Error> {
    match node {
        Value::String(text) => {
            let parsed = if is_condition { vec![parse_condition(text)?] } else { parse_embedded(text)? };
            let mut unknown = parsed.iter().flat_map(check_functions);
            unknown.next().map_or(Ok(()), Err)
        }
        Value::Array(items) => items.iter().try_for_each(|item| expressions(item, false)),
        Value::Object(entries) => entries.iter().try_for_each(|(key, value)| expressions(value, key == "if")),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn validator() -> &'static Result<Validator, String> {
    static VALIDATOR: OnceLock<Result<Validator, String>> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
        jsonschema::draft7::new(&schema).map_err(|error| error.to_string())
    })
}

fn as_json(node: &Node<'_>) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => (*value).into(),
        Node::Int(value) => (*value).into(),
        Node::Str(text) => text.as_ref().into(),
        Node::Seq(items) => items.iter().map(|item| as_json(&item.value)).collect(),
        Node::FlowSeq(items) => items.iter().map(as_json).collect(),
        Node::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.to_string(), as_json(&entry.value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::expressions;

    #[test]
    fn every_expression_is_parsed() {
        for node in [
            json!({ "if": "always() && github.ref == 'a'" }),
            json!({ "if": "${{ !cancelled() }}", "env": { "A": "a-${{ toJSON(needs) }}", "B": 5 } }),
            json!({ "steps": [{ "run": "echo {{ }}" }] }),
        ] {
            assert!(expressions(&node, false).is_ok(), "{node}");
        }
        for node in [
            json!({ "if": "github.ref == \"a\"" }),
            json!({ "if": "lower(github.ref)" }),
            json!({ "steps": [{ "env": { "A": "${{ github.ref " } }] }),
            json!({ "steps": [{ "with": { "A": "${{ a b }}" } }] }),
        ] {
            assert!(expressions(&node, false).is_err(), "{node}");
        }
    }
}
