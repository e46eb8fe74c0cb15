//! tox and nox: whole environments by recorded time, each in the job of the version of Python that it is for.

use super::runner::{Capabilities, Order, Paths, Scripts, Shard};
use super::units;
use crate::definition::{Split, VersionAxis, Workers};
use crate::workflow::{Property, Step, Value, pairs};

/// A tool that makes the environments of its tests itself.
pub(super) struct Tool {
    /// Its name, which is that of its module.
    pub(super) name: &'static str,
    /// Options that decide which environments it lists; all others are those of the run.
    pub(super) options: &'static [Flag],
}

/// An option that decides which environments there are.
pub(super) struct Flag {
    /// Its spellings.
    pub(super) names: &'static [&'static str],
    /// Words behind it.
    pub(super) values: Values,
    /// `true` for one that the run needs, too: it does not choose, but changes what can be chosen.
    pub(super) configures: bool,
}

/// Words behind an option.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// One.
    One,
    /// All up to the next option.
    Many,
}

/// Capabilities of a tool that may run several environments at a time.
pub(super) fn capabilities(workers: bool) -> Capabilities {
    Capabilities {
        toolchains: &["python"],
        // The scripts that run it use its interpreter.
        oldest: Some((3, 10)),
        shards: true,
        splits: (Split::Timings, &[Split::Count]),
        workers,
        dist: false,
        reruns: true,
        test_timeout: false,
        order: Order::Fixed,
        coverage: None,
        paths: Paths::No("an environment has no path, and options choose it: `args = [\"-e\", \"…\"]`"),
    }
}

/// Returns the step that lists environments, runs those of the shard and records them.
pub(super) fn steps(tool: &Tool, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
    let (choice, arguments) = parts(&shard.run.args, tool.options);
    let mut command = shard.exec.clone();
    command.extend(["python", "-m", tool.name]);
    let mut env = shard.env.clone();
    env.extend(pairs![
        ("PIPEWRIGHT_COMMAND", command.join(" ")),
        ("PIPEWRIGHT_TOOL", tool.name),
        ("PIPEWRIGHT_WORK", Property::RunnerTemp),
    ]);
    for (name, words) in [("PIPEWRIGHT_CHOICE", choice), ("PIPEWRIGHT_ARGUMENTS", arguments)] {
        if !words.is_empty() {
            env.push((name.to_owned(), units::quoted(&words).into()));
        }
    }
    if shard.run.reruns > 0 {
        env.extend(pairs![("PIPEWRIGHT_RERUNS", shard.run.reruns.to_string())]);
    }
    match shard.workers {
        Workers::Auto => env.extend(pairs![("PIPEWRIGHT_WORKERS", "auto")]),
        Workers::Count(1) => {}
        Workers::Count(count) => env.extend(pairs![("PIPEWRIGHT_WORKERS", count.to_string())]),
    }
    if let Some(versions) = &shard.component.python {
        let own = if versions.is_matrix() { Value::matrix("python") } else { versions.values.join("").into() };
        env.extend(pairs![("PIPEWRIGHT_PYTHON", own), ("PIPEWRIGHT_PYTHONS", ordered(versions).join("\n"))]);
    }
    env.sort_by(|(one, _), (other, _)| one.cmp(other));
    let script = scripts.python("ci.py environments");
    vec![Step::run("Run tests", script, shard.origin.clone()).id("tests").folder(shard.folder).env(env)]
}

/// All versions; the last one also runs environments for any version, so it is one that has to work.
fn ordered(versions: &VersionAxis) -> Vec<&str> {
    let is_optional = |version: &&str| versions.optional.iter().any(|optional| optional == version);
    let all = || versions.values.iter().map(String::as_str);
    all().filter(is_optional).chain(all().filter(|version| !is_optional(version))).collect()
}

/// Arguments that list environments, and those that run them.
fn parts(args: &[String], options: &[Flag]) -> (Vec<String>, Vec<String>) {
    let (mut choice, mut rest) = (Vec::new(), Vec::new());
    let mut words = args.iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            rest.push(word.clone());
            rest.extend(words.by_ref().cloned());
            break;
        }
        let Some((flag, is_glued)) = options.iter().find_map(|flag| Some((flag, flag.is_glued(word)?))) else {
            rest.push(word.clone());
            continue;
        };
        let mut found = vec![word.clone()];
        let limit = match flag.values {
            _ if is_glued => 0,
            Values::One => 1,
            Values::Many => usize::MAX,
        };
        while found.len() <= limit && words.peek().is_some_and(|next| limit == 1 || !next.starts_with('-')) {
            found.extend(words.next().cloned());
        }
        if flag.configures {
            rest.extend(found.iter().cloned());
        }
        choice.extend(found);
    }
    (choice, rest)
}

impl Flag {
    /// Returns whether a word has the option's value in it; none for another word.
    fn is_glued(&self, word: &str) -> Option<bool> {
        self.names.iter().find_map(|name| {
            let rest = word.strip_prefix(name)?;
            let is_long = name.starts_with("--");
            let is_value = if is_long { rest.starts_with('=') } else { !rest.is_empty() };
            (rest.is_empty() || is_value).then_some(is_value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{nox, tox};
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn options_that_choose_environments_are_told_from_those_of_the_run() {
        for (tool, args, choice, rest) in [
            (tox::TOOL, "-e py312,lint -v -- -x -e", "-e py312,lint", "-v -- -x -e"),
            (tox::TOOL, "-epy312 --skip-env=docs", "-epy312 --skip-env=docs", ""),
            (tox::TOOL, "-f py312 django -v", "-f py312 django", "-v"),
            (tox::TOOL, "-c other.ini --develop", "-c other.ini", "-c other.ini --develop"),
            (tox::TOOL, "-e", "-e", ""),
            (nox::TOOL, "-s tests lint --no-venv", "-s tests lint", "--no-venv"),
            (nox::TOOL, "--noxfile x.py -- a", "--noxfile x.py", "--noxfile x.py -- a"),
        ] {
            assert_eq!(parts(&words(args), tool.options), (words(choice), words(rest)), "{args}");
        }
    }
}
