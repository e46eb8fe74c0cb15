//! `[smoke.<name>]`: requests that a running environment must answer.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::body::Body;
use super::name::Name;
use super::units::Duration;
use super::value::{ExternalValue, Value};

/// Smoke tests: requests that a running environment has to answer after every change.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Smoke {
    /// Login whose token or cookies are sent with the probes that set `auth = true`.
    ///
    /// Default: no login.
    /// Example: `{ request = "POST /login", json = { username = { secret = "SMOKE_USERNAME" }, password = { secret = "SMOKE_PASSWORD" } }, token = ".access_token" }`
    #[serde(default)]
    pub login: Option<SmokeLogin>,
    /// Declares that no endpoint of the service needs a login.
    ///
    /// Example: `true`
    #[serde(default)]
    pub public: bool,
    /// Follows redirects within the same origin. Without it, a redirect is the answer.
    ///
    /// Example: `true`
    #[serde(default)]
    pub redirects: bool,
    /// Requests to send.
    ///
    /// Example: `[{ name = "alive", request = "GET /health/live", expect = { contains = "ok" } }]`
    #[schemars(length(min = 1))]
    pub probes: Vec<Probe>,
    /// Schedule of `smoke-tests.yml`.
    ///
    /// Default: never.
    /// Example: `{ cron = "*/30 * * * *" }`
    #[serde(default)]
    pub schedule: Option<super::project::Nightly>,
}

/// A request whose answer contains a token or sets cookies.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SmokeLogin {
    /// Method and path.
    ///
    /// Example: `"POST /api/auth/login"`
    pub request: Request,
    /// Body of the request, as JSON.
    ///
    /// Default: `form` is sent.
    /// Example: `{ username = { secret = "SMOKE_USERNAME" }, password = { secret = "SMOKE_PASSWORD" } }`
    #[serde(default)]
    pub json: Option<Body>,
    /// Body of the request, as a browser sends the fields of a form.
    ///
    /// Default: `json` is sent.
    /// Example: `{ username = { secret = "SMOKE_USERNAME" }, password = { secret = "SMOKE_PASSWORD" } }`
    #[serde(default)]
    pub form: Option<IndexMap<String, Value>>,
    /// Path of the token in the answer.
    ///
    /// Default: `".access_token"`; none with `cookie`.
    /// Example: `".access_token"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(\.[A-Za-z_][A-Za-z0-9_-]*(\[[0-9]+\])*)+$"))]
    pub token: Option<String>,
    /// Takes the cookies that the answer sets, instead of a token.
    ///
    /// Example: `true`
    #[serde(default)]
    pub cookie: bool,
}

impl SmokeLogin {
    /// Every secret and variable that is sent.
    pub fn external_values(&self) -> Vec<&ExternalValue> {
        let form = self.form.iter().flat_map(|form| form.values().filter_map(Value::external));
        self.json.iter().flat_map(Body::external_values).chain(form).collect()
    }
}

/// A request and the expected answer.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Probe {
    /// Name in the report.
    ///
    /// Example: `"ready"`
    pub name: Name,
    /// Method and path.
    ///
    /// Example: `"GET /health/ready"`
    pub request: Request,
    /// JSON body of the request.
    ///
    /// Default: no body.
    /// Example: `{ query = "hello" }`
    #[serde(default)]
    pub json: Option<Body>,
    /// Further headers.
    ///
    /// Example: `{ Accept = "application/json" }`
    #[serde(default)]
    pub headers: IndexMap<String, Value>,
    /// Sends the token or the cookies of `login`.
    ///
    /// Example: `true`
    #[serde(default)]
    pub auth: bool,
    /// Follows redirects within the same origin.
    ///
    /// Default: `redirects` of the table.
    /// Example: `true`
    #[serde(default)]
    pub redirects: Option<bool>,
    /// Expected answer.
    ///
    /// Example: `{ status = 200, json = { ".status" = "healthy" }, within = "2s" }`
    #[serde(default)]
    #[schemars(extend("default" = { "status": 200, "within": "10s" }))]
    pub expect: Expect,
    /// Time to retry before the probe fails.
    ///
    /// Default: no retry.
    /// Example: `"30s"`
    #[serde(default)]
    pub retry: Option<Duration>,
}

/// Expected answer of a probe.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    /// The HTTP status.
    ///
    /// Example: `201`
    #[serde(default = "ok")]
    #[schemars(range(min = 100, max = 599))]
    pub status: u16,
    /// Values of the JSON answer, by path.
    ///
    /// Example: `{ ".status" = "healthy" }`
    #[serde(default)]
    pub json: IndexMap<String, Body>,
    /// Text that the answer has to contain.
    ///
    /// Default: the text is not checked.
    /// Example: `"pong"`
    #[serde(default)]
    pub contains: Option<String>,
    /// Timeout of the answer.
    ///
    /// Example: `"2s"`
    #[serde(default = "ten_seconds")]
    pub within: Duration,
}

impl Default for Expect {
    fn default() -> Self {
        Self { status: ok(), json: IndexMap::new(), contains: None, within: ten_seconds() }
    }
}

fn ok() -> u16 {
    200
}

fn ten_seconds() -> Duration {
    Duration::from_seconds(10)
}

/// An HTTP method and a path: `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, upper case.
    pub method: String,
    /// The path, with a leading `/`, and the query if there is one.
    pub path: String,
}

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.split_once(' ')
            .filter(|(method, path)| {
                METHODS.contains(method) && path.starts_with('/') && !path.contains(char::is_whitespace)
            })
            .map(|(method, path)| Self { method: method.to_owned(), path: path.to_owned() })
            .ok_or_else(|| {
                D::Error::custom(format!("`{text}` is not a request: write a method and a path, as in \"GET /health\""))
            })
    }
}

impl JsonSchema for Request {
    fn schema_name() -> Cow<'static, str> {
        "Request".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An HTTP method and a path.",
            "type": "string",
            "pattern": "^(GET|POST|PUT|PATCH|DELETE|HEAD) /\\S*$"
        })
    }
}
