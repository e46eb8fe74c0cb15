//! The text of `pipeline.toml` for a project: what differs from the defaults, and what to think of next.

mod components;
mod lines;
mod tests;

use super::project::{Environment, Image, Project, Service, ServiceKind};
use super::text::{Document, Line, Toml};
use crate::definition::Name;
use components::components;
use lines::{bare, table};
use tests::tests;

/// The definition of a project; it compiles without an error.
pub fn definition(project: &Project) -> String {
    let mut document = Document::default();
    document.comment(
        "The pipeline of this repository. `pipewright generate` compiles it to .github/workflows, and \
         `pipewright check` verifies that the workflows are up to date.",
    );
    document.lines(&[Line::new("version", bare("1"))]);
    head(project, &mut document);
    components(project, &mut document);
    services(project, &mut document);
    tests(project, &mut document);
    images(project, &mut document);
    deploys(project, None, false, &mut document);
    document.finish()
}

/// The tables of what a project deploys, to add to a definition; `smoke` is a smoke test that it has.
pub(super) fn addition(project: &Project, smoke: Option<&str>, has_notify: bool) -> String {
    let mut document = Document::default();
    images(project, &mut document);
    deploys(project, smoke, has_notify, &mut document);
    document.finish()
}

fn head(project: &Project, document: &mut Document) {
    let mut lines = vec![Line::new("name", project.name.as_str().into())];
    if project.branch != "main" {
        lines.push(Line::new("branches", Toml::texts([&project.branch])).note("the first one deploys"));
    }
    if let Some(prefix) = &project.prefix {
        let note = "beside the workflows that are there: remove this line when they are gone";
        lines.push(Line::new("prefix", prefix.as_str().into()).note(note));
    }
    if project.components.len() > 1 {
        let note = "a pull request runs only the jobs that it affects";
        lines.push(Line::new("skip-unchanged", bare("true")).note(note));
    }
    if project.components.iter().any(|component| component.tests.is_some()) {
        let note = "runs everything every night, and repeats the tests with a second seed";
        lines.push(Line::new("nightly", table(&[("cron", "17 2 * * *".into())])).proposed().note(note));
    }
    document.space();
    document.table(&["project"], &lines);
}

fn services(project: &Project, document: &mut Document) {
    if !project.services.is_empty() {
        document.section("services");
    }
    for service in &project.services {
        document.space();
        if let Some(other) = &service.other_image {
            document.comment(&format!(
                "The compose file also runs `{other}`: to test with it, run `pipewright pins add {other}@sha256:…` and add it here."
            ));
        }
        document.table(&["services", service.name.as_str()], &service_lines(service));
    }
}

fn service_lines(service: &Service) -> Vec<Line> {
    let provides: Vec<(&str, Toml)> =
        service.provides.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
    let provides = (!provides.is_empty())
        .then(|| Line::new("provides", table(&provides)).note("environment variables of the tests"));
    let image = Line::new("image", service.kind.image().unwrap_or_default().into());
    let mut lines = match service.kind {
        ServiceKind::Postgres => {
            let access = &service.access;
            let names = ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"];
            let values = [&access.user, &access.password, &access.database].map(|value| value.as_str().into());
            let env: Vec<(&str, Toml)> = names.into_iter().zip(values).collect();
            vec![
                image,
                Line::new("env", table(&env)),
                Line::new("ports", Toml::List(vec![bare("5432")])),
                Line::new("health", Toml::Text(format!("pg_isready -U {}", access.user))),
            ]
        }
        ServiceKind::Redis => vec![
            image,
            Line::new("ports", Toml::List(vec![bare("6379")])),
            Line::new("health", "redis-cli ping".into()),
        ],
        ServiceKind::LancedbEmbedded => {
            vec![Line::new("preset", "lancedb-embedded".into()).note("in the test process, in a folder")]
        }
        ServiceKind::LancedbObjectStore => vec![
            Line::new("preset", "lancedb-object-store".into())
                .note("an S3-compatible container, its bucket, LANCEDB_URI and the AWS_* names"),
        ],
    };
    lines.extend(provides.filter(|_| service.kind.image().is_some()));
    lines
}

fn images(project: &Project, document: &mut Document) {
    if project.images.is_empty() {
        return;
    }
    document.section("images");
    for image in &project.images {
        document.space();
        let path = ["images", image.name.as_str()];
        if let Some(repository) = &image.repository {
            document.table(&path, &image_lines(image, repository));
        } else {
            document.comment("The repository of this image is unknown: set it and remove the comment signs.");
            document.proposed(&path, &image_lines(image, &format!("ghcr.io/owner/{}", image.name)));
        }
    }
}

fn image_lines(image: &Image, repository: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    if !image.context.is_empty() {
        lines.push(Line::new("context", image.context.as_str().into()));
    }
    if let Some(dockerfile) = &image.dockerfile {
        lines.push(Line::new("dockerfile", dockerfile.as_str().into()));
    }
    lines.push(Line::new("repository", repository.into()));
    lines
}

fn deploys(project: &Project, known: Option<&str>, has_notify: bool, document: &mut Document) {
    if project.environments.is_empty() {
        return;
    }
    let own = project.workloads.first().map(|workload| workload.name.as_str()).filter(|_| !project.probes.is_empty());
    let smoke = known.or(own);
    if let Some(name) = own.filter(|_| known.is_none()) {
        document.section("smoke tests");
        document.comment("The probes of the manifests. Add the expected answer of each, as in `expect = { contains = \"ok\" }`. For requests that need a login, set `login` instead of `public`, and `auth = true` on the probe.");
        let probes = project.probes.iter().map(|(name, path)| {
            table(&[("name", name.as_str().into()), ("request", Toml::Text(format!("GET {path}")))])
        });
        let lines = [Line::new("public", bare("true")), Line::new("probes", Toml::List(probes.collect()))];
        document.table(&["smoke", name], &lines);
    }
    if !has_notify {
        notify(document);
    }
    environments(project, smoke, document);
}

fn notify(document: &mut Document) {
    document.space();
    let issue = table(&[("labels", Toml::texts(["deployment"])), ("on", Toml::texts(["failure", "rollback"]))]);
    let slack = table(&[("webhook", external("secret", "SLACK_WEBHOOK_URL"))]);
    let lines = [Line::new("issue", issue), Line::new("slack", slack).proposed()];
    document.table(&["notify"], &lines);
}

fn environments(project: &Project, smoke: Option<&str>, document: &mut Document) {
    document.section("environments");
    for workload in &project.workloads {
        document.space();
        let lines = [
            Line::new("image", workload.image.as_str().into()),
            Line::new("target", workload.target.as_str().into()),
            Line::new("container", workload.container.as_str().into()),
        ];
        document.table(&["workloads", workload.name.as_str()], &lines);
    }
    for environment in &project.environments {
        document.space();
        if environment.guessed {
            document.comment("No manifest sets a namespace: set it here.");
        }
        document.table(&["environments", environment.name.as_str()], &environment_lines(environment, smoke));
    }
}

fn external(kind: &str, name: &str) -> Toml {
    Toml::one(kind, name.into())
}

fn environment_lines(environment: &Environment, smoke: Option<&str>) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(after) = &environment.after {
        lines.push(Line::new("needs", after.as_str().into()));
        lines.push(
            Line::new("approval", Toml::Text(format!("{}-approval", environment.name)))
                .proposed()
                .note("a GitHub environment with reviewers and no secrets"),
        );
    }
    if smoke.is_some() {
        lines.push(
            Line::new("url", external("var", &variable(&environment.name, "URL")))
                .note("a variable of the GitHub environment"),
        );
    }
    let cluster = table(&[
        ("kubeconfig", external("secret", "KUBECONFIG")),
        ("namespace", environment.namespace.as_str().into()),
    ]);
    lines.push(Line::new("cluster", cluster).note("or a login by OIDC: eks, gke, aks"));
    lines.push(Line::new("deploy", Toml::texts(environment.deploy.iter().map(Name::as_str))));
    if let Some(backup) = &environment.backup {
        let entries = table(&[
            ("image", ServiceKind::Postgres.image().unwrap_or_default().into()),
            ("run", "pg_dump -Fc".into()),
            ("env-from", Toml::Text(format!("secret/{}", backup.secret))),
            ("to", Toml::Text(format!("pvc/{}", backup.claim))),
        ]);
        lines.push(Line::new("backup", entries));
    }
    if let Some(workload) = &environment.migrate {
        let entries = table(&[
            ("workload", workload.as_str().into()),
            ("run", "alembic upgrade head".into()),
            ("verify", "alembic current --check-heads".into()),
            ("on-rollback", "keep".into()),
        ]);
        lines.push(Line::new("migrate", entries));
    }
    if let Some(smoke) = smoke {
        lines.push(Line::new("smoke", smoke.into()));
    }
    if let Some(traffic) = &environment.traffic {
        let entries = table(&[
            ("workload", traffic.workload.as_str().into()),
            ("provider", "gateway-api".into()),
            ("route", Toml::Text(format!("httproute/{}", traffic.route))),
            ("stable", Toml::Text(format!("service/{}", traffic.stable))),
            ("canary", Toml::Text(format!("service/{}", traffic.canary))),
            ("canary-target", traffic.canary_target.as_str().into()),
            ("steps", Toml::texts(["10%", "50%"])),
            ("hold", "6m".into()),
        ]);
        lines.push(Line::new("traffic", entries));
        let limits = Toml::one("error-rate", Toml::one("max", "0.1%".into()));
        lines.push(
            Line::new("limits", limits)
                .proposed()
                .note("by a metric of `[metrics.error-rate]`, read from `[monitoring]`"),
        );
    }
    lines
}

/// The name of a variable: GitHub keeps those that begin with `GITHUB_` to itself.
fn variable(front: &str, rest: &str) -> String {
    let name = format!("{}_{rest}", front.replace('-', "_").to_ascii_uppercase());
    if name.starts_with("GITHUB_") { format!("ON_{name}") } else { name }
}
