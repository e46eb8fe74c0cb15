//! `plan`: print what a change of the definition means.

use std::path::PathBuf;

use clap::Args;
use pipewright::definition;
use pipewright::plan::{Change, Direction, Side, Subject, plan};
use serde_json::{Value, json};

use super::failure::{Failure, Note};
use super::output::{Exit, out};
use super::place::{Place, only};
use super::report;
use super::settings::Settings;
use super::single::{read, workflows};
use super::staged::commit;

#[derive(Args)]
pub(crate) struct Plan {
    /// Definition, `-` for standard input [default: pipeline.toml, in this folder or above it]
    file: Option<PathBuf>,
    /// Commit, branch or tag to compare with
    #[arg(long, value_name = "REF", default_value = "HEAD")]
    against: String,
    /// Print Markdown, for a comment or a job summary
    #[arg(long)]
    markdown: bool,
    /// Accept that the required check has another name
    #[arg(long)]
    renamed_check: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Plan, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("plan")?;
    let place = only(&settings.folder, command.file.as_ref())?;
    let Some(after) = side(&place, settings)? else { return Ok(Exit::Definition) };
    let folder = commit(&place.root, &command.against)?;
    let old = Place { root: folder.path().to_owned(), file: place.file.clone(), stdin: None };
    // A definition that is new has nothing to compare with.
    let before = if old.root.join(&old.file).is_file() { side(&old, settings)? } else { Some(Side::default()) };
    let Some(before) = before else {
        let message = format!("the definition of `{}` does not compile", command.against);
        let help = "compare with a commit whose definition does: `--against REF`";
        return Err(Failure { exit: Exit::Definition, errors: vec![Note::new(message, help)], end: None });
    };
    let changes = plan(&before, &after);
    if !settings.is_text() {
        report::result(json!({ "changes": changes.iter().map(document).collect::<Value>() }));
    } else if command.markdown {
        out(&markdown(&changes));
    } else {
        out(&text(&changes));
    }
    let is_renamed = changes.iter().any(|it| it.subject == Subject::Check && it.direction != Direction::Gained);
    if is_renamed && !command.renamed_check {
        let help = "a rule that requires the old name waits for it forever; change the rule and add `--renamed-check`";
        let errors = vec![Note::new("the required check has another name", help)];
        return Err(Failure { exit: Exit::Drift, errors, end: None });
    }
    Ok(Exit::Fine)
}

/// The state of a definition; none for one with errors, which are printed.
fn side(place: &Place, settings: &Settings) -> Result<Option<Side>, Failure> {
    let Some(compiled) = workflows(place, settings)? else { return Ok(None) };
    let sources = read(place)?;
    let definition = definition::read(&sources).definition;
    Ok(definition.map(|definition| Side::new(&definition, &sources, compiled.workflows)))
}

fn text(changes: &[Change]) -> String {
    let mut text = String::new();
    for (title, changes) in by_subject(changes) {
        text.push_str(&format!("{title}\n"));
        for change in changes {
            let mark = if change.needs_review { '!' } else { ' ' };
            text.push_str(&format!("{mark} {} {}\n", change.direction.sign(), change.text));
        }
    }
    if text.is_empty() { "the workflows do the same as before\n".to_owned() } else { text }
}

fn markdown(changes: &[Change]) -> String {
    let mut text = "## Pipeline changes\n".to_owned();
    for (title, changes) in by_subject(changes) {
        text.push_str(&format!("\n### {}\n\n", capitalized(title)));
        for change in changes {
            let mark = if change.needs_review { "**review** " } else { "" };
            text.push_str(&format!("- `{}` {mark}{}\n", change.direction.sign(), change.text));
        }
    }
    if changes.is_empty() {
        text.push_str("\nThe workflows do the same as before.\n");
    }
    text
}

/// Changes below the headings of their subjects.
fn by_subject(changes: &[Change]) -> Vec<(&'static str, Vec<&Change>)> {
    let mut groups: Vec<(&'static str, Vec<&Change>)> = Vec::new();
    for change in changes {
        let title = change.subject.title();
        match groups.last_mut() {
            Some((last, group)) if *last == title => group.push(change),
            _ => groups.push((title, vec![change])),
        }
    }
    groups
}

fn capitalized(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn document(change: &Change) -> Value {
    let direction = match change.direction {
        Direction::Gained => "gained",
        Direction::Lost => "lost",
        Direction::Changed => "changed",
    };
    json!({
        "subject": change.subject.title(), "direction": direction, "review": change.needs_review, "text": change.text,
    })
}
