//! Names that the compiler gives to jobs and files.

use std::borrow::Cow;

use super::walk::{ROOT, Trail};
use crate::definition::Definition;

/// Jobs of `ci.yml` that every pipeline may have.
pub(in crate::checks) const OWN_JOBS: [&str; 5] = ["drift", "changes", "plan", "coverage", "passed"];

/// Workflows that every pipeline may have.
pub(in crate::checks) const OWN_WORKFLOWS: [&str; 4] = ["ci", "deploy", "smoke-tests", "test-coverage"];

/// Every job of `ci.yml` that comes from a table, with that table's place.
pub(in crate::checks) fn ci_jobs(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, Cow<'_, str>)) {
    let components = ROOT.key("components");
    for name in definition.components.keys() {
        visit(&components.key(name), Cow::Borrowed(name));
    }
    let tests = ROOT.key("tests");
    for name in definition.tests.keys() {
        visit(&tests.key(name), Cow::Owned(format!("test-{name}")));
        visit(&tests.key(name), Cow::Owned(format!("gates-{name}")));
    }
    let suites = ROOT.key("suites");
    for name in definition.suites.keys() {
        visit(&suites.key(name), Cow::Owned(format!("suite-{name}")));
    }
    let images = ROOT.key("images");
    for name in definition.images.keys() {
        visit(&images.key(name), Cow::Owned(format!("image-{name}")));
    }
    let jobs = ROOT.key("jobs");
    for name in definition.jobs.keys() {
        visit(&jobs.key(name), Cow::Borrowed(name));
    }
}
