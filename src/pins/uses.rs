//! Pins as workflows have them.

use super::grammar;

/// An action in a line of a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses<'l> {
    /// `owner/repository`, with the folder where it has one.
    pub name: &'l str,
    /// The commit, forty digits.
    pub commit: &'l str,
    /// The version in the comment.
    pub version: &'l str,
}

impl Uses<'_> {
    /// Returns whether it is an action of this repository.
    pub fn is_of(&self, repository: &str) -> bool {
        grammar::repository(self.name).is_some_and(|own| own.eq_ignore_ascii_case(repository))
    }
}

/// The action that a line of a workflow uses: `uses: owner/name@<commit> # <version>`.
pub fn uses(line: &str) -> Option<Uses<'_>> {
    let (name, rest) = line.trim_start().trim_start_matches("- ").strip_prefix("uses: ")?.split_once('@')?;
    let (commit, comment) = rest.split_once('#').unwrap_or((rest, ""));
    let (commit, version) = (commit.trim(), comment.split_whitespace().next().unwrap_or_default());
    let is_pin = grammar::check_action(name).is_ok() && grammar::check_commit(commit).is_ok();
    is_pin.then_some(Uses { name, commit, version })
}

/// The pins by which a changed workflow differs from the generated one, as arguments of `pins add`.
///
/// None where anything else differs, which an update of pins does not explain.
pub fn moved(generated: &str, changed: &str) -> Option<Vec<String>> {
    if generated.lines().count() != changed.lines().count() {
        return None;
    }
    let mut found = Vec::new();
    for (before, after) in generated.lines().zip(changed.lines()).filter(|(before, after)| before != after) {
        let pin = moved_action(before, after).or_else(|| moved_image(before, after))?;
        if !found.contains(&pin) {
            found.push(pin);
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The same action by another commit, in a line that is otherwise the same.
fn moved_action(before: &str, after: &str) -> Option<String> {
    let (old, new) = (uses(before)?, uses(after)?);
    let is_same = old.name == new.name && before.split_once(old.name)?.0 == after.split_once(new.name)?.0;
    let repository = grammar::repository(new.name)?;
    let is_pin = is_same && grammar::check_version(new.version).is_ok();
    is_pin.then(|| format!("{repository}@{} # {}", new.commit, new.version))
}

/// The same image by another digest, in a line that is otherwise the same.
fn moved_image(before: &str, after: &str) -> Option<String> {
    let parts = |line| -> Option<(String, String)> {
        let line: &str = line;
        let (front, digest) = line.split_once("@sha256:")?;
        let (_, reference) = front.rsplit_once(' ')?;
        let (digits, rest) = digest.split_at_checked(64)?;
        grammar::check_digest(&format!("sha256:{digits}")).ok()?;
        Some((format!("{front}\n{rest}"), format!("{}@sha256:{digits}", reference.trim_start_matches(['\'', '"']))))
    };
    let ((old, _), (new, pin)) = (parts(before)?, parts(after)?);
    (old == new).then_some(pin)
}

#[cfg(test)]
mod tests {
    use super::{moved, uses};

    const OLD: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    const NEW: &str = "1111111111111111111111111111111111111111";

    #[test]
    fn an_action_with_its_commit_and_version() {
        let line = format!("      - uses: actions/checkout/sub@{OLD} # v7.0.1");
        let found = uses(&line).map(|it| (it.name, it.commit, it.version));
        assert_eq!(found, Some(("actions/checkout/sub", OLD, "v7.0.1")));
        for line in ["uses: $/.github/workflows/x.yml", "uses: actions/checkout@v7", "run: uses", "uses: ./x@y"] {
            assert_eq!(uses(line), None, "{line}");
        }
    }

    #[test]
    fn differences_that_are_pins_alone() {
        let before = format!("a\n  uses: actions/checkout@{OLD} # v7.0.1\n  uses: actions/checkout@{OLD} # v7.0.1\n");
        let after = before.replace(OLD, NEW).replace("v7.0.1", "v7.0.2");
        assert_eq!(moved(&before, &after), Some(vec![format!("actions/checkout@{NEW} # v7.0.2")]));
        let image = |digit: &str| format!("    image: postgres:16-alpine@sha256:{}\n", digit.repeat(64));
        let pin = format!("postgres:16-alpine@sha256:{}", "b".repeat(64));
        assert_eq!(moved(&image("a"), &image("b")), Some(vec![pin]));
    }

    #[test]
    fn differences_that_are_more_than_pins() {
        let before = format!("a\n  uses: actions/checkout@{OLD} # v7.0.1\n");
        for after in [
            before.clone(),
            before.replace('a', "b"),
            before.replace("actions/checkout", "actions/cache"),
            before.replace(OLD, "v7"),
            before.replace(OLD, NEW).replace(" # v7.0.1", ""),
            before.replace(OLD, NEW).replace("  uses", "   uses"),
            format!("{}more\n", before.replace(OLD, NEW)),
        ] {
            assert_eq!(moved(&before, &after), None, "{after}");
        }
    }
}
