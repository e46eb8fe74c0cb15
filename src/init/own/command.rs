//! One command of the project's own files, and what it starts.

use super::super::names::has_extension;
use super::place::Place;
use crate::sources::below;

/// One command of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::init) struct Command {
    /// The command, without what surrounds it.
    pub(in crate::init) text: String,
    /// The folder that it runs in; empty at the root.
    pub(in crate::init) folder: String,
    /// Its place.
    pub(in crate::init) place: Place,
    /// The job that runs it, by its index; none for what runs outside of workflows.
    pub(super) job: Option<usize>,
    /// Environment variables of its step.
    pub(in crate::init) env: Vec<(String, String)>,
    /// `true` if its step has a condition.
    pub(in crate::init) conditional: bool,
    /// `false` if more is added to it when it runs, such as names of files.
    pub(super) whole: bool,
    /// Number of commands around it, each of which starts the next.
    pub(super) depth: usize,
    /// Number of known commands that it starts.
    pub(super) starts: usize,
}

/// The file with the hooks of pre-commit.
pub(super) const HOOKS: &str = ".pre-commit-config.yaml";

/// Programs that start the one behind them.
const STARTERS: &[&[&str]] = &[
    &["uv", "run"],
    &["poetry", "run"],
    &["pdm", "run"],
    &["rye", "run"],
    &["hatch", "run"],
    &["pipenv", "run"],
    &["uvx"],
    &["pipx", "run"],
    &["coverage", "run"],
    &["python", "-m", "coverage", "run"],
    &["python", "-m"],
    &["python3", "-m"],
    &["python"],
    &["python3"],
    &["npx"],
    &["bunx"],
    &["pnpm", "exec"],
    &["sudo"],
    &["env"],
    &["time"],
    &["xvfb-run"],
];

/// Starters that bring the project's environment; `init` writes the one that fits the installation.
const MANAGERS: &[&[&str]] =
    &[&["uv", "run"], &["poetry", "run"], &["pdm", "run"], &["rye", "run"], &["hatch", "run"], &["pipenv", "run"]];

/// Options of starters that take a value.
const WITH_VALUE: &[&str] = &[
    "--group",
    "--extra",
    "--python",
    "-p",
    "--with",
    "--env-file",
    "--directory",
    "--project",
    "--package",
    "--no-group",
    "--only-group",
    "--no-extra",
    "--source",
    "--omit",
    "--rcfile",
    "--debug",
    "--include",
    "--concurrency",
    "--context",
    "--data-file",
];

impl Command {
    /// The command as a definition can repeat it: whole, without anything that the shell or GitHub expands.
    pub(in crate::init) fn repeatable(&self) -> Option<&str> {
        let plain = |c: char| !"$`\\|&;<>(){}!#*?~\n".contains(c);
        (self.whole && self.text.chars().all(plain)).then_some(self.text.as_str())
    }

    /// The words behind what starts the program and its options.
    pub(in crate::init) fn words(&self) -> Vec<&str> {
        started(&self.text)
    }

    /// Returns whether it begins with these words, behind what starts it.
    pub(in crate::init) fn runs(&self, words: &[&str]) -> bool {
        self.words().starts_with(words)
    }

    /// Returns whether it is a hook of pre-commit, which has an environment to itself.
    pub(in crate::init) fn is_hook(&self) -> bool {
        self.job.is_none() && self.place.file == HOOKS
    }

    /// Returns whether another command starts it.
    pub(in crate::init) fn is_inner(&self) -> bool {
        self.depth > 0
    }

    /// Returns whether it starts no other known command.
    pub(in crate::init) fn is_leaf(&self) -> bool {
        self.starts == 0
    }

    /// Returns whether it runs a part of the tests: by a marker, a name or the id of a test.
    pub(super) fn is_part(&self) -> bool {
        // `-m` before the program names a module.
        let text = self.words().join(" ");
        let behind = |flag: &str| text.split_once(flag).map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
        let marked =
            self.words().first() == Some(&"pytest") && behind(" -m ").is_some_and(|marker| !marker.starts_with("not "));
        // Single files of a folder are a part of its tests.
        let is_file = |word: &&str| has_extension(word.trim_matches(['"', '\'']), &["py"]);
        let files = self.words().first() == Some(&"pytest") && self.words().iter().any(is_file);
        marked || files || behind(" -k ").is_some() || self.text.contains("::") || self.text.contains(" --lib ")
    }

    /// The command for a folder: from there, without what brings the environment. None where it cannot be repeated, or
    /// concerns other folders.
    pub(in crate::init) fn for_folder(&self, folder: &str) -> Option<String> {
        let mut rest: Vec<&str> =
            self.repeatable()?.split_whitespace().skip_while(|word| is_assignment(word)).collect();
        for manager in MANAGERS {
            if rest.starts_with(manager) {
                rest.drain(..manager.len());
                drop_options(&mut rest);
            }
        }
        if self.folder == folder {
            return (!rest.is_empty()).then(|| rest.join(" "));
        }
        // From the root: the paths that it names have to be in the folder.
        let front = below(folder, "");
        let is_inside = |word: &str| word.trim_end_matches('/') == folder || word.starts_with(&front);
        let named = self.folder.is_empty() && rest.iter().any(|word| is_inside(word));
        let inner = |word: &str| -> String {
            if word.trim_end_matches('/') == folder { ".".to_owned() } else { word.replacen(&front, "", 1) }
        };
        named.then(|| {
            rest.iter()
                .map(|word| if is_inside(word) { inner(word) } else { (*word).to_owned() })
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

/// The words of a line behind everything that starts its program.
pub(super) fn started(line: &str) -> Vec<&str> {
    let mut rest: Vec<&str> = line.split_whitespace().collect();
    loop {
        let before = rest.len();
        while rest.first().is_some_and(|word| is_assignment(word)) {
            rest.remove(0);
        }
        if let Some(starter) = STARTERS.iter().find(|starter| rest.starts_with(starter)) {
            rest.drain(..starter.len());
            drop_options(&mut rest);
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// The toolchain of Rust that a command of rustup sets up.
pub(super) fn toolchain(line: &str) -> Option<&str> {
    let words = started(line);
    let plain: Vec<&str> = words.into_iter().filter(|word| !word.starts_with('-')).collect();
    match plain.as_slice() {
        ["rustup", "update" | "default", name, ..]
        | ["rustup", "override", "set", name, ..]
        | ["rustup", "toolchain", "install", name, ..] => Some(name),
        _ => None,
    }
}

/// Takes the options at the front away, with their values.
fn drop_options(rest: &mut Vec<&str>) {
    while let Some(first) = rest.first().copied().filter(|word| word.starts_with(['-', '$', '"'])) {
        rest.remove(0);
        if WITH_VALUE.contains(&first) && !rest.is_empty() {
            rest.remove(0);
        }
    }
}

/// The variables that a line sets for its command.
pub(super) fn assigned(line: &str) -> Vec<(String, String)> {
    let words = line.split_whitespace().take_while(|word| is_assignment(word));
    let pairs = words.filter_map(|word| word.split_once('='));
    let plain = pairs.filter(|(_, value)| !value.contains(['$', '`', '"', '\'']));
    plain.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Returns whether a word sets a variable for the command behind it.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}
