//! Names that values of a run take: outputs of steps and jobs, keys of a matrix, and inputs of a workflow.

use std::collections::BTreeSet;
use std::ops::Range;

use super::declared::{Name, declared};
use super::words::{Role, Word, words};
use crate::diagnostics::Part;
use crate::resolve::outputs::of_step;
use crate::sources::Text;

/// A word, with its file.
type At<'t> = (&'t Text, Range<usize>);

/// Returns the names that `output`, `matrix` or `input` takes at a path.
pub(super) fn of_value<'t>(path: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    let [.., above, Part::Key(key)] = path else { return Vec::new() };
    // A variable or an input of an action may have such a name.
    if matches!(above, Part::Key(table) if ["env", "with"].contains(&table.as_ref())) {
        return Vec::new();
    }
    let Some(place) = Place::of(path) else { return Vec::new() };
    match (key.as_ref(), &place.job) {
        // The table of a matrix has the same name.
        ("matrix", Some(job)) if path.len() > job.len() + 1 => keys_of_matrix(job, texts),
        ("input", _) => place.inputs(texts),
        ("output", _) => place.outputs(texts),
        _ => Vec::new(),
    }
}

/// Returns the step or the job whose output a text names, also of an output that is not known.
pub(super) fn source_of<'t>(path: &[Part], output: &str, texts: &[&'t Text]) -> Option<At<'t>> {
    let place = Place::of(path).filter(|_| matches!(path.last(), Some(Part::Key(key)) if key == "output"))?;
    let parts: Vec<&str> = output.split('.').collect();
    let step = |job: &[Part], id: &str| steps(job, texts).into_iter().find(|step| step.id == id).map(|step| step.at);
    match parts.as_slice() {
        [from, _] => {
            let own = place.job.as_ref().and_then(|job| step(job, from));
            own.or_else(|| declared(&place.jobs, texts).into_iter().find(|name| name.text == *from)?.at)
        }
        [from, id, _] => step(&place.jobs_entry(from), id),
        _ => None,
    }
}

/// A place in `[jobs]` or in a workflow.
struct Place {
    /// The path of the jobs that it may name.
    jobs: Vec<Part>,
    /// The path of its job; none for the outputs of a workflow.
    job: Option<Vec<Part>>,
    /// Its step.
    step: Option<usize>,
}

impl Place {
    fn of(path: &[Part]) -> Option<Self> {
        let is = |index: usize, name: &str| matches!(path.get(index), Some(Part::Key(key)) if key == name);
        let length = match () {
            () if is(0, "jobs") => 1,
            () if is(0, "workflows") && is(2, "jobs") => 3,
            () if is(0, "workflows") && is(2, "on") => {
                let jobs = [path.get(..2)?, &[Part::from("jobs")]].concat();
                return Some(Self { jobs, job: None, step: None });
            }
            () => return None,
        };
        let step = match path.get(length + 2) {
            Some(Part::Index(step)) if is(length + 1, "steps") => Some(*step),
            _ => None,
        };
        Some(Self { jobs: path.get(..length)?.to_vec(), job: Some(path.get(..=length)?.to_vec()), step })
    }

    fn jobs_entry(&self, name: &str) -> Vec<Part> {
        [self.jobs.as_slice(), &[Part::from(name)]].concat()
    }

    fn inputs<'t>(&self, texts: &[&'t Text]) -> Vec<Name<'t>> {
        let Some((_, workflow)) = self.jobs.split_last() else { return Vec::new() };
        let of = |event: &str| {
            let table = ["on", event, "inputs"].map(Part::from);
            declared(&[workflow, &table].concat(), texts)
        };
        once_each(of("manual").into_iter().chain(of("call")))
    }

    /// Outputs of the steps above, and of the jobs that are needed.
    fn outputs<'t>(&self, texts: &[&'t Text]) -> Vec<Name<'t>> {
        let mut found = Vec::new();
        let above = self.job.iter().flat_map(|job| steps(job, texts));
        for step in above.filter(|step| self.step.is_some_and(|own| step.index < own)) {
            found.extend(step.outputs.iter().map(|output| step.name(format!("{}.{output}", step.id))));
        }
        for job in self.needed(texts) {
            let steps = steps(&self.jobs_entry(&job), texts);
            let all: Vec<&String> = steps.iter().flat_map(|step| &step.outputs).collect();
            for step in &steps {
                found.extend(step.outputs.iter().map(|output| {
                    let is_clear = all.iter().filter(|other| **other == output).count() == 1;
                    let by = if is_clear { String::new() } else { format!("{}.", step.id) };
                    step.name(format!("{job}.{by}{output}"))
                }));
            }
        }
        once_each(found.into_iter())
    }

    /// Names of the jobs that run before: of all, where a workflow has ended.
    fn needed(&self, texts: &[&Text]) -> Vec<String> {
        let Some(job) = &self.job else {
            return declared(&self.jobs, texts).into_iter().map(|name| name.text).collect();
        };
        let list = [job.as_slice(), &[Part::from("needs")]].concat();
        values(texts).filter(|(_, word)| word.table() == list).map(|(_, word)| word.text).collect()
    }
}

/// A step with an id.
struct Step<'t> {
    index: usize,
    id: String,
    at: At<'t>,
    /// Outputs that are known.
    outputs: Vec<String>,
}

impl<'t> Step<'t> {
    fn name(&self, text: String) -> Name<'t> {
        Name { text, at: Some(self.at.clone()) }
    }
}

/// The steps of a job that have an id, in their order.
fn steps<'t>(job: &[Part], texts: &[&'t Text]) -> Vec<Step<'t>> {
    let list = [job, &[Part::from("steps")]].concat();
    let mut found: Vec<Step<'t>> = Vec::new();
    let of_steps = |word: &Word| match word.path.strip_prefix(list.as_slice()) {
        Some([Part::Index(index), Part::Key(key)]) => Some((*index, key.to_string())),
        _ => None,
    };
    let all: Vec<(usize, String, At<'t>, String)> = values(texts)
        .filter_map(|(text, word)| of_steps(&word).map(|(index, key)| (index, key, (text, word.range), word.text)))
        .collect();
    for (index, _, at, id) in all.iter().filter(|(_, key, ..)| key == "id") {
        let value = |name: &str| {
            let mut same = all.iter().filter(|(other, key, ..)| other == index && key == name);
            same.next().map(|(.., value)| value.as_str())
        };
        let outputs = of_step(value("run"), value("uses"));
        found.push(Step { index: *index, id: id.clone(), at: at.clone(), outputs });
    }
    found
}

/// Keys of the axes of a matrix, and of the jobs that it includes.
fn keys_of_matrix<'t>(job: &[Part], texts: &[&'t Text]) -> Vec<Name<'t>> {
    let table = [job, &[Part::from("matrix")]].concat();
    let is_key = |word: &Word| match word.path.strip_prefix(table.as_slice()) {
        Some([Part::Key(key)]) => !["include", "exclude", "optional"].contains(&key.as_ref()),
        Some([Part::Key(list), Part::Index(_), Part::Key(_)]) => list == "include",
        _ => false,
    };
    let keys = texts.iter().flat_map(|text| words(&text.text).map(move |word| (*text, word)));
    let keys = keys.filter(|(_, word)| word.role != Role::Value && is_key(word));
    once_each(keys.map(|(text, word)| Name { text: word.text, at: Some((text, word.range)) }))
}

/// Every value of some texts.
fn values<'t>(texts: &[&'t Text]) -> impl Iterator<Item = (&'t Text, Word)> {
    let all = texts.iter().copied().flat_map(|text| words(&text.text).map(move |word| (text, word)));
    all.filter(|(_, word)| word.role == Role::Value)
}

/// The first of the names that are the same.
fn once_each<'t>(names: impl Iterator<Item = Name<'t>>) -> Vec<Name<'t>> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.text.clone())).collect()
}
