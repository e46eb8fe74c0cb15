//! Node.js: its versions, its package manager, its scripts, and the test tools that can write a `JUnit` report.

use serde_json::{Map, Value};

use super::bun;
use super::names::{self, base, word};
use super::node_versions::{USUAL, engines, tested, version};
use super::project::{Component, Install, Runner, Start, Stated, Tests, Toolchain, Versions};
use super::walk::{Folder, View, is_in};
use crate::definition::Name;

/// Contents of `package.json`.
struct Package {
    json: Map<String, Value>,
    manager: Manager,
    /// Folders below it that have a `package.json` and share its lock file.
    members: Vec<Map<String, Value>>,
    workspace: bool,
    /// `true` if its configuration keeps npm from writing a lock file.
    unlocked: bool,
    /// `.tool-versions`, of asdf and mise.
    tools: String,
    /// The version of Bun that its workflows set up.
    bun: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Manager {
    Npm,
    Pnpm,
    Yarn {
        modern: bool,
    },
    Bun,
    /// npm without a lock file.
    None,
}

impl Manager {
    fn run(self, script: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm run {script}"),
            Self::Yarn { .. } => format!("yarn run {script}"),
            Self::Bun => format!("bun run {script}"),
            Self::Npm | Self::None => format!("npm run {script}"),
        }
    }

    fn run_in_members(self, script: &str) -> Option<String> {
        match self {
            Self::Pnpm => Some(format!("pnpm --recursive --if-present run {script}")),
            Self::Npm => Some(format!("npm run {script} --workspaces --if-present")),
            Self::Yarn { .. } | Self::Bun | Self::None => None,
        }
    }

    fn exec(self, program: &str) -> String {
        match self {
            Self::Pnpm => format!("pnpm exec {program}"),
            Self::Yarn { .. } => format!("yarn run {program}"),
            Self::Bun => format!("bunx --no-install {program}"),
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
    let (checks, unsure) = bun::without_browsers(checks, &|script| package.resolved(script));
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
        unsure,
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
        let named = json.get("packageManager").and_then(Value::as_str).unwrap_or_default();
        let manager = if folder.has("bun.lock") || folder.has("bun.lockb") || named.starts_with("bun@") {
            Manager::Bun
        } else if folder.has("pnpm-lock.yaml") {
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
        let tools = view.read(folder, ".tool-versions").unwrap_or_default();
        let bun = view.own.versions("bun").next().map(|version| version.text.clone());
        Some(Self { json, manager, members, workspace, unlocked, tools, bun })
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

    /// The text of a script, or that of a member's which it runs.
    fn resolved(&self, name: &str) -> Option<String> {
        let script = self.script(name)?;
        let words: Vec<&str> = script.split_whitespace().collect();
        let member = self.members.iter().find(|member| {
            let name = member.get("name").and_then(Value::as_str).unwrap_or_default();
            !name.is_empty() && words.contains(&name)
        });
        let inner = member.and_then(|member| scripts(member).find(|(inner, _)| words.last() == Some(inner)));
        Some(inner.map_or(script, |(_, command)| command).to_owned())
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
            Manager::Bun => Install::Run(bun::install(self.text("packageManager"), &self.tools, self.bun.as_deref())),
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
        if let Some(found) = tested(&view.own.tested(&folder.path, "node")) {
            return found;
        }
        if let Some(version) = bun::tool(&self.tools, "nodejs").and_then(version) {
            return Versions { list: vec![version], from: Some(".tool-versions".to_owned()) };
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
