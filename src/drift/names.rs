//! Names of manifests and temporary files.

/// End of the path of every manifest.
pub(crate) const MANIFEST: &str = "/manifest.sha256";

/// Prefix of the names of temporary files.
pub(crate) const TEMPORARY: &str = ".pipewright-";
