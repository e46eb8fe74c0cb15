//! Instructions of a Dockerfile.

use crate::checks::check::Subject;
use crate::definition::Image;
use crate::sources;

/// One instruction, its continued lines joined.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::checks) struct Instruction {
    /// The line that it starts on, from 1.
    pub(in crate::checks) line: usize,
    /// Its word, upper case: `RUN`.
    pub(in crate::checks) word: String,
    /// Rest of the line.
    pub(in crate::checks) rest: String,
}

/// The Dockerfile of an image: its path from the root of the repository and its instructions; none where it cannot be read.
pub(in crate::checks) fn read(subject: &Subject<'_>, image: &Image) -> Option<(String, Vec<Instruction>)> {
    let path = path(subject, image)?;
    let text = subject.sources.tree.read(&path)?;
    Some((path, instructions(&text)))
}

/// Path of an image's Dockerfile; none for one outside of the repository.
pub(in crate::checks) fn path(subject: &Subject<'_>, image: &Image) -> Option<String> {
    let context = sources::join(subject.sources.folder(), &image.context)?;
    sources::join(&context, image.dockerfile.as_deref().unwrap_or("Dockerfile"))
}

/// The instructions of a Dockerfile's text.
pub(in crate::checks) fn instructions(text: &str) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut here: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(end) = &here {
            if line.trim() == end {
                here = None;
            }
            continue;
        }
        let line = line.trim();
        if line.starts_with('#') || (line.is_empty() && open.is_none()) {
            continue;
        }
        let (start, mut all) = open.take().unwrap_or((index + 1, String::new()));
        if let Some(part) = line.strip_suffix('\\') {
            all.push_str(part);
            all.push(' ');
            open = Some((start, all));
        } else {
            all.push_str(line);
            here = heredoc(&all);
            found.extend(instruction(start, &all));
        }
    }
    if let Some((start, all)) = open {
        found.extend(instruction(start, &all));
    }
    found
}

fn instruction(line: usize, text: &str) -> Option<Instruction> {
    let (word, rest) = text.trim().split_once(char::is_whitespace)?;
    Some(Instruction { line, word: word.to_ascii_uppercase(), rest: rest.trim().to_owned() })
}

/// The word that ends the heredoc that an instruction opens.
fn heredoc(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<<")?;
    let word: String = rest
        .trim_start_matches('-')
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_lines_and_skips_comments_and_heredocs() {
        let text = "# syntax=docker/dockerfile:1\nfrom python:3.12\n\nRUN a && \\\n    # why\n    b\nRUN <<EOF\nCOPY . .\nEOF\nCOPY . .\n";
        let shown: Vec<(usize, String)> =
            instructions(text).into_iter().map(|it| (it.line, format!("{} {}", it.word, it.rest))).collect();
        assert_eq!(
            shown,
            [
                (2, "FROM python:3.12".to_owned()),
                (4, "RUN a &&  b".to_owned()),
                (7, "RUN <<EOF".to_owned()),
                (10, "COPY . .".to_owned()),
            ]
        );
    }
}
