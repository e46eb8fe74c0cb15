//! One workflow of the project while it is read.

use serde_yaml::Value;

use super::command::{Command, assigned, toolchain};
use super::parts::{Job, OwnWorkflows, Service, Version};
use super::place::Place;
use super::script::{self, Line, logical};
use crate::catalogue::runners::{RunnerImage, runner};
use crate::sources::{self, Tree};

/// Scripts that start scripts are followed this far.
const DEEPEST: usize = 4;

/// One file while it is read.
pub(super) struct Reader<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    /// Environment variables of all of its jobs.
    pub(super) env: Vec<(String, String)>,
    /// `true` if a change starts it.
    pub(super) on_change: bool,
}

/// A step while it is read.
struct Step {
    job: usize,
    env: Vec<(String, String)>,
    conditional: bool,
}

impl Reader<'_> {
    pub(super) fn job(&self, job: &Value, above: Option<String>, found: &mut OwnWorkflows) {
        let folder = folder_of(job).or(above).unwrap_or_default();
        let index = found.jobs.len();
        let env: Vec<(String, String)> = self.env.iter().cloned().chain(literals(job)).collect();
        found.jobs.push(Job {
            env: self.private(&env),
            services: services(job),
            container: image(job.get("container")),
            systems: self.systems(job, &env),
            file: self.file.to_owned(),
            on_change: self.on_change,
        });
        let container = found.jobs.get(index).and_then(|job| job.container.clone()).unwrap_or_default();
        if let Some((language, tag)) = container.rsplit('/').next().and_then(|image| image.split_once(':')) {
            let text = tag.split(['-', '@']).next().unwrap_or(tag).to_owned();
            let version = Version { place: self.place(&container), text, job: index };
            found.versions.push((language.to_owned(), version));
        }
        for step in job.get("steps").and_then(Value::as_sequence).into_iter().flatten() {
            let own = step.get("working-directory").and_then(Value::as_str).map(trimmed);
            let mut folder = own.unwrap_or_else(|| folder.clone());
            let of_step: Vec<(String, String)> = literals(step).collect();
            let known: Vec<(String, String)> = env.iter().chain(&of_step).cloned().collect();
            let read = Step { job: index, env: of_step, conditional: step.get("if").is_some() };
            let script = step.get("run").and_then(Value::as_str).unwrap_or_default();
            for (_, text) in logical(script) {
                let place = self.place(&text);
                for part in text.split(" && ").map(str::trim) {
                    let text = expanded(part, job, &known);
                    if let Some(into) = text.strip_prefix("cd ") {
                        folder = sources::join(&folder, into.trim()).unwrap_or_default();
                    } else {
                        let line = Line { text, folder: folder.clone(), place: place.clone(), env: Vec::new() };
                        self.command(&read, line, 0, found);
                    }
                }
            }
            self.action(step, job, (index, &known), found);
        }
    }

    /// A command, and those that it starts.
    fn command(&self, step: &Step, line: Line, depth: usize, found: &mut OwnWorkflows) {
        let inner = if depth < DEEPEST { script::lines(self.tree, &line.folder, &line.text) } else { Vec::new() };
        let starts = inner.len();
        for inner in inner.into_iter().filter(|inner| inner.place != line.place) {
            self.command(step, inner, depth + 1, found);
        }
        let Line { text, folder, place, env } = line;
        if let Some(toolchain) = toolchain(&text) {
            let version = Version { place: place.clone(), text: toolchain.to_owned(), job: step.job };
            found.versions.push(("rust".to_owned(), version));
        }
        let given = step.env.iter().cloned().chain(env).chain(assigned(&text)).collect();
        found.commands.push(Command {
            text,
            folder,
            place,
            job: Some(step.job),
            env: given,
            conditional: step.conditional,
            whole: true,
            depth,
            starts,
        });
    }

    /// The versions that an action sets up.
    fn action(&self, step: &Value, job: &Value, (index, env): (usize, &[(String, String)]), found: &mut OwnWorkflows) {
        let Some(action) = step.get("uses").and_then(Value::as_str) else { return };
        let inputs = step.get("with").and_then(Value::as_mapping);
        let mut add = |language: &str, text: String, given: &str| {
            // A value that is put together is in no line: its input is.
            let written = if self.text.contains(&text) { &text } else { given };
            let version = Version { place: self.place(written), text, job: index };
            found.versions.push((language.to_owned(), version));
        };
        let mut has_toolchain = false;
        for (key, given) in inputs.into_iter().flatten() {
            let language = match key.as_str() {
                Some("toolchain") => "rust",
                Some(key) => key.strip_suffix("-version").unwrap_or_default(),
                None => continue,
            };
            has_toolchain |= language == "rust";
            let written = scalar(given).unwrap_or_default();
            for text in values(&written, job, env).into_iter().filter(|_| !language.is_empty()) {
                add(language, text, &written);
            }
        }
        if let Some((_, channel)) = action.split_once("/rust-toolchain@").filter(|_| !has_toolchain) {
            add("rust", channel.to_owned(), channel);
        }
    }

    /// GitHub's runners, which `runs-on` or the axis that it names lists.
    fn systems(&self, job: &Value, env: &[(String, String)]) -> Vec<(&'static RunnerImage, Place)> {
        let written = job.get("runs-on").and_then(Value::as_str).unwrap_or_default();
        let expression = written.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
        let labels: Vec<String> = match expression.filter(|inner| inner.contains("||")) {
            Some(inner) => inner.split("||").flat_map(|part| alternative(part.trim(), job, env)).collect(),
            None => values(written, job, env),
        };
        labels.into_iter().filter_map(|label| Some((runner(&label)?, self.place(&label)))).collect()
    }

    /// Variables for programs; what the workflow itself reads back is for its own expressions.
    fn private(&self, env: &[(String, String)]) -> Vec<(String, String)> {
        let is_read = |name: &str| self.text.contains(&format!("env.{name}"));
        env.iter().filter(|(name, _)| !is_read(name)).cloned().collect()
    }

    /// The first line that holds a text, or its beginning where it goes on in the next.
    fn place(&self, text: &str) -> Place {
        let holds = |part: &str| self.text.lines().position(|line| line.contains(part));
        let begins = || {
            let words: Vec<&str> = text.split_whitespace().collect();
            (1..words.len()).rev().find_map(|count| holds(&words.get(..count)?.join(" ")))
        };
        let line = holds(text).or_else(begins).map_or(1, |index| index + 1);
        Place { file: self.file.to_owned(), line }
    }
}

/// The values of an input: itself, or those of the axis of the matrix that it names, as in `1.${{ matrix.go }}.x`.
fn values(text: &str, job: &Value, env: &[(String, String)]) -> Vec<String> {
    let text = text.trim();
    let inner = text.split_once("${{").and_then(|(front, rest)| Some((front, rest.split_once("}}")?)));
    let Some((front, (axis, back))) = inner else {
        return text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    };
    if back.contains("${{") {
        return Vec::new();
    }
    let found = of_expression(job, axis.trim(), env);
    found.into_iter().map(|value| format!("{front}{value}{back}")).collect()
}

/// The values of one side of `||`: a quoted text, or an expression.
fn alternative(part: &str, job: &Value, env: &[(String, String)]) -> Vec<String> {
    let quoted = part.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    quoted.map_or_else(|| of_expression(job, part, env), |text| vec![text.to_owned()])
}

/// The values of a variable, or of an axis of the matrix.
fn of_expression(job: &Value, axis: &str, env: &[(String, String)]) -> Vec<String> {
    if let Some(name) = axis.strip_prefix("env.") {
        return env.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone()).into_iter().collect();
    }
    let Some(axis) = axis.strip_prefix("matrix.") else { return Vec::new() };
    let (axis, inner) = axis.split_once('.').unwrap_or((axis, ""));
    let matrix = job.get("strategy").and_then(|strategy| strategy.get("matrix"));
    let listed = matrix.and_then(|matrix| matrix.get(axis)).and_then(Value::as_sequence);
    let included = matrix.and_then(|matrix| matrix.get("include")).and_then(Value::as_sequence);
    let included = included.into_iter().flatten().filter_map(|entry| entry.get(axis));
    listed.into_iter().flatten().chain(included).filter_map(|value| scalar(within(value, inner)?)).collect()
}

/// The value at dotted keys of an entry of an axis; the entry where there are none.
fn within<'a>(value: &'a Value, keys: &str) -> Option<&'a Value> {
    keys.split('.').filter(|key| !key.is_empty()).try_fold(value, |value, key| value.get(key))
}

/// A command with the values of its job's first combination and of its environment.
fn expanded(text: &str, job: &Value, env: &[(String, String)]) -> String {
    let mut rest = text;
    let mut whole = String::new();
    while let Some((front, behind)) = rest.split_once("${{") {
        let Some((inner, after)) = behind.split_once("}}") else { break };
        whole.push_str(front);
        let inner = inner.trim();
        let matrix = inner.strip_prefix("matrix.").and_then(|axis| first(job, axis));
        let variable = inner.strip_prefix("env.").and_then(|name| env.iter().rev().find(|(known, _)| known == name));
        let value = matrix.or_else(|| variable.map(|(_, value)| value.clone()));
        whole.push_str(&value.unwrap_or_else(|| format!("${{{{ {inner} }}}}")));
        rest = after;
    }
    whole.push_str(rest);
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value of an axis in the first combination of a matrix; empty where that has none.
fn first(job: &Value, axis: &str) -> Option<String> {
    let matrix = job.get("strategy")?.get("matrix")?;
    let (axis, inner) = axis.split_once('.').unwrap_or((axis, ""));
    if let Some(list) = matrix.get(axis).and_then(Value::as_sequence) {
        // A key that an entry lacks is empty.
        return list.first().map(|entry| within(entry, inner).and_then(scalar).unwrap_or_default());
    }
    let entry = matrix.get("include")?.as_sequence()?.first()?;
    Some(entry.get(axis).and_then(scalar).unwrap_or_default())
}

/// Returns whether a push or a pull request starts a workflow.
pub(super) fn is_on_change(document: &Value) -> bool {
    const EVENTS: &[&str] = &["push", "pull_request", "merge_group"];
    let is_event = |name: Option<&str>| name.is_some_and(|name| EVENTS.contains(&name));
    match document.get("on").or_else(|| document.get(Value::Bool(true))) {
        Some(Value::String(name)) => is_event(Some(name)),
        Some(Value::Sequence(names)) => names.iter().any(|name| is_event(name.as_str())),
        Some(Value::Mapping(events)) => events.iter().any(|(name, given)| {
            let only_tags = given.get("tags").is_some() && given.get("branches").is_none();
            is_event(name.as_str()) && !only_tags
        }),
        _ => false,
    }
}

/// Variables of `env` whose values are literals.
pub(super) fn literals(node: &Value) -> impl Iterator<Item = (String, String)> + '_ {
    let table = node.get("env").and_then(Value::as_mapping);
    table.into_iter().flatten().filter_map(|(name, value)| {
        let value = if value.is_null() { String::new() } else { scalar(value)? };
        (!value.contains("${{")).then(|| (name.as_str().unwrap_or_default().to_owned(), value))
    })
}

fn services(job: &Value) -> Vec<Service> {
    let table = job.get("services").and_then(Value::as_mapping);
    table
        .into_iter()
        .flatten()
        .filter_map(|(name, service)| {
            let (name, image) = (name.as_str()?.to_owned(), image(Some(service))?);
            Some(Service { name, image, env: literals(service).collect() })
        })
        .collect()
}

fn image(node: Option<&Value>) -> Option<String> {
    let node = node?;
    node.as_str().or_else(|| node.get("image").and_then(Value::as_str)).map(str::to_owned)
}

/// `defaults.run.working-directory` of a workflow or a job.
pub(super) fn folder_of(node: &Value) -> Option<String> {
    node.get("defaults")?.get("run")?.get("working-directory")?.as_str().map(trimmed)
}

fn trimmed(path: &str) -> String {
    // A folder outside of the repository is that of no component.
    sources::join("", path).unwrap_or_else(|| path.to_owned())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
