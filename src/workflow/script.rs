//! Scripts: the one kind of text that no expression can get into.

use std::fmt;

/// What a `run:` step runs. It holds no `${{`, so GitHub pastes nothing into it; values reach it by `env`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script(String);

impl Script {
    /// The script in `text`. What GitHub would take for an expression is taken apart, in a way that a shell puts
    /// together again.
    pub fn new(text: &str) -> Self {
        let text = text.trim_matches('\n').trim_end();
        Self(if text.contains("${{") { text.replace("${{", "$''{{") } else { text.to_owned() })
    }

    /// A script as it stands, to test what looks for expressions in one.
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
