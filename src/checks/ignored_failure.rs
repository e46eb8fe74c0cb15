//! No command hides that it failed.

use super::check::{Check, Subject};
use super::support::shell::{Token, tokens, unquoted};
use super::support::walk::{self, ROOT, Role, entries, items};
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct IgnoredFailure;

const CODE: Code = Code("ignored-failure");

impl Check for IgnoredFailure {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/ignored-failure.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        walk::commands(definition, &mut |at, role, command| {
            if let Some(what) = hidden(command) {
                found.push(diagnostic(at.at(), role, &what));
            }
        });
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            items(at, "args", &run.args, &mut |at, word| {
                if let Some(flag) = flag(word) {
                    found.push(diagnostic(at.at(), Role::Verdict, &flag));
                }
            });
        });
        walk::steps(definition, &mut |at, step| {
            let at = at.key("with");
            for name in ["continue-on-error", "continue_on_error"] {
                if step.with.get(name).and_then(|value| value.literal()).is_some_and(|text| text == "true") {
                    found.push(diagnostic(at.key(name).at(), Role::Step, name));
                }
            }
        });
    }
}

/// A step may clean up a missing file; the result of a check or a deploy has to count.
fn diagnostic(at: Location, role: Role, what: &str) -> Diagnostic {
    let message = format!("`{what}` hides that the command failed");
    match role {
        Role::Verdict => Diagnostic::error(CODE, at, message).help("remove it, and fix or skip what fails by name"),
        Role::Step => Diagnostic::warning(CODE, at, message)
            .help("remove it, or ask for the one condition that may be: `if [ -e file ]; then …; fi`"),
    }
}

/// Options of well-known tools that turn a failure into success.
const FLAGS: [&str; 8] = [
    "--exit-zero",
    "--continue-on-error",
    "--passwithnotests",
    "--pass-with-no-tests",
    "--no-tests=pass",
    "--suppress-tests-failed-exit-code",
    "--suppress-no-test-exit-code",
    "--fail-never",
];

fn flag(word: &str) -> Option<String> {
    let word = unquoted(word);
    FLAGS.contains(&word.to_ascii_lowercase().as_str()).then_some(word)
}

/// The first part of a command that hides a failure.
fn hidden(command: &str) -> Option<String> {
    // Nothing can be hidden without one of these, and most commands have none.
    if !command.contains("||") && !command.contains([';', '\n', '-', '+']) {
        return None;
    }
    let tokens = tokens(command);
    for (index, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| match tokens.get(index + ahead) {
            Some(Token::Word(word)) => *word,
            _ => "",
        };
        match token {
            Token::Operator("||") if ["true", ":", "/bin/true", "echo", "printf"].contains(&next(1)) => {
                return Some(format!("|| {}", next(1)));
            }
            Token::Operator("||") if matches!((next(1), next(2)), ("exit" | "return", "0")) => {
                return Some(format!("|| {} 0", next(1)));
            }
            Token::Operator(";" | "\n") => {
                let last =
                    |ahead: usize| tokens.iter().skip(index + ahead).all(|token| *token == Token::Operator("\n"));
                match (next(1), next(2)) {
                    ("true" | ":", _) if last(2) => return Some(format!("; {}", next(1))),
                    ("exit", "0") if last(3) => return Some("; exit 0".to_owned()),
                    _ => {}
                }
            }
            Token::Word("set") => match (next(1), next(2)) {
                ("+e", _) => return Some("set +e".to_owned()),
                ("+o", option @ ("errexit" | "pipefail")) => return Some(format!("set +o {option}")),
                _ => {}
            },
            Token::Word(word) if word.starts_with("--") => {
                if let Some(flag) = flag(word) {
                    return Some(flag);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_hides_a_failure() {
        for (command, what) in [
            ("ruff check . || true", Some("|| true")),
            ("mypy .||:", Some("|| :")),
            ("x=$(curl -f \"$URL\") || echo down", Some("|| echo")),
            ("make; true", Some("; true")),
            ("make\ntrue\n", Some("; true")),
            ("make || exit 0", Some("|| exit 0")),
            ("make\nexit 0", Some("; exit 0")),
            ("set +e\nmake", Some("set +e")),
            ("set +o pipefail; a | b", Some("set +o pipefail")),
            ("ruff check --exit-zero .", Some("--exit-zero")),
            ("jest --passWithNoTests", Some("--passWithNoTests")),
            ("(make || true) && b", Some("|| true")),
        ] {
            assert_eq!(hidden(command).as_deref(), what, "{command}");
        }
    }

    #[test]
    fn leaves_alone_what_fails_as_it_should() {
        for command in [
            "cargo fmt --check",
            "echo '|| true'",
            "a || { echo failed; exit 1; }",
            "a || exit 1",
            "a | tee log",
            "true; make",
            "make # || true",
            "set -e; make",
            "if a; then exit 0; fi; make",
        ] {
            assert_eq!(hidden(command), None, "{command}");
        }
    }
}
