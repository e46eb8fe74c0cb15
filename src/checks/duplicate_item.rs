//! A list names nothing twice.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct DuplicateItem;

const CODE: Code = Code("duplicate-item");

impl Check for DuplicateItem {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/duplicate-item.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        twice(&ROOT.key("project"), "branches", &definition.project.branches, found);
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| {
            twice(at, "services", &it.services, found);
            twice(&at.clone().key("coverage"), "source", it.measured(), found);
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| {
            twice(at, "services", &it.services, found);
            twice(at, "on", &it.on, found);
        });
        entries(&ROOT, "images", &definition.images, &mut |at, _, it| twice(at, "platforms", &it.platforms, found));
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, it| {
            twice(at, "deploy", &it.deploy, found);
        });
        walk::jobs(definition, &mut |at, _, it| {
            twice(at, "needs", &it.needs, found);
            twice(at, "services", &it.services, found);
        });
        entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, it| {
            let names: Vec<_> = it.probes.iter().map(|probe| &probe.name).collect();
            twice(at, "probes", &names, found);
        });
    }
}

fn twice<T: PartialEq>(above: &Trail<'_>, key: &str, list: &[T], found: &mut Vec<Diagnostic>) {
    let at = above.key(key);
    for (index, item) in list.iter().enumerate() {
        if let Some(before) = list.iter().take(index).position(|before| before == item) {
            let diagnostic =
                Diagnostic::error(CODE, at.index(index).at(), format!("`{key}` names the same thing twice"));
            found.push(diagnostic.related(at.index(before).at(), "first here").help("name it once"));
        }
    }
}
