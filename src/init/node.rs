//! Node.js: its versions, its package manager, its scripts, and the test tools that can write a `JUnit` report.

use serde_json::{Map, Value};

use super::names::{self, base, word};
use super::project::{Component, Install, Runner, Start, Stated, Tests, Toolchain, Versions};
use super::walk::{Folder, View, is_in};
use crate::definition::Name;

/// The version that has long-term support now.
const USUAL: u32 = 24;

/// Major versions that are maintained: odd ones are no more than a way to the next.
///
/// Source: <https://github.com/nodejs/Release>.
const MAINTAINED: &[u32] = &[22, 24, 26];

/// Names of the versions with long-term support.
///
/// Source: <https://github.com/nodejs/Release>.
const LONG_TERM: &[(&str, u32)] = &[("hydrogen", 18), ("iron", 20), ("jod", 22), ("krypton", 24)];

/// Contents of `package.json`.
struct Package {
    json: Map<String, Value>,
    manager: Manager,
    /// Folders below it that have a `package.json` and share its lock file.
    members: Vec<Map<String, Value>>,
    workspace: bool,
    /// `true` if its configuration keeps npm from writing a lock file.
    unlocked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manager {
    Npm,
    Pnpm,
    Yarn {
        modern: bool,
    },
    /// npm without a lock file.
    None,
}

impl Manager {
    fn run(self, script: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm run {script}"),
            Self::Yarn { .. } => format!("yarn run {script}"),
            Self::Npm | Self::None => format!("npm run {script}"),
        }
    }

    fn run_in_members(self, script: &str) -> Option<String> {
        match self {
            Self::Pnpm => Some(format!("pnpm --recursive --if-present run {script}")),
            Self::Npm => Some(format!("npm run {script} --workspaces --if-present")),
            Self::Yarn { .. } | Self::None => None,
        }
    }

    fn exec(self, program: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm exec {program}"),
            Self::Yarn { .. } => format!("yarn run {program}"),
            Self::Npm | Self::None => format!("npx --no-install {program}"),
        }
    }
}

/// The Node.js project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let package = Package::read(view, folder)?;
    let mut hints = Vec::new();
    let mut checks = package.checks();
    let tests = package.tests(&mut checks, &mut hints);
    if checks.is_empty() && tests.is_none() && package.manager == Manager::None {
        return None;
    }
    let install = package.install(&mut hints);
    let name = package.text("name").map(|name| base(name).to_owned());
    Some(Component {
        name: name.as_deref().or(Some(base(&folder.path))).and_then(names::name).unwrap_or_else(|| word("node")),
        path: folder.path.clone(),
        toolchain: Toolchain::NODE,
        versions: package.versions(view, folder),
        install: Some(install),
        checks,
        unsure: Vec::new(),
        tests,
        start: package.start(),
        dependencies: package.dependencies(),
        workspace: package.workspace,
        hints,
        stated: Stated::default(),
    })
}

impl Package {
    fn read(view: &View<'_>, folder: &Folder) -> Option<Self> {
        let json = object(&view.read(folder, "package.json")?)?;
        let workspace = json.contains_key("workspaces") || folder.has("pnpm-workspace.yaml");
        let manager = if folder.has("pnpm-lock.yaml") {
            Manager::Pnpm
        } else if folder.has("package-lock.json") || folder.has("npm-shrinkwrap.json") {
            Manager::Npm
        } else if folder.has("yarn.lock") {
            Manager::Yarn { modern: folder.has(".yarnrc.yml") }
        } else {
            Manager::None
        };
        let below = view.folders.iter().filter(|inner| inner.path != folder.path && is_in(&inner.path, &folder.path));
        let members = below.filter(|inner| workspace && !inner.is_aside());
        let members = members.filter_map(|inner| object(&view.read(inner, "package.json")?)).collect();
        let npmrc = view.read(folder, ".npmrc").unwrap_or_default();
        let unlocked = npmrc.lines().any(|line| line.replace(' ', "") == "package-lock=false");
        Some(Self { json, manager, members, workspace, unlocked })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.json.get(key).and_then(Value::as_str)
    }

    fn scripts(&self) -> impl Iterator<Item = (&str, &str)> {
        scripts(&self.json)
    }

    fn script(&self, name: &str) -> Option<&str> {
        self.scripts().find(|(script, _)| *script == name).map(|(_, command)| command)
    }

    fn dependencies(&self) -> Vec<String> {
        let packages = std::iter::once(&self.json).chain(&self.members);
        let tables = packages.flat_map(|json| ["dependencies", "devDependencies"].map(|key| json.get(key)));
        let mut names: Vec<String> =
            tables.flatten().filter_map(Value::as_object).flat_map(|table| table.keys().cloned()).collect();
        names.sort();
        names.dedup();
        names
    }

    fn depends_on(&self, name: &str) -> bool {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|key| self.json.get(*key).is_some_and(|table| table.get(name).is_some()))
    }

    fn install(&self, hints: &mut Vec<String>) -> Install {
        match self.manager {
            Manager::Npm => Install::Npm,
            Manager::Pnpm => {
                if self.text("packageManager").is_none_or(|manager| !manager.starts_with("pnpm@")) {
                    hints.push("set the version of pnpm in `packageManager` of package.json".to_owned());
                }
                Install::Pnpm
            }
            Manager::Yarn { modern: true } => Install::Run("corepack enable && yarn install --immutable".to_owned()),
            Manager::Yarn { modern: false } => Install::Run("yarn install --frozen-lockfile".to_owned()),
            // A project that turns lock files off, as libraries do, has chosen to test with the newest versions.
            Manager::None if self.unlocked => Install::Run("npm install".to_owned()),
            Manager::None => {
                hints.push("there is no lock file: commit one, then write `install = { npm = [] }`".to_owned());
                Install::Run("npm install".to_owned())
            }
        }
    }

    /// Scripts that check something and end by themselves.
    fn checks(&self) -> Vec<(Name, String)> {
        const SCRIPTS: &[(&str, &[&str])] = &[
            ("lint", &["lint"]),
            ("format", &["format:check", "check:format", "check-format", "prettier:check"]),
            ("types", &["typecheck", "type-check", "check-types", "types", "tsc"]),
            ("build", &["build"]),
        ];
        let mut checks = Vec::new();
        for (name, spellings) in SCRIPTS {
            let own = spellings.iter().find(|script| self.script(script).is_some());
            let of_member = || {
                let mut all = self.members.iter().flat_map(scripts).map(|(script, _)| script);
                let script = spellings.iter().find(|script| all.any(|found| found == **script))?;
                self.manager.run_in_members(script)
            };
            if let Some(command) = own.map(|script| self.manager.run(script)).or_else(of_member) {
                checks.push((word(name), command));
            }
        }
        checks
    }

    /// A test run where the tool can write a report; else the script as a check.
    fn tests(&self, checks: &mut Vec<(Name, String)>, hints: &mut Vec<String>) -> Option<Tests> {
        let Some(script) = self.script("test").filter(|script| !script.contains("no test specified")) else {
            let in_members = self.members.iter().flat_map(scripts).any(|(script, _)| script == "test");
            if let Some(command) = self.manager.run_in_members("test").filter(|_| in_members) {
                checks.push((word("test"), command));
                hints.push(no_report("the members' own test scripts"));
            }
            return None;
        };
        // The script's own arguments are kept; one with more than one command in it is not taken apart.
        let own = script.trim();
        let is_one = !own.contains(['&', '|', ';', '<', '>', '$', '`', '\\', '(', '\n', '\r'])
            && !own.contains(char::is_control);
        let begins = |tool: &str| is_one && self.depends_on(tool) && own.split_whitespace().next() == Some(tool);
        let command = if begins("vitest") && !own.contains("watch") {
            let run = if own.split_whitespace().nth(1) == Some("run") { "" } else { " --run" };
            let vitest = self.manager.exec(own);
            let report = "--reporter=default --reporter=junit --outputFile.junit=\"$JUNIT\"";
            format!("{vitest}{run} {report} --shard=\"$SHARD/$SHARDS\"")
        } else if begins("jest") && self.depends_on("jest-junit") && !own.contains("watch") {
            let jest = self.manager.exec(own);
            let report = "--ci --reporters=default --reporters=jest-junit";
            format!("JEST_JUNIT_OUTPUT_FILE=\"$JUNIT\" {jest} {report} --shard=\"$SHARD/$SHARDS\"")
        } else if own == "node --test" {
            "node --test --test-reporter=junit --test-reporter-destination=\"$JUNIT\" --test-shard=\"$SHARD/$SHARDS\""
                .to_owned()
        } else {
            checks.push((word("test"), self.manager.run("test")));
            hints.push(no_report(if self.depends_on("jest") {
                "jest without `jest-junit`"
            } else {
                "the test script"
            }));
            return None;
        };
        Some(Tests {
            runner: Runner::Command(command),
            paths: Vec::new(),
            services: Vec::new(),
            measure: Vec::new(),
            coverage: None,
            shuffled: false,
        })
    }

    fn versions(&self, view: &View<'_>, folder: &Folder) -> Versions {
        let root = view.folders.first();
        let own = [Some(folder), root.filter(|root| root.path != folder.path)];
        for folder in own.into_iter().flatten() {
            for file in [".nvmrc", ".node-version"] {
                let version = view.read(folder, file).and_then(|text| version(text.lines().next().unwrap_or_default()));
                if let Some(version) = version {
                    return Versions { list: vec![version], from: Some(file.to_owned()) };
                }
            }
        }
        let mut tested: Vec<(u32, String)> = view
            .own
            .tested(&folder.path, "node")
            .into_iter()
            .filter_map(|version| {
                let major = self::version(version.text.trim_end_matches(".x"))?.split('.').next()?.parse().ok()?;
                Some((major, version.place.to_string()))
            })
            .filter(|(major, _)| MAINTAINED.contains(major))
            .collect();
        tested.sort();
        tested.dedup_by_key(|(major, _)| *major);
        if let Some((_, from)) = tested.first() {
            let list = tested.iter().map(|(major, _)| major.to_string()).collect();
            return Versions { list, from: Some(from.clone()) };
        }
        let inner = |key: &str| self.json.get(key).and_then(|table| table.get("node")).and_then(Value::as_str);
        if let Some(version) = inner("volta").and_then(version) {
            return Versions { list: vec![version], from: Some("volta in package.json".to_owned()) };
        }
        let list = inner("engines").map(engines).unwrap_or_default();
        if list.is_empty() {
            return Versions { list: vec![USUAL.to_string()], from: None };
        }
        Versions { list, from: Some("engines in package.json".to_owned()) }
    }

    fn start(&self) -> Option<Start> {
        let has = self.script("start").is_some() && !self.workspace;
        let build = self.script("build").map(|_| "build".to_owned());
        has.then(|| Start { command: vec!["npm".to_owned(), "start".to_owned()], build })
    }
}

fn no_report(what: &str) -> String {
    format!("{what} cannot write a JUnit report, so this is a check, without shards and gates")
}

fn object(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

fn scripts(json: &Map<String, Value>) -> impl Iterator<Item = (&str, &str)> {
    let table = json.get("scripts").and_then(Value::as_object);
    table.into_iter().flatten().filter_map(|(name, command)| Some((name.as_str(), command.as_str()?)))
}

/// A version as `.nvmrc` writes it: `22`, `v22.3.0`, `lts/jod`.
fn version(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix("lts/") {
        let known = LONG_TERM.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        return if name == "*" { Some(USUAL.to_string()) } else { known.map(|(_, major)| major.to_string()) };
    }
    let digits = text.trim_start_matches('v');
    let sound = !digits.is_empty()
        && digits.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    sound.then(|| digits.to_owned())
}

/// The major versions that `engines.node` allows, one for each of its alternatives.
fn engines(range: &str) -> Vec<String> {
    let mut majors: Vec<u32> = range.split("||").filter_map(engine).collect();
    majors.sort_unstable();
    majors.dedup();
    majors.into_iter().map(|major| major.to_string()).collect()
}

/// The newest version with long-term support in a range, else the range's lower end.
fn engine(range: &str) -> Option<u32> {
    let number = |text: &str| -> Option<(u32, bool)> {
        let text = text.trim_start_matches(['=', ' ', 'v']);
        let (major, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        Some((major.parse().ok()?, rest.trim_matches(['.', '0', 'x', ' ']).is_empty()))
    };
    let range = range.trim();
    let lower = range.trim_start_matches(['^', '~', '>', '=', ' ', 'v']);
    let (lowest, _) = number(lower)?;
    if !range.starts_with('>') {
        return Some(lowest);
    }
    let highest = match range.split_once('<') {
        Some((_, upper)) if upper.starts_with('=') => number(upper)?.0,
        // `<23` and `<23.0.0` end before 23, `<22.5` within 22.
        Some((_, upper)) => number(upper).map(|(major, whole)| if whole { major.saturating_sub(1) } else { major })?,
        None => USUAL.max(lowest),
    };
    let long_term = LONG_TERM.iter().rev().map(|(_, major)| *major);
    long_term.into_iter().find(|major| (lowest..=highest).contains(major)).or(Some(lowest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (text, expected) in [
            ("v22.3.0\n", Some("22.3.0")),
            ("lts/jod", Some("22")),
            ("lts/*", Some("24")),
            ("system", None),
            ("", None),
        ] {
            assert_eq!(version(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn chooses_a_version_of_a_range() {
        for (range, expected) in [
            (">=18", vec!["24"]),
            (">= 20.9.0", vec!["24"]),
            ("^20.10 || ^22", vec!["20", "22"]),
            (">=18 <23", vec!["22"]),
            (">=18 <=20", vec!["20"]),
            ("20.x", vec!["20"]),
            (">=25", vec!["25"]),
            ("*", vec![]),
        ] {
            assert_eq!(engines(range), expected, "{range}");
        }
    }
}
