//! Arguments of `cargo nextest`, sorted by the commands that take them.

/// Commands that take an option, and how `cargo test --doc` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Packages, for all commands.
    Package,
    /// Options of the build, for all commands; with another name for `cargo test`.
    Build(&'static str),
    /// Targets of a package, which `--doc` does not go with.
    Target,
    /// Filters and profiles of nextest, to list and to run.
    Filter,
    /// Options of a run alone.
    Run,
}

use Scope::{Build, Filter, Package, Run, Target};

/// Options by name: their scope, and `=` where a value follows.
///
/// Source: `cargo nextest run --help` and `cargo nextest list --help`, 0.9.143.
const OPTIONS: &[(&str, Scope, bool)] = &[
    ("-p", Package, true),
    ("--package", Package, true),
    ("--workspace", Package, false),
    ("--all", Package, false),
    ("--exclude", Package, true),
    ("--manifest-path", Package, true),
    ("-F", Build("--features"), true),
    ("--features", Build("--features"), true),
    ("--all-features", Build("--all-features"), false),
    ("--no-default-features", Build("--no-default-features"), false),
    ("--build-jobs", Build("--jobs"), true),
    ("-r", Build("--release"), false),
    ("--release", Build("--release"), false),
    ("--cargo-profile", Build("--profile"), true),
    ("--target", Build("--target"), true),
    ("--target-dir", Build("--target-dir"), true),
    ("--frozen", Build("--frozen"), false),
    ("--locked", Build("--locked"), false),
    ("--offline", Build("--offline"), false),
    ("--ignore-rust-version", Build("--ignore-rust-version"), false),
    ("--config", Build("--config"), true),
    ("-Z", Build("-Z"), true),
    ("--lib", Target, false),
    ("--bin", Target, true),
    ("--bins", Target, false),
    ("--test", Target, true),
    ("--example", Target, true),
    ("--examples", Target, false),
    ("--bench", Target, true),
    ("--benches", Target, false),
    ("--archive-file", Target, true),
    ("--tests", Filter, false),
    ("--all-targets", Filter, false),
    ("-E", Filter, true),
    ("--filterset", Filter, true),
    ("--filter-expr", Filter, true),
    ("-P", Filter, true),
    ("--profile", Filter, true),
    ("--run-ignored", Filter, true),
    ("--platform-filter", Filter, true),
    ("--cargo-message-format", Filter, true),
    ("--color", Filter, true),
    ("--config-file", Filter, true),
    ("--user-config-file", Filter, true),
    ("--tool-config-file", Filter, true),
    ("--archive-format", Filter, true),
    ("--workspace-remap", Filter, true),
    ("--target-dir-remap", Filter, true),
    ("--binaries-metadata", Filter, true),
    ("--cargo-metadata", Filter, true),
    ("--partition", Filter, true),
    ("-j", Run, true),
    ("--test-threads", Run, true),
    ("--retries", Run, true),
    ("--flaky-result", Run, true),
    ("--max-fail", Run, true),
    ("--no-tests", Run, true),
    ("--debugger", Run, true),
    ("--tracer", Run, true),
    ("--stress-count", Run, true),
    ("--stress-duration", Run, true),
    ("--failure-output", Run, true),
    ("--success-output", Run, true),
    ("--status-level", Run, true),
    ("--final-status-level", Run, true),
    ("--show-progress", Run, true),
    ("--max-progress-running", Run, true),
    ("--message-format", Run, true),
    ("--message-format-version", Run, true),
    ("--no-run", Run, false),
    ("--fail-fast", Run, false),
    ("--no-fail-fast", Run, false),
    ("--no-capture", Run, false),
    ("--nocapture", Run, false),
    ("--no-output-indent", Run, false),
    ("--hide-progress-bar", Run, false),
    ("--no-input-handler", Run, false),
];

/// Arguments of a test run by the commands that take them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CargoArgs {
    /// Packages, targets and options of the build, for `cargo nextest`.
    pub(super) build: Vec<String>,
    /// Filters, for `list` and `run`; last, since a `--` may be among them.
    pub(super) filters: Vec<String>,
    /// Options of `run` alone.
    pub(super) run: Vec<String>,
    /// Packages and options of the build, for `cargo test --doc`.
    pub(super) doc: Vec<String>,
    /// Options of the build that decide where `cargo llvm-cov report` looks.
    pub(super) report: Vec<String>,
    /// `true` if targets are selected, which `cargo test --doc` refuses.
    pub(super) targets: bool,
    /// `true` if packages are selected.
    pub(super) packages: bool,
    /// `true` if the use of Cargo.lock is decided.
    pub(super) locked: bool,
}

impl CargoArgs {
    /// Sorts the arguments of a definition.
    pub(super) fn of(args: &[String]) -> Self {
        let mut sorted = Self::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            if arg == "--" {
                sorted.filters.push(arg.clone());
                sorted.filters.extend(rest.cloned());
                break;
            }
            let Some((name, scope, valued)) = option(arg) else {
                sorted.filters.push(arg.clone());
                continue;
            };
            let mut words = vec![arg.clone()];
            if valued && arg == name {
                words.extend(rest.next().cloned());
            }
            sorted.put(name, scope, words);
        }
        sorted
    }

    fn put(&mut self, name: &str, scope: Scope, words: Vec<String>) {
        self.packages |= scope == Package && name != "--exclude";
        self.locked |= name == "--locked" || name == "--frozen";
        self.targets |= scope == Target;
        if let Package | Build(_) = scope {
            let doc = if let Build(doc) = scope { doc } else { name };
            let named = renamed(name, doc, &words);
            if ["--release", "--profile", "--target", "--manifest-path"].contains(&doc) {
                self.report.extend(named.iter().cloned());
            }
            self.doc.extend(named);
        }
        match scope {
            Package | Build(_) | Target => self.build.extend(words),
            Filter => self.filters.extend(words),
            Run => self.run.extend(words),
        }
    }

    /// Returns whether an option of `run` is among the arguments.
    pub(super) fn runs_with(&self, names: &[&str]) -> bool {
        self.run.iter().filter_map(|arg| option(arg)).any(|(name, ..)| names.contains(&name))
    }
}

/// The option that an argument begins, as `--name`, `--name=value`, `-n` or `-nvalue`.
fn option(arg: &str) -> Option<(&'static str, Scope, bool)> {
    let name = arg.split_once('=').map_or(arg, |(name, _)| name);
    let long = |known: &str| known == name;
    let short = |known: &str, valued: bool| valued && !known.starts_with("--") && arg.starts_with(known);
    OPTIONS.iter().copied().find(|(known, _, valued)| long(known) || (!arg.starts_with("--") && short(known, *valued)))
}

/// An option and its value, under the name that `cargo test` gives it.
fn renamed(name: &str, doc: &str, words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(first) = words.first_mut() {
        let value = first.strip_prefix(name).unwrap_or_default();
        // `-Fvalue` has no sign between the two, which a long name needs.
        let sign = if value.is_empty() || value.starts_with('=') || !doc.starts_with("--") { "" } else { "=" };
        *first = format!("{doc}{sign}{value}");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn each_command_gets_what_it_takes() {
        let args =
            "-p a --features=x -Fy --cargo-profile ci -E not(test(slow)) --no-capture --retries 2 slow -- --skip z";
        let sorted = CargoArgs::of(&words(args));
        assert_eq!(sorted.build, words("-p a --features=x -Fy --cargo-profile ci"));
        assert_eq!(sorted.filters, words("-E not(test(slow)) slow -- --skip z"));
        assert_eq!(sorted.run, words("--no-capture --retries 2"));
        assert_eq!(sorted.doc, words("-p a --features=x --features=y --profile ci"));
        assert_eq!(sorted.report, words("--profile ci"));
        assert!(sorted.packages && !sorted.locked && !sorted.targets);
        assert!(sorted.runs_with(&["--retries"]) && !sorted.runs_with(&["--no-fail-fast"]));
    }

    #[test]
    fn says_what_is_selected() {
        for (args, packages, locked, targets) in [
            ("", false, false, false),
            ("--workspace --frozen", true, true, false),
            ("--exclude a --all-features", false, false, false),
            ("--package=a --lib", true, false, true),
            ("-pa --all-targets", true, false, false),
            ("-j4 --release", false, false, false),
        ] {
            let sorted = CargoArgs::of(&words(args));
            assert_eq!((sorted.packages, sorted.locked, sorted.targets), (packages, locked, targets), "{args}");
        }
    }

    #[test]
    fn an_option_without_its_value_is_left_to_the_command() {
        assert_eq!(CargoArgs::of(&words("--features")).build, words("--features"));
    }
}
