//! Tools for Kubernetes clusters.

use super::entry::{Action, Release, old, opt};

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "azure/k8s-set-context",
        version: "v5.0.1",
        major: Some("v5"),
        inputs: &[
            opt("cluster-type"),
            opt("method"),
            opt("kubeconfig"),
            opt("kubeconfig-encoding"),
            opt("context"),
            opt("k8s-url"),
            opt("k8s-secret"),
            opt("token"),
            opt("resource-group"),
            opt("cluster-name"),
        ],
        ..Action::UNKNOWN
    },
    // `version` is `latest` unless it is set.
    Action {
        name: "azure/setup-helm",
        version: "v5.0.1",
        major: Some("v5"),
        inputs: &[opt("version"), old("token"), opt("downloadBaseURL")],
        outputs: &["helm-path"],
        ..Action::UNKNOWN
    },
    // `version` is `latest` unless it is set.
    Action {
        name: "azure/setup-kubectl",
        version: "v5.1.0",
        major: Some("v5"),
        pin: Some(Release { tag: "v5.1.0", sha: "829323503d1be3d00ca8346e5391ca0b07a9ab0d", date: Some("2026-04-15") }),
        inputs: &[opt("version")],
        outputs: &["kubectl-path"],
        ..Action::UNKNOWN
    },
];
