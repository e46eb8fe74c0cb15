//! The text of `pipeline.toml` for a project: what differs from the defaults, and what to think of next.

use super::project::{Component, Environment, Image, Install, Project, Runner, Service, ServiceKind, Tests};
use super::text::{Document, Line, Toml};
use super::walk::is_in;
use crate::definition::Name;

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
    deploys(project, &mut document);
    document.finish()
}

fn bare(text: &str) -> Toml {
    Toml::Bare(text.to_owned())
}

fn table(entries: &[(&str, Toml)]) -> Toml {
    Toml::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
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

fn components(project: &Project, document: &mut Document) {
    document.section("components");
    if project.components.is_empty() {
        document.comment("No component was detected. A component is a folder, a toolchain and checks:");
        document.comment("");
        document.proposed(
            &["components", "app"],
            &[
                Line::new("path", "app".into()),
                Line::new("python", Toml::texts(["3.11", "3.12"])).note("or node, rust, go; a list becomes a matrix"),
                Line::new("install", table(&[("pip", Toml::texts(["requirements.txt"]))]))
                    .note("or uv, poetry, npm, pnpm, run"),
                Line::new("checks", table(&[("lint", "ruff check .".into())])),
            ],
        );
        document.comment("");
        document.proposed(
            &["tests", "app"],
            &[
                Line::new("component", "app".into()),
                Line::new("runner", "pytest".into()).note("or nextest, or command"),
            ],
        );
    }
    for component in &project.components {
        document.space();
        for hint in &component.hints {
            document.comment(hint);
        }
        one_component(component, &project.components, document);
    }
}

fn one_component(component: &Component, all: &[Component], document: &mut Document) {
    let mut lines = Vec::new();
    if !component.path.is_empty() {
        lines.push(Line::new("path", component.path.as_str().into()));
    }
    let versions = match component.versions.list.as_slice() {
        [only] => only.as_str().into(),
        list => Toml::texts(list),
    };
    let version = Line::new(component.toolchain.key(), versions);
    lines.push(match &component.versions.from {
        Some(from) => version.note(from),
        None => version.note("a guess: no file of the repository sets it"),
    });
    if let Some(install) = &component.install {
        lines.push(Line::new("install", installed(install)));
    }
    let checks: Vec<(&str, Toml)> =
        component.checks.iter().map(|(name, command)| (name.as_str(), command.as_str().into())).collect();
    let inline = table(&checks);
    let is_short = component.unsure.is_empty() && inline.to_string().chars().count() < 100;
    if !checks.is_empty() && is_short {
        lines.push(Line::new("checks", inline));
    }
    let others = folders_of_others(component, all);
    if !others.is_empty() {
        let globs = others.iter().map(|folder| format!("{folder}/**"));
        lines.push(Line::new("ignore", Toml::texts(globs)).proposed().note("if it reads no file in there"));
    }
    let name = component.name.as_str();
    document.table(&["components", name], &lines);
    if !is_short {
        document.space();
        let sure = checks.iter().map(|(name, command)| Line::new(name, command.clone()));
        let unsure = component
            .unsure
            .iter()
            .map(|(name, command, reason)| Line::new(name.as_str(), command.as_str().into()).proposed().note(reason));
        document.table(&["components", name, "checks"], &sure.chain(unsure).collect::<Vec<_>>());
    }
}

/// Outermost folders in a component's own that hold components of other languages alone. None for a workspace: its
/// members are no components, and may be in there.
fn folders_of_others<'a>(component: &Component, all: &'a [Component]) -> Vec<&'a str> {
    let within = |path: &str, folder: &str| path == folder || is_in(path, folder);
    let is_foreign = |folder: &str| {
        let mut inner = all.iter().filter(|other| within(&other.path, folder));
        inner.all(|other| other.toolchain != component.toolchain)
    };
    let mut outermost: Vec<&str> = Vec::new();
    for folder in all.iter().map(|other| other.path.as_str()) {
        let is_plain = !folder.contains(['*', '?', '[']);
        let is_below = folder != component.path && is_in(folder, &component.path);
        if is_below && is_plain && is_foreign(folder) && !outermost.iter().any(|outer| within(folder, outer)) {
            outermost.push(folder);
        }
    }
    if component.workspace { Vec::new() } else { outermost }
}

fn installed(install: &Install) -> Toml {
    match install {
        Install::Pip(files) => Toml::one("pip", Toml::texts(files)),
        Install::Uv(arguments) => Toml::one("uv", Toml::texts(arguments)),
        Install::Poetry(arguments) => Toml::one("poetry", Toml::texts(arguments)),
        Install::Npm => Toml::one("npm", Toml::List(Vec::new())),
        Install::Pnpm => Toml::one("pnpm", Toml::List(Vec::new())),
        Install::Run(command) => Toml::one("run", command.as_str().into()),
    }
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
    let provides = Line::new("provides", table(&provides)).note("environment variables of the tests");
    let image = Line::new("image", service.kind.image().unwrap_or_default().into());
    match service.kind {
        ServiceKind::Postgres => {
            let env = ["POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"].map(|name| (name, "test".into()));
            vec![
                image,
                Line::new("env", table(&env)),
                Line::new("ports", Toml::List(vec![bare("5432")])),
                Line::new("health", "pg_isready -U test".into()),
                provides,
            ]
        }
        ServiceKind::Redis => vec![
            image,
            Line::new("ports", Toml::List(vec![bare("6379")])),
            Line::new("health", "redis-cli ping".into()),
            provides,
        ],
        ServiceKind::LancedbEmbedded => {
            vec![Line::new("preset", "lancedb-embedded".into()).note("in the test process, in a folder")]
        }
        ServiceKind::LancedbObjectStore => vec![
            Line::new("preset", "lancedb-object-store".into())
                .note("an S3-compatible container, its bucket, LANCEDB_URI and the AWS_* names"),
        ],
    }
}

fn tests(project: &Project, document: &mut Document) {
    let runs = project.components.iter().filter_map(|component| Some((component, component.tests.as_ref()?)));
    let runs: Vec<(&Component, &Tests)> = runs.collect();
    if !runs.is_empty() {
        document.section("tests");
    }
    for (component, tests) in runs {
        document.space();
        document.table(&["tests", component.name.as_str()], &test_lines(component, tests));
    }
    for suite in &project.suites {
        document.space();
        document.comment(&format!("Left out of `tests.{}`, and run by a separate workflow.", suite.of));
        let mut lines = vec![Line::new("of", suite.of.as_str().into()), Line::new("paths", Toml::texts(&suite.paths))];
        lines.push(Line::new("services", Toml::texts(suite.services.iter().map(Name::as_str))));
        document.table(&["suites", suite.name.as_str()], &lines);
    }
    quarantine(project, document);
}

fn quarantine(project: &Project, document: &mut Document) {
    for (index, entry) in project.quarantine.iter().enumerate() {
        document.space();
        let mut lines: Vec<Line> = entry.of.iter().map(|of| Line::new("of", of.as_str().into())).collect();
        lines.push(Line::new("reason", entry.reason.as_str().into()));
        lines.push(Line::new("until", bare(&entry.until.to_string())));
        if index == 0 {
            document.comment("pytest's configuration leaves these out: add a reason and a last day.");
            lines.push(Line::new("issue", bare("1")).proposed().note("the issue about it"));
        }
        document.table(&["quarantine", &entry.path], &lines);
    }
}

fn test_lines(component: &Component, tests: &Tests) -> Vec<Line> {
    let mut lines = vec![Line::new("component", component.name.as_str().into())];
    let runner = match &tests.runner {
        Runner::Pytest => "pytest",
        Runner::Nextest => "nextest",
        Runner::Command(_) => "command",
    };
    lines.push(Line::new("runner", runner.into()));
    if let Runner::Command(command) = &tests.runner {
        lines.push(Line::new("command", command.as_str().into()));
    }
    if !tests.paths.is_empty() {
        lines.push(Line::new("paths", Toml::texts(&tests.paths)));
    }
    if !tests.services.is_empty() {
        lines.push(Line::new("services", Toml::texts(tests.services.iter().map(Name::as_str))));
    }
    if !tests.measure.is_empty() {
        let coverage = Toml::one("source", Toml::texts(&tests.measure));
        lines.push(Line::new("coverage", coverage).note("packages to measure"));
    }
    lines.extend(gates(tests));
    let can_be_spread = !matches!(&tests.runner, Runner::Command(command) if !command.contains("$SHARD"));
    if can_be_spread {
        lines.push(Line::new("shards", bare("4")).proposed().note("number of jobs to spread the tests over"));
    }
    if tests.runner == Runner::Pytest && tests.measure.is_empty() {
        lines.push(
            Line::new("coverage", Toml::one("source", Toml::texts([component.name.replace('-', "_")])))
                .proposed()
                .note("packages to measure"),
        );
    }
    lines
}

/// Gates that the tests pass today. A suite that was never shuffled keeps its order: what a first shuffle finds is no
/// fault of the change that adopts this.
fn gates(tests: &Tests) -> Option<Line> {
    let fixed = tests.runner == Runner::Pytest && !tests.shuffled;
    let order = fixed.then(|| ("order".to_owned(), "fixed".into()));
    let floor = tests.coverage.as_deref().map(|floor| ("coverage".to_owned(), floor.into()));
    let entries: Vec<(String, Toml)> = order.into_iter().chain(floor).collect();
    let line = (!entries.is_empty()).then(|| Line::new("gates", Toml::Table(entries)));
    let note = "set it once the tests pass in any order: order = \"random\"";
    line.map(|line| if fixed { line.note(note) } else { line })
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

fn deploys(project: &Project, document: &mut Document) {
    if project.environments.is_empty() {
        return;
    }
    let smoke = project.workloads.first().map(|workload| workload.name.as_str()).filter(|_| !project.probes.is_empty());
    if let Some(name) = smoke {
        document.section("smoke tests");
        document.comment("The probes of the manifests. Add the expected answer of each, as in `expect = { contains = \"ok\" }`. For requests that need a login, set `login` instead of `public`, and `auth = true` on the probe.");
        let probes = project.probes.iter().map(|(name, path)| {
            table(&[("name", name.as_str().into()), ("request", Toml::Text(format!("GET {path}")))])
        });
        let lines = [Line::new("public", bare("true")), Line::new("probes", Toml::List(probes.collect()))];
        document.table(&["smoke", name], &lines);
    }
    document.space();
    let issue = table(&[("labels", Toml::texts(["deployment"])), ("on", Toml::texts(["failure", "rollback"]))]);
    let slack = table(&[("webhook", outside("secret", "SLACK_WEBHOOK_URL"))]);
    let lines = [Line::new("issue", issue), Line::new("slack", slack).proposed()];
    document.table(&["notify"], &lines);
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

fn outside(kind: &str, name: &str) -> Toml {
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
            Line::new("url", outside("var", &variable(&environment.name, "URL")))
                .note("a variable of the GitHub environment"),
        );
    }
    let cluster =
        table(&[("kubeconfig", outside("secret", "KUBECONFIG")), ("namespace", environment.namespace.as_str().into())]);
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
