//! `[notify]`: notifications about deploys.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::Value;

/// Notifications about the end of a deploy.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Notify {
    /// A Slack channel.
    ///
    /// Default: no message.
    /// Example: `{ webhook = { secret = "SLACK_WEBHOOK_URL" }, on = ["failure", "rollback"] }`
    #[serde(default)]
    pub slack: Option<Slack>,
    /// An issue in this repository.
    ///
    /// Default: no issue.
    /// Example: `{ labels = ["deployment"], on = ["rollback"] }`
    #[serde(default)]
    pub issue: Option<Issue>,
}

/// A Slack channel, by its incoming webhook.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Slack {
    /// URL of the incoming webhook.
    ///
    /// Example: `{ secret = "SLACK_WEBHOOK_URL" }`
    pub webhook: Value,
    /// Events that send a message.
    ///
    /// Example: `["success", "failure", "rollback"]`
    #[serde(default = "bad_news")]
    pub on: Vec<Event>,
}

/// An issue in this repository; an open one gets a comment instead of a duplicate.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Issue {
    /// Labels of the issue.
    ///
    /// Example: `["deployment", "rollback"]`
    #[serde(default)]
    pub labels: Vec<String>,
    /// Events that open an issue.
    ///
    /// Example: `["rollback"]`
    #[serde(default = "bad_news")]
    pub on: Vec<Event>,
}

/// End of a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The new version is verified.
    Success,
    /// It failed before anything was changed.
    Failure,
    /// It failed, and the previous version was rolled back to.
    Rollback,
}

fn bad_news() -> Vec<Event> {
    vec![Event::Failure, Event::Rollback]
}
