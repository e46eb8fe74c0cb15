//! A commit to the repository that a GitOps controller follows.
//!
//! Source: <https://argo-cd.readthedocs.io/en/stable/user-guide/ci_automation/>,
//! <https://fluxcd.io/flux/components/kustomize/kustomizations/>

use serde_json::{Map, Value};

use super::way::{Delivery, Target, target};
use crate::definition::{ExternalValue, Gitops as Written, Workload};

pub(crate) struct Gitops<'a> {
    pub(super) gitops: &'a Written,
}

impl Delivery for Gitops<'_> {
    fn name(&self) -> &'static str {
        "gitops"
    }

    fn external_values(&self) -> Vec<&ExternalValue> {
        self.gitops.token.external().into_iter().collect()
    }

    fn settings(&self, workload: &Workload, to: &Target<'_>) -> Map<String, Value> {
        let Written { repository, branch, path, token } = self.gitops;
        let mut settings = target(workload);
        settings.insert("repository".to_owned(), repository.as_str().into());
        settings.insert("branch".to_owned(), branch.as_str().into());
        settings.insert("path".to_owned(), to.filled(path).into());
        settings.insert("token".to_owned(), (to.value)(token));
        settings
    }
}
