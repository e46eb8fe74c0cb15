//! Days of the calendar, as far as an expiry date needs them.

use std::fmt;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

const SECONDS: u64 = 24 * 60 * 60;

impl Day {
    /// The day that a Unix time falls on, in UTC.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(i64::try_from(seconds / SECONDS).unwrap_or(i64::MAX))
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Year, month and day in the Gregorian calendar.
    ///
    /// Source: <https://howardhinnant.github.io/date_algorithms.html>, `civil_from_days`.
    fn civil(self) -> (i64, i64, i64) {
        // Years begin in March here, so that a leap day ends one; an era is 400 of them.
        let from_march = self.0.saturating_add(719_468);
        let era = from_march.div_euclid(146_097);
        let day_of_era = from_march.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_over_months_years_and_leap_days() {
        assert_eq!(Day::from_unix_seconds(0).to_string(), "1970-01-01");
        assert_eq!(Day::from_unix_seconds(951_782_399).to_string(), "2000-02-28");
        assert_eq!(Day::from_unix_seconds(951_782_400).to_string(), "2000-02-29");
        assert_eq!(Day::from_unix_seconds(951_868_800).to_string(), "2000-03-01");
        let day = Day::from_unix_seconds(1_795_305_600);
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(day.plus(90).to_string(), "2027-02-20");
    }
}
