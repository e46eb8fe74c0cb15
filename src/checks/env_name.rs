//! Names of environment variables are valid and not reserved.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Reader, Trail, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct EnvName;

const CODE: Code = Code("env-name");

impl Check for EnvName {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/env-name.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        walk::variables(definition, &mut |at, reader, name| found.extend(wrong(at, reader, name)));
        if definition.project.env.contains_key(PYTEST) {
            let message = format!("`{PYTEST}` decides which tests run, and is part of a test run");
            let project = ROOT.key("project");
            let at = project.key("env").key(PYTEST).at().key();
            found.push(Diagnostic::error(CODE, at, message).help("set it in `env` of the component or the test run"));
        }
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            for name in run.env.keys().filter(|name| GIVEN.contains(&name.as_str())) {
                let message = format!("`{name}` is reserved: the runner reads its shard from it");
                let at = at.key("env").key(name).at().key();
                found.push(Diagnostic::error(CODE, at, message).help("choose another name"));
            }
        });
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            let at = at.key("on");
            for (key, inputs) in [("manual", &workflow.on.manual.inputs), ("call", &workflow.on.call.inputs)] {
                let at = at.key(key);
                let table = at.key("inputs");
                for name in inputs.keys() {
                    found.extend(wrong(&table.key(name), Reader::Steps, &name.to_ascii_uppercase().replace('-', "_")));
                }
            }
        });
    }
}

/// Fronts of names that others use: GitHub refuses to set the first two.
const FRONTS: [(&str, &str); 3] =
    [("GITHUB_", "GitHub"), ("RUNNER_", "GitHub's runner"), ("PIPEWRIGHT_", "Pipewright")];

/// The variable with further arguments of pytest.
const PYTEST: &str = "PYTEST_ADDOPTS";

/// Variables that a run sets for the tests.
const GIVEN: [&str; 3] = ["SHARD", "SHARDS", "JUNIT"];

fn wrong(at: &Trail<'_>, reader: Reader, name: &str) -> Option<Diagnostic> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(letters) || name.starts_with(|first: char| first.is_ascii_digit()) {
        let what = if reader == Reader::Build { "a build argument" } else { "an environment variable" };
        let message = format!("`{}` is not a name for {what}", name.escape_debug());
        let help = "use letters, digits and `_`, without a digit in front";
        return Some(Diagnostic::error(CODE, at.at().key(), message).help(help));
    }
    if reader == Reader::Build {
        return None;
    }
    let (front, owner) = FRONTS.iter().find(|(front, _)| name.to_ascii_uppercase().starts_with(front))?;
    let message = format!("`{name}` starts with `{front}`, which belongs to {owner}");
    Some(Diagnostic::error(CODE, at.at().key(), message).help("choose another name"))
}
