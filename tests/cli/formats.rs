//! The four formats: what is said is the same in each.

use insta::assert_snapshot;
use serde_json::Value;

use crate::SMALL;
use crate::support::Project;

/// Two mistakes: an unknown key, and a time without its unit.
fn wrong() -> Project {
    Project::of(&SMALL.replace("python = \"3.12\"", "pyhton = \"3.12\"\ntimeout = \"5\""))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn json_is_one_document() {
    let ran = wrong().run(["check", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    assert_snapshot!(ran.out, @r#"
    {
      "diagnostics": [
        {
          "code": "unknown-key",
          "level": "error",
          "message": "there is no key `pyhton` here",
          "help": "did you mean `python`?",
          "place": {
            "file": "pipeline.toml",
            "line": 7,
            "column": 1,
            "end-line": 7,
            "end-column": 7,
            "start": 57,
            "end": 63,
            "key": "components.tool.pyhton"
          },
          "related": [],
          "fix": {
            "title": "write `python`",
            "edits": [
              {
                "file": "pipeline.toml",
                "start": 57,
                "end": 63,
                "text": "python"
              }
            ]
          }
        },
        {
          "code": "invalid-value",
          "level": "error",
          "message": "invalid value `\"5\"` for `components.tool.timeout`",
          "help": "write `timeout = \"5s\"`",
          "place": {
            "file": "pipeline.toml",
            "line": 8,
            "column": 11,
            "end-line": 8,
            "end-column": 14,
            "start": 83,
            "end": 86,
            "key": "components.tool.timeout"
          },
          "related": []
        }
      ]
    }
    "#);
    assert!(json(&ran.out)["diagnostics"].is_array());
}

#[test]
fn sarif_is_one_document() {
    let ran = wrong().run(["check", "--format", "sarif"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    let sarif = json(&ran.out);
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let rules: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    assert_eq!(rules, ["unknown-key", "invalid-value"]);
    let region = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(region["artifactLocation"]["uri"], "pipeline.toml");
    assert_eq!((&region["region"]["startLine"], &region["region"]["startColumn"]), (&7.into(), &1.into()));
}

#[test]
fn github_is_a_line_each() {
    let ran = wrong().run(["check", "--format", "github"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    assert_snapshot!(ran.out, @r#"
    ::error file=pipeline.toml,line=7,col=1,title=unknown-key::there is no key `pyhton` here%0Ahelp: did you mean `python`?
    ::error file=pipeline.toml,line=8,col=11,title=invalid-value::invalid value `"5"` for `components.tool.timeout`%0Ahelp: write `timeout = "5s"`
    "#);
}

#[test]
fn github_is_told_about_drift() {
    let project = Project::of(SMALL).generated().append(".github/workflows/ci.yml", "# by hand\n");
    let ran = project.run(["check", "--format", "github"]);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.out, @"::error file=.github/workflows/ci.yml,title=Drift::.github/workflows/ci.yml is edited by hand; move the edit into the definition, or run `pipewright generate --force` to drop it");
}

#[test]
fn several_definitions_are_one_document() {
    let project = wrong();
    project.write("other.toml", "version = 1\n");
    for (format, list) in [("json", "/diagnostics"), ("sarif", "/runs/0/results")] {
        let ran = project.run(["check", "--format", format, "pipeline.toml", "other.toml"]);
        let found = json(&ran.out).pointer(list).and_then(Value::as_array).map(Vec::len);
        assert_eq!(found, Some(3), "{ran:?}");
    }
}

#[test]
fn a_document_without_findings_is_a_document() {
    let project = Project::of(SMALL).generated();
    assert_eq!(json(&project.run(["check", "--format", "json"]).out), json("{ \"diagnostics\": [] }"));
    assert_eq!(json(&project.run(["check", "--format", "sarif"]).out)["runs"][0]["results"], json("[]"));
}

#[test]
fn a_pipe_gets_no_colours() {
    let ran = wrong().run(["check"]);
    assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn the_schema_is_printed() {
    let ran = Project::empty().run(["schema"]);
    assert_eq!(ran.code, 0);
    assert_eq!(json(&ran.out)["title"], "pipeline.toml");
}

#[test]
fn documents_tell_of_drift_too() {
    let project = Project::of(SMALL).generated().append(".github/workflows/ci.yml", "# by hand\n");
    let ran = project.run(["check", "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let found = &json(&ran.out)["diagnostics"];
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found[0]["code"], "drift");
    assert_eq!(found[0]["place"]["file"], ".github/workflows/ci.yml");
    let ran = project.run(["check", "--format", "sarif"]);
    let result = &json(&ran.out)["runs"][0]["results"][0];
    assert_eq!((ran.code, &result["ruleId"]), (1, &Value::from("drift")));
}
