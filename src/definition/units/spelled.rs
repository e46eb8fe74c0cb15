//! Units as people write them: `20 min` is `20m`.

/// Names of each unit of time.
const TIMES: [(&str, &[&str]); 5] = [
    ("d", &["d", "day", "days"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("ms", &["ms", "msec", "msecs", "millisecond", "milliseconds"]),
];

/// Names of a share's unit.
const SHARES: [&str; 3] = ["%", "percent", "pct"];

/// Returns the text with its unit as the language writes it; none for a text without one, or one that is right.
pub(crate) fn spelled(text: &str) -> Option<String> {
    let small = text.trim().to_ascii_lowercase();
    let right = time(&small).or_else(|| share(&small))?;
    (right != text).then_some(right)
}

fn time(text: &str) -> Option<String> {
    let mut right = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).filter(|_| digits > 0)?;
        let after = after.trim_start();
        let letters = after.bytes().take_while(u8::is_ascii_lowercase).count();
        let (written, after) = after.split_at_checked(letters)?;
        let (unit, _) = TIMES.iter().find(|(_, names)| names.contains(&written))?;
        right.push_str(number);
        right.push_str(unit);
        rest = after.trim_start();
    }
    (!right.is_empty()).then_some(right)
}

fn share(text: &str) -> Option<String> {
    let number = SHARES.iter().find_map(|unit| text.strip_suffix(unit))?.trim_end();
    let is_number = number.starts_with(|first: char| first.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
        && number.matches(['.', ',']).count() <= 1;
    is_number.then(|| format!("{}%", number.replace(',', ".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_unit_that_was_written_otherwise() {
        for (text, right) in [
            ("20 min", "20m"),
            ("1 hour 30 minutes", "1h30m"),
            ("30S", "30s"),
            ("500 msec", "500ms"),
            ("99,5 %", "99.5%"),
            ("80 percent", "80%"),
        ] {
            assert_eq!(spelled(text).as_deref(), Some(right), "{text}");
        }
        for text in ["", "20", "20m", "80%", "5 apples", "%", "1,000,000%", "min", "1.5 h"] {
            assert_eq!(spelled(text), None, "{text}");
        }
    }
}
