//! `[images.<name>.publish]`: names of a release.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Publication of an image when a tag is pushed.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Publish {
    /// Git tags whose pushes publish the image, as globs.
    ///
    /// Example: `["v*"]`
    #[schemars(length(min = 1))]
    pub tags: Vec<String>,
    /// Names that the image gets.
    ///
    /// Example: `["semver", "latest"]`
    #[serde(rename = "as", default = "semver")]
    #[schemars(length(min = 1), extend("uniqueItems" = true))]
    pub names: Vec<ImageTag>,
}

fn semver() -> Vec<ImageTag> {
    vec![ImageTag::Semver]
}

/// Name of a published image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageTag {
    /// The version of the git tag, as in `1.4.2`; of its newest release also `1.4` and `1`.
    Semver,
    /// `latest`, of the newest release; a pre-release never gets it.
    Latest,
    /// The git tag itself.
    Ref,
    /// The commit.
    Sha,
}

impl ImageTag {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Latest => "latest",
            Self::Ref => "ref",
            Self::Sha => "sha",
        }
    }
}
