//! A job without a checkout reads no file of the repository.

use super::check::{Check, Subject};
use super::support::shell::{Token, tokens, unquoted};
use super::support::walk::{self, Trail, items};
use crate::definition::{Job, JobCheckout, Step};
use crate::diagnostics::{Code, Diagnostic};
use crate::sources::{Tree, join};

pub(crate) struct NoCheckout;

const CODE: Code = Code("no-checkout");

impl Check for NoCheckout {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/no-checkout.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let tree = subject.sources.tree.as_ref();
        walk::jobs(subject.definition, &mut |at, name, job| {
            if job.uses.is_none() && job.checkout == Some(JobCheckout::None) {
                without(tree, at, name, job, found);
            }
        });
    }
}

fn without(tree: &dyn Tree, at: &Trail<'_>, name: &str, job: &Job, found: &mut Vec<Diagnostic>) {
    let help = "remove `checkout = \"none\"`";
    if let Some(component) = &job.component {
        let message = format!("`{name}` has no checkout, and `{component}` is set up from files of the repository");
        let help = format!("{help}, or remove `component`");
        found.push(Diagnostic::error(CODE, at.key("component").at(), message).help(help));
    }
    // An action or a clone may bring the files that later steps name.
    let files = job.steps.iter().position(brings_files).unwrap_or(job.steps.len());
    items(at, "steps", &job.steps[..files], &mut |at, step| {
        if let Some(path) = &step.path {
            let message = format!("`{name}` has no checkout, so there is no folder `{path}`");
            found.push(Diagnostic::error(CODE, at.key("path").at(), message).help(format!("{help}, or remove `path`")));
        }
        if let Some(file) = step.run.as_deref().and_then(|command| started(tree, command)) {
            let message = format!("`{name}` has no checkout, and this command starts `{file}` of the repository");
            let help = format!("{help}, or write the commands here");
            found.push(Diagnostic::error(CODE, at.key("run").at(), message).help(help));
        }
    });
}

fn brings_files(step: &Step) -> bool {
    let command = step.run.as_deref().unwrap_or_default();
    step.uses.is_some() || tokens(command).contains(&Token::Word("clone"))
}

/// Programs whose first argument is a script.
const INTERPRETERS: [&str; 10] = [".", "bash", "deno", "node", "perl", "python", "python3", "ruby", "sh", "source"];
/// Words before a program.
const BEFORE: [&str; 11] = ["!", "do", "elif", "else", "env", "exec", "if", "sudo", "then", "time", "while"];

/// The next word of a command.
enum Next {
    Program,
    Script,
    Argument,
}

/// The first file of the repository that a command starts, as a program or by an interpreter.
fn started(tree: &dyn Tree, command: &str) -> Option<String> {
    let mut next = Next::Program;
    for token in tokens(command) {
        let Token::Word(word) = token else {
            next = Next::Program;
            continue;
        };
        let word = unquoted(word);
        let file = || join("", &word).filter(|path| tree.read(path).is_some());
        next = match next {
            Next::Program if BEFORE.contains(&word.as_str()) || word.contains('=') => Next::Program,
            Next::Program if INTERPRETERS.contains(&word.as_str()) => Next::Script,
            // Without a slash, a shell searches its `PATH`.
            Next::Program if !word.contains('/') => Next::Argument,
            Next::Script if word.starts_with('-') => Next::Script,
            Next::Program | Next::Script => match file() {
                Some(path) => return Some(path),
                None => Next::Argument,
            },
            Next::Argument => Next::Argument,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn finds_the_file_that_a_command_starts() {
        let files = ["tools/a", "b.py", "tag"].map(|path| (path.to_owned(), String::new()));
        let tree = Memory(files.into());
        for (command, file) in [
            ("./tools/a --all", Some("tools/a")),
            ("echo; LEVEL=1 tools/a", Some("tools/a")),
            ("if ! \"./tools/a\"; then exit 1; fi", Some("tools/a")),
            ("python3 -I b.py", Some("b.py")),
            ("git fetch\nbash ./tools/a", Some("tools/a")),
            ("tag v1", None),
            ("echo ./tools/a", None),
            ("./dist/a", None),
            ("python -m tools", None),
            ("bash ../b.py", None),
        ] {
            assert_eq!(started(&tree, command).as_deref(), file, "{command}");
        }
    }
}
