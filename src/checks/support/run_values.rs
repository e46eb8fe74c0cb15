//! Every value that a run decides, with what exists where it is read.

use indexmap::IndexMap;

use super::walk::{ROOT, Trail, items};
use crate::definition::{Job as Written, Name, RunValue, Step, Table, Workflow as WrittenWorkflow};
use crate::resolve::{Axes, Call, Job, Pipeline};

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
    /// Jobs of the same table that call workflows, with the outputs of those that are known.
    pub(in crate::checks) calls: Vec<(&'a str, Option<&'a [String]>)>,
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
        table_of(&at.key("labels"), &image.labels, &Reader::default(), visit);
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
        let reader = Reader { jobs: Some((&definition.jobs, &job.written.needs)), ..of(&pipeline.jobs) };
        of_job(&table.key(job.name), job, reader, visit);
    }
    let table = ROOT.key("workflows");
    for workflow in &pipeline.workflows {
        let at = table.key(workflow.name);
        let jobs = at.key("jobs");
        for job in &workflow.jobs {
            let jobs_of = Some((&workflow.written.jobs, job.written.needs.as_slice()));
            let reader = Reader { inputs: Some(inputs(workflow.written)), jobs: jobs_of, ..of(&workflow.jobs) };
            of_job(&jobs.key(job.name), job, reader, visit);
        }
        // Its outputs are read after all jobs.
        let all: Vec<Name> = workflow.written.jobs.keys().cloned().collect();
        let reader = Reader { jobs: Some((&workflow.written.jobs, &all)), ..of(&workflow.jobs) };
        let on = at.key("on");
        let call = on.key("call");
        let table = call.key("outputs");
        for (name, value) in &workflow.written.on.call.outputs {
            visit(&table.key(name), &reader, value);
        }
    }
}

/// Inputs of a workflow.
fn inputs(workflow: &WrittenWorkflow) -> Vec<&str> {
    workflow.on.manual.inputs.keys().chain(workflow.on.call.inputs.keys()).map(Name::as_str).collect()
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

/// Calls among the jobs of a table.
fn of<'a>(jobs: &'a [Job<'_>]) -> Reader<'a> {
    let outputs = |call: &'a Call<'_>| call.interface.as_ref().map(|interface| interface.outputs.as_slice());
    let calls = jobs.iter().filter_map(|job| Some((job.name.as_str(), outputs(job.call.as_ref()?))));
    Reader { calls: calls.collect(), ..Reader::default() }
}

fn of_job<'a>(at: &Trail<'_>, job: &'a Job<'_>, reader: Reader<'a>, visit: &mut Visit<'_>) {
    let written = job.written;
    let mut keys: Vec<&str> = Vec::new();
    for key in job.cells.iter().flat_map(|cell| cell.keys()).map(Name::as_str) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let reader = Reader { keys, ..reader };
    table_of(&at.key("env"), &written.env, &reader, visit);
    let with = at.key("with");
    for (name, value) in written.with.iter().filter_map(|(name, own)| Some((name, own.run_value()?))) {
        visit(&with.key(name), &reader, value);
    }
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
