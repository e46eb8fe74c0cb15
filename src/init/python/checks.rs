//! Checks of a Python project: those of tools that it configures or runs, and that its dependencies install.

use toml::Value;

use super::super::names::word;
use super::super::own::Command;
use super::super::project::{Checks, Install, Stated};
use super::super::walk::{Folder, View};
use super::manifest::{Manifest, Of, at};

/// A tool that checks sources.
struct Tool {
    /// Its package.
    package: &'static str,
    /// The name of the check.
    name: &'static str,
    /// The words that its command begins with.
    words: &'static [&'static str],
    /// The words behind those, if the project does not set them.
    rest: &'static str,
    /// Tables of `pyproject.toml`, files, and sections of ini files that configure it.
    configured: &'static [&'static str],
    /// A tool in whose presence it is left out.
    rather: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        package: "ruff",
        name: "lint",
        words: &["ruff", "check"],
        rest: " .",
        configured: &["tool.ruff", "ruff.toml", ".ruff.toml"],
        rather: "",
    },
    Tool {
        package: "ruff",
        name: "format",
        words: &["ruff", "format"],
        rest: " --check .",
        configured: &[],
        rather: "",
    },
    Tool {
        package: "flake8",
        name: "lint",
        words: &["flake8"],
        rest: "",
        configured: &[".flake8", "[flake8]"],
        rather: "ruff",
    },
    Tool {
        package: "black",
        name: "format",
        words: &["black"],
        rest: " --check .",
        configured: &["tool.black"],
        rather: "",
    },
    Tool {
        package: "mypy",
        name: "types",
        words: &["mypy"],
        rest: " .",
        configured: &["tool.mypy", "mypy.ini", ".mypy.ini", "[mypy]"],
        rather: "",
    },
    Tool {
        package: "pyright",
        name: "types",
        words: &["pyright"],
        rest: "",
        configured: &["tool.pyright", "pyrightconfig.json"],
        rather: "mypy",
    },
    Tool { package: "ty", name: "ty", words: &["ty", "check"], rest: "", configured: &[], rather: "" },
];

/// The checks of a project. A tool that nothing installs, or nothing configures and no workflow runs, is proposed alone.
pub(super) fn checks(
    view: &View<'_>,
    folder: &Folder,
    manifest: &Manifest,
    install: Option<&Install>,
    stated: &mut Stated,
) -> Checks {
    let mut found: Checks = (Vec::new(), Vec::new());
    for tool in TOOLS.iter().filter(|tool| !manifest.depends_on(tool.rather)) {
        let run = view.own.runs(&folder.path, tool.words);
        let declared = manifest.depends_on(tool.package) || manifest.name == tool.package;
        if (!declared || tool.configured.is_empty()) && run.is_none() {
            continue;
        }
        let command = command(tool, run, folder, manifest, install);
        let reason = if !is_brought(tool, manifest, install) {
            Some(format!("nothing that `install` names brings {}", tool.package))
        } else if run.is_some_and(|run| run.is_hook() && is_of_everything(tool, run)) {
            Some("a hook checks everything with it, which may need more than `install` brings".to_owned())
        } else if run.is_none() {
            let configured = if is_configured(tool, view, folder, manifest) { "configured" } else { "installed" };
            Some(format!(
                "{} is {configured}, and nothing in the repository runs it: it may not pass yet",
                tool.package
            ))
        } else {
            None
        };
        // Of two tools for one purpose, the one that runs.
        if found.0.iter().any(|(known, _)| known.as_str() == tool.name) {
            continue;
        }
        found.1.retain(|(known, ..)| reason.is_some() || known.as_str() != tool.name);
        if let Some(reason) = reason {
            found.1.push((word(tool.name), command, reason));
            continue;
        }
        if let Some(run) = run {
            stated.took(&format!("checks.{}", tool.name), &run.place);
        }
        found.0.push((word(tool.name), command));
    }
    found
}

/// Returns whether a command checks types without naming what it checks.
fn is_of_everything(tool: &Tool, run: &Command) -> bool {
    let words = run.words();
    let mut rest = words.iter().skip(tool.words.len());
    matches!(tool.package, "mypy" | "pyright" | "ty") && rest.all(|word| word.starts_with('-'))
}

/// Returns whether an installation brings a tool; a project brings itself.
fn is_brought(tool: &Tool, manifest: &Manifest, install: Option<&Install>) -> bool {
    let itself = manifest.name == tool.package && install.is_some();
    itself || manifest.places(tool.package).any(|of| is_installed(of, manifest, install))
}

/// The command that the project's own workflow runs, else the usual one.
fn command(
    tool: &Tool,
    run: Option<&Command>,
    folder: &Folder,
    manifest: &Manifest,
    install: Option<&Install>,
) -> String {
    let front = front(install);
    if let Some(own) = run.and_then(|run| run.for_folder(&folder.path)).and_then(|own| without_changes(tool, &own)) {
        return format!("{front}{own}");
    }
    let rest = if tool.package == "mypy" && manifest.mypy_knows_its_files { "" } else { tool.rest };
    format!("{front}{}{rest}", tool.words.join(" "))
}

/// The front of a command in the environment that an installation makes.
pub(super) fn front(install: Option<&Install>) -> &'static str {
    match install {
        Some(Install::Uv(_)) => "uv run --no-sync ",
        Some(Install::Poetry(_)) => "poetry run ",
        _ => "",
    }
}

/// A command that reports instead of changing files; none for a formatter that only changes them.
fn without_changes(tool: &Tool, command: &str) -> Option<String> {
    const CHANGES: &[&str] = &["--fix", "--fix-only", "--unsafe-fixes", "--exit-non-zero-on-fix", "--show-fixes"];
    let words: Vec<&str> = command.split(' ').filter(|word| !CHANGES.contains(word)).collect();
    let reports = |word: &&str| matches!(*word, "--check" | "--diff");
    let formats = tool.rest.contains("--check");
    (!formats || words.iter().any(reports)).then(|| words.join(" "))
}

/// Returns whether an installation brings what is declared at a place.
fn is_installed(of: &Of, manifest: &Manifest, install: Option<&Install>) -> bool {
    let all = |words: &[String], names: &[&str], name: &str| {
        let given =
            words.windows(2).any(|pair| matches!(pair, [key, value] if names.contains(&key.as_str()) && value == name));
        given || words.iter().any(|word| word == "--all-extras" || word == "--all-groups")
    };
    match (install, of) {
        (None, _) => false,
        (_, Of::Main) => true,
        (Some(Install::Uv(words)), Of::Group(group)) => {
            default_groups(manifest).contains(&group.as_str()) || all(words, &["--group"], group)
        }
        (Some(Install::Uv(words)), Of::Extra(extra)) => all(words, &["--extra"], extra),
        (Some(Install::Poetry(words)), Of::Group(group)) => {
            !is_optional(manifest, group) || all(words, &["--with"], group)
        }
        (Some(Install::Poetry(words)), Of::Extra(extra)) => all(words, &["--extras"], extra),
        (Some(Install::Pip(files)), Of::File(file)) => files.contains(file),
        (Some(Install::Run(command)), Of::File(file)) => command.split(' ').any(|word| word == file),
        (Some(Install::Run(command)), Of::Extra(extra)) => extras(command).any(|given| given == extra),
        (Some(Install::Run(command)), Of::Group(group)) => command.contains(&format!("--group {group}")),
        _ => false,
    }
}

/// The extras that a command names, as in `.[d,jupyter]`.
fn extras(command: &str) -> impl Iterator<Item = &str> {
    let lists = command.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    lists.flat_map(|(list, _)| list.split(',')).map(str::trim)
}

/// The groups that `uv sync` installs without being asked.
///
/// Source: <https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups>.
fn default_groups(manifest: &Manifest) -> Vec<&str> {
    match at(&manifest.pyproject, "tool.uv.default-groups") {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(all)) if all == "all" => manifest.groups(),
        _ => vec!["dev"],
    }
}

fn is_optional(manifest: &Manifest, group: &str) -> bool {
    at(&manifest.pyproject, &format!("tool.poetry.group.{group}.optional")).and_then(Value::as_bool) == Some(true)
}

fn is_configured(tool: &Tool, view: &View<'_>, folder: &Folder, manifest: &Manifest) -> bool {
    tool.configured.iter().any(|place| {
        if let Some(section) = place.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            ["setup.cfg", "tox.ini"].iter().any(|file| {
                view.read(folder, file)
                    .is_some_and(|text| text.lines().any(|line| line.trim() == format!("[{section}]")))
            })
        } else if place.starts_with("tool.") {
            at(&manifest.pyproject, place).is_some()
        } else {
            folder.has(place)
        }
    })
}
