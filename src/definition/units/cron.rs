//! Schedules.

use std::fmt;
use std::str::FromStr;

use super::UnitError;

/// A schedule of five fields, as GitHub accepts it: no two runs less than five minutes apart.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows>, `schedule`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron(String);

struct Field {
    what: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: [Field; 5] = [
    Field { what: "minute", least: 0, most: 59, names: &[] },
    Field { what: "hour", least: 0, most: 23, names: &[] },
    Field { what: "day of the month", least: 1, most: 31, names: &[] },
    Field { what: "month", least: 1, most: 12, names: &MONTHS },
    Field { what: "day of the week", least: 0, most: 6, names: &DAYS },
];

impl Cron {
    /// The five fields, as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cron {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let parts: Vec<&str> = text.split_ascii_whitespace().collect();
        if parts.len() != FIELDS.len() || parts.join(" ") != text {
            return Err(UnitError::new(
                format!("`{text}` has not the five fields of a schedule"),
                "write minute, hour, day of month, month and day of week, as in `\"17 2 * * *\"`",
            ));
        }
        let mut values = Vec::new();
        for (part, field) in parts.iter().zip(&FIELDS) {
            values.push(field.read(part)?);
        }
        if let Some([minutes, hours, ..]) = values.get(..) {
            too_often(minutes, hours)?;
        }
        Ok(Self(text.to_owned()))
    }
}

/// Refuses two runs less than five minutes apart, over the full hour too.
fn too_often(minutes: &[u8], hours: &[u8]) -> Result<(), UnitError> {
    let within = minutes.windows(2).any(|pair| matches!(pair, [a, b] if b - a < 5));
    let next_hour = hours.windows(2).any(|pair| matches!(pair, [a, b] if b - a == 1))
        || (hours.first() == Some(&0) && hours.last() == Some(&23));
    let across = match (minutes.first(), minutes.last()) {
        (Some(first), Some(last)) => next_hour && first + 60 - last < 5,
        _ => false,
    };
    if within || across {
        return Err(UnitError::new(
            "GitHub runs a schedule at most every five minutes",
            "write minutes that are five apart, as in `\"*/5 * * * *\"`",
        ));
    }
    Ok(())
}

impl Field {
    /// Values of a field, sorted.
    fn read(&self, text: &str) -> Result<Vec<u8>, UnitError> {
        let mut values = Vec::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)),
                None => (item, Some(1_u8)),
            };
            let step = step.ok_or_else(|| self.wrong(text))?;
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.least, self.most),
                Some((from, to)) => (self.number(from, text)?, self.number(to, text)?),
                None if item.contains('/') => (self.number(range, text)?, self.most),
                None => (self.number(range, text)?, self.number(range, text)?),
            };
            if from > to {
                return Err(self.wrong(text));
            }
            values.extend((from..=to).step_by(usize::from(step)));
        }
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    fn number(&self, text: &str, whole: &str) -> Result<u8, UnitError> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let number = match named.and_then(|index| u8::try_from(index).ok()) {
            Some(index) => Some(self.least + index),
            None => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())),
        };
        number.filter(|number| (self.least..=self.most).contains(number)).ok_or_else(|| self.wrong(whole))
    }

    fn wrong(&self, text: &str) -> UnitError {
        UnitError::new(
            format!("`{text}` is not a {} of a schedule", self.what),
            format!("write numbers from {} to {}", self.least, self.most),
        )
    }
}

super::written_as_text!(Cron, r"^\S+ \S+ \S+ \S+ \S+$", "A schedule of five cron fields, as in `17 2 * * *`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_github_accepts() {
        for text in
            ["17 2 * * *", "*/5 * * * *", "0,30 8-18 * JAN-JUN MON,FRI", "5/10 * 1 1 0", "57 23 * * *", "58 1,3 * * *"]
        {
            assert!(text.parse::<Cron>().is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_github_refuses() {
        for text in [
            "",
            "* * * * *",
            "*/4 * * * *",
            "60 1 * * *",
            "1 24 * * *",
            "1 1 0 * *",
            "1 1 * FOO *",
            "1 1 * *",
            "1  1 * * *",
            "0,58 * * * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "+1 2 * * *",
            "@daily",
        ] {
            assert!(text.parse::<Cron>().is_err(), "{text}");
        }
    }
}
