//! Times, written with their unit.

use std::fmt;
use std::str::FromStr;

use super::UnitError;

/// A time, exact to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(u64);

/// Units from the longest, in milliseconds; the order in which they may follow each other.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The longest that is accepted: GitHub ends a run after 35 days.
const MOST: u64 = 35 * 86_400_000;

impl Duration {
    /// A duration of this number of seconds.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds as u64 * 1_000)
    }

    /// In milliseconds.
    pub fn milliseconds(self) -> u64 {
        self.0
    }

    /// In whole seconds, rounded up.
    pub fn seconds(self) -> u64 {
        self.0.div_ceil(1_000)
    }

    /// In whole minutes, rounded up, at least one, for `timeout-minutes`.
    pub fn minutes(self) -> u64 {
        self.0.div_ceil(60_000).max(1)
    }

    /// In seconds, as the shortest exact decimal.
    pub fn decimal_seconds(self) -> String {
        let text = format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl std::ops::Add for Duration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Mul<u64> for Duration {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, size) in UNITS {
            if rest >= size {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

impl FromStr for Duration {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let wrong = || {
            UnitError::new(format!("`{text}` is not a time"), "write it as in `\"90s\"`, `\"500ms\"` or `\"1h30m\"`")
        };
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UnitError::new(format!("`{text}` has no unit"), format!("write `\"{text}s\"`")));
        }
        let mut total: u64 = 0;
        let mut rest = text;
        let mut units = UNITS.iter();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = rest.split_at(digits);
            let letters = after.bytes().take_while(u8::is_ascii_lowercase).count();
            let (unit, after) = after.split_at(letters);
            let number: u64 = number.parse().map_err(|_| wrong())?;
            let (_, size) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            total = number.checked_mul(*size).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
            rest = after;
        }
        match total {
            0 => Err(wrong()),
            1..=MOST => Ok(Self(total)),
            _ => Err(UnitError::new(format!("`{text}` is longer than a run may take"), "write at most `\"35d\"`")),
        }
    }
}

super::written_as_text!(
    Duration,
    r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
    "A time with its unit, as in `90s`, `500ms` or `1h30m`."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_its_parts_and_prints_its_shortest_form() {
        for (text, milliseconds, shown) in
            [("30s", 30_000, "30s"), ("500ms", 500, "500ms"), ("90s", 90_000, "1m30s"), ("1h30m", 5_400_000, "1h30m")]
        {
            let duration: Duration = text.parse().expect(text);
            assert_eq!((duration.milliseconds(), duration.to_string().as_str()), (milliseconds, shown));
        }
        let short: Duration = "1500ms".parse().expect("a time");
        assert_eq!((short.decimal_seconds().as_str(), short.seconds(), short.minutes()), ("1.5", 2, 1));
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in ["", "30", "s", "1.5s", "-1s", "1m1h", "1s1s", "0s", "99999999999999999999s", "36d", "1 h", "1S"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
