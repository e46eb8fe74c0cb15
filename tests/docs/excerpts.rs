//! What the documentation shows of a file is what stands in it.

use std::fs;

use super::accept::accepting;
use super::markdown::{Block, blocks, with_block};
use super::projects::project;
use super::{PAGES, pages, repository, text};

/// Stands between two parts of a file.
const BETWEEN: &str = "# …";

/// The block as it would be; none where a part of it begins or ends nowhere in the file.
fn again(block: &Block, file: &str) -> Option<String> {
    let lines: Vec<&str> = file.lines().collect();
    let mut said: Vec<&str> = Vec::new();
    let mut from = 0;
    let shown: Vec<&str> = block.text.lines().collect();
    for (index, part) in shown.split(|line| line.trim() == BETWEEN).enumerate() {
        let trimmed: Vec<&str> = part.iter().copied().skip_while(|line| line.is_empty()).collect();
        let (first, last) = (trimmed.first()?, trimmed.iter().rev().find(|line| !line.is_empty())?);
        if index > 0 {
            let indent = first.len() - first.trim_start().len();
            said.push(["# …", "  # …", "    # …", "      # …"][indent / 2]);
        }
        let start = from + lines[from..].iter().position(|line| line == first)?;
        // The same length where that fits: a last line may stand there more than once.
        let kept = trimmed.iter().rposition(|line| !line.is_empty())?;
        let same = lines.get(start + kept).is_some_and(|line| line == last);
        let end = if same { start + kept } else { start + lines[start..].iter().position(|line| line == last)? };
        said.extend(&lines[start..=end]);
        from = end + 1;
    }
    Some(said.join("\n") + "\n")
}

#[test]
fn every_file_stands_there_as_it_is() {
    let _alone = PAGES.lock();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let mut now = text(&page);
        for block in blocks(&now).into_iter().rev() {
            let whole = block.about("file");
            let Some(about) = whole.or_else(|| block.about("excerpt")) else { continue };
            let (name, path) = about.split_once(' ').expect("a project and a path");
            let name = if path.starts_with(".github/") { format!("{name}, generated") } else { name.to_owned() };
            let file = fs::read_to_string(project(&name).path().join(path)).expect("the file can be read");
            let file = pipewright::files::unsealed(&file).into_owned();
            let again = if whole.is_some() { Some(file) } else { again(&block, &file) };
            let again = again.unwrap_or_else(|| panic!("{page}:{}: {path} has not these lines", block.line));
            seen += 1;
            if again != block.text {
                now = with_block(&now, &block, &again);
                wrong.push(format!("{page}:{}: {path} has\n{again}", block.line));
            }
        }
        if accepting() {
            fs::write(repository().join(&page), now).expect("the page can be written");
        }
    }
    assert!(accepting() || wrong.is_empty(), "run with PIPEWRIGHT_ACCEPT=1\n{}", wrong.join("\n"));
    assert!(seen > 1, "only {seen} excerpts were found");
}
