//! Every value that a run decides, with what exists where it is read.

use indexmap::IndexMap;

use super::walk::{ROOT, Trail, items};
use crate::definition::{Job as Written, Name, RunValue, Step, Table, Workflow as WrittenWorkflow};
use crate::resolve::{Axes, Job, Pipeline};

/// Names that exist where a value is read.
#[derive(Clone, Default)]
pub(in crate::checks) struct Reader<'a> {
    /// The input of an action, for a value in `with`.
    pub(in crate::checks) input: Option<&'a str>,
    /// Keys of the matrix.
    pub(in crate::checks) keys: Vec<&'a str>,
    /// Inputs of the workflow; none outside of `[workflows]`.
    pub(in crate::checks) inputs: Option<Vec<&'a str>>,
    /// Jobs of the same table, and those that are needed.
    pub(in crate::checks) jobs: Option<(&'a Table<Written>, &'a [Name])>,
    /// Steps of the job that the user wrote.
    pub(in crate::checks) steps: Vec<&'a Step>,
    /// The number of steps that have run before.
    pub(in crate::checks) above: usize,
}

type Visit<'v> = dyn FnMut(&Trail<'_>, &Reader<'_>, &RunValue) + 'v;

/// Visits every value that a run decides.
pub(in crate::checks) fn all(pipeline: &Pipeline<'_>, visit: &mut Visit<'_>) {
    let project = ROOT.key("project");
    table_of(&project.key("env"), &pipeline.definition.project.env, &Reader::default(), visit);
    components(pipeline, visit);
    tests(pipeline, visit);
    let definition = pipeline.definition;
    let table = ROOT.key("images");
    for (name, image) in &definition.images {
        let at = table.key(name);
        table_of(&at.key("build-args"), &image.build_args, &Reader::default(), visit);
        lists(&at, &[("before", &image.before), ("after", &image.after)], Reader::default(), visit);
    }
    let table = ROOT.key("environments");
    for (name, environment) in &definition.environments {
        let at = table.key(name);
        table_of(&at.key("env"), &environment.env, &Reader::default(), visit);
        lists(&at, &[("before", &environment.before)], Reader::default(), visit);
        lists(&at, &[("after", &environment.after)], Reader::default(), visit);
    }
    let table = ROOT.key("jobs");
    for job in &pipeline.jobs {
        of_job(&table.key(job.name), job, &definition.jobs, None, visit);
    }
    let table = ROOT.key("workflows");
    for workflow in &pipeline.workflows {
        let at = table.key(workflow.name);
        let jobs = at.key("jobs");
        for job in &workflow.jobs {
            of_job(&jobs.key(job.name), job, &workflow.written.jobs, Some(inputs(workflow.written)), visit);
        }
    }
}

/// Inputs of a workflow.
fn inputs(workflow: &WrittenWorkflow) -> Vec<&str> {
    workflow.on.manual.inputs.keys().map(Name::as_str).collect()
}

fn components(pipeline: &Pipeline<'_>, visit: &mut Visit<'_>) {
    let table = ROOT.key("components");
    for component in pipeline.components.values() {
        let (at, written) = (table.key(component.name), component.written);
        // These are also in jobs of tests, which have other axes.
        table_of(&at.key("env"), &written.env, &Reader::default(), visit);
        if let Some(custom) = &written.custom {
            lists(&at.key("custom"), &[("steps", &custom.steps)], Reader::default(), visit);
        }
        lists(&at, &[("before", &written.before)], Reader::default(), visit);
        let after = Reader { keys: keys(&component.axes), ..Reader::default() };
        lists(&at, &[("after", &written.after)], after, visit);
    }
}

fn tests(pipeline: &Pipeline<'_>, visit: &mut Visit<'_>) {
    let table = ROOT.key("tests");
    for run in pipeline.tests.values() {
        let (at, written) = (table.key(run.name), run.written);
        let mut reader = Reader { keys: keys(&run.axes), ..Reader::default() };
        if run.is_sharded() {
            reader.keys.push("shard");
        }
        if run.seeds.are_axis() {
            reader.keys.push("seed");
        }
        table_of(&at.key("env"), &written.env, &reader, visit);
        lists(&at, &[("before", &written.before), ("after", &written.after)], reader, visit);
    }
    let table = ROOT.key("suites");
    for suite in &pipeline.suites {
        let (at, written) = (table.key(suite.name), suite.written);
        table_of(&at.key("env"), &written.env, &Reader::default(), visit);
        lists(&at, &[("before", &written.before), ("after", &written.after)], Reader::default(), visit);
    }
}

fn keys<'a>(axes: &Axes<'a>) -> Vec<&'a str> {
    let versions = axes.several_versions().map(|versions| versions.axis);
    versions.into_iter().chain(axes.several_machines().map(|_| "os")).collect()
}

fn of_job(at: &Trail<'_>, job: &Job<'_>, table: &Table<Written>, inputs: Option<Vec<&str>>, visit: &mut Visit<'_>) {
    let written = job.written;
    let mut keys: Vec<&str> = Vec::new();
    for key in job.cells.iter().flat_map(|cell| cell.keys()).map(Name::as_str) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let reader = Reader { keys, inputs, jobs: Some((table, &written.needs)), ..Reader::default() };
    table_of(&at.key("env"), &written.env, &reader, visit);
    lists(at, &[("steps", &written.steps)], reader, visit);
}

/// Lists of steps of one job, in the order in which they run.
fn lists<'a>(at: &Trail<'_>, lists: &[(&str, &'a [Step])], mut reader: Reader<'a>, visit: &mut Visit<'_>) {
    reader.steps = lists.iter().flat_map(|(_, steps)| steps.iter()).collect();
    for (key, steps) in lists {
        items(at, key, steps, &mut |at, step| {
            table_of(&at.key("env"), &step.env, &reader, visit);
            let with = at.key("with");
            for (name, value) in &step.with {
                let reader = Reader { input: Some(name), ..reader.clone() };
                visit(&with.key(name), &reader, value);
            }
            reader.above += 1;
        });
    }
}

fn table_of(at: &Trail<'_>, table: &IndexMap<String, RunValue>, reader: &Reader<'_>, visit: &mut Visit<'_>) {
    for (name, value) in table {
        visit(&at.key(name), reader, value);
    }
}
