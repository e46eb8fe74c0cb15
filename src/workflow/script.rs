//! Scripts, the kind of text that contains no expressions.

use std::fmt;

/// Script of a `run:` step. It contains no `${{`, so GitHub expands nothing in it; values are passed by `env`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script(String);

impl Script {
    /// Returns the script in `text`, with each `${{` quoted: GitHub sees no expression, and the shell the same text.
    pub fn new(text: &str) -> Self {
        let text = text.trim_matches('\n').trim_end();
        Self(if text.contains("${{") { text.replace("${{", "$''{{") } else { text.to_owned() })
    }

    /// Returns an unchanged script, to test checks that search scripts for expressions.
    #[cfg(test)]
    pub(crate) fn unchecked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The script's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_no_expression() {
        assert_eq!(
            Script::new("echo ${{ github.event.issue.title }}").as_str(),
            "echo $''{{ github.event.issue.title }}"
        );
    }
}
