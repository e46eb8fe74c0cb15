//! Ids and names are valid and unique.

use super::set::strategy;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{Job, Pairs, StepKind, Work, Workflow};

pub(crate) struct Identifier;

impl Rule for Identifier {
    fn code(&self) -> Code {
        Code("identifier")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/identifier.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let mut names = Names { code: self.code(), found };
        for (index, workflow) in set.workflows.iter().enumerate() {
            names.file(workflow, set.workflows.iter().take(index));
            let ids = || workflow.jobs.iter().map(|job| job.id.as_str());
            names.ids(&workflow.origin, "job", ids());
            let call = workflow.on.call.iter().flatten().map(|input| input.name.as_str());
            names.ids(&workflow.origin, "input", call);
            names.ids(&workflow.origin, "secret", workflow.on.call_secrets.iter().map(|it| it.name.as_str()));
            names.ids(&workflow.origin, "output", workflow.on.call_outputs.iter().map(|(name, _)| name.as_str()));
            let manual = workflow.on.manual.iter().flatten().map(|input| input.name.as_str());
            names.ids(&workflow.origin, "input", manual);
        }
        for (_, job) in set.jobs() {
            names.job(job);
        }
    }
}

struct Names<'f> {
    code: Code,
    found: &'f mut Vec<Diagnostic>,
}

impl Names<'_> {
    fn wrong(&mut self, at: &Location, message: String, help: &str) {
        self.found.push(Diagnostic::error(self.code, at.clone(), message).help(help));
    }

    fn file<'w>(&mut self, workflow: &'w Workflow, mut before: impl Iterator<Item = &'w Workflow>) {
        let file = workflow.file.as_str();
        if before.any(|other| other.file.eq_ignore_ascii_case(file)) {
            self.wrong(&workflow.origin, format!("two workflows would be written to `{file}`"), "rename one of them");
        }
        let stem = file.strip_suffix(".yml").or_else(|| file.strip_suffix(".yaml")).unwrap_or_default();
        if stem.is_empty() || !stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            self.wrong(&workflow.origin, format!("`{file}` is not the name of a workflow's file"), FAULT);
        }
    }

    fn job(&mut self, job: &Job) {
        let at = &job.origin;
        let steps = || job.steps().iter().filter_map(|step| step.id.as_deref());
        self.ids(at, "step", steps());
        for id in steps().filter(|id| id.starts_with("__")) {
            self.wrong(at, format!("`{id}` is not the id of a step: two `_` in front are GitHub's own"), FAULT);
        }
        self.ids(at, "output", job.outputs.iter().map(|(name, _)| name.as_str()));
        self.ids(at, "axis", strategy(job).into_iter().flat_map(|matrix| &matrix.axes).map(|(name, _)| name.as_str()));
        match &job.work {
            Work::Steps { env, container, services, .. } => {
                self.once(at, "variable", env);
                if let Some(container) = container {
                    self.once(at, "variable", &container.env);
                }
                self.ids(at, "service", services.iter().map(|service| service.id.as_str()));
                for service in services {
                    self.once(at, "variable", &service.env);
                }
            }
            Work::Call { with, secrets, .. } => {
                self.once(at, "input", with);
                self.once(at, "secret", secrets);
            }
        }
        for step in job.steps() {
            self.once(&step.origin, "variable", &step.env);
            if let StepKind::Uses(action) = &step.kind {
                self.once(&step.origin, "input", &action.with);
            }
        }
    }

    /// Letters, digits, `-` and `_`, none twice.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_id>
    fn ids<'n>(&mut self, at: &Location, kind: &str, ids: impl Iterator<Item = &'n str>) {
        let mut before: Vec<&str> = Vec::new();
        for id in ids {
            let starts = id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if !starts || !id.bytes().all(letters) || id.len() >= MOST {
                let message = format!("`{id}` is not a name for GitHub's {kind}");
                self.wrong(at, message, "use at most 99 letters, digits, `-` and `_`, a letter first");
            }
            self.twice(at, kind, id, &before);
            before.push(id);
        }
    }

    fn once(&mut self, at: &Location, kind: &str, pairs: &Pairs) {
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        for (index, name) in names.iter().enumerate() {
            self.twice(at, kind, name, names.get(..index).unwrap_or_default());
        }
    }

    fn twice(&mut self, at: &Location, kind: &str, name: &str, before: &[&str]) {
        if before.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            let message = format!("duplicate {kind} `{name}`");
            self.wrong(at, message, "write it once: GitHub ignores the case of names");
        }
    }
}

/// An id has fewer characters.
const MOST: usize = 100;

#[cfg(test)]
mod tests {
    use super::super::tests::{all_break, axis, breaks, clean, first_step, job, manual, run, second_job, steps};
    use crate::workflow::Axis;

    #[test]
    fn ids_that_github_refuses() {
        for id in ["2nd", "a.b", "", "two words", &"x".repeat(100)] {
            let mut workflow = clean();
            id.clone_into(&mut job(&mut workflow).id);
            breaks("identifier", &workflow);
        }
        for id in ["2nd", "__own"] {
            let mut workflow = clean();
            steps(&mut workflow).push(run("Other", "true").id(id));
            breaks("identifier", &workflow);
        }
        let mut workflow = clean();
        workflow.on.manual = Some(vec![manual("how many")]);
        breaks("identifier", &workflow);
    }

    #[test]
    fn ids_that_stand_twice() {
        let mut workflow = clean();
        second_job(&mut workflow).id = "Build".to_owned();
        breaks("identifier", &workflow);

        let mut workflow = clean();
        steps(&mut workflow).push(run("Other", "true").id("make"));
        breaks("identifier", &workflow);

        let mut workflow = clean();
        axis(&mut workflow, "shard", Axis::Numbers(2));
        axis(&mut workflow, "shard", Axis::Numbers(2));
        breaks("identifier", &workflow);
    }

    #[test]
    fn keys_that_stand_twice() {
        let mut workflow = clean();
        first_step(&mut workflow).env = [("PROXY", "a"), ("proxy", "b")].map(|(k, v)| (k.to_owned(), v.into())).into();
        breaks("identifier", &workflow);
    }

    #[test]
    fn files_that_are_one() {
        let mut other = clean();
        if let Some(own) = &mut other.concurrency {
            own.group = "atom-other".into();
        }
        all_break("identifier", &[clean(), other]);
        let mut workflow = clean();
        "a/b.yml".clone_into(&mut workflow.file);
        breaks("identifier", &workflow);
    }
}
