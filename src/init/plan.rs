//! Files that `init` writes, and lines that it proposes for existing files.

use std::fmt;

use minijinja::context;

use super::choices::{self, Choices};
use super::definition::definition;
use super::git::Git;
use super::names::{shown, word};
use super::owners::codeowners;
use super::project::{Project, TestRunner};
use super::scaffold::{HOOK, HOOK_CONFIG, render};
use super::walk::join;
use crate::pins::{Lock, builtin};
use crate::sources::Tree;

/// Pins that the workflows of a definition need, and their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Actions, by `owner/repository`.
    pub actions: Vec<String>,
    /// Images with their tags.
    pub images: Vec<String>,
    /// Tools.
    pub tools: Vec<String>,
    /// Files in `.github/workflows`.
    pub workflows: Vec<String>,
}

/// A file that would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its whole text.
    pub text: String,
    /// Why it is written, for the user to read.
    pub why: &'static str,
    /// `true` if it is a program.
    pub executable: bool,
}

/// Everything that would be written, and what is left to the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files, in the order in which they are worth reading.
    pub files: Vec<NewFile>,
    /// A sentence each, and the lines that it is about.
    pub proposals: Vec<(String, String)>,
}

/// Why nothing is written at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The obstacle, in words.
    pub problem: String,
    /// The step to take.
    pub help: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Refused {}

/// Everything that `init` would write for a project whose definition is in `folder`.
///
/// `tree` is the whole repository; `needs` returns the pins that a definition's workflows need.
///
/// # Errors
///
/// [`Refused`] where there is a definition already.
pub fn plan(
    tree: &dyn Tree,
    folder: &str,
    git: &Git,
    project: &Project,
    choices: &Choices,
    needs: &dyn Fn(&str) -> Needs,
) -> Result<Plan, Refused> {
    let path = join(folder, "pipeline.toml");
    if tree.exists(&path) {
        return Err(already(&path));
    }
    let mut plan = Plan::default();
    let mut project = project.clone();
    let own = super::Below::new(tree, folder);
    let offers = choices::chosen(&mut project, &own, choices);
    let mut text = definition(&project);
    let mut wanted = needs(&text);
    let taken: Vec<String> = project.workflows.iter().filter(|file| wanted.workflows.contains(file)).cloned().collect();
    if !taken.is_empty() {
        project.prefix = Some(word("pipewright"));
        text = definition(&project);
        wanted = needs(&text);
    }
    let needs = wanted;
    plan.add(path, text, "the definition of the pipeline");
    plan.lock(tree, folder, &needs);
    for file in offers.iter().flat_map(|offer| &offer.files) {
        plan.add(join(folder, &file.path), file.text.clone(), file.why);
    }
    plan.owners(tree, &project, folder, choices);
    if choices.hook {
        plan.hook(tree, git);
    }
    plan.proposals.extend(super::bots::bots(tree, &needs.workflows));
    plan.switch(&taken);
    plan.proposals.extend(offers.into_iter().flat_map(|offer| offer.remarks));
    Ok(plan)
}

impl Plan {
    fn add(&mut self, path: String, text: String, why: &'static str) {
        self.files.push(NewFile { path, text, why, executable: false });
    }

    fn propose(&mut self, what: impl Into<String>, lines: impl Into<String>) {
        self.proposals.push((what.into(), lines.into()));
    }

    /// A new lock, or the pins that the one that holds here lacks.
    fn lock(&mut self, tree: &dyn Tree, folder: &str, needs: &Needs) {
        let wanted = lock(&needs.actions, &needs.images, &needs.tools);
        let mut at = Some(folder);
        while let Some(above) = at {
            let path = join(above, "pipeline.lock");
            if let Some(text) = tree.read(&path) {
                let missing = Lock::parse(&text).map(|known| missing_pins(&known, needs)).unwrap_or_default();
                if !missing.is_empty() {
                    self.propose(
                        format!("`{}` is kept; it lacks these pins:", shown(&path)),
                        missing.join("\n") + "\n",
                    );
                }
                return;
            }
            at = above.rsplit_once('/').map(|(above, _)| above).or((!above.is_empty()).then_some(""));
        }
        self.add(join(folder, "pipeline.lock"), wanted, "pins of actions, images and tools");
    }

    fn owners(&mut self, tree: &dyn Tree, project: &Project, folder: &str, choices: &Choices) {
        let Some(owners) = codeowners(tree, project, folder, choices.owner.as_deref()) else { return };
        if owners.exists {
            self.propose(format!("add to `{}`, to require a review of pipeline changes:", owners.path), owners.text);
        } else if choices.codeowners {
            self.add(owners.path, owners.text, "pipeline changes need a review");
            if let Some(note) = owners.note {
                self.propose(format!("CODEOWNERS: {note}"), "");
            }
        } else {
            let note = owners.note.map(|note| format!("# {note}\n")).unwrap_or_default();
            let what = format!("write `{}`, to require a review of pipeline changes:", owners.path);
            self.propose(what, note + &owners.text);
        }
    }

    fn hook(&mut self, tree: &dyn Tree, git: &Git) {
        const PATH: &str = ".git/hooks/pre-commit";
        let text = render(HOOK, context! {});
        if let Some(config) = tree.read(".pre-commit-config.yaml") {
            if !config.contains("pipewright") {
                self.propose("add to `repos` of `.pre-commit-config.yaml`:", render(HOOK_CONFIG, context! {}));
            }
        } else if !git.own_hooks {
            self.propose(
                "this repository keeps its hooks elsewhere; add to its pre-commit hook:",
                "pipewright check --staged\n",
            );
        } else if tree.exists(PATH) {
            if tree.read(PATH).is_none_or(|hook| !hook.contains("pipewright")) {
                self.propose(format!("add to `{PATH}`:"), "pipewright check --staged\n");
            }
        } else {
            let why = "checks that workflows are up to date before each commit";
            self.files.push(NewFile { path: PATH.to_owned(), text, why, executable: true });
        }
    }

    /// Returns how to switch over from workflows of the same names.
    fn switch(&mut self, taken: &[String]) {
        let Some(first) = taken.first() else { return };
        let what = format!(
            "`{}` is kept, and the generated files begin with `pipewright-`. When they are green, delete what they replace \
             and the line `prefix` of pipeline.toml, require the new check, and run `pipewright generate`:",
            shown(first)
        );
        let files: Vec<String> =
            taken.iter().map(|file| format!("git rm .github/workflows/{}\n", shown(file))).collect();
        self.propose(what, files.concat());
    }
}

/// Returns the sentence about a definition that is there already.
fn already(path: &str) -> Refused {
    Refused {
        problem: format!("`{}` already exists", shown(path)),
        help: "add to it: `pipewright init --add fixtures`, `pipewright init --add deploys`; or edit it and run \
               `pipewright generate`"
            .to_owned(),
    }
}

/// The text of a starting `pipeline.lock`: pins of what is named and known, nothing else.
pub fn lock<A: AsRef<str>, I: AsRef<str>, T: AsRef<str>>(actions: &[A], images: &[I], tools: &[T]) -> String {
    let lock = builtin::lock_for(
        actions.iter().map(AsRef::as_ref),
        images.iter().map(AsRef::as_ref),
        tools.iter().map(AsRef::as_ref),
    );
    lock.to_text()
}

/// Commands that add what a lock lacks.
fn missing_pins(known: &Lock, needs: &Needs) -> Vec<String> {
    let actions = needs.actions.iter().filter(|name| known.action(name).is_none());
    let images = needs.images.iter().filter(|name| known.image(name).is_none());
    let tools = needs.tools.iter().filter(|name| known.tool(name).is_none());
    let specs = actions.chain(images).chain(tools).filter_map(|name| builtin::spec(name));
    specs.map(|spec| format!("pipewright pins add '{spec}'")).collect()
}

/// Returns what was found, as a label and a text for each.
pub fn summary(project: &Project) -> Vec<(&'static str, String)> {
    let mut lines = vec![("project", format!("{} on `{}`", project.name, shown(&project.branch)))];
    for component in &project.components {
        let set_up = std::iter::once((component.toolchain, &component.versions));
        let set_up = set_up.chain(component.also.iter().map(|(toolchain, versions)| (*toolchain, versions)));
        let set_up: Vec<String> = set_up
            .filter(|(_, versions)| !versions.list.is_empty())
            .map(|(toolchain, versions)| format!("{} {}", toolchain.title(), versions.list.join(", ")))
            .collect();
        let place =
            if component.path.is_empty() { "the root".to_owned() } else { format!("`{}`", shown(&component.path)) };
        let runner = component.tests.as_ref().map_or("no test run", |tests| match &tests.runner {
            TestRunner::Command(_) | TestRunner::Reports(..) => "tests by a command",
            _ => tests.runner.as_str(),
        });
        let text = format!("{}: {} in {place}, {runner}", component.name, set_up.join(" and "));
        lines.push(("component", text));
    }
    let mut list = |label: &'static str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push((label, items.join(", ")));
        }
    };
    list("services", project.services.iter().map(|service| service.kind.title().to_owned()).collect());
    list("suites", project.suites.iter().map(|suite| suite.name.to_string()).collect());
    list("left out", project.quarantine.iter().map(|entry| shown(&entry.path)).collect());
    list(
        "images",
        project.images.iter().map(|image| image.repository.clone().unwrap_or_else(|| image.name.to_string())).collect(),
    );
    list("workloads", project.workloads.iter().map(|workload| workload.target.clone()).collect());
    list("environments", project.environments.iter().map(|environment| environment.name.to_string()).collect());
    if !project.workflows.is_empty() {
        let names: Vec<String> = project.workflows.iter().map(|file| shown(file)).collect();
        lines.push(("workflows", format!("{} by hand: {}", names.len(), names.join(", "))));
    }
    lines
}
