//! One file per way to change a workload: the settings of its script.

mod commands;
mod gitops;
mod helm;
mod image;
mod manifests;
#[cfg(test)]
mod tests;
mod way;

use serde_json::{Map, Value};

use crate::definition::{Delivery as Written, Workload};

pub(crate) use way::{Delivery, Target};

/// Returns the delivery that a workload names.
pub(crate) fn of(written: &Written) -> Box<dyn Delivery + '_> {
    match written {
        Written::Image => Box::new(image::Image),
        Written::Manifests(folder) => Box::new(manifests::Manifests { folder }),
        Written::Helm(helm) => Box::new(helm::Helm { helm }),
        Written::Gitops(gitops) => Box::new(gitops::Gitops { gitops }),
        Written::Commands(commands) => Box::new(commands::Commands { commands }),
    }
}

/// Returns the settings of a workload's delivery, as its script reads them.
pub(crate) fn settings(delivery: &dyn Delivery, workload: &Workload, to: &Target<'_>) -> Value {
    let mut settings = Map::new();
    settings.insert("kind".to_owned(), delivery.name().into());
    settings.extend(delivery.settings(workload, to));
    Value::Object(settings)
}
