//! Tests start when their services are ready.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ServiceWithoutHealth;

const CODE: Code = Code("service-without-health");

impl Check for ServiceWithoutHealth {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/service-without-health.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "services", &subject.definition.services, &mut |at, name, service| {
            if service.preset.is_none() && service.image.is_some() && service.health.is_none() {
                let message = format!("GitHub takes `{name}` for ready as soon as its container runs");
                let help = format!("add `health = \"{}\"`", command(service.image.as_deref().unwrap_or_default()));
                found.push(Diagnostic::warning(CODE, at.at().key(), message).help(help));
            }
        });
    }
}

/// Health check of a well-known service.
fn command(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or_default().split([':', '@']).next().unwrap_or_default();
    match name {
        "postgres" | "postgis" | "pgvector" | "timescaledb" => "pg_isready",
        "redis" | "valkey" => "redis-cli ping",
        "mysql" => "mysqladmin ping",
        "mariadb" => "healthcheck.sh --connect --innodb_initialized",
        "mongo" => "mongosh --quiet --eval 'db.runCommand({ ping: 1 })'",
        "rabbitmq" => "rabbitmq-diagnostics -q ping",
        _ => "curl --fail http://localhost:8080/health",
    }
}
