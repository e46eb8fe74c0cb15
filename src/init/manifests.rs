//! Kubernetes manifests for services that have none: two tracks behind a route, and an overlay for each environment.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::fixtures::migrates;
use super::names::unique;
use super::offer::{Offer, OfferedFile};
use super::project::{Backup, Component, Image, Project, ServiceKind};
use super::scaffold::{Scaffold, manifest as scaffold, render};
use super::serving::{Serving, serving};
use super::walk::View;
use super::{kubernetes, services};
use crate::definition::Name;
use crate::sources::{Memory, Tree};

/// The folder of the manifests.
const FOLDER: &str = "k8s";

/// Manifests for components that have an image, or get one since their Dockerfile is chosen.
pub fn manifests(project: &Project, tree: &dyn Tree, dockerfiles: &[Name]) -> Vec<Offer> {
    let offer = |found: Result<Service<'_>, Offer>| found.map_or_else(|none| none, |service| service.offer(project));
    let mut images = project.images.clone();
    let (accepted, others): (Vec<Offer>, Vec<Offer>) =
        super::dockerfiles(project, tree).into_iter().partition(|offer| dockerfiles.contains(&offer.component));
    images.extend(accepted.into_iter().filter_map(|offer| offer.image));
    let without = others.into_iter().map(|other| none(&other.component, "it has no image; `--dockerfile` adds one"));
    services(project, &images, tree).into_iter().map(offer).chain(without).collect()
}

/// Gives a project the workloads and environments of the manifests that were chosen, as if they had been found.
pub(super) fn deploy(project: &mut Project, tree: &dyn Tree, chosen: &[Name]) {
    let mut files = BTreeMap::new();
    let mut moved: Option<(String, Option<Backup>)> = None;
    for service in services(project, &project.images, tree).into_iter().flatten() {
        if !chosen.contains(&service.component.name) {
            continue;
        }
        // Detection looks three folders deep.
        let inside = |path: &str| path.strip_prefix(FOLDER).unwrap_or(path).trim_start_matches('/').to_owned();
        files.extend(service.files(project).into_iter().map(|file| (inside(&file.path), file.text)));
        if service.migrates && moved.is_none() {
            moved = Some((format!("deployment/{}", service.name), service.backup()));
        }
    }
    let cluster = kubernetes::detect(&View::new(&Memory(files)), &project.images);
    if cluster.workloads.is_empty() {
        return;
    }
    project.workloads = cluster.workloads;
    project.environments = cluster.environments;
    project.probes = cluster.probes;
    let Some((target, backup)) = moved else { return };
    let workload = project.workloads.iter().find(|workload| workload.target == target);
    let workload = workload.map(|workload| workload.name.clone());
    for environment in &mut project.environments {
        environment.migrate.clone_from(&workload);
    }
    if let Some(last) = project.environments.last_mut() {
        last.backup = backup;
    }
}

/// A service that manifests can be written for.
struct Service<'a> {
    component: &'a Component,
    /// Repository of its image.
    image: &'a str,
    serving: Serving,
    /// Name of its objects.
    name: Name,
    folder: String,
    /// Services that it has to reach.
    uses: Vec<ServiceKind>,
    migrates: bool,
    /// `true` if traffic is moved to new versions step by step: an environment does so for one workload.
    canary: bool,
}

/// Every service with an image, or why it gets no manifests.
fn services<'a>(project: &'a Project, images: &'a [Image], tree: &dyn Tree) -> Vec<Result<Service<'a>, Offer>> {
    let found = project.components.iter().filter_map(|component| {
        let image = images.iter().find(|image| image.builds(component))?;
        Some((component, published(project, component, image, tree)))
    });
    let found: Vec<_> = found.collect();
    let several = found.iter().filter(|(_, found)| found.is_ok()).count() > 1;
    let mut names: Vec<Name> = Vec::new();
    let mut services = Vec::new();
    for (component, found) in found {
        let (image, serving) = match found {
            Ok(found) => found,
            Err(why) => {
                services.push(Err(none(&component.name, &why)));
                continue;
            }
        };
        let wanted = if several { format!("{}-{}", project.name, component.name) } else { project.name.to_string() };
        let name = unique(&wanted, "service", names.iter());
        let folder = if several { format!("{FOLDER}/{name}") } else { FOLDER.to_owned() };
        if !tree.list(&folder).is_empty() {
            services.push(Err(none(&component.name, &format!("`{folder}` exists"))));
            continue;
        }
        let (canary, migrates, uses) = (names.is_empty(), migrates(component, tree), services::used(component));
        names.push(name.clone());
        services.push(Ok(Service { component, image, serving, name, folder, uses, migrates, canary }));
    }
    services
}

fn none(component: &Name, why: &str) -> Offer {
    Offer::none(component, format!("no manifests are added for `{component}`: {why}"))
}

/// Returns where a component's image is published and how it is reached, or why it gets no manifests.
fn published<'a>(
    project: &Project,
    component: &Component,
    image: &'a Image,
    tree: &dyn Tree,
) -> Result<(&'a str, Serving), String> {
    if project.has_manifests {
        return Err("the repository has its own".to_owned());
    }
    let repository = image.repository.as_deref().ok_or("the repository of its image is unknown")?;
    let serving = serving(component, image, tree).ok_or("its port is unknown; add `EXPOSE` to its Dockerfile")?;
    Ok((repository, serving))
}

impl Service<'_> {
    fn offer(&self, project: &Project) -> Offer {
        let what = format!("before `{}` is deployed for the first time:", self.name);
        Offer {
            component: self.component.name.clone(),
            files: self.files(project),
            image: None,
            remarks: vec![(what, self.remarks(project))],
        }
    }

    fn needs(&self, kinds: &[ServiceKind]) -> bool {
        self.uses.iter().any(|kind| kinds.contains(kind))
    }

    fn has_database(&self) -> bool {
        self.migrates || self.needs(&[ServiceKind::Postgres])
    }

    /// The backup before a migration.
    fn backup(&self) -> Option<Backup> {
        (self.migrates && self.needs(&[ServiceKind::Postgres]))
            .then(|| Backup { secret: format!("{}-db", self.name), claim: "backups".to_owned() })
    }

    /// Secrets that its pods read their environment from, each with the variables that it holds.
    fn secrets(&self, project: &Project) -> Vec<(String, String)> {
        let variable = |kind: ServiceKind, usual: &str| {
            let known = project.services.iter().find(|service| service.kind == kind);
            let provided = known.and_then(|service| service.provides.first());
            format!("`{}`", provided.map_or(usual, |(name, _)| name.as_str()))
        };
        let mut secrets = Vec::new();
        if self.has_database() {
            let url = variable(ServiceKind::Postgres, "DATABASE_URL");
            let of_backup = ", and `PGHOST`, `PGUSER`, `PGPASSWORD` and `PGDATABASE` for the backup";
            let of_backup = self.backup().map_or("", |_| of_backup);
            secrets.push((format!("{}-db", self.name), format!("{url}{of_backup}")));
        }
        if self.needs(&[ServiceKind::Redis]) {
            secrets.push((format!("{}-redis", self.name), variable(ServiceKind::Redis, "REDIS_URL")));
        }
        if self.needs(&[ServiceKind::LancedbEmbedded, ServiceKind::LancedbObjectStore]) {
            let names = "`LANCEDB_URI`, and the `AWS_*` names of an object store".to_owned();
            secrets.push((format!("{}-lancedb", self.name), names));
        }
        secrets
    }

    /// Returns what has to be there before the manifests work.
    fn remarks(&self, project: &Project) -> String {
        let folder = &self.folder;
        let mut lines = Vec::new();
        if !self.serving.answers {
            let (live, ready) = (&self.serving.live, &self.serving.ready);
            lines.push(format!("answer `GET {live}` (the process is alive) and `GET {ready}` (it can take traffic)"));
        }
        let route = format!("`{folder}/base/http-route.yaml`");
        lines.push(format!("set the hosts in {route} and `{folder}/overlays/staging/kustomization.yaml`"));
        lines.push(format!("attach the route to a Gateway: {route} expects `public` in the namespace `gateway`"));
        for (secret, variables) in self.secrets(project) {
            lines.push(format!("in both namespaces, create the secret `{secret}`: {variables}"));
        }
        lines.push(format!("push a first image: `{}:initial`", self.image));
        for overlay in ["staging", "production"] {
            lines.push(format!("kubectl apply -k {folder}/overlays/{overlay}"));
        }
        lines.join("\n") + "\n"
    }

    fn files(&self, project: &Project) -> Vec<OfferedFile> {
        let file = |path: &str, source: Scaffold, values: Value, why| {
            let text = render(source, context! { ..values, ..self.values(project) });
            OfferedFile { path: format!("{}/{path}", self.folder), text, why }
        };
        let mut files = Vec::new();
        let mut base = |name: &str, source, values| {
            files.push(file(&format!("base/{name}"), source, values, "resources of every environment"));
        };
        base("kustomization.yaml", scaffold::BASE, context! {});
        base("service-account.yaml", scaffold::SERVICE_ACCOUNT, context! {});
        base("deployment.yaml", scaffold::DEPLOYMENT, context! { suffix => "", track => "stable", replicas => 2 });
        if self.canary {
            let values = context! { suffix => "-canary", track => "canary", replicas => 1 };
            base("deployment-canary.yaml", scaffold::DEPLOYMENT, values);
        }
        base("services.yaml", scaffold::SERVICES, context! {});
        base("http-route.yaml", scaffold::ROUTE, context! {});
        let mut overlay = |environment: &str, name: &str, source| {
            let values = context! { namespace => environment };
            let why = "changes of one environment";
            files.push(file(&format!("overlays/{environment}/{name}"), source, values, why));
        };
        overlay("staging", "kustomization.yaml", scaffold::STAGING);
        overlay("staging", "namespace.yaml", scaffold::NAMESPACE);
        overlay("production", "kustomization.yaml", scaffold::PRODUCTION);
        overlay("production", "namespace.yaml", scaffold::NAMESPACE);
        overlay("production", "disruption-budget.yaml", scaffold::DISRUPTION_BUDGET);
        if self.backup().is_some() {
            overlay("production", "backups.yaml", scaffold::BACKUPS);
        }
        if self.migrates {
            files.push(file("migration-job.yaml", scaffold::MIGRATION_JOB, context! {}, "migrates by hand"));
        }
        files
    }

    fn values(&self, project: &Project) -> Value {
        let Serving { port, live, ready, metrics, .. } = &self.serving;
        let secrets: Vec<String> = self.secrets(project).into_iter().map(|(secret, _)| secret).collect();
        context! {
            name => self.name.as_str(),
            image => self.image,
            port, live, ready, metrics,
            secrets => secrets,
            database => self.has_database(),
            canary => self.canary,
            backup => self.backup().is_some(),
        }
    }
}
