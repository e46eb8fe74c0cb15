//! `check --fix`: certain fixes of a definition, with its comments and layout.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

/// Mistakes of every kind that has a certain fix.
const MISTAKES: &str = "\
# The pipeline of a library.
version = 1

[project]
name = 'small'          # its name
timeuot = \"20 min\"

[componets.tool]        # one component
python = 3.12           # a version, no number
install = { pip = \"requirements.txt\" }

[componets.other]
path = \"other\"
python = \"3.12\"
checks = { lint = \"ruff check .\" }
skip-unchanged = true   # of the project

[tests.tool]
component = \"toool\"
measure   = [\"src\"]     # what is measured
report-version = \"3.12\"
distribute     = \"load-scope\"
runner  = \"pytset\"
shards  = \"4\"
timeout-minutes = 15

[quarantine.\"tests/test_a.py\"]
reason = \"slow\"
until  = \"2999-01-01\"

[gates]
pass-rate = \"99,5 %\"
order     = \"randomm\"

[allow]
# a comment stays
order-not-randm = \"the tests share a database\"
";

fn project(definition: &str) -> Project {
    let project = Project::of(definition).with("requirements.txt", "pytest\n").with("tests/test_a.py", "");
    project.with("other/a.py", "")
}

#[test]
fn every_certain_mistake_is_fixed_and_the_definition_checked_again() {
    let project = project(MISTAKES);
    let ran = project.run(["check", "--fix", "-q"]);
    assert!(ran.out.is_empty() && !ran.err.contains("error["), "{ran:?}");
    assert_snapshot!(project.read("pipeline.toml"), @"
    # The pipeline of a library.
    version = 1

    [project]
    skip-unchanged = true   # of the project
    name = 'small'          # its name
    timeout = \"20m\"

    [components.tool]        # one component
    python = \"3.12\"           # a version, no number
    install = { pip = [\"requirements.txt\"] }

    [components.other]
    path = \"other\"
    python = \"3.12\"
    checks = { lint = \"ruff check .\" }

    [tests.tool]
    component = \"tool\"
    coverage.source   = [\"src\"]     # what is measured
    coverage.version = \"3.12\"
    dist     = \"loadscope\"
    runner  = \"pytest\"
    shards  = 4
    timeout = \"15m\"

    [quarantine.\"tests/test_a.py\"]
    reason = \"slow\"
    until  = 2999-01-01

    [gates]
    pass-rate = \"99.5%\"
    order     = \"random\"

    [allow]
    # a comment stays
    ");
    let ran = self::project(MISTAKES).run(["check", "--fix"]);
    assert_snapshot!(ran.out, @"
    fixed[unknown-key]: pipeline.toml:6: there is no key `timeuot` here: write `timeout`
    fixed[unknown-key]: pipeline.toml:8: there is no key `componets` here: write `components`
    fixed[unknown-key]: pipeline.toml:20: `measure` is now `coverage.source`: write `coverage.source`
    fixed[unknown-key]: pipeline.toml:21: `report-version` is now `coverage.version`: write `coverage.version`
    fixed[unknown-key]: pipeline.toml:22: `distribute` is now `dist`: write `dist = \"loadscope\"`
    fixed[wrong-type]: pipeline.toml:24: expected an integer, found a string: write `4`
    fixed[unknown-key]: pipeline.toml:25: there is no key `timeout-minutes` here: write `timeout = \"15m\"`
    fixed[invalid-value]: pipeline.toml:32: invalid value `\"99,5 %\"` for `gates.pass-rate`: write `\"99.5%\"`
    fixed[unknown-value]: pipeline.toml:33: `\"randomm\"` is not one of `random` and `fixed`: write `\"random\"`
    fixed[invalid-value]: pipeline.toml:6: invalid value `\"20 min\"` for `project.timeout`: write `\"20m\"`
    fixed[wrong-type]: pipeline.toml:9: expected a string or a table or a list, found a number: write `\"3.12\"`
    fixed[wrong-type]: pipeline.toml:10: expected a list, found a string: write `[\"requirements.txt\"]`
    fixed[unknown-key]: pipeline.toml:16: there is no key `skip-unchanged` here: move `skip-unchanged` to `[project]`
    fixed[invalid-value]: pipeline.toml:29: expected a date, found a string: write `2999-01-01`
    fixed[unknown-name]: pipeline.toml:19: there is no `toool` in `[components]`: write `\"tool\"`
    fixed[runner-name]: pipeline.toml:23: there is no runner `pytset`: write `\"pytest\"`
    fixed[allow]: pipeline.toml:37: there is no rule `order-not-randm`: write `order-not-random`
    fixed[allow]: pipeline.toml:37: there is no warning of `order-not-random` to allow: remove `order-not-random`
    ");
    // Nothing is left to fix.
    let before = project.tree();
    let ran = project.run(["check", "--fix"]);
    assert!(ran.out.starts_with("pipeline.toml: no certain fix, nothing was changed\n"), "{ran:?}");
    assert_eq!(project.tree(), before);
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn a_choice_is_left_to_its_author() {
    for (wrong, mistake) in [
        // Seconds, or minutes?
        ("[gates]\nslowest = 30\n", "expected a string, found an integer"),
        // The right key is there, too.
        ("[gates]\npass-rate = \"100%\"\npass-rat = \"99%\"\n", "there is no key `pass-rat` here"),
        // Another name, and no misspelt one.
        (
            "[components.app]\npath = \".\"\npython = \"3.12\"\n[tests.a]\ncomponent = \"api\"\nrunner = \"pytest\"\n",
            "there is no `api`",
        ),
        (
            "[components.py39]\npython = \"3.12\"\n[tests.a]\ncomponent = \"py38\"\nrunner = \"pytest\"\n",
            "there is no `py38`",
        ),
        // A key that fits, with a value that does not.
        ("[gates]\norde = 3\n", "there is no key `orde` here"),
        // A key of parts with names: which of them?
        ("[gates]\nshards = 3\n", "there is no key `shards` here"),
    ] {
        let project = project(&format!("{SMALL}{wrong}"));
        let before = project.tree();
        let ran = project.run(["check", "--fix"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains(mistake) && !ran.err.contains("certain"), "{wrong}: {ran:?}");
        assert_eq!(ran.out, "pipeline.toml: no certain fix, nothing was changed\n");
        assert_eq!(project.tree(), before, "{wrong}");
    }
}

#[test]
fn syntax_is_fixed_where_one_word_is_wrong() {
    let project =
        project(&format!("{SMALL}\n[images.tool]\ncontext = “other”\nattest = True\nrepository = ghcr.io/acme/tool\n"));
    let ran = project.run(["check", "--fix"]);
    assert!(ran.err.contains("error["), "{ran:?}");
    assert_eq!(
        project.read("pipeline.toml").split("[images.tool]\n").last(),
        Some("context = \"other\"\nattest = true\nrepository = \"ghcr.io/acme/tool\"\n"),
        "{ran:?}"
    );
}

#[test]
fn an_entry_that_allows_nothing_is_removed() {
    let block = format!("{SMALL}\n[allow]\n# why\norder-not-random = \"shared\"\n");
    let inline = "allow = { order-not-random = \"a\", dockerfile-order = \"b\" }\n";
    for (before, after) in [
        (block.clone(), format!("{SMALL}\n[allow]\n# why\n")),
        (format!("{inline}{SMALL}"), format!("allow = {{ }}\n{SMALL}")),
    ] {
        let project = project(&before);
        let ran = project.run(["check", "--fix"]);
        assert_eq!(project.read("pipeline.toml"), after, "{ran:?}");
        assert!(ran.out.contains("fixed[allow]: pipeline.toml:"), "{ran:?}");
    }
}

#[test]
fn line_ends_and_the_bases_of_a_definition() {
    let base = "[project]\nname = \"small\"\ntimeuot = \"5m\"\n";
    let project = Project::of("version = 1\r\nextends = \"base.toml\"\r\n[components.tool]\r\npython = 3.12\r\n");
    let project = project.with("base.toml", base);
    let ran = project.run(["check", "--fix"]);
    assert!(ran.out.contains("fixed[unknown-key]: base.toml:3: "), "{ran:?}");
    let expected = "version = 1\r\nextends = \"base.toml\"\r\n[components.tool]\r\npython = \"3.12\"\r\n";
    assert_eq!(project.read("pipeline.toml"), expected);
    assert_eq!(project.read("base.toml"), base.replace("timeuot", "timeout"));
}

#[test]
fn the_fix_is_data_of_every_document() {
    let project = project(&SMALL.replace("name =", "timeuot = \"5m\"\nname ="));
    let text = project.read("pipeline.toml");
    let ran = project.run(["check", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let fix = &document["diagnostics"][0]["fix"];
    let start = text.find("timeuot").expect("the key");
    let edits = serde_json::json!([{ "file": "pipeline.toml", "start": start, "end": start + 7, "text": "timeout" }]);
    assert_eq!(*fix, serde_json::json!({ "title": "write `timeout`", "edits": edits }));
    let ran = project.run(["check", "--format", "sarif"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let region = serde_json::json!({ "startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 8 });
    let replacement = serde_json::json!({ "deletedRegion": region, "insertedContent": { "text": "timeout" } });
    let change = serde_json::json!({ "artifactLocation": { "uri": "pipeline.toml" }, "replacements": [replacement] });
    let fix = serde_json::json!([{ "description": { "text": "write `timeout`" }, "artifactChanges": [change] }]);
    assert_eq!(document["runs"][0]["results"][0]["fixes"], fix);
    let ran = project.run(["check", "--fix", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let fixed = serde_json::json!([{
        "code": "unknown-key", "file": "pipeline.toml", "line": 4,
        "message": "there is no key `timeuot` here", "title": "write `timeout`",
    }]);
    assert_eq!(document["fixed"], fixed);
}

#[test]
fn only_files_are_fixed() {
    let ran = project(SMALL).run_with(["check", "--fix", "-"], SMALL);
    assert_snapshot!(ran.whole(), @"
    stderr:
    error: standard input cannot be fixed
      = help: name the file, or print its findings with `pipewright check -`
    status: 2
    ");
    assert_eq!(project(SMALL).run(["check", "--fix", "--staged"]).code, 2);
}
