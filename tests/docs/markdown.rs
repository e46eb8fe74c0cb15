//! As much of Markdown as the pages use: fenced blocks, headings, links.

/// A fenced block.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// What stands behind the fence: a language, and a word about it.
    pub(crate) info: String,
    /// The comment on the line above, without its signs.
    pub(crate) about: Option<String>,
    pub(crate) text: String,
    /// The line of the fence, from 1.
    pub(crate) line: usize,
}

impl Block {
    /// What a comment above says under this word.
    pub(crate) fn about(&self, word: &str) -> Option<&str> {
        self.about.as_deref()?.strip_prefix(word)?.strip_prefix(": ")
    }
}

/// The blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut about = None;
    let mut open: Option<Block> = None;
    let mut fence = "";
    for (index, line) in page.lines().enumerate() {
        match (&mut open, fenced(line)) {
            (None, Some((signs, info))) => {
                fence = signs;
                open = Some(Block { info: info.to_owned(), about: about.take(), text: String::new(), line: index + 1 });
            }
            (Some(_), Some((signs, ""))) if signs == fence => found.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) if line.is_empty() => {}
            (None, None) => {
                about = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")).map(str::to_owned);
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// The page with other text in one of its blocks.
pub(crate) fn with_block(page: &str, block: &Block, text: &str) -> String {
    let mut lines: Vec<&str> = page.lines().collect();
    let end = block.line + block.text.lines().count();
    lines.splice(block.line..end, text.lines());
    lines.join("\n") + "\n"
}

/// The signs of a fence and what stands behind them; a block that shows a fence has a longer one.
fn fenced(line: &str) -> Option<(&str, &str)> {
    let signs = line.bytes().take_while(|byte| *byte == b'`').count();
    (signs >= 3).then(|| line.split_at(signs))
}

/// The page without its blocks.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut open = None;
    page.lines().filter(move |line| match (open, fenced(line)) {
        (None, None) => true,
        (None, Some((signs, _))) => {
            open = Some(signs);
            false
        }
        (Some(fence), Some((signs, ""))) if signs == fence => {
            open = None;
            false
        }
        (Some(_), _) => false,
    })
}

/// What may stand behind `#` in a link to the page.
pub(crate) fn anchors(page: &str) -> Vec<String> {
    prose(page)
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')))
        .map(anchor)
        .collect()
}

/// The anchor that GitHub makes of a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The destinations of a page's links.
pub(crate) fn links(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(page) {
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once("](") {
            let Some((link, after)) = behind.split_once(')') else { break };
            found.push(link.to_owned());
            rest = after;
        }
    }
    found
}
