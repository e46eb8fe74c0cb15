//! Tasks of a Makefile, a justfile, tox and nox, which developers run, though no workflow has to.

use super::super::ini::Ini;
use super::command::Command;
use super::script::{self, JUSTFILES, Line, MAKEFILES};
use crate::sources::Tree;

/// The commands of tasks at the root of the repository that can be repeated as they are.
pub(super) fn commands(tree: &dyn Tree) -> Vec<Command> {
    let mut started: Vec<String> = ["tox", "nox"].map(str::to_owned).into();
    started.extend(targets(tree, "make", MAKEFILES));
    started.extend(targets(tree, "just", JUSTFILES));
    started.extend(environments(tree).map(|names| format!("tox -e {names}")));
    let lines = started.iter().flat_map(|command| script::lines(tree, "", command));
    let commands = lines.map(|Line { text, folder, place, env }| Command {
        text,
        folder,
        place,
        job: None,
        env,
        conditional: false,
        whole: true,
        depth: 0,
        starts: 0,
    });
    commands.filter(|command| command.repeatable().is_some()).collect()
}

/// The command that runs every target of a Makefile or a justfile.
fn targets(tree: &dyn Tree, program: &str, files: &[&str]) -> Option<String> {
    let text = files.iter().find_map(|file| tree.read(file))?;
    let heads = text.lines().filter(|line| !line.starts_with([' ', '\t', '#', '.', '@', '[']));
    let names = heads.filter_map(|line| line.split_once(':').filter(|(_, rest)| !rest.starts_with('=')));
    let names = names.filter_map(|(head, _)| head.split_whitespace().next());
    let names: Vec<&str> = names.filter(|name| !name.contains(['$', '%', '/', '='])).collect();
    (!names.is_empty()).then(|| format!("{program} {}", names.join(" ")))
}

/// The names of tox environments with commands, as `-e` takes them.
fn environments(tree: &dyn Tree) -> Option<String> {
    let ini = Ini::read(&tree.read("tox.ini").unwrap_or_default());
    let mut names: Vec<String> =
        ini.sections().filter_map(|section| section.strip_prefix("testenv:")).map(str::to_owned).collect();
    if let Ok(table) = toml::from_str::<toml::Table>(&tree.read("pyproject.toml").unwrap_or_default()) {
        let environments = table.get("tool").and_then(|tool| tool.get("tox")?.get("env")?.as_table());
        names.extend(environments.into_iter().flatten().map(|(name, _)| name.clone()));
    }
    names.dedup();
    (!names.is_empty()).then(|| names.join(","))
}
