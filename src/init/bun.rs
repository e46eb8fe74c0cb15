//! Bun beside Node.js: its version, and scripts that need more than an installation.

use super::project::{Checks, Versions};
use crate::definition::Name;

/// The version of projects that name none.
const USUAL: &str = "1.3";

/// The version that a project names: in `packageManager`, in `.tool-versions`, in its workflows.
pub(super) fn versions(manager: Option<&str>, tools: &str, set_up: Option<(&str, String)>) -> Versions {
    let manager = manager.and_then(|manager| manager.strip_prefix("bun@"));
    let named = [
        manager.map(|version| (version, "packageManager in package.json".to_owned())),
        tool(tools, "bun").map(|version| (version, ".tool-versions".to_owned())),
        set_up,
    ];
    let plain = |version: &str| !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    match named.into_iter().flatten().find(|(version, _)| plain(version)) {
        Some((version, from)) => Versions { list: vec![version.to_owned()], from: Some(from) },
        None => Versions { list: vec![USUAL.to_owned()], from: None },
    }
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
    fn takes_the_version_that_is_named() {
        let of = |manager, tools| versions(manager, tools, Some(("1.3.12", "ci.yml:3".to_owned()))).list;
        assert_eq!(of(Some("bun@1.2.20"), ""), ["1.2.20"]);
        assert_eq!(of(None, "nodejs 24\nbun  1.2.19\n"), ["1.2.19"]);
        assert_eq!(of(Some("bun@1; rm"), ""), ["1.3.12"]);
        assert_eq!(versions(None, "", None), Versions { list: vec![USUAL.to_owned()], from: None });
    }
}
