//! The setup as commands of `gh`, which asks for each value.
//!
//! Sources: <https://docs.github.com/rest/deployments/environments>,
//! <https://docs.github.com/rest/deployments/branch-policies>, <https://docs.github.com/rest/repos/rules>,
//! <https://cli.github.com/manual/gh_secret_set>, <https://cli.github.com/manual/gh_variable_set>.

use std::fmt::Write as _;

use serde_json::json;

use super::{Environment, Kind, Setup};

const START: &str = "\
#!/bin/sh
# Sets up a repository for its pipeline. Run it in a terminal, in the repository: `gh` asks for each value.
set -eu
[ -t 0 ] || { echo 'run this file in a terminal: gh asks for each value' >&2; exit 1; }
";

/// The commands as a script of a shell.
pub fn commands(setup: &Setup) -> String {
    let mut text = START.to_owned();
    for environment in &setup.environments {
        text.push('\n');
        text.push_str(&created(environment));
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
    if let Some((check, branches)) = &setup.check {
        text.push('\n');
        text.push_str(&required(check, branches));
    }
    text
}

/// Creates an environment, with the branches and tags that may use it.
fn created(environment: &Environment) -> String {
    let path = format!("repos/{{owner}}/{{repo}}/environments/{}", encoded(&environment.name));
    let policies: Vec<(&str, &String)> = environment
        .branches
        .iter()
        .map(|name| ("branch", name))
        .chain(environment.tags.iter().map(|name| ("tag", name)))
        .collect();
    let policy = (!policies.is_empty()).then(|| json!({ "protected_branches": false, "custom_branch_policies": true }));
    let mut text = String::new();
    if environment.approves {
        text.push_str(
            "reviewer=$(gh api \"users/${REVIEWER:?set it to the login of the user who approves}\" --jq .id)\n",
        );
        let body = json!({ "reviewers": [{ "type": "User", "id": "$reviewer" }], "deployment_branch_policy": policy });
        let body = body.to_string().replace("\"$reviewer\"", "$reviewer");
        let _ = writeln!(text, "gh api --method PUT '{path}' --input - <<JSON\n{body}\nJSON");
    } else {
        let body = json!({ "deployment_branch_policy": policy });
        let _ = writeln!(text, "gh api --method PUT '{path}' --input - <<'JSON'\n{body}\nJSON");
    }
    for (kind, name) in policies {
        let name = quoted(name);
        let _ =
            writeln!(text, "gh api --method POST '{path}/deployment-branch-policies' -f name={name} -f type={kind}");
    }
    text
}

/// Requires a check on branches.
fn required(check: &str, branches: &[String]) -> String {
    let include: Vec<String> = branches.iter().map(|branch| format!("refs/heads/{branch}")).collect();
    let body = json!({
        "name": check,
        "target": "branch",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": include, "exclude": [] } },
        "rules": [{
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [{ "context": check }],
            },
        }],
    });
    format!("gh api --method POST 'repos/{{owner}}/{{repo}}/rulesets' --input - <<'JSON'\n{body:#}\nJSON\n")
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A name as a part of a URL, in which no quote is left.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_a_shell_and_of_a_url() {
        assert_eq!(quoted("STAGING_URL"), "STAGING_URL");
        assert_eq!(quoted("v*; rm -rf 'x'"), r"'v*; rm -rf '\''x'\'''");
        assert_eq!(encoded("it's staging/eu"), "it%27s%20staging%2Feu");
    }
}
