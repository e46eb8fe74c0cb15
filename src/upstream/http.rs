//! Requests, by `curl`.

use std::process::Command;

use super::process::{Unreachable, output};

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// The value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request. Headers travel on standard input: other users of the machine see arguments.
pub(super) fn request(url: &str, headers: &[&str], address: &str) -> Result<Response, Unreachable> {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], "");
    let mut config = format!("url = \"{}\"\n", quoted(url));
    for header in headers {
        config.push_str(&format!("header = \"{}\"\n", quoted(header)));
    }
    let arguments =
        ["--silent", "--show-error", "--include", "--globoff", "--proto", "=http,https", "--max-time", "60"];
    let bytes = output(Command::new("curl").args(arguments).args(["--config", "-"]), &config, address)?;
    let failed = || Unreachable { address: address.to_owned(), message: "the answer is no HTTP".to_owned() };
    response(&bytes).ok_or_else(failed)
}

/// The last response of an exchange; a proxy may have answered before.
fn response(bytes: &[u8]) -> Option<Response> {
    let mut rest = bytes;
    loop {
        let end = rest.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(rest.get(..end)?).into_owned();
        rest = rest.get(end + 4..)?;
        let mut lines = head.lines();
        let first = lines.next()?;
        let status = first.strip_prefix("HTTP/")?.split(' ').nth(1)?.parse().ok()?;
        let is_proxy = first.to_ascii_lowercase().contains("connection established");
        if (100..200).contains(&status) || (is_proxy && rest.starts_with(b"HTTP/")) {
            continue;
        }
        let header =
            |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        return Some(Response { status, headers: lines.filter_map(header).collect(), body: rest.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_says_before_is_no_answer() {
        let bytes =
            b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/2 404\r\nA: b\r\n\r\nbody";
        let response = response(bytes).map(|it| (it.status, it.headers, it.body));
        assert_eq!(response, Some((404, vec![("a".to_owned(), "b".to_owned())], b"body".to_vec())));
        assert!(super::response(b"nothing").is_none());
    }
}
