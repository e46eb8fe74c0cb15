//! Yarn: its generation, and the program that a repository chooses.

use crate::sources::{Tree, below, folder};

/// Yarn, as a repository uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Yarn {
    /// Its lock file is of Yarn 1.
    pub(crate) is_classic: bool,
    /// Corepack has to provide its version, which `packageManager` names.
    pub(crate) needs_corepack: bool,
}

impl Yarn {
    /// Returns how the repository of a lock file uses it. A release in the repository is started by any yarn, and so by
    /// that of the machine.
    ///
    /// Sources: <https://yarnpkg.com/configuration/yarnrc#yarnPath>, <https://nodejs.org/api/corepack.html>
    pub(crate) fn of(tree: &dyn Tree, lock: &str) -> Self {
        let beside = |name: &str| tree.read(&below(folder(lock), name)).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_str(&beside("package.json")).unwrap_or_default();
        let named = manifest.get("packageManager").and_then(serde_json::Value::as_str).unwrap_or_default();
        let has_release = beside(".yarnrc.yml").lines().any(|line| line.starts_with("yarnPath:"));
        Self {
            is_classic: tree.read(lock).is_some_and(|text| !text.lines().any(|line| line.starts_with("__metadata:"))),
            needs_corepack: named.starts_with("yarn@") && !has_release,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn reads_the_generation_and_the_program() {
        const MODERN: &str = "# file\n\n__metadata:\n  version: 8\n";
        for (lock, manifest, settings, (is_classic, needs_corepack)) in [
            ("# yarn lockfile v1\n", "{}", "", (true, false)),
            ("# yarn lockfile v1\n", r#"{"packageManager": "yarn@1.22.22"}"#, "", (true, true)),
            (MODERN, r#"{"packageManager": "yarn@4.12.0"}"#, "", (false, true)),
            (
                MODERN,
                r#"{"packageManager": "yarn@4.12.0"}"#,
                "yarnPath: .yarn/releases/yarn-4.12.0.cjs\n",
                (false, false),
            ),
            (MODERN, "[", "", (false, false)),
        ] {
            let files = [("web/yarn.lock", lock), ("web/package.json", manifest), ("web/.yarnrc.yml", settings)];
            let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
            let found = Yarn::of(&Memory(files.into()), "web/yarn.lock");
            assert_eq!(found, Yarn { is_classic, needs_corepack }, "{lock} {manifest}");
        }
    }
}
