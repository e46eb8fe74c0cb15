//! Bun beside Node.js: its version, and scripts that need more than an installation.

use super::project::Checks;
use crate::definition::Name;

/// The version of projects that name none.
const USUAL: &str = "1.3";

/// The command that installs Bun, and the packages of its lock file.
pub(super) fn install(manager: Option<&str>, tools: &str, set_up: Option<&str>) -> String {
    let named = manager.and_then(|manager| manager.strip_prefix("bun@")).or_else(|| tool(tools, "bun")).or(set_up);
    let plain = |version: &&str| version.chars().all(|c| c.is_ascii_digit() || c == '.');
    let version = named.filter(plain).unwrap_or(USUAL);
    format!("npm install --global bun@{version} && bun install --frozen-lockfile")
}

/// The version of a tool in `.tool-versions`, of asdf and mise.
pub(super) fn tool<'a>(tools: &'a str, name: &str) -> Option<&'a str> {
    tools.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some(name)).then(|| words.next()).flatten()
    })
}

/// Checks without those of scripts that need a browser and a running application; these become proposals.
pub(super) fn without_browsers(checks: Vec<(Name, String)>, script: &dyn Fn(&str) -> Option<String>) -> Checks {
    const BROWSERS: &[&str] = &["playwright test", "cypress run", "wdio run"];
    let needs = |command: &str| {
        let script = command.rsplit(' ').next().and_then(script).unwrap_or_default();
        BROWSERS.iter().any(|known| script.contains(known))
    };
    let (unsure, sure): (Vec<_>, Vec<_>) = checks.into_iter().partition(|(_, command)| needs(command));
    let reason = "needs browsers and a running application: add a job that starts them";
    (sure, unsure.into_iter().map(|(name, command)| (name, command, reason.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installs_the_version_that_is_named() {
        let of = |manager, tools| install(manager, tools, Some("1.3.12"));
        assert!(of(Some("bun@1.2.20"), "").starts_with("npm install --global bun@1.2.20 && "));
        assert!(of(None, "nodejs 24\nbun  1.2.19\n").starts_with("npm install --global bun@1.2.19 && "));
        assert!(of(Some("bun@1; rm"), "").starts_with("npm install --global bun@1.3 && "));
        assert!(of(None, "").starts_with("npm install --global bun@1.3.12 && "));
    }
}
