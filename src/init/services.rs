//! Services that tests need, detected from dependencies, compose files and examples of environment variables.

use serde_yaml::Value;

use super::beside::{Beside, beside};
use super::names::{is_sound, shown, word};
use super::project::{Access, Component, Service, ServiceKind, Stated, Suite, Toolchain};
use super::python::test_paths_with;
use super::walk::View;
use super::yaml;

const COMPOSE: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

const ENVIRONMENTS: &[&str] =
    &[".env", ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.test", ".env.ci"];

/// Libraries that talk to a service; a name that ends in `/` is a prefix.
const CLIENTS: &[(ServiceKind, Toolchain, &[&str])] = &[
    (
        ServiceKind::Postgres,
        Toolchain::PYTHON,
        &["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"],
    ),
    (ServiceKind::Postgres, Toolchain::NODE, &["pg", "postgres", "pg-promise"]),
    (
        ServiceKind::Postgres,
        Toolchain::RUST,
        &["tokio-postgres", "postgres", "sqlx/postgres", "diesel/postgres", "sea-orm/sqlx-postgres"],
    ),
    (ServiceKind::Postgres, Toolchain::GO, &["github.com/lib/pq", "github.com/jackc/pgx/"]),
    (ServiceKind::Redis, Toolchain::PYTHON, &["redis", "aioredis", "rq", "arq"]),
    (ServiceKind::Redis, Toolchain::NODE, &["redis", "ioredis", "bullmq"]),
    (ServiceKind::Redis, Toolchain::RUST, &["redis", "fred", "deadpool-redis"]),
    (
        ServiceKind::Redis,
        Toolchain::GO,
        &["github.com/redis/go-redis/", "github.com/go-redis/redis/", "github.com/gomodule/redigo"],
    ),
    (ServiceKind::LancedbEmbedded, Toolchain::PYTHON, &["lancedb"]),
    (ServiceKind::LancedbEmbedded, Toolchain::NODE, &["@lancedb/lancedb", "vectordb"]),
    (ServiceKind::LancedbEmbedded, Toolchain::RUST, &["lancedb"]),
];

/// Libraries in whose presence the tests start or imitate their services themselves.
const BY_ITSELF: &[(&str, Option<ServiceKind>)] = &[
    ("testcontainers", None),
    ("github.com/testcontainers/testcontainers-go", None),
    ("fakeredis", Some(ServiceKind::Redis)),
    ("pytest-postgresql", Some(ServiceKind::Postgres)),
    ("ioredis-mock", Some(ServiceKind::Redis)),
];

/// Services of a compose file that have no place in a definition without being asked for.
const OTHERS: &[&str] =
    &["mysql", "mariadb", "mongo", "rabbitmq", "kafka", "elasticsearch", "opensearch", "memcached", "minio"];

impl ServiceKind {
    /// The image that it runs, whose digest the compiler knows.
    pub fn image(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("postgres:16-alpine"),
            Self::Redis => Some("redis:7-alpine"),
            Self::LancedbEmbedded | Self::LancedbObjectStore => None,
        }
    }

    /// Returns what it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::LancedbEmbedded | Self::LancedbObjectStore => "lancedb",
        }
    }
}

/// Services, given to the tests that need them.
pub(super) fn detect(view: &View<'_>, components: &mut [Component], notes: &mut Vec<String>) -> Vec<Service> {
    let compose = compose_images(view);
    let variables = variables(view);
    let mut services: Vec<Service> = Vec::new();
    for component in components.iter_mut() {
        let beside = beside(view, component);
        for found in beside.iter().flatten() {
            let Some(tests) = &mut component.tests else { break };
            tests.services.push(word(found.kind.title()));
            if !services.iter().any(|service| service.kind == found.kind) {
                services.push(of_workflow(found, &component.stated, component, &compose, &variables));
            }
            component.stated.env.retain(|pair| !found.provides.contains(pair));
        }
        for (kind, toolchain, clients) in CLIENTS {
            if beside.is_some() && kind.image().is_some() {
                continue;
            }
            if *toolchain != component.toolchain || !needs(component, clients) {
                continue;
            }
            let itself = BY_ITSELF.iter().find(|(name, what)| {
                what.is_none_or(|what| what == *kind) && component.dependencies.iter().any(|found| found == name)
            });
            if let Some((name, _)) = itself {
                let (component, service) = (&component.name, kind.title());
                notes.push(format!("{component} has `{name}`, so its tests get no {service} beside them"));
                continue;
            }
            let Some(tests) = &mut component.tests else { continue };
            tests.services.push(word(kind.title()));
            if !services.iter().any(|service| service.kind == *kind) {
                services.push(service(*kind, component, &compose, &variables));
            }
        }
    }
    let unknown: Vec<&str> =
        compose.iter().map(String::as_str).filter(|image| OTHERS.contains(&short(image))).collect();
    if !unknown.is_empty() {
        let images: Vec<String> = unknown.iter().map(|image| format!("`{}`", shown(image))).collect();
        let images = images.join(", ");
        notes.push(format!(
            "the compose file also runs {images}: add `[services.…]` for what tests need, and pin the image"
        ));
    }
    services.sort_by_key(|service| service.kind);
    services
}

/// Tests of `LanceDB` get a separate suite if they can be separated, with an object store beside them.
pub(super) fn suites(
    view: &View<'_>,
    components: &mut [Component],
    services: &mut [Service],
    left_out: &[String],
) -> Vec<Suite> {
    let lancedb = word("lancedb");
    let Some(service) = services.iter_mut().find(|service| service.kind == ServiceKind::LancedbEmbedded) else {
        return Vec::new();
    };
    let mut suites = Vec::new();
    for component in components.iter_mut().filter(|component| component.toolchain == Toolchain::PYTHON) {
        let (path, name) = (component.path.clone(), component.name.clone());
        let Some(tests) = component.tests.as_mut().filter(|tests| tests.services.contains(&lancedb)) else { continue };
        let paths = test_paths_with(view, &path, &tests.paths, "lancedb", left_out);
        if paths.is_empty() || !suites.is_empty() {
            continue;
        }
        service.kind = ServiceKind::LancedbObjectStore;
        let services = std::mem::take(&mut tests.services);
        tests.services = services.iter().filter(|name| **name != lancedb).cloned().collect();
        suites.push(Suite { name: lancedb.clone(), of: name, paths, services });
    }
    suites
}

/// Returns the services of a component, by its dependencies.
pub(super) fn used(component: &Component) -> Vec<ServiceKind> {
    let clients =
        CLIENTS.iter().filter(|(_, toolchain, clients)| *toolchain == component.toolchain && needs(component, clients));
    clients.map(|(kind, ..)| *kind).collect()
}

fn needs(component: &Component, clients: &[&str]) -> bool {
    component
        .dependencies
        .iter()
        .any(|name| clients.iter().any(|client| name == client || (client.ends_with('/') && name.starts_with(client))))
}

/// A service as the project's own workflow has it.
fn of_workflow(
    found: &Beside,
    stated: &Stated,
    component: &Component,
    compose: &[String],
    variables: &[(String, String)],
) -> Service {
    let usual = service(found.kind, component, compose, variables);
    // Without an address in a variable, the job's other variables are those that its programs read.
    let guessed = if stated.env.is_empty() { with_access(usual.provides, &found.access) } else { Vec::new() };
    let provides = if found.provides.is_empty() { guessed } else { found.provides.clone() };
    Service { provides, access: found.access.clone(), ..usual }
}

/// Addresses with another log-in.
fn with_access(provides: Vec<(String, String)>, access: &Access) -> Vec<(String, String)> {
    let Access { user, password, database } = access;
    let replaced = |url: String| {
        url.replace("//test:test@", &format!("//{user}:{password}@"))
            .replace(":5432/test", &format!(":5432/{database}"))
    };
    provides.into_iter().map(|(name, url)| (name, replaced(url))).collect()
}

fn service(kind: ServiceKind, component: &Component, compose: &[String], variables: &[(String, String)]) -> Service {
    let has = |name: &str| component.dependencies.iter().any(|found| found == name);
    let variable = |schemes: &[&str], usual: &str| -> (String, Option<String>) {
        let scheme = |value: &str| value.split_once("://").map(|(scheme, _)| scheme.to_owned());
        let is_it = |value: &str| {
            scheme(value).is_some_and(|found| schemes.contains(&found.split('+').next().unwrap_or_default()))
        };
        match variables.iter().find(|(_, value)| is_it(value)) {
            Some((name, value)) => (name.clone(), scheme(value)),
            None => (usual.to_owned(), None),
        }
    };
    let provides = match kind {
        ServiceKind::Postgres => {
            let (name, scheme) = variable(&["postgres", "postgresql"], "DATABASE_URL");
            let driver = match (has("sqlalchemy") || has("sqlmodel"), has("asyncpg"), has("psycopg")) {
                (true, true, _) => "postgresql+asyncpg",
                (true, false, true) => "postgresql+psycopg",
                _ => "postgresql",
            };
            let scheme = scheme.unwrap_or_else(|| driver.to_owned());
            vec![(name, format!("{scheme}://test:test@localhost:5432/test"))]
        }
        ServiceKind::Redis => {
            let (name, _) = variable(&["redis"], "REDIS_URL");
            vec![(name, "redis://localhost:6379/0".to_owned())]
        }
        ServiceKind::LancedbEmbedded | ServiceKind::LancedbObjectStore => Vec::new(),
    };
    let other_image =
        compose.iter().find(|image| short(image) == kind.title() && Some(image.as_str()) != kind.image()).cloned();
    Service { name: word(kind.title()), kind, provides, access: Access::default(), other_image }
}

/// Images that compose files run.
fn compose_images(view: &View<'_>) -> Vec<String> {
    let mut images = Vec::new();
    for document in compose(view) {
        let services = document.1.get("services").and_then(Value::as_mapping).cloned().unwrap_or_default();
        let named = services.values().filter_map(|service| service.get("image")).filter_map(Value::as_str);
        images.extend(named.filter(|image| is_sound(image)).map(str::to_owned));
    }
    images.sort();
    images.dedup();
    images
}

/// Compose files with their folders.
pub(super) fn compose(view: &View<'_>) -> Vec<(String, Value)> {
    let folders = view.folders.iter().filter(|folder| !folder.is_aside());
    let files =
        folders.flat_map(|folder| COMPOSE.iter().filter(|name| folder.has(name)).map(move |name| (folder, name)));
    files
        .filter_map(|(folder, name)| {
            let document = yaml::documents(&view.read(folder, name)?).into_iter().next()?;
            Some((folder.path.clone(), document))
        })
        .collect()
}

/// An image's name without registry, owner, tag and digest.
fn short(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}

/// Environment variables with addresses, from examples and compose files.
fn variables(view: &View<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in &view.folders {
        for file in ENVIRONMENTS {
            let text = view.read(folder, file).unwrap_or_default();
            for line in text.lines() {
                if let Some((name, value)) = line.trim().trim_start_matches("export ").split_once('=') {
                    found.push((name.trim().to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()));
                }
            }
        }
    }
    for (_, document) in compose(view) {
        let services = document.get("services").and_then(Value::as_mapping).cloned().unwrap_or_default();
        for environment in services.values().filter_map(|service| service.get("environment")) {
            let pairs = environment.as_mapping().into_iter().flatten();
            found.extend(
                pairs.filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value.as_str()?.to_owned()))),
            );
            let lines = environment.as_sequence().into_iter().flatten().filter_map(Value::as_str);
            found.extend(
                lines.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())),
            );
        }
    }
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let is_scheme = |value: &str| {
        value
            .split_once("://")
            .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_lowercase() || c == '+' || c.is_ascii_digit()))
    };
    found.retain(|(name, value)| is_name(name) && is_scheme(value));
    found
}
