//! `[tests.…]`, `[suites.…]` and `[quarantine.…]`: what runs, and what does not.

use super::super::project::{Component, Project, TestRunner, Tests};
use super::super::text::{Document, Line, Toml};
use super::lines::{bare, noted, table};
use crate::definition::Name;

pub(super) fn tests(project: &Project, document: &mut Document) {
    let runs = project.components.iter().filter_map(|component| Some((component, component.tests.as_ref()?)));
    let runs: Vec<(&Component, &Tests)> = runs.collect();
    if !runs.is_empty() {
        document.section("tests");
    }
    for (component, tests) in runs {
        document.space();
        document.table(&["tests", component.name.as_str()], &test_lines(component, tests));
    }
    for suite in &project.suites {
        document.space();
        document.comment(&format!("Left out of `tests.{}`, and run by a separate workflow.", suite.of));
        let mut lines = vec![Line::new("of", suite.of.as_str().into()), Line::new("paths", Toml::texts(&suite.paths))];
        lines.push(Line::new("services", Toml::texts(suite.services.iter().map(Name::as_str))));
        document.table(&["suites", suite.name.as_str()], &lines);
    }
    quarantine(project, document);
}

fn quarantine(project: &Project, document: &mut Document) {
    for (index, entry) in project.quarantine.iter().enumerate() {
        document.space();
        let mut lines: Vec<Line> = entry.of.iter().map(|of| Line::new("of", of.as_str().into())).collect();
        lines.push(Line::new("reason", entry.reason.as_str().into()));
        lines.push(Line::new("until", bare(&entry.until.to_string())));
        if index == 0 {
            document.comment("pytest's configuration leaves these out: add a reason and a last day.");
            lines.push(Line::new("issue", bare("1")).proposed().note("the issue about it"));
        }
        document.table(&["quarantine", &entry.path], &lines);
    }
}

fn test_lines(component: &Component, tests: &Tests) -> Vec<Line> {
    let mut lines = vec![Line::new("component", component.name.as_str().into())];
    lines.push(Line::new("runner", tests.runner.as_str().into()));
    if let TestRunner::Command(command) | TestRunner::Reports(command, _) = &tests.runner {
        let from = component.stated.place("command").map(str::to_owned);
        lines.push(noted(Line::new("command", command.as_str().into()), from));
    }
    if let TestRunner::Reports(_, globs) = &tests.runner {
        lines.push(Line::new("results", Toml::texts(globs)));
    }
    if !tests.paths.is_empty() {
        lines.push(Line::new("paths", Toml::texts(&tests.paths)));
    }
    if !tests.not_tests.is_empty() {
        let note = "named like tests, and never run";
        lines.push(Line::new("not-tests", Toml::texts(&tests.not_tests)).note(note));
    }
    let stated = &component.stated;
    let place = |key: &str| stated.place(key).map(str::to_owned);
    if !stated.args.is_empty() {
        lines.push(noted(Line::new("args", Toml::texts(&stated.args)), place("args")));
    }
    if !tests.services.is_empty() {
        lines.push(Line::new("services", Toml::texts(tests.services.iter().map(Name::as_str))));
    }
    if !stated.before.is_empty() {
        let steps = stated.before.iter().map(|command| table(&[("run", command.as_str().into())]));
        lines.push(noted(Line::new("before", Toml::List(steps.collect())), place("before")));
    }
    if !tests.measure.is_empty() {
        let coverage = Toml::one("source", Toml::texts(&tests.measure));
        lines.push(Line::new("coverage", coverage).note("packages to measure"));
    }
    lines.extend(gates(tests));
    let can_be_spread = !matches!(
        &tests.runner,
        TestRunner::Command(command) | TestRunner::Reports(command, _) if !command.contains("$SHARD")
    );
    if can_be_spread {
        lines.push(Line::new("shards", bare("4")).proposed().note("number of jobs to spread the tests over"));
    }
    if tests.runner == TestRunner::Pytest && tests.measure.is_empty() {
        lines.push(
            Line::new("coverage", Toml::one("source", Toml::texts([component.name.replace('-', "_")])))
                .proposed()
                .note("packages to measure"),
        );
    }
    lines
}

/// Gates that the tests pass today. A suite that was never shuffled keeps its order: what a first shuffle finds is no
/// fault of the change that adopts this.
fn gates(tests: &Tests) -> Option<Line> {
    let fixed = tests.runner.shuffles() && !tests.shuffled;
    let order = fixed.then(|| ("order".to_owned(), "fixed".into()));
    let floor = tests.coverage.as_deref().map(|floor| ("coverage".to_owned(), floor.into()));
    let entries: Vec<(String, Toml)> = order.into_iter().chain(floor).collect();
    let line = (!entries.is_empty()).then(|| Line::new("gates", Toml::Table(entries)));
    let note = "set it once the tests pass in any order: order = \"random\"";
    line.map(|line| if fixed { line.note(note) } else { line })
}
