//! The text of `pipeline.lock`, read.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::builtin;
use super::grammar::{self, shown};
use super::lock::{FORMAT, Lock, Pin, Tool};
use crate::day::Day;

/// Why a text is not a lock, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockError {
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// The line of their start, from 1.
    pub line: usize,
    /// The character of that line, from 1.
    pub column: usize,
    /// The mistake.
    pub message: String,
    /// The fix.
    pub help: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Reads the text of `pipeline.lock`.
    ///
    /// # Errors
    ///
    /// The first place that is not as [`Lock::to_text`] would write it: broken
    /// TOML, an unknown key, a name or a hash that cannot be one.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        read(text)
    }
}

type Key<'a> = Spanned<DeString<'a>>;
type Value<'a> = Spanned<DeValue<'a>>;

/// The field of a pin with the date of its release.
const DATE: &str = "date";

/// A fault and its bytes; lines and columns are counted once,
/// for the fault that is reported.
struct Fault {
    span: Range<usize>,
    message: String,
    help: String,
}

pub(super) fn read(text: &str) -> Result<Lock, LockError> {
    document(text).map_err(|fault| {
        let (line, column) = position(text, fault.span.start);
        LockError { span: fault.span, line, column, message: fault.message, help: fault.help }
    })
}

fn document(text: &str) -> Result<Lock, Fault> {
    let root = DeTable::parse(text).map_err(|error| Fault {
        span: error.span().unwrap_or(0..0),
        message: error.message().to_owned(),
        help: "correct the line, or take the file back from version control".to_owned(),
    })?;
    let mut lock = Lock::default();
    let mut format = None;
    for (key, value) in root.get_ref() {
        match key.get_ref().as_ref() {
            "version" => format = Some(version(value)?),
            "actions" => actions(&mut lock, entries(value, "[actions]")?)?,
            "images" => images(&mut lock, entries(value, "[images]")?)?,
            "tools" => tools(&mut lock, entries(value, "[tools]")?)?,
            _ => {
                return Err(unknown(key, "a lock holds", "version, [actions], [images] and [tools]"));
            }
        }
    }
    if format.is_none() {
        return Err(Fault {
            span: 0..0,
            message: "the version of the format is missing".to_owned(),
            help: format!("start the file with `version = {FORMAT}`"),
        });
    }
    Ok(lock)
}

fn version(value: &Value<'_>) -> Result<(), Fault> {
    let known = value
        .get_ref()
        .as_integer()
        .is_some_and(|number| i64::from_str_radix(number.as_str(), number.radix()) == Ok(FORMAT));
    if known {
        return Ok(());
    }
    Err(fault(
        value.span(),
        "the format of this lock is not known".to_owned(),
        format!("`version = {FORMAT}` is; a newer pipewright may have written this file"),
    ))
}

fn actions(lock: &mut Lock, table: &DeTable<'_>) -> Result<(), Fault> {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        grammar::check_repository(name).map_err(|message| {
            let help = match grammar::repository(name).filter(|_| grammar::check_action(name).is_ok()) {
                Some(repository) => format!("pin {}", shown(repository)),
                None => "a key of [actions] is `owner/repository`".to_owned(),
            };
            fault(key.span(), message, help)
        })?;
        let [version, sha] = fields(key, value, ["version", "sha"])?;
        let sha_of = sha.0.clone();
        let pin = Pin {
            version: checked(version, grammar::check_version, || add_action(name))?,
            sha: checked(sha, grammar::check_commit, || add_action(name))?,
        };
        if let Some((message, help)) = builtin::contradicts_action(name, &pin) {
            return Err(fault(sha_of, message, help));
        }
        if lock.insert_action(name, pin).is_some() {
            return Err(fault(
                key.span(),
                format!("{} is pinned twice: names of actions ignore case", shown(name)),
                "keep one of the two lines".to_owned(),
            ));
        }
        date(lock, name, value)?;
    }
    Ok(())
}

fn images(lock: &mut Lock, table: &DeTable<'_>) -> Result<(), Fault> {
    for (key, value) in table {
        let reference = checked((key.span(), key.get_ref()), grammar::check_reference, || {
            "a key of [images] is an image and its tag, as in pipeline.toml".to_owned()
        })?;
        let [digest] = fields(key, value, ["digest"])?;
        let digest = checked(digest, grammar::check_digest, || {
            format!("run `pipewright pins add {reference}@sha256:<digest>`")
        })?;
        lock.images.insert(reference.clone(), digest);
        date(lock, &reference, value)?;
    }
    Ok(())
}

fn tools(lock: &mut Lock, table: &DeTable<'_>) -> Result<(), Fault> {
    for (key, value) in table {
        let name = checked((key.span(), key.get_ref()), grammar::check_tool, || {
            "a key of [tools] is the name of a command".to_owned()
        })?;
        lock.tools.insert(name.clone(), tool(key, value)?);
        date(lock, &name, value)?;
    }
    Ok(())
}

fn tool(key: &Key<'_>, value: &Value<'_>) -> Result<Tool, Fault> {
    let name = key.get_ref().as_ref();
    let help = || format!("run `pipewright pins add {name}@<version>`");
    let mut version = None;
    let mut hashes = BTreeMap::new();
    for (field, value) in entries(value, name)? {
        match field.get_ref().as_ref() {
            "version" => {
                version = Some(checked(string(field, value)?, grammar::check_version, help)?);
            }
            platform if grammar::PLATFORMS.contains(&platform) => {
                let digest = checked(string(field, value)?, grammar::check_digest, help)?;
                hashes.insert(platform.to_owned(), digest.replacen("sha256:", "", 1));
            }
            DATE => {}
            _ => {
                let known = format!("version, {}, {DATE}", grammar::PLATFORMS.join(", "));
                return Err(unknown(field, "the pin of a tool holds", &known));
            }
        }
    }
    match version {
        Some(version) => {
            let tool = Tool { version, hashes };
            match builtin::contradicts_tool(name, &tool) {
                Some((message, help)) => Err(fault(value.span(), message, help)),
                None => Ok(tool),
            }
        }
        None => Err(missing(key, "version")),
    }
}

/// Records the date of a pin, which it may leave out.
fn date(lock: &mut Lock, name: &str, pin: &Value<'_>) -> Result<(), Fault> {
    let Some((field, value)) = entries(pin, name)?.get_key_value(DATE) else { return Ok(()) };
    let (span, text) = string(field, value)?;
    let day = Day::parse(text).ok_or_else(|| {
        let message = format!("{} is not a date", shown(text));
        fault(span, message, "write it as in `date = \"2026-11-22\"`, or leave it out".to_owned())
    })?;
    lock.set_date(name, day);
    Ok(())
}

/// The string fields of a pin, all of them, and no other but its date.
fn fields<'a, const N: usize>(
    key: &Key<'_>,
    value: &'a Value<'_>,
    names: [&str; N],
) -> Result<[(Range<usize>, &'a str); N], Fault> {
    let table = entries(value, key.get_ref())?;
    for field in table.keys() {
        let known = field.get_ref().as_ref();
        if known != DATE && !names.contains(&known) {
            return Err(unknown(field, "this pin holds", &format!("{} and {DATE}", names.join(", "))));
        }
    }
    let mut found = names.map(|_| (0..0, ""));
    for (slot, name) in found.iter_mut().zip(names) {
        let (field, value) = table.get_key_value(name).ok_or_else(|| missing(key, name))?;
        *slot = string(field, value)?;
    }
    Ok(found)
}

fn entries<'a, 'text>(value: &'a Value<'text>, name: &str) -> Result<&'a DeTable<'text>, Fault> {
    value.get_ref().as_table().ok_or_else(|| {
        fault(
            value.span(),
            format!("{} is not a table", shown(name)),
            "a pin is written `\"name\" = { … }`, under [actions], [images] or [tools]".to_owned(),
        )
    })
}

fn string<'a>(key: &Key<'_>, value: &'a Value<'_>) -> Result<(Range<usize>, &'a str), Fault> {
    match value.get_ref().as_str() {
        Some(text) => Ok((value.span(), text)),
        None => Err(fault(
            value.span(),
            format!("{} is not a string", shown(key.get_ref())),
            "put it in double quotes".to_owned(),
        )),
    }
}

/// The text at a place, if it follows the rule.
fn checked(
    (span, text): (Range<usize>, &str),
    rule: impl Fn(&str) -> Result<(), String>,
    help: impl Fn() -> String,
) -> Result<String, Fault> {
    match rule(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(message) => Err(fault(span, message, help())),
    }
}

fn add_action(name: &str) -> String {
    format!("run `pipewright pins add {name}@<commit>#vX.Y.Z`")
}

fn unknown(key: &Key<'_>, holder: &str, known: &str) -> Fault {
    fault(key.span(), format!("unknown key {}", shown(key.get_ref())), format!("{holder} {known}"))
}

fn missing(key: &Key<'_>, field: &str) -> Fault {
    fault(key.span(), format!("the pin of {} has no `{field}`", shown(key.get_ref())), format!("add `{field} = \"…\"`"))
}

fn fault(span: Range<usize>, message: String, help: String) -> Fault {
    Fault { span, message, help }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}
