//! The jobs of a workflow as a graph: what each of them needs.

mod layout;
mod mermaid;
mod svg;

use std::collections::BTreeSet;

use crate::workflow::Workflow;

pub use mermaid::mermaid;
pub use svg::svg;

/// The jobs of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// File of the workflow.
    pub file: String,
    /// Name of the workflow.
    pub name: String,
    /// Jobs, in the order of the file.
    pub jobs: Vec<Node>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its name, without values of a matrix.
    pub name: String,
    /// Indices of the jobs that it needs. A job that another of them needs is left out.
    pub needs: Vec<usize>,
    /// It has a matrix, so it runs several times.
    pub is_matrix: bool,
}

/// Returns the graph of a workflow.
pub fn graph(workflow: &Workflow) -> Graph {
    let index = |id: &String| workflow.jobs.iter().position(|job| job.id == *id);
    let all: Vec<Vec<usize>> = workflow.jobs.iter().map(|job| job.needs.iter().filter_map(index).collect()).collect();
    let above: Vec<BTreeSet<usize>> = (0..all.len()).map(|job| above(job, &all)).collect();
    let jobs = workflow.jobs.iter().zip(&all).map(|(job, needs)| {
        let implied =
            |need: usize| needs.iter().any(|other| above.get(*other).is_some_and(|above| above.contains(&need)));
        Node {
            id: job.id.clone(),
            name: title(job),
            needs: needs.iter().copied().filter(|need| !implied(*need)).collect(),
            is_matrix: job.strategy().is_some(),
        }
    });
    Graph { file: workflow.file.clone(), name: workflow.name.clone(), jobs: jobs.collect() }
}

/// The fixed part of a job's name.
fn title(job: &crate::workflow::Job) -> String {
    let text = job.name.texts().first().copied().unwrap_or(&job.id);
    text.split(" (").next().unwrap_or_default().to_owned()
}

/// Every job that a job needs, directly or through others.
fn above(job: usize, needs: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = needs.get(job).cloned().unwrap_or_default();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(needs.get(next).into_iter().flatten());
        }
    }
    found
}
