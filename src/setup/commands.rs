//! The setup as commands of `gh`, which asks for each value.
//!
//! Sources: <https://cli.github.com/manual/gh_api>, <https://cli.github.com/manual/gh_secret_set>,
//! <https://cli.github.com/manual/gh_variable_set>.

use std::fmt::Write as _;

use serde_json::Value;

use super::requests::{Existing, Part, REVIEWER, Request, requests};
use super::{Kind, Setup};

const START: &str = "\
#!/bin/sh
# Sets up a repository for its pipeline. Run it in a terminal, in the repository: `gh` asks for each value.
set -eu
[ -t 0 ] || { echo 'run this file in a terminal: gh asks for each value' >&2; exit 1; }
";

/// The commands as a script of a shell.
pub fn commands(setup: &Setup) -> String {
    let mut text = START.to_owned();
    let requests = requests(setup);
    let of_part = |part: Part| requests.iter().filter(move |request| request.part == part);
    for request in of_part(Part::Environments) {
        if request.method == "PUT" {
            text.push('\n');
        }
        text.push_str(&command(request));
    }
    let mut place = None;
    for value in &setup.values {
        if place != Some(&value.environment) {
            place = Some(&value.environment);
            text.push('\n');
        }
        let kind = match value.kind {
            Kind::Secret => "secret",
            Kind::Variable => "variable",
        };
        // An optional value keeps its default until the line is run.
        let start = if value.is_optional { "# optional: " } else { "" };
        let of = value.environment.as_ref().map(|name| format!(" --env {}", quoted(name))).unwrap_or_default();
        let _ = writeln!(text, "{start}gh {kind} set {}{of}", quoted(&value.name));
    }
    for request in of_part(Part::RequiredCheck).chain(of_part(Part::Actions).take(1)) {
        text.push('\n');
        text.push_str(&command(request));
    }
    let by_hand = setup.grants.iter().filter(|grant| !grant.keys.is_empty());
    for (index, grant) in by_hand.enumerate() {
        let start = if index == 0 { "\n" } else { "" };
        let _ = writeln!(text, "{start}# in the settings: {}: {}", grant.area, grant.setting);
    }
    text
}

/// A request as a command of `gh`, with the one that finds the reviewer before it, or the one that finds what a request of
/// before has made: a second run changes nothing.
pub fn command(request: &Request) -> String {
    let Request { method, path, .. } = request;
    let Some(existing) = &request.existing else {
        return sent(request, &format!("gh api --method {method} '{path}'"));
    };
    let start = if existing.is_updated {
        format!("gh api --method \"$([ -n \"$id\" ] && echo PUT || echo {method})\" \"{path}${{id:+/$id}}\"")
    } else {
        format!("[ -n \"$id\" ] || gh api --method {method} '{path}'")
    };
    format!("id=$(gh api '{}' --jq {})\n{}", existing.list, quoted(&filter(existing)), sent(request, &start))
}

/// The filter of jq that prints the id of an item.
fn filter(existing: &Existing) -> String {
    let is = |(key, value): &(&str, String)| format!(".{key} == {}", Value::from(value.as_str()));
    let conditions: Vec<String> = existing.values.iter().map(is).collect();
    format!("first(.{}[] | select({}) | .id)", existing.items.unwrap_or_default(), conditions.join(" and "))
}

/// The command that begins with these words, with the body of a request.
fn sent(request: &Request, start: &str) -> String {
    if let Some(fields) = fields(&request.body) {
        return format!("{start}{fields}\n");
    }
    let is_long = request.body.get("rules").is_some();
    let body = if is_long { format!("{:#}", request.body) } else { request.body.to_string() };
    let placeholder = format!("\"{REVIEWER}\"");
    if body.contains(&placeholder) {
        let body = body.replace(&placeholder, REVIEWER);
        return format!(
            "reviewer=$(gh api \"users/${{REVIEWER:?set it to the login of the user who approves}}\" --jq .id)\n\
             {start} --input - <<JSON\n{body}\nJSON\n"
        );
    }
    format!("{start} --input - <<'JSON'\n{body}\nJSON\n")
}

/// A body as options; none for one with other values than texts.
fn fields(body: &Value) -> Option<String> {
    let fields = body.as_object()?.iter();
    let field = |(key, value): (&String, &Value)| value.as_str().map(|text| format!(" -f {key}={}", quoted(text)));
    fields.map(field).collect()
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{Existing, filter, quoted};

    #[test]
    fn an_item_is_found_by_its_values() {
        let values = vec![("name", "a \"b\" \\(c)".to_owned()), ("type", "tag".to_owned())];
        let mut existing = Existing { list: String::new(), items: Some("items"), values, is_updated: false };
        assert_eq!(filter(&existing), r#"first(.items[] | select(.name == "a \"b\" \\(c)" and .type == "tag") | .id)"#);
        existing.items = None;
        existing.values.truncate(1);
        assert_eq!(filter(&existing), r#"first(.[] | select(.name == "a \"b\" \\(c)") | .id)"#);
    }

    #[test]
    fn names_are_words_of_a_shell() {
        assert_eq!(quoted("STAGING_URL"), "STAGING_URL");
        assert_eq!(quoted("v*; rm -rf 'x'"), r"'v*; rm -rf '\''x'\'''");
    }
}
