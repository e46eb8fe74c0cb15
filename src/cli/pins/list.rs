//! `pins list`: every pin with its age and its source.

use pipewright::day::Day;
use pipewright::pins::{Lock, builtin};
use pipewright::upstream::image_repository;
use serde_json::{Value, json};

use super::remote::{age, server, short};
use crate::cli::clock::today;
use crate::cli::output::out;
use crate::cli::report;
use crate::cli::settings::Settings;
use crate::cli::table::table;

/// Prints the pins of a lock.
pub(super) fn run(lock: &Lock, settings: &Settings) {
    let today = today();
    if !settings.is_text() {
        report::result(document(lock, today));
        return;
    }
    let row = |name: &str, version: &str, date: Option<Day>, source: Option<String>| {
        let age = date.map_or_else(|| "age unknown".to_owned(), |date| age(today.since(date)));
        [name.to_owned(), short(version), age, source.unwrap_or_default()]
    };
    let actions = lock.actions().map(|(name, pin)| row(name, &pin.version, date(lock, name), Some(repository(name))));
    let images = lock.images().map(|(name, digest)| row(name, digest, date(lock, name), Some(image_repository(name))));
    let tools = lock.tools().map(|(name, tool)| row(name, &tool.version, date(lock, name), of_tool(name)));
    out(&table(&actions.chain(images).chain(tools).collect::<Vec<_>>()));
}

/// The pins as JSON.
fn document(lock: &Lock, today: Day) -> Value {
    let dated = |mut pin: Value, date: Option<Day>, source: Option<String>| {
        pin["date"] = json!(date.map(|date| date.to_string()));
        pin["days"] = json!(date.map(|date| today.since(date)));
        pin["source"] = json!(source);
        pin
    };
    let actions = lock.actions().map(|(name, pin)| {
        let fields = json!({ "name": name, "version": pin.version, "sha": pin.sha });
        dated(fields, date(lock, name), Some(repository(name)))
    });
    let images = lock.images().map(|(name, digest)| {
        dated(json!({ "name": name, "digest": digest }), date(lock, name), Some(image_repository(name)))
    });
    let tools = lock
        .tools()
        .map(|(name, tool)| dated(json!({ "name": name, "version": tool.version }), date(lock, name), of_tool(name)));
    json!({
        "actions": actions.collect::<Value>(),
        "images": images.collect::<Value>(),
        "tools": tools.collect::<Value>(),
    })
}

/// The date of a release: that of the lock, or the one that this program knows of the pin.
fn date(lock: &Lock, name: &str) -> Option<Day> {
    lock.date(name).or_else(|| builtin::release_date(lock, name))
}

fn repository(name: &str) -> String {
    format!("{}/{name}", server())
}

fn of_tool(name: &str) -> Option<String> {
    builtin::repository(name).map(|repository| format!("https://github.com/{repository}"))
}
