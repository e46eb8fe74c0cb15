//! Facts of the project's own workflows that hold for a component of any language.

use super::names::shown;
use super::own::{Command, Job, OwnWorkflows, Place};
use super::project::{Component, Install, Stated, Toolchain};
use super::walk::View;
use crate::catalogue::runners::{Os, Status};

/// Front of the names of variables that set up a tool of the workflow itself.
const OF_TOOLS: &[&str] = &[
    "PIP_",
    "UV_",
    "POETRY_",
    "CARGO_",
    "RUSTUP_",
    "NPM_",
    "YARN_",
    "PNPM_",
    "GITHUB_",
    "GH_",
    "ACTIONS_",
    "RUNNER_",
    "TOX",
    "COVERAGE_",
    "COVERALLS_",
    "CODECOV_",
    "SONAR_",
    "DOCKER_",
    "NODE_VERSION",
    "PYTHON_VERSION",
    "RUST_BACKTRACE",
    "CI",
    "FORCE_COLOR",
    "PY_COLORS",
    "NO_COLOR",
    "TERM",
    "CLICOLOR",
    "PRE_COMMIT",
    "GO_VERSION",
];

/// Texts of commands that prepare a database, sources or browsers for tests.
const PREPARING: &[&str] = &[
    "alembic upgrade",
    "manage.py migrate",
    "flask db upgrade",
    "prisma migrate",
    "prisma db push",
    "diesel migration",
    "diesel setup",
    "sqlx migrate",
    "sqlx database",
    "knex migrate",
    "sequelize db:migrate",
    ":prepare",
    " run prepare",
    " run generate",
    " run codegen",
    "prisma generate",
    "playwright install",
];

/// Programs that `init` has read otherwise, or that change nothing for tests.
const READ: &[&str] = &[
    "pip",
    "uv",
    "poetry",
    "pdm",
    "hatch",
    "npm",
    "pnpm",
    "yarn",
    "bun",
    "corepack",
    "apt-get",
    "apt",
    "cp",
    "touch",
    "mkdir",
    "echo",
    "printf",
    "cat",
    "ls",
    "pwd",
    "set",
    "export",
    "cargo",
    "rustup",
    "rustc",
    "rustfmt",
    "go",
    "gofmt",
    "git",
    "pre-commit",
    "ruff",
    "black",
    "mypy",
    "flake8",
    "pyright",
    "isort",
    "pytest",
    "tox",
    "nox",
    "coverage",
    "node",
    "python",
    "virtualenv",
    "venv",
    "test",
    "df",
    "free",
    "true",
    "source",
    "pipx",
    "golangci-lint",
    "eslint",
    "tsc",
    "prettier",
    "-c",
    "if",
    "fi",
    "then",
    "else",
    "docker",
    "ensurepip",
];

/// Adds what the jobs that run a component's tests need: variables, system packages, and a prepared database.
pub(super) fn read(view: &View<'_>, component: &mut Component) {
    let is_tested = component.tests.is_some() || component.checks.iter().any(|(name, _)| name.as_str() == "test");
    let path = component.path.clone();
    let Some(test) = view.own.tests(&path, component.toolchain.key()).into_iter().next().filter(|_| is_tested) else {
        return;
    };
    let Some(job) = view.own.job(test) else { return };
    systems(view, component);
    let env = variables(job, test);
    let front = front(component);
    files(view, component);
    let stated = &mut component.stated;
    if !env.is_empty() {
        stated.took("env", &test.place);
        stated.env.retain(|(known, _)| !env.iter().any(|(name, _)| name == known));
        stated.env.extend(env);
    }
    packages(view, test, stated);
    let prepared = prepared(view, test, &path, front);
    if component.tests.is_some() {
        for (text, place) in prepared {
            stated.before.push(text);
            stated.took("before", &place);
        }
    } else if let Some((_, check)) = component.checks.iter_mut().find(|(name, _)| name.as_str() == "test") {
        for (text, place) in prepared.into_iter().rev() {
            *check = format!("{text} && {check}");
            stated.took("checks.test", &place);
        }
    }
    component.hints.extend(not_taken(view, test, &component.stated));
}

/// Takes the runners of the jobs that test, unless all of them are those of a first pipeline.
fn systems(view: &View<'_>, component: &mut Component) {
    let systems: Vec<_> = view.own.systems(&component.path, component.toolchain.key()).collect();
    let other = systems.iter().find(|(runner, _)| runner.os != Os::Linux);
    let Some((_, place)) = other.filter(|_| component.tests.is_some()) else { return };
    for (runner, _) in &systems {
        let stays = matches!(runner.status, Status::Current | Status::Ending { .. });
        let label = if stays { runner.label } else { runner.os.current() };
        if !component.stated.systems.iter().any(|known| known == label) {
            component.stated.systems.push(label.to_owned());
        }
    }
    component.stated.systems.sort_by_key(|label| !label.starts_with("ubuntu-"));
    component.stated.took("runs-on", place);
}

/// The hint about commands that the job runs before the tests, and that the definition does not repeat.
fn not_taken(view: &View<'_>, test: &Command, stated: &Stated) -> Option<String> {
    let is_taken = |command: &Command| {
        let place = command.place.to_string();
        let program = command.words().first().copied().unwrap_or("true");
        let is_of_shell = program.contains(['=', '$', '[', '{', '}']) || program.contains("activate");
        stated.places.iter().any(|(_, known)| *known == place) || READ.contains(&program) || is_of_shell
    };
    let mut left =
        view.own.before(test).filter(|command| command.is_leaf() && !command.is_inner() && !is_taken(command));
    let first = left.next()?;
    let whole = shown(&first.text);
    let short: String = whole.chars().take(60).collect();
    let short = if short.len() < whole.len() { format!("{short}…") } else { short };
    let more = match left.count() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    Some(format!(
        "the job that tests also runs `{short}` ({}){more} before: add to `before` what the tests need of it",
        first.place
    ))
}

/// The front of a command in the environment that an installation makes.
pub(super) fn front(component: &Component) -> &'static str {
    match &component.install {
        _ if component.toolchain != Toolchain::PYTHON => "",
        Some(Install::Uv(_)) => "uv run --no-sync ",
        Some(Install::Poetry(_)) => "poetry run ",
        _ => "",
    }
}

/// Variables of a job and of the step that tests, with addresses as they are outside of a container.
fn variables(job: &Job, test: &Command) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (name, value) in job.env.iter().chain(&test.env) {
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_of_tool = name.ends_with("VERSION")
            || OF_TOOLS.iter().any(|front| name == front || (front.ends_with('_') && name.starts_with(front)));
        let is_plain = !value.contains(char::is_control) && !value.is_empty();
        if is_name && is_plain && !is_of_tool {
            found.retain(|(known, _)| known != name);
            found.push((name.clone(), local(value, job)));
        }
    }
    found
}

/// A value in which the services beside a job are on this machine.
fn local(value: &str, job: &Job) -> String {
    let mut value = value.to_owned();
    for service in &job.services {
        if value == service.name {
            "localhost".clone_into(&mut value);
        }
        let fronts: &[&str] = if value.contains('@') { &["@"] } else { &["//"] };
        for (front, behind) in fronts.iter().flat_map(|front| [(front, ":"), (front, "/")]) {
            let name = &service.name;
            value = value.replace(&format!("{front}{name}{behind}"), &format!("{front}localhost{behind}"));
        }
    }
    value
}

/// System packages that the job installs before the tests.
fn packages(view: &View<'_>, test: &Command, stated: &mut Stated) {
    for command in view.own.before(test) {
        let words = command.words();
        let Some(rest) = words.strip_prefix(&["apt-get"]).or_else(|| words.strip_prefix(&["apt"])) else { continue };
        if !rest.contains(&"install") {
            continue;
        }
        let is_name = |word: &&&str| {
            word.starts_with(|c: char| c.is_ascii_alphanumeric())
                && word.chars().all(|c| c.is_ascii_alphanumeric() || ".+-:".contains(c))
        };
        let names = rest.iter().filter(|word| **word != "install").filter(is_name);
        stated.packages.extend(names.map(|name| (*name).to_owned()));
        stated.took("packages", &command.place);
    }
    stated.packages.dedup();
}

/// Commands of the job that make a file before the tests or a check, as in `cp .env.example .env`.
fn files(view: &View<'_>, component: &mut Component) {
    let path = component.path.clone();
    let of_tests = view.own.tests(&path, component.toolchain.key()).into_iter().take(1);
    let checks: Vec<&str> = component
        .stated
        .places
        .iter()
        .filter(|(key, _)| key.starts_with("checks."))
        .map(|(_, place)| place.as_str())
        .collect();
    let of_checks = view.own.at(&checks);
    let mut found: Vec<(String, String)> = Vec::new();
    for command in of_tests.chain(of_checks).flat_map(|command| view.own.before(command)) {
        let makes = command.runs(&["touch"]) || command.runs(&["cp"]) || command.runs(&["mkdir"]);
        let text = command.for_folder(&path).filter(|_| makes && !command.is_inner());
        if let Some(text) = text.filter(|text| !found.iter().any(|(known, _)| known == text)) {
            found.push((text, command.place.to_string()));
        }
    }
    for (text, place) in found {
        component.stated.took("files", &place);
        component.stated.files.push(text);
    }
}

/// Commands of the job that prepare what the tests need, with their places.
fn prepared(view: &View<'_>, test: &Command, path: &str, front: &str) -> Vec<(String, Place)> {
    let prepares = |text: &str| PREPARING.iter().any(|known| text.contains(known));
    let mut found = Vec::new();
    for command in view.own.before(test).filter(|command| !command.is_inner()) {
        let is_it =
            prepares(&command.text) || OwnWorkflows::started_by(view.tree, command).iter().any(|text| prepares(text));
        if let Some(text) = command.for_folder(path).filter(|_| is_it) {
            found.push((format!("{front}{text}"), command.place.clone()));
        }
    }
    found
}
