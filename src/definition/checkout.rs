//! Checkout of the repository, and system packages.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;

/// Contents of a checkout. The job's token is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(extend("minProperties" = 1))]
pub struct Checkout {
    /// Number of commits, or `"full"` for the whole history with all tags.
    ///
    /// Example: `"full"`
    #[serde(default)]
    #[schemars(extend("default" = 1))]
    pub depth: Depth,
    /// Fetches all tags.
    ///
    /// Example: `true`
    #[serde(default)]
    pub tags: bool,
    /// Checks out submodules: `true`, or `"recursive"` for those of submodules as well.
    ///
    /// Example: `"recursive"`
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub submodules: Submodules,
    /// Downloads files of Git LFS.
    ///
    /// Example: `true`
    #[serde(default)]
    pub lfs: bool,
}

/// Checkout of a custom job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobCheckout {
    /// None: the steps read no file of the repository.
    None,
    /// One with these contents.
    Of(Checkout),
}

/// The word for no checkout.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Without {
    None,
}

impl<'de> Deserialize<'de> for JobCheckout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "\"none\", or a table such as `{ depth = \"full\" }`";
        text_or_table(deserializer, expected, |Without::None| Self::None, Self::Of)
    }
}

impl JsonSchema for JobCheckout {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "JobCheckout".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Checkout>();
        json_schema!({ "anyOf": [{ "type": "string", "enum": ["none"] }, table] })
    }
}

/// Number of commits that are checked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// This number, the newest.
    Commits(u32),
    /// All.
    Full,
}

impl Default for Depth {
    fn default() -> Self {
        Self::Commits(1)
    }
}

/// Submodules that are checked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Submodules {
    /// None.
    #[default]
    No,
    /// Submodules of the repository.
    Yes,
    /// Submodules of submodules as well.
    Recursive,
}

impl<'de> Deserialize<'de> for Depth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Depth;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of commits, at least 1, or \"full\"")
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Depth, E> {
                let commits = u32::try_from(number).ok().filter(|commits| *commits > 0);
                commits
                    .map(Depth::Commits)
                    .ok_or_else(|| E::custom("the depth is a number of commits, at least 1: write `\"full\"` for all"))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Depth, E> {
                if text == "full" {
                    return Ok(Depth::Full);
                }
                Err(E::custom(format!("`{text}` is not a depth: write a number of commits, or `\"full\"`")))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Submodules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Submodules;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or \"recursive\"")
            }
            fn visit_bool<E: Error>(self, yes: bool) -> Result<Submodules, E> {
                Ok(if yes { Submodules::Yes } else { Submodules::No })
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Submodules, E> {
                if text == "recursive" {
                    return Ok(Submodules::Recursive);
                }
                Err(E::custom(format!("`{text}` is not a choice: write `true` or `\"recursive\"`")))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Depth {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Depth".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "enum": ["full"] }] })
    }
}

impl JsonSchema for Submodules {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Submodules".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "boolean" }, { "type": "string", "enum": ["recursive"] }] })
    }
}

/// System packages that a job installs, on Linux.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Packages {
    /// Packages of Debian or Ubuntu.
    ///
    /// Example: `["libpq-dev"]`
    #[serde(default)]
    pub apt: Vec<Package>,
}

/// The name of a system package, with `=` and a version behind it where that is fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package(String);

/// Source: <https://www.debian.org/doc/debian-policy/ch-controlfields.html#source>, and versions below.
const PACKAGE: &str = "^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$";

impl Package {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Package {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (name, version) = text.split_once('=').unwrap_or((&text, "1"));
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_name = name.len() > 1
            && name.bytes().next().is_some_and(letter)
            && name.bytes().all(|byte| letter(byte) || b"+.-".contains(&byte));
        let is_version =
            !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+:~-".contains(&byte));
        if is_name && is_version {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("`{text}` is not the name of a package: write `\"libpq-dev\"`, for example")))
    }
}

impl JsonSchema for Package {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Package".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": PACKAGE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Table {
        #[serde(default)]
        checkout: Checkout,
        #[serde(default)]
        packages: Packages,
    }

    fn read(text: &str) -> Result<Table, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn reads_checkouts() {
        let table = read("checkout = { depth = 'full', submodules = 'recursive', tags = true }").expect("a checkout");
        let expected =
            Checkout { depth: Depth::Full, tags: true, submodules: Submodules::Recursive, ..Checkout::default() };
        assert_eq!(table.checkout, expected);
        assert!(read("checkout = { depth = 0 }").is_err());
        assert!(read("checkout = { depth = 'all' }").is_err());
        assert!(read("checkout = { submodules = 'deep' }").is_err());
    }

    #[test]
    fn a_job_may_do_without_a_checkout() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Job {
            checkout: JobCheckout,
        }
        let read = |text: &str| toml::from_str(text).map(|Job { checkout }| checkout).ok();
        assert_eq!(read("checkout = 'none'"), Some(JobCheckout::None));
        let tags = Checkout { tags: true, ..Checkout::default() };
        assert_eq!(read("checkout = { tags = true }"), Some(JobCheckout::Of(tags)));
        assert_eq!(read("checkout = 'shallow'"), None);
        assert_eq!(read("checkout = false"), None);
    }

    #[test]
    fn package_names_are_words_of_a_shell() {
        let read = |name: &str| read(&format!("packages = {{ apt = ['{name}'] }}")).map(|table| table.packages.apt);
        for name in ["libpq-dev", "g++", "libfoo1.2", "curl=8.5.0-2ubuntu10~24.04"] {
            assert_eq!(read(name), Ok(vec![Package(name.to_owned())]));
        }
        for name in ["", "a b", "-y", "a;b", "$X", "curl=", "Curl", "a`b`"] {
            assert!(read(name).is_err(), "{name}");
        }
    }
}
