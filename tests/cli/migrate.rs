//! `migrate`: names of earlier versions of the language, rewritten in place.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

/// A definition with every name that an earlier version had.
const OLD: &str = "\
version = 1
[project]
name = \"old\"
timeout = 20            # a mistake of another kind stays

[components.tool]
python = \"3.12\"

[tests.tool]
component = \"tool\"
runner    = \"pytest\"
measure   = [\"src\"]     # what is measured
report-version = \"3.12\"
distribute     = \"load-scope\"

[suites.slow]
of   = \"tool\"
paths = [\"tests/slow\"]
# with the nightly run
also = [\"nightly\"]

[environments.staging]
finally = [{ run = \"make warm\" }]
traffic = { workload = \"api\", through = \"gateway-api\" }
migrate = { workload = \"api\", run = \"up\", verify = \"check\", on-restore = \"keep\" }

[environments.production]
after = \"staging\"       # the one before
after-steps = true

[notify]
issue = { labels = [], on = [\"restored\", \"failure\"] }
";

#[test]
fn former_names_are_rewritten_and_nothing_else() {
    let project = Project::of(OLD);
    let shown = project.run(["migrate", "--diff"]);
    assert_eq!((shown.code, project.read("pipeline.toml").as_str()), (0, OLD), "{shown:?}");
    assert_snapshot!(shown.out, @"
    --- a/pipeline.toml
    +++ b/pipeline.toml
    @@ -9,24 +9,24 @@
     [tests.tool]
     component = \"tool\"
     runner    = \"pytest\"
    -measure   = [\"src\"]     # what is measured
    -report-version = \"3.12\"
    -distribute     = \"load-scope\"
    +coverage.source   = [\"src\"]     # what is measured
    +coverage.version = \"3.12\"
    +dist     = \"loadscope\"
     
     [suites.slow]
     of   = \"tool\"
     paths = [\"tests/slow\"]
     # with the nightly run
    -also = [\"nightly\"]
    +on = [\"nightly\"]
     
     [environments.staging]
    -finally = [{ run = \"make warm\" }]
    -traffic = { workload = \"api\", through = \"gateway-api\" }
    -migrate = { workload = \"api\", run = \"up\", verify = \"check\", on-restore = \"keep\" }
    +after = [{ run = \"make warm\" }]
    +traffic = { workload = \"api\", provider = \"gateway-api\" }
    +migrate = { workload = \"api\", run = \"up\", verify = \"check\", on-rollback = \"keep\" }
     
     [environments.production]
    -after = \"staging\"       # the one before
    +needs = \"staging\"       # the one before
     after-steps = true
     
     [notify]
    -issue = { labels = [], on = [\"restored\", \"failure\"] }
    +issue = { labels = [], on = [\"rollback\", \"failure\"] }
    ");
    let ran = project.run(["migrate"]);
    assert_eq!(ran.code, 3, "other mistakes are reported: {ran:?}");
    assert!(ran.err.contains("write `timeout = ") && !ran.err.contains("is now"), "{ran:?}");
    assert_snapshot!(ran.out, @"
    fixed[unknown-key]: pipeline.toml:12: `measure` is now `coverage.source`: write `coverage.source`
    fixed[unknown-key]: pipeline.toml:13: `report-version` is now `coverage.version`: write `coverage.version`
    fixed[unknown-key]: pipeline.toml:14: `distribute` is now `dist`: write `dist = \"loadscope\"`
    fixed[unknown-key]: pipeline.toml:20: `also` is now `on`: write `on`
    fixed[unknown-key]: pipeline.toml:23: `finally` is now `after`: write `after`
    fixed[unknown-key]: pipeline.toml:24: `through` is now `provider`: write `provider`
    fixed[unknown-key]: pipeline.toml:25: `on-restore` is now `on-rollback`: write `on-rollback`
    fixed[unknown-key]: pipeline.toml:28: `after` is now `needs`: write `needs`
    fixed[unknown-value]: pipeline.toml:32: `\"restored\"` is now `\"rollback\"`: write `\"rollback\"`
    ");
    let ran = project.run(["migrate"]);
    assert!(ran.out.contains("pipeline.toml: no name of an earlier version"), "{ran:?}");
}

#[test]
fn a_definition_of_an_earlier_version_generates_after_it() {
    let old = format!(
        "{SMALL}install = {{ pip = [\"requirements.txt\"] }}\n[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\n\
         distribute = \"load-file\" # by file\n"
    );
    let project = Project::of(&old).with("requirements.txt", "pytest\n");
    assert_eq!(project.run(["generate"]).code, 3);
    let ran = project.run(["migrate", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(document["migrated"][0]["title"], "write `dist = \"loadfile\"`");
    assert_eq!(project.read("pipeline.toml"), old.replace("distribute = \"load-file\"", "dist = \"loadfile\""));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn only_files_are_rewritten() {
    assert_eq!(Project::of(SMALL).run_with(["migrate", "-"], SMALL).code, 2);
}
