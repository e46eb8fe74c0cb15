//! The schema of GitHub's workflow syntax tells right from wrong, and says where.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;

fn schema() -> Value {
    let text = fs::read_to_string("schema/workflow.schema.json").expect("the schema is readable");
    serde_json::from_str(&text).expect("the schema is JSON")
}

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).expect("the schema compiles")
}

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests/schema/workflow").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder is readable")
        .map(|entry| entry.expect("the entry is readable").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Where the errors of a workflow are, as JSON pointers.
fn errors(validator: &Validator, text: &str) -> Vec<String> {
    let workflow: Value = serde_yaml::from_str(text).expect("the case is YAML");
    validator.iter_errors(&workflow).map(|error| error.instance_path().to_string()).collect()
}

#[test]
fn is_a_valid_schema() {
    jsonschema::draft7::meta::validate(&schema()).expect("draft-07 allows it");
}

#[test]
fn accepts_what_github_accepts() {
    let validator = validator();
    for path in cases("accept") {
        let text = fs::read_to_string(&path).expect("the case is readable");
        let found = errors(&validator, &text);
        assert!(found.is_empty(), "{}: errors at {found:?}", path.display());
    }
}

/// The first line of a rejected case is a comment: the JSON pointer to its mistake.
#[test]
fn rejects_each_mistake_where_it_is() {
    let validator = validator();
    for path in cases("reject") {
        let text = fs::read_to_string(&path).expect("the case is readable");
        let place = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# "))
            .expect("the first line says where the mistake is");
        let place = if place == "(root)" { "" } else { place };
        let found = errors(&validator, &text);
        assert!(found.iter().any(|error| error == place), "{}: errors at {found:?}, none at {place:?}", path.display());
    }
}
