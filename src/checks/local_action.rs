//! An action of the repository itself exists, and gets the inputs that it has.

use serde_yaml::Value as Yaml;

use super::check::{Check, Subject};
use super::support::walk;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::sources::{Tree, join};

pub(crate) struct LocalAction;

const CODE: Code = Code("local-action");

impl Check for LocalAction {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/local-action.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let tree = subject.sources.tree.as_ref();
        walk::steps(subject.definition, &mut |at, step| {
            let Some(uses) = step.uses.as_deref().filter(|uses| uses.starts_with("./")) else { return };
            let text = match file(tree, uses) {
                Ok(text) => text,
                Err(message) => {
                    let help = "name the folder of an `action.yml`, from the root of the repository";
                    found.push(Diagnostic::error(CODE, at.key("uses").at(), message).help(help));
                    return;
                }
            };
            let Some(inputs) = inputs(&text) else { return };
            let known = || inputs.iter().map(|(name, _)| name.as_str());
            let with = at.key("with");
            for name in step.with.keys() {
                if !known().any(|known| known.eq_ignore_ascii_case(name)) {
                    let message = format!("`{uses}` has no input `{name}`");
                    let help = if inputs.is_empty() {
                        "remove it: the action has no inputs".to_owned()
                    } else {
                        did_you_mean(name, known())
                    };
                    found.push(Diagnostic::error(CODE, with.key(name).at().key(), message).help(help));
                }
            }
            let given = |name: &str| step.with.keys().any(|given| given.eq_ignore_ascii_case(name));
            for (name, _) in inputs.iter().filter(|(name, required)| *required && !given(name)) {
                let message = format!("`{uses}` needs the input `{name}`");
                let help = format!("add `with = {{ {name} = \"…\" }}`");
                found.push(Diagnostic::error(CODE, at.key("uses").at(), message).help(help));
            }
        });
    }
}

/// Reads the metadata of an action.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax>.
fn file(tree: &dyn Tree, uses: &str) -> Result<String, String> {
    let folder = join("", uses).ok_or_else(|| format!("`{uses}` is outside of the repository"))?;
    let names = ["action.yml", "action.yaml"].map(|name| join(&folder, name));
    names
        .iter()
        .flatten()
        .find_map(|path| tree.read(path))
        .ok_or_else(|| format!("there is no `action.yml` in `{folder}`"))
}

/// The inputs of an action, and whether each is required; none for a file that is not readable.
fn inputs(text: &str) -> Option<Vec<(String, bool)>> {
    let action: Yaml = serde_yaml::from_str(text).ok()?;
    let Some(inputs) = action.get("inputs").and_then(Yaml::as_mapping) else { return Some(Vec::new()) };
    let input = |(name, input): (&Yaml, &Yaml)| {
        let is = |key: &str| input.get(key).is_some_and(|value| value.as_bool() == Some(true));
        Some((name.as_str()?.to_owned(), is("required") && input.get("default").is_none()))
    };
    Some(inputs.iter().filter_map(input).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_inputs_of_an_action() {
        let text = "name: a\ninputs:\n  tool: {required: true}\n  level: {required: true, default: x}\n  other: {}\n";
        let expected = [("tool", true), ("level", false), ("other", false)];
        assert_eq!(inputs(text), Some(expected.map(|(name, required)| (name.to_owned(), required)).to_vec()));
        assert_eq!(inputs("name: a\n"), Some(Vec::new()));
        assert_eq!(inputs(": ["), None);
    }
}
