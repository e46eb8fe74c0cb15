//! Manifests of a Python project: `pyproject.toml`, `setup.cfg`, `setup.py` and requirement files.

use toml::{Table, Value};

use super::super::ini::Ini;
use super::super::names::{base, has_extension};
use super::super::walk::{Folder, View};
use super::pytest::Config;

/// A dependency, and where it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    /// Its normalised name.
    pub(super) name: String,
    /// Purpose of its declaration.
    pub(super) of: Of,
}

/// Purpose of a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    /// Running the project.
    Main,
    /// An extra: `project.optional-dependencies`.
    Extra(String),
    /// A group: `dependency-groups`, or Poetry's own.
    Group(String),
    /// A requirement file.
    File(String),
}

/// Contents of the manifests of a Python project.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    /// Its name, or its folder's.
    pub(super) name: String,
    /// `pyproject.toml`, or an empty table.
    pub(super) pyproject: Table,
    /// `setup.cfg`, or nothing.
    pub(super) setup: Ini,
    /// `setup.py`, or nothing: it is a program, so only plain texts in it are looked for.
    pub(super) setup_py: String,
    /// `true` if it is a package that others install.
    pub(super) is_package: bool,
    /// `true` if its configuration names files for mypy.
    pub(super) mypy_knows_its_files: bool,
    /// Requirement files, those for running first.
    pub(super) requirements: Vec<String>,
    dependencies: Vec<Dependency>,
}

impl Manifest {
    /// Reads a folder's manifests, if they are those of a project.
    pub(super) fn read(view: &View<'_>, folder: &Folder) -> Option<Self> {
        let pyproject: Table =
            view.read(folder, "pyproject.toml").and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
        let setup = Ini::read(&view.read(folder, "setup.cfg").unwrap_or_default());
        let requirements = requirement_files(view, folder);
        let declared = ["project", "tool.poetry", "tool.uv.workspace", "build-system"]
            .iter()
            .any(|key| at(&pyproject, key).is_some());
        let is_package = (declared && at(&pyproject, "build-system").is_some())
            || folder.has("setup.py")
            || setup.has("metadata")
            || setup.has("options");
        let has_sources = || view.below(&folder.path, 2).iter().any(|file| has_extension(file, &["py"]));
        if !declared && !is_package && (requirements.is_empty() || !has_sources()) {
            return None;
        }
        let setup_py = view.read(folder, "setup.py").unwrap_or_default();
        let mut manifest = Self { pyproject, setup, setup_py, is_package, requirements, ..Self::default() };
        manifest.name = manifest.own_name().unwrap_or_else(|| base(&folder.path).to_owned());
        manifest.read_dependencies(view, folder);
        let mypy = Ini::read(&view.read(folder, "mypy.ini").unwrap_or_default());
        manifest.mypy_knows_its_files =
            ["tool.mypy.files", "tool.mypy.packages"].iter().any(|key| at(&manifest.pyproject, key).is_some())
                || ["files", "packages"]
                    .iter()
                    .any(|key| mypy.get("mypy", key).or_else(|| manifest.setup.get("mypy", key)).is_some());
        if text(&manifest.pyproject, "tool.poetry.package-mode") == Some("false")
            || at(&manifest.pyproject, "tool.poetry.package-mode").and_then(Value::as_bool) == Some(false)
        {
            manifest.is_package = false;
        }
        Some(manifest)
    }

    fn own_name(&self) -> Option<String> {
        ["project.name", "tool.poetry.name"]
            .iter()
            .find_map(|key| text(&self.pyproject, key))
            .or_else(|| self.setup.get("metadata", "name"))
            .or_else(|| named_in_program(&self.setup_py))
            .map(str::to_owned)
    }

    /// Returns whether it depends on a package, by its normalised name, for any purpose.
    pub(super) fn depends_on(&self, package: &str) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == package)
    }

    /// Returns where a package is declared.
    pub(super) fn declared(&self, package: &str) -> Option<&Of> {
        self.dependencies.iter().find(|dependency| dependency.name == package).map(|dependency| &dependency.of)
    }

    /// Every place where a package is declared.
    pub(super) fn places(&self, package: &str) -> impl Iterator<Item = &Of> {
        self.dependencies.iter().filter(move |dependency| dependency.name == package).map(|dependency| &dependency.of)
    }

    /// Names of its dependency groups.
    pub(super) fn groups(&self) -> Vec<&str> {
        let table = at(&self.pyproject, "dependency-groups").and_then(Value::as_table);
        table.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// Names of everything it depends on.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.dependencies.iter().map(|dependency| dependency.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Returns whether folders below belong to it.
    pub(super) fn is_workspace(&self) -> bool {
        at(&self.pyproject, "tool.uv.workspace").is_some()
    }

    /// Packages whose coverage counts: as configured, else those of the project.
    pub(super) fn measured(&self, view: &View<'_>, folder: &Folder, config: &Config) -> Vec<String> {
        let mut named: Vec<String> = ["tool.coverage.run.source", "tool.coverage.run.source_pkgs"]
            .iter()
            .flat_map(|key| list(&self.pyproject, key))
            .chain(config.measured())
            .filter(|name| !name.is_empty() && name != "." && !name.starts_with('-'))
            .collect();
        if named.is_empty() {
            named = packages(view, folder);
        }
        named.sort();
        named.dedup();
        named
    }

    /// Plugins of coverage.py, which are packages of the project's environment.
    pub(super) fn coverage_plugins(&self, view: &View<'_>, folder: &Folder) -> Vec<String> {
        let mut named = list(&self.pyproject, "tool.coverage.run.plugins");
        for (file, section) in [(".coveragerc", "run"), ("setup.cfg", "coverage:run"), ("tox.ini", "coverage:run")] {
            let ini = Ini::read(&view.read(folder, file).unwrap_or_default());
            let given = ini.get(section, "plugins").unwrap_or_default();
            named.extend(given.split([',', '\n']).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
        }
        named
    }

    fn read_dependencies(&mut self, view: &View<'_>, folder: &Folder) {
        let mut found: Vec<Dependency> = Vec::new();
        let mut add = |requirement: &str, of: Of| {
            if let Some(name) = required(requirement) {
                found.push(Dependency { name, of });
            }
        };
        for requirement in list(&self.pyproject, "project.dependencies") {
            add(&requirement, Of::Main);
        }
        for (key, of) in [
            ("project.optional-dependencies", Of::Extra as fn(String) -> Of),
            ("dependency-groups", Of::Group as fn(String) -> Of),
        ] {
            for (name, requirements) in at(&self.pyproject, key).and_then(Value::as_table).into_iter().flatten() {
                for requirement in requirements.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    add(requirement, of(name.clone()));
                }
            }
        }
        for (group, inner) in included(&self.pyproject) {
            for requirement in list(&self.pyproject, &format!("dependency-groups.{inner}")) {
                add(&requirement, Of::Group(group.clone()));
            }
        }
        for requirement in list(&self.pyproject, "tool.uv.dev-dependencies") {
            add(&requirement, Of::Group("dev".to_owned()));
        }
        let poetry = |key: &str| at(&self.pyproject, key).and_then(Value::as_table).cloned().unwrap_or_default();
        for (name, _) in poetry("tool.poetry.dependencies") {
            add(&name, Of::Main);
        }
        for (name, _) in poetry("tool.poetry.dev-dependencies") {
            add(&name, Of::Group("dev".to_owned()));
        }
        for (group, table) in poetry("tool.poetry.group") {
            for (name, _) in table.get("dependencies").and_then(Value::as_table).into_iter().flatten() {
                add(name, Of::Group(group.clone()));
            }
        }
        for requirement in self.setup.get("options", "install_requires").unwrap_or_default().lines() {
            add(requirement, Of::Main);
        }
        for (extra, requirements) in self.setup.section("options.extras_require") {
            for requirement in requirements.lines() {
                add(requirement, Of::Extra(extra.to_owned()));
            }
        }
        for file in &self.requirements {
            let text = view.tree.read(&folder.file(file)).unwrap_or_default();
            for line in text.lines() {
                add(line, Of::File(file.clone()));
            }
        }
        self.dependencies = found;
    }
}

/// Groups, each with one that it includes, however far.
///
/// Source: <https://packaging.python.org/en/latest/specifications/dependency-groups/>.
fn included(pyproject: &Table) -> Vec<(String, String)> {
    let of = |group: &str| -> Vec<String> {
        let entries = at(pyproject, "dependency-groups").and_then(|groups| groups.get(group)).and_then(Value::as_array);
        let inner = entries.into_iter().flatten().filter_map(|entry| entry.get("include-group")?.as_str());
        inner.map(str::to_owned).collect()
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for (group, _) in at(pyproject, "dependency-groups").and_then(Value::as_table).into_iter().flatten() {
        let mut left = of(group);
        while let Some(inner) = left.pop() {
            if !found.contains(&(group.clone(), inner.clone())) {
                left.extend(of(&inner));
                found.push((group.clone(), inner));
            }
        }
    }
    found
}

/// Requirement files for running a project.
const RUNNING: &[&str] =
    &["requirements.txt", "requirements/base.txt", "requirements/default.txt", "requirements/requirements.txt"];

/// Returns whether a requirement file is for running, and not for tests alone.
pub(super) fn is_for_running(file: &str) -> bool {
    RUNNING.contains(&file)
}

/// The name that `setup.py` gives by a plain text.
fn named_in_program(program: &str) -> Option<&str> {
    program.lines().find_map(|line| {
        let value = line.trim().strip_prefix("name")?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value.get(1..)?.split(quote).next().filter(|name| !name.is_empty())
    })
}

/// Requirement files for running and testing, those for running first.
fn requirement_files(view: &View<'_>, folder: &Folder) -> Vec<String> {
    const TESTING: &[&str] = &["test", "tests", "testing", "dev", "develop", "development", "ci"];
    let mut found: Vec<String> = Vec::new();
    let exists = |file: &str| match file.split_once('/') {
        Some((inner, _)) => folder.folders.iter().any(|name| name == inner) && view.tree.exists(&folder.file(file)),
        None => folder.has(file),
    };
    found.extend(RUNNING.iter().filter(|file| exists(file)).map(|file| (*file).to_owned()));
    for word in TESTING {
        let spellings = [
            format!("requirements-{word}.txt"),
            format!("requirements_{word}.txt"),
            format!("requirements.{word}.txt"),
            format!("{word}-requirements.txt"),
            format!("{word}_requirements.txt"),
            format!("requirements/{word}.txt"),
        ];
        found.extend(spellings.into_iter().filter(|file| exists(file)));
    }
    found
}

/// The packages of a project: `src/<name>`, else folders beside the manifest that hold an `__init__.py`.
pub(super) fn packages(view: &View<'_>, folder: &Folder) -> Vec<String> {
    let of = |path: &str| -> Vec<String> {
        let names = view.tree.list(path).into_iter().filter_map(|name| name.strip_suffix('/').map(str::to_owned));
        names
            .filter(|name| !matches!(name.as_str(), "tests" | "test" | "docs" | "examples"))
            .filter(|name| view.tree.exists(&format!("{}{name}/__init__.py", front(path))))
            .collect()
    };
    let in_src = of(&folder.file("src"));
    if in_src.is_empty() { of(&folder.path) } else { in_src }
}

fn front(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}/") }
}

/// The normalised name at the front of a requirement, if there is one.
///
/// Source: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
fn required(requirement: &str) -> Option<String> {
    let plain = requirement.trim();
    let name: String = plain.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    if name.is_empty() || plain.starts_with(['-', '.', '#']) {
        return None;
    }
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    Some(parts.join("-").to_ascii_lowercase())
}

/// The value at a dotted path of keys.
pub(super) fn at<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let first = table.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// The text at a dotted path of keys.
pub(super) fn text<'a>(table: &'a Table, path: &str) -> Option<&'a str> {
    at(table, path).and_then(Value::as_str)
}

/// The texts of a list at a dotted path of keys.
pub(super) fn list(table: &Table, path: &str) -> Vec<String> {
    let items = at(table, path).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
