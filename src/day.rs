//! Days of the calendar, in UTC.

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

    /// Reads a date such as `2026-11-22`.
    pub fn parse(date: &str) -> Option<Self> {
        let parts: Vec<&str> = date.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        let is_date = [(year, 4), (month, 2), (day, 2)]
            .iter()
            .all(|(part, length)| part.len() == *length && part.bytes().all(|digit| digit.is_ascii_digit()));
        let found = Self::of(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        (is_date && found.to_string() == date).then_some(found)
    }

    /// The day of a date.
    ///
    /// Source: <https://howardhinnant.github.io/date_algorithms.html>, `days_from_civil`.
    pub(crate) fn of(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
            return None;
        }
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let of_era = shifted.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Some(Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468))
    }

    /// The seconds from 1970 to its start.
    pub(crate) fn unix_seconds(self) -> i64 {
        self.0.saturating_mul(86_400)
    }

    /// The day so many days later.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The days from another day to this one.
    #[must_use]
    pub fn since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
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
        assert_eq!(day.plus(90).since(day), 90);
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        for date in ["1970-01-01", "2000-02-29", "2026-11-22", "2027-12-31"] {
            assert_eq!(Day::parse(date).map(|day| day.to_string()).as_deref(), Some(date));
        }
        for text in ["2026-2-29", "2025-02-29", "2026-13-01", "2026-00-10", "26-01-01", "+026-01-01", "soon", ""] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
