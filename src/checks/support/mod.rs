//! Helpers of several rules: walks over a definition, and readers of the files around it.

pub(super) mod amount;
pub(super) mod dockerfile;
pub(super) mod globs;
pub(super) mod left_out;
pub(super) mod paths;
pub(super) mod pytest;
pub(super) mod run_values;
pub(super) mod shell;
pub(super) mod version_files;
pub(super) mod walk;
