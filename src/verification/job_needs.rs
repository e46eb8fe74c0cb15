//! A job waits for jobs that exist, and never for itself.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::workflow::{Job, Workflow};

pub(crate) struct JobNeeds;

impl Rule for JobNeeds {
    fn code(&self) -> Code {
        Code("job-needs")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/job-needs.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for workflow in set.workflows {
            for job in &workflow.jobs {
                self.names(workflow, job, found);
            }
            for circle in Circles::of(workflow) {
                let ids: Vec<String> = circle.iter().map(|job| format!("`{}`", job.id)).collect();
                let Some(first) = circle.first() else { continue };
                let message = format!("the job `{}` waits for itself: {}", first.id, ids.join(" waits for "));
                let help = "take one of them out of `needs`";
                found.push(Diagnostic::error(self.code(), first.origin.clone(), message).help(help));
            }
        }
    }
}

impl JobNeeds {
    fn names(&self, workflow: &Workflow, job: &Job, found: &mut Vec<Diagnostic>) {
        for (position, need) in job.needs.iter().enumerate() {
            let at = || job.origin.clone().then("needs").then(position);
            if !workflow.jobs.iter().any(|other| other.id.eq_ignore_ascii_case(need)) {
                let message =
                    format!("the job `{}` waits for `{need}`, which `{}` does not have", job.id, workflow.file);
                let others = workflow.jobs.iter().map(|other| other.id.as_str()).filter(|id| *id != job.id);
                found.push(Diagnostic::error(self.code(), at(), message).help(did_you_mean(need, others)));
            }
            if job.needs.iter().take(position).any(|before| before.eq_ignore_ascii_case(need)) {
                let message = format!("the job `{}` names `{need}` twice", job.id);
                found.push(Diagnostic::error(self.code(), at(), message).help("name it once"));
            }
        }
    }
}

/// Looks for jobs that wait for themselves; each job is walked once.
struct Circles<'w> {
    jobs: &'w [Job],
    /// Jobs by the positions of those that they wait for.
    needs: Vec<Vec<usize>>,
    done: Vec<bool>,
    /// The jobs that the walk has come through.
    way: Vec<usize>,
    found: Vec<Vec<&'w Job>>,
}

impl<'w> Circles<'w> {
    /// Every cycle: its jobs, the first again at the end.
    fn of(workflow: &'w Workflow) -> Vec<Vec<&'w Job>> {
        let jobs = workflow.jobs.as_slice();
        let position = |id: &String| jobs.iter().position(|job| job.id.eq_ignore_ascii_case(id));
        let needs = jobs.iter().map(|job| job.needs.iter().filter_map(position).collect()).collect();
        let mut circles = Self { jobs, needs, done: vec![false; jobs.len()], way: Vec::new(), found: Vec::new() };
        (0..jobs.len()).for_each(|start| circles.walk(start));
        circles.found
    }

    fn walk(&mut self, at: usize) {
        if let Some(start) = self.way.iter().position(|before| *before == at) {
            let circle = self.way.iter().skip(start).chain([&at]);
            self.found.push(circle.filter_map(|index| self.jobs.get(*index)).collect());
        } else if self.done.get(at) == Some(&false) {
            self.way.push(at);
            for next in self.needs.get_mut(at).map(std::mem::take).unwrap_or_default() {
                self.walk(next);
            }
            self.way.pop();
            self.done.get_mut(at).into_iter().for_each(|done| *done = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, job, passes, second_job};

    #[test]
    fn a_job_that_does_not_exist() {
        let mut workflow = clean();
        second_job(&mut workflow).needs = vec!["bild".to_owned()];
        let found = breaks("job-needs", &workflow);
        assert_eq!(found[0].help.as_deref(), Some("did you mean `build`?"));
    }

    #[test]
    fn a_circle_is_told_once() {
        let mut workflow = clean();
        second_job(&mut workflow).needs = vec!["build".to_owned()];
        passes(&workflow);
        job(&mut workflow).needs = vec!["second".to_owned()];
        let found = breaks("job-needs", &workflow);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.ends_with("`build` waits for `second` waits for `build`"), "{}", found[0].message);
    }

    #[test]
    fn a_job_that_waits_for_itself() {
        let mut workflow = clean();
        job(&mut workflow).needs = vec!["build".to_owned()];
        let found = breaks("job-needs", &workflow);
        assert!(found[0].message.ends_with("`build` waits for `build`"), "{}", found[0].message);
    }

    #[test]
    fn a_job_named_twice() {
        let mut workflow = clean();
        second_job(&mut workflow).needs = vec!["build".to_owned(), "build".to_owned()];
        breaks("job-needs", &workflow);
    }
}
