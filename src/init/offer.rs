//! Files that `init` can add for a component, and the parts of the definition about them.

use super::project::Image;
use crate::definition::Name;

/// Files that could be written for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The component that they are for.
    pub component: Name,
    /// The files; none if there is an obstacle, which `remarks` names.
    pub files: Vec<OfferedFile>,
    /// The image that they build, for the definition.
    pub image: Option<Image>,
    /// Steps for the user: a sentence, and the lines that it is about.
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
