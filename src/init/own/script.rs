//! Scripts, Makefiles, tox environments and nox sessions that a command starts.

use toml::Table;

use super::super::ini::Ini;
use super::super::names::has_extension;
use super::super::nox;
use super::command::started;
use super::place::Place;
use crate::sources::{self, Tree, below};

/// Programs that run a script.
const SHELLS: &[&str] = &["bash", "sh", "dash", "zsh"];

/// Names of a Makefile.
pub(super) const MAKEFILES: &[&str] = &["Makefile", "makefile", "GNUmakefile"];

/// Names of a justfile.
pub(super) const JUSTFILES: &[&str] = &["justfile", "Justfile", ".justfile"];

/// A line of a file, with the folder that it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) folder: String,
    pub(super) place: Place,
    /// Variables that the script exports for it.
    pub(super) env: Vec<(String, String)>,
}

/// The lines that a command starts: those of a script of the repository, of a Makefile's target, or of tox.
pub(super) fn lines(tree: &dyn Tree, folder: &str, command: &str) -> Vec<Line> {
    let words = started(command);
    let (first, rest) = match words.split_first() {
        Some((first, rest)) => (*first, rest),
        None => return Vec::new(),
    };
    match first {
        "make" => targets(tree, folder, MAKEFILES, rest),
        "just" => targets(tree, folder, JUSTFILES, rest),
        "tox" => tox(tree, folder, rest),
        "nox" => nox_sessions(tree, folder, rest),
        shell if SHELLS.contains(&shell) => {
            let file = rest.iter().find(|word| !word.starts_with('-'));
            file.map(|file| script(tree, folder, file)).unwrap_or_default()
        }
        file if file.contains('/') => script(tree, folder, file),
        _ => Vec::new(),
    }
}

/// The lines of a shell script, with the variables that it sets once.
fn script(tree: &dyn Tree, folder: &str, file: &str) -> Vec<Line> {
    let Some(path) = sources::join(folder, file) else { return Vec::new() };
    let Some(text) = tree.read(&path) else { return Vec::new() };
    let shebang = text.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains("sh"));
    if !shebang && !has_extension(&path, &["sh", "bash"]) {
        return Vec::new();
    }
    let variables: Vec<(String, String)> = assignments(&text);
    // What the script itself reads is for its own lines.
    let is_read = |name: &str| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}"));
    let is_exported = |name: &str| text.lines().any(|line| line.trim().starts_with(&format!("export {name}=")));
    let env: Vec<(String, String)> =
        variables.iter().filter(|(name, _)| is_exported(name) && !is_read(name)).cloned().collect();
    let mut found = Vec::new();
    for (number, line) in logical(&text) {
        let line = substituted(&line, &variables);
        if !is_control(&line) {
            let place = Place { file: path.clone(), line: number };
            found.push(Line { text: line, folder: folder.to_owned(), place, env: env.clone() });
        }
    }
    found
}

/// Variables that a script sets, by their first value.
fn assignments(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let Some((name, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=') else { continue };
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let value = value.trim_matches(['"', '\'']);
        if is_name && !value.contains(['$', '`', '"', '\'']) && !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

/// A line with the values of variables; the arguments of the script are left out.
fn substituted(line: &str, variables: &[(String, String)]) -> String {
    let mut line = line.to_owned();
    for (name, value) in variables {
        line = line.replace(&format!("${{{name}}}"), value);
        let bare = format!("${name}");
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if let Some((front, rest)) = line.split_once(&bare).filter(|(_, rest)| ends(rest)) {
            line = format!("{front}{value}{rest}");
        }
    }
    for arguments in ["\"${@}\"", "\"$@\"", "${@}", "$@", "\"$*\"", "$*"] {
        line = line.replace(arguments, "");
    }
    line.trim().to_owned()
}

/// Returns whether a line is the shell's own: a condition, an option, an assignment.
fn is_control(line: &str) -> bool {
    const WORDS: &[&str] =
        &["if", "then", "else", "elif", "fi", "for", "do", "done", "while", "case", "esac", "set", "[", "[[", "export"];
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_assignment = line.split_once('=').is_some_and(|(name, value)| {
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        !name.contains(char::is_whitespace) && quote.is_some_and(|quote| value.len() > 1 && value.ends_with(quote))
    });
    is_assignment || first.is_empty() || WORDS.contains(&first) || started(line).is_empty()
}

/// Lines with what `\` at their ends continues, without comments; each with its number from 1.
pub(super) fn logical(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let plain = line.trim();
        let (more, plain) = plain.strip_suffix('\\').map_or((false, plain), |front| (true, front.trim_end()));
        let (start, mut whole) = open.take().unwrap_or((index + 1, String::new()));
        if !whole.is_empty() && !plain.is_empty() {
            whole.push(' ');
        }
        whole.push_str(plain);
        if more {
            open = Some((start, whole));
        } else if !whole.is_empty() && !whole.starts_with('#') {
            found.push((start, whole));
        }
    }
    found.extend(open.filter(|(_, line)| !line.is_empty()));
    found
}

/// Targets of one file that are read.
const MAX_TARGETS: usize = 100;

/// The recipes of targets of a Makefile or a justfile, with those that they need.
fn targets(tree: &dyn Tree, folder: &str, names: &[&str], words: &[&str]) -> Vec<Line> {
    let file = names.iter().map(|name| below(folder, name)).find(|path| tree.exists(path));
    let Some((path, text)) = file.and_then(|path| Some((path.clone(), tree.read(&path)?))) else { return Vec::new() };
    let mut wanted: Vec<String> = words
        .iter()
        .filter(|word| !word.starts_with('-') && !word.contains('='))
        .map(|word| (*word).to_owned())
        .collect();
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(target) = wanted.get(index).cloned().filter(|_| index < MAX_TARGETS) {
        index += 1;
        let mut inside = false;
        for (number, line) in text.lines().enumerate() {
            if !line.starts_with([' ', '\t']) && !line.trim().is_empty() {
                let head = line.split_once(':').filter(|(_, rest)| !rest.starts_with('='));
                inside = head.is_some_and(|(name, _)| name.split_whitespace().any(|name| name == target));
                let needed = head.filter(|_| inside).map(|(_, needed)| needed).unwrap_or_default();
                wanted.extend(
                    needed
                        .split_whitespace()
                        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
                        .map(str::to_owned),
                );
            } else if inside && !line.trim().is_empty() {
                let text = line.trim().trim_start_matches(['@', '-']).to_owned();
                let place = Place { file: path.clone(), line: number + 1 };
                found.push(Line { text, folder: folder.to_owned(), place, env: Vec::new() });
            }
        }
    }
    found
}

/// The commands of tox environments: those that `-e` names exactly, and those of the base.
fn tox(tree: &dyn Tree, folder: &str, words: &[&str]) -> Vec<Line> {
    let named: Vec<&str> = words
        .windows(2)
        .filter(|pair| matches!(pair, ["-e" | "--env", _]))
        .flat_map(|pair| pair.iter().skip(1).flat_map(|names| names.split(',')))
        .collect();
    let line = |text: String, file: &str, number: usize| Line {
        text: text.replace("{posargs}", "").replace("{toxinidir}/", "").replace("{toxinidir}", ".").trim().to_owned(),
        folder: folder.to_owned(),
        place: Place { file: below(folder, file), line: number },
        env: Vec::new(),
    };
    let mut found = Vec::new();
    if let Some(text) = tree.read(&below(folder, "tox.ini")) {
        let ini = Ini::read(&text);
        let own: Vec<String> = named.iter().map(|name| format!("testenv:{name}")).collect();
        let sections: Vec<&str> =
            own.iter().map(String::as_str).filter(|section| ini.get(section, "commands").is_some()).collect();
        let sections = if sections.is_empty() { vec!["testenv"] } else { sections };
        for commands in sections.into_iter().filter_map(|section| ini.get(section, "commands")) {
            for (_, command) in logical(commands) {
                let number = text.lines().position(|line| {
                    command.starts_with(line.trim().trim_end_matches(['\\', ' '])) && !line.trim().is_empty()
                });
                found.push(line(command, "tox.ini", number.map_or(1, |index| index + 1)));
            }
        }
    } else if let Some(text) = tree.read(&below(folder, "pyproject.toml")) {
        for (command, number) in of_pyproject(&text, &named) {
            found.push(line(command, "pyproject.toml", number));
        }
    }
    found
}

/// The commands of nox sessions: those that `-s` names, else the usual ones.
fn nox_sessions(tree: &dyn Tree, folder: &str, words: &[&str]) -> Vec<Line> {
    const NAMING: &[&str] = &["-s", "--session", "--sessions", "-e"];
    let path = below(folder, "noxfile.py");
    let Some(text) = tree.read(&path) else { return Vec::new() };
    let behind = words.iter().skip_while(|word| !NAMING.contains(word)).skip(1);
    let named: Vec<&str> =
        behind.take_while(|word| !word.starts_with('-')).map(|name| name.split('-').next().unwrap_or(name)).collect();
    let exact = |session: &nox::Session| words.contains(&session.name.as_str());
    let mut sessions = if named.is_empty() { nox::usual(&text) } else { nox::sessions(&text) };
    sessions.retain(|session| named.is_empty() || exact(session) || named.contains(&session.name.as_str()));
    let line = |(number, text): (usize, String)| Line {
        text,
        folder: folder.to_owned(),
        place: Place { file: path.clone(), line: number },
        env: Vec::new(),
    };
    sessions.into_iter().flat_map(|session| session.commands).map(line).collect()
}

/// Commands of `[tool.tox]`, as lists of words.
fn of_pyproject(text: &str, named: &[&str]) -> Vec<(String, usize)> {
    let Ok(table) = toml::from_str::<Table>(text) else { return Vec::new() };
    let Some(tox) = table.get("tool").and_then(|tool| tool.get("tox")) else { return Vec::new() };
    let own: Vec<&toml::Value> = named.iter().filter_map(|name| tox.get("env")?.get(*name)).collect();
    let environments = if own.is_empty() { tox.get("env_run_base").into_iter().collect() } else { own };
    let number = text.lines().position(|line| line.starts_with("[tool.tox")).map_or(1, |index| index + 1);
    let commands = environments.into_iter().filter_map(|environment| environment.get("commands")?.as_array()).flatten();
    commands
        .filter_map(toml::Value::as_array)
        .map(|words| (words.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(" "), number))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    fn texts(files: &[(&str, &str)], command: &str) -> Vec<String> {
        let tree = Memory(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect());
        lines(&tree, "", command).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn reads_a_script_with_its_variables() {
        let text = "#!/bin/sh -e\nexport PREFIX=\"\"\nif [ -d venv ]; then\n  export PREFIX=\"venv/bin/\"\nfi\n\
                    FILES=\"lib tests\"\nset -x\n# why\n${PREFIX}mypy $FILES\n${PREFIX}pytest \\\n  -q \"$@\"\n";
        for command in ["scripts/check", "./scripts/check -v", "uv run bash scripts/check"] {
            assert_eq!(texts(&[("scripts/check", text)], command), ["mypy lib tests", "pytest -q"], "{command}");
        }
        assert!(texts(&[("scripts/check", "print()")], "scripts/check").is_empty());
    }

    #[test]
    fn reads_targets_with_those_that_they_need() {
        let text = "lint: types\n\truff check lib\n\ntypes:\n\t@mypy lib\n\nall: lint\n";
        assert_eq!(texts(&[("Makefile", text)], "make lint"), ["ruff check lib", "mypy lib"]);
    }

    #[test]
    fn reads_environments_of_tox() {
        let ini = "[testenv]\ncommands =\n    pip install -e .[d]\n    pytest tests --run x \\\n        {posargs}\n[testenv:types]\ncommands = mypy lib\n";
        assert_eq!(
            texts(&[("tox.ini", ini)], "tox -e ci-py312 -- -v"),
            ["pip install -e .[d]", "pytest tests --run x"]
        );
        assert_eq!(texts(&[("tox.ini", ini)], "uv run tox -e types"), ["mypy lib"]);
        let toml = "[tool.tox.env_run_base]\ncommands = [[\"pytest\", \"-v\", {replace = \"posargs\"}]]\n[tool.tox.env.types]\ncommands = [[\"mypy\"]]\n";
        assert_eq!(texts(&[("pyproject.toml", toml)], "tox run"), ["pytest -v"]);
        assert_eq!(texts(&[("pyproject.toml", toml)], "tox run -e types"), ["mypy"]);
    }
}
