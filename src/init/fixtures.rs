//! A `conftest.py` for tests that have none: names, workers, time, HTTP and a database, as far as the dependencies go.

use minijinja::context;

use super::names::shown;
use super::offer::{Offer, OfferedFile};
use super::project::{Component, Project, ServiceKind, TestRunner, Tests};
use super::scaffold::{self, render};
use super::walk::join;
use crate::sources::{Tree, folder as folder_of};

/// Fixtures for components whose tests are pytest's.
pub fn fixtures(project: &Project, tree: &dyn Tree) -> Vec<Offer> {
    let pytest = |component: &&Component| component.tests.as_ref().is_some_and(|it| it.runner == TestRunner::Pytest);
    project.components.iter().filter(pytest).filter_map(|component| offer(project, component, tree)).collect()
}

fn offer(project: &Project, component: &Component, tree: &dyn Tree) -> Option<Offer> {
    let tests = component.tests.as_ref()?;
    let folder = common_folder(component, tests, tree);
    let path = join(&component.path, &join(&folder, "conftest.py"));
    if tree.exists(&path) {
        let why = format!("`{}` exists and is kept: no fixtures are added for `{}`", shown(&path), component.name);
        return Some(Offer::none(&component.name, why));
    }
    let supported = Supported::by(project, component, tests, tree);
    let text = supported.conftest(&folder);
    let mut remarks = Vec::new();
    if !supported.missing.is_empty() {
        let what = format!(
            "`{0}` lacks fixtures whose packages are missing; to add them, add these packages to the tests' dependencies, remove `{0}`, \
             and run `pipewright init --add fixtures`:",
            shown(&path)
        );
        remarks.push((what, supported.missing.join("\n") + "\n"));
    }
    let why = "fixtures for tests that run at the same time and in any order";
    let files = vec![OfferedFile { path, text, why }];
    Some(Offer { component: component.name.clone(), files, image: None, remarks })
}

/// The folder that all tests of a run are in, from the component's folder.
fn common_folder(component: &Component, tests: &Tests, tree: &dyn Tree) -> String {
    let folders = tests.paths.iter().map(|path| {
        let is_folder = !tree.list(&join(&component.path, path)).is_empty();
        if is_folder { path.trim_end_matches('/') } else { folder_of(path) }
    });
    let common = folders.map(parts).reduce(|left, right| {
        left.into_iter().zip(right).take_while(|(left, right)| left == right).map(|(left, _)| left).collect()
    });
    common.unwrap_or_default().join("/")
}

fn parts(folder: &str) -> Vec<&str> {
    folder.split('/').filter(|part| !matches!(*part, "" | ".")).collect()
}

/// Fixtures that a component's dependencies support.
struct Supported {
    time: bool,
    shared: bool,
    http: Option<&'static str>,
    database: Option<Database>,
    /// Packages and files that are missing, each with what it is for.
    missing: Vec<String>,
}

/// Access of the tests to their database.
struct Database {
    /// `SQLAlchemy`'s name of the driver.
    driver: &'static str,
    /// The variable that holds its URL.
    variable: String,
}

/// Drivers that need no event loop, and what `SQLAlchemy` calls them.
///
/// Source: <https://docs.sqlalchemy.org/en/20/dialects/postgresql.html>.
const DRIVERS: [(&str, &str); 3] = [
    ("psycopg", "postgresql+psycopg"),
    ("psycopg2", "postgresql+psycopg2"),
    ("psycopg2-binary", "postgresql+psycopg2"),
];

impl Supported {
    fn by(project: &Project, component: &Component, tests: &Tests, tree: &dyn Tree) -> Self {
        let has = |package: &str| component.dependencies.iter().any(|found| found == package);
        let http = ["httpx2", "httpx"].into_iter().find(|package| has(package));
        let mut missing = Vec::new();
        let mut need = |met: bool, what: &str, of: &str| {
            if !met {
                missing.push(format!("{what:<14} # for {of}"));
            }
            met
        };
        let time = need(has("time-machine"), "time-machine", "`frozen_time`");
        let of_shared = "`shared_once`: a resource that is created once for all workers";
        let locks = need(has("filelock"), "filelock", of_shared);
        need(http.is_some(), "httpx", "`mocked_http`");
        let service = project
            .services
            .iter()
            .find(|service| service.kind == ServiceKind::Postgres && tests.services.contains(&service.name));
        let wanted = service.filter(|_| has("sqlalchemy") || has("sqlmodel"));
        let database = wanted.and_then(|service| {
            let of = "`db_session` and the database of each worker";
            let driver = DRIVERS.iter().find(|(package, _)| has(package)).map(|(_, driver)| *driver);
            need(driver.is_some(), "psycopg", of);
            let migrated = need(migrates(component, tree), "alembic", &format!("{of}, with its `alembic.ini`"));
            let variable = service.provides.first().map_or("DATABASE_URL", |(name, _)| name.as_str()).to_owned();
            driver.filter(|_| migrated && locks).map(|driver| Database { driver, variable })
        });
        Self { time, shared: locks, http, database, missing }
    }

    /// The text of a `conftest.py` in a folder of the component.
    fn conftest(&self, folder: &str) -> String {
        let mut about = vec!["names", "workers"];
        about.extend(self.time.then_some("time"));
        about.extend(self.http.map(|_| "HTTP"));
        about.extend(self.database.as_ref().map(|_| "PostgreSQL"));
        let last = about.pop().unwrap_or_default();
        render(
            scaffold::PYTHON_CONFTEST,
            context! {
                about => format!("{} and {last}", about.join(", ")),
                shared => self.shared,
                time => self.time,
                http => self.http,
                database => self.database.is_some(),
                driver => self.database.as_ref().map(|database| database.driver),
                variable => self.database.as_ref().map(|database| database.variable.as_str()),
                depth => parts(folder).len(),
            },
        )
    }
}

/// Returns whether Alembic migrates a component's database.
pub(super) fn migrates(component: &Component, tree: &dyn Tree) -> bool {
    let alembic = component.dependencies.iter().any(|package| package == "alembic");
    alembic && tree.exists(&join(&component.path, "alembic.ini"))
}
