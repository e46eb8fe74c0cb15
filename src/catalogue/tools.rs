//! Helpers that belong to no other family.

use super::entry::{Action, need, opt, req};

pub(super) const ACTIONS: &[Action] = &[
    // Sets an output per filter, and per filter a count and a list of files.
    Action {
        name: "dorny/paths-filter",
        version: "v4.0.2",
        major: Some("v4"),
        inputs: &[
            opt("token"),
            opt("working-directory"),
            opt("ref"),
            opt("base"),
            req("filters"),
            opt("list-files"),
            opt("initial-fetch-depth"),
            opt("predicate-quantifier"),
        ],
        outputs: &["changes"],
        permissions: &[need("pull-requests", "read", "list the files that the pull request changes")],
        dynamic_outputs: true,
        ..Action::UNKNOWN
    },
    // Ubuntu runners only.
    Action {
        name: "jlumbroso/free-disk-space",
        version: "v1.3.1",
        inputs: &[
            opt("android"),
            opt("dotnet"),
            opt("haskell"),
            opt("large-packages"),
            opt("docker-images"),
            opt("tool-cache"),
            opt("swap-storage"),
        ],
        ..Action::UNKNOWN
    },
    // Maintained only; the nested cache action is pinned by tag.
    Action {
        name: "pre-commit/action",
        version: "v3.0.1",
        inputs: &[opt("extra_args")],
        nested_unpinned: &["actions/cache@v4"],
        ..Action::UNKNOWN
    },
];
