//! What `init` can lay down beside the definition: files for a component, and what the definition then says of them.

use super::dockerfile::dockerfiles;
use super::fixtures::fixtures;
use super::manifests::{self, manifests};
use super::plan::Choices;
use super::project::{Image, Project};
use crate::definition::Name;
use crate::sources::Tree;

/// Files that could be written for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The component that they are for.
    pub component: Name,
    /// The files; none where something speaks against them, which `remarks` then says.
    pub files: Vec<OfferedFile>,
    /// The image that they build, for the definition.
    pub image: Option<Image>,
    /// What is left to the user: a sentence, and the lines that it is about.
    pub remarks: Vec<(String, String)>,
}

impl Offer {
    /// An offer without files, and why there are none.
    pub(super) fn none(component: &Name, why: String) -> Self {
        Self { component: component.clone(), files: Vec::new(), image: None, remarks: vec![(why, String::new())] }
    }
}

/// A file that could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedFile {
    /// Its path, from the definition's folder.
    pub path: String,
    /// Its whole text.
    pub text: String,
    /// Why it is written, for the user to read.
    pub why: &'static str,
}

/// What was chosen of all that can be laid down; the project then has it as if it had been found.
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
