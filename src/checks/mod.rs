//! One file per rule about the definition.

pub(crate) mod explain;
mod support;
#[cfg(test)]
mod tests;

mod all_ignored;
mod build_arg;
mod cache_mode;
mod cache_scope;
mod call_trigger;
mod called_workflow;
mod check;
mod command_missing;
mod condition;
mod conditional_tests;
mod coverage_unenforced;
mod deploy_without_smoke;
mod deployment_without_environment;
mod dockerfile_order;
mod duplicate_item;
mod duplicate_path;
mod empty_text;
mod env_name;
mod expression_in_text;
mod gate_loosened;
mod gitops_repository;
mod hard_coded_url;
mod helm_values;
mod hold_too_short;
mod ignored_failure;
mod image_lancedb;
mod invalid_value;
mod job_container;
mod job_kind;
mod latest_image;
mod left_out_tests;
mod limit_unit;
mod limit_without_prometheus;
mod literal_secret;
mod local_action;
mod login_lifetime;
mod looser_in_production;
mod matrix;
mod matrix_too_large;
mod metric_fails_open;
mod metric_query;
mod metric_scope;
mod migrate_workload;
mod missing_lock;
mod missing_path;
mod name_clash;
mod needs_cycle;
mod nightly_missing;
mod no_checkout;
mod no_cluster;
mod not_tests;
mod nothing_tested;
mod one_cluster_access;
mod order_not_random;
mod out_of_range;
mod packages_need_linux;
mod path_outside;
mod permission_scope;
mod pip_no_cache;
mod probe_without_expectation;
mod ref_pattern;
mod registry_login;
mod required_needs_reported;
mod rollback_needs_approval;
mod run_value;
mod runner_capability;
mod runner_label;
mod runs_on_list;
mod secret_in_build_arg;
mod secret_outside_environment;
mod service_image;
mod service_needs_linux;
mod service_without_health;
mod shared_service;
mod silent_rollback;
mod smoke_login;
mod smoke_without_login;
mod smoke_without_url;
mod step_id;
mod step_kind;
mod test_selection;
mod timezone;
mod toolchain;
mod traffic_keys;
mod traffic_workload;
mod undo_without_current;
mod unmatched_glob;
mod unused;
mod url_in_secret;
mod version_file;
mod window_too_few;
mod workflow_triggers;
mod workload_target;

use crate::diagnostics::Diagnostic;

pub(crate) use check::{Check, Subject};

/// Every rule about the definition.
pub(crate) const CHECKS: &[&dyn Check] = &[
    &all_ignored::AllIgnored,
    &build_arg::BuildArg,
    &cache_mode::CacheMode,
    &cache_scope::CacheScope,
    &call_trigger::CallTrigger,
    &called_workflow::CalledWorkflow,
    &command_missing::CommandMissing,
    &condition::Condition,
    &conditional_tests::ConditionalTests,
    &coverage_unenforced::CoverageUnenforced,
    &deploy_without_smoke::DeployWithoutSmoke,
    &deployment_without_environment::DeploymentWithoutEnvironment,
    &dockerfile_order::DockerfileOrder,
    &duplicate_item::DuplicateItem,
    &duplicate_path::DuplicatePath,
    &empty_text::EmptyText,
    &env_name::EnvName,
    &expression_in_text::ExpressionInText,
    &gate_loosened::GateLoosened,
    &gitops_repository::GitopsRepository,
    &hard_coded_url::HardCodedUrl,
    &helm_values::HelmValues,
    &hold_too_short::HoldTooShort,
    &ignored_failure::IgnoredFailure,
    &image_lancedb::ImageLancedb,
    &invalid_value::InvalidValue,
    &job_container::JobContainer,
    &job_kind::JobKind,
    &latest_image::LatestImage,
    &left_out_tests::LeftOutTests,
    &limit_unit::LimitUnit,
    &limit_without_prometheus::LimitWithoutPrometheus,
    &literal_secret::LiteralSecret,
    &local_action::LocalAction,
    &login_lifetime::LoginLifetime,
    &looser_in_production::LooserInProduction,
    &matrix::Matrix,
    &matrix_too_large::MatrixTooLarge,
    &metric_fails_open::MetricFailsOpen,
    &metric_query::MetricQuery,
    &metric_scope::MetricScope,
    &migrate_workload::MigrateWorkload,
    &undo_without_current::UndoWithoutCurrent,
    &missing_lock::MissingLock,
    &missing_path::MissingPath,
    &name_clash::NameClash,
    &needs_cycle::NeedsCycle,
    &nightly_missing::NightlyMissing,
    &no_checkout::NoCheckout,
    &no_cluster::NoCluster,
    &not_tests::NotTests,
    &nothing_tested::NothingTested,
    &one_cluster_access::OneClusterAccess,
    &order_not_random::OrderNotRandom,
    &out_of_range::OutOfRange,
    &packages_need_linux::PackagesNeedLinux,
    &path_outside::PathOutside,
    &permission_scope::PermissionScope,
    &pip_no_cache::PipNoCache,
    &probe_without_expectation::ProbeWithoutExpectation,
    &ref_pattern::RefPattern,
    &registry_login::RegistryLogin,
    &required_needs_reported::RequiredNeedsReported,
    &rollback_needs_approval::RollbackNeedsApproval,
    &run_value::RunValue,
    &runner_capability::RunnerCapability,
    &runner_label::RunnerLabel,
    &runs_on_list::RunsOnList,
    &secret_in_build_arg::SecretInBuildArg,
    &secret_outside_environment::SecretOutsideEnvironment,
    &service_image::ServiceImage,
    &service_needs_linux::ServiceNeedsLinux,
    &service_without_health::ServiceWithoutHealth,
    &shared_service::SharedService,
    &silent_rollback::SilentRollback,
    &smoke_login::SmokeLogin,
    &smoke_without_login::SmokeWithoutLogin,
    &smoke_without_url::SmokeWithoutUrl,
    &step_id::StepId,
    &step_kind::StepKind,
    &test_selection::TestSelection,
    &timezone::Timezone,
    &toolchain::Toolchain,
    &traffic_keys::TrafficKeys,
    &traffic_workload::TrafficWorkload,
    &unmatched_glob::UnmatchedGlob,
    &unused::Unused,
    &url_in_secret::UrlInSecret,
    &version_file::VersionFile,
    &window_too_few::WindowTooFew,
    &workflow_triggers::WorkflowTriggers,
    &workload_target::WorkloadTarget,
];

/// Everything that is wrong with a definition.
pub(crate) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for check in CHECKS {
        check.check(subject, &mut found);
    }
    found
}
