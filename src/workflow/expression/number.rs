//! Numbers in expressions.

/// Reads a number: decimal with sign, fraction and exponent, `0x1f`, `0o17`, `Infinity`, `NaN`.
///
/// Hexadecimal and octal stop at the largest 32-bit integer: beyond it the runner reads a negative number where
/// GitHub's editor library reads a positive one.
pub(in crate::workflow) fn read(text: &str) -> Option<f64> {
    match text {
        "Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        "NaN" => return Some(f64::NAN),
        _ => {}
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return integer(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return integer(digits, 8);
    }
    if is_decimal(text) { text.parse().ok() } else { None }
}

fn integer(digits: &str, radix: u32) -> Option<f64> {
    // The sign that `from_str_radix` would take is no digit here.
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    i32::from_str_radix(digits, radix).ok().map(f64::from)
}

/// Returns whether a text is `[+-] digits [. digits] [e [+-] digits]`, with digits on one side of the dot at least.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// Writes a number so that [`read`] gives it back.
pub(in crate::workflow) fn write(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number == f64::INFINITY {
        "Infinity".to_owned()
    } else if number == f64::NEG_INFINITY {
        "-Infinity".to_owned()
    } else if number != 0.0 && !(1e-7..1e21).contains(&number.abs()) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn reads_what_the_runner_reads() {
        for (text, number) in [
            ("0", 0.0),
            ("42", 42.0),
            ("-9.2", -9.2),
            ("+1", 1.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0xff", 255.0),
            ("0xFF", 255.0),
            ("0x7fffffff", 2_147_483_647.0),
            ("0o17", 15.0),
            ("-2.99e-2", -0.0299),
            ("1E+3", 1000.0),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(read(text).map(f64::to_bits), Some(number.to_bits()), "{text}");
        }
        assert!(read("NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn refuses_what_either_reader_refuses_or_reads_differently() {
        for text in [
            "",
            "+",
            "-",
            ".",
            "1.2.3",
            "1e",
            "e1",
            "1e1.5",
            "1_000",
            "0x",
            "0xg",
            "0x+1",
            "0X1f",
            "0o8",
            "-0x1",
            "0xffffffff",
            "inf",
            "infinity",
            "nan",
            "-NaN",
            "1a",
            "1-1",
            "١",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for number in [0.0, -0.0, 1.0, 0.1, 1e300, 5e-324, 123_456_789.125, f64::MAX, f64::INFINITY, f64::NEG_INFINITY]
        {
            assert_eq!(read(&write(number)).map(f64::to_bits), Some(number.to_bits()), "{number}");
        }
        assert_eq!(write(1e300), "1e300");
        assert_eq!(write(255.0), "255");
    }
}
