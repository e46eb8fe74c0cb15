//! An environment without a cluster has a store of its marks, and workloads that commands deliver.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{CloudLogin, Definition, Delivery, Environment, Name};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct NoCluster;

const CODE: Code = Code("no-cluster");
const ADD: &str = "add `cluster = { kubeconfig = { secret = \"KUBECONFIG\" }, namespace = \"…\" }`";

impl Check for NoCluster {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/no-cluster.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            if environment.cluster.is_some() {
                superfluous(at, environment, found);
            } else {
                stored(at, name, environment, found);
                needing(at, name, environment, found);
                delivered(at, definition, environment, found);
                logged_in(at, environment, found);
            }
        });
        entries(&ROOT, "metrics", &definition.metrics, &mut |at, name, metric| {
            let asks = |query: &str| query.contains("$namespace");
            let without = |it: &(&Name, &Environment)| it.1.cluster.is_none() && it.1.limits.contains_key(name);
            let Some((environment, _)) = definition.environments.iter().find(without) else { return };
            if asks(&metric.query) || metric.samples.as_ref().is_some_and(|samples| asks(&samples.query)) {
                let message = format!("`{environment}` has no cluster, so `$namespace` is empty in it");
                found.push(Diagnostic::error(CODE, at.key("query").at(), message).help("use `$environment`"));
            }
        });
    }
}

/// Keys that an environment with a cluster does not read.
fn superfluous(at: &Trail<'_>, environment: &Environment, found: &mut Vec<Diagnostic>) {
    let keys = [
        ("login", environment.login.is_some(), "`cluster` has the login: write `eks`, `gke` or `aks` there"),
        ("marks", environment.marks.is_some(), "the marks are annotations in the cluster: remove `marks`"),
    ];
    for (key, is_set, help) in keys {
        if is_set {
            let message = format!("`{key}` is for environments without a cluster");
            let related = at.key("cluster").at();
            found.push(Diagnostic::error(CODE, at.key(key).at(), message).related(related, "the cluster").help(help));
        }
    }
}

fn stored(at: &Trail<'_>, name: &Name, environment: &Environment, found: &mut Vec<Diagnostic>) {
    if environment.marks.is_none() {
        let message =
            format!("`{name}` has neither a cluster nor a store of its marks, so no version could be restored");
        let help = format!("{ADD}, or `marks = {{ read = \"…\", write = \"…\" }}`");
        found.push(Diagnostic::error(CODE, at.at(), message).help(help));
    }
}

/// Keys that run in a cluster.
fn needing(at: &Trail<'_>, name: &Name, environment: &Environment, found: &mut Vec<Diagnostic>) {
    let keys = [
        ("backup", environment.backup.is_some()),
        ("migrate", environment.migrate.is_some()),
        ("traffic", environment.traffic.is_some()),
    ];
    for (key, _) in keys.iter().filter(|(_, is_set)| *is_set) {
        let message = format!("`{key}` runs in a cluster, and `{name}` has none");
        let help = format!("{ADD}, or do it in the commands of the workload");
        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
    }
}

fn delivered(at: &Trail<'_>, definition: &Definition, environment: &Environment, found: &mut Vec<Diagnostic>) {
    let at = at.key("deploy");
    for (index, name) in environment.deploy.iter().enumerate() {
        let Some(workload) = definition.workloads.get(name) else { continue };
        if !matches!(workload.delivery, Delivery::Commands(_)) {
            let message = format!("`{name}` is delivered to a cluster, and this environment has none");
            let help = format!("{ADD}, or deliver it by `commands`");
            let related = ROOT.key("workloads").key(name).at();
            found.push(
                Diagnostic::error(CODE, at.index(index).at(), message).related(related, "the workload").help(help),
            );
        }
    }
}

fn logged_in(at: &Trail<'_>, environment: &Environment, found: &mut Vec<Diagnostic>) {
    let Some(CloudLogin { aws, gcp, azure }) = &environment.login else { return };
    let ways = [("aws", aws.is_some()), ("gcp", gcp.is_some()), ("azure", azure.is_some())];
    let given: Vec<&str> = ways.iter().filter(|(_, is)| *is).map(|(way, _)| *way).collect();
    let at = at.key("login");
    match given.as_slice() {
        [_] => {}
        [] => {
            found.push(Diagnostic::error(CODE, at.at(), "`login` names no cloud").help("add `aws`, `gcp` or `azure`"));
        }
        [first, others @ ..] => {
            for other in others {
                let message = format!("`login` has two clouds: `{first}` and `{other}`");
                let related = at.key(first).at();
                let diagnostic = Diagnostic::error(CODE, at.key(other).at(), message).related(related, "the other one");
                found.push(diagnostic.help("keep one of them"));
            }
        }
    }
}
