//! `go test`: whole packages by recorded time, order by its own `-shuffle`, coverage by its own profile.

use minijinja::context;

use super::runner::{Capabilities, Coverage, Order, Paths, Scripts, Shard, TestRunner};
use super::units;
use crate::definition::{Split, Workers};
use crate::workflow::{Step, Value, pairs};

pub(crate) struct Go;

/// Flags of the build that decide which files a package has, and whether a value follows.
///
/// Source: <https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies>
const LISTING: &[(&str, bool)] = &[
    ("race", false),
    ("msan", false),
    ("asan", false),
    ("tags", true),
    ("mod", true),
    ("modfile", true),
    ("overlay", true),
    ("compiler", true),
];

impl TestRunner for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            toolchains: &["go"],
            oldest: None,
            shards: true,
            splits: (Split::Timings, &[Split::Count]),
            workers: true,
            dist: false,
            reruns: false,
            test_timeout: false,
            order: Order::Shuffled,
            coverage: Some(Coverage::Lcov),
            paths: Paths::Packages,
        }
    }

    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step> {
        let args = &shard.run.args;
        let values = context! {
            listing => listing(args),
            args => args.clone(),
            random => shard.random,
            workers => match shard.workers { Workers::Count(count) if count > 1 => Some(count), _ => None },
            measured => shard.measured.map(|source| source.iter().map(|package| pattern(package)).collect::<Vec<_>>().join(",")),
        };
        let seed = units::seed(shard).unwrap_or_else(|| Value::from("off"));
        let replay = Value::from("go test -count=1 -shuffle=") + seed;
        let mut more = pairs![("PIPEWRIGHT_MODULES", Value::temp("modules.txt"))];
        if shard.measured.is_some() {
            more.extend(pairs![
                ("PIPEWRIGHT_LCOV", Value::temp("coverage/lcov.info")),
                ("PIPEWRIGHT_PROFILE", Value::temp("profile.txt")),
            ]);
        }
        vec![units::run(shard, scripts, "steps/go.sh", values), units::record(shard, scripts, "go", replay, more)]
    }
}

/// The flags of `go test` that `go list` needs to see the same files.
fn listing(args: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = args.iter().take_while(|arg| *arg != "-args" && *arg != "--args");
    while let Some(arg) = rest.next() {
        let name = arg.trim_start_matches('-');
        let bare = name.split('=').next().unwrap_or_default();
        let Some((_, valued)) = LISTING.iter().find(|(flag, _)| arg.starts_with('-') && *flag == bare) else {
            continue;
        };
        found.push(arg.clone());
        if *valued && bare == name {
            found.extend(rest.next().cloned());
        }
    }
    found
}

/// A pattern of packages: a folder, or the pattern that is written.
fn pattern(source: &str) -> String {
    let is_path = source.split('/').next().is_some_and(|first| first.contains('.'));
    if is_path || source == "all" { source.to_owned() } else { format!("./{}/...", source.trim_end_matches('/')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn packages_are_listed_by_the_flags_that_decide_about_files() {
        for (args, expected) in [
            ("-race -short -run X", "-race"),
            ("-tags integration -v --mod=vendor", "-tags integration --mod=vendor"),
            ("-tags", "-tags"),
            ("-v -args -race", ""),
            ("-timeout 5m race", ""),
        ] {
            assert_eq!(listing(&words(args)), words(expected), "{args}");
        }
    }

    #[test]
    fn a_folder_is_measured_with_all_below_it() {
        for (source, expected) in [
            ("internal", "./internal/..."),
            ("./...", "./..."),
            (".", "."),
            ("example.com/a/b", "example.com/a/b"),
            ("internal/x/", "./internal/x/..."),
        ] {
            assert_eq!(pattern(source), expected, "{source}");
        }
    }
}
