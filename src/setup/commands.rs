//! The setup as commands of `gh`, which asks for each value.
//!
//! Sources: <https://cli.github.com/manual/gh_api>, <https://cli.github.com/manual/gh_secret_set>,
//! <https://cli.github.com/manual/gh_variable_set>.

use std::fmt::Write as _;

use serde_json::Value;

use super::requests::{Part, REVIEWER, Request, requests};
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
    for request in of_part(Part::RequiredCheck) {
        text.push('\n');
        text.push_str(&command(request));
    }
    text
}

/// A request as a command of `gh`, with the one that finds the reviewer before it.
pub fn command(request: &Request) -> String {
    let start = format!("gh api --method {} '{}'", request.method, request.path);
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
    use super::quoted;

    #[test]
    fn names_are_words_of_a_shell() {
        assert_eq!(quoted("STAGING_URL"), "STAGING_URL");
        assert_eq!(quoted("v*; rm -rf 'x'"), r"'v*; rm -rf '\''x'\'''");
    }
}
