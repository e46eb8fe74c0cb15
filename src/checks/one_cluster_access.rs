//! An environment has exactly one way into its cluster.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct OneClusterAccess;

const CODE: Code = Code("one-cluster-access");

impl Check for OneClusterAccess {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/one-cluster-access.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "environments", &subject.definition.environments, &mut |at, name, environment| {
            let Some(cluster) = &environment.cluster else { return };
            let ways = [
                ("kubeconfig", cluster.kubeconfig.is_some()),
                ("eks", cluster.eks.is_some()),
                ("gke", cluster.gke.is_some()),
                ("aks", cluster.aks.is_some()),
            ];
            let mut ways = ways.iter().filter(|(_, is)| *is).map(|(way, _)| *way);
            let at = at.key("cluster");
            let Some(first) = ways.next() else {
                let message = format!("`{name}` has no way into its cluster");
                let help = "add `kubeconfig = { secret = \"KUBECONFIG\" }`, `eks`, `gke` or `aks`";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                return;
            };
            for other in ways {
                let message = format!("`{name}` has two ways into its cluster: `{first}` and `{other}`");
                let diagnostic = Diagnostic::error(CODE, at.key(other).at(), message);
                found.push(diagnostic.related(at.key(first).at(), "the other one").help("keep one of them"));
            }
        });
    }
}
