//! The matrix of a custom job.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Table;
use super::axis::RunsOn;
use super::name::{Name, PATTERN};

/// Values of the keys of one job of a matrix.
pub type Cell = IndexMap<Name, String>;

/// A matrix: a job for every combination of the values of its axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    /// Values by axis.
    pub axes: Table<Vec<String>>,
    /// Further jobs, or further keys for jobs that fit.
    pub include: Vec<Cell>,
    /// Combinations that are left out.
    pub exclude: Vec<Cell>,
    /// Combinations that may fail.
    pub optional: Vec<Cell>,
}

impl Matrix {
    /// Most combinations of the axes, before `exclude`: sixteen times the jobs that a matrix may have.
    pub const MAX_COMBINATIONS: usize = 4096;

    /// Returns the number of combinations of the axes, before `exclude` and `include`.
    pub fn combinations(&self) -> usize {
        self.axes.values().fold(1, |size, values| size.saturating_mul(values.len()))
    }

    /// Returns every job of the matrix, as GitHub makes them: the first axis changes slowest, and jobs that `include`
    /// adds come last.
    ///
    /// None where the axes have too many combinations.
    ///
    /// Source: <https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations>,
    /// expanding or adding matrix configurations.
    pub fn cells(&self) -> Vec<Cell> {
        if self.combinations() > Self::MAX_COMBINATIONS {
            return Vec::new();
        }
        let mut cells = if self.axes.is_empty() { Vec::new() } else { vec![Cell::new()] };
        for (axis, values) in &self.axes {
            let with = |cell: &Cell, value: &String| {
                let mut cell = cell.clone();
                cell.insert(axis.clone(), value.clone());
                cell
            };
            cells = cells.iter().flat_map(|cell| values.iter().map(move |value| with(cell, value))).collect();
        }
        cells.retain(|cell| !self.exclude.iter().any(|excluded| fits(cell, excluded)));
        let mut added = Vec::new();
        let originals = cells.clone();
        for included in &self.include {
            let on_axes: Cell = self.axes.keys().filter_map(|axis| included.get_key_value(axis)).map(owned).collect();
            let mut fitted = false;
            for (cell, original) in cells.iter_mut().zip(&originals) {
                if fits(original, &on_axes) {
                    fitted = true;
                    let more = included.iter().filter(|(key, _)| !self.axes.contains_key(*key));
                    cell.extend(more.map(owned));
                }
            }
            if !fitted {
                added.push(included.clone());
            }
        }
        cells.extend(added);
        cells
    }
}

fn owned((key, value): (&Name, &String)) -> (Name, String) {
    (key.clone(), value.clone())
}

/// Returns whether a job of a matrix has all of these values. GitHub compares texts without regard to case.
pub fn fits(cell: &Cell, values: &Cell) -> bool {
    values.iter().all(|(key, value)| cell.get(key).is_some_and(|own| own.eq_ignore_ascii_case(value)))
}

/// An item of a list in a matrix.
enum Item {
    Text(String),
    Cell(Cell),
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Item;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, or a table in `include`, `exclude` and `optional`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Text(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
                Cell::deserialize(MapAccessDeserializer::new(map)).map(Item::Cell)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Matrix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut matrix = Self::default();
        for (key, items) in IndexMap::<Name, Vec<Item>>::deserialize(deserializer)? {
            let cells = match key.as_str() {
                "include" => &mut matrix.include,
                "exclude" => &mut matrix.exclude,
                "optional" => &mut matrix.optional,
                _ => {
                    let texts = items.into_iter().map(|item| match item {
                        Item::Text(text) => Ok(text),
                        Item::Cell(_) => Err(D::Error::custom(format!("`{key}` is a list of strings"))),
                    });
                    let texts = texts.collect::<Result<_, _>>()?;
                    matrix.axes.insert(key, texts);
                    continue;
                }
            };
            for item in items {
                match item {
                    Item::Cell(cell) => cells.push(cell),
                    Item::Text(_) => return Err(D::Error::custom(format!("`{key}` is a list of tables"))),
                }
            }
        }
        Ok(matrix)
    }
}

impl JsonSchema for Matrix {
    fn schema_name() -> Cow<'static, str> {
        "Matrix".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let cells = |description: &str, example: serde_json::Value| {
            let cell = serde_json::json!({
                "type": "object",
                "minProperties": 1,
                "additionalProperties": false,
                "patternProperties": { PATTERN: { "type": "string" } }
            });
            serde_json::json!({
                "description": description, "type": "array", "items": cell, "default": [], "examples": [example]
            })
        };
        let include = cells(
            "Further jobs of the matrix, or further keys for those that fit.",
            serde_json::json!([{ "os": "macos-15", "target": "x86_64" }]),
        );
        let exclude = cells(
            "Combinations of the axes that are left out.",
            serde_json::json!([{ "os": "macos-15", "target": "x86_64" }]),
        );
        let optional =
            cells("Combinations whose failure does not fail the job.", serde_json::json!([{ "os": "macos-15" }]));
        json_schema!({
            "description": "A job for every combination of the values of its axes, which are lists of strings.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": false,
            "properties": { "include": include, "exclude": exclude, "optional": optional },
            "patternProperties": {
                PATTERN: { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": ["string", "object"] } }
            }
        })
    }
}

/// The machine of a custom job: fixed, or one for each job of its matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobRunsOn {
    /// The same for all.
    Fixed(RunsOn),
    /// The label that this key of the matrix has.
    Matrix(Name),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMachine {
    matrix: Option<Name>,
    labels: Option<Vec<String>>,
    group: Option<String>,
}

impl<'de> Deserialize<'de> for JobRunsOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = JobRunsOn;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a label, `{ matrix = \"os\" }` or `{ labels = [...], group = \"…\" }`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<JobRunsOn, E> {
                let from: StrDeserializer<'_, E> = text.into_deserializer();
                RunsOn::deserialize(from).map(JobRunsOn::Fixed)
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, sequence: A) -> Result<JobRunsOn, A::Error> {
                RunsOn::deserialize(serde::de::value::SeqAccessDeserializer::new(sequence)).map(JobRunsOn::Fixed)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JobRunsOn, A::Error> {
                let raw = RawMachine::deserialize(MapAccessDeserializer::new(map))?;
                match (raw.matrix, raw.labels, raw.group) {
                    (Some(axis), None, None) => Ok(JobRunsOn::Matrix(axis)),
                    (None, labels, group) if labels.is_some() || group.is_some() => {
                        Ok(JobRunsOn::Fixed(RunsOn::Labels { labels: labels.unwrap_or_default(), group }))
                    }
                    _ => Err(A::Error::custom("name a key of the `matrix`, or `labels` or a `group`")),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for JobRunsOn {
    fn schema_name() -> Cow<'static, str> {
        "JobRunsOn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fixed = generator.subschema_for::<RunsOn>();
        json_schema!({
            "description": "A label, or the key of the matrix that has one for each job.",
            "anyOf": [
                fixed,
                {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["matrix"],
                    "properties": {
                        "matrix": { "description": "Key of the matrix.", "type": "string", "pattern": PATTERN, "examples": ["os"] }
                    }
                }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Matrix {
        #[derive(Deserialize)]
        struct Job {
            matrix: Matrix,
        }
        toml::from_str(&format!("matrix = {text}")).map(|job: Job| job.matrix).expect("a matrix")
    }

    fn shown(matrix: &Matrix) -> Vec<String> {
        let pairs = |cell: &Cell| cell.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
        matrix.cells().iter().map(|cell| pairs(cell).join(" ")).collect()
    }

    /// The example of GitHub's documentation.
    #[test]
    fn cells_are_those_that_github_makes() {
        let matrix = read(
            r#"{ fruit = ["apple", "pear"], animal = ["cat", "dog"], include = [
                 { color = "green" }, { color = "pink", animal = "cat" }, { fruit = "apple", shape = "round" },
                 { fruit = "banana" }, { fruit = "banana", animal = "cat" } ] }"#,
        );
        assert_eq!(
            shown(&matrix),
            [
                "fruit=apple animal=cat color=pink shape=round",
                "fruit=apple animal=dog color=green shape=round",
                "fruit=pear animal=cat color=pink",
                "fruit=pear animal=dog color=green",
                "fruit=banana",
                "fruit=banana animal=cat",
            ]
        );
    }

    #[test]
    fn excluded_cells_are_gone_before_others_are_included() {
        let matrix = read(
            r#"{ os = ["linux", "mac"], arch = ["x64", "arm"], exclude = [{ os = "MAC", arch = "x64" }],
                 include = [{ os = "mac", arch = "x64" }] }"#,
        );
        assert_eq!(shown(&matrix), ["os=linux arch=x64", "os=linux arch=arm", "os=mac arch=arm", "os=mac arch=x64"]);
        assert_eq!(shown(&read(r#"{ include = [{ n = "1" }, { n = "2" }] }"#)), ["n=1", "n=2"]);
    }
}
