//! Environments without a cluster, and deliveries.

use super::said_alone;

/// Rules of deliveries.
const RULES: [&str; 3] = [" no-cluster ", " gitops-repository ", " workload-target "];

/// The findings of these rules in a service that is delivered in this way to an environment with these keys.
fn deployed(workload: &str, environment: &str) -> Vec<String> {
    let mut found = said_alone(&format!(
        "version = 1\n[project]\nname = \"shop\"\n[components.shop]\nchecks = {{ lint = \"true\" }}\n\
         [images.shop]\nrepository = \"ghcr.io/a/shop\"\n\
         [smoke.shop]\npublic = true\nprobes = [{{ name = \"up\", request = \"GET /\", expect = {{ contains = \"ok\" }} }}]\n\
         [workloads.shop]\nimage = \"shop\"\n{workload}\n\
         [environments.production]\nurl = {{ var = \"U\" }}\ndeploy = [\"shop\"]\nsmoke = \"shop\"\n{environment}\n"
    ));
    found.retain(|line| RULES.iter().any(|rule| line.contains(rule)));
    found
}

const COMMANDS: &str = "delivery = { commands = { apply = \"a\", restore = \"r\", current = \"c\" } }";
const OBJECT: &str = "target = \"deployment/shop\"\ncontainer = \"shop\"\n";
const MARKS: &str = "marks = { read = \"r\", write = \"w\" }\n";
const CLUSTER: &str = "cluster = { namespace = \"n\", kubeconfig = { secret = \"K\" } }\n";

#[test]
fn environments_without_a_cluster() {
    let none: [&str; 0] = [];
    assert_eq!(deployed(COMMANDS, MARKS), none);
    assert_eq!(
        deployed(COMMANDS, ""),
        [
            "error no-cluster environments.production: `production` has neither a cluster nor a store of its marks, so no \
             version could be restored"
        ]
    );
    assert_eq!(
        deployed(
            OBJECT,
            &format!("{MARKS}login = {{}}\nmigrate = {{ workload = \"shop\", run = \"m\", on-rollback = \"keep\" }}")
        ),
        [
            "error no-cluster environments.production.migrate: `migrate` runs in a cluster, and `production` has none",
            "error no-cluster environments.production.deploy[0]: `shop` is delivered to a cluster, and this environment has \
             none",
            "error no-cluster environments.production.login: `login` names no cloud",
        ]
    );
    let two = "login = { aws = { role = { var = \"R\" }, region = \"eu-central-1\" }, gcp = { provider = { var = \"P\" }, \
               service-account = { var = \"A\" }, project = \"p\" } }";
    assert_eq!(
        deployed(COMMANDS, &format!("{MARKS}{two}")),
        ["error no-cluster environments.production.login.gcp: `login` has two clouds: `aws` and `gcp`"]
    );
    assert_eq!(
        deployed(OBJECT, &format!("{CLUSTER}{MARKS}")),
        ["error no-cluster environments.production.marks: `marks` is for environments without a cluster"]
    );
}

#[test]
fn a_namespace_in_a_metric_without_a_cluster() {
    let limits = "limits = { errors = { max = \"1%\" } }\n[monitoring]\nprometheus = { url = { secret = \"P\" } }\n\
                  [metrics.errors]\nunit = \"ratio\"\nwindow = \"1m\"\n\
                  query = 'sum(rate(e{version=\"$version\",namespace=\"$namespace\"}[$window]))'\n\
                  samples = { query = 'sum(increase(e{version=\"$version\",namespace=\"$namespace\"}[$window]))', at-least = 5 }";
    assert_eq!(
        deployed(COMMANDS, &format!("{MARKS}{limits}")),
        ["error no-cluster metrics.errors.query: `production` has no cluster, so `$namespace` is empty in it"]
    );
}

#[test]
fn repositories_that_a_controller_follows() {
    let said = |keys: &str| deployed(&format!("{OBJECT}delivery = {{ gitops = {{ {keys} }} }}"), CLUSTER);
    let none: [&str; 0] = [];
    let token = "token = { secret = \"T\" }";
    assert_eq!(said(&format!("repository = \"a/b.c\", path = \"x/$environment/y.yaml\", {token}")), none);
    assert_eq!(
        said(&format!("repository = \"git@github.com:a/b\", branch = \"--all\", path = \"../y.yaml\", {token}")),
        [
            "error gitops-repository workloads.shop.delivery.gitops.repository: `git@github.com:a/b` is not a repository of \
             GitHub",
            "error gitops-repository workloads.shop.delivery.gitops.branch: `--all` is not the name of a branch",
            "error gitops-repository workloads.shop.delivery.gitops.path: `../y.yaml` is not a path in the repository",
        ]
    );
    for (token, line) in [
        (
            "token = { secret = \"GITHUB_TOKEN\" }",
            "error gitops-repository workloads.shop.delivery.gitops.token: the job's own token reaches this repository alone",
        ),
        (
            "token = { var = \"T\" }",
            "error gitops-repository workloads.shop.delivery.gitops.token: the variable `T` is shown in logs, and it holds a \
             token",
        ),
    ] {
        assert_eq!(said(&format!("repository = \"a/b\", path = \"y.yaml\", {token}")), [line]);
    }
}

#[test]
fn objects_of_workloads() {
    let shop = |keys: &str| deployed(keys, CLUSTER);
    assert_eq!(
        shop("container = \"shop\""),
        ["error workload-target workloads.shop: `shop` names no object of the cluster"]
    );
    assert_eq!(
        shop("target = \"deployment/shop\""),
        ["error workload-target workloads.shop: `shop` names no container of its pods"]
    );
}
