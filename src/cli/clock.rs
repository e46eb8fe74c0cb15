//! The time of a call.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use pipewright::day::Day;

/// The time of the call in seconds since 1970, or that of `SOURCE_DATE_EPOCH`.
///
/// Source: <https://reproducible-builds.org/specs/source-date-epoch/>.
pub(crate) fn now() -> u64 {
    let given = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    given.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The day of the call in UTC.
pub(crate) fn today() -> Day {
    Day::from_unix_seconds(now())
}
