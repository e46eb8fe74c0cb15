//! CODEOWNERS: a change of the pipeline may change production.

use minijinja::context;

use super::project::Project;
use super::scaffold::{CODEOWNERS, render};
use super::walk::join;
use crate::sources::Tree;

const PLACES: &[&str] = &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Placeholder of an unknown owner.
const PLACEHOLDER: &str = "@OWNER";

/// Owner of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOwners {
    /// The file: the one that exists, else the one to write.
    pub path: String,
    /// The text of a new file, or the lines for the one that exists.
    pub text: String,
    /// `true` if the file exists, so that the lines are for its owner to add.
    pub exists: bool,
    /// Note about the owner.
    pub note: Option<String>,
}

/// Returns the missing lines of CODEOWNERS; none if it has owners for all of it.
pub fn codeowners(tree: &dyn Tree, project: &Project, folder: &str, owner: Option<&str>) -> Option<CodeOwners> {
    let existing = PLACES.iter().find_map(|place| Some(((*place).to_owned(), tree.read(place)?)));
    let text = existing.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
    let entries: Vec<(&str, &str)> = text.lines().filter_map(|line| line.trim().split_once([' ', '\t'])).collect();
    let patterns = [
        format!("/{}", join(folder, "pipeline.toml")),
        format!("/{}", join(folder, "pipeline.lock")),
        "/.github/".to_owned(),
    ];
    let is_named = |pattern: &String| {
        entries
            .iter()
            .any(|(known, _)| *known == "*" || known.trim_start_matches('/') == pattern.trim_start_matches('/'))
    };
    let missing: Vec<&String> = patterns.iter().filter(|pattern| !is_named(pattern)).collect();
    if missing.is_empty() {
        return None;
    }
    let (owner, note) = owner_and_note(project, owner, &entries);
    let width = missing.iter().map(|pattern| pattern.chars().count()).max().unwrap_or_default();
    let lines: Vec<String> = missing
        .iter()
        .map(|pattern| {
            format!("{}{} {owner}", pattern.replace(' ', "\\ "), " ".repeat(width - pattern.chars().count()))
        })
        .collect();
    Some(CodeOwners {
        path: existing.as_ref().map_or_else(|| ".github/CODEOWNERS".to_owned(), |(path, _)| path.clone()),
        text: if existing.is_some() { lines.join("\n") + "\n" } else { render(CODEOWNERS, context! { lines }) },
        exists: existing.is_some(),
        note,
    })
}

/// Whom the user named, else whom the file names already, else the repository's owner.
fn owner_and_note(project: &Project, owner: Option<&str>, entries: &[(&str, &str)]) -> (String, Option<String>) {
    let named = owner.map(|owner| format!("@{}", owner.trim().trim_start_matches('@')));
    let known = entries.iter().find_map(|(_, owners)| owners.split_whitespace().find(|owner| owner.starts_with('@')));
    if let Some(owner) = named.filter(|owner| is_owner(owner)).or_else(|| known.map(str::to_owned)) {
        return (owner, None);
    }
    match &project.repository {
        Some(repository) => {
            let owner = format!("@{}", repository.owner);
            let note = format!("if `{owner}` is an organisation, use one of its teams: `{owner}/<team>`");
            (owner, Some(note))
        }
        None => (PLACEHOLDER.to_owned(), Some(format!("replace `{PLACEHOLDER}` by a user or a team"))),
    }
}

fn is_owner(owner: &str) -> bool {
    owner.len() > 1 && owner.chars().skip(1).all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}
