//! Secrets and variables that the jobs of workflows read.

use std::collections::BTreeMap;

use crate::trace::Origin;
use crate::workflow::{Job, Machine, Pairs, Part, Property, StepKind, Value, When, Work, Workflow};

/// Kind of a value that is set on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A secret.
    Secret,
    /// A configuration variable.
    Variable,
}

/// A secret or variable that jobs read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its environment; none for the repository.
    pub environment: Option<String>,
    /// It has a default everywhere.
    pub is_optional: bool,
    /// Keys of the definition that read it.
    pub keys: Vec<String>,
}

/// Properties by their environment, kind and name, with whether they are optional, and the keys that read them.
type Found = BTreeMap<(Option<String>, Kind, String), (bool, Vec<String>)>;

/// Every secret and variable of these workflows, sorted.
pub(super) fn values(workflows: &[Workflow]) -> Vec<Needed> {
    let mut found = Found::new();
    for workflow in workflows {
        let mut own = Found::new();
        workflow.jobs.iter().for_each(|job| of_job(job, &mut own));
        let handed = |name: &str| workflow.on.call_secrets.iter().any(|secret| secret.name.eq_ignore_ascii_case(name));
        // Those are set where the caller is.
        own.retain(|(_, kind, name), _| *kind != Kind::Secret || !workflow.on.is_only_called() || !handed(name));
        for (key, (is_optional, keys)) in own {
            let (optional, known) = found.entry(key).or_insert((true, Vec::new()));
            *optional &= is_optional;
            known.extend(keys);
        }
    }
    found
        .into_iter()
        .map(|((environment, kind, name), (is_optional, keys))| Needed { kind, name, environment, is_optional, keys })
        .collect()
}

/// The secrets and variables that a job reads, each with its environment; none for the repository.
pub fn read_by(job: &Job) -> Vec<(Option<String>, Kind, String)> {
    let mut found = Found::new();
    of_job(job, &mut found);
    found.into_keys().collect()
}

fn of_job(job: &Job, found: &mut Found) {
    let place = environment(job);
    let mut add = |value: &Value, origin: &Origin| {
        read(value, false, &mut |property, is_optional| record(property, is_optional, place, origin, found));
    };
    let mut pairs = |pairs: &Pairs, origin: &Origin| pairs.iter().for_each(|(_, value)| add(value, origin));
    pairs(&job.outputs, &job.origin);
    match &job.work {
        Work::Call { with, secrets, .. } => {
            pairs(with, &job.origin);
            pairs(secrets, &job.origin);
        }
        Work::Steps { env, container, services, steps, .. } => {
            pairs(env, &job.origin);
            if let Some(container) = container {
                pairs(&container.credentials, &job.origin);
                pairs(&container.env, &job.origin);
            }
            for service in services {
                pairs(&service.env, &job.origin);
            }
            for step in steps {
                pairs(&step.env, &step.origin);
                if let StepKind::Uses(action) = &step.kind {
                    pairs(&action.with, &step.origin);
                }
            }
        }
    }
    if let Work::Steps { runner, environment, steps, .. } = &job.work {
        if let Machine::Label(label) = runner {
            add(label, &job.origin);
        }
        environment.iter().filter_map(|it| it.url.as_ref()).for_each(|url| add(url, &job.origin));
        for (when, origin) in steps.iter().filter_map(|step| Some((step.condition.as_ref()?, &step.origin))) {
            asked(when, &mut |property, is_optional| record(property, is_optional, place, origin, found));
        }
    }
    if let Some(when) = &job.condition {
        // GitHub evaluates it before the job has its environment.
        asked(when, &mut |property, is_optional| record(property, is_optional, None, &job.origin, found));
    }
}

fn record(property: &Property, is_optional: bool, environment: Option<&str>, origin: &Origin, found: &mut Found) {
    let (kind, name) = match property {
        Property::Secret(name) => (Kind::Secret, name),
        Property::Variable(name) => (Kind::Variable, name),
        _ => return,
    };
    let key = (environment.map(str::to_owned), kind, name.clone());
    let (optional, keys) = found.entry(key).or_insert((true, Vec::new()));
    *optional &= is_optional;
    let from = origin.dotted();
    if !keys.contains(&from) {
        keys.push(from);
    }
}

/// Visits every property of a value, with whether another value takes its place where it is not set.
fn read<'v>(value: &'v Value, is_optional: bool, visit: &mut impl FnMut(&'v Property, bool)) {
    match value {
        Value::Text(_) | Value::Number(_) => {}
        Value::Property(property) | Value::ToJson(property) => visit(property, is_optional),
        Value::Joined(parts) => parts.iter().for_each(|part| read(part, is_optional, visit)),
        Value::FirstOf(parts) => parts.iter().for_each(|part| read(part, is_optional || parts.len() > 1, visit)),
        Value::Either(when, then, otherwise) => {
            asked(when, visit);
            read(then, is_optional, visit);
            read(otherwise, is_optional, visit);
        }
        Value::Holds(when) => asked(when, visit),
        Value::FromJson(value) => read(value, is_optional, visit),
    }
}

/// Visits every property of a condition, which holds or does not where one is not set.
fn asked<'v>(when: &'v When, visit: &mut impl FnMut(&'v Property, bool)) {
    when.walk(&mut |part| {
        if let Part::Property(property) = part {
            visit(property, true);
        }
    });
}

/// The environment of a job, by its fixed name.
pub(super) fn environment(job: &Job) -> Option<&str> {
    match &job.work {
        Work::Steps { environment: Some(environment), .. } => environment.name.literal(),
        _ => None,
    }
}
