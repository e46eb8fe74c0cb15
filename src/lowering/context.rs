//! What every lowering is given: names, pins, templates, and a place for what is missing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, Emitted, Lowered};
use crate::at;
use crate::checks::{Subject, project_floor};
use crate::definition::{Component, Definition, Duration, Floor, Gates, Name, RunsOn, TestRun};
use crate::diagnostics::{At, Code, Diagnostic};
use crate::files::SCRIPTS;
use crate::pins::{Lock, Tool};
use crate::script::render;
use crate::shared::{self, ATTRIBUTES, Shared};
use crate::sources::{Sources, join};
use crate::trace::Origin;
use crate::workflow::{
    Access, Action, Concurrency, Github, Job, Pairs, Permission, Runner, Script, Step, Value, When, Work, Workflow,
    grant, pairs,
};

const UNPINNED: Code = Code("unpinned");
const TEMPLATE: Code = Code("template");

/// What every lowering is given.
pub(crate) struct Context<'a> {
    pub(crate) definition: &'a Definition,
    sources: &'a Sources,
    lock: &'a Lock,
    shared: RefCell<BTreeMap<&'static str, &'static Shared>>,
    data: RefCell<BTreeMap<String, String>>,
    found: RefCell<Vec<Diagnostic>>,
    unpinned: RefCell<BTreeSet<String>>,
    asked: RefCell<Asked>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(definition: &'a Definition, sources: &'a Sources, lock: &'a Lock) -> Self {
        Self {
            definition,
            sources,
            lock,
            shared: RefCell::default(),
            data: RefCell::default(),
            found: RefCell::default(),
            unpinned: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    pub(crate) fn lowered(self, workflows: Vec<Workflow>) -> Lowered {
        // The manifest stands among the shared files, with which it is checked out.
        let _ = self.emitted(ATTRIBUTES);
        let emitted = Emitted {
            folder: self.own_folder(),
            shared: self.shared.into_inner().into_values().collect(),
            data: self.data.into_inner().into_iter().collect(),
        };
        Lowered { workflows, emitted, asked: self.asked.into_inner(), diagnostics: self.found.into_inner() }
    }

    /// The project's name.
    pub(crate) fn project(&self) -> &'a str {
        &self.definition.project.name
    }

    /// What stands before every file name: nothing for the definition at the root of the repository.
    pub(crate) fn prefix(&self) -> String {
        prefix(self.definition, &self.sources.definition.file)
    }

    /// The name of a workflow's file.
    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}{name}.yml", self.prefix())
    }

    /// The folder of the pipeline's own settings and manifest, from the root of the repository.
    pub(crate) fn own_folder(&self) -> String {
        match self.prefix().strip_suffix('-') {
            Some(own) => format!("{SCRIPTS}/{own}"),
            None => SCRIPTS.to_owned(),
        }
    }

    /// A path of the definition, from the root of the repository; empty for the root itself.
    pub(crate) fn path(&self, path: &str) -> String {
        join(self.sources.folder(), path).unwrap_or_default()
    }

    /// Files that decide what is generated, from the root of the repository.
    pub(crate) fn inputs(&self) -> Vec<&str> {
        let sources = self.sources;
        let mut files = vec![sources.definition.file.as_str()];
        files.extend(sources.bases.iter().map(|base| base.file.as_str()));
        files.extend(sources.lock.iter().map(|lock| lock.file.as_str()));
        files
    }

    /// The branch that deploys.
    pub(crate) fn deploying_branch(&self) -> &'a str {
        self.definition.project.branches.first().map_or("main", String::as_str)
    }

    /// The component of this name.
    pub(crate) fn component(&self, name: &Name) -> Option<&'a Component> {
        self.definition.components.get(name)
    }

    /// The gates of a run: its own before those of all.
    pub(crate) fn gates(&self, run: &TestRun) -> Gates {
        let (own, all) = (&run.gates, &self.definition.gates);
        Gates {
            order: own.order.or(all.order),
            pass_rate: own.pass_rate.or(all.pass_rate),
            slowest: own.slowest.or(all.slowest),
            repeat: own.repeat.or(all.repeat),
            coverage: own.coverage.or(all.coverage),
            patch_coverage: own.patch_coverage.or(all.patch_coverage),
        }
    }

    /// The floor of a run's coverage: that of the gates, else that of the project's own configuration.
    pub(crate) fn coverage_floor(&self, run: &TestRun) -> Option<Floor> {
        let subject = Subject { definition: self.definition, sources: self.sources };
        let own = || project_floor(&subject, run)?.share().map(Floor::Share);
        self.gates(run).coverage.or_else(own)
    }

    /// An action by its pin; one without is said once, at the place that asks for it.
    pub(crate) fn action(&self, name: &str, with: Pairs, origin: &Origin) -> Action {
        self.asked.borrow_mut().actions.insert(name.to_owned());
        if let Some(pin) = self.lock.action(name) {
            Action { name: name.to_owned(), sha: pin.sha.clone(), version: pin.version.clone(), with }
        } else {
            let repository: Vec<&str> = name.splitn(3, '/').take(2).collect();
            self.missing(&repository.join("/"), "@<commit> # vX.Y.Z", origin);
            Action { name: name.to_owned(), sha: "0".repeat(40), version: "v0.0.0".to_owned(), with }
        }
    }

    /// An image by its digest.
    pub(crate) fn image(&self, reference: &str, origin: &Origin) -> String {
        self.asked.borrow_mut().images.insert(reference.to_owned());
        if let Some(digest) = self.lock.image(reference) {
            format!("{reference}@{digest}")
        } else {
            self.missing(reference, "@sha256:<digest>", origin);
            format!("{reference}@sha256:{}", "0".repeat(64))
        }
    }

    /// A tool by its version.
    pub(crate) fn tool(&self, name: &str, origin: &Origin) -> Tool {
        self.asked.borrow_mut().tools.insert(name.to_owned());
        self.lock.tool(name).cloned().unwrap_or_else(|| {
            self.missing(name, "@<version>", origin);
            Tool::default()
        })
    }

    fn missing(&self, name: &str, form: &str, origin: &Origin) {
        if self.unpinned.borrow_mut().insert(name.to_owned()) {
            let known = crate::pins::builtin::spec(name);
            let spec = known.unwrap_or_else(|| format!("{name}{form}"));
            let diagnostic =
                Diagnostic::error(UNPINNED, origin.clone(), format!("`{name}` is not pinned in `pipeline.lock`"))
                    .help(format!("run `pipewright pins add '{spec}'`"));
            self.found.borrow_mut().push(diagnostic);
        }
    }

    /// Adds findings.
    pub(crate) fn report(&self, found: Vec<Diagnostic>) {
        self.found.borrow_mut().extend(found);
    }

    /// A short script from a template.
    pub(crate) fn script(&self, template: &str, values: minijinja::Value) -> Script {
        match render(template, &self.sources.templates, values) {
            Ok(script) => script,
            Err(failed) => {
                let own = self.sources.templates.get(template);
                let at = At::File(own.map_or_else(|| template.to_owned(), |own| own.file.clone()));
                let message = format!("line {}: {}", failed.line, failed.message);
                self.found.borrow_mut().push(
                    Diagnostic::error(TEMPLATE, at, message).help("compare it with the built-in template of that name"),
                );
                Script::default()
            }
        }
    }

    /// The path of a file that all pipelines share, which is emitted.
    pub(crate) fn emitted(&self, name: &str) -> String {
        if let Some(shared) = shared::by_name(name) {
            self.shared.borrow_mut().insert(shared.name, shared);
        }
        format!("{SCRIPTS}/{name}")
    }

    /// Data of this pipeline that scripts read, emitted beside its manifest; several jobs may ask for the same.
    pub(crate) fn data(&self, name: &str, text: impl FnOnce() -> String) -> String {
        if !self.data.borrow().contains_key(name) {
            let text = text();
            self.data.borrow_mut().insert(name.to_owned(), text);
        }
        format!("{}/{name}", self.own_folder())
    }

    /// A step that runs a command of a script, such as `ci.py gates`, at the root of the repository.
    ///
    /// Isolated, so that no file beside the script or in the working directory can be imported in the place of a module.
    pub(crate) fn python(&self, name: &str, command: &str, arguments: &[&str], origin: &Origin) -> Step {
        let mut text = format!("python3 -I {SCRIPTS}/{command}");
        for argument in arguments {
            text.push(' ');
            text.push_str(argument);
        }
        let _ = self.emitted(command.split(' ').next().unwrap_or_default());
        Step::run(name, Script::new(&text), origin.clone())
    }

    /// The step that every job starts with.
    pub(crate) fn checkout(&self, origin: &Origin, depth: Option<u8>) -> Step {
        let mut with: Pairs = depth.iter().map(|depth| ("fetch-depth".to_owned(), depth.to_string().into())).collect();
        with.push(("persist-credentials".to_owned(), "false".into()));
        Step::uses("Check out", self.action("actions/checkout", with, origin), origin.clone())
    }

    /// A step that uploads an artifact, which outlives every re-run that may read it.
    pub(crate) fn upload(
        &self,
        name: &str,
        artifact: impl Into<Value>,
        path: impl Into<Value>,
        origin: &Origin,
    ) -> Step {
        let (artifact, path): (Value, Value) = (artifact.into(), path.into());
        let with = pairs![
            ("name", artifact),
            ("path", path),
            ("if-no-files-found", "error"),
            ("include-hidden-files", "true"),
            ("retention-days", RETENTION_DAYS),
        ];
        Step::uses(name, self.action("actions/upload-artifact", with, origin), origin.clone())
    }

    /// The machine of jobs that are nobody's in particular.
    pub(crate) fn runner(&self) -> Runner {
        single(&self.definition.project.runs_on)
    }

    /// A job with what all jobs have.
    pub(crate) fn job(&self, id: &str, name: impl Into<Value>, origin: Origin, steps: Vec<Step>) -> Job {
        let mut permissions = Vec::new();
        grant(&mut permissions, "contents", Access::Read, "check out the repository");
        Job {
            id: id.to_owned(),
            name: name.into(),
            about: Vec::new(),
            needs: Vec::new(),
            condition: None,
            permissions,
            concurrency: None,
            outputs: Vec::new(),
            work: Work::Steps {
                runner: self.runner(),
                timeout: 10,
                environment: None,
                strategy: None,
                env: Vec::new(),
                services: Vec::new(),
                steps,
            },
            origin,
        }
    }

    /// A job that calls another of our workflows, with what that one needs.
    pub(crate) fn call(&self, id: &str, name: impl Into<Value>, callee: &Workflow, origin: Origin) -> Job {
        let mut permissions: Vec<Permission> = Vec::new();
        for permission in callee.jobs.iter().flat_map(|job| &job.permissions) {
            grant(&mut permissions, &permission.scope, permission.access, &permission.reason);
        }
        Job {
            work: Work::Call { file: callee.file.clone(), with: Vec::new() },
            permissions,
            ..self.job(id, name, origin, Vec::new())
        }
    }

    /// A group of its own for every run.
    pub(crate) fn each_run(&self, name: &str) -> Concurrency {
        Concurrency {
            group: Value::from(self.project()) + "-" + name + "-" + Github::RunId,
            cancel: When::FALSE,
            queue: false,
        }
    }

    /// The time limit of a job, in minutes.
    pub(crate) fn minutes(&self, own: Option<Duration>) -> u64 {
        own.unwrap_or(self.definition.project.timeout).minutes()
    }

    /// The nightly schedule, as GitHub writes it.
    pub(crate) fn nightly(&self) -> Vec<(String, Option<String>)> {
        self.definition
            .project
            .nightly
            .iter()
            .map(|nightly| (nightly.cron.to_string(), nightly.timezone.clone()))
            .collect()
    }
}

/// Retention of the artifacts that jobs hand to each other: a run can be re-run for 30 days, and one day more lets a
/// re-run of the last day end.
///
/// Source: <https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs>.
const RETENTION_DAYS: &str = "31";

/// JSON as a variable carries it: what has several entries stands on a line each.
pub(crate) fn json_lines(value: &serde_json::Value) -> String {
    use serde_json::Value;
    let (open, lines, close): (_, Vec<String>, _) = match value {
        Value::Object(entries) if entries.len() > 1 => {
            let line = |(key, value): (&String, &Value)| format!("  {}: {value}", Value::from(key.as_str()));
            ('{', entries.iter().map(line).collect(), '}')
        }
        Value::Array(items) if items.len() > 1 => ('[', items.iter().map(|item| format!("  {item}")).collect(), ']'),
        short => return short.to_string(),
    };
    format!("{open}\n{}\n{close}", lines.join(",\n"))
}

/// Sorts variables by name.
pub(crate) fn sort(env: &mut Pairs) {
    env.sort_by(|(one, _), (other, _)| one.cmp(other));
}

/// The origin of the project's own jobs.
pub(crate) fn project_origin() -> Origin {
    at!["project"]
}

/// The one machine of a job without a matrix: the first of a list.
pub(crate) fn single(runs_on: &RunsOn) -> Runner {
    match runs_on {
        RunsOn::Axis(axis) => Runner::Label(axis.values.first().cloned().unwrap_or_default().into()),
        RunsOn::Labels { labels, group } => Runner::Labels(labels.clone(), group.clone()),
    }
}

/// What stands before the file names of a definition.
pub(crate) fn prefix(definition: &Definition, file: &str) -> String {
    match &definition.project.prefix {
        Some(prefix) => format!("{prefix}-"),
        None if file == "pipeline.toml" => String::new(),
        None => format!("{}-", definition.project.name),
    }
}

impl crate::runners::Scripts for Context<'_> {
    fn short(&self, template: &str, values: minijinja::Value) -> Script {
        self.script(template, values)
    }

    fn emit(&self, name: &str) -> String {
        self.emitted(name)
    }

    fn python(&self, command: &str) -> Script {
        let (file, command) = command.split_once(' ').unwrap_or((command, ""));
        Script::new(&format!("python3 -I \"$GITHUB_WORKSPACE/{}\" {command}", self.emitted(file)))
    }

    fn pinned(&self, name: &str, with: Pairs, origin: &Origin) -> Action {
        self.action(name, with, origin)
    }

    fn version(&self, tool: &str, origin: &Origin) -> String {
        self.tool(tool, origin).version
    }
}
