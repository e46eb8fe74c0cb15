//! Tables and names of the definition are used.
//!
//! A base is shared by pipelines that use other parts of it, so only what the definition itself declares is reported. Where
//! a name of a table is misspelt, what it was meant for is not: `unknown-name` reports the reference.

use indexmap::IndexMap;

use super::check::{Check, Subject};
use super::support::run_values;
use super::support::walk::{self, ROOT, Trail, entries};
use crate::definition::{CoverageReports, Definition, Gates, Job, Name, Output, RunValue, Unit, Value, Workflow};
use crate::diagnostics::{Code, Diagnostic, Location, listed};
use crate::resolve;

pub(crate) struct Unused;

const CODE: Code = Code("unused");

impl Check for Unused {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/unused.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let mut all = Vec::new();
        let definition = subject.definition;
        services(definition, &mut all);
        judged(definition, &mut all);
        all.extend(unasked(subject));
        if definition.environments.is_empty() {
            all.extend(undeployed(definition));
        } else {
            deployed(definition, &mut all);
        }
        mirrors(definition, &mut all);
        let read = Read::by(subject);
        ids(definition, &read, &mut all);
        workflows(definition, &read, &mut all);
        matrices(subject, &mut all);
        if all.is_empty() || subject.sources.bases.is_empty() {
            found.extend(all);
            return;
        }
        let locator = subject.sources.locator();
        found.extend(all.into_iter().filter(|it| locator.locate(&it.at).file == subject.sources.definition.file));
    }
}

fn unused(at: Location, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
    Diagnostic::warning(CODE, at, message).help(help)
}

/// Every entry of a table that no reference names; none where a reference leads nowhere.
fn unnamed<'d, T>(
    key: &str,
    table: &'d IndexMap<Name, T>,
    references: &[&Name],
    report: &mut dyn FnMut(Location, &'d Name, &'d T),
) {
    if references.iter().any(|name| !table.contains_key(*name)) {
        return;
    }
    let at = ROOT.key(key);
    for (name, entry) in table.iter().filter(|(name, _)| !references.contains(name)) {
        report(at.key(name).at().key(), name, entry);
    }
}

fn services(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let mut used: Vec<&Name> = definition.tests.values().flat_map(|run| &run.services).collect();
    used.extend(definition.suites.values().flat_map(|suite| &suite.services));
    used.extend(own_jobs(definition).flat_map(|job| &job.services));
    unnamed("services", &definition.services, &used, &mut |at, name, _| {
        let help = format!("add `services = [\"{name}\"]` to a test run, a suite or a job, or remove it");
        found.push(unused(at, format!("nothing uses the service `{name}`"), help));
    });
}

/// Every job that the user wrote, with its name.
fn named_jobs(definition: &Definition) -> impl Iterator<Item = (&Name, &Job)> {
    definition.jobs.iter().chain(definition.workflows.values().flat_map(|workflow| &workflow.jobs))
}

fn own_jobs(definition: &Definition) -> impl Iterator<Item = &Job> {
    named_jobs(definition).map(|(_, job)| job)
}

/// Globs about changes in a definition whose jobs run for every change, as one finding.
fn unasked(subject: &Subject<'_>) -> Option<Diagnostic> {
    if subject.pipeline.detects_changes() {
        return None;
    }
    let mut found: Option<Diagnostic> = None;
    entries(&ROOT, "components", &subject.definition.components, &mut |at, _, component| {
        for (key, globs) in [("watch", &component.watch), ("ignore", &component.ignore)] {
            let at = at.key(key).at().key();
            if !globs.is_empty() {
                found = Some(if let Some(first) = found.take() {
                    first.related(at, "this as well")
                } else {
                    let help = "add `skip-unchanged = true` to `[project]`, or remove it";
                    unused(at, format!("`{key}` has no effect: every change runs all jobs"), help)
                });
            }
        }
    });
    found
}

/// Tables about the results of tests.
fn judged(definition: &Definition, found: &mut Vec<Diagnostic>) {
    // `coverage-unenforced` reports gates of coverage that nothing measures.
    let gates = Gates { coverage: None, patch_coverage: None, ..definition.gates.clone() };
    let mut report = |key: &str, message: &str, help: &str| {
        found.push(unused(ROOT.key(key).at().key(), message, help));
    };
    if definition.tests.is_empty() {
        let help = "add `[tests.<name>]`, or remove it";
        if gates != Gates::default() && gates == definition.gates {
            report("gates", "`[gates]` judges nothing: there is no test run", help);
        }
        if !definition.quarantine.is_empty() {
            report("quarantine", "`[quarantine]` leaves nothing out: there is no test run", help);
        }
    }
    let CoverageReports { artifact, comment, upload } = &definition.coverage;
    let measured = definition.tests.values().any(|run| run.coverage.is_some());
    if !measured && (*artifact || *comment || upload.is_some()) {
        let help = "add `coverage = { source = [\"…\"] }` to a test run, or remove it";
        report("coverage", "`[coverage]` reports nothing: no test run measures coverage", help);
    }
}

/// The tables of deploys in a definition without an environment, as one finding.
fn undeployed(definition: &Definition) -> Option<Diagnostic> {
    let notify = definition.notify.slack.is_some() || definition.notify.issue.is_some();
    let tables = [
        ("workloads", !definition.workloads.is_empty()),
        ("smoke", !definition.smoke.is_empty()),
        ("metrics", !definition.metrics.is_empty()),
        ("monitoring", definition.monitoring.is_some()),
        ("notify", notify),
    ];
    let tables: Vec<&str> = tables.iter().filter(|(_, is_set)| *is_set).map(|(key, _)| *key).collect();
    let (first, others) = tables.split_first()?;
    let (have, them) = if others.is_empty() { ("has", "it") } else { ("have", "them") };
    let message = format!("{} {have} no effect: there is no environment to deploy to", listed(&tables));
    let found = unused(ROOT.key(first).at().key(), message, format!("add `[environments.<name>]`, or remove {them}"));
    Some(others.iter().fold(found, |found, key| found.related(ROOT.key(key).at().key(), "this as well")))
}

fn deployed(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let environments = || definition.environments.values();
    let mut workloads: Vec<&Name> = environments().flat_map(|it| &it.deploy).collect();
    workloads.extend(environments().filter_map(|it| Some(&it.migrate.as_ref()?.workload)));
    workloads.extend(environments().filter_map(|it| Some(&it.traffic.as_ref()?.workload)));
    unnamed("workloads", &definition.workloads, &workloads, &mut |at, name, _| {
        let help = format!("add `\"{name}\"` to `deploy` of an environment, or remove it");
        found.push(unused(at, format!("no environment deploys the workload `{name}`"), help));
    });
    let smoke: Vec<&Name> = environments().filter_map(|it| it.smoke.as_ref()).collect();
    unnamed("smoke", &definition.smoke, &smoke, &mut |at, name, _| {
        let help = format!("add `smoke = \"{name}\"` to an environment, or remove it");
        found.push(unused(at, format!("no environment has the smoke tests `{name}`"), help));
    });
    let limits: Vec<&Name> = environments().flat_map(|it| it.limits.keys()).collect();
    unnamed("metrics", &definition.metrics, &limits, &mut |at, name, metric| {
        let max = match metric.unit {
            Unit::Ratio => "1%",
            Unit::Seconds => "500ms",
            Unit::Count => "100",
        };
        let help = format!("add `limits = {{ {name} = {{ max = \"{max}\" }} }}` to an environment, or remove it");
        found.push(unused(at, format!("no environment has a limit for the metric `{name}`"), help));
    });
    let prometheus = definition.monitoring.as_ref().and_then(|monitoring| monitoring.prometheus.as_ref());
    if prometheus.is_some() && definition.metrics.is_empty() && limits.is_empty() {
        let at = ROOT.key("monitoring");
        let help = "add `[metrics.<name>]` and a limit for it, or remove it";
        found.push(unused(at.key("prometheus").at().key(), "nothing asks `prometheus`: there is no metric", help));
    }
}

/// Further repositories of images that are never published.
fn mirrors(definition: &Definition, found: &mut Vec<Diagnostic>) {
    entries(&ROOT, "images", &definition.images, &mut |at, name, image| {
        let runs = definition.workloads.values().any(|workload| workload.image == *name);
        if !image.mirrors.is_empty() && image.publish.is_none() && !runs {
            let message = format!("`mirrors` get nothing: `{name}` is never published");
            let help = "add `publish = { tags = [\"v*\"] }` or a workload with the image, or remove it";
            found.push(unused(at.key("mirrors").at().key(), message, help));
        }
    });
}

/// Everything that values read, wherever they are.
#[derive(Default)]
struct Read {
    outputs: Vec<Output>,
    inputs: Vec<Name>,
    secrets: Vec<String>,
}

impl Read {
    fn by(subject: &Subject<'_>) -> Self {
        let mut read = Self::default();
        let definition = subject.definition;
        // The walk is for definitions that have such names.
        if definition.workflows.is_empty() && !has_ids(definition) {
            return read;
        }
        run_values::all(subject.pipeline, &mut |_, _, value| {
            for part in value.parts() {
                match part {
                    RunValue::Output(output) => read.outputs.push(output.clone()),
                    RunValue::Input(name) => read.inputs.push(name.clone()),
                    _ => {}
                }
            }
            read.secrets.extend(value.externals().map(|it| it.name.clone()));
        });
        let mut external = |value: &Value| {
            read.secrets.extend(value.external().map(|it| it.name.clone()));
        };
        definition.services.values().flat_map(|service| service.env.values()).for_each(&mut external);
        for container in own_jobs(definition).filter_map(|job| job.container.as_ref()) {
            container.env.values().for_each(&mut external);
            container.credentials.iter().flat_map(|it| [&it.username, &it.password]).for_each(&mut external);
        }
        read.secrets.extend(own_jobs(definition).flat_map(|job| job.secrets.values()).map(|it| it.name.clone()));
        read
    }

    /// Returns the ids of steps of which a value may read an output: its own, or one of its job.
    fn ids<'r>(&'r self, definition: &'r Definition) -> Vec<&'r Name> {
        let named = self.outputs.iter().flat_map(|output| [Some(&output.from), output.step.as_ref()]).flatten();
        let whole = |job: &Name| self.outputs.iter().any(|output| output.step.is_none() && output.from == *job);
        let of_jobs = named_jobs(definition).filter(|(name, _)| whole(name)).flat_map(|(_, job)| &job.steps);
        named.chain(of_jobs.filter_map(|step| step.id.as_ref())).collect()
    }
}

fn has_ids(definition: &Definition) -> bool {
    let mut has = false;
    walk::steps(definition, &mut |_, step| has |= step.id.is_some());
    has
}

/// Ids of steps whose outputs nothing reads.
fn ids(definition: &Definition, read: &Read, found: &mut Vec<Diagnostic>) {
    let mut known: Vec<Name> = named_jobs(definition).map(|(name, _)| name.clone()).collect();
    walk::steps(definition, &mut |_, step| known.extend(step.id.clone()));
    if read.outputs.iter().any(|output| !known.contains(&output.from)) {
        return;
    }
    let read = read.ids(definition);
    walk::steps(definition, &mut |at, step| {
        if let Some(id) = step.id.as_ref().filter(|id| !read.contains(id)) {
            let message = format!("nothing reads an output of the step `{id}`");
            let help = format!("read one by `{{ output = \"{id}.<name>\" }}`, or remove `id`");
            found.push(unused(at.key("id").at(), message, help));
        }
    });
}

/// Secrets and inputs that a workflow declares.
fn workflows(definition: &Definition, read: &Read, found: &mut Vec<Diagnostic>) {
    entries(&ROOT, "workflows", &definition.workflows, &mut |at, name, workflow| {
        let on = at.key("on");
        let call = on.key("call");
        let secrets = call.key("secrets");
        for (index, secret) in workflow.on.call.secrets.iter().enumerate() {
            if !read.secrets.iter().any(|name| name.eq_ignore_ascii_case(secret)) {
                let message = format!("no job of `{name}` reads the secret `{secret}`");
                let help = format!("read it by `env = {{ {secret} = {{ secret = \"{secret}\" }} }}`, or remove it");
                found.push(unused(secrets.index(index).at(), message, help));
            }
        }
        inputs(&call, workflow, workflow.on.call.inputs.keys(), read, found);
        inputs(&on.key("manual"), workflow, workflow.on.manual.inputs.keys(), read, found);
    });
}

/// Inputs of a workflow whose jobs are calls: any step could read an input from its environment.
fn inputs<'d>(
    at: &Trail<'_>,
    workflow: &Workflow,
    inputs: impl Iterator<Item = &'d Name>,
    read: &Read,
    found: &mut Vec<Diagnostic>,
) {
    if workflow.jobs.values().any(|job| job.uses.is_none()) {
        return;
    }
    let table = at.key("inputs");
    for name in inputs.filter(|name| !read.inputs.contains(name)) {
        let message = format!("no job hands the input `{name}` over, and none has steps that read it");
        let help = format!("add `with = {{ {name} = {{ input = \"{name}\" }} }}` to a job, or remove it");
        found.push(unused(table.key(name).at().key(), message, help));
    }
}

/// Keys of matrices: jobs that differ in nothing that they read do the same.
fn matrices(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let jobs = ROOT.key("jobs");
    subject.pipeline.jobs.iter().for_each(|job| matrix(&jobs.key(job.name), job, found));
    let workflows = ROOT.key("workflows");
    for workflow in &subject.pipeline.workflows {
        let at = workflows.key(workflow.name);
        let jobs = at.key("jobs");
        workflow.jobs.iter().for_each(|job| matrix(&jobs.key(job.name), job, found));
    }
}

fn matrix(at: &Trail<'_>, job: &resolve::Job<'_>, found: &mut Vec<Diagnostic>) {
    let Some(matrix) = &job.written.matrix else { return };
    let read = job.keys_read();
    let is_key = |name: &&str| job.cells.iter().any(|cell| cell.keys().any(|key| key.as_str() == *name));
    if !read.iter().all(is_key) {
        return;
    }
    let named = |key: &Name| matrix.exclude.iter().chain(&matrix.optional).any(|cell| cell.contains_key(key));
    let at = at.key("matrix");
    for (key, values) in &matrix.axes {
        if values.len() > 1 && !read.contains(&key.as_str()) && !named(key) && !is_count(values) {
            let message = format!("nothing in the job reads `{key}`, so each of its values repeats the same job");
            let variable = key.to_uppercase().replace('-', "_");
            let help = format!("read it, as in `env = {{ {variable} = {{ matrix = \"{key}\" }} }}`, or remove it");
            found.push(unused(at.key(key).at().key(), message, help));
        }
    }
}

/// Returns whether values count the times that a job is repeated: from 0 or 1, without a gap.
fn is_count(values: &[String]) -> bool {
    let counts = |from: usize| values.iter().enumerate().all(|(index, value)| *value == (from + index).to_string());
    counts(0) || counts(1)
}
