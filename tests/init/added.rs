//! Parts that a second `init` adds to a definition that is there.

use pipewright::init::{self, Part};

use super::{Fixture, assert_compiles, names};

/// The definition of a project as `init` writes it without `--deploys`.
fn without_deploys(fixture: &Fixture) -> String {
    let mut project = fixture.detect();
    project.without_deploys();
    init::definition(&project)
}

#[test]
fn deploys_are_those_that_a_first_init_would_have_written() {
    let mut with_deploys = 0;
    for name in names() {
        let fixture = Fixture::read(&name);
        let project = fixture.detect();
        let before = without_deploys(&fixture) + "# the last line\n";
        let added = init::add(&fixture.tree, "", &before, &project, &[Part::Deploys]);
        if project.environments.is_empty() {
            assert!(added.is_err(), "{name}");
            continue;
        }
        with_deploys += 1;
        let after = added.expect("there are environments").definition.expect("they are tables");
        assert!(after.starts_with(&before), "{name}: {after}");
        assert_compiles(&after, &fixture.tree);
        let table = |text: &str| toml::from_str::<toml::Table>(text).expect("it is TOML");
        assert_eq!(table(&after), table(&init::definition(&project)), "{name}: {after}");
        let again = init::add(&fixture.tree, "", &after, &project, &[Part::Deploys]);
        let again = again.expect_err("nothing is left").to_string();
        assert_eq!(again, "every environment of the manifests is in `pipeline.toml`");
    }
    assert!(with_deploys > 0);
}

#[test]
fn names_of_the_definition_are_kept() {
    let fixture = Fixture::read("kubernetes");
    let project = fixture.detect();
    let before = without_deploys(&fixture).replace("[images.backend]", "[images.server]");
    let more = "[smoke.api]\npublic = true\nprobes = [{ name = \"up\", request = \"GET /\" }]\n\
                [notify]\nissue = { labels = [\"ops\"], on = [\"failure\", \"rollback\"] }\n";
    let before = format!("{before}\n{more}");
    assert!(before.contains("[images.server]"), "{before}");
    let added = init::add(&fixture.tree, "", &before, &project, &[Part::Deploys]).expect("there is a place");
    let after = added.definition.expect("tables are added");
    let behind = after.strip_prefix(before.as_str()).expect("nothing is touched");
    for (text, count) in
        [("image     = \"server\"", 1), ("[images.", 0), ("[notify]", 0), ("[smoke.", 0), ("smoke   = \"api\"", 2)]
    {
        assert_eq!(behind.matches(text).count(), count, "{text} in {behind}");
    }
    assert_compiles(&after, &fixture.tree);
}

#[test]
fn a_definition_without_a_place_is_left_alone() {
    let fixture = Fixture::read("kubernetes");
    let project = fixture.detect();
    for (before, problem) in [
        ("version = ", "`pipeline.toml` cannot be read"),
        ("version = 1\nenvironments = { qa = {} }\n", "tables cannot be added to `pipeline.toml`:"),
    ] {
        let refused = init::add(&fixture.tree, "", before, &project, &[Part::Deploys]).expect_err(before);
        assert!(refused.to_string().starts_with(problem), "{refused}");
    }
}

#[test]
fn fixtures_leave_the_definition_as_it_is() {
    let fixture = Fixture::read("python-uv");
    let project = fixture.detect();
    let text = init::definition(&project);
    let added = init::add(&fixture.tree, "", &text, &project, &[Part::Fixtures]).expect("pytest runs");
    assert_eq!(added.definition, None);
    assert_eq!(added.files.len(), 1, "{:?}", added.files);
    let node = Fixture::read("node-npm");
    let refused = init::add(&node.tree, "", "", &node.detect(), &[Part::Fixtures]).expect_err("nothing to add");
    assert!(refused.to_string().starts_with("no component is tested by pytest"), "{refused}");
}
