//! Node.js: its versions, its package manager, its scripts, and the test tools that can write a `JUnit` report.

use serde_json::{Map, Value};

use super::bun;
use super::devcontainer;
use super::names::{self, base, word};
use super::node_manager::Manager;
use super::node_versions::{USUAL, engines, tested, version};
use super::project::{Component, Install, Start, Stated, TestRunner, Tests, Toolchain, Versions};
use super::script_proof;
use super::test_script;
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
    /// The version of Bun that its workflows set up, and the place.
    bun: Option<(String, String)>,
}

/// The Node.js project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let package = Package::read(view, folder)?;
    let mut hints = Vec::new();
    let mut checks = package.checks();
    let mut stated = Stated::default();
    let outside = |paths: &[String]| has_tests_outside(view, folder, paths);
    let members = package.members.iter().flat_map(scripts);
    let proof = script_proof::Package {
        scripts: package.scripts().chain(members).collect(),
        exists: &|file| view.tree.exists(&folder.file(file)),
        own: &view.own,
        is_tested: !view.own.tests(&folder.path, "node").is_empty(),
    };
    let mut others = Vec::new();
    let tests = package.tests(&mut checks, &mut hints, &mut stated, &outside, (&proof.run(), &mut others));
    let (checks, mut unsure) =
        script_proof::proven(bun::without_browsers(checks, &|script| package.resolved(script)), &proof);
    unsure.extend(others);
    if checks.is_empty() && tests.is_none() && package.manager == Manager::None {
        return None;
    }
    let install = package.install(&mut hints);
    let mut versions = package.versions(view, folder);
    let set_up = package.bun.as_ref().map(|(version, place)| (version.as_str(), place.clone()));
    let bun = bun::versions(package.text("packageManager"), &package.tools, set_up);
    if package.manager == Manager::Bun && versions.from.is_none() {
        versions.list.clear();
    }
    let name = package.text("name").map(|name| base(name).to_owned());
    Some(Component {
        name: name.as_deref().or(Some(base(&folder.path))).and_then(names::name).unwrap_or_else(|| word("node")),
        path: folder.path.clone(),
        toolchain: Toolchain::NODE,
        versions,
        also: (package.manager == Manager::Bun).then_some((Toolchain::BUN, bun)),
        install: Some(install),
        checks,
        unsure,
        tests,
        start: package.start(),
        dependencies: package.dependencies(),
        workspace: package.workspace,
        hints,
        stated,
    })
}

impl Package {
    fn read(view: &View<'_>, folder: &Folder) -> Option<Self> {
        let json = object(&view.read(folder, "package.json")?)?;
        let workspace = json.contains_key("workspaces") || folder.has("pnpm-workspace.yaml");
        let named = json.get("packageManager").and_then(Value::as_str).unwrap_or_default();
        let manager = Manager::of(view, folder, named);
        let below = view.folders.iter().filter(|inner| inner.path != folder.path && is_in(&inner.path, &folder.path));
        let members = below.filter(|inner| workspace && !inner.is_aside());
        let members = members.filter_map(|inner| object(&view.read(inner, "package.json")?)).collect();
        let npmrc = view.read(folder, ".npmrc").unwrap_or_default();
        let unlocked = npmrc.lines().any(|line| line.replace(' ', "") == "package-lock=false");
        let tools = view.read(folder, ".tool-versions").unwrap_or_default();
        let bun = view.own.versions("bun").next().map(|version| (version.text.clone(), version.place.to_string()));
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

    fn members_all_have(&self, script: &str) -> bool {
        self.members.iter().all(|member| scripts(member).any(|(name, _)| name == script))
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
            Manager::Bun => Install::Bun,
            Manager::Yarn { major, release } => {
                if major > 1 && !release && self.text("packageManager").is_none_or(|named| !named.starts_with("yarn@"))
                {
                    hints.push("set the version of Yarn in `packageManager` of package.json".to_owned());
                }
                Install::Yarn
            }
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
                self.manager.run_in_members(script, self.members_all_have(script))
            };
            if let Some(command) = own.map(|script| self.manager.run(script)).or_else(of_member) {
                checks.push((word(name), command));
            }
        }
        checks
    }

    /// A test run where the tool can write a report; else the script as a check.
    fn tests(
        &self,
        checks: &mut Vec<(Name, String)>,
        hints: &mut Vec<String>,
        stated: &mut Stated,
        outside: &dyn Fn(&[String]) -> bool,
        (run, unsure): (&[&str], &mut Vec<(Name, String, String)>),
    ) -> Option<Tests> {
        let names = self.test_scripts(run);
        if names.is_empty() {
            let in_members = self.members.iter().flat_map(scripts).any(|(script, _)| script == "test");
            if let Some(command) =
                self.manager.run_in_members("test", self.members_all_have("test")).filter(|_| in_members)
            {
                checks.push((word("test"), command));
                hints.push(no_report("the members' own test scripts"));
            }
        }
        let mut found = None;
        let is_sum = self.script("test").is_some_and(|text| script_proof::is_sum(text, run));
        for name in names {
            let script = self.script(name).unwrap_or_default().trim();
            let reported = || Some((TestRunner::Command(self.reporting(script)?), Vec::new()));
            let is_first = found.is_none();
            let run = || self.known(script, hints, stated, outside).or_else(reported);
            if let Some((runner, paths)) = is_first.then(run).flatten() {
                found = Some(Tests {
                    runner,
                    paths,
                    not_tests: Vec::new(),
                    services: Vec::new(),
                    measure: Vec::new(),
                    coverage: None,
                    shuffled: false,
                });
            } else if name == "test" || (is_sum && found.is_none()) {
                // `test` is all of what workflows run one by one.
                if checks.iter().all(|(known, _)| known.as_str() != "test") {
                    checks.push((word("test"), self.manager.run("test")));
                    hints.push(no_report("the test script"));
                }
            } else {
                let reason = "a workflow runs it behind other scripts: add what it needs";
                let name = (names::name(name).unwrap_or_else(|| word("test")), self.manager.run(name));
                unsure.push((name.0, name.1, reason.to_owned()));
            }
        }
        found
    }

    /// The scripts that test: `test`, or those with such a name that workflows run in its place.
    fn test_scripts<'a>(&'a self, run: &[&str]) -> Vec<&'a str> {
        let is_set = |script: &str| self.script(script).is_some_and(|text| !text.contains("no test specified"));
        let by_workflows: Vec<&str> = self
            .scripts()
            .map(|(name, _)| name)
            .filter(|name| *name == "unit" || name.starts_with("test:"))
            .filter(|name| !name.contains("watch") && run.contains(name))
            .collect();
        if !by_workflows.is_empty() && !run.contains(&"test") {
            return by_workflows;
        }
        is_set("test").then_some("test").into_iter().collect()
    }

    /// The runner of a script and the paths that it names; none where there are tests that these do not lead to.
    fn known(
        &self,
        script: &str,
        hints: &mut Vec<String>,
        stated: &mut Stated,
        outside: &dyn Fn(&[String]) -> bool,
    ) -> Option<(TestRunner, Vec<String>)> {
        let major = |name: &str| self.depends_on(name).then(|| self.major(name));
        let package = test_script::Package { major: &major, exec: &|program| self.manager.exec(program) };
        let (runner, found) = test_script::read(script, &package).filter(|(_, found)| !outside(&found.paths))?;
        if found.measures {
            hints.push("the script measures coverage: `coverage` of the test run does".to_owned());
        }
        let taken = [("args", found.args.len()), ("before", found.before.len()), ("env", found.env.len())];
        for (key, _) in taken.into_iter().filter(|(_, count)| *count > 0) {
            stated.took(key, &"`test` in package.json");
        }
        (stated.args, stated.before, stated.env) = (found.args, found.before, found.env);
        Some((runner, found.paths))
    }

    /// The command of a script whose tool writes a `JUnit` report by an option; one with more than one command in it is
    /// not taken apart.
    fn reporting(&self, own: &str) -> Option<String> {
        let is_one = !own.contains(['&', '|', ';', '<', '>', '$', '`', '\\', '(', '\n', '\r'])
            && !own.contains(char::is_control);
        let begins = |words: &str| own == words || own.strip_prefix(words).is_some_and(|rest| rest.starts_with(' '));
        if !is_one || own.contains("watch") || own.contains("reporter") {
            return None;
        }
        if begins("vitest") && self.depends_on("vitest") {
            let run = if own.split_whitespace().nth(1) == Some("run") { "" } else { " --run" };
            let vitest = self.manager.exec(own);
            let report = "--reporter=default --reporter=junit --outputFile.junit=\"$JUNIT\"";
            return Some(format!("{vitest}{run} {report} --shard=\"$SHARD/$SHARDS\""));
        }
        if begins("bun test") {
            return Some(format!("{own} --reporter=junit --reporter-outfile=\"$JUNIT\""));
        }
        let rest = own.strip_prefix("node --test").filter(|_| begins("node --test"))?;
        let report = "--test-reporter=junit --test-reporter-destination=\"$JUNIT\" --test-shard=\"$SHARD/$SHARDS\"";
        Some(format!("node --test {report}{rest}"))
    }

    /// The major version of a dependency; that of a range is its lower end, and a name of versions is the newest.
    fn major(&self, name: &str) -> u32 {
        let mut tables =
            ["dependencies", "devDependencies"].iter().filter_map(|key| self.json.get(*key)?.get(name)?.as_str());
        let digits = |range: &str| -> Option<u32> {
            let range = range.rsplit('@').next()?.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
            range.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        tables.find_map(digits).unwrap_or(u32::MAX)
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
        let any = || tested(&view.own.versions("node").collect::<Vec<_>>());
        if let Some(found) = tested(&view.own.tested(&folder.path, "node")).or_else(any) {
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
        if let Some((version, from)) = devcontainer::version(view, "node").filter(|_| list.is_empty()) {
            return Versions { list: vec![version], from: Some(from) };
        }
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

/// Returns whether paths of a script are no paths, or there are tests that they do not lead to.
fn has_tests_outside(view: &View<'_>, folder: &Folder, paths: &[String]) -> bool {
    let path = |path: &String| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let paths: Vec<String> = paths.iter().map(path).collect();
    if paths.is_empty() {
        return false;
    }
    let is_test = |file: &String| [".test.", ".spec.", "__tests__/"].iter().any(|sign| file.contains(sign));
    let is_named = |file: &String| paths.iter().any(|path| file == path || is_in(file, path));
    paths.iter().any(|path| !view.tree.exists(&folder.file(path)))
        || view.below(&folder.path, 6).iter().any(|file| is_test(file) && !is_named(file))
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
