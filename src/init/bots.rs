//! Bots that update actions: lines for their configuration, so that they leave generated workflows alone.

use serde_json::json;

use crate::sources::Tree;

/// Configurations of Dependabot.
///
/// Source: <https://docs.github.com/code-security/reference/supply-chain-security/dependabot-options-reference>.
const DEPENDABOT: [&str; 2] = [".github/dependabot.yml", ".github/dependabot.yaml"];

/// Configurations of Renovate.
///
/// Source: <https://docs.renovatebot.com/configuration-options/>.
const RENOVATE: [&str; 6] = [
    "renovate.json",
    "renovate.json5",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
];

/// An action in `pipeline.lock`, as Renovate's regular expressions capture it.
///
/// Source: <https://docs.renovatebot.com/modules/manager/regex/>.
const PIN: &str = r#""(?<depName>[^"\s]+/[^"\s]+)" = \{ version = "(?<currentValue>[^"]+)", sha = "(?<currentDigest>[0-9a-f]{40})"(?:, date = "[^"]*")? \}"#;

/// Its replacement: the date was that of the earlier release.
const MOVED: &str = r#""{{{depName}}}" = { version = "{{{newValue}}}", sha = "{{{newDigest}}}" }"#;

/// Lines to add to the configurations of bots, each with what they are for.
pub(super) fn bots(tree: &dyn Tree, workflows: &[String]) -> Vec<(String, String)> {
    let paths: Vec<String> = workflows.iter().map(|file| format!(".github/workflows/{file}")).collect();
    let is_open = |text: &String| !paths.iter().all(|path| text.contains(path.as_str()));
    let mut found = Vec::new();
    for file in DEPENDABOT {
        let text = tree.read(file).filter(|text| text.contains("github-actions"));
        if text.as_ref().is_some_and(is_open) {
            // The folder of the entry is `/`, from which the paths start.
            let lines = paths.iter().fold(String::new(), |lines, path| format!("{lines}  - \"{path}\"\n"));
            let what = format!(
                "add to the entry `github-actions` of `{file}`: `pipewright pins update` moves the pins of generated workflows"
            );
            found.push((what, format!("exclude-paths:\n{lines}")));
        }
    }
    for file in RENOVATE {
        if tree.read(file).as_ref().is_some_and(is_open) {
            let lines = json!({
                "packageRules": [{ "matchManagers": ["github-actions"], "matchFileNames": paths, "enabled": false }],
                "customManagers": [{
                    "customType": "regex",
                    "managerFilePatterns": ["/(^|/)pipeline\\.lock$/"],
                    "matchStrings": [PIN],
                    "autoReplaceStringTemplate": MOVED,
                    "datasourceTemplate": "github-tags",
                }],
            });
            let what =
                format!("add to `{file}`: Renovate moves the pins of the lock, and `pipewright generate` follows");
            found.push((what, format!("{lines:#}\n")));
        }
    }
    found
}
