//! Bots that would edit generated workflows: `init` proposes the lines that stop them.

use insta::assert_snapshot;
use pipewright::init::Choices;
use serde_json::Value;

use super::Fixture;

const PROJECT: [(&str, &str); 2] = [
    (
        "pyproject.toml",
        "[project]\nname = \"lib\"\nversion = \"1\"\nrequires-python = \">=3.11\"\ndependencies = [\"pytest\"]\n",
    ),
    ("tests/test_a.py", "def test_a():\n    pass\n"),
];

/// The proposals about a configuration.
fn proposed(path: &str, text: &str) -> Vec<(String, String)> {
    let files: Vec<(&str, &str)> = PROJECT.into_iter().chain([(path, text)]).collect();
    let plan = Fixture::of(&files).plan(&Choices::default());
    plan.proposals.into_iter().filter(|(what, _)| what.contains(path)).collect()
}

#[test]
fn dependabot_leaves_generated_workflows_alone() {
    let entry = "version: 2\nupdates:\n  - package-ecosystem: github-actions\n    directory: /\n";
    let [(what, lines)] = proposed(".github/dependabot.yml", entry).try_into().expect("one proposal");
    assert_snapshot!(format!("{what}\n{lines}"), @r#"
    add to the entry `github-actions` of `.github/dependabot.yml`: `pipewright pins update` moves the pins of generated workflows
    exclude-paths:
      - ".github/workflows/ci.yml"
    "#);
    // The lines are valid where they are added, and then nothing is proposed.
    let added = lines.lines().fold(String::new(), |added, line| format!("{added}    {line}\n"));
    let text = format!("{entry}{added}");
    let document: serde_yaml::Value = serde_yaml::from_str(&text).expect("it is YAML");
    assert!(document["updates"][0]["exclude-paths"].is_sequence(), "{text}");
    assert_eq!(proposed(".github/dependabot.yml", &text), []);
    let other = "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n";
    assert_eq!(proposed(".github/dependabot.yml", other), []);
}

#[test]
fn renovate_moves_the_pins_of_the_lock() {
    let [(what, lines)] = proposed("renovate.json", "{}\n").try_into().expect("one proposal");
    assert_snapshot!(format!("{what}\n{lines}"), @r#"
    add to `renovate.json`: Renovate moves the pins of the lock, and `pipewright generate` follows
    {
      "packageRules": [
        {
          "matchManagers": [
            "github-actions"
          ],
          "matchFileNames": [
            ".github/workflows/ci.yml"
          ],
          "enabled": false
        }
      ],
      "customManagers": [
        {
          "customType": "regex",
          "managerFilePatterns": [
            "/(^|/)pipeline\\.lock$/"
          ],
          "matchStrings": [
            "\"(?<depName>[^\"\\s]+/[^\"\\s]+)\" = \\{ version = \"(?<currentValue>[^\"]+)\", sha = \"(?<currentDigest>[0-9a-f]{40})\"(?:, date = \"[^\"]*\")? \\}"
          ],
          "autoReplaceStringTemplate": "\"{{{depName}}}\" = { version = \"{{{newValue}}}\", sha = \"{{{newDigest}}}\" }",
          "datasourceTemplate": "github-tags"
        }
      ]
    }
    "#);
    let document: Value = serde_json::from_str(&lines).expect("it is JSON");
    assert!(document["customManagers"][0]["matchStrings"][0].is_string());
    assert_eq!(proposed("renovate.json", &lines), []);
}
