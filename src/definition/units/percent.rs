//! Shares, written in percent.

use std::fmt;
use std::str::FromStr;

use super::UnitError;

/// A share from 0% to 100%, exact to a ten-thousandth of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u32);

/// Parts of one percent.
const SCALE: u32 = 10_000;

impl Percent {
    /// A whole number of percent, at most 100.
    pub const fn whole(percent: u8) -> Self {
        let percent = if percent > 100 { 100 } else { percent };
        Self(percent as u32 * SCALE)
    }

    /// The share as a decimal fraction: `50%` is `0.5`.
    pub fn fraction(self) -> String {
        decimal(self.0, 100 * SCALE)
    }

    /// Whole percent, where it is whole.
    pub fn as_whole(self) -> Option<u32> {
        self.0.is_multiple_of(SCALE).then_some(self.0 / SCALE)
    }
}

/// `parts / whole` as the shortest exact decimal; `whole` is a power of ten.
fn decimal(parts: u32, whole: u32) -> String {
    let digits = whole.ilog10() as usize;
    let text = format!("{}.{:0digits$}", parts / whole, parts % whole);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", decimal(self.0, SCALE))
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let Some(number) = text.strip_suffix('%') else {
            return Err(UnitError::new(format!("`{text}` has no unit"), format!("write `\"{text}%\"`")));
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 4 || whole.len() > 3 {
            return Err(UnitError::new(format!("`{text}` is not a share"), "write a number as in `\"99.5%\"`"));
        }
        let parts = |part: &str| part.bytes().fold(0, |sum, byte| sum * 10 + u32::from(byte - b'0'));
        let value = parts(whole) * SCALE + parts(&format!("{fraction:0<4}"));
        if value > 100 * SCALE {
            return Err(UnitError::new(format!("`{text}` is more than everything"), "write at most `\"100%\"`"));
        }
        Ok(Self(value))
    }
}

super::written_as_text!(Percent, r"^[0-9]{1,3}(\.[0-9]{1,4})?%$", "A share in percent, as in `99.5%`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_and_prints_its_shortest_form() {
        for (text, shown, fraction) in
            [("0.1%", "0.1%", "0.001"), ("50%", "50%", "0.5"), ("100.0%", "100%", "1"), ("0%", "0%", "0")]
        {
            let percent: Percent = text.parse().expect(text);
            assert_eq!((percent.to_string().as_str(), percent.fraction().as_str()), (shown, fraction));
        }
    }

    #[test]
    fn refuses_what_is_not_a_share() {
        for text in ["", "%", "50", "100.1%", "-1%", "1e3%", ".5%", "5.%", "0.00001%", "4294967297%", "５%"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
