//! Services beside the jobs of the project's own workflows.

use super::own::Service as OwnService;
use super::project::{Access, Component, ServiceKind};
use super::walk::View;

/// A service that the project's own job has beside its tests.
pub(super) struct Beside {
    /// Kind.
    pub(super) kind: ServiceKind,
    /// Environment variables with its address, which the job sets.
    pub(super) provides: Vec<(String, String)>,
    /// Its log-in.
    pub(super) access: Access,
}

/// Commands that start services without a container of the job.
const STARTS: &[&str] = &["docker compose", "docker-compose", "docker run", "systemctl start", "service "];

/// The services of the job that tests a component; none where no own job tests it, or where a command starts them.
pub(super) fn beside(view: &View<'_>, component: &Component) -> Option<Vec<Beside>> {
    let tests = view.own.tests(&component.path, component.toolchain.key());
    let test = tests.first()?;
    let job = view.own.job(test)?;
    let starts = |text: &str| STARTS.iter().any(|word| text.contains(word));
    if job.services.is_empty() && view.own.all_before(test).any(|command| starts(&command.text)) {
        return None;
    }
    Some(job.services.iter().filter_map(|service| one(service, component)).collect())
}

fn one(service: &OwnService, component: &Component) -> Option<Beside> {
    let (kind, schemes): (ServiceKind, &[&str]) = match short(&service.image) {
        "postgres" | "postgis" | "pgvector" => (ServiceKind::Postgres, &["postgres", "postgresql", "postgis"]),
        "redis" | "valkey" | "keydb" | "redis-stack-server" => (ServiceKind::Redis, &["redis"]),
        _ => return None,
    };
    let is_address = |value: &str| {
        value.split_once("://").is_some_and(|(scheme, rest)| {
            schemes.contains(&scheme.split('+').next().unwrap_or(scheme)) && rest.contains("localhost")
        })
    };
    let provides: Vec<(String, String)> =
        component.stated.env.iter().filter(|(_, value)| is_address(value)).cloned().collect();
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let given = |name: &str| {
        let found = service.env.iter().find(|(known, value)| known == name && !value.is_empty() && plain(value));
        found.map(|(_, value)| value.clone())
    };
    let user = given("POSTGRES_USER").unwrap_or_else(|| "postgres".to_owned());
    let database = given("POSTGRES_DB").or_else(|| provides.first().and_then(|(_, url)| database(url)));
    let access = Access {
        password: given("POSTGRES_PASSWORD").unwrap_or_else(|| "postgres".to_owned()),
        database: database.unwrap_or_else(|| user.clone()),
        user,
    };
    Some(Beside { kind, provides, access })
}

/// The database that an address names.
fn database(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (_, name) = rest.split_once('/')?;
    let name = name.split(['?', '#']).next()?;
    name.chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        .then(|| name.to_owned())
        .filter(|it| !it.is_empty())
}

/// An image's name without registry, owner, tag and digest.
fn short(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}
