//! The settings that the script of a deploy reads for each traffic provider.

use serde_json::{Value, json};

use crate::testing::{Project, job, step_names, workflow};

fn project(traffic: &str) -> Project {
    Project::of(&format!(
        "[images.web]\nrepository = \"ghcr.io/a/web\"\n\
         [workloads.web]\nimage = \"web\"\ntarget = \"deployment/web\"\ncontainer = \"app\"\n\
         [workloads.worker]\nimage = \"web\"\ntarget = \"deployment/worker\"\ncontainer = \"app\"\n\
         [environments.production]\ncluster = {{ namespace = \"s\" }}\ndeploy = [\"worker\", \"web\"]\n{traffic}"
    ))
}

const CANARY: &str = "[environments.production.traffic]\nworkload = \"web\"\nprovider = \"gateway-api\"\n\
                      route = \"httproute/web\"\nstable = \"service/web\"\ncanary = \"service/web-canary\"\n\
                      canary-target = \"deployment/web-canary\"\nsteps = [\"10%\", \"50%\"]\nhold = \"6m\"\n";

/// The traffic of every workload in the settings of the environment.
fn traffic(project: &Project) -> Vec<Value> {
    let lowered = project.lowered();
    let settings: Value =
        serde_json::from_str(&lowered.emitted.data.first().expect("there are settings").1).expect("settings are JSON");
    let workloads = settings["environments"]["production"]["workloads"].as_array().expect("there are workloads");
    workloads.iter().map(|workload| workload["traffic"].clone()).collect()
}

#[test]
fn users_move_all_at_once_unless_a_provider_is_named() {
    let kind = json!({ "kind": "all-at-once" });
    assert_eq!(traffic(&project("")), [kind.clone(), kind]);
}

#[test]
fn a_canary_moves_the_users_of_its_workload_alone() {
    let canary = json!({
        "kind": "gateway-api", "route": "httproute/web", "stable": "service/web", "canary": "service/web-canary",
        "canary-target": "deployment/web-canary", "hold": "360s",
        "smoke": { "through": "port-forward", "port": 80 },
    });
    assert_eq!(traffic(&project(CANARY)), [json!({ "kind": "all-at-once" }), canary]);
}

#[test]
fn a_canary_is_shifted_step_by_step_before_it_is_promoted() {
    let project = project(CANARY);
    let lowered = project.lowered();
    let names = step_names(job(workflow(&lowered, "deploy.yml"), "deploy-production")).join(", ");
    let order = [
        "Deploy the canary",
        "Shift 10% of traffic to the canary",
        "Shift 50% of traffic to the canary",
        "Promote the canary",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|name| names.find(name)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{names}");
}

#[test]
fn blue_green_switches_once_and_promotes_nothing() {
    let written = "[environments.production.traffic]\nworkload = \"web\"\nprovider = \"blue-green\"\n\
                   service = \"service/web\"\ngreen-target = \"deployment/web-green\"\nhold = \"6m\"\n";
    let project = project(written);
    let switch = json!({
        "kind": "blue-green", "service": "service/web", "green-target": "deployment/web-green", "hold": "360s",
        "port": 80,
    });
    assert_eq!(traffic(&project), [json!({ "kind": "all-at-once" }), switch]);
    let lowered = project.lowered();
    let names = step_names(job(workflow(&lowered, "deploy.yml"), "deploy-production"));
    let at = names.iter().position(|name| *name == "Deploy the preview").expect("it has a preview");
    assert_eq!(names[at + 1], "Switch traffic to the new version");
    assert!(!names.iter().any(|name| name.contains("canary")), "{names:?}");
}

#[test]
fn every_provider_is_found_by_its_name() {
    for provider in super::TRAFFIC {
        assert_eq!(super::provider(provider.name()).map(super::Provider::name), Some(provider.name()));
    }
    assert!(super::provider("mesh").is_none());
}
