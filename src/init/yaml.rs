//! YAML of others: what people write is read, and what would take a parser very long is not.

use serde::Deserialize;
use serde_yaml::{Deserializer, Value};

/// Deepest nesting of a file that is read. The parser goes through all open levels for each token, and refuses a document
/// that is deeper than 128 levels only after that.
const DEEPEST: usize = 256;

/// Maximum number of aliases of a file: each may repeat a large part of it.
const MOST_ALIASES: usize = 1_000;

/// The documents of a file, up to the first that is not YAML; none of a file that is too deep or has too many aliases.
pub(super) fn documents(text: &str) -> Vec<Value> {
    if deepest(text) > DEEPEST || aliases(text) > MOST_ALIASES {
        return Vec::new();
    }
    Deserializer::from_str(text).map_while(|document| Value::deserialize(document).ok()).collect()
}

/// A bound on the levels that are open at once: brackets, wherever they are, and sequences that begin in one line.
fn deepest(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0_usize);
    for line in text.lines() {
        let words = line.split(' ').take_while(|word| matches!(*word, "" | "-" | "?" | ":"));
        let begun = words.filter(|word| !word.is_empty()).count();
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(open);
        }
        deepest = deepest.max(begun);
    }
    deepest
}

/// A bound on the number of aliases: asterisks in front of a name.
fn aliases(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|pair| matches!(pair, [b'*', name] if name.is_ascii_alphanumeric())).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_documents_up_to_one_that_is_none() {
        assert_eq!(documents("a: 1\n---\n- {b: [2]}\n").len(), 2);
        assert_eq!(documents("a: 1\n---\n{{ template }}: [\n---\nb: 2\n").len(), 1);
        assert!(documents("").len() <= 1);
    }

    #[test]
    fn does_not_try_what_takes_long() {
        for hostile in ["[", "{a: ", "- ", "? ", "[{a: "] {
            assert_eq!(documents(&hostile.repeat(100_000)), Vec::<Value>::new(), "{hostile}");
        }
        assert_eq!(documents(&format!("a: &a [x]\nb: [{}]", "*a,".repeat(300_000))), Vec::<Value>::new());
    }
}
