//! Values that a run decides, as the steps of a job read them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::name::Name;
use super::value::{ExternalValue, Value};

/// A value that a run decides. Scripts read it from the environment, so it never becomes code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunValue {
    /// A literal, a secret or a variable.
    Plain(Value),
    /// A property of the run.
    Github(GithubValue),
    /// The value of a key in this job of the matrix.
    Matrix(Name),
    /// An output of a step above, or of a job that is needed.
    Output(Output),
    /// An input of the workflow.
    Input(Name),
    /// Several values, joined with `-`.
    Joined(Vec<Self>),
}

/// Properties of a run: a closed list, without titles, bodies and comments that strangers write.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts#github-context>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GithubValue {
    /// The user who started the run.
    Actor,
    /// The branch that a pull request goes to; empty for other events.
    BaseRef,
    /// The event that started the run.
    EventName,
    /// The branch that a pull request comes from; empty for other events.
    HeadRef,
    /// The number of the pull request; empty for other events.
    PullRequest,
    /// The branch or tag, with `refs/heads/` or `refs/tags/`.
    Ref,
    /// The name of the branch or tag.
    RefName,
    /// `branch` or `tag`.
    RefType,
    /// Owner and name of the repository.
    Repository,
    /// The owner of the repository.
    RepositoryOwner,
    /// The number of the attempt, from 1.
    RunAttempt,
    /// The id of the run, the same in every attempt.
    RunId,
    /// The number of the run among those of its workflow, from 1.
    RunNumber,
    /// The address of GitHub.
    ServerUrl,
    /// The commit.
    Sha,
}

/// The name of an output: `step.name`, `job.name` or `job.step.name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// A step above in the same job, or a job that is needed.
    pub from: Name,
    /// The step of that job, where it is named.
    pub step: Option<Name>,
    /// The name of the output.
    pub name: String,
}

impl Output {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let (from, step, name) = match parts.as_slice() {
            [from, name] => (from, None, name),
            [from, step, name] => (from, Some(Name::new(step)?), name),
            _ => return None,
        };
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        (is_name && name.bytes().all(letter))
            .then_some(())
            .and_then(|()| Some(Self { from: Name::new(from)?, step, name: (*name).to_owned() }))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some(step) => write!(f, "{}.{step}.{}", self.from, self.name),
            None => write!(f, "{}.{}", self.from, self.name),
        }
    }
}

impl RunValue {
    /// The values that it is joined from; itself for one that is not joined.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Joined(parts) => parts,
            one => std::slice::from_ref(one),
        }
    }

    /// Secrets and variables in it.
    pub fn externals(&self) -> impl Iterator<Item = &ExternalValue> {
        self.parts().iter().filter_map(|part| match part {
            Self::Plain(value) => value.external(),
            _ => None,
        })
    }

    /// The text of a literal.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Plain(value) => value.literal(),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    secret: Option<String>,
    var: Option<String>,
    default: Option<String>,
    github: Option<GithubValue>,
    matrix: Option<Name>,
    output: Option<String>,
    input: Option<Name>,
}

const FORMS: &str = "expected one of `secret`, `var`, `github`, `matrix`, `output` and `input`: write \
                     `{ secret = \"NAME\" }`, for example";

impl Raw {
    fn value<E: Error>(self) -> Result<RunValue, E> {
        let Self { secret, var, default, github, matrix, output, input } = self;
        let given = [github.is_some(), matrix.is_some(), output.is_some(), input.is_some()];
        let kinds = given.iter().filter(|given| **given).count() + usize::from(secret.is_some() || var.is_some());
        if kinds != 1 {
            return Err(E::custom(FORMS));
        }
        if secret.is_some() || var.is_some() {
            let external = ExternalValue::of(secret, var, default)?;
            return Ok(RunValue::Plain(Value::External(external)));
        }
        if default.is_some() {
            return Err(E::custom("`default` is for a secret or variable: remove it"));
        }
        let output = output.map(|text| {
            Output::parse(&text)
                .ok_or_else(|| E::custom(format!("`{text}` is not the name of an output: write `\"step.name\"`")))
        });
        let value = github.map(RunValue::Github).or(matrix.map(RunValue::Matrix)).or(input.map(RunValue::Input));
        match (value, output) {
            (Some(value), _) => Ok(value),
            (None, Some(output)) => output.map(RunValue::Output),
            (None, None) => Err(E::custom(FORMS)),
        }
    }
}

impl<'de> Deserialize<'de> for RunValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = RunValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a value such as `{ secret = \"NAME\" }`, or a list of them")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<RunValue, E> {
                let from: StrDeserializer<'_, E> = text.into_deserializer();
                Value::deserialize(from).map(RunValue::Plain)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RunValue, A::Error> {
                Raw::deserialize(MapAccessDeserializer::new(map))?.value()
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<RunValue, A::Error> {
                let parts = Vec::<RunValue>::deserialize(SeqAccessDeserializer::new(sequence))?;
                if parts.is_empty() {
                    return Err(A::Error::custom("the list is empty: name at least one value"));
                }
                if parts.iter().any(|part| matches!(part, RunValue::Joined(_))) {
                    return Err(A::Error::custom("a list within a list: write one list"));
                }
                Ok(RunValue::Joined(parts))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl JsonSchema for RunValue {
    fn schema_name() -> Cow<'static, str> {
        "RunValue".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<RunValueTable>();
        json_schema!({
            "description": "A string, a value that a run decides, or a list of them, which is joined with `-`.",
            "anyOf": [
                { "type": "string" },
                table,
                { "type": "array", "minItems": 1, "items": { "anyOf": [{ "type": "string" }, table] } }
            ]
        })
    }
}

/// A value that a run decides: one of `secret`, `var`, `github`, `matrix`, `output` and `input`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RunValueTable", extend("minProperties" = 1))]
#[allow(dead_code, reason = "the schema is derived from it, and `Raw` is read")]
struct RunValueTable {
    /// Name of a secret, which logs mask.
    ///
    /// Default: another key is set.
    /// Example: `"SMOKE_PASSWORD"`
    #[schemars(regex(pattern = "^[A-Z_][A-Z0-9_]*$"))]
    secret: Option<String>,
    /// Name of a variable, which logs show.
    ///
    /// Default: another key is set.
    /// Example: `"STAGING_URL"`
    #[schemars(regex(pattern = "^[A-Z_][A-Z0-9_]*$"))]
    var: Option<String>,
    /// Value if GitHub has no such secret or variable.
    ///
    /// Default: none; GitHub has to have one.
    /// Example: `"0.1%"`
    default: Option<String>,
    /// Property of the run.
    ///
    /// Default: another key is set.
    /// Example: `"sha"`
    github: Option<GithubValue>,
    /// Key of the matrix; empty in a job of the matrix that lacks it.
    ///
    /// Default: another key is set.
    /// Example: `"os"`
    matrix: Option<Name>,
    /// Output of a step above by its `id`, or of a job in `needs`: `step.name`, `job.name` or `job.step.name`.
    ///
    /// Default: another key is set.
    /// Example: `"meta.version"`
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)?\\.[A-Za-z_][A-Za-z0-9_-]*$"))]
    output: Option<String>,
    /// Input of the workflow.
    ///
    /// Default: another key is set.
    /// Example: `"level"`
    input: Option<Name>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RunValue, String> {
        #[derive(Debug, Deserialize)]
        struct Table {
            value: RunValue,
        }
        toml::from_str(&format!("value = {text}")).map(|table: Table| table.value).map_err(|e| e.message().to_owned())
    }

    fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    #[test]
    fn reads_every_form() {
        let literal = |text: &str| RunValue::Plain(Value::Literal(text.to_owned()));
        let output =
            |from, step: Option<&str>| Output { from: name(from), step: step.map(name), name: "v_1".to_owned() };
        assert_eq!(read("'text'"), Ok(literal("text")));
        assert_eq!(read("{ github = 'run-id' }"), Ok(RunValue::Github(GithubValue::RunId)));
        assert_eq!(read("{ matrix = 'os' }"), Ok(RunValue::Matrix(name("os"))));
        assert_eq!(read("{ input = 'dry-run' }"), Ok(RunValue::Input(name("dry-run"))));
        assert_eq!(read("{ output = 'meta.v_1' }"), Ok(RunValue::Output(output("meta", None))));
        assert_eq!(read("{ output = 'build.meta.v_1' }"), Ok(RunValue::Output(output("build", Some("meta")))));
        let joined = read("['bundle', { matrix = 'os' }]").expect("a list");
        assert_eq!(joined, RunValue::Joined(vec![literal("bundle"), RunValue::Matrix(name("os"))]));
    }

    #[test]
    fn refuses_what_is_none_of_them() {
        for (text, message) in [
            ("{}", FORMS),
            ("{ matrix = 'os', github = 'sha' }", FORMS),
            ("{ matrix = 'os', default = 'x' }", "`default` is for a secret or variable: remove it"),
            ("{ output = 'version' }", "`version` is not the name of an output: write `\"step.name\"`"),
            ("{ output = 'a.b.c.d' }", "`a.b.c.d` is not the name of an output: write `\"step.name\"`"),
            ("[]", "the list is empty: name at least one value"),
            ("[['a']]", "a list within a list: write one list"),
        ] {
            assert_eq!(read(text), Err(message.to_owned()), "{text}");
        }
        let unknown = read("{ github = 'token' }").expect_err("not in the list");
        assert!(unknown.starts_with("unknown variant `token`"), "{unknown}");
    }
}
