//! Lines given to `pins add`.

use super::*;

/// Why the line names no pin: `message; help`.
fn refusal(spec: &str) -> String {
    let mut lock = sample();
    match lock.add(spec) {
        Ok(added) => format!("accepted as {added:?}"),
        Err(error) => {
            assert_eq!(lock, sample(), "a refused line changed the lock");
            format!("{}; {}", error.message, error.help)
        }
    }
}

#[test]
fn an_action_is_added_in_every_spelling_of_its_line() {
    for spec in [
        format!("docker/login-action@{SHA} # v4.6.1"),
        format!("  docker/login-action@{SHA}#v4.6.1\n"),
        format!("docker/login-action@{SHA}   #   v4.6.1"),
        format!("docker/login-action/folder/deeper@{SHA}#v4.6.1"),
    ] {
        let mut lock = sample();
        let added = lock.add(&spec).expect("the line names a pin");
        assert_eq!(added.to_string(), "added docker/login-action");
        assert_eq!(
            lock.action("docker/login-action").map(|pin| (pin.version.as_str(), pin.sha.as_str())),
            Some(("v4.6.1", SHA))
        );
        assert_eq!(Lock::parse(&lock.to_text()), Ok(lock));
    }
}

#[test]
fn a_release_that_is_known_has_one_commit_and_one_hash() {
    let known = "dbcb813823bdd20940b903addbd779551569679f";
    assert_eq!(
        refusal(&format!("Docker/Login-Action@{SHA}#v4.6.0")),
        format!(
            "v4.6.0 of `docker/login-action` is the commit {known}, not {SHA}; \
             run `pipewright pins add docker/login-action@{known}#v4.6.0`"
        )
    );
    let mut lock = sample();
    assert!(lock.add(&format!("docker/login-action@{known}#v4.6.0")).is_ok());
    assert!(lock.add(&format!("docker/login-action@{SHA}#v4")).is_ok(), "such a tag moves");
    let (amd, arm) = ("8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a", "0".repeat(64));
    let line = format!("kubectl@v1.36.4 linux-amd64=sha256:{amd} linux-arm64=sha256:{arm}");
    assert!(refusal(&line).starts_with("v1.36.4 of `kubectl` for linux-arm64 has the SHA-256 0ecf44450ee6"));

    let text =
        format!("version = 1\n[actions]\n\"docker/login-action\" = {{ version = \"v4.6.0\", sha = \"{SHA}\" }}\n");
    let error = Lock::parse(&text).expect_err("another commit");
    assert_eq!(&text[error.span.clone()], format!("\"{SHA}\""));
    assert!(error.message.contains(known) && error.message.contains(SHA), "{error}");
    let text = format!("version = 1\n[tools]\nkubectl = {{ version = \"v1.36.4\", linux-arm64 = \"sha256:{arm}\" }}\n");
    assert!(Lock::parse(&text).expect_err("another hash").message.contains("for linux-arm64"));
}

#[test]
fn adding_says_what_changed() {
    let mut lock = sample();
    let same = lock.add(&format!("actions/checkout@{SHA}#v7.0.1"));
    assert_eq!(same.map(|added| added.change), Ok(Change::Unchanged));
    assert_eq!(lock, sample());

    let newer = lock.add(&format!("Actions/Checkout@{OTHER_SHA}#v7.1.0"));
    assert_eq!(
        newer.map(|added| added.to_string()),
        Ok(format!("replaced Actions/Checkout, which was pinned to {SHA} # v7.0.1"))
    );
    assert_eq!(lock.action("actions/checkout").map(|pin| pin.sha.as_str()), Some(OTHER_SHA));
    assert_eq!(lock.actions().count(), sample().actions().count());

    let moved = lock.add(&format!("actions/checkout@{SHA}#v7.1.0")).expect("the line names a pin");
    assert!(matches!(moved.change, Change::Replaced { moved: true, .. }));
    assert!(moved.to_string().ends_with("the version is the same, so its tag was moved: find out why"));

    let image = lock.add(&format!("postgres:16-alpine@sha256:{}", "0".repeat(64)));
    assert_eq!(
        image.map(|added| added.change),
        Ok(Change::Replaced { before: format!("sha256:{DIGEST}"), moved: false })
    );
    let image = lock.add(&format!("redis:7@sha256:{DIGEST} # cache"));
    assert_eq!(image.map(|added| added.to_string()), Ok("added redis:7".to_owned()));
    assert_eq!(lock.image("redis:7"), Some(format!("sha256:{DIGEST}").as_str()));
}

#[test]
fn a_tool_is_added_with_the_hashes_it_had() {
    let mut lock = sample();
    let added = lock.add("cargo-nextest@0.9.151");
    assert_eq!(
        added.map(|added| added.to_string()),
        Ok("replaced cargo-nextest, which was pinned to 0.9.143".to_owned())
    );
    let added = lock.add(&format!("kubectl@v1.37.0  linux-amd64=sha256:{DIGEST}"));
    assert!(added.is_ok_and(|added| matches!(added.change, Change::Replaced { moved: false, .. })));
    assert_eq!(lock.tool("kubectl").and_then(|tool| tool.sha256("linux-amd64")), Some(DIGEST));

    assert_eq!(
        refusal("kubectl@v1.37.0"),
        "no hash is given for kubectl on linux-amd64; write `kubectl@<version> linux-amd64=sha256:<hash>`"
    );
    assert!(refusal("kubectl@v1.37.0 linux-amd64=sha256:abc").starts_with("`sha256:abc` has 3 digits"));
    assert!(refusal("kubectl@v1.37.0 sha256:abc").starts_with("`sha256:abc` is not a platform and its hash"));
    assert!(refusal("kubectl@latest").starts_with("`latest` is not a version"));
    assert!(refusal("uv@0.13.0").starts_with("no hash is given for uv on linux-amd64"));
}

#[test]
fn a_tag_is_no_commit() {
    assert_eq!(
        refusal("actions/checkout@v7"),
        "`v7` is a tag or a branch, which can be moved to other code; \
         `git ls-remote https://github.com/actions/checkout v7 'v7^{}'` prints its commit, on the last line; \
         write `actions/checkout@<commit>#vX.Y.Z`"
    );
    assert!(refusal("actions/cache/restore@main # v6").starts_with("`main` is a tag or a branch"));
    assert!(refusal("a/b@shared#v1").starts_with("`shared` is a tag or a branch"));
    assert!(refusal("actions/cache/restore@main").contains("github.com/actions/cache main"));
    // Seven hexadecimal digits are more likely a short commit than a branch.
    assert_eq!(
        refusal("actions/checkout@3d3c42e#v7.0.1"),
        "`3d3c42e` has 7 digits, a full commit has 40; \
         `git ls-remote https://github.com/actions/checkout` lists the commits of its tags in full"
    );
    assert!(refusal("actions/checkout@deed#v7").starts_with("`deed` is a tag or a branch"));
    assert!(
        refusal(&format!("actions/checkout@{SHA}{SHA}#v7"))
            .starts_with(&format!("`{SHA}{}…` has 80 digits", &SHA[..32]))
    );
}

#[test]
fn an_action_needs_a_name_a_commit_and_a_version() {
    assert_eq!(
        refusal(&format!("actions/checkout@{SHA}")),
        format!("the version of `{SHA}` is missing; write `actions/checkout@{SHA}#vX.Y.Z`")
    );
    assert!(refusal(&format!("actions/checkout@{SHA} # ")).starts_with("the version of"));
    assert!(refusal(&format!("actions/checkout@{SHA} # main")).starts_with("`main` is not a version"));
    assert!(refusal(&format!("actions/checkout@{SHA} # v7.0.1 # twice")).contains("is not a version"));
    assert!(refusal(&format!("actions/checkout@{SHA} v7.0.1")).contains("is not a commit"));
    assert_eq!(
        refusal(&format!("actions/checkout@{}#v7.0.1", SHA.to_uppercase())),
        format!("the commit `{}` has upper-case digits; write `actions/checkout@{SHA}#v7.0.1`", SHA.to_uppercase())
    );
    assert!(refusal("actions/checkout@#v7").starts_with("no commit follows `actions/checkout@`"));
    assert!(refusal("actions/checkout").starts_with("`actions/checkout` names no commit"));
    assert!(
        refusal(&format!("actions//checkout@{SHA}#v7")).starts_with("`actions//checkout` is not the name of an action")
    );
    assert!(refusal(&format!("./action@{SHA}#v7")).contains("is not the name of an action"));
    assert!(refusal(&format!("a/../../b@{SHA}#v7")).contains("is not the name of an action"));
}

#[test]
fn an_image_needs_a_tag_and_a_digest() {
    assert_eq!(
        refusal(&format!("postgres@sha256:{DIGEST}")),
        "`postgres` has no tag; write the tag that pipeline.toml names: `postgres:<tag>@sha256:<digest>`"
    );
    assert!(refusal("postgres:16").starts_with("`postgres:16` names no digest; write `postgres:16@sha256:<digest>`"));
    assert_eq!(
        refusal(&format!("postgres:16@sha256:{}", DIGEST.to_uppercase())),
        format!(
            "the digest `sha256:{}` has upper-case digits; write `postgres:16@sha256:{DIGEST}`",
            DIGEST.to_uppercase()
        )
    );
    assert!(
        refusal(&format!("postgres:16@SHA256:{DIGEST}")).ends_with(&format!("write `postgres:16@sha256:{DIGEST}`"))
    );
    assert!(refusal("postgres:16@sha256:57c72fd").starts_with("`sha256:57c72fd` has 7 digits after `sha256:`"));
    assert!(refusal("postgres:16@").starts_with("`` does not start with `sha256:`"));
    assert!(refusal(&format!("postgres:16@{SHA}")).contains("does not start with `sha256:`"));
    assert!(refusal(&format!("POSTGRES:16@sha256:{DIGEST}")).starts_with("`POSTGRES:16` is not the name of an image"));
    assert!(refusal(&format!("@sha256:{DIGEST}")).contains("is not the name of an image"));
    assert!(refusal(&format!("a:1@sha256:{DIGEST}@sha256:{DIGEST}")).contains("is not a digest in hexadecimal"));
}

#[test]
fn other_words_are_explained() {
    assert!(refusal("").starts_with("nothing was named; write `owner/action@<commit>#vX.Y.Z`"));
    assert!(refusal("postgres").starts_with("`postgres` names no commit, digest or version"));
    assert!(
        refusal("terraform@1.9")
            .starts_with("`terraform` is no action, no image with its tag, and no tool of pipewright")
    );
    let long = refusal(&format!("a/b@{}\u{1b}[31m#\n", "x".repeat(10_000)));
    assert!(long.len() < 500 && !long.contains('\u{1b}'), "{long}");
    for spec in ["@", "@@", "#", "a/b@#", "é/b@é#é", "a/b@é#v1", "x@é", "postgres:16@é", "\u{0}@\u{0}", "s@sé"] {
        assert!(!refusal(spec).starts_with("accepted"), "{spec:?}");
    }
}
