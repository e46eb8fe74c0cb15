//! Which versions of Python a project is for.

use super::super::devcontainer;
use super::super::ini::Ini;
use super::super::names::shown;
use super::super::nox::{Session, sessions};
use super::super::own::Version;
use super::super::project::Versions;
use super::super::walk::{Folder, View};
use super::manifest::{Manifest, at, list, text};

/// Version of a project that declares none.
const USUAL: &str = "3.12";

/// The oldest minor version that is still maintained.
const OLDEST: u32 = 10;

/// The versions, from the most specific file.
pub(super) fn versions(view: &View<'_>, folder: &Folder, manifest: &Manifest, notes: &mut Vec<String>) -> Versions {
    let tested = || set_up(&view.own.tested(&folder.path, "python"));
    let any = || set_up(&view.own.versions("python").collect::<Vec<_>>());
    let classified = || classifiers(manifest);
    let tox = || tox(view, folder, manifest).or_else(|| nox(view, folder));
    let file = || version_file(view, folder);
    let required = || requires(manifest);
    let runtime = || {
        let text = view.read(folder, "runtime.txt")?;
        let version = text.trim().strip_prefix("python-").and_then(exact)?;
        Some((vec![version], "runtime.txt".to_owned()))
    };
    let image = || dockerfile(view, folder);
    let found = if manifest.is_package {
        tested()
            .or_else(tox)
            .or_else(classified)
            .or_else(any)
            .or_else(file)
            .or_else(required)
            .or_else(runtime)
            .or_else(image)
    } else {
        tested()
            .or_else(file)
            .or_else(any)
            .or_else(classified)
            .or_else(runtime)
            .or_else(image)
            .or_else(tox)
            .or_else(required)
    };
    let container = || {
        let (version, from) = devcontainer::version(view, "python").filter(|(version, _)| version.starts_with("3."))?;
        Some((vec![version], from))
    };
    let Some((mut list, from)) = found.or_else(container) else {
        return Versions { list: vec![USUAL.to_owned()], from: None };
    };
    let old: Vec<String> = list.iter().filter(|version| minor(version) < OLDEST).cloned().collect();
    list.retain(|version| minor(version) >= OLDEST);
    if !old.is_empty() {
        let place = if folder.path.is_empty() { String::new() } else { format!(" of `{}`", shown(&folder.path)) };
        notes.push(format!("{from}{place}: Python {} is skipped: it has reached its end of life", old.join(", ")));
    }
    if list.is_empty() {
        list.push(if from.contains("requires") { format!("3.{OLDEST}") } else { USUAL.to_owned() });
    }
    list.sort_by_key(|version| (minor(version), version.len()));
    // A patch version beside its own minor one tests nothing more.
    list.dedup_by_key(|version| minor(version));
    Versions { list, from: Some(from) }
}

type Source = (Vec<String>, String);

/// The versions that jobs of the project's own workflows set up.
fn set_up(all: &[&Version]) -> Option<Source> {
    let from = all.iter().find(|version| exact(&version.text).is_some())?.place.to_string();
    Some((all.iter().filter_map(|version| exact(&version.text)).collect(), from))
}

/// `Programming Language :: Python :: 3.12`.
fn classifiers(manifest: &Manifest) -> Option<Source> {
    let in_setup = manifest.setup.get("metadata", "classifiers").unwrap_or_default();
    let read = |lines: Vec<String>| -> Vec<String> {
        lines
            .iter()
            .filter_map(|line| line.trim().strip_prefix("Programming Language :: Python :: "))
            .filter_map(|version| exact(version).filter(|version| version.contains('.')))
            .collect()
    };
    let pyproject = read(
        ["project.classifiers", "tool.poetry.classifiers"]
            .iter()
            .flat_map(|key| list(&manifest.pyproject, key))
            .collect(),
    );
    if !pyproject.is_empty() {
        return Some((pyproject, "classifiers in pyproject.toml".to_owned()));
    }
    let setup = read(in_setup.lines().map(str::to_owned).collect());
    if !setup.is_empty() {
        return Some((setup, "classifiers in setup.cfg".to_owned()));
    }
    let texts = manifest.setup_py.split(['"', '\'']).map(str::to_owned);
    let program = read(texts.collect());
    (!program.is_empty()).then(|| (program, "classifiers in setup.py".to_owned()))
}

/// The environments that tox runs: `py311`, `py3.12`, `py3{11,12}`, `{,ci-}py{310,311}`.
fn tox(view: &View<'_>, folder: &Folder, manifest: &Manifest) -> Option<Source> {
    let in_pyproject = list(&manifest.pyproject, "tool.tox.env_list");
    let (names, file) = if in_pyproject.is_empty() {
        let ini = Ini::read(&view.read(folder, "tox.ini")?);
        (ini.get("tox", "envlist").or_else(|| ini.get("tox", "env_list"))?.to_owned(), "tox.ini")
    } else {
        (in_pyproject.join(","), "pyproject.toml")
    };
    let version = |name: &str| {
        let digits = name.strip_prefix("py").unwrap_or(name).strip_prefix('3')?;
        exact(&format!("3.{}", digits.trim_start_matches('.')))
    };
    let found: Vec<String> = factors(&names).iter().filter_map(|factor| version(factor)).collect();
    (!found.is_empty()).then(|| (found, file.to_owned()))
}

/// The versions of the nox sessions that run tests.
fn nox(view: &View<'_>, folder: &Folder) -> Option<Source> {
    let text = view.read(folder, "noxfile.py")?;
    let tests = |session: &Session| session.commands.iter().any(|(_, command)| command.contains("pytest"));
    let sessions = sessions(&text);
    let versions = sessions.iter().filter(|session| tests(session)).flat_map(|session| &session.pythons);
    let mut found: Vec<String> = versions.filter_map(|version| exact(version)).collect();
    found.sort();
    found.dedup();
    (!found.is_empty()).then(|| (found, "noxfile.py".to_owned()))
}

/// The parts of environment names, with the braces written out: `py3{11,12}-x` has `py311`, `py312` and `x`.
fn factors(names: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = names;
    let mut front = String::new();
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '{' => {
                let (group, behind) = rest.split_once('}').unwrap_or((rest, ""));
                rest = behind;
                let end = behind.find(|c: char| ",-\n {".contains(c)).unwrap_or(behind.len());
                let (back, behind) = behind.split_at(end);
                rest = if group.is_empty() { rest } else { behind };
                found.extend(group.split(',').map(|part| format!("{front}{}{back}", part.trim())));
                front.clear();
            }
            ',' | '-' | '\n' | ' ' => found.push(std::mem::take(&mut front)),
            c => front.push(c),
        }
    }
    found.push(front);
    found.retain(|factor| !factor.is_empty());
    found
}

/// `.python-version`, of uv and pyenv.
fn version_file(view: &View<'_>, folder: &Folder) -> Option<Source> {
    let text = view.read(folder, ".python-version")?;
    let found: Vec<String> = text.lines().filter_map(exact).collect();
    (!found.is_empty()).then(|| (found, ".python-version".to_owned()))
}

/// The lower bound of the versions that the project declares.
fn requires(manifest: &Manifest) -> Option<Source> {
    let poetry = at(&manifest.pyproject, "tool.poetry.dependencies.python").and_then(toml::Value::as_str);
    let in_pyproject = text(&manifest.pyproject, "project.requires-python").or(poetry);
    if let Some(version) = in_pyproject.and_then(lower_bound) {
        return Some((vec![version], "requires-python in pyproject.toml".to_owned()));
    }
    if let Some(version) = manifest.setup.get("options", "python_requires").and_then(lower_bound) {
        return Some((vec![version], "python_requires in setup.cfg".to_owned()));
    }
    let (_, rest) = manifest.setup_py.split_once("python_requires")?;
    let version = rest.trim_start().strip_prefix('=')?.split(['"', '\'']).nth(1).and_then(lower_bound)?;
    Some((vec![version], "python_requires in setup.py".to_owned()))
}

fn lower_bound(requirement: &str) -> Option<String> {
    let mut bounds = requirement.split([',', '|']).map(str::trim).filter(|bound| !bound.starts_with(['<', '!']));
    bounds.find_map(|bound| {
        let version = bound.trim_start_matches(['>', '=', '~', '^', ' ']).trim_end_matches(".*");
        let mut parts = version.split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        exact(&format!("{major}.{minor}"))
    })
}

/// The version of the image that the project runs in.
fn dockerfile(view: &View<'_>, folder: &Folder) -> Option<Source> {
    let text = view.read(folder, "Dockerfile")?;
    let version = text.lines().find_map(|line| {
        let image = line.trim().strip_prefix("FROM ")?.split_whitespace().find(|word| !word.starts_with("--"))?;
        let tag = image.strip_prefix("python:").or_else(|| image.strip_prefix("docker.io/library/python:"))?;
        exact(tag.split(['-', '@']).next()?)
    })?;
    version.contains('.').then(|| (vec![version], "Dockerfile".to_owned()))
}

/// A version of the third Python in digits and dots: `3`, `3.12`, `3.12.4`.
fn exact(version: &str) -> Option<String> {
    let version = version.trim();
    let digits = version.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    (digits && version.starts_with("3.")).then(|| version.to_owned())
}

fn minor(version: &str) -> u32 {
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lower_bounds() {
        for (requirement, version) in [
            (">=3.11", Some("3.11")),
            (">=3.11.2,<4", Some("3.11")),
            ("<4.0,>=3.10", Some("3.10")),
            ("^3.12", Some("3.12")),
            ("~=3.11", Some("3.11")),
            ("==3.12.*", Some("3.12")),
            (">=3", None),
            ("<3.13", None),
        ] {
            assert_eq!(lower_bound(requirement).as_deref(), version, "{requirement}");
        }
    }

    #[test]
    fn writes_out_the_environments_of_tox() {
        assert_eq!(factors("py3{11,12}-x"), ["py311", "py312", "x"]);
        assert_eq!(factors("{,ci-}py{310,311}"), ["py", "ci-py", "310", "311"]);
    }

    #[test]
    fn reads_only_versions_of_digits() {
        assert_eq!(exact(" 3.12.4 ").as_deref(), Some("3.12.4"));
        for other in ["pypy3.10", "3.13t", "2.7", "3", "3.x", "3..1", "", "3.12; rm"] {
            assert_eq!(exact(other), None, "{other}");
        }
    }
}
