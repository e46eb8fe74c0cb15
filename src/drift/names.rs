//! Names of the files beside those that are generated.

/// End of the path of every manifest.
pub(crate) const MANIFEST: &str = "/manifest.sha256";

/// Front of the names of files that exist only while others are written.
pub(crate) const TEMPORARY: &str = ".pipewright-";
