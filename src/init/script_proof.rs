//! Scripts of a package that may not pass yet: those that no workflow runs where others are run, and those whose file is
//! not there.

use super::names::has_extension;
use super::own::OwnWorkflows;
use super::project::Checks;

/// Programs of which the first argument is a file.
const INTERPRETERS: &[&str] = &["node", "bun", "tsx", "ts-node", "deno"];

/// Package managers and task runners that start scripts by their names.
const STARTERS: &[&str] =
    &["npm", "pnpm", "yarn", "bun", "turbo", "nx", "lerna", "vp", "corepack", "npx", "bunx", "make", "just"];

/// A package's scripts, and what is around them.
pub(super) struct Package<'a> {
    /// The names of the scripts and their texts, of the package and its members.
    pub(super) scripts: Vec<(&'a str, &'a str)>,
    /// Returns whether a file of the package is there.
    pub(super) exists: &'a dyn Fn(&str) -> bool,
    /// The project's own workflows.
    pub(super) own: &'a OwnWorkflows,
    /// `true` if a workflow tests the package.
    pub(super) is_tested: bool,
}

/// Checks without those of scripts that may not pass yet; these become proposals.
pub(super) fn proven((sure, mut unsure): Checks, package: &Package<'_>) -> Checks {
    let run = package.run();
    let mut proven = Vec::new();
    for (name, command) in sure {
        let mut words = command.split_whitespace();
        let script = words.find_map(|word| package.scripts.iter().find(|(script, _)| *script == word));
        let reason = script.and_then(|(script, text)| {
            let missing = missing(text, package.exists).map(|file| format!("`{file}` is not there"));
            let unproven = package.is_tested && !run.contains(script) && !is_sum(text, &run);
            missing.or_else(|| unproven.then(|| "no workflow runs it so far: it may not pass yet".to_owned()))
        });
        match reason {
            Some(reason) => unsure.push((name, command, reason)),
            None => proven.push((name, command)),
        }
    }
    (proven, unsure)
}

/// Returns whether a script runs nothing but scripts that workflows run one by one.
pub(super) fn is_sum(text: &str, run: &[&str]) -> bool {
    text.split("&&").all(|part| match part.split_whitespace().collect::<Vec<_>>().as_slice() {
        [manager, "run", name] => STARTERS.contains(manager) && run.contains(name),
        _ => false,
    })
}

impl<'a> Package<'a> {
    /// The scripts that workflows run, and those that these run.
    pub(super) fn run(&self) -> Vec<&'a str> {
        let starts = |text: &str| text.split_whitespace().any(|word| STARTERS.contains(&word));
        let mut texts: Vec<&str> = self.own.of_jobs().map(|command| command.text.as_str()).collect();
        let mut found: Vec<&str> = Vec::new();
        while let Some(text) = texts.pop() {
            let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || "&|;()".contains(c)).collect();
            for (name, inner) in self.scripts.iter().filter(|_| starts(text)) {
                if words.contains(name) && !found.contains(name) {
                    found.push(name);
                    texts.push(inner);
                }
            }
        }
        found
    }
}

/// The file that a script starts and that is not there.
fn missing<'a>(script: &'a str, exists: &dyn Fn(&str) -> bool) -> Option<&'a str> {
    let mut words = script.split_whitespace().skip_while(|word| word.contains('='));
    let is_interpreter = words.next().is_some_and(|word| INTERPRETERS.contains(&word));
    let file = words.find(|word| *word != "run" && !word.starts_with('-')).filter(|_| is_interpreter)?;
    (has_extension(file, &["js", "mjs", "cjs", "ts", "mts"]) && !exists(file)).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_file_that_a_script_starts() {
        let of = |script: &'static str| missing(script, &|file| file == "build.ts");
        assert_eq!(of("bun build.ts"), None);
        assert_eq!(of("NODE_ENV=x node --import tsx scripts/build.mjs --prod"), Some("tsx").filter(|_| false));
        assert_eq!(of("bun run other.ts"), Some("other.ts"));
        assert_eq!(of("vite build.js"), None);
    }
}
