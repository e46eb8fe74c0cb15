//! `[environments]`: workloads, order of promotion, and time limits of deploys.

use std::rc::Rc;

use super::image::Image;
use super::names;
use super::references::References;
use super::scope::{Parts, Scope};
use super::times::{Login, Times};
use crate::at;
use crate::definition::{
    Duration, Environment as Written, Limit, Metric, Name, RunsOn, Smoke, Traffic as Moved, Workload as WrittenWorkload,
};
use crate::delivery::{self, Delivery};
use crate::diagnostics::Code;
use crate::traffic::{self, Provider, TRAFFIC};

/// An environment.
pub(crate) struct Environment<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// The environments that a version passes before this one, the nearest first.
    pub(crate) before: Vec<&'a Name>,
    /// The environments whose deploys pass through this one, itself included.
    pub(crate) reached_by: Vec<&'a Name>,
    /// Workloads, in the order of their deployment.
    pub(crate) workloads: Vec<Workload<'a>>,
    /// Images of the workloads, in the order of the definition.
    pub(crate) images: Vec<Rc<Image<'a>>>,
    /// Smoke tests.
    pub(crate) smoke: Option<&'a Smoke>,
    /// Metrics with their limits.
    pub(crate) limits: Vec<Limited<'a>>,
    /// Traffic provider and workload, unless all traffic moves at once.
    pub(crate) traffic: Option<Traffic<'a>>,
    /// The machine of its jobs: of several the first.
    pub(crate) machine: &'a RunsOn,
    /// The longest times of its steps.
    pub(crate) times: Times,
    /// Time limit of a deploy, in minutes.
    pub(crate) deploy_minutes: u64,
    /// Time limit of a rollback on demand, in minutes.
    pub(crate) roll_back_minutes: u64,
    /// Time limit of the job that recovers a lost deploy, in minutes.
    pub(crate) recover_minutes: u64,
}

/// A workload of an environment.
pub(crate) struct Workload<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a WrittenWorkload,
    /// The image that it runs.
    pub(crate) image: Rc<Image<'a>>,
    /// Delivery of a new image.
    pub(crate) delivery: Box<dyn Delivery + 'a>,
}

/// Traffic of a workload.
#[derive(Clone, Copy)]
pub(crate) struct Traffic<'a> {
    /// Its table.
    pub(crate) written: &'a Moved,
    /// Traffic provider.
    pub(crate) provider: &'static dyn Provider,
}

/// A metric and its limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limited<'a> {
    /// The metric's name.
    pub(crate) name: &'a Name,
    /// The metric.
    pub(crate) metric: &'a Metric,
    /// The limit.
    pub(crate) limit: &'a Limit,
}

impl<'a> Environment<'a> {
    /// Returns the environment without its missing references, which are reported.
    pub(super) fn of(
        scope: &Scope<'a>,
        declared: &Parts<'a, Image<'a>>,
        references: &mut References,
        above: &[Self],
        name: &'a Name,
        written: &'a Written,
    ) -> Self {
        let definition = scope.definition;
        let at = || at!["environments", name.as_str()];
        let before = before(scope, references, above, name, written);
        let workloads = workloads(scope, declared, references, name, written);
        let images: Vec<Rc<Image<'a>>> = declared
            .values()
            .filter(|image| workloads.iter().any(|workload| workload.image.name == image.name))
            .map(Rc::clone)
            .collect();
        if let Some(migrate) = &written.migrate {
            let at = || at().then("migrate").then("workload");
            references.find(("workloads", &definition.workloads), &migrate.workload, at);
        }
        let smoke = written.smoke.as_ref();
        let smoke = smoke.and_then(|smoke| references.find(("smoke", &definition.smoke), smoke, || at().then("smoke")));
        let limits = limits(scope, references, name, written);
        let traffic = traffic(scope, references, name, written);
        let waited =
            limits.iter().map(|it| it.metric.window.max(it.metric.when_few.extend.unwrap_or(it.metric.window)));
        let times = Times::of(written, waited.max().unwrap_or(Duration::from_seconds(0)));
        let longest = written.timeout.unwrap_or_else(|| longest(written, times, !limits.is_empty()));
        Self {
            name,
            written,
            before,
            reached_by: Vec::new(),
            workloads,
            images,
            smoke: smoke.map(|(_, smoke)| smoke),
            times,
            deploy_minutes: longest.minutes(),
            roll_back_minutes: (written.rollout.minutes() * 5 + 10).max(20),
            recover_minutes: (written.rollout.minutes() * 2).max(15),
            limits,
            traffic,
            machine: scope.machine(written.runs_on.as_ref()),
        }
    }

    /// Returns the id of the job that deploys to it.
    pub(crate) fn deploy_job(&self) -> String {
        names::deploy_job(self.name)
    }

    /// Returns the jobs that a deploy waits for: its images, and the deploy before it.
    pub(crate) fn waits_for(&self) -> Vec<String> {
        let images = self.images.iter().map(|image| image.job_id());
        images.chain(self.before.first().map(|before| names::deploy_job(before))).collect()
    }

    /// Returns the log-in to its cluster, if that ends before a long job does.
    pub(crate) fn login(&self) -> Option<Login> {
        Login::of(self.written)
    }

    /// Returns the traffic of a workload, unless it moves all at once.
    pub(crate) fn traffic_of(&self, workload: &Name) -> Option<Traffic<'a>> {
        self.traffic.filter(|traffic| traffic.written.workload == *workload)
    }
}

/// Sets `reached_by` of every environment.
pub(super) fn mark_reached(environments: &mut [Environment<'_>]) {
    for index in 0..environments.len() {
        let (before, rest) = environments.split_at_mut(index);
        let Some(here) = rest.first_mut() else { return };
        here.reached_by.push(here.name);
        for other in before.iter_mut().filter(|other| here.before.contains(&other.name)) {
            other.reached_by.push(here.name);
        }
    }
}

/// Returns the environments that a version passes before; one that is not declared above is reported.
fn before<'a>(
    scope: &Scope<'a>,
    references: &mut References,
    above: &[Environment<'a>],
    name: &Name,
    written: &Written,
) -> Vec<&'a Name> {
    let Some(needs) = &written.needs else { return Vec::new() };
    if let Some(nearest) = above.iter().find(|other| other.name == needs) {
        return std::iter::once(nearest.name).chain(nearest.before.iter().copied()).collect();
    }
    let at = at!["environments", name.as_str(), "needs"];
    let message = format!("`{needs}` is not declared above `{name}`");
    let code = Code("promotion-order");
    if scope.definition.environments.contains_key(needs) {
        references.error(code, at, message, format!("declare `{needs}` above `{name}`"));
    } else if above.is_empty() {
        references.error(code, at, message, format!("declare `[environments.{needs}]` above `{name}`"));
    } else {
        references.misspelt(code, at, message, needs, above.iter().map(|other| other.name.as_str()));
    }
    Vec::new()
}

fn workloads<'a>(
    scope: &Scope<'a>,
    images: &Parts<'a, Image<'a>>,
    references: &mut References,
    name: &Name,
    written: &Written,
) -> Vec<Workload<'a>> {
    let declared = &scope.definition.workloads;
    let find = |(index, workload): (usize, &Name)| {
        let at = || at!["environments", name.as_str(), "deploy", index];
        let (name, written) = references.find(("workloads", declared), workload, at)?;
        // A workload whose image does not exist is reported where it is declared.
        let image = Rc::clone(images.get(written.image.as_str())?);
        Some(Workload { name, written, image, delivery: delivery::of(&written.delivery) })
    };
    written.deploy.iter().enumerate().filter_map(find).collect()
}

fn limits<'a>(scope: &Scope<'a>, references: &mut References, name: &Name, written: &'a Written) -> Vec<Limited<'a>> {
    let declared = &scope.definition.metrics;
    let find = |(metric, limit)| {
        let at = || at!["environments", name.as_str(), "limits", Name::as_str(metric)];
        let (name, metric) = references.find(("metrics", declared), metric, at)?;
        Some(Limited { name, metric, limit })
    };
    written.limits.iter().filter_map(find).collect()
}

fn traffic<'a>(
    scope: &Scope<'a>,
    references: &mut References,
    name: &Name,
    written: &'a Written,
) -> Option<Traffic<'a>> {
    let written = written.traffic.as_ref()?;
    let at = || at!["environments", name.as_str(), "traffic"];
    references.find(("workloads", &scope.definition.workloads), &written.workload, || at().then("workload"));
    let provider = traffic::provider(&written.provider);
    if provider.is_none() {
        let known = TRAFFIC.iter().map(|known| known.name());
        let message = format!("there is no traffic provider `{}`", written.provider);
        references.misspelt(Code("runner-name"), at().then("provider"), message, &written.provider, known);
    }
    Some(Traffic { written, provider: provider? })
}

/// Returns the longest duration of a successful deploy, plus the time to roll back.
fn longest(environment: &Written, times: Times, is_judged: bool) -> Duration {
    let minutes = |minutes: u32| Duration::from_seconds(minutes * 60);
    let mut sum = minutes(20) + times.rollout * 2 + times.backup + times.migrate * 2;
    if let Some(traffic) = &environment.traffic {
        sum = sum + times.shift * traffic.holds() + times.rollout;
    }
    if is_judged {
        sum = sum + times.judge;
    }
    sum.min(minutes(6 * 60))
}
