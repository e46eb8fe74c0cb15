//! Access to a cluster: kubectl, and a kubeconfig from the cloud provider.

use minijinja::context;

use super::super::context::Context;
use super::super::steps::value;
use crate::definition::{CloudLogin, Environment, Value as Written};
use crate::supplies::Supplies as _;
use crate::trace::Origin;
use crate::workflow::{Access, Pairs, Permission, Property, Step, Value, grant, pairs, step};

/// The variable that names the kubeconfig of a job.
pub(super) fn kubeconfig(environment: &Environment) -> Pairs {
    if environment.cluster.is_some() { pairs![("KUBECONFIG", Value::temp("kubeconfig"))] } else { Pairs::new() }
}

impl Context<'_> {
    /// Returns the steps that give a job access to the cluster, or to the cloud.
    pub(super) fn cluster(&self, environment: &Environment, origin: &Origin) -> Vec<Step> {
        if environment.cluster.is_none() {
            return self.log_in(environment, &origin.clone().then("login"));
        }
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
        steps.extend(self.log_in(environment, &origin));
        steps
    }

    /// Returns the step that logs in to the cloud again; the kubeconfig stays as it is.
    pub(super) fn log_in_again(&self, environment: &Environment, origin: &Origin) -> Option<Step> {
        let key = if environment.cluster.is_some() { "cluster" } else { "login" };
        let mut again = self.log_in(environment, &origin.clone().then(key)).into_iter().next()?;
        again.name.push_str(" again");
        Some(again)
    }

    fn log_in(&self, environment: &Environment, origin: &Origin) -> Vec<Step> {
        if let Some(login) = &environment.login {
            let CloudLogin { aws, gcp, azure } = login;
            let aws = aws.iter().map(|it| self.aws(&it.role, &it.region, origin));
            let gcp = gcp.iter().map(|it| self.google(&it.provider, &it.service_account, &it.project, origin));
            let azure = azure.iter().map(|it| self.azure(&it.client_id, &it.tenant_id, &it.subscription_id, origin));
            return aws.chain(gcp).chain(azure).collect();
        }
        let Some(cluster) = &environment.cluster else { return Vec::new() };
        let connect = |script| Step::run("Connect to the cluster", script, origin.clone()).env(kubeconfig(environment));
        if let Some(eks) = &cluster.eks {
            let script =
                self.script("steps/eks.sh", context! { cluster => eks.cluster.clone(), region => eks.region.clone() });
            return vec![self.aws(&eks.role, &eks.region, origin), connect(script)];
        }
        if let Some(gke) = &cluster.gke {
            let credential = self.emitted("gke-credential.sh");
            let script = self.script("steps/gke.sh", context! {
                credential, cluster => gke.cluster.clone(), location => gke.location.clone(), project => gke.project.clone(),
            });
            return vec![self.google(&gke.provider, &gke.service_account, &gke.project, origin), connect(script)];
        }
        if let Some(aks) = &cluster.aks {
            let credential = self.emitted("aks-credential.sh");
            let script = self.script(
                "steps/aks.sh",
                context! {
                    credential, cluster => aks.cluster.clone(), group => aks.resource_group.clone(),
                },
            );
            return vec![self.azure(&aks.client_id, &aks.tenant_id, &aks.subscription_id, origin), connect(script)];
        }
        Vec::new()
    }

    fn aws(&self, role: &Written, region: &str, origin: &Origin) -> Step {
        let with = pairs![("role-to-assume", value(role)), ("aws-region", region)];
        let action = self.action("aws-actions/configure-aws-credentials", with, origin);
        Step::uses("Log in to AWS", action, origin.clone())
    }

    fn google(&self, provider: &Written, account: &Written, project: &str, origin: &Origin) -> Step {
        let with = pairs![
            ("workload_identity_provider", value(provider)),
            ("service_account", value(account)),
            ("project_id", project),
        ];
        let action = self.action("google-github-actions/auth", with, origin);
        Step::uses("Log in to Google Cloud", action, origin.clone())
    }

    fn azure(&self, client: &Written, tenant: &Written, subscription: &Written, origin: &Origin) -> Step {
        let with = pairs![
            ("client-id", value(client)),
            ("tenant-id", value(tenant)),
            ("subscription-id", value(subscription)),
        ];
        Step::uses("Log in to Azure", self.action("azure/login", with, origin), origin.clone())
    }

    /// Returns the permissions of the access to a cluster or a cloud.
    pub(super) fn grant_cluster(environment: &Environment, permissions: &mut Vec<Permission>) {
        if environment.logs_in_by_oidc() {
            grant(permissions, "id-token", Access::Write, "log in to the cloud without a stored key");
        }
    }
}
