//! GitHub's REST API.
//!
//! Requests are sent one after the other, as
//! <https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api> asks for.

use std::fmt;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::http::{Response, request};
use super::process::Unreachable;

/// GitHub's REST API at an address.
pub struct Api {
    base: String,
    token: Option<String>,
}

/// The reason why the API did not give an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Status 404: it does not exist, or the token may not see it.
    Missing(String),
    /// Status 401 or 403: the token may not read it, or the plan does not have it.
    Denied(String),
    /// The rate limit is reached for longer than a call waits.
    Limited {
        /// Seconds until it is reset.
        seconds: u64,
    },
    /// The server gave no answer, or one that is not of the API.
    Unreachable(Unreachable),
}

/// Longest wait for a rate limit, in seconds.
const LONGEST_WAIT: u64 = 60;

/// Attempts of a request that meets a rate limit.
const ATTEMPTS: usize = 3;

/// Pages of a list that are read at most.
const MAX_PAGES: usize = 100;

/// Redirects that are followed: a renamed repository has one.
const MAX_REDIRECTS: usize = 3;

impl Api {
    /// The API at an address such as `https://api.github.com`, with a token.
    pub fn new(base: &str, token: Option<String>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), token }
    }

    /// Reads a document.
    pub(super) fn get(&self, path: &str) -> Result<Value, ApiError> {
        self.page(&format!("{}/{path}", self.base)).and_then(|response| self.json(&response))
    }

    /// Reads every page of a list, which is the document itself or one of its keys.
    ///
    /// Source: <https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
    pub(super) fn list(&self, path: &str, key: Option<&str>) -> Result<Vec<Value>, ApiError> {
        let mut items = Vec::new();
        let mut url = format!("{}/{path}", self.base);
        for _ in 0..MAX_PAGES {
            let response = self.page(&url)?;
            let mut document = self.json(&response)?;
            let list = match key {
                Some(key) => document.get_mut(key).map(Value::take).unwrap_or_default(),
                None => document,
            };
            let Value::Array(list) = list else { return Err(self.failed(path, "the list is missing")) };
            items.extend(list);
            match response.header("link").and_then(next) {
                None => return Ok(items),
                Some(next) if self.is_own(next) => next.clone_into(&mut url),
                Some(next) => return Err(self.failed(path, &format!("the next page is at `{next}`"))),
            }
        }
        Err(self.failed(path, "the list does not end"))
    }

    /// Sends a request until it is answered: rate limits are waited for, redirects are followed.
    fn page(&self, url: &str) -> Result<Response, ApiError> {
        let mut url = url.to_owned();
        let (mut attempts, mut redirects) = (0, 0);
        loop {
            let response = self.send(&url)?;
            if let Some(seconds) = limit(&response, now()) {
                attempts += 1;
                if seconds > LONGEST_WAIT || attempts == ATTEMPTS {
                    return Err(ApiError::Limited { seconds });
                }
                thread::sleep(Duration::from_secs(seconds));
                continue;
            }
            match (response.status, response.header("location")) {
                (200, _) => return Ok(response),
                // The token is for this server alone.
                (301 | 302 | 307 | 308, Some(to)) if self.is_own(to) && redirects < MAX_REDIRECTS => {
                    redirects += 1;
                    to.clone_into(&mut url);
                }
                (404, _) => return Err(ApiError::Missing(message(&response))),
                (401 | 403, _) => return Err(ApiError::Denied(message(&response))),
                (status, _) => return Err(self.failed(&url, &format!("the status is {status}"))),
            }
        }
    }

    fn send(&self, url: &str) -> Result<Response, ApiError> {
        let authorization = self.token.as_ref().map(|token| format!("Authorization: Bearer {token}"));
        let mut headers = vec!["Accept: application/vnd.github+json", "X-GitHub-Api-Version: 2022-11-28"];
        headers.extend(authorization.as_deref());
        request(url, &headers, url).map_err(ApiError::Unreachable)
    }

    fn is_own(&self, url: &str) -> bool {
        url.strip_prefix(self.base.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    fn json(&self, response: &Response) -> Result<Value, ApiError> {
        serde_json::from_slice(&response.body).map_err(|_| self.failed("", "the answer is not JSON"))
    }

    fn failed(&self, path: &str, message: &str) -> ApiError {
        let address = if self.is_own(path) { path.to_owned() } else { format!("{}/{path}", self.base) };
        ApiError::Unreachable(Unreachable { address, message: message.to_owned() })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(message) => write!(f, "status 404, {message}"),
            Self::Denied(message) => f.write_str(message),
            Self::Limited { seconds } => {
                write!(f, "the rate limit of GitHub's API is reached for {} min", seconds.div_ceil(60))
            }
            Self::Unreachable(error) => error.fmt(f),
        }
    }
}

/// The seconds until a rate limit is reset; none for another response.
///
/// Source: <https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>, exceeding the rate limit.
fn limit(response: &Response, now: u64) -> Option<u64> {
    let number = |name: &str| response.header(name).and_then(|value| value.trim().parse::<u64>().ok());
    if !matches!(response.status, 403 | 429) {
        return None;
    }
    if let Some(seconds) = number("retry-after") {
        return Some(seconds);
    }
    if number("x-ratelimit-remaining") == Some(0) {
        // A second more, for clocks that differ.
        return Some(number("x-ratelimit-reset").map_or(LONGEST_WAIT, |reset| reset.saturating_sub(now) + 1));
    }
    let is_limited = response.status == 429 || message(response).contains("rate limit");
    is_limited.then_some(LONGEST_WAIT)
}

/// The address of the next page in a `Link` header: `<https://…>; rel="next", <https://…>; rel="last"`.
fn next(link: &str) -> Option<&str> {
    link.split(',').find_map(|part| {
        let (url, parameters) = part.split_once(';')?;
        let is_next = parameters.split(';').any(|it| matches!(it.trim(), "rel=\"next\"" | "rel=next"));
        is_next.then(|| url.trim().strip_prefix('<')?.strip_suffix('>'))?
    })
}

/// The message of an error's document, on one line.
fn message(response: &Response) -> String {
    let document: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let message = document.get("message").and_then(Value::as_str).map(|text| text.replace(char::is_control, " "));
    message.filter(|text| !text.is_empty()).unwrap_or_else(|| format!("the status is {}", response.status))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A text as a part of a path.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Response { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_rate_limit_is_waited_for_and_a_missing_permission_is_not() {
        let limited = |status, headers: &[(&str, &str)], body: &str| limit(&response(status, headers, body), 1_000);
        assert_eq!(limited(403, &[("retry-after", "7")], "{}"), Some(7));
        assert_eq!(limited(429, &[], "{}"), Some(60));
        assert_eq!(limited(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1030")], "{}"), Some(31));
        assert_eq!(limited(403, &[], "{\"message\": \"You have exceeded a secondary rate limit.\"}"), Some(60));
        let denied = "{\"message\": \"Resource not accessible by integration\"}";
        assert_eq!(limited(403, &[("x-ratelimit-remaining", "4999")], denied), None);
        assert_eq!(limited(200, &[("x-ratelimit-remaining", "0")], "{}"), None);
    }

    #[test]
    fn the_next_page_is_that_of_the_link() {
        let link = "<https://a/x?page=1>; rel=\"prev\", <https://a/x?page=3>; rel=\"next\", <https://a/x?page=9>; rel=\"last\"";
        assert_eq!(next(link), Some("https://a/x?page=3"));
        assert_eq!(next("<https://a/x?page=1>; rel=\"first\""), None);
    }

    #[test]
    fn the_token_is_sent_to_its_server_alone() {
        let api = Api::new("https://api.github.com/", None);
        assert!(api.is_own("https://api.github.com/repos/a/b?page=2"));
        assert!(!api.is_own("https://api.github.com.evil.example/repos"));
        assert!(!api.is_own("https://evil.example/https://api.github.com/"));
    }

    #[test]
    fn names_are_parts_of_a_path() {
        assert_eq!(encoded("it's staging/eu"), "it%27s%20staging%2Feu");
    }
}
