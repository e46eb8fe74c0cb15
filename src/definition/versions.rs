//! Versions of a toolchain: one, or a list whose entries may have conditions.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::axis::Axis;

/// Versions of a toolchain, oldest first by convention.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VersionAxis {
    /// The versions alone.
    axis: Axis,
    /// Versions of which a pre-release counts until there is a release.
    pub prerelease: Vec<String>,
    /// Versions whose jobs may fail.
    pub optional: Vec<String>,
}

impl VersionAxis {
    /// The last version that may not fail, which is the newest by convention.
    pub fn last(&self) -> &str {
        let mut required = self.axis.values.iter().filter(|version| !self.optional.contains(version));
        required.next_back().map_or_else(|| self.axis.last(), String::as_str)
    }

    /// Returns whether all of its jobs may fail.
    pub fn is_all_optional(&self) -> bool {
        self.axis.values.iter().all(|version| self.optional.contains(version))
    }

    fn of(versions: Vec<Version>, list: bool) -> Self {
        let mut axis = Self { axis: Axis { values: Vec::new(), list }, ..Self::default() };
        for version in versions {
            if version.allow_prerelease {
                axis.prerelease.push(version.name.clone());
            }
            if version.optional {
                axis.optional.push(version.name.clone());
            }
            axis.axis.values.push(version.name);
        }
        axis
    }
}

impl Deref for VersionAxis {
    type Target = Axis;

    fn deref(&self) -> &Axis {
        &self.axis
    }
}

/// One version of a list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Version {
    /// The version.
    ///
    /// Example: `"3.16"`
    #[serde(rename = "version")]
    #[schemars(length(min = 1))]
    name: String,
    /// Accepts a pre-release until there is a release. Python alone; elsewhere a pre-release has a name, as `24-nightly`.
    ///
    /// Example: `true`
    #[serde(default)]
    allow_prerelease: bool,
    /// Jobs of this version may fail: their failures are reported, and do not count for merging.
    ///
    /// Example: `true`
    #[serde(default)]
    optional: bool,
}

impl Version {
    fn plain(name: String) -> Self {
        Self { name, allow_prerelease: false, optional: false }
    }
}

/// An item of a list of versions.
struct Item(Version);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Item;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version or `{ version = \"…\", optional = true }`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Item, E> {
                Ok(Item(Version::plain(text.to_owned())))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                Version::deserialize(MapAccessDeserializer::new(map)).map(Item)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for VersionAxis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = VersionAxis;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<VersionAxis, E> {
                Ok(VersionAxis::of(vec![Version::plain(text.to_owned())], false))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<VersionAxis, A::Error> {
                let items = Vec::<Item>::deserialize(SeqAccessDeserializer::new(sequence))?;
                if items.is_empty() {
                    return Err(A::Error::custom("the list is empty: name at least one value"));
                }
                Ok(VersionAxis::of(items.into_iter().map(|Item(version)| version).collect(), true))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<VersionAxis, A::Error> {
                let version = Version::deserialize(MapAccessDeserializer::new(map))?;
                Ok(VersionAxis::of(vec![version], false))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for VersionAxis {
    fn schema_name() -> Cow<'static, str> {
        "VersionAxis".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let version = generator.subschema_for::<Version>();
        json_schema!({
            "description": "One version, or a list that becomes an axis of the matrix.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                version,
                {
                    "type": "array",
                    "minItems": 1,
                    "uniqueItems": true,
                    "items": { "anyOf": [{ "type": "string", "minLength": 1 }, version] }
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> VersionAxis {
        #[derive(Deserialize)]
        struct Component {
            python: VersionAxis,
        }
        toml::from_str(&format!("python = {text}")).map(|component: Component| component.python).expect("versions")
    }

    #[test]
    fn the_newest_version_is_one_that_may_not_fail() {
        let versions = read(r#"["3.11", "3.14t", { version = "3.16", allow-prerelease = true, optional = true }]"#);
        assert_eq!(versions.values, ["3.11", "3.14t", "3.16"]);
        assert_eq!((versions.last(), versions.prerelease.as_slice()), ("3.14t", ["3.16".to_owned()].as_slice()));
        assert!(!versions.is_all_optional());
        assert!(read(r#"{ version = "3.16", optional = true }"#).is_all_optional());
        assert!(!read("\"3.12\"").list);
    }
}
