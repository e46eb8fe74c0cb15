//! Service containers of tests, and their variables.

use super::context::Context;
use super::steps::{set_env, value};
use crate::at;
use crate::definition::{Container as WrittenContainer, Health, Name, Preset, Service as Written};
use crate::resolve::Named;
use crate::trace::Origin;
use crate::workflow::{Container, Pairs, Service, Step, pairs};
use minijinja::context;

/// The object store of the `LanceDB` preset.
const OBJECT_STORE: &str = "rustfs/rustfs:1.0.1";
/// Credentials of a container that lives as long as its job and is reached on localhost alone.
const KEY: &str = "rustfsadmin";
const BUCKET: &str = "lancedb";
/// Default port of the object store.
const PORT: u16 = 9000;

/// Service containers, their variables for the tests, and the steps that complete the setup.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    pub(crate) services: Vec<Service>,
    pub(crate) env: Pairs,
    pub(crate) steps: Vec<Step>,
}

impl Context<'_> {
    /// Returns the services of a job.
    pub(crate) fn beside(&self, services: &[Named<'_, Written>]) -> Beside {
        let mut beside = Beside::default();
        for (name, written) in services {
            self.service(name, written, &mut beside);
        }
        beside
    }

    /// Returns the container of a job.
    pub(crate) fn container(&self, written: &WrittenContainer, origin: &Origin) -> Container {
        let mut env = Vec::new();
        set_env(&mut env, written.env.iter().map(|(key, written)| (key, value(written))));
        let credentials = written.credentials.as_ref().map_or_else(Vec::new, |login| {
            pairs![("username", value(&login.username)), ("password", value(&login.password))]
        });
        Container {
            image: self.image(&written.image, &origin.clone().then("container")),
            credentials,
            env,
            options: options(None, &written.options),
        }
    }

    fn service(&self, name: &Name, written: &Written, beside: &mut Beside) {
        let origin = at!["services", name.as_str()];
        let mut env = Vec::new();
        let mut provides = Vec::new();
        let mut ports: Vec<u16> = written.ports.clone();
        let mut health = written.health.clone();
        let mut image = written.image.clone();
        match written.preset {
            Some(Preset::LancedbEmbedded) => provides = embedded(),
            Some(Preset::LancedbObjectStore) => {
                image = image.or_else(|| Some(OBJECT_STORE.to_owned()));
                env = pairs![("RUSTFS_ACCESS_KEY", KEY), ("RUSTFS_SECRET_KEY", KEY)];
                let port = ports.first().copied().unwrap_or(PORT);
                if ports.is_empty() {
                    ports.push(port);
                }
                health = health
                    .or_else(|| Some(Health::every_five_seconds("curl --fail --silent http://localhost:9000/health")));
                provides = object_store(port);
                beside.steps.push(self.bucket(&origin));
            }
            None => {}
        }
        set_env(&mut env, written.env.iter().map(|(key, written)| (key, value(written))));
        set_env(&mut provides, written.provides.iter().map(|(key, value)| (key, value.into())));
        set_env(&mut beside.env, provides.iter().map(|(key, value)| (key, value.clone())));
        if let Some(reference) = image {
            beside.services.push(Service {
                id: name.to_string(),
                image: self.image(&reference, &origin.then("image")),
                env,
                ports: ports.iter().map(|port| format!("{port}:{port}")).collect(),
                options: options(health.as_ref(), &written.options),
                command: written.command.clone(),
                entrypoint: written.entrypoint.clone(),
            });
        }
    }

    /// Returns the step that creates the object store's bucket.
    fn bucket(&self, origin: &Origin) -> Step {
        let script = self.script("steps/bucket.sh", context! {});
        Step::run("Create the bucket", script, origin.clone()).env([("BUCKET", BUCKET)])
    }
}

fn embedded() -> Pairs {
    pairs![("LANCEDB_URI", "/tmp/lancedb")]
}

/// Names that `LanceDB` and every AWS library read.
fn object_store(port: u16) -> Pairs {
    let endpoint = format!("http://localhost:{port}");
    pairs![
        ("LANCEDB_URI", format!("s3://{BUCKET}/test")),
        ("AWS_ENDPOINT", &endpoint),
        ("AWS_ENDPOINT_URL", &endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", KEY),
    ]
}

/// Options of `docker create`: the health check, and the user's own.
fn options(health: Option<&Health>, own: &[String]) -> Option<String> {
    let mut words = Vec::new();
    if let Some(health) = health {
        words.push(format!("--health-cmd {}", double_quoted(&health.command)));
        words.push(format!("--health-interval {}", health.interval));
        words.push(format!("--health-timeout {}", health.timeout));
        words.push(format!("--health-retries {}", health.retries));
    }
    words.extend(own.iter().cloned());
    (!words.is_empty()).then(|| words.join(" "))
}

/// Quotes a value for the runner, which splits options at quotes and backslashes.
fn double_quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
