//! A workflow as a tree: keys in the order in which people write them.

use std::borrow::Cow;

use super::{Entry, Error, Item, Node, write};
use crate::workflow::{
    Action, Axis, CallInput, CallSecret, Callee, Cell, Commit, Concurrency, Container, Environment, Job, Machine,
    ManualInput, ManualKind, Pairs, Permission, Service, Step, StepKind, Strategy, Triggers, Value, When, Work,
    Workflow,
};

/// A workflow as text, below these comment lines.
///
/// # Errors
///
/// [`Error`] for a key that no reader takes; verification refuses such a workflow before.
pub fn workflow(workflow: &Workflow, header: &[String]) -> Result<String, Error> {
    write(header, &tree(workflow))
}

/// A workflow as a tree.
pub fn tree(workflow: &Workflow) -> Node<'_> {
    let mut entries = vec![
        Entry::new("name", workflow.name.as_str()),
        Entry::new("on", triggers(&workflow.on)).spaced(),
        Entry::new("permissions", Node::map([])).spaced(),
    ];
    entries.extend(workflow.concurrency.iter().map(|it| Entry::new("concurrency", concurrency(it)).spaced()));
    entries.extend(pairs("env", &workflow.env).map(Entry::spaced));
    entries.extend([
        Entry::new("defaults", Node::map([Entry::new("run", Node::map([Entry::new("shell", "bash")]))])).spaced(),
        Entry::new("jobs", Node::map(workflow.jobs.iter().map(|job| entry(job).spaced()))).spaced(),
    ]);
    Node::Map(entries)
}

fn triggers(on: &Triggers) -> Node<'_> {
    let mut entries = Vec::new();
    if on.pull_request {
        let paths = (!on.paths.is_empty()).then(|| Node::map([Entry::new("paths", flow(&on.paths))]));
        entries.push(Entry::new("pull_request", paths.unwrap_or(Node::Null)));
    }
    if on.merge_group {
        entries.push(Entry::new("merge_group", Node::Null));
    }
    if !on.push_branches.is_empty() || !on.push_tags.is_empty() {
        let mut push = Vec::new();
        for (key, names) in [("branches", &on.push_branches), ("tags", &on.push_tags), ("paths", &on.paths)] {
            if !names.is_empty() {
                push.push(Entry::new(key, flow(names)));
            }
        }
        entries.push(Entry::new("push", Node::map(push)));
    }
    if !on.release.is_empty() {
        entries.push(Entry::new("release", Node::map([Entry::new("types", flow(&on.release))])));
    }
    if !on.schedule.is_empty() {
        entries.push(Entry::new(
            "schedule",
            Node::seq(on.schedule.iter().map(|(cron, timezone)| {
                let mut entry = vec![Entry::new("cron", cron.as_str())];
                entry.extend(timezone.as_ref().map(|timezone| Entry::new("timezone", timezone.as_str())));
                Item::new(Node::Map(entry))
            })),
        ));
    }
    if let Some(inputs) = &on.call {
        let mut parts = tables("inputs", inputs.iter().map(called).collect());
        parts.extend(tables("secrets", on.call_secrets.iter().map(secret).collect()));
        parts.extend(tables("outputs", on.call_outputs.iter().map(output).collect()));
        entries.push(Entry::new("workflow_call", if parts.is_empty() { Node::Null } else { Node::Map(parts) }));
    }
    if let Some(inputs) = &on.manual {
        let parts = tables("inputs", inputs.iter().map(manual).collect());
        entries.push(Entry::new("workflow_dispatch", if parts.is_empty() { Node::Null } else { Node::Map(parts) }));
    }
    Node::Map(entries)
}

/// A table of entries, unless it is empty.
fn tables<'a>(key: &'static str, entries: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    if entries.is_empty() { Vec::new() } else { vec![Entry::new(key, Node::Map(entries))] }
}

fn called(input: &CallInput) -> Entry<'_> {
    let mut entries = vec![Entry::new("description", input.description.as_str())];
    match &input.default {
        Some(default) => entries.push(Entry::new("default", typed(&input.kind, default))),
        None => entries.push(Entry::new("required", true)),
    }
    entries.push(Entry::new("type", kind(&input.kind)));
    Entry::new(input.name.as_str(), Node::Map(entries))
}

fn output((name, own): &(String, Value)) -> Entry<'_> {
    Entry::new(name.as_str(), Node::map([Entry::new("value", value(own))]))
}

fn secret(secret: &CallSecret) -> Entry<'_> {
    Entry::new(secret.name.as_str(), Node::map([Entry::new("required", secret.required)]))
}

const fn kind(kind: &ManualKind) -> &'static str {
    match kind {
        ManualKind::String => "string",
        ManualKind::Boolean => "boolean",
        ManualKind::Number => "number",
        ManualKind::Choice(_) => "choice",
    }
}

/// A default in the type of its input.
fn typed<'a>(kind: &ManualKind, default: &'a str) -> Node<'a> {
    match kind {
        ManualKind::Boolean => Node::Bool(default == "true"),
        ManualKind::Number => default.parse().map_or_else(|_| default.into(), Node::Int),
        _ => default.into(),
    }
}

fn manual(input: &ManualInput) -> Entry<'_> {
    let mut entries = vec![Entry::new("description", input.description.as_str())];
    if input.required {
        entries.push(Entry::new("required", true));
    }
    if let Some(default) = &input.default {
        entries.push(Entry::new("default", typed(&input.kind, default)));
    }
    entries.push(Entry::new("type", kind(&input.kind)));
    if let ManualKind::Choice(options) = &input.kind {
        entries.push(Entry::new("options", flow(options)));
    }
    Entry::new(input.name.as_str(), Node::Map(entries))
}

fn concurrency(concurrency: &Concurrency) -> Node<'_> {
    let cancel = truth(&concurrency.cancel);
    let mut entries = vec![Entry::new("group", text(&concurrency.group)), Entry::new("cancel-in-progress", cancel)];
    if concurrency.queue {
        entries.push(Entry::new("queue", "max"));
    }
    Node::Map(entries)
}

fn entry(job: &Job) -> Entry<'_> {
    let mut entries = vec![Entry::new("name", text(&job.name))];
    if !job.needs.is_empty() {
        entries.push(Entry::new("needs", flow(&job.needs)));
    }
    entries.extend(condition(job.condition.as_ref()));
    match &job.work {
        Work::Call { callee, strategy: matrix, with, secrets } => {
            entries.push(Entry::new("permissions", permissions(&job.permissions)));
            entries.extend(matrix.iter().flat_map(strategy));
            entries.push(uses(callee));
            entries.extend(inputs(with));
            entries.extend(pairs("secrets", secrets));
        }
        Work::Steps {
            runner: on,
            timeout,
            environment: place,
            strategy: matrix,
            env,
            container: own,
            services: beside,
            steps,
        } => {
            entries.push(Entry::new("runs-on", runner(on)));
            entries.push(Entry::new("timeout-minutes", Node::Int(i64::try_from(*timeout).unwrap_or(i64::MAX))));
            entries.push(Entry::new("permissions", permissions(&job.permissions)));
            entries.extend(place.as_ref().map(environment));
            entries.extend(job.concurrency.as_ref().map(|group| Entry::new("concurrency", concurrency(group))));
            entries.extend(matrix.iter().flat_map(strategy));
            entries.extend(pairs("outputs", &job.outputs));
            entries.extend(pairs("env", env));
            entries.extend(own.as_ref().map(container));
            if !beside.is_empty() {
                entries.push(Entry::new("services", Node::map(beside.iter().map(service))));
            }
            let items = steps.iter().enumerate().map(|(index, step)| {
                let item = Item::new(self::step(step));
                if index == 0 { item } else { item.spaced() }
            });
            entries.push(Entry::new("steps", Node::seq(items)));
        }
    }
    let mut whole = Entry::new(job.id.as_str(), Node::Map(entries));
    whole.head.clone_from(&job.about);
    whole
}

fn uses(callee: &Callee) -> Entry<'_> {
    match callee {
        Callee::Generated(file) | Callee::Written(file) => Entry::new("uses", format!("$/.github/workflows/{file}")),
        Callee::Remote(name, Some(Commit { sha, version })) => {
            Entry::new("uses", format!("{name}@{sha}")).tail(version.as_str())
        }
        Callee::Remote(name, None) => Entry::new("uses", name.as_str()),
    }
}

/// Inputs of a called workflow, which has types: a text stays one.
fn inputs(with: &Pairs) -> Option<Entry<'_>> {
    let entries = with.iter().map(|(key, own)| {
        let typed = if own.literal().is_some() { text(own) } else { value(own) };
        Entry::new(key.as_str(), typed)
    });
    (!with.is_empty()).then(|| Entry::new("with", Node::map(entries)))
}

fn permissions(permissions: &[Permission]) -> Node<'_> {
    Node::map(permissions.iter().map(|permission| {
        Entry::new(permission.scope.as_str(), permission.access.as_str()).tail(permission.reason.as_str())
    }))
}

fn runner(runner: &Machine) -> Node<'_> {
    match runner {
        Machine::Label(label) => text(label),
        Machine::Labels(labels, None) => flow(labels),
        Machine::Labels(labels, Some(group)) => {
            let mut entries = vec![Entry::new("group", group.as_str())];
            if !labels.is_empty() {
                entries.push(Entry::new("labels", flow(labels)));
            }
            Node::Map(entries)
        }
    }
}

fn environment(environment: &Environment) -> Entry<'_> {
    let mut entries = vec![Entry::new("name", text(&environment.name))];
    entries.extend(environment.url.as_ref().map(|url| Entry::new("url", text(url))));
    if !environment.deployment {
        entries.push(Entry::new("deployment", false));
    }
    let value = if entries.len() == 1 { text(&environment.name) } else { Node::Map(entries) };
    Entry::new("environment", value)
}

fn strategy(strategy: &Strategy) -> Vec<Entry<'_>> {
    let axes = strategy.axes.iter().map(|(name, axis)| {
        let values = match axis {
            Axis::Texts(texts) => flow(texts),
            Axis::Numbers(most) => Node::FlowSeq((1..=*most).map(|number| Node::Int(i64::from(number))).collect()),
            Axis::Expression(list) => text(list),
        };
        Entry::new(name.as_str(), values)
    });
    let mut matrix: Vec<Entry> = axes.collect();
    for (key, cells) in [("exclude", &strategy.exclude), ("include", &strategy.include)] {
        if !cells.is_empty() {
            matrix.push(Entry::new(key, Node::seq(cells.iter().map(cell))));
        }
    }
    let optional = strategy.optional.as_ref().map(truth);
    let mut entries: Vec<Entry> = optional.map(|value| Entry::new("continue-on-error", value)).into_iter().collect();
    entries.push(Entry::new(
        "strategy",
        Node::map([Entry::new("fail-fast", false), Entry::new("matrix", Node::Map(matrix))]),
    ));
    entries
}

fn cell(cell: &Cell) -> Node<'_> {
    Node::map(cell.iter().map(|(key, own)| Entry::new(key.as_str(), constant(own))))
}

fn container(container: &Container) -> Entry<'_> {
    let mut entries = vec![Entry::new("image", container.image.as_str())];
    entries.extend(pairs("credentials", &container.credentials));
    entries.extend(pairs("env", &container.env));
    entries.extend(container.options.as_ref().map(|options| Entry::new("options", options.as_str())));
    Entry::new("container", Node::Map(entries))
}

fn service(service: &Service) -> Entry<'_> {
    let mut entries = vec![Entry::new("image", service.image.as_str())];
    entries.extend(pairs("env", &service.env));
    if !service.ports.is_empty() {
        entries.push(Entry::new("ports", flow(&service.ports)));
    }
    for (key, value) in
        [("options", &service.options), ("command", &service.command), ("entrypoint", &service.entrypoint)]
    {
        entries.extend(value.as_ref().map(|value| Entry::new(key, value.as_str())));
    }
    Entry::new(service.id.as_str(), Node::Map(entries))
}

fn step(step: &Step) -> Node<'_> {
    let mut entries = vec![Entry::new("name", constant(&step.name))];
    entries.extend(step.id.as_ref().map(|id| Entry::new("id", id.as_str())));
    entries.extend(condition(step.condition.as_ref()));
    let timeout = step
        .timeout
        .map(|minutes| Entry::new("timeout-minutes", Node::Int(i64::try_from(minutes).unwrap_or(i64::MAX))));
    match &step.kind {
        StepKind::Uses(Action { name, pin, with }) => {
            entries.extend(timeout);
            entries.push(match pin {
                Some(Commit { sha, version }) => Entry::new("uses", format!("{name}@{sha}")).tail(version.as_str()),
                None => Entry::new("uses", name.as_str()),
            });
            entries.extend(pairs("env", &step.env));
            entries.extend(pairs("with", with));
        }
        StepKind::Run(run) => {
            entries.extend(run.folder.as_ref().map(|folder| Entry::new("working-directory", folder.as_str())));
            entries.extend(timeout);
            entries.extend(pairs("env", &step.env));
            // A script always ends its last line, so that every reader sees the same block.
            let text = run.script.as_str();
            let text: Cow<'_, str> = if text.contains('\n') { format!("{text}\n").into() } else { text.into() };
            entries.push(Entry::new("run", text));
        }
    }
    Node::Map(entries)
}

fn flow(texts: &[String]) -> Node<'_> {
    Node::FlowSeq(texts.iter().map(|plain| constant(plain)).collect())
}

fn pairs<'a>(key: &'static str, pairs: &'a Pairs) -> Option<Entry<'a>> {
    let entries = pairs.iter().map(|(key, written)| Entry::new(key.as_str(), value(written)));
    (!pairs.is_empty()).then(|| Entry::new(key, Node::map(entries)))
}

/// An `if`, unless the condition is GitHub's default `success()`.
fn condition(when: Option<&When>) -> Option<Entry<'_>> {
    let printed = when?.printed()?;
    Some(Entry::new("if", if printed == "false" { Node::Bool(false) } else { printed.into() }))
}

/// A text without expressions.
fn constant(text: &str) -> Node<'_> {
    Value::printed_text(text).into()
}

/// A value that is read as text.
fn text(value: &Value) -> Node<'_> {
    value.printed().into()
}

/// A value as people write it: without quotes around truth and small numbers.
fn value(value: &Value) -> Node<'_> {
    bare(value.printed())
}

/// A condition as the value of a key that takes `true` or `false`.
fn truth(when: &When) -> Node<'static> {
    bare(Value::from(when.clone()).to_string().into())
}

fn bare(printed: Cow<'_, str>) -> Node<'_> {
    match printed.as_ref() {
        "true" => Node::Bool(true),
        "false" => Node::Bool(false),
        text => number(text).map_or(Node::Str(printed), Node::Int),
    }
}

/// A small number that is written as it is read, so that it needs no quotes.
fn number(text: &str) -> Option<i64> {
    if text.len() > 9 || !text.ends_with(|last: char| last.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
