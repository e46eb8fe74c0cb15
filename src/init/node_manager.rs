//! Package managers of Node.js, and the commands that run scripts and programs by them.

use super::walk::{Folder, View};

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    Npm,
    Pnpm,
    Yarn {
        major: u32,
        /// The repository has the program itself.
        release: bool,
    },
    Bun,
    /// npm without a lock file.
    None,
}

impl Manager {
    /// Returns the manager whose lock file is in a folder; `named` is `packageManager` of its package.json.
    pub(super) fn of(view: &View<'_>, folder: &Folder, named: &str) -> Self {
        if folder.has("bun.lock") || folder.has("bun.lockb") || named.starts_with("bun@") {
            Self::Bun
        } else if folder.has("pnpm-lock.yaml") {
            Self::Pnpm
        } else if folder.has("package-lock.json") || folder.has("npm-shrinkwrap.json") {
            Self::Npm
        } else if folder.has("yarn.lock") {
            let settings = view.read(folder, ".yarnrc.yml").unwrap_or_default();
            let release = settings.lines().any(|line| line.starts_with("yarnPath:"));
            Self::Yarn { major: yarn_major(&view.read(folder, "yarn.lock").unwrap_or_default()), release }
        } else {
            Self::None
        }
    }

    pub(super) fn run(self, script: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm run {script}"),
            Self::Yarn { .. } => format!("yarn run {script}"),
            Self::Bun => format!("bun run {script}"),
            Self::Npm | Self::None => format!("npm run {script}"),
        }
    }

    /// Runs a script in the members of a workspace that have it. Yarn 1 stops at one that has not.
    pub(super) fn run_in_members(self, script: &str, all_have: bool) -> Option<String> {
        match self {
            Self::Pnpm => Some(format!("pnpm --recursive --if-present run {script}")),
            Self::Npm => Some(format!("npm run {script} --workspaces --if-present")),
            Self::Yarn { major: 4.., .. } => Some(format!("yarn workspaces foreach --all run {script}")),
            Self::Yarn { major: 1, .. } if all_have => Some(format!("yarn workspaces run {script}")),
            Self::Yarn { .. } | Self::Bun | Self::None => None,
        }
    }

    pub(super) fn exec(self, program: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm exec {program}"),
            Self::Yarn { .. } => format!("yarn run {program}"),
            Self::Bun => format!("bunx --no-install {program}"),
            Self::Npm | Self::None => format!("npx --no-install {program}"),
        }
    }
}

/// The major version of Yarn that wrote a lock file: Yarn 4 writes version 8, Yarn 3 wrote 5 and 6.
fn yarn_major(lock: &str) -> u32 {
    let mut lines = lock.lines().skip_while(|line| !line.starts_with("__metadata:")).skip(1);
    let Some(version) = lines.find_map(|line| line.trim().strip_prefix("version:")) else { return 1 };
    match version.trim().parse::<u32>() {
        Ok(8..) => 4,
        Ok(5..=7) => 3,
        Ok(0..=4) | Err(_) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version_of_a_lock_file() {
        for (lock, major) in [
            ("# yarn lockfile v1\n\nleft-pad@1:\n  version \"1.3.0\"\n", 1),
            ("__metadata:\n  version: 8\n  cacheKey: 10c0\n", 4),
            ("__metadata:\n  version: 6\n", 3),
            ("__metadata:\n  version: 4\n", 2),
            ("", 1),
        ] {
            assert_eq!(yarn_major(lock), major, "{lock}");
        }
    }
}
