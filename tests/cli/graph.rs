//! `graph`: the jobs of workflows as Mermaid and as SVG.

use insta::assert_snapshot;
use serde_json::Value;

use crate::SMALL;
use crate::support::{Project, fixtures};

#[test]
fn mermaid_of_one_workflow() {
    let project = Project::of(SMALL);
    assert_snapshot!(project.run(["graph"]).whole(), @r#"
    stdout:
    flowchart LR
      drift["Drift"]
      tool["tool"]
      passed["small passed"]
      drift --> passed
      tool --> passed
    status: 0
    "#);
    assert_eq!(project.run(["graph", "-w", "ci.yml"]).out, project.run(["graph", "--workflow", "ci"]).out);
}

#[test]
fn several_workflows_are_subgraphs() {
    let ran = Project::from("three-environments").run(["graph"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("  subgraph w0[\"ci.yml\"]\n    w0-drift[\"Drift\"]\n"), "{ran:?}");
    assert!(ran.out.contains("    w1-approve-production --> w1-deploy-production\n"), "{ran:?}");
}

#[test]
fn a_picture_is_well_formed_and_readable_without_seeing_it() {
    let ran = Project::from("three-environments").run(["graph", "--svg", "-w", "deploy"]);
    assert_eq!(ran.code, 0);
    let document = well_formed(&ran.out);
    for text in [
        "role=\"img\"",
        "<title id=\"title\">Jobs of deploy.yml</title>",
        "Deploy to production needs Approve production.",
    ] {
        assert!(document.contains(text), "no {text}: {document}");
    }
}

/// The text of an SVG picture, of which every element ends in order.
fn well_formed(text: &str) -> &str {
    let mut open: Vec<&str> = Vec::new();
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.split([' ', '/', '\n']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{text}");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    text
}

/// Positions of the jobs of a picture: left, top, width, height.
fn boxes(text: &str) -> Vec<[usize; 4]> {
    let number = |tag: &str, key: &str| -> usize {
        let value = tag.split(&format!(" {key}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {key}: {tag}"))
    };
    text.split("<rect").skip(1).map(|tag| ["x", "y", "width", "height"].map(|key| number(tag, key))).collect()
}

#[test]
fn no_two_jobs_overlap_and_the_output_is_the_same_each_time() {
    for fixture in fixtures().into_iter().filter(|name| !name.contains("pipelines")) {
        let project = Project::from(&fixture);
        let arguments = ["graph", "--svg"].into_iter().map(str::to_owned).chain(crate::support::definitions(&fixture));
        let arguments: Vec<String> = arguments.collect();
        let ran = project.run(&arguments);
        assert_eq!(ran.code, 0, "{fixture} {ran:?}");
        assert_eq!(ran.out, project.run(&arguments).out, "{fixture}");
        let boxes = boxes(well_formed(&ran.out));
        for (index, one) in boxes.iter().enumerate() {
            for other in &boxes[index + 1..] {
                // A job of a matrix has a second frame behind it, moved by four.
                let is_same = one[2] == other[2] && one[0].abs_diff(other[0]) == 4 && one[1].abs_diff(other[1]) == 4;
                let apart = |a: usize| one[a] + one[a + 2] <= other[a] || other[a] + other[a + 2] <= one[a];
                assert!(is_same || apart(0) || apart(1), "{fixture}: {one:?} {other:?}");
            }
        }
    }
}

#[test]
fn json_has_every_job() {
    let ran = Project::of(SMALL).run(["graph", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("a document");
    assert_eq!(document["workflows"][0]["jobs"][2]["needs"], serde_json::json!(["drift", "tool"]), "{document:#}");
}

#[test]
fn a_workflow_that_does_not_exist_is_refused() {
    let ran = Project::of(SMALL).run(["graph", "-w", "cd"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: there is no workflow `cd`\n  = help: there is `ci.yml`\n"));
    let ran = Project::of(&SMALL.replace("python", "pyhton")).run(["graph"]);
    assert!(ran.code == 3 && ran.out.is_empty() && ran.err.contains("did you mean `python`?"), "{ran:?}");
    assert_eq!(Project::empty().run_with(["graph", "-"], SMALL).code, 0);
}
