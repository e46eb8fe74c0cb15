//! A Dockerfile installs dependencies before it copies the code.

use super::check::{Check, Subject};
use super::support::dockerfile::{self, Instruction};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct DockerfileOrder;

const CODE: Code = Code("dockerfile-order");

impl Check for DockerfileOrder {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/dockerfile-order.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "images", &subject.definition.images, &mut |at, _, image| {
            let Some((path, instructions)) = dockerfile::read(subject, image) else { return };
            let mut everything: Option<usize> = None;
            for it in &instructions {
                match it.word.as_str() {
                    "FROM" => everything = None,
                    "COPY" | "ADD" if copies_all(it) => everything = Some(it.line),
                    "RUN" => {
                        if let (Some(copied), Some(tool)) = (everything, installs(&it.rest)) {
                            let message = format!(
                                "line {} of `{path}` installs by `{tool}` after line {copied} has copied everything, so that every change installs again",
                                it.line
                            );
                            let place =
                                if image.dockerfile.is_some() { at.key("dockerfile") } else { at.key("context") };
                            let help = "copy the list of dependencies first, install, and copy the rest then";
                            found.push(Diagnostic::warning(CODE, place.at(), message).help(help));
                            return;
                        }
                    }
                    _ => {}
                }
            }
        });
    }
}

/// Returns whether an instruction copies the whole context.
fn copies_all(it: &Instruction) -> bool {
    let mut words = it.rest.split_ascii_whitespace().filter(|word| !word.starts_with("--"));
    !it.rest.contains("--from=") && words.next().is_some_and(|first| matches!(first, "." | "./"))
}

/// Commands that install what a list of dependencies names.
const INSTALLS: [&str; 10] = [
    "pip install -r",
    "pip install --requirement",
    "uv sync",
    "uv pip install -r",
    "poetry install",
    "npm ci",
    "npm install",
    "pnpm install",
    "yarn install",
    "go mod download",
];

fn installs(command: &str) -> Option<&'static str> {
    // Options may precede the list.
    let plain: Vec<&str> =
        command.split_ascii_whitespace().filter(|word| !word.starts_with("--") || *word == "--requirement").collect();
    let plain = plain.join(" ");
    INSTALLS.iter().find(|install| plain.contains(**install)).copied()
}
