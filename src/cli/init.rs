//! `init`: detect a project, ask a few questions, and write its first definition.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::Path;

use clap::Args;
use dialoguer::{Confirm, Input};
use pipewright::definition::Name;
use pipewright::init::{self, Around, Below, Choices, Git, Needs, Offer, Plan, Project};
use pipewright::pins::builtin;
use pipewright::sources::{Disk, Sources, Text};

use serde_json::{Map, Value, json};

use super::clock::today;
use super::failure::{Failure, Note};
use super::generate;
use super::init_add::{self, Call, What};
use super::locks::Locks;
use super::output::{Exit, out};
use super::place::{DEFINITION, Place, place};
use super::report;
use super::settings::Settings;

/// Arguments of `init`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate flag")]
pub(crate) struct Init {
    /// Accept every default instead of asking
    #[arg(long, short)]
    yes: bool,
    /// Print the definition, without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Add a part to the definition that is there, and show the change as a diff
    #[arg(long, value_name = "PART", value_enum, conflicts_with_all = ["deploys", "dockerfile", "manifests", "fixtures", "hook", "codeowners"])]
    add: Vec<What>,
    /// Add the environments that the manifests of the repository deploy to
    #[arg(long)]
    deploys: bool,
    /// Add a layered Dockerfile for each service that has none
    #[arg(long)]
    dockerfile: bool,
    /// Add Kubernetes manifests for each service that has an image and no manifests
    #[arg(long)]
    manifests: bool,
    /// Add a conftest.py with fixtures for each Python component that has none
    #[arg(long)]
    fixtures: bool,
    /// Add a pre-commit hook that runs `pipewright check`
    #[arg(long)]
    hook: bool,
    /// Add .github/CODEOWNERS, for the repository's owner or for one such as `@acme/platform`
    #[arg(long, value_name = "OWNER", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    codeowners: Option<String>,
}

/// Runs the command: detects, asks, writes the definition and generates its workflows.
pub(crate) fn run(args: &Init, settings: &Settings) -> Result<Exit, Failure> {
    let folder = settings.folder.as_path();
    let Place { root, file, .. } = place(&folder.join(DEFINITION)).map_err(|mut failure| {
        failure.errors.iter_mut().for_each(|error| error.help = Some("name a folder that exists with `-C`".to_owned()));
        failure
    })?;
    let inside = file.rsplit_once('/').map_or("", |(inside, _)| inside);
    let tree = Disk::new(root.clone());
    let git = Git::find(&root);
    let own = Below::new(&tree, inside);
    let place = root.join(inside);
    let called = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut project = init::detect(&own, &Around { git: &git, folder: called, today: today() });
    let asks = !args.yes && settings.is_text() && io::stdin().is_terminal() && io::stderr().is_terminal();
    if !args.add.is_empty() {
        let call = Call { what: &args.add, root: &root, inside, file: &file, asks, dry_run: args.dry_run };
        return init_add::run(&call, &project, &own, settings);
    }
    let mut found = init::summary(&project);
    found.extend(project.notes.iter().map(|note| ("note", note.clone())));
    if !asks && !args.deploys && !args.manifests && !project.environments.is_empty() {
        let names: Vec<String> = project.environments.iter().map(|environment| environment.name.to_string()).collect();
        let names = names.join(" and ");
        let note = format!("nothing is deployed: `--deploys` adds {names}, by the manifests of the repository");
        found.push(("note", note));
        project.without_deploys();
    }
    for (label, text) in &found {
        settings.note(&format!("\x1b[1m{label:>12}\x1b[0m  {text}\n"));
    }
    let mut choices = chosen(args, &project, &own);
    let needs = |text: &str| needs(&root, &file, text);
    // Obstacles are reported before any question.
    let planned = |project: &Project, choices: &Choices| {
        init::plan(&tree, inside, &git, project, choices, &needs)
            .map_err(|refused| Failure::usage(refused.to_string(), refused.help))
    };
    let mut plan = planned(&project, &choices)?;
    if asks {
        ask(args, &mut project, &mut choices, &own)
            .map_err(|error| Failure::io(format!("nothing was written: {error}"), Some("`--yes` asks nothing")))?;
        plan = planned(&project, &choices)?;
    }
    if args.dry_run {
        let definition = plan.files.first().map_or("", |definition| definition.text.as_str());
        if settings.is_text() {
            out(definition);
        } else {
            report::result(json!({ "found": listed_found(&found), "definition": definition }));
        }
        return Ok(Exit::Fine);
    }
    write(&root, &plan, settings)?;
    if !project.is_tested() {
        let help = "add a component with a check or a test run to `pipeline.toml`, and run `pipewright generate`";
        let message = "nothing that tests or checks this repository was recognised, so no workflow is generated";
        return Err(Failure { exit: Exit::Definition, errors: vec![Note::new(message, help)], end: None });
    }
    generate::run_with(&generate::Generate::default(), settings, results(&found, &plan), Locks::default())
}

/// The summary as JSON.
fn listed_found(found: &[(&'static str, String)]) -> Value {
    found.iter().map(|(label, text)| json!({ "label": label, "text": text })).collect()
}

/// The summary and the written files, as results of a document.
fn results(found: &[(&'static str, String)], plan: &Plan) -> Map<String, Value> {
    let wrote = plan.files.iter().map(|file| json!({ "path": file.path, "purpose": file.why }));
    let proposals = plan.proposals.iter().map(|(title, lines)| json!({ "title": title, "lines": lines }));
    Map::from_iter([
        ("found".to_owned(), listed_found(found)),
        ("wrote".to_owned(), wrote.collect()),
        ("to-do".to_owned(), proposals.collect()),
    ])
}

/// Actions, images and tools of a definition that is not written yet.
fn needs(root: &Path, file: &str, text: &str) -> Needs {
    pipewright::needs(&Sources {
        definition: Text { file: file.to_owned(), text: text.to_owned() },
        bases: Vec::new(),
        lock: Some(Text { file: "pipeline.lock".to_owned(), text: builtin::lock().to_text() }),
        templates: BTreeMap::new(),
        tree: Box::new(Disk::new(root.to_owned())),
    })
}

/// Choices of the command line.
fn chosen(args: &Init, project: &Project, own: &Below<'_>) -> Choices {
    let all = |wanted: bool, offers: Vec<Offer>| -> Vec<Name> {
        offers.into_iter().filter(|_| wanted).map(|offer| offer.component).collect()
    };
    let dockerfiles = all(args.dockerfile, init::dockerfiles(project, own));
    Choices {
        manifests: all(args.manifests, init::manifests(project, own, &dockerfiles)),
        fixtures: all(args.fixtures, init::fixtures(project, own)),
        dockerfiles,
        hook: args.hook,
        codeowners: args.codeowners.is_some(),
        owner: args.codeowners.clone().filter(|owner| !owner.is_empty()),
    }
}

/// Asks for values that files do not show, with what was found as the default.
fn ask(args: &Init, project: &mut Project, choices: &mut Choices, own: &Below<'_>) -> dialoguer::Result<()> {
    let name = line("Name of the project", project.name.as_str(), |text| {
        Name::new(text).map(|_| ()).ok_or("use lower-case letters, digits and hyphens, starting with a letter")
    })?;
    project.name = Name::new(&name).unwrap_or_else(|| project.name.clone());
    project.branch = line("Branch that deploys", &project.branch, |text| {
        if text.trim().is_empty() { Err("name a branch") } else { Ok(()) }
    })?;
    for component in &mut project.components {
        if component.versions.from.is_none() {
            let question = format!("Version of {} for `{}`", component.toolchain.title(), component.name);
            let guessed = component.versions.list.join(", ");
            let answer = line(&question, &guessed, |text| {
                if listed(text).is_empty() { Err("name at least one version") } else { Ok(()) }
            })?;
            if answer != guessed {
                component.versions.list = listed(&answer);
                component.versions.from = Some("as answered to `init`".to_owned());
            }
        }
    }
    if !args.deploys && !project.environments.is_empty() {
        let names: Vec<String> = project.environments.iter().map(|environment| environment.name.to_string()).collect();
        if !yes(&format!("Deploy to {}", names.join(" and then ")), false)? {
            project.without_deploys();
        }
    }
    lay_down(init::fixtures(project, own), "test fixtures", &mut choices.fixtures)?;
    lay_down(init::dockerfiles(project, own), "a layered Dockerfile", &mut choices.dockerfiles)?;
    let manifests = init::manifests(project, own, &choices.dockerfiles);
    lay_down(manifests, "Kubernetes manifests", &mut choices.manifests)?;
    if !choices.codeowners && yes("Ask the owners of the pipeline for a review of its changes (CODEOWNERS)", false)? {
        choices.codeowners = true;
        let guessed = project.repository.as_ref().map_or(String::new(), |found| format!("@{}", found.owner));
        let owner: String = Input::new()
            .with_prompt("User or team, as in @acme/platform")
            .default(guessed)
            .allow_empty(true)
            .interact_text()?;
        choices.owner = Some(owner).filter(|owner| !owner.trim().is_empty());
    }
    choices.hook = choices.hook || yes("Run `pipewright check` before each commit", false)?;
    Ok(())
}

/// Asks for each component that a file can be written for, unless a flag named it.
fn lay_down(offers: Vec<Offer>, what: &str, chosen: &mut Vec<Name>) -> dialoguer::Result<()> {
    for offer in offers.into_iter().filter(|offer| !offer.files.is_empty()) {
        if !chosen.contains(&offer.component) && yes(&format!("Write {what} for `{}`", offer.component), false)? {
            chosen.push(offer.component);
        }
    }
    Ok(())
}

fn line(question: &str, found: &str, check: fn(&str) -> Result<(), &'static str>) -> dialoguer::Result<String> {
    Input::new()
        .with_prompt(question)
        .default(found.to_owned())
        .validate_with(|text: &String| check(text))
        .interact_text()
}

fn yes(question: &str, usual: bool) -> dialoguer::Result<bool> {
    Confirm::new().with_prompt(question).default(usual).interact()
}

fn listed(text: &str) -> Vec<String> {
    text.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Writes a plan, and prints the written files and the remaining steps.
fn write(root: &Path, plan: &Plan, settings: &Settings) -> Result<(), Failure> {
    init::write(root, &plan.files)
        .map_err(|failed| Failure::io(failed.to_string(), Some("nothing was written; remove what is in the way")))?;
    for file in &plan.files {
        settings.status(&format!("\x1b[1;32m{:>12}\x1b[0m  {}: {}\n", "wrote", file.path, file.why));
    }
    for (what, lines) in &plan.proposals {
        settings.status(&format!("\n\x1b[1mto do\x1b[0m: {what}\n"));
        for line in lines.lines() {
            settings.status(&format!("    {line}\n"));
        }
    }
    Ok(())
}
