//! The user's choices of what `init` scaffolds, and the offers behind them.

use super::dockerfile::dockerfiles;
use super::fixtures::fixtures;
use super::manifests::{self, manifests};
use super::offer::Offer;
use super::project::Project;
use crate::definition::Name;
use crate::sources::Tree;

/// Parts of a first pipeline that the user agreed to; each is optional.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Components that get a Dockerfile.
    pub dockerfiles: Vec<Name>,
    /// Components that get fixtures for their tests.
    pub fixtures: Vec<Name>,
    /// Components that get Kubernetes manifests.
    pub manifests: Vec<Name>,
    /// `true` if a pre-commit hook is written.
    pub hook: bool,
    /// `true` if CODEOWNERS is written.
    pub codeowners: bool,
    /// Owner of the pipeline, if the user named one.
    pub owner: Option<String>,
}

/// Offers that the user accepted; the project then has them as if they had been found.
pub(super) fn chosen(project: &mut Project, tree: &dyn Tree, choices: &Choices) -> Vec<Offer> {
    let take = |offers: Vec<Offer>, chosen: &[Name]| -> Vec<Offer> {
        offers.into_iter().filter(|offer| chosen.contains(&offer.component)).collect()
    };
    let mut taken = take(fixtures(project, tree), &choices.fixtures);
    // Manifests run images that Dockerfiles build, also those that are not written yet.
    let of_cluster = take(manifests(project, tree, &choices.dockerfiles), &choices.manifests);
    let of_images = take(dockerfiles(project, tree), &choices.dockerfiles);
    project.images.extend(of_images.iter().filter_map(|offer| offer.image.clone()));
    manifests::deploy(project, tree, &choices.manifests);
    taken.extend(of_images);
    taken.extend(of_cluster);
    taken
}
