//! Facts of the project's own workflows about a Python project: its installation, and the arguments of pytest.

use super::super::ini::Ini;
use super::super::own::{Command, Place};
use super::super::project::Install;
use super::super::walk::{Folder, View};

/// Packages that start or report tests, and that no test needs.
const TOOLS: &[&str] = &[
    "pip",
    "setuptools",
    "wheel",
    "tox",
    "tox-uv",
    "tox-gh",
    "tox-gh-actions",
    "nox",
    "coveralls",
    "codecov",
    "build",
    "twine",
    "pre-commit",
    "coverage",
    "uv",
    "poetry",
    "pdm",
    "hatch",
    "virtualenv",
    "pipenv",
];

/// Installation by the job that runs the tests; none where it leaves that to a lock file.
pub(super) fn install(view: &View<'_>, folder: &Folder, by_uv: bool, by_poetry: bool) -> Option<(Install, Place)> {
    let test = view.own.tests(&folder.path, "python").into_iter().next()?;
    let before: Vec<&Command> = view.own.before(test).filter(|command| command.folder == test.folder).collect();
    let synced = |words: &[&str]| {
        let command = before.iter().find(|command| command.runs(words) && command.repeatable().is_some())?;
        let words = arguments(&command.words(), words.len());
        // What only prepares an environment, `uv run` completes.
        let is_whole = !words.iter().any(|word| word.starts_with("--only-"));
        is_whole.then(|| (words, command.place.clone()))
    };
    if by_uv {
        return synced(&["uv", "sync"]).map(|(words, place)| (Install::Uv(words), place));
    }
    if by_poetry {
        return synced(&["poetry", "install"]).map(|(words, place)| (Install::Poetry(words), place));
    }
    let pip: Vec<(&Command, Vec<String>)> = before
        .iter()
        .filter_map(|command| Some((*command, pip(command)?)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    // Half of an installation is none.
    let is_unknown = |command: &&&Command| {
        let words = command.words();
        (words.starts_with(&["pip", "install"]) || words.starts_with(&["uv", "pip", "install"]))
            && command.repeatable().is_none()
            && command.place.file.ends_with("noxfile.py")
    };
    if before.iter().find(is_unknown).is_some() {
        return None;
    }
    let (first, _) = pip.first()?;
    let all: Vec<&String> = pip.iter().flat_map(|(_, words)| words).collect();
    let files: Option<Vec<String>> = all
        .chunks(2)
        .map(|pair| matches!(pair, [flag, _] if *flag == "-r").then(|| pair.get(1).map(|file| (*file).clone()))?)
        .collect();
    if let Some(files) = files {
        let exists = files.iter().all(|file| view.tree.exists(&folder.file(file)));
        return exists.then(|| (Install::Pip(files), first.place.clone()));
    }
    let mut words: Vec<String> = all.into_iter().cloned().collect();
    words.extend(of_tox(view, folder, test));
    Some((Install::Run(format!("python -m pip install {}", words.join(" "))), first.place.clone()))
}

/// The arguments that choose what is installed: the lock file and the version of Python are the definition's.
fn arguments(words: &[&str], skipped: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = words.iter().skip(skipped);
    while let Some(word) = words.next() {
        match *word {
            "--locked" | "--frozen" | "-q" | "--quiet" | "--no-interaction" | "--no-progress" | "--no-ansi" | "-v"
            | "-n" => {}
            "-p" | "--python" => {
                words.next();
            }
            word => found.push(word.to_owned()),
        }
    }
    found
}

/// Packages and files that a `pip install` names, as words for a shell; none for another command, or one that only
/// installs tools.
fn pip(command: &Command) -> Option<Vec<String>> {
    let words = command.words();
    let rest = words.strip_prefix(&["pip", "install"]).or_else(|| words.strip_prefix(&["uv", "pip", "install"]))?;
    command.repeatable()?;
    let mut found = Vec::new();
    let mut only_tools = true;
    let mut rest = rest.iter().map(|word| word.trim_matches(['"', '\'']));
    while let Some(word) = rest.next() {
        let flag = match word {
            "-r" | "--requirement" => "-r",
            "-c" | "--constraint" => "-c",
            "-e" | "--editable" => "--editable",
            "--group" => "--group",
            word if word.starts_with('-') => continue,
            word => {
                only_tools &= TOOLS.contains(&word.split(['=', '<', '>', '~', '[']).next().unwrap_or(word));
                found.push(quoted(word));
                continue;
            }
        };
        let value = rest.next()?;
        only_tools &= flag == "-c" || (flag == "--group" && TOOLS.contains(&value));
        found.extend([flag.to_owned(), quoted(value)]);
    }
    Some(if only_tools { Vec::new() } else { found })
}

fn quoted(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@+,".contains(c));
    if plain { word.to_owned() } else { format!("'{word}'") }
}

/// Groups and requirement files that the base environment of tox adds to its own commands.
fn of_tox(view: &View<'_>, folder: &Folder, test: &Command) -> Vec<String> {
    if !test.place.file.ends_with("tox.ini") {
        return Vec::new();
    }
    let ini = Ini::read(&view.read(folder, "tox.ini").unwrap_or_default());
    let list = |key: &str| -> Vec<String> {
        let listed = ini.get("testenv", key).unwrap_or_default();
        listed.split([',', '\n']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let mut words: Vec<String> =
        list("dependency_groups").into_iter().flat_map(|group| ["--group".to_owned(), quoted(&group)]).collect();
    for dependency in list("deps").into_iter().filter(|dependency| !dependency.contains([':', '{'])) {
        match dependency.strip_prefix("-r") {
            Some(file) => words.extend(["-r".to_owned(), quoted(file.trim())]),
            None => words.push(quoted(&dependency)),
        }
    }
    words
}

/// Options of pytest about reports and processes, which keys of the test run set.
const OF_REPORTS: &[&str] = &[
    "-v",
    "-vv",
    "-vvv",
    "-q",
    "-qq",
    "-s",
    "-x",
    "-ra",
    "-rA",
    "-rs",
    "-l",
    "--verbose",
    "--quiet",
    "--exitfirst",
    "--showlocals",
    "--full-trace",
    "--lf",
    "--ff",
    "--sw",
    "--cov",
    "--codspeed",
    "--forked",
    "--no-header",
    "--no-cov",
    "--cov-append",
    "--cov-branch",
    "--instafail",
    "--xdist",
    "--reuse-db",
    "--create-db",
    "--benchmark-only",
    "--benchmark-skip",
];

/// Such options with a value, and those about coverage.
const WITH_VALUE: &[&str] = &[
    "-n",
    "--numprocesses",
    "--dist",
    "--maxfail",
    "--tb",
    "--color",
    "--durations",
    "--durations-min",
    "--junitxml",
    "--junit-xml",
    "--basetemp",
    "--cov-report",
    "--cov-config",
    "--cov-context",
    "--cov-fail-under",
    "--maxprocesses",
    "--reruns",
    "--reruns-delay",
    "--timeout",
    "-c",
    "--rootdir",
    "--splits",
    "--group",
    "--html",
    "--capture",
    "--random-order-seed",
];

/// The arguments and the paths that the project's own job gives pytest.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) args: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) place: Option<Place>,
}

/// Reads the command by which the project's own job calls pytest.
pub(super) fn call(view: &View<'_>, folder: &Folder) -> Call {
    let tests = view.own.tests(&folder.path, "python");
    let Some(test) = tests.into_iter().find(|test| test.runs(&["pytest"])) else { return Call::default() };
    let words = split(&test.text);
    let behind = words.iter().position(|word| word == "pytest").map_or(words.len(), |index| index + 1);
    let mut call = read(words.get(behind..).unwrap_or_default(), &|path| view.tree.exists(&folder.file(path)));
    call.place = Some(test.place.clone());
    call
}

/// Divides pytest's words into arguments and paths; words that the shell or GitHub expands are left out.
fn read(words: &[String], exists: &dyn Fn(&str) -> bool) -> Call {
    let mut call = Call::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let is_expanded = |word: &str| word.contains(['$', '`', '{', '|', ';', '>', '<', '&', '*']);
        let name = word.split('=').next().unwrap_or(word);
        let is_option = word.starts_with('-');
        let is_report = OF_REPORTS.contains(&name) || WITH_VALUE.contains(&name) || name.starts_with("--cov");
        let has_value = is_option
            && !word.contains('=')
            && words.peek().is_some_and(|next| !next.starts_with('-') && !exists(next));
        if is_expanded(word) || (is_report && is_option) {
            let takes = WITH_VALUE.contains(&name) || (name == "-o");
            if takes && !word.contains('=') {
                words.next();
            }
        } else if name == "-o" {
            let value = words.next().filter(|value| !value.starts_with("junit"));
            call.args.extend(value.into_iter().flat_map(|value| ["-o".to_owned(), value.clone()]));
        } else if is_option {
            call.args.push(word.clone());
            if has_value {
                let value = words.next().filter(|value| !is_expanded(value));
                match value {
                    Some(value) => call.args.push(value.clone()),
                    None => drop(call.args.pop()),
                }
            }
        } else if exists(word.trim_end_matches('/')) {
            call.paths.push(word.trim_end_matches('/').trim_start_matches("./").to_owned());
        }
    }
    call
}

/// The words of a line as a shell divides them; quotes group words.
fn split(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quote, mut any) = (String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => (quote, any) = (Some(c), true),
            (None, c) if c.is_whitespace() => {
                if any || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            (_, c) => word.push(c),
        }
    }
    if any || !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_the_arguments_of_pytest() {
        let line = "-v -m \"not e2e\" --run-optional no_jupyter --junitxml=a.xml -o junit_family=legacy --bench=\"$FILE\" -n logical \
                    --cov --cov-report=xml tests lib/test_a.py -W ignore::UserWarning";
        let call = read(&split(line), &|path| ["tests", "lib/test_a.py"].contains(&path));
        assert_eq!(call.args, ["-m", "not e2e", "--run-optional", "no_jupyter", "-W", "ignore::UserWarning"]);
        assert_eq!(call.paths, ["tests", "lib/test_a.py"]);
    }
}
