//! Common parts of jobs and steps.

use super::context::Context;
use crate::definition::{Checkout, Depth, Nightly, Package, Packages, RunsOn, Submodules};
use crate::trace::Origin;
use crate::workflow::{
    Access, Callee, Concurrency, Github, Job, Machine, Pairs, Permission, Property, Script, Step, StepKind, Value,
    When, Work, Workflow, grant, pairs,
};

impl Context<'_> {
    /// Returns the step that every job starts with.
    pub(crate) fn checkout(&self, origin: &Origin, depth: Option<u8>) -> Step {
        let mut with: Pairs = depth.iter().map(|depth| ("fetch-depth".to_owned(), depth.to_string().into())).collect();
        with.push(("persist-credentials".to_owned(), "false".into()));
        Step::uses("Check out", self.action("actions/checkout", with, origin), origin.clone())
    }

    /// The checkout of a job that builds, tests or runs custom steps.
    pub(crate) fn checkout_as(&self, asked: Option<&Checkout>, origin: &Origin) -> Step {
        let asked = asked.or(self.pipeline.definition.project.checkout.as_ref());
        let mut step = self.checkout(origin, None);
        if let (Some(asked), StepKind::Uses(action)) = (asked, &mut step.kind) {
            let mut with = Pairs::new();
            match asked.depth {
                Depth::Full => with.extend(pairs![("fetch-depth", "0")]),
                Depth::Commits(1) => {}
                Depth::Commits(commits) => with.extend(pairs![("fetch-depth", commits.to_string())]),
            }
            if asked.tags && asked.depth != Depth::Full {
                with.extend(pairs![("fetch-tags", "true")]);
            }
            if asked.lfs {
                with.extend(pairs![("lfs", "true")]);
            }
            with.append(&mut action.with);
            match asked.submodules {
                Submodules::No => {}
                Submodules::Yes => with.extend(pairs![("submodules", "true")]),
                Submodules::Recursive => with.extend(pairs![("submodules", "recursive")]),
            }
            action.with = with;
        }
        step
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

    /// Returns a job with the defaults of all jobs.
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
                runner: single(self.pipeline.machine()),
                timeout: 10,
                environment: None,
                strategy: None,
                env: Vec::new(),
                container: None,
                services: Vec::new(),
                steps,
            },
            origin,
        }
    }

    /// Returns a job that calls another generated workflow, with its permissions.
    pub(crate) fn call(&self, id: &str, name: impl Into<Value>, callee: &Workflow, origin: Origin) -> Job {
        let mut permissions: Vec<Permission> = Vec::new();
        for permission in callee.jobs.iter().flat_map(|job| &job.permissions) {
            grant(&mut permissions, &permission.scope, permission.access, &permission.reason);
        }
        Job {
            work: Work::call(Callee::Generated(callee.file.clone())),
            permissions,
            ..self.job(id, name, origin, Vec::new())
        }
    }

    /// Returns a concurrency group per run.
    pub(crate) fn each_run(&self, name: &str) -> Concurrency {
        Concurrency {
            group: Value::from(self.pipeline.project()) + "-" + name + "-" + Github::RunId,
            cancel: When::FALSE,
            queue: false,
        }
    }
}

/// The step that installs system packages, where there are any.
pub(crate) fn install_packages(packages: &Packages, runner: &Machine, origin: &Origin) -> Option<Step> {
    if packages.apt.is_empty() {
        return None;
    }
    let names: Vec<&str> = packages.apt.iter().map(Package::as_str).collect();
    let script = format!("sudo apt-get update\nsudo apt-get install --yes --no-install-recommends {}", names.join(" "));
    let step = Step::run("Install system packages", Script::new(&script), origin.clone().then("packages"));
    // Of several machines, those that have apt.
    let several = matches!(runner, Machine::Label(label) if label.literal().is_none());
    Some(if several { step.when(Value::from(Property::RunnerOs).is("Linux")) } else { step })
}

/// Retention of the artifacts between jobs: a run can be re-run for 30 days, plus one day for a re-run on the last
/// day.
///
/// Source: <https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs>.
const RETENTION_DAYS: &str = "31";

/// Formats JSON for a variable, with a line per entry if there are several.
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

/// The origin of the project's own jobs.
pub(crate) fn project_origin() -> Origin {
    crate::at!["project"]
}

/// Sorts variables by name.
pub(crate) fn sort(env: &mut Pairs) {
    env.sort_by(|(one, _), (other, _)| one.cmp(other));
}

/// The one machine of a job without a matrix: the first of a list.
pub(crate) fn single(runs_on: &RunsOn) -> Machine {
    match runs_on {
        RunsOn::Axis(axis) => Machine::Label(axis.first().into()),
        RunsOn::Labels { labels, group } => Machine::Labels(labels.clone(), group.clone()),
    }
}

/// Returns a schedule in GitHub's form.
pub(crate) fn scheduled(at: &Nightly) -> (String, Option<String>) {
    (at.cron.to_string(), at.timezone.clone())
}
