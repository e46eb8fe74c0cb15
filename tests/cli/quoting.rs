//! Values of a definition reach the commands of a step byte for byte, whatever they hold: real bash runs every template,
//! and stand-ins for the commands write down what they are given.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use minijinja::{Value, context};
use pipewright::script::render;
use pipewright::templates;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::SMALL;
use crate::support::compile;

/// A value that no shell takes for anything.
const PLAIN: &str = "harmless";

const HOSTILE: &[&str] = &[
    "",
    " ",
    "a b",
    "$(touch pwned)",
    "`touch pwned`",
    "'",
    "\"",
    "a'b\"c",
    "''",
    "\\",
    "\\n",
    "\\'",
    "$HOME",
    "${HOME}",
    "${{ github.token }}",
    "${{",
    "$",
    "}}",
    "$'\\n'",
    "new\nline",
    "two\n\n\nbreaks",
    "ends in one\n",
    " spaces ",
    "*",
    "?[a]",
    "~",
    "~root",
    "-rf",
    "--",
    "-",
    ";touch pwned",
    "&& touch pwned",
    "| touch pwned",
    "> pwned",
    "<(touch pwned)",
    "#",
    "!!",
    "{a,b}",
    "=x",
    "a=b",
    "%s",
    "<%= secret %>",
    "<% if %>",
    "tab\there",
    "carriage\rreturn",
    "é☃😀",
    "\u{1}\u{1b}[0m\u{7f}",
    "'$(touch pwned)'",
    "\"; touch pwned; \"",
    "'; touch pwned; '",
    "\\$(touch pwned)",
];

/// Commands that templates call; each writes down its words, and what it reads where it reads anything.
const COMMANDS: [&str; 27] = [
    "az",
    "aws",
    "bun",
    "bundle",
    "cargo",
    "cp",
    "curl",
    "deno",
    "docker",
    "dotnet",
    "gcloud",
    "genhtml",
    "gh",
    "go",
    "gradle",
    "kubectl",
    "mvn",
    "npm",
    "pipx",
    "pnpm",
    "poetry",
    "python",
    "rustup",
    "sha256sum",
    "sudo",
    "uv",
    "yarn",
];

const STAND_IN: &str = r#"#!/bin/bash
name=${0##*/}
{
  printf '%s\0' "$#" "$name" "$@"
  case $name in curl | sha256sum) cat ;; esac
  printf '\0'
} >> "$CALLS"
case $name in docker) echo '{"digest": "sha256:0"}' ;; esac
"#;

/// A folder with the stand-ins, in which a script is run.
struct Bench {
    folder: TempDir,
}

/// Every call: its words, and behind them what it read.
type Calls = Vec<Vec<String>>;

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("bin")).expect("the folder is writable");
        fs::write(path("stand-in"), STAND_IN).expect("the file is writable");
        fs::set_permissions(path("stand-in"), fs::Permissions::from_mode(0o755)).expect("its mode can be set");
        for name in COMMANDS {
            symlink(path("stand-in"), path("bin").join(name)).expect("a link");
        }
        // Scripts of our own run in isolation, and no value reaches them as a word.
        symlink("/bin/true", path("bin").join("python3")).expect("a link");
        Self { folder }
    }

    /// Runs a script as GitHub's runner does, with these variables; what it called.
    fn run(&self, script: &str, env: &[(&str, String)]) -> Calls {
        let path = |name: &str| self.folder.path().join(name);
        let work = path("work");
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(work.join("rs")).expect("the folder is writable");
        for name in ["selected.txt", "filters.txt"] {
            fs::write(work.join(name), "one\n").expect("the file is writable");
        }
        let finished = ("finished.json", "{ \"exit\": 0 }");
        for (name, text) in [("calls", ""), ("kubeconfig", ""), finished, ("script.sh", script)] {
            fs::write(path(name), text).expect("the file is writable");
        }
        let searched = format!("{}:{}", path("bin").display(), std::env::var("PATH").expect("a PATH"));
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(path("script.sh"))
            .current_dir(&work)
            .env_clear()
            .env("PATH", searched)
            .env("CALLS", path("calls"))
            .env("KUBECONFIG", path("kubeconfig"))
            .env("GITHUB_OUTPUT", path("output"))
            .env("GITHUB_WORKSPACE", "/workspace")
            .env("FINISHED", path("finished.json"))
            .env("GITHUB_ENV", path("env"))
            .env("PIPEWRIGHT_WORK", ".")
            .env("RUNNER_TEMP", ".")
            .env("SCRIPTS", ".")
            .env("SELECTION", "")
            .envs(env.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("bash starts");
        assert!(output.status.success(), "{output:?}\n{script}");
        let left: Vec<_> = fs::read_dir(&work).expect("the folder is readable").flatten().collect();
        assert!(left.iter().all(|entry| entry.file_name() != "pwned"), "a value was run:\n{script}");
        calls(&fs::read(path("calls")).expect("the file is readable"))
    }
}

fn calls(bytes: &[u8]) -> Calls {
    let text = String::from_utf8(bytes.to_vec()).expect("what was given is UTF-8");
    let mut words = text.split('\0').map(str::to_owned);
    let mut calls = Vec::new();
    while let Some(count) = words.next().filter(|count| !count.is_empty()) {
        let count: usize = count.parse().expect("a number of words");
        calls.push(words.by_ref().take(count + 2).collect());
    }
    calls
}

/// What would have been called with another value in the place of the plain one.
fn instead(calls: &Calls, value: &str) -> Calls {
    calls.iter().map(|call| call.iter().map(|word| word.replace(PLAIN, value)).collect()).collect()
}

fn mentions(calls: &Calls) -> usize {
    calls.iter().flatten().map(|word| word.matches(PLAIN).count()).sum()
}

/// A template, what fills it in, the variables that it reads, and how often a value is then seen.
struct Case {
    template: &'static str,
    values: fn(&'static str) -> Value,
    env: fn(&'static str) -> Vec<(&'static str, String)>,
    seen: usize,
}

fn none(_: &'static str) -> Vec<(&'static str, String)> {
    Vec::new()
}

fn words(value: &'static str) -> Value {
    context! { words => vec![value, value] }
}

const DIGEST: &str = "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777";

const CASES: &[Case] = &[
    Case {
        template: "steps/aks.sh",
        values: |value| context! { group => value, cluster => value, credential => value },
        env: none,
        seen: 3,
    },
    Case {
        template: "steps/attested.sh",
        values: |value| context! { repository => value, workflow => value, branch => value },
        env: |value| vec![("GIVEN", format!("{value}@{DIGEST}")), ("GITHUB_REPOSITORY", value.to_owned())],
        seen: 5,
    },
    // Its values come from the environment, and are quoted for curl besides: see below.
    Case { template: "steps/bucket.sh", values: |_| context! {}, env: none, seen: 0 },
    Case { template: "steps/bun.sh", values: words, env: none, seen: 2 },
    Case { template: "steps/bundler.sh", values: words, env: none, seen: 2 },
    Case {
        template: "steps/command.sh",
        values: |_| context! { results => true },
        env: |value| {
            let variables = [("COMMAND", "uv \"$VALUE\""), ("STARTED", "started"), ("VALUE", value)];
            variables.map(|(name, text)| (name, text.to_owned())).to_vec()
        },
        seen: 1,
    },
    // Its values come from the environment, and it reads files: see below.
    Case { template: "steps/coverage-comment.sh", values: |_| context! {}, env: none, seen: 0 },
    Case {
        template: "steps/coverage-html.sh",
        values: |_| context! {},
        env: |value| vec![("REPORT", value.to_owned())],
        seen: 2,
    },
    Case {
        template: "steps/coverage.sh",
        values: |_| context! {},
        env: |value| vec![("PLUGINS", value.to_owned())],
        seen: 1,
    },
    Case { template: "steps/deno.sh", values: words, env: none, seen: 2 },
    Case {
        template: "steps/django.sh",
        values: |value| {
            context! { python => vec!["python", value], random => true, workers => 2,
                measured => format!("{value},{value}"), args => vec![value, value],
            }
        },
        env: |value| vec![("PIPEWRIGHT_SEED", value.to_owned())],
        seen: 6,
    },
    Case { template: "steps/doctests.sh", values: |value| context! { doc => vec![value] }, env: none, seen: 1 },
    Case {
        template: "steps/dotnet.sh",
        values: |value| context! { locked => true, words => vec![value, value] },
        env: none,
        seen: 2,
    },
    Case {
        template: "steps/eks.sh",
        values: |value| context! { cluster => value, region => value },
        env: none,
        seen: 2,
    },
    // It calls nothing that a value could reach: see below.
    Case {
        template: "steps/given.sh",
        values: |value| context! { repository => value },
        env: |value| vec![("GIVEN", format!("{value}@{DIGEST}"))],
        seen: 0,
    },
    Case {
        template: "steps/gke.sh",
        values: |value| context! { cluster => value, location => value, project => value, credential => value },
        env: none,
        seen: 7,
    },
    Case {
        template: "steps/go.sh",
        values: |value| {
            context! { listing => vec![value, value], args => vec![value, value], random => true, workers => 2,
                measured => format!("{value},{value}"),
            }
        },
        env: |value| vec![("PIPEWRIGHT_SEED", value.to_owned())],
        seen: 7,
    },
    Case {
        template: "steps/gradle.sh",
        values: |value| context! { program => "gradle", words => vec![value, value] },
        env: none,
        seen: 2,
    },
    Case {
        template: "steps/jest.sh",
        values: |value| {
            context! { start => vec!["npm", value], args => vec![value, value], random => true, reruns => 2, timeout => 300,
                workers => 2, measured => vec![value], partial => false,
            }
        },
        env: |value| vec![("PIPEWRIGHT_SEED", value.to_owned())],
        seen: 8,
    },
    Case {
        template: "steps/kubectl.sh",
        values: |value| context! { amd64 => value, arm64 => "other" },
        env: |value| vec![("ARCH", "X64".to_owned()), ("KUBECTL", value.to_owned())],
        seen: 2,
    },
    // Digests that a build printed, and names of images, which have no character that bash knows.
    Case {
        template: "steps/maven.sh",
        values: |value| context! { program => "mvn", words => vec![value, value] },
        env: none,
        seen: 2,
    },
    Case {
        template: "steps/merge.sh",
        values: |_| context! {},
        env: |_| vec![("SOURCES", format!("a@{DIGEST},b@{DIGEST}")), ("TAGS", "a:1,a:2".to_owned())],
        seen: 0,
    },
    Case {
        template: "steps/nextest-coverage.sh",
        values: |value| context! { packages => vec![value, value], build => vec![value] },
        env: none,
        seen: 3,
    },
    Case {
        template: "steps/nextest.sh",
        values: |value| {
            context! { workspace => true, lock => true, build => vec![value, value], filters => vec![value],
                run => vec!["--no-fail-fast", value], measured => true, shards => 2, no_doctests => true,
            }
        },
        env: |value| vec![("PIPEWRIGHT_SHARD", value.to_owned()), ("PIPEWRIGHT_SHARDS", value.to_owned())],
        seen: 11,
    },
    Case { template: "steps/npm.sh", values: words, env: none, seen: 2 },
    Case { template: "steps/pip.sh", values: words, env: none, seen: 2 },
    Case {
        template: "steps/playwright-browsers.sh",
        values: |value| context! { start => vec!["npm", value] },
        env: none,
        seen: 1,
    },
    Case {
        template: "steps/playwright-version.sh",
        values: |value| context! { start => vec!["npm", value] },
        env: none,
        seen: 1,
    },
    Case {
        template: "steps/playwright.sh",
        values: |value| {
            context! { start => vec!["npm", value], args => vec![value, value], trace => true, reruns => 2, timeout => 300,
                workers => 2,
            }
        },
        env: none,
        seen: 6,
    },
    Case { template: "steps/pnpm.sh", values: words, env: none, seen: 2 },
    Case { template: "steps/poetry-install.sh", values: words, env: none, seen: 2 },
    Case { template: "steps/poetry.sh", values: |value| context! { version => value }, env: none, seen: 1 },
    Case {
        template: "steps/pytest-plugins.sh",
        values: |value| {
            context! { python => vec!["poetry", value], uv => false, requirements => vec![value], plugin => value }
        },
        env: none,
        seen: 3,
    },
    Case {
        template: "steps/pytest.sh",
        values: |value| {
            context! {
                python => vec!["python", value], paths => vec![value, value], random => true, measured => true, partial => true,
                arguments => vec![vec![format!("--ignore={value}")], vec![value.to_owned(), value.to_owned()]],
                packages => vec![value, value],
            }
        },
        env: |value| vec![("PIPEWRIGHT_SEED", value.to_owned())],
        seen: 9,
    },
    Case {
        template: "steps/rust.sh",
        values: |_| context! { folders => vec!["."] },
        env: |value| vec![("RUST_VERSION", value.to_owned())],
        seen: 1,
    },
    // It calls nothing that a value could reach: see `secrets.rs`.
    Case {
        template: "steps/secrets.sh",
        values: |_| context! {},
        env: |value| vec![("ENVIRONMENT", value.to_owned()), ("PIPEWRIGHT_SECRET_TOKEN", format!("x{value}"))],
        seen: 0,
    },
    Case { template: "steps/uv.sh", values: words, env: none, seen: 2 },
    Case {
        template: "steps/vitest.sh",
        values: |value| {
            context! { start => vec!["npm", value], args => vec![value, value], random => true, reruns => 2, timeout => 300,
                workers => 2, measured => vec![value], partial => false,
            }
        },
        env: |value| vec![("PIPEWRIGHT_SEED", value.to_owned())],
        seen: 8,
    },
    Case {
        template: "steps/yarn.sh",
        values: |value| context! { classic => true, words => vec![value, value] },
        env: none,
        seen: 2,
    },
];

fn script(case: &Case, value: &'static str) -> String {
    render(case.template, &BTreeMap::new(), (case.values)(value)).expect("the template is right").to_string()
}

#[test]
fn every_template_is_tried() {
    let tried: Vec<&str> = CASES.iter().map(|case| case.template).collect();
    let all: Vec<&str> = templates::names().filter(|name| name.starts_with("steps/")).collect();
    assert_eq!(tried, all);
}

#[test]
fn every_value_arrives_byte_for_byte() {
    let bench = Bench::new();
    for case in CASES {
        let plain = bench.run(&script(case, PLAIN), &(case.env)(PLAIN));
        assert_eq!(mentions(&plain), case.seen, "{}: {plain:?}", case.template);
        for value in HOSTILE {
            let script = script(case, value);
            assert!(!script.contains("${{"), "{}: {script}", case.template);
            let called = bench.run(&script, &(case.env)(value));
            assert_eq!(called, instead(&plain, value), "{} with {value:?}:\n{script}", case.template);
        }
    }
}

#[test]
fn a_digest_is_taken_for_its_own_repository_alone() {
    let bench = Bench::new();
    let case = CASES.iter().find(|case| case.template == "steps/given.sh").expect("it is tried");
    for value in HOSTILE {
        bench.run(&script(case, value), &(case.env)(value));
        let output = fs::read_to_string(bench.folder.path().join("output")).expect("it was written");
        assert!(output.ends_with(&format!("digest={DIGEST}\n")), "{output}");
    }
    let refuse = format!("! (\n{}\n)", script(case, ".*"));
    bench.run(&refuse, &[("GIVEN", format!("other@{DIGEST}"))]);
}

/// The text behind a key of curl's configuration.
///
/// Source: <https://curl.se/docs/manpage.html#-K>
fn configured(config: &str, key: &str) -> String {
    let line = config.lines().find(|line| line.starts_with(&format!("{key} = "))).expect("the key is there");
    let quoted = line.split_once(" = \"").and_then(|(_, rest)| rest.strip_suffix('"')).expect("a quoted text");
    let mut text = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some(escaped) => escaped,
                None => panic!("the text ends in half an escape"),
            },
            letter => letter,
        });
    }
    text
}

#[test]
fn every_value_reaches_curl_byte_for_byte() {
    let bench = Bench::new();
    let script = render("steps/bucket.sh", &BTreeMap::new(), context! {}).expect("the template is right").to_string();
    let plain = bench.run(&script, &[]);
    let (_, command_line) = plain[0].split_last().expect("a command line");
    for value in HOSTILE {
        let env = ["AWS_ENDPOINT", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "BUCKET"];
        let called = bench.run(&script, &env.map(|name| (name, (*value).to_owned())));
        let config = called[0].last().expect("what it read");
        assert_eq!(configured(config, "url"), format!("{value}/{value}"), "{config}");
        assert_eq!(configured(config, "user"), format!("{value}:{value}"), "{config}");
        assert_eq!(configured(config, "aws-sigv4"), format!("aws:amz:{value}:s3"), "{config}");
        assert_eq!(config.lines().count(), 4, "{config}");
        let (_, line) = called[0].split_last().expect("a command line");
        assert_eq!(line, command_line, "a value stands on the command line");
    }
}

/// A TOML string that stands for this text.
fn toml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => quoted.extend(format!("\\u{:04x}", u32::from(letter)).chars()),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// Everything that a user may write where it becomes a word of a command.
fn definition(value: &str) -> String {
    // An option of pytest that is not known, so that any value is as good.
    let option = toml(&format!("--own={value}"));
    let value = toml(value);
    format!(
        "version = 1
[project]
name = \"small\"
[components.python]
path = \"py\"
python = \"3.12\"
install = {{ uv = [{value}], run = \"uv 'as it is'\" }}
[components.rust]
path = \"rs\"
rust = \"1.95\"
[components.node]
path = \"js\"
node = \"24\"
install = {{ pnpm = [{value}, {value}] }}
checks = {{ nothing = \"npm\" }}
[tests.python]
component = \"python\"
runner = \"pytest\"
args = [{option}]
[tests.rust]
component = \"rust\"
runner = \"nextest\"
args = [\"--features\", {value}]
shards = 2
"
    )
}

/// Every script of every job, as a reader of the emitted YAML sees it.
fn scripts(definition: &str) -> Vec<String> {
    let compilation = compile(definition, &["py/uv.lock", "rs/a", "js/pnpm-lock.yaml"]);
    let file = compilation.files.iter().find(|file| file.path == ".github/workflows/ci.yml");
    let text = &file.unwrap_or_else(|| panic!("{:?}", compilation.diagnostics)).text;
    let workflow: Json = serde_yaml::from_str(text).expect("it is YAML");
    let jobs = workflow["jobs"].as_object().expect("jobs");
    let steps = jobs.values().filter_map(|job| job["steps"].as_array()).flatten();
    // Scripts of our own take no word from a definition.
    let own = |run: &&str| run.starts_with("python3 ") || run.starts_with("bash ");
    steps.filter_map(|step| step["run"].as_str()).filter(|run| !own(run)).map(str::to_owned).collect()
}

#[test]
fn every_value_survives_the_whole_way_from_the_definition() {
    let bench = Bench::new();
    let plain: Vec<Calls> = scripts(&definition(PLAIN)).iter().map(|script| bench.run(script, &[])).collect();
    assert_eq!(plain.iter().map(mentions).sum::<usize>(), 7, "{plain:?}");
    // An expression is refused in the text of a definition, or taken apart: no value of one is ever a word.
    for value in HOSTILE.iter().filter(|value| !value.contains("${{")) {
        let scripts = scripts(&definition(value));
        assert_eq!(scripts.len(), plain.len());
        for (script, plain) in scripts.iter().zip(&plain) {
            assert_eq!(bench.run(script, &[]), instead(plain, value), "{value:?}:\n{script}");
        }
    }
}

#[test]
fn a_users_own_command_is_run_as_it_is_written() {
    let bench = Bench::new();
    let quoted = |text: &str| format!("uv '{}'", text.replace('\'', r"'\''"));
    for value in HOSTILE.iter().filter(|value| !value.contains("${{")) {
        let definition = SMALL.replace("\"ruff check .\"", &toml(&quoted(value)));
        let scripts = scripts(&definition);
        let called: Calls = scripts.iter().flat_map(|script| bench.run(script, &[])).collect();
        assert_eq!(called, [vec!["uv".to_owned(), (*value).to_owned(), String::new()]], "{scripts:?}");
    }
}
