//! Every path of a definition.

use super::walk::{self, ROOT, Trail, entries, items};
use crate::checks::check::Subject;
use crate::definition::{Delivery, Image};
use crate::resolve::Environment;
use crate::sources;

/// `true` if the repository must have what a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Named {
    /// It must.
    Thing,
    /// The path is a pattern, or names what a step may make first.
    Pattern,
}

/// A path and the folder that it starts from.
pub(in crate::checks) struct Path<'a> {
    /// The folder, from the root of the repository.
    pub(in crate::checks) base: &'a str,
    /// The path as it is written, without the name of a test behind it.
    pub(in crate::checks) text: &'a str,
    /// `true` if it must be there.
    pub(in crate::checks) named: Named,
}

impl Path<'_> {
    /// The folder that it starts from, in words.
    pub(in crate::checks) fn from(&self) -> String {
        if self.base.is_empty() { "the root of the repository".to_owned() } else { format!("`{}`", self.base) }
    }
}

type Visit<'v> = &'v mut dyn FnMut(&Trail<'_>, Path<'_>);

/// Every path that a definition names. Paths that start from a folder outside of the repository are left out: that
/// folder is reported instead.
pub(in crate::checks) fn each(subject: &Subject<'_>, visit: Visit<'_>) {
    components(subject, visit);
    tests(subject, visit);
    entries(&ROOT, "images", &subject.definition.images, &mut |at, _, it| image(subject, at, it, visit));
    deployed(subject, visit);
    let base = subject.sources.folder();
    walk::steps(subject.definition, &mut |at, step| {
        if let Some(path) = &step.path {
            visit(&at.key("path"), Path { base, text: path, named: Named::Pattern });
        }
    });
}

/// Files that earlier steps may create need not be committed.
fn made(by: &[crate::definition::Step]) -> Named {
    if by.is_empty() { Named::Thing } else { Named::Pattern }
}

fn components(subject: &Subject<'_>, visit: Visit<'_>) {
    let base = subject.sources.folder();
    entries(&ROOT, "components", &subject.definition.components, &mut |at, _, component| {
        visit(&at.key("path"), Path { base, text: &component.path, named: Named::Thing });
        for (key, globs) in [("watch", &component.watch), ("ignore", &component.ignore)] {
            items(at, key, globs, &mut |at, path| visit(at, Path { base, text: path, named: Named::Pattern }));
        }
        let Some(base) = sources::join(base, &component.path) else { return };
        let named = made(&component.before);
        items(&at.key("install"), "pip", component.install.pip.as_deref().unwrap_or_default(), &mut |at, path| {
            visit(at, Path { base: &base, text: path, named });
        });
    });
}

fn tests(subject: &Subject<'_>, visit: Visit<'_>) {
    let pipeline = subject.pipeline;
    let file = |path: &str| path.split("::").next().unwrap_or_default().to_owned();
    let mut list = |at: &Trail<'_>, key: &str, base: &str, paths: &[String], named: Named| {
        items(at, key, paths, &mut |at, path| visit(at, Path { base, text: &file(path), named }));
    };
    let table = ROOT.key("tests");
    for run in pipeline.tests.values() {
        list(&table.key(run.name), "paths", &run.component.folder, &run.written.paths, made(&run.written.before));
        list(&table.key(run.name), "results", &run.component.folder, &run.written.results, Named::Pattern);
        list(&table.key(run.name), "not-tests", &run.component.folder, &run.written.not_tests, Named::Thing);
    }
    let table = ROOT.key("suites");
    for suite in &pipeline.suites {
        let folder = &suite.run.component.folder;
        list(&table.key(suite.name), "paths", folder, &suite.written.paths, made(&suite.written.before));
    }
    let quarantine = ROOT.key("quarantine");
    for (path, it) in &subject.definition.quarantine {
        let run =
            it.of.as_ref().and_then(|of| pipeline.tests.get(of.as_str())).filter(|run| run.runner.name() == "pytest");
        if let Some(run) = run {
            let text = file(path);
            let named = if text.contains(['*', '?']) { Named::Pattern } else { Named::Thing };
            visit(&quarantine.key(path), Path { base: &run.component.folder, text: &text, named });
        }
    }
}

fn image(subject: &Subject<'_>, at: &Trail<'_>, image: &Image, visit: Visit<'_>) {
    let base = subject.sources.folder();
    let named = made(&image.before);
    visit(&at.key("context"), Path { base, text: &image.context, named });
    let Some(base) = sources::join(base, &image.context).filter(|it| subject.sources.tree.exists(it)) else { return };
    match &image.dockerfile {
        Some(path) => visit(&at.key("dockerfile"), Path { base: &base, text: path, named }),
        None => visit(&at.key("context"), Path { base: &base, text: "Dockerfile", named }),
    }
}

fn deployed(subject: &Subject<'_>, visit: Visit<'_>) {
    let definition = subject.definition;
    let base = subject.sources.folder();
    if let Some(grafana) = definition.monitoring.as_ref().and_then(|monitoring| monitoring.grafana.as_ref()) {
        let at = ROOT.key("monitoring");
        items(&at.key("grafana"), "dashboards", &grafana.dashboards, &mut |at, path| {
            visit(at, Path { base, text: path, named: Named::Thing });
        });
    }
    entries(&ROOT, "workloads", &definition.workloads, &mut |at, name, workload| {
        let at = at.key("delivery");
        let deploys = |it: &&Environment<'_>| it.workloads.iter().any(|workload| workload.name == name);
        let mut file = |at: &Trail<'_>, path: &str| {
            if !path.contains("$environment") {
                visit(at, Path { base, text: path, named: Named::Thing });
                return;
            }
            for environment in subject.pipeline.environments.iter().filter(deploys) {
                let path = path.replace("$environment", environment.name);
                visit(at, Path { base, text: &path, named: Named::Thing });
            }
        };
        match &workload.delivery {
            Delivery::Manifests(path) => file(&at.key("manifests"), path),
            Delivery::Helm(helm) => {
                let at = at.key("helm");
                file(&at.key("chart"), &helm.chart);
                items(&at, "values", &helm.values, &mut |at, path| file(at, path));
            }
            Delivery::Image | Delivery::Gitops(_) | Delivery::Commands(_) => {}
        }
    });
}
