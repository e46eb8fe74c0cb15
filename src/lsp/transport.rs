//! Frames of the protocol: a header with a length, and a JSON document of that length.
//!
//! Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::Value;

/// Bytes of the largest document that is read. A definition is much smaller; a larger one is refused by its finding.
const LARGEST: u64 = 64 << 20;

/// Bytes of the longest line of a header.
const LONGEST: u64 = 1024;

/// Reads the next document; none at the end of the input.
///
/// # Errors
///
/// The reason why the input has no frame at this place. The start of the next one is unknown then.
pub(super) fn receive(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, String> {
    let Some(length) = header(input)? else { return Ok(None) };
    if length > LARGEST {
        return Err(format!("a message has {length} bytes, more than {LARGEST}"));
    }
    let mut document = Vec::new();
    // Memory grows with what arrives, not with what a header promises.
    input.by_ref().take(length).read_to_end(&mut document).map_err(|error| error.to_string())?;
    if (document.len() as u64) < length {
        return Err(format!("the input ends after {} of {length} bytes of a message", document.len()));
    }
    Ok(Some(document))
}

/// Reads a header and returns the length in it; none at the end of the input.
fn header(input: &mut impl BufRead) -> Result<Option<u64>, String> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        let shown = String::from_utf8_lossy(&line).into_owned();
        let content = shown.strip_suffix("\r\n").ok_or_else(|| unexpected(&shown))?;
        if content.is_empty() {
            return length.map(Some).ok_or_else(|| "a header has no `Content-Length`".to_owned());
        }
        let (name, value) = content.split_once(':').ok_or_else(|| unexpected(content))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| format!("`{}` is no length", value.trim().escape_debug()))?);
        }
        is_first = false;
    }
}

fn unexpected(line: &str) -> String {
    format!("expected `Content-Length: …`, found `{}`", line.trim_end().escape_debug())
}

/// Writes a document in its frame.
pub(super) fn send(output: &mut impl Write, document: &Value) -> io::Result<()> {
    let text = document.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Result<Option<Vec<u8>>, String>> {
        let mut found = Vec::new();
        loop {
            found.push(receive(&mut input));
            if !matches!(found.last(), Some(Ok(Some(_)))) {
                return found;
            }
        }
    }

    #[test]
    fn frames_are_read_one_after_the_other() {
        let input = b"Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: a; charset=utf-8\r\n\r\n[1]";
        assert_eq!(all(input), [Ok(Some(b"{}".to_vec())), Ok(Some(b"[1]".to_vec())), Ok(None)]);
    }

    #[test]
    fn what_is_no_frame_is_named() {
        for (input, reason) in [
            ("hello\n", "expected `Content-Length: …`, found `hello`"),
            ("{}", "expected `Content-Length: …`, found `{}`"),
            ("hello\r\n", "expected `Content-Length: …`, found `hello`"),
            ("Content-Length: 2\n\n{}", "expected `Content-Length: …`, found `Content-Length: 2`"),
            ("Content-Type: a\r\n\r\n{}", "a header has no `Content-Length`"),
            ("Content-Length: -1\r\n\r\n", "`-1` is no length"),
            ("Content-Length: 18446744073709551616\r\n\r\n", "`18446744073709551616` is no length"),
            ("Content-Length: 99999999999\r\n\r\n", "a message has 99999999999 bytes, more than 67108864"),
            ("Content-Length: 9\r\n\r\n{}", "the input ends after 2 of 9 bytes of a message"),
            ("Content-Length: 9\r\n", "expected `Content-Length: …`, found ``"),
        ] {
            assert_eq!(all(input.as_bytes()), [Err(reason.to_owned())], "{input:?}");
        }
        assert!(all(&"a".repeat(1 << 20).into_bytes())[0].as_ref().is_err_and(|reason| reason.len() < 2000));
        assert!(all(b"\xff\xfe\r\n")[0].is_err());
    }
}
