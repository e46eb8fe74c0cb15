//! Numbers are within their range, and lists that must name something do.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::definition::{Definition, Probe};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct OutOfRange;

const CODE: Code = Code("out-of-range");

impl Check for OutOfRange {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/out-of-range.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut it = Range { found };
        it.version(definition.version);
        it.filled(&ROOT.key("project"), "branches", definition.project.branches.len());
        built(definition, &mut it);
        deployed(definition, &mut it);
        entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
            it.filled(at, "jobs", workflow.jobs.len());
        });
    }
}

struct Range<'a> {
    found: &'a mut Vec<Diagnostic>,
}

impl Range<'_> {
    fn number(&mut self, at: &Trail<'_>, value: u64, least: u64, most: u64) {
        let (message, help) = if value < least {
            (format!("`{value}` is less than {least}"), format!("write at least {least}"))
        } else if value > most {
            (format!("`{value}` is more than {most}"), format!("write at most {most}"))
        } else {
            return;
        };
        self.found.push(Diagnostic::error(CODE, at.at(), message).help(help));
    }

    /// The version of the language, which a newer program raises.
    fn version(&mut self, version: u8) {
        let help = match version {
            0 => "write `version = 1`",
            1 => return,
            _ => "update Pipewright, or write `version = 1`",
        };
        let message = format!("there is no version {version} of the language in this program");
        self.found.push(Diagnostic::error(CODE, ROOT.key("version").at(), message).help(help));
    }

    fn filled(&mut self, at: &Trail<'_>, key: &str, length: usize) {
        if length == 0 {
            let at = at.key(key).at();
            let message = format!("`{}` is empty", at.dotted());
            self.found.push(Diagnostic::error(CODE, at, message).help("name at least one, or remove the key"));
        }
    }
}

fn built(definition: &Definition, it: &mut Range<'_>) {
    entries(&ROOT, "components", &definition.components, &mut |at, _, component| {
        if let Some(custom) = &component.custom {
            it.filled(&at.key("custom"), "steps", custom.steps.len());
        }
    });
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
        it.number(&at.key("shards"), u64::from(run.shards), 1, 256);
        it.number(&at.key("reruns"), u64::from(run.reruns), 0, 10);
        let shard = run.timeout.unwrap_or(definition.project.timeout);
        if let Some(limit) = run.test_timeout.filter(|limit| *limit >= shard) {
            let message = format!("`{limit}` is never reached: a shard ends after `{shard}`");
            let help = "write less than the shard's `timeout`, such as `\"60s\"`";
            it.found.push(Diagnostic::error(CODE, at.key("test-timeout").at(), message).help(help));
        }
    });
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, suite| it.filled(at, "paths", suite.paths.len()));
    let quarantine = ROOT.key("quarantine");
    for (path, entry) in &definition.quarantine {
        it.filled(&quarantine.key(path), "reason", entry.reason.trim().len());
    }
    entries(&ROOT, "images", &definition.images, &mut |at, _, image| it.filled(at, "platforms", image.platforms.len()));
}

fn deployed(definition: &Definition, it: &mut Range<'_>) {
    entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, smoke| {
        it.filled(at, "probes", smoke.probes.len());
        items(at, "probes", &smoke.probes, &mut |at, probe: &Probe| {
            it.number(&at.key("expect").key("status"), u64::from(probe.expect.status), 100, 599);
        });
    });
    entries(&ROOT, "metrics", &definition.metrics, &mut |at, _, metric| {
        it.filled(at, "query", metric.query.trim().len());
        if let Some(samples) = &metric.samples {
            it.number(&at.key("samples").key("at-least"), samples.at_least, 1, u64::MAX);
        }
    });
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
        it.filled(at, "deploy", environment.deploy.len());
        if let Some(steps) = environment.traffic.as_ref().and_then(|traffic| traffic.steps.as_ref()) {
            it.filled(&at.key("traffic"), "steps", steps.len());
        }
    });
}
