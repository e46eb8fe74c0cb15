//! What `init` lays down is what the example service has, and what it says of a repository holds there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipewright::init::{self, Choices, Git, Needs, Offer, Plan, Project};
use pipewright::sources::Memory;

use super::{Fixture, assert_compiles, sources as of_compiler};

/// The example service without the files that are laid down, and those files.
fn atom(is_laid_down: impl Fn(&str) -> bool) -> (Fixture, BTreeMap<String, String>) {
    let mut files = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/atom"), "", &mut files);
    let (laid, rest) = files.into_iter().partition(|(path, _)| is_laid_down(path));
    let remote = "[remote \"origin\"]\n\turl = git@github.com:pipewright/atom.git\n";
    let git = Git::read(&Memory(BTreeMap::from([("config".to_owned(), remote.to_owned())])));
    (Fixture { tree: Memory(rest), git }, laid)
}

/// Files below a folder, without what running the example leaves there.
fn sources(folder: &Path, front: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the example is readable") {
        let path = entry.expect("the example is readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8").to_owned();
        if path.is_dir() && !name.starts_with('.') && name != "__pycache__" {
            sources(&path, &format!("{front}{name}/"), files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.insert(format!("{front}{name}"), text);
        }
    }
}

fn texts(offers: Vec<Offer>) -> BTreeMap<String, String> {
    assert!(offers.iter().all(|offer| !offer.files.is_empty()), "{offers:?}");
    offers.into_iter().flat_map(|offer| offer.files).map(|file| (file.path, file.text)).collect()
}

/// Where the reference pipeline publishes the image, among those of other components.
fn as_published(mut project: Project) -> Project {
    for image in &mut project.images {
        image.repository = Some("ghcr.io/pipewright/atom-backend".to_owned());
    }
    project
}

#[test]
fn fixtures_are_those_of_the_example() {
    let (fixture, laid) = atom(|path| path == "backend/tests/conftest.py");
    assert_eq!(texts(init::fixtures(&fixture.detect(), &fixture.tree)), laid);
}

#[test]
fn manifests_are_those_of_the_example() {
    let (fixture, laid) = atom(|path| path.starts_with("k8s/"));
    let project = as_published(fixture.detect());
    assert_eq!(texts(init::manifests(&project, &fixture.tree, &[])), laid);
}

#[test]
fn the_dockerfile_is_that_of_the_example_but_for_its_option() {
    let (fixture, laid) = atom(|path| path == "backend/Dockerfile");
    let made = texts(init::dockerfiles(&fixture.detect(), &fixture.tree));
    let example = &laid["backend/Dockerfile"];
    let option = example.find("ARG ENABLE_DOCLING").expect("the example has an option");
    let behind = example[option..].find("FROM ").expect("the service follows") + option;
    assert_eq!(made["backend/Dockerfile"], example[..option].to_owned() + &example[behind..]);
}

/// A plan that takes everything, and the repository as it is then.
fn laid_down(fixture: &Fixture) -> (Plan, Memory) {
    let plan = fixture.plan(&fixture.everything());
    let mut tree = fixture.tree.clone();
    tree.0.extend(plan.files.iter().map(|file| (file.path.clone(), file.text.clone())));
    assert_compiles(&plan.files[0].text, &tree);
    (plan, tree)
}

/// The text of a definition from a line on.
fn from<'a>(definition: &'a str, line: &str) -> &'a str {
    &definition[definition.find(line).unwrap_or_else(|| panic!("no `{line}` in\n{definition}"))..]
}

fn proposed(plan: &Plan) -> String {
    plan.proposals.iter().flat_map(|(what, lines)| [what.as_str(), "\n", lines]).collect()
}

#[test]
fn what_is_laid_down_is_what_would_be_found_there() {
    for name in ["fastapi-service", "fastapi-postgres"] {
        let (plan, tree) = laid_down(&Fixture::read(name));
        let again = Fixture { tree: tree.clone(), git: Fixture::read(name).git }.detect();
        let definition = init::definition(&again);
        let found = from(&definition, "# ── images");
        let (backup, migrate): (Vec<&str>, Vec<&str>) = from(&plan.files[0].text, "# ── images")
            .lines()
            .filter(|line| !found.lines().any(|found| found == *line))
            .partition(|line| line.starts_with("backup"));
        assert_eq!(backup.len(), usize::from(name == "fastapi-postgres"), "{backup:?}");
        assert!(migrate.iter().all(|line| line.starts_with("migrate = ")), "{name}: {migrate:?}");

        let Needs { actions, images, tools, .. } = super::needs(&plan.files[0].text, &tree);
        let sources = of_compiler(&plan.files[0].text, Some(init::lock(&actions, &images, &tools)), &tree);
        // What a probe answers is in the service's code alone: its author adds it. Tests keep the order that they had.
        let mut found = pipewright::compile(&sources).diagnostics;
        found.retain(|it| !["probe-without-expectation", "order-not-random"].contains(&it.code.0));
        assert!(found.is_empty(), "{name} has warnings");
    }
}

#[test]
fn a_service_that_migrates_is_deployed_with_backup_and_canary() {
    let (plan, _) = laid_down(&Fixture::read("fastapi-postgres"));
    insta::assert_snapshot!(from(&plan.files[0].text, "[workloads.orders]"), @r#"
    [workloads.orders]
    image     = "orders"
    target    = "deployment/orders"
    container = "orders"

    [environments.staging]
    url     = { var = "STAGING_URL" }                                             # a variable of the GitHub environment
    cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }   # or a login by OIDC: eks, gke, aks
    deploy  = ["orders"]
    migrate = { workload = "orders", run = "alembic upgrade head", verify = "alembic current --check-heads", on-rollback = "keep" }
    smoke   = "orders"

    [environments.production]
    needs   = "staging"
    url     = { var = "PRODUCTION_URL" }                                             # a variable of the GitHub environment
    cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "production" }   # or a login by OIDC: eks, gke, aks
    deploy  = ["orders"]
    backup  = { image = "postgres:16-alpine", run = "pg_dump -Fc", env-from = "secret/orders-db", to = "pvc/backups" }
    migrate = { workload = "orders", run = "alembic upgrade head", verify = "alembic current --check-heads", on-rollback = "keep" }
    smoke   = "orders"
    traffic = { workload = "orders", provider = "gateway-api", route = "httproute/orders", stable = "service/orders", canary = "service/orders-canary", canary-target = "deployment/orders-canary", steps = ["10%", "50%"], hold = "6m" }
    # approval = "production-approval"               # a GitHub environment with reviewers and no secrets
    # limits   = { error-rate = { max = "0.1%" } }   # by a metric of `[metrics.error-rate]`, read from `[monitoring]`
    "#);
}

#[test]
fn what_stands_there_is_kept_and_told() {
    let mut fixture = Fixture::read("fastapi-service");
    fixture.tree.0.insert("tests/conftest.py".to_owned(), String::new());
    fixture.tree.0.insert("k8s/README.md".to_owned(), String::new());
    let (plan, _) = laid_down(&fixture);
    let written = |front: &str| plan.files.iter().any(|file| file.path.starts_with(front));
    assert!(written("Dockerfile") && !written("tests/") && !written("k8s/"));
    let told = proposed(&plan);
    assert!(told.contains("`tests/conftest.py` exists and is kept: no fixtures are added for `greeter`"), "{told}");
    assert!(told.contains("no manifests are added for `greeter`: `k8s` exists"), "{told}");
}

#[test]
fn manifests_need_an_image_that_is_published() {
    let mut fixture = Fixture::read("fastapi-service");
    fixture.git = Git::default();
    let told = proposed(&laid_down(&fixture).0);
    assert!(told.contains("no manifests are added for `folder`: the repository of its image is unknown"), "{told}");

    let fixture = Fixture::read("fastapi-service");
    let manifests = init::manifests(&fixture.detect(), &fixture.tree, &[]);
    let choices =
        Choices { manifests: manifests.into_iter().map(|offer| offer.component).collect(), ..Choices::default() };
    let plan = fixture.plan(&choices);
    assert!(!plan.files.iter().any(|file| file.path.starts_with("k8s/")));
    let told = proposed(&plan);
    assert!(told.contains("no manifests are added for `greeter`: it has no image"), "{told}");
}

#[test]
fn one_of_several_services_has_a_canary() {
    let one = Fixture::read("fastapi-service");
    let mut both = Fixture { tree: Memory::default(), git: one.git.clone() };
    for (path, text) in &one.tree.0 {
        both.tree.0.insert(format!("api/{path}"), text.clone());
        both.tree.0.insert(format!("mail/{path}"), text.clone());
    }
    let (plan, tree) = laid_down(&both);
    let canaries: Vec<&str> = tree.0.keys().map(String::as_str).filter(|path| path.ends_with("-canary.yaml")).collect();
    assert_eq!(canaries, ["k8s/greeter-api/base/deployment-canary.yaml"]);
    assert!(!tree.0["k8s/greeter-mail/base/http-route.yaml"].contains("canary"));
    let definition = &plan.files[0].text;
    assert!(definition.contains("deploy  = [\"greeter-api\", \"greeter-mail\"]"), "{definition}");
    assert_eq!(definition.matches("canary-target = \"deployment/greeter-api-canary\"").count(), 1, "{definition}");
}

#[test]
fn drivers_that_need_an_event_loop_have_no_database_fixtures() {
    let told = proposed(&laid_down(&Fixture::read("python-pip")).0);
    assert!(told.contains("psycopg        # for `db_session` and the database of each worker"), "{told}");
}
