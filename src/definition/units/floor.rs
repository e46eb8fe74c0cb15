//! Floors of coverage.

use std::fmt;
use std::str::FromStr;

use super::{Percent, UnitError};

/// A floor of coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// A fixed share.
    Share(Percent),
    /// The newest share in the history of the deploying branch.
    Ratchet,
}

impl Floor {
    /// The floor as scripts read it.
    pub fn word(self) -> String {
        match self {
            Self::Share(share) => share.fraction(),
            Self::Ratchet => "ratchet".to_owned(),
        }
    }

    /// Returns whether a floor lets through what another refuses; a ratchet is compared with no share.
    pub fn looser(self, other: Self) -> bool {
        matches!((self, other), (Self::Share(own), Self::Share(other)) if own < other)
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => share.fmt(f),
            Self::Ratchet => f.write_str("ratchet"),
        }
    }
}

impl FromStr for Floor {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text == "ratchet" {
            return Ok(Self::Ratchet);
        }
        if text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
            let help = "write a share as in `\"80%\"`, or `\"ratchet\"`";
            return Err(UnitError::new(format!("`{text}` is not a floor of coverage"), help));
        }
        text.parse().map(Self::Share)
    }
}

super::written_as_text!(
    Floor,
    r"^(ratchet|[0-9]{1,3}(\.[0-9]{1,4})?%)$",
    "A share in percent, as in `99.5%`, or `ratchet`: no lower than in the newest run of the deploying branch."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_share_or_a_ratchet() {
        for (text, word) in [("80%", "0.8"), ("0%", "0"), ("1.5%", "0.015"), ("ratchet", "ratchet")] {
            let floor: Floor = text.parse().expect(text);
            assert_eq!((floor.to_string().as_str(), floor.word().as_str()), (text, word));
        }
        for text in ["", "Ratchet", "80", "-1%", "ratchet%"] {
            assert!(text.parse::<Floor>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_shares_are_compared() {
        let floor = |text: &str| text.parse::<Floor>().expect("a floor");
        assert!(floor("70%").looser(floor("80%")));
        assert!(!floor("80%").looser(floor("80%")));
        assert!(!floor("1%").looser(floor("ratchet")));
        assert!(!floor("ratchet").looser(floor("99%")));
    }
}
