//! The longest times of a deploy's steps.

use crate::definition::{Duration, Environment as Written};

/// The longest time that each kind of step may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// The backup.
    pub(crate) backup: Duration,
    /// A migration, and a command that reads or verifies the schema.
    pub(crate) migrate: Duration,
    /// A rollout.
    pub(crate) rollout: Duration,
    /// One share of the traffic, with its hold; a hold is extended while too few requests come.
    pub(crate) shift: Duration,
    /// The last check of the metrics.
    pub(crate) judge: Duration,
    /// Any other step.
    pub(crate) other: Duration,
}

impl Times {
    /// `judge` is the longest window of a metric, extended.
    pub(super) fn of(written: &Written, judge: Duration) -> Self {
        let none = Duration::from_seconds(0);
        Self {
            backup: written.backup.as_ref().map_or(none, |backup| backup.timeout),
            migrate: written.migrate.as_ref().map_or(none, |migrate| migrate.timeout),
            rollout: written.rollout,
            shift: written.traffic.as_ref().map_or(none, |traffic| traffic.hold + judge),
            judge,
            other: Duration::from_seconds(2 * 60),
        }
    }
}

/// A log-in to a cloud that ends before a long job does.
///
/// Sources: <https://github.com/aws-actions/configure-aws-credentials>, `role-duration-seconds`;
/// <https://learn.microsoft.com/azure/active-directory/workload-identities/workload-identity-federation>. Google's
/// library renews its log-in from the job's OIDC endpoint, and a kubeconfig is renewed by its owner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Login {
    /// The cloud.
    pub(crate) cloud: &'static str,
    /// The time within which it can be relied on.
    pub(crate) usable: Duration,
}

impl Login {
    pub(super) fn of(written: &Written) -> Option<Self> {
        let (cluster, login) = (written.cluster.as_ref(), written.login.as_ref());
        let aws = cluster.is_some_and(|it| it.eks.is_some()) || login.is_some_and(|it| it.aws.is_some());
        let azure = cluster.is_some_and(|it| it.aks.is_some()) || login.is_some_and(|it| it.azure.is_some());
        let cloud = match (aws, azure) {
            (true, _) => "AWS",
            (_, true) => "Azure",
            _ => return None,
        };
        Some(Self { cloud, usable: Duration::from_seconds(55 * 60) })
    }
}
