//! Checks of a Python project: those of tools that it configures or runs, and that its dependencies install.

use toml::Value;

use super::super::names::word;
use super::super::own::Command;
use super::super::project::{Checks, Install};
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
];

/// The checks of a project. A tool that nothing installs, or nothing configures and no workflow runs, is proposed alone.
pub(super) fn checks(view: &View<'_>, folder: &Folder, manifest: &Manifest, install: Option<&Install>) -> Checks {
    let mut found: Checks = (Vec::new(), Vec::new());
    for tool in TOOLS.iter().filter(|tool| !manifest.depends_on(tool.rather)) {
        let run = view.own.runs(&folder.path, tool.words);
        let declared = manifest.depends_on(tool.package);
        if !declared && run.is_none() {
            continue;
        }
        let command = command(tool, run, manifest, install);
        let reason = if !manifest.places(tool.package).any(|of| is_installed(of, manifest, install)) {
            Some(format!("nothing that `install` names brings {}", tool.package))
        } else if run.is_none() && !is_configured(tool, view, folder, manifest) {
            Some(format!("{} is installed, and neither configured nor run by a workflow", tool.package))
        } else {
            None
        };
        match reason {
            Some(reason) => found.1.push((word(tool.name), command, reason)),
            None => found.0.push((word(tool.name), command)),
        }
    }
    found
}

/// The command that the project's own workflow runs, else the usual one.
fn command(tool: &Tool, run: Option<&Command>, manifest: &Manifest, install: Option<&Install>) -> String {
    if let Some(own) = run.and_then(Command::repeatable) {
        return own.to_owned();
    }
    let front = match install {
        Some(Install::Uv(_)) => "uv run --no-sync ",
        Some(Install::Poetry(_)) => "poetry run ",
        _ => "",
    };
    let rest = if tool.package == "mypy" && manifest.mypy_knows_its_files { "" } else { tool.rest };
    format!("{front}{}{rest}", tool.words.join(" "))
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
        (Some(Install::Run(command)), Of::Extra(extra)) => command.contains(&format!("[{extra}]")),
        (Some(Install::Run(command)), Of::Group(group)) => command.contains(&format!("--group {group}")),
        _ => false,
    }
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
