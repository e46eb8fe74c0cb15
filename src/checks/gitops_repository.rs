//! A GitOps delivery names a repository that its token reaches, and a file in it.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::{Delivery, ExternalValue, Value};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct GitopsRepository;

const CODE: Code = Code("gitops-repository");

impl Check for GitopsRepository {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/gitops-repository.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "workloads", &subject.definition.workloads, &mut |at, _, workload| {
            let Delivery::Gitops(gitops) = &workload.delivery else { return };
            let at = at.key("delivery");
            let at = at.key("gitops");
            let mut wrong = |key: &str, message: String, help: &str| {
                found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
            };
            if !is_repository(&gitops.repository) {
                let message = format!("`{}` is not a repository of GitHub", gitops.repository.escape_debug());
                wrong("repository", message, "write its owner and its name, as in `\"acme/config\"`");
            }
            if !is_branch(&gitops.branch) {
                let message = format!("`{}` is not the name of a branch", gitops.branch.escape_debug());
                wrong("branch", message, "write the branch that the controller follows, such as `\"main\"`");
            }
            if !is_path(&gitops.path) {
                let message = format!("`{}` is not a path in the repository", gitops.path.escape_debug());
                wrong("path", message, "write it from the root of the repository, as in `\"atom/kustomization.yaml\"`");
            }
            if gitops.token.external().is_some_and(ExternalValue::is_token) {
                let message = "the job's own token reaches this repository alone".to_owned();
                wrong(
                    "token",
                    message,
                    "make a token for the other one, and write `token = { secret = \"CONFIG_TOKEN\" }`",
                );
            } else if let Value::External(ExternalValue { secret: false, name, .. }) = &gitops.token {
                let message = format!("the variable `{name}` is shown in logs, and it holds a token");
                wrong("token", message, "write `token = { secret = \"CONFIG_TOKEN\" }`");
            }
        });
    }
}

/// Owner and name, by the characters that GitHub takes.
fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let takes = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        !part.is_empty() && part.chars().all(takes) && !part.starts_with(['-', '.'])
    };
    text.split_once('/').is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

/// A name that is no option of git, and no pattern.
///
/// Source: <https://git-scm.com/docs/git-check-ref-format>
fn is_branch(text: &str) -> bool {
    let refused = |letter: char| letter.is_whitespace() || letter.is_control() || "~^:?*[\\$".contains(letter);
    !text.is_empty() && !text.starts_with('-') && !text.contains("..") && !text.contains(refused)
}

fn is_path(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && part != ".git";
    text.split('/').all(is_part) && !text.contains(char::is_control)
}
