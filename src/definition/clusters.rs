//! Clusters and clouds of environments, and the logins to them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::value::Value;

/// A cluster, the login to it, and the namespace.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cluster {
    /// The namespace.
    ///
    /// Example: `"staging"`
    pub namespace: String,
    /// Login by a kubeconfig, as text.
    ///
    /// Default: another login is set.
    /// Example: `{ secret = "KUBECONFIG" }`
    #[serde(default)]
    pub kubeconfig: Option<Value>,
    /// Login to Amazon EKS by OIDC.
    ///
    /// Default: another login is set.
    /// Example: `{ role = { var = "AWS_ROLE" }, region = "eu-central-1", cluster = "atom" }`
    #[serde(default)]
    pub eks: Option<Eks>,
    /// Login to Google Kubernetes Engine by OIDC.
    ///
    /// Default: another login is set.
    /// Example: `{ provider = { var = "GCP_PROVIDER" }, service-account = { var = "GCP_ACCOUNT" }, project = "acme", location = "europe-west3", cluster = "atom" }`
    #[serde(default)]
    pub gke: Option<Gke>,
    /// Login to Azure Kubernetes Service by OIDC.
    ///
    /// Default: another login is set.
    /// Example: `{ client-id = { var = "AZURE_CLIENT_ID" }, tenant-id = { var = "AZURE_TENANT_ID" }, subscription-id = { var = "AZURE_SUBSCRIPTION_ID" }, resource-group = "atom", cluster = "atom" }`
    #[serde(default)]
    pub aks: Option<Aks>,
}

/// Login to a cloud by OIDC. It has one of the keys.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CloudLogin {
    /// Login to AWS.
    ///
    /// Default: another login is set.
    /// Example: `{ role = { var = "AWS_ROLE" }, region = "eu-central-1" }`
    #[serde(default)]
    pub aws: Option<Aws>,
    /// Login to Google Cloud.
    ///
    /// Default: another login is set.
    /// Example: `{ provider = { var = "GCP_PROVIDER" }, service-account = { var = "GCP_ACCOUNT" }, project = "acme" }`
    #[serde(default)]
    pub gcp: Option<Gcp>,
    /// Login to Azure.
    ///
    /// Default: another login is set.
    /// Example: `{ client-id = { var = "AZURE_CLIENT_ID" }, tenant-id = { var = "AZURE_TENANT_ID" }, subscription-id = { var = "AZURE_SUBSCRIPTION_ID" } }`
    #[serde(default)]
    pub azure: Option<Azure>,
}

/// Login to AWS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aws {
    /// ARN of the IAM role to assume.
    ///
    /// Example: `{ var = "AWS_ROLE" }`
    pub role: Value,
    /// AWS region.
    ///
    /// Example: `"eu-central-1"`
    pub region: String,
}

/// Login to Google Cloud.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gcp {
    /// Workload identity provider.
    ///
    /// Example: `{ var = "GCP_PROVIDER" }`
    pub provider: Value,
    /// Service account to impersonate.
    ///
    /// Example: `{ var = "GCP_ACCOUNT" }`
    pub service_account: Value,
    /// The project.
    ///
    /// Example: `"acme"`
    pub project: String,
}

/// Login to Azure.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Azure {
    /// Client ID of the application.
    ///
    /// Example: `{ var = "AZURE_CLIENT_ID" }`
    pub client_id: Value,
    /// Tenant ID.
    ///
    /// Example: `{ var = "AZURE_TENANT_ID" }`
    pub tenant_id: Value,
    /// Subscription ID.
    ///
    /// Example: `{ var = "AZURE_SUBSCRIPTION_ID" }`
    pub subscription_id: Value,
}

/// A cluster on Amazon EKS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Eks {
    /// ARN of the IAM role to assume.
    ///
    /// Example: `{ var = "AWS_ROLE" }`
    pub role: Value,
    /// AWS region.
    ///
    /// Example: `"eu-central-1"`
    pub region: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}

/// A cluster on Google Kubernetes Engine.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gke {
    /// Workload identity provider.
    ///
    /// Example: `{ var = "GCP_PROVIDER" }`
    pub provider: Value,
    /// Service account to impersonate.
    ///
    /// Example: `{ var = "GCP_ACCOUNT" }`
    pub service_account: Value,
    /// The project that the cluster belongs to.
    ///
    /// Example: `"acme"`
    pub project: String,
    /// The cluster's region or zone.
    ///
    /// Example: `"europe-west3"`
    pub location: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}

/// A cluster on Azure Kubernetes Service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aks {
    /// Client ID of the application.
    ///
    /// Example: `{ var = "AZURE_CLIENT_ID" }`
    pub client_id: Value,
    /// Tenant ID.
    ///
    /// Example: `{ var = "AZURE_TENANT_ID" }`
    pub tenant_id: Value,
    /// Subscription ID.
    ///
    /// Example: `{ var = "AZURE_SUBSCRIPTION_ID" }`
    pub subscription_id: Value,
    /// The cluster's resource group.
    ///
    /// Example: `"atom"`
    pub resource_group: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}
