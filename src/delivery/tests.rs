//! The settings that the script of a deploy reads for each delivery.

use serde_json::{Value, json};

use crate::testing::Project;

/// The delivery of a workload in the settings of an environment.
fn delivery(written: &str) -> Value {
    let project = Project::of(&format!(
        "[images.web]\nrepository = \"ghcr.io/a/web\"\n\
         [workloads.web]\nimage = \"web\"\ntarget = \"deployment/web\"\ncontainer = \"app\"\ndelivery = {written}\n\
         [environments.staging]\ncluster = {{ namespace = \"s\" }}\ndeploy = [\"web\"]"
    ));
    let lowered = project.lowered();
    let settings = &lowered.emitted.data.first().expect("an environment has settings").1;
    let settings: Value = serde_json::from_str(settings).expect("settings are JSON");
    settings["environments"]["staging"]["workloads"][0]["delivery"].clone()
}

#[test]
fn an_image_is_set_in_its_container() {
    assert_eq!(delivery("\"image\""), json!({ "kind": "image", "target": "deployment/web", "container": "app" }));
}

#[test]
fn manifests_are_those_of_the_environment() {
    let settings = delivery("{ manifests = \"./k8s/$environment\" }");
    let expected = json!({
        "kind": "manifests", "target": "deployment/web", "container": "app", "folder": "k8s/staging",
    });
    assert_eq!(settings, expected);
}

#[test]
fn a_release_gets_values_of_the_environment() {
    let settings = delivery(
        "{ helm = { release = \"web\", chart = \"./charts/web\", values = [\"values-$environment.yaml\"], \
         set = { image = \"$image\", version = \"$version\", place = \"$environment\" } } }",
    );
    let expected = json!({
        "kind": "helm", "target": "deployment/web", "container": "app", "release": "web", "chart": "charts/web",
        "values": ["values-staging.yaml"], "set": { "image": "$image", "version": "$version", "place": "staging" },
    });
    assert_eq!(settings, expected);
}

#[test]
fn a_file_of_another_repository_is_that_of_the_environment() {
    let settings = delivery(
        "{ gitops = { repository = \"a/config\", path = \"web/$environment.yaml\", token = { secret = \"T\" } } }",
    );
    let expected = json!({
        "kind": "gitops", "target": "deployment/web", "container": "app", "repository": "a/config", "branch": "main",
        "path": "web/staging.yaml", "token": { "env": "SECRET_T", "source": "secret", "name": "T" },
    });
    assert_eq!(settings, expected);
}

#[test]
fn commands_apply_restore_and_print_what_runs() {
    let settings = delivery("{ commands = { apply = \"./a\", restore = \"./r\", current = \"./c\" } }");
    let expected = json!({
        "kind": "commands", "target": "deployment/web", "apply": "./a", "restore": "./r", "current": "./c",
    });
    assert_eq!(settings, expected);
}
