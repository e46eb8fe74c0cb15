//! Kubernetes manifests: workloads, their namespaces, their probes, and routes that split traffic.

use serde_yaml::Value;

use super::names::{self, base, word};
use super::project::{Environment, Image, Traffic, Workload};
use super::walk::View;
use crate::definition::Name;

/// Contents of the manifests.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) workloads: Vec<Workload>,
    pub(super) environments: Vec<Environment>,
    pub(super) probes: Vec<(Name, String)>,
    /// `true` if there is any workload, with any image.
    pub(super) any: bool,
    pub(super) notes: Vec<String>,
}

/// An object that runs pods.
struct Runs {
    target: String,
    namespace: Option<String>,
    labels: Vec<(String, String)>,
    containers: Vec<Container>,
}

struct Container {
    name: String,
    image: String,
    probes: Vec<String>,
}

struct Service {
    name: String,
    selector: Vec<(String, String)>,
}

struct Route {
    name: String,
    backends: Vec<String>,
}

#[derive(Default)]
struct Manifests {
    runs: Vec<Runs>,
    services: Vec<Service>,
    routes: Vec<Route>,
    /// Namespaces that an overlay names.
    overlays: Vec<String>,
    charts: usize,
}

/// Reads every manifest of the repository.
pub(super) fn detect(view: &View<'_>, images: &[Image]) -> Found {
    let manifests = Manifests::read(view);
    let any = manifests.charts > 0 || !manifests.runs.is_empty();
    let mut found = Found { any, ..Found::default() };
    if manifests.charts > 0 {
        let note = "a Helm chart was found: deploy it with a workload whose `delivery` is `{ commands = … }`";
        found.notes.push(note.to_owned());
    }
    let published: Vec<&Image> = images.iter().filter(|image| image.repository.is_some()).collect();
    let of = workloads(&manifests, &published, &mut found);
    if of.is_empty() {
        if !manifests.runs.is_empty() {
            let why = match published.as_slice() {
                [] => "no image of this repository is published",
                _ => "none runs an image of this repository",
            };
            let help = "add `[images.…]`, `[workloads.…]` and `[environments.…]`";
            found.notes.push(format!("Kubernetes workloads were found, but {why}: {help}"));
        }
        return found;
    }
    found.environments = environments(&manifests, &of);
    let traffic = manifests.routes.iter().find_map(|route| traffic(&manifests, route, &of));
    match (traffic, found.environments.last_mut(), manifests.routes.first()) {
        (Some(traffic), Some(last), _) => last.traffic = Some(traffic),
        (_, _, Some(route)) => found.notes.push(format!(
            "the HTTPRoute `{}` routes to one Service: a canary needs a second Service and a workload behind it",
            route.name
        )),
        _ => {}
    }
    found
}

/// Workloads that run an image of this repository, with the names that they get; what runs canaries is none.
fn workloads<'a>(manifests: &'a Manifests, images: &[&Image], found: &mut Found) -> Vec<(&'a Runs, Name)> {
    let canaries = manifests.routes.iter().filter_map(|route| manifests.canary(route));
    let canaries: Vec<&str> = canaries.map(|(_, _, runs)| runs.target.as_str()).collect();
    let stable: Vec<&Runs> = manifests.runs.iter().filter(|runs| !canaries.contains(&runs.target.as_str())).collect();
    let mut of: Vec<(&Runs, Name)> = Vec::new();
    for runs in &stable {
        let matched = runs.containers.iter().find_map(|container| Some((container, image_of(container, images)?)));
        // A single object and a single image belong together, by any name in the manifest.
        let only = match (stable.as_slice(), images, runs.containers.as_slice()) {
            ([_], [image], [container]) => Some((container, *image)),
            _ => None,
        };
        let Some((container, image)) = matched.or(only) else { continue };
        // The same object again, in another namespace.
        let known = of.iter().find(|(seen, _)| seen.target == runs.target).map(|(_, name)| name.clone());
        let name = known.unwrap_or_else(|| {
            let taken = found.workloads.iter().map(|workload| &workload.name);
            let name = names::unique(base(&runs.target), "workload", taken);
            let (target, of_pod) = (runs.target.clone(), container.name.clone());
            let (image, named) = (image.name.clone(), name.clone());
            found.workloads.push(Workload { name: named, image, target, container: of_pod });
            add_probes(&mut found.probes, &container.probes);
            name
        });
        of.push((*runs, name));
    }
    of
}

impl Manifests {
    fn read(view: &View<'_>) -> Self {
        let mut manifests = Self::default();
        let charts: Vec<&str> =
            view.folders.iter().filter(|folder| folder.has("Chart.yaml")).map(|folder| folder.path.as_str()).collect();
        manifests.charts = charts.len();
        for folder in view.folders.iter().filter(|folder| !folder.is_aside()) {
            if charts.iter().any(|chart| folder.path == *chart || super::walk::is_in(&folder.path, chart)) {
                continue;
            }
            for file in folder.files.iter().filter(|file| names::has_extension(file, &["yaml", "yml"])) {
                let text =
                    view.read(folder, file).filter(|text| text.contains("kind:") || file.starts_with("kustomization"));
                // A template of something else is not YAML.
                for document in text.iter().flat_map(|text| super::yaml::documents(text)) {
                    manifests.add(&document, file);
                }
            }
        }
        manifests
    }

    fn add(&mut self, document: &Value, file: &str) {
        let name = text(document, &["metadata", "name"]).filter(|name| is_object(name)).map(str::to_owned);
        match (text(document, &["kind"]).unwrap_or_default(), name) {
            (kind @ ("Deployment" | "StatefulSet" | "DaemonSet"), Some(name)) => {
                self.runs.push(Runs {
                    target: format!("{}/{name}", kind.to_ascii_lowercase()),
                    namespace: text(document, &["metadata", "namespace"])
                        .filter(|name| is_object(name))
                        .map(str::to_owned),
                    labels: pairs(document, &["spec", "template", "metadata", "labels"]),
                    containers: containers(document),
                });
            }
            ("Service", Some(name)) => {
                self.services.push(Service { name, selector: pairs(document, &["spec", "selector"]) });
            }
            ("HTTPRoute", Some(name)) => {
                let rules = at(document, &["spec", "rules"]).and_then(Value::as_sequence).cloned().unwrap_or_default();
                let references =
                    rules.iter().filter_map(|rule| at(rule, &["backendRefs"])).filter_map(Value::as_sequence).flatten();
                let mut backends: Vec<String> =
                    references.filter_map(|backend| text(backend, &["name"])).map(str::to_owned).collect();
                backends.dedup();
                self.routes.push(Route { name, backends });
            }
            _ if file.starts_with("kustomization") => {
                self.overlays.extend(text(document, &["namespace"]).filter(|name| is_object(name)).map(str::to_owned));
            }
            _ => {}
        }
    }

    /// The Services of a route that splits traffic, stable and canary, and what runs behind the canary.
    fn canary<'a>(&'a self, route: &'a Route) -> Option<(&'a str, &'a str, &'a Runs)> {
        let canary = route.backends.iter().find(|name| name.ends_with("-canary") || name.ends_with("-preview"))?;
        let stable = route.backends.iter().find(|name| *name != canary)?;
        Some((stable, canary, self.behind(canary)?))
    }

    /// Returns what runs behind a Service: what its selector selects, nothing else.
    fn behind(&self, service: &str) -> Option<&Runs> {
        let service = self.services.iter().find(|found| found.name == service)?;
        let selects = |runs: &&Runs| {
            !service.selector.is_empty()
                && service.selector.iter().all(|pair| runs.labels.contains(pair))
                && !runs.target.starts_with("daemonset/")
        };
        self.runs.iter().find(selects)
    }
}

/// The image of this repository that a container runs, by the last part of its name.
fn image_of<'a>(container: &Container, images: &[&'a Image]) -> Option<&'a Image> {
    let name = container.image.split('@').next().unwrap_or_default();
    let last = base(name).split(':').next().unwrap_or_default();
    let path = name.rsplit_once('/').map_or(last.to_owned(), |(front, _)| format!("{front}/{last}"));
    let by_path = images.iter().find(|image| image.repository.as_deref() == Some(path.as_str()));
    let by_name = || {
        let owned = !name.contains('.') || name.starts_with("ghcr.io/");
        images
            .iter()
            .filter(|_| owned)
            .find(|image| image.name.as_str() == last || image.repository.as_deref().map(base) == Some(last))
    };
    by_path.or_else(by_name).copied()
}

/// One environment for each namespace; those before production come first.
fn environments(manifests: &Manifests, of: &[(&Runs, Name)]) -> Vec<Environment> {
    let mut namespaces: Vec<String> =
        of.iter().filter_map(|(runs, _)| runs.namespace.clone()).chain(manifests.overlays.iter().cloned()).collect();
    namespaces.sort();
    namespaces.dedup();
    let guessed = namespaces.is_empty();
    if guessed {
        namespaces.push("default".to_owned());
    }
    namespaces.sort_by_key(|namespace| stage(namespace));
    let mut environments: Vec<Environment> = Vec::new();
    for namespace in &namespaces {
        let mut deploy: Vec<Name> = Vec::new();
        for (runs, name) in of {
            let is_here =
                runs.namespace.as_ref().is_none_or(|own| own == namespace || manifests.overlays.contains(namespace));
            if is_here && !deploy.contains(name) {
                deploy.push(name.clone());
            }
        }
        if deploy.is_empty() {
            continue;
        }
        let called = if namespace == "default" { "production" } else { namespace };
        let name = names::unique(called, "environment", environments.iter().map(|environment| &environment.name));
        // Only if a name shows that it comes before.
        let after = environments
            .last()
            .filter(|_| stage(namespace) > 0)
            .filter(|last| stage(&last.namespace) < stage(namespace));
        let after = after.map(|last| last.name.clone());
        environments.push(Environment {
            name,
            after,
            namespace: namespace.clone(),
            guessed,
            deploy,
            traffic: None,
            migrate: None,
            backup: None,
        });
    }
    environments
}

/// Returns how far a change has travelled when it is there.
fn stage(namespace: &str) -> u8 {
    let is = |words: &[&str]| namespace.split('-').any(|part| words.contains(&part));
    if is(&["dev", "develop", "development", "test", "testing", "qa"]) {
        0
    } else if is(&["staging", "stage", "stg", "uat", "preprod", "preview"]) {
        1
    } else {
        2
    }
}

fn traffic(manifests: &Manifests, route: &Route, of: &[(&Runs, Name)]) -> Option<Traffic> {
    let (stable, canary, behind) = manifests.canary(route)?;
    let stable_runs = manifests.behind(stable)?;
    let (_, workload) = of.iter().find(|(runs, _)| runs.target == stable_runs.target)?;
    Some(Traffic {
        workload: workload.clone(),
        route: route.name.clone(),
        stable: stable.to_owned(),
        canary: canary.to_owned(),
        canary_target: behind.target.clone(),
    })
}

fn containers(document: &Value) -> Vec<Container> {
    let list = at(document, &["spec", "template", "spec", "containers"])
        .and_then(Value::as_sequence)
        .cloned()
        .unwrap_or_default();
    let read = |container: &Value| {
        let probes = ["startupProbe", "livenessProbe", "readinessProbe"].iter();
        let paths = probes.filter_map(|probe| text(container, &[probe, "httpGet", "path"]));
        Some(Container {
            name: text(container, &["name"]).filter(|name| is_object(name))?.to_owned(),
            image: text(container, &["image"]).unwrap_or_default().to_owned(),
            probes: paths.filter(|path| is_path(path)).map(str::to_owned).collect(),
        })
    };
    list.iter().filter_map(read).collect()
}

fn add_probes(probes: &mut Vec<(Name, String)>, paths: &[String]) {
    for path in paths {
        if probes.iter().all(|(_, known)| known != path) {
            let last = base(path.split('?').next().unwrap_or(path));
            let name = names::name(last).unwrap_or_else(|| word("alive"));
            let name = names::unique(&name, "probe", probes.iter().map(|(name, _)| name));
            probes.push((name, path.clone()));
        }
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.chars().all(|c| c.is_ascii_graphic()) && !path.contains("${{")
}

/// Returns whether a text can be the name of an object; a placeholder of a template cannot.
fn is_object(name: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(small) && name.ends_with(small) && name.chars().all(|c| small(c) || c == '-' || c == '.')
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(*key))
}

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path).and_then(Value::as_str)
}

fn pairs(value: &Value, path: &[&str]) -> Vec<(String, String)> {
    let table = at(value, path).and_then(Value::as_mapping).into_iter().flatten();
    table.filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.as_str()?.to_owned()))).collect()
}
