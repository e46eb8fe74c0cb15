//! Releases and pull requests.

use super::entry::{Action, need, opt};

pub(super) const ACTIONS: &[Action] = &[
    // Its pull requests start no workflow unless another token is given.
    Action {
        name: "peter-evans/create-pull-request",
        version: "v8.1.1",
        major: Some("v8"),
        inputs: &[
            opt("token"),
            opt("branch-token"),
            opt("path"),
            opt("add-paths"),
            opt("commit-message"),
            opt("committer"),
            opt("author"),
            opt("signoff"),
            opt("branch"),
            opt("delete-branch"),
            opt("branch-suffix"),
            opt("base"),
            opt("push-to-fork"),
            opt("sign-commits"),
            opt("title"),
            opt("body"),
            opt("body-path"),
            opt("labels"),
            opt("assignees"),
            opt("reviewers"),
            opt("team-reviewers"),
            opt("milestone"),
            opt("draft"),
            opt("maintainer-can-modify"),
        ],
        outputs: &[
            "pull-request-number",
            "pull-request-url",
            "pull-request-operation",
            "pull-request-head-sha",
            "pull-request-branch",
        ],
        permissions: &[
            need("contents", "write", "push the branch of the pull request"),
            need("pull-requests", "write", "open the pull request"),
        ],
        ..Action::UNKNOWN
    },
    // Its token expires after 30 minutes, and a step at the end of the job revokes it.
    Action {
        name: "rust-lang/crates-io-auth-action",
        version: "v1.0.5",
        major: Some("v1"),
        inputs: &[opt("url")],
        outputs: &["token"],
        permissions: &[need("id-token", "write", "get a token of crates.io as this workflow")],
        ..Action::UNKNOWN
    },
    // `discussion_category_name` is what needs the second permission.
    Action {
        name: "softprops/action-gh-release",
        version: "v3.0.0",
        major: Some("v3"),
        inputs: &[
            opt("body"),
            opt("body_path"),
            opt("name"),
            opt("tag_name"),
            opt("draft"),
            opt("prerelease"),
            opt("preserve_order"),
            opt("files"),
            opt("working_directory"),
            opt("overwrite_files"),
            opt("fail_on_unmatched_files"),
            opt("repository"),
            opt("token"),
            opt("target_commitish"),
            opt("discussion_category_name"),
            opt("generate_release_notes"),
            opt("previous_tag"),
            opt("append_body"),
            opt("make_latest"),
        ],
        outputs: &["url", "id", "upload_url", "assets"],
        permissions: &[need("contents", "write", "publish the release")],
        may_need: &[need("discussions", "write", "open a discussion for the release")],
        ..Action::UNKNOWN
    },
];
