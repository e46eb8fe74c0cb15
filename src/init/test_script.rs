//! The `test` script of a package as a test run: its tool, with the script's own arguments, and the commands before it.

use super::project::TestRunner;
use crate::pytest::split;

/// A test script that is taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// Variables before the tool's name.
    pub(super) env: Vec<(String, String)>,
    /// Commands before the tests.
    pub(super) before: Vec<String>,
    /// Further arguments of the tool.
    pub(super) args: Vec<String>,
    /// Folders and files that it names.
    pub(super) paths: Vec<String>,
    /// `true` if it measures coverage.
    pub(super) measures: bool,
}

/// Facts about the package that the script belongs to.
pub(super) struct Package<'a> {
    /// The major version of a dependency; none where it is not one.
    pub(super) major: &'a dyn Fn(&str) -> Option<u32>,
    /// The command that starts a program of the dependencies.
    pub(super) exec: &'a dyn Fn(&str) -> String,
}

/// The release of vitest that lists files: `vitest list --filesOnly`.
///
/// Source: <https://github.com/vitest-dev/vitest/pull/6392>
const VITEST: u32 = 3;

/// Programs that are no dependency of the package.
const SYSTEM: &[&str] = &[
    "npm", "pnpm", "yarn", "bun", "bunx", "npx", "node", "rm", "cp", "mkdir", "mv", "echo", "make", "sh", "bash",
    "git", "cargo", "go", "python", "python3", "docker", "true", "test",
];

/// Options of vitest and jest whose value may be the next word.
const VALUED: &[&str] = &[
    "--config",
    "-c",
    "--project",
    "--selectProjects",
    "--root",
    "-r",
    "--rootDir",
    "--roots",
    "--dir",
    "--environment",
    "--env",
    "--testEnvironment",
    "--mode",
    "--pool",
    "-t",
    "--testNamePattern",
    "-g",
    "--grep",
    "--grep-invert",
    "--maxWorkers",
    "-w",
    "--testTimeout",
    "--retry",
    "--bail",
    "--workspace",
    "--testPathIgnorePatterns",
    "--testPathPattern",
    "--testPathPatterns",
    "--exclude",
    "--setupFiles",
    "--globalSetup",
    "--projects",
    "--reporter",
    "--reporters",
    "--outputFile",
    "--shard",
    "--coverageDirectory",
    "--coverageReporters",
    "--collectCoverageFrom",
    "--coverageProvider",
    "--coverageThreshold",
    "--sequence",
];

/// Options that the steps of a test run set themselves, besides those of coverage.
const SET: &[&str] = &[
    "--run",
    "--ci",
    "--watch",
    "--watchAll",
    "--no-watch",
    "--reporter",
    "--reporters",
    "--outputFile",
    "--json",
    "--shard",
    "--passWithNoTests",
];

/// The test run of a script; none where the tool is another, or the script cannot be taken apart.
pub(super) fn read(script: &str, package: &Package<'_>) -> Option<(TestRunner, Script)> {
    let mut parts: Vec<&str> = script.split("&&").map(str::trim).collect();
    let last = parts.pop()?;
    let is_plain =
        |part: &&str| !part.is_empty() && !part.contains(['&', '|', ';', '<', '>', '$', '`', '\\', '(', '\n', '\r']);
    if !is_plain(&last) || !parts.iter().all(is_plain) || script.contains(char::is_control) {
        return None;
    }
    let mut found = Script::default();
    let mut words = split(last).ok()?.into_iter().map(|(word, _)| word).peekable();
    words.next_if(|word| word == "cross-env");
    while let Some(word) = words.next_if(|word| is_assignment(word)) {
        found.env.extend(word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    let tool = words.next()?;
    let mut words: Vec<String> = words.collect();
    let runner = match tool.as_str() {
        "vitest" if (package.major)("vitest")? >= VITEST => TestRunner::Vitest,
        "jest" => (package.major)("jest").map(|_| TestRunner::Jest)?,
        "playwright" if words.first().is_some_and(|word| word == "test") => {
            (package.major)("@playwright/test")?;
            words.remove(0);
            TestRunner::Playwright
        }
        _ => return None,
    };
    if runner == TestRunner::Vitest
        && words.first().is_some_and(|word| ["run", "watch", "dev"].contains(&word.as_str()))
    {
        words.remove(0);
    }
    sort(words, &mut found);
    found.before = parts.iter().map(|part| command(part, package)).collect();
    Some((runner, found))
}

/// Sorts the words behind the tool's name.
fn sort(words: Vec<String>, found: &mut Script) {
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            found.paths.push(word);
            continue;
        }
        found.measures |=
            ["--coverage", "--coverage=true", "--coverage.enabled", "--collectCoverage"].contains(&word.as_str());
        let name = word.split(['=', '.']).next().unwrap_or_default();
        let is_set = SET.contains(&name)
            || ["--coverage", "--no-coverage", "--collectCoverage"].iter().any(|front| name.starts_with(front));
        let takes = VALUED.contains(&word.as_str()) || word.starts_with("--coverage.") && !word.contains('=');
        let value = words.next_if(|next| takes && !next.starts_with('-'));
        if !is_set {
            found.args.extend(std::iter::once(word).chain(value));
        }
    }
}

/// A command of the script, which the package manager runs with the programs of the dependencies.
fn command(part: &str, package: &Package<'_>) -> String {
    let program = part.split_whitespace().next().unwrap_or_default();
    let is_system = SYSTEM.contains(&program) || program.contains('/') || is_assignment(program);
    if is_system { part.to_owned() } else { (package.exec)(part) }
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str) -> Option<(TestRunner, Script)> {
        let major = |name: &str| {
            [("vitest", 4), ("jest", 29), ("@playwright/test", 1)]
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, major)| *major)
        };
        read(script, &Package { major: &major, exec: &|program| format!("npx {program}") })
    }

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn takes_the_arguments_that_decide_what_runs() {
        for (script, args, paths) in [
            ("vitest run --config vitest.unit.ts --reporter dot src", "--config vitest.unit.ts", "src"),
            ("vitest --run --coverage.reporter lcov --project=unit", "--project=unit", ""),
            ("jest --ci --runInBand --coverage test/unit", "--runInBand", "test/unit"),
            ("jest --watchAll=false -c jest.json", "-c jest.json", ""),
            ("playwright test --reporter=dot --grep @fast e2e", "--grep @fast", "e2e"),
        ] {
            let (_, found) = of(script).expect(script);
            assert_eq!((found.args, found.paths), (words(args), words(paths)), "{script}");
        }
    }

    #[test]
    fn keeps_variables_and_commands_before_the_tests() {
        let (runner, found) = of("tsc --noEmit && npm run build && NODE_OPTIONS=--x jest").expect("it is jest");
        assert_eq!(runner, TestRunner::Jest);
        assert_eq!(found.before, ["npx tsc --noEmit", "npm run build"]);
        assert_eq!(found.env, [("NODE_OPTIONS".to_owned(), "--x".to_owned())]);
    }

    #[test]
    fn takes_no_other_tool_and_no_shell_apart() {
        for script in ["mocha", "vitest | tee log", "vitest; jest", "react-scripts test", "jest $ARGS", ""] {
            assert_eq!(of(script), None, "{script}");
        }
        let old = |_: &str| Some(1);
        assert_eq!(read("vitest run", &Package { major: &old, exec: &str::to_owned }), None);
    }
}
