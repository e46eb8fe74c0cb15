//! The pin of an image, compared with its registry.

use serde_json::Value;

use super::process::Unreachable;
use super::registry::{blob, manifest};
use crate::day::Day;

/// A pinned image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image<'i> {
    /// Its reference, with the tag.
    pub reference: &'i str,
    /// Its digest.
    pub digest: &'i str,
}

/// The image that a tag names now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Newest {
    /// Its digest.
    pub digest: String,
    /// The date of its build, in seconds since 1970; none if the image does not have it.
    pub date: Option<i64>,
}

impl Image<'_> {
    /// The image that its tag names now, if that is another one.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] for an image that the registry does not show.
    pub(super) fn newer(&self) -> Result<Option<Newest>, Unreachable> {
        let now = manifest(self.reference)?;
        if now.digest == self.digest {
            return Ok(None);
        }
        let date = self.created(&now.document)?;
        Ok(Some(Newest { digest: now.digest, date }))
    }

    /// The date of the pinned image, in seconds since 1970; none if its registry does not show it.
    pub(super) fn date(&self) -> Option<i64> {
        let pinned = manifest(&format!("{}@{}", self.reference, self.digest)).ok()?;
        self.created(&pinned.document).ok().flatten()
    }

    /// Reads the pinned image, whose bytes have to be those of its digest.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] for an image that the registry does not have any more.
    pub(super) fn verify(&self) -> Result<(), Unreachable> {
        manifest(&format!("{}@{}", self.reference, self.digest)).map(drop)
    }

    /// The date in the annotations of an index or a manifest, else in the configuration of its first platform.
    ///
    /// Source: <https://github.com/opencontainers/image-spec/blob/main/annotations.md>.
    fn created(&self, document: &Value) -> Result<Option<i64>, Unreachable> {
        let annotated = |of: &Value| seconds(of.get("annotations")?.get("org.opencontainers.image.created")?.as_str()?);
        let first = document.get("manifests").and_then(|all| all.get(0));
        if let Some(date) = annotated(document).or_else(|| first.and_then(annotated)) {
            return Ok(Some(date));
        }
        let of_platform;
        let of_one = match first.and_then(|first| first.get("digest")).and_then(Value::as_str) {
            Some(digest) => {
                of_platform = manifest(&format!("{}@{digest}", self.reference))?.document;
                &of_platform
            }
            None => document,
        };
        let config = of_one.get("config").and_then(|config| config.get("digest")).and_then(Value::as_str);
        let Some(config) = config else { return Ok(None) };
        let config = blob(self.reference, config)?;
        Ok(config.get("created").and_then(Value::as_str).and_then(seconds))
    }
}

/// The seconds since 1970 of a date such as `2026-11-02T10:20:30Z`; offsets of zones, of at most a day, do not count.
fn seconds(date: &str) -> Option<i64> {
    let (day, time) = date.split_once(['T', 't', ' '])?;
    let mut parts = day.split('-').map(|part| part.parse::<i64>().ok());
    let day = Day::of(parts.next()??, parts.next()??, parts.next()??)?;
    let mut clock = time.get(..8)?.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    Some(day.unix_seconds() + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn dates_are_seconds_since_1970() {
        for (date, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00.123456Z", Some(951_825_600)),
            ("2026-11-26T05:30:00Z", Some(1_795_671_000)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800)),
            ("2026-13-01T00:00:00Z", None),
            ("soon", None),
        ] {
            assert_eq!(seconds(date), expected, "{date}");
        }
    }
}
