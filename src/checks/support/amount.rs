//! Limits of metrics, compared exactly.

use std::cmp::Ordering;

use crate::definition::units::{Duration, Percent};
use crate::definition::{Limit, Unit, Value};

/// An amount of a metric, with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Amount {
    /// A share.
    Ratio(Percent),
    /// A time.
    Seconds(Duration),
    /// A number, in thousandths.
    Count(u64),
}

impl Amount {
    /// Value of `text` for a metric of this unit; none if it does not fit.
    pub(in crate::checks) fn read(unit: Unit, text: &str) -> Option<Self> {
        match unit {
            Unit::Ratio => text.parse().ok().map(Self::Ratio),
            Unit::Seconds => text.parse().ok().map(Self::Seconds),
            Unit::Count => thousandths(text).map(Self::Count),
        }
    }

    /// The least number of requests of which one can be this share; none for other units and for a share of nothing.
    pub(in crate::checks) fn requests(self) -> Option<u64> {
        let Self::Ratio(percent) = self else { return None };
        let fraction = percent.fraction();
        let (whole, part) = fraction.split_once('.').unwrap_or((&fraction, ""));
        let millionths: u64 = format!("{whole}{part:0<6}").parse().ok()?;
        (millionths > 0).then(|| 1_000_000_u64.div_ceil(millionths))
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Ratio(a), Self::Ratio(b)) => Some(a.cmp(b)),
            (Self::Seconds(a), Self::Seconds(b)) => Some(a.cmp(b)),
            (Self::Count(a), Self::Count(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(1_000)?.checked_add(format!("{part:0<3}").parse().ok()?)
}

/// The text of a limit in the definition: the value, or the default of a secret or variable.
pub(in crate::checks) fn written(limit: &Limit) -> Option<&str> {
    match &limit.max {
        Value::Literal(text) => Some(text),
        Value::External(external) => external.default.as_deref(),
    }
}

/// The tightest amount that a limit is known to have.
pub(in crate::checks) fn tightest(unit: Unit, limit: &Limit) -> Option<Amount> {
    let texts = [written(limit), limit.ceiling.as_deref()];
    texts
        .into_iter()
        .flatten()
        .filter_map(|text| Amount::read(unit, text))
        .min_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_requests_that_a_share_needs() {
        for (text, needed) in
            [("0.1%", Some(1_000)), ("1%", Some(100)), ("0.3%", Some(334)), ("100%", Some(1)), ("0%", None)]
        {
            let amount = Amount::read(Unit::Ratio, text).expect(text);
            assert_eq!(amount.requests(), needed, "{text}");
        }
    }

    #[test]
    fn reads_an_amount_by_its_unit_alone() {
        assert_eq!(Amount::read(Unit::Count, "2.5"), Some(Amount::Count(2_500)));
        for (unit, text) in [
            (Unit::Ratio, "0.001"),
            (Unit::Ratio, "500ms"),
            (Unit::Seconds, "0.5"),
            (Unit::Seconds, "1%"),
            (Unit::Count, "1%"),
            (Unit::Count, "-1"),
            (Unit::Count, "1e3"),
            (Unit::Count, ""),
        ] {
            assert_eq!(Amount::read(unit, text), None, "{text}");
        }
    }
}
