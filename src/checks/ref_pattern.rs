//! Patterns of branches and tags can match a name that git accepts.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct RefPattern;

const CODE: Code = Code("ref-pattern");

impl Check for RefPattern {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/ref-pattern.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut list = |at: &Trail<'_>, key: &str, patterns: &[String]| {
            items(at, key, patterns, &mut |at, pattern| {
                if let Some(why) = wrong(pattern) {
                    let help = "write a name as in `\"main\"`, or a pattern as in `\"release/**\"`";
                    let message = format!("`{}` matches no branch or tag: {why}", pattern.escape_debug());
                    found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                }
            });
            if !patterns.is_empty() && patterns.iter().all(|pattern| pattern.starts_with('!')) {
                let message = format!("`{key}` excludes names, and includes none");
                found.push(Diagnostic::error(CODE, at.key(key).at(), message).help("add `\"**\"` in front"));
            }
        };
        list(&ROOT.key("project"), "branches", &definition.project.branches);
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            let at = at.key("on");
            list(&at, "branches", &workflow.on.branches);
            list(&at, "tags", &workflow.on.tags);
        });
        entries(&ROOT, "images", &definition.images, &mut |at, _, image| {
            if let Some(publish) = &image.publish {
                list(&at.key("publish"), "tags", &publish.tags);
            }
        });
        if let Some(first) = definition.project.branches.first()
            && !definition.environments.is_empty()
            && wrong(first).is_none()
            && first.contains(['*', '?', '+', '[', '!'])
        {
            let at = ROOT.key("project");
            let message = format!("`{first}` is a pattern, and the first branch is the one that deploys");
            let help = "write the name of one branch first, as in `branches = [\"main\", \"release/**\"]`";
            found.push(Diagnostic::error(CODE, at.key("branches").index(0).at(), message).help(help));
        }
    }
}

/// Why a pattern matches nothing. An empty one is reported by `empty-text`.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet>;
/// <https://git-scm.com/docs/git-check-ref-format>
fn wrong(pattern: &str) -> Option<&'static str> {
    let name = pattern.strip_prefix('!').unwrap_or(pattern);
    let has = |text: &str| name.contains(text);
    let ends = |text: &str| name.ends_with(text);
    if pattern.trim().is_empty() {
        return None;
    }
    [
        (name.is_empty(), "`!` has nothing behind it"),
        (name.contains(char::is_whitespace), "a name has no blank"),
        (name.contains(char::is_control), "a name has no control character"),
        (name.contains(['~', '^', ':', '\\']), "a name has no `~`, `^`, `:` or `\\`"),
        (has("!"), "`!` is allowed at the start only"),
        (has(".."), "a name has no `..`"),
        (has("@{") || name == "@", "`@` alone is reserved by git"),
        (name.starts_with('/') || ends("/") || has("//"), "a name has `/` between its parts alone"),
        (name.starts_with('.') || has("/."), "no part of a name starts with `.`"),
        (ends(".") || ends(".lock"), "a name ends in neither `.` nor `.lock`"),
        (name.starts_with("refs/"), "names are written without `refs/heads/` and `refs/tags/`"),
        (has("***"), "`**` is the longest wildcard"),
    ]
    .into_iter()
    .find_map(|(wrong, why)| wrong.then_some(why))
    .or_else(|| glob(name))
}

/// Mistake in the wildcards of a pattern.
fn glob(name: &str) -> Option<&'static str> {
    let mut before = None;
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '?' | '+' if matches!(before, None | Some('*' | '?' | '+' | '/')) => {
                return Some("`?` and `+` repeat the character before them");
            }
            ']' => return Some("`]` closes no `[`"),
            '[' => {
                let set: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                if set.is_empty() || !letters_follow(name, letters.as_str()) {
                    return Some("`[` starts a set of characters that does not end");
                }
                if !is_set(&set) {
                    return Some("a set of characters holds letters, digits, and ranges that rise");
                }
            }
            _ => {}
        }
        before = Some(letter);
    }
    None
}

/// Returns whether a `]` was read before what is left.
fn letters_follow(name: &str, left: &str) -> bool {
    name.strip_suffix(left).is_some_and(|read| read.ends_with(']'))
}

fn is_set(set: &str) -> bool {
    let letters: Vec<char> = set.chars().collect();
    letters.iter().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'))
        && letters.windows(3).all(|three| match three {
            [from, '-', to] => from <= to,
            _ => true,
        })
}
