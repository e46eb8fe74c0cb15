//! Access to a cluster: kubectl, and a kubeconfig from the cloud provider.

use minijinja::context;

use super::super::context::Context;
use super::super::steps::value;
use crate::definition::{Cluster, Environment};
use crate::supplies::Supplies as _;
use crate::trace::Origin;
use crate::workflow::{Access, Permission, Property, Step, Value, grant, pairs, step};

/// The variable that names the kubeconfig of a job.
pub(super) fn kubeconfig() -> (&'static str, Value) {
    ("KUBECONFIG", Value::temp("kubeconfig"))
}

impl Context<'_> {
    /// Returns the steps that give a job access to the cluster.
    pub(super) fn cluster(&self, environment: &Environment, origin: &Origin) -> Vec<Step> {
        let origin = origin.clone().then("cluster");
        let kubectl = self.tool("kubectl", &origin);
        let with = kubectl.iter().map(|kubectl| ("version".to_owned(), Value::from(&kubectl.version))).collect();
        let install = Step::uses("Set up kubectl", self.action("azure/setup-kubectl", with, &origin), origin.clone());
        let mut steps = vec![install.id("kubectl")];
        let hash = |platform| kubectl.as_ref().and_then(|kubectl| kubectl.sha256(platform));
        if let (Some(amd64), Some(arm64)) = (hash("linux-amd64"), hash("linux-arm64")) {
            let script = self.script("steps/kubectl.sh", context! { amd64, arm64 });
            let verify = Step::run("Verify kubectl", script, origin.clone());
            steps.push(
                verify.env(pairs![("KUBECTL", step("kubectl").output("kubectl-path")), ("ARCH", Property::RunnerArch)]),
            );
        }
        steps.extend(self.log_in(&environment.cluster, &origin));
        steps
    }

    /// Returns the step that logs in to the cloud again; the kubeconfig stays as it is.
    pub(super) fn log_in_again(&self, environment: &Environment, origin: &Origin) -> Option<Step> {
        let mut again = self.log_in(&environment.cluster, &origin.clone().then("cluster")).into_iter().next()?;
        again.name.push_str(" again");
        Some(again)
    }

    fn log_in(&self, cluster: &Cluster, origin: &Origin) -> Vec<Step> {
        if let Some(eks) = &cluster.eks {
            let with = pairs![("role-to-assume", value(&eks.role)), ("aws-region", &eks.region)];
            let action = self.action("aws-actions/configure-aws-credentials", with, origin);
            let script =
                self.script("steps/eks.sh", context! { cluster => eks.cluster.clone(), region => eks.region.clone() });
            return vec![
                Step::uses("Log in to AWS", action, origin.clone()),
                Step::run("Connect to the cluster", script, origin.clone()).env([kubeconfig()]),
            ];
        }
        if let Some(gke) = &cluster.gke {
            let with = pairs![
                ("workload_identity_provider", value(&gke.provider)),
                ("service_account", value(&gke.service_account)),
                ("project_id", &gke.project),
            ];
            let action = self.action("google-github-actions/auth", with, origin);
            let credential = self.emitted("gke-credential.sh");
            let script = self.script("steps/gke.sh", context! {
                credential, cluster => gke.cluster.clone(), location => gke.location.clone(), project => gke.project.clone(),
            });
            return vec![
                Step::uses("Log in to Google Cloud", action, origin.clone()),
                Step::run("Connect to the cluster", script, origin.clone()).env([kubeconfig()]),
            ];
        }
        if let Some(aks) = &cluster.aks {
            let with = pairs![
                ("client-id", value(&aks.client_id)),
                ("tenant-id", value(&aks.tenant_id)),
                ("subscription-id", value(&aks.subscription_id)),
            ];
            let action = self.action("azure/login", with, origin);
            let credential = self.emitted("aks-credential.sh");
            let script = self.script(
                "steps/aks.sh",
                context! {
                    credential, cluster => aks.cluster.clone(), group => aks.resource_group.clone(),
                },
            );
            return vec![
                Step::uses("Log in to Azure", action, origin.clone()),
                Step::run("Connect to the cluster", script, origin.clone()).env([kubeconfig()]),
            ];
        }
        Vec::new()
    }

    /// Returns the permissions of the access to a cluster.
    pub(super) fn grant_cluster(environment: &Environment, permissions: &mut Vec<Permission>) {
        let cluster = &environment.cluster;
        if cluster.eks.is_some() || cluster.gke.is_some() || cluster.aks.is_some() {
            grant(permissions, "id-token", Access::Write, "log in to the cloud without a stored key");
        }
    }
}
