//! The trait of traffic providers.

use serde_json::Value;

use crate::definition::{Duration, Traffic};

/// A way to move traffic to a new version while the previous one still runs.
pub(crate) trait Provider: Sync {
    /// Its name, in the definition and in the emitted settings.
    fn name(&self) -> &'static str;
    /// The keys of `traffic` that it needs, each with an example; it refuses those of other providers.
    fn keys(&self) -> &'static [(&'static str, &'static str)];
    /// The settings of its script.
    fn settings(&self, traffic: &Traffic) -> Value;
    /// The steps that move the traffic.
    fn stages(&self, traffic: &Traffic) -> Stages;
}

/// The steps of a deploy that move traffic, by their names.
pub(crate) struct Stages {
    /// Deploys the new version without traffic.
    pub(crate) apply: &'static str,
    /// Sends the probes to it.
    pub(crate) smoke: &'static str,
    /// Shifts of traffic: name and percentage.
    pub(crate) shifts: Vec<(String, String)>,
    /// Gives the new version all traffic.
    pub(crate) promote: &'static str,
}

impl Stages {
    /// Returns whether the last shift has given all traffic already.
    pub(crate) fn shift_all(&self) -> bool {
        self.shifts.last().is_some_and(|(_, percent)| percent == "100")
    }
}

/// Formats a time as the scripts read it, in one unit.
pub(super) fn seconds(time: Duration) -> String {
    format!("{}s", time.seconds())
}
