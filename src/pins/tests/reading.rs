//! Invalid locks and their errors.

use super::*;

/// Why the text is no lock: `line:column message; help`.
fn fault(text: &str) -> String {
    match Lock::parse(text) {
        Ok(lock) => format!("accepted as {lock:?}"),
        Err(error) => {
            assert!(error.span.end <= text.len(), "{error:?}");
            format!("{}:{} {}; {}", error.line, error.column, error.message, error.help)
        }
    }
}

/// The same of a lock whose `[actions]`, `[images]` or `[tools]` holds a line.
fn fault_in(table: &str, line: &str) -> String {
    fault(&format!("version = 1\n[{table}]\n{line}\n"))
}

#[test]
fn the_document_has_to_be_a_lock() {
    assert_eq!(fault(""), "1:1 the version of the format is missing; start the file with `version = 1`");
    for version in ["2", "0", "-1", "\"1\"", "1.0", "true", "99999999999999999999", "0x7fffffffffffffffff"] {
        assert_eq!(
            fault(&format!("version = {version}\n")),
            "1:11 the format of this lock is not known; \
             `version = 1` is; a newer pipewright may have written this file"
        );
    }
    assert_eq!(
        fault("version = 1\naction = {}\n"),
        "2:1 unknown key `action`; a lock holds version, [actions], [images] and [tools]"
    );
    assert_eq!(
        fault("version = 1\nactions = [\"actions/checkout\"]\n"),
        "2:11 `[actions]` is not a table; \
         a pin is written `\"name\" = { … }`, under [actions], [images] or [tools]"
    );
    assert_eq!(fault("version = 1\n[[images]]\n").split(';').next(), Some("2:1 `[images]` is not a table"));
}

#[test]
fn broken_toml_is_placed() {
    for (text, place) in [
        ("version = 1\n[actions\n", "2:"),
        ("version = 1\nversion = 1\n", "2:1 duplicate key"),
        ("version = 1\n[images]\n[images]\n", "3:2 duplicate key"),
        ("version = 1\n\"ä\" = \"\u{0}\"\n", "2:"),
    ] {
        assert!(fault(text).starts_with(place), "{text:?}: {}", fault(text));
    }
    let twice = format!("\"a:1\" = {{ digest = \"sha256:{DIGEST}\" }}");
    assert!(fault_in("images", &format!("{twice}\n{twice}")).starts_with("4:1 duplicate key"));
}

#[test]
fn the_pin_of_an_action_is_complete_and_nothing_else() {
    let entry = |fields: &str| fault_in("actions", &format!("\"a/b\" = {{ {fields} }}"));
    assert_eq!(
        entry(&format!("version = \"v1\", sha = \"{SHA}\", digest = \"\"")),
        "3:77 unknown key `digest`; this pin holds version, sha and date"
    );
    assert_eq!(entry("version = \"v1\""), "3:1 the pin of `a/b` has no `sha`; add `sha = \"…\"`");
    assert_eq!(entry(&format!("sha = \"{SHA}\"")), "3:1 the pin of `a/b` has no `version`; add `version = \"…\"`");
    assert_eq!(
        entry(&format!("version = 7, sha = \"{SHA}\"")),
        "3:21 `version` is not a string; put it in double quotes"
    );
    assert!(fault_in("actions", "\"a/b\" = \"v1\"").starts_with("3:9 `a/b` is not a table"));
}

#[test]
fn a_commit_has_forty_small_digits() {
    let sha = |sha: &str| {
        let text = fault_in("actions", &format!("\"a/b\" = {{ version = \"v1\", sha = \"{sha}\" }}"));
        text.split(';').next().map(str::to_owned)
    };
    assert_eq!(
        sha(SHA.get(..39).unwrap_or("")),
        Some(format!("3:33 `{}` has 39 digits, a full commit has 40", &SHA[..39]))
    );
    assert_eq!(sha(&format!("{SHA}0")), Some(format!("3:33 `{SHA}0` has 41 digits, a full commit has 40")));
    let upper = SHA.to_uppercase();
    assert_eq!(sha(&upper), Some(format!("3:33 the commit `{upper}` has upper-case digits")));
    for wrong in [
        "",
        "v7.0.1",
        "main",
        &SHA.replace('3', "g"),
        &format!("{} ", &SHA[..39]),
        "３d3c42e5aac5ba805825da76410c181273ba90b1",
    ] {
        assert!(sha(wrong).is_some_and(|fault| fault.ends_with("is not a commit")), "{wrong}: {:?}", sha(wrong));
    }
}

#[test]
fn a_digest_has_sixty_four_small_digits() {
    let digest = |digest: &str| fault_in("images", &format!("\"a:1\" = {{ digest = \"{digest}\" }}"));
    assert!(digest(&format!("sha256:{}", &DIGEST[1..])).contains("has 63 digits after `sha256:`, a digest has 64"));
    assert!(digest(&format!("sha256:{}", DIGEST.to_uppercase())).contains("has upper-case digits"));
    assert!(digest(DIGEST).contains("does not start with `sha256:`"));
    assert!(digest(&format!("sha512:{DIGEST}{DIGEST}")).contains("does not start with `sha256:`"));
    assert!(digest(&format!("SHA256:{DIGEST}")).contains("does not start with `sha256:`"));
    assert!(digest(&format!("sha256:sha256:{DIGEST}")).contains("is not a digest in hexadecimal"));
    assert!(digest("sha256:").ends_with("run `pipewright pins add a:1@sha256:<digest>`"));
}

#[test]
fn names_are_names() {
    for name in
        ["checkout", "", "a/", "/b", "a b/c", "a/b@v1", "a/..", "-a/b", "https://github.com/a/b", "a/b\\nuses: c/d@v1"]
    {
        let text = fault_in("actions", &format!("\"{name}\" = {{ version = \"v1\", sha = \"{SHA}\" }}"));
        assert!(text.starts_with("3:1 ") && text.contains("is not the name of an action"), "{name}: {text}");
    }
    assert_eq!(
        fault_in("actions", &format!("\"a/b/c\" = {{ version = \"v1\", sha = \"{SHA}\" }}")),
        "3:1 `a/b/c` names a folder, a pin is for its whole repository; pin `a/b`"
    );
    for reference in [
        "Postgres:16",
        ":16",
        "a:",
        "a:b:c",
        "a/:1",
        "/a:1",
        "a b:1",
        "a:1 ",
        "a//b:1",
        "a:-1",
        "gh cr.io/a:1",
        "x:y/a:1",
    ] {
        let text = fault_in("images", &format!("\"{reference}\" = {{ digest = \"sha256:{DIGEST}\" }}"));
        assert!(text.contains("is not the name of an image"), "{reference}: {text}");
    }
    assert!(
        fault_in("images", &format!("postgres = {{ digest = \"sha256:{DIGEST}\" }}"))
            .starts_with("3:1 `postgres` has no tag")
    );
    for reference in ["a:1", "library/a:1", "localhost/a:1", "localhost:5000/a/b:1", "quay.io/a/b_c/d-e.f:V1_x.y-z"] {
        let line = format!("\"{reference}\" = {{ digest = \"sha256:{DIGEST}\" }}");
        assert!(fault_in("images", &line).starts_with("accepted"), "{reference}");
    }
    for version in ["", "v", "latest", "v1 ", "v1\\n", "-1", "${{ github.ref }}", "v1\\\" }"] {
        let line = format!("\"a/b\" = {{ version = \"{version}\", sha = \"{SHA}\" }}");
        assert!(fault_in("actions", &line).contains("is not a version"), "{version}");
    }
}

#[test]
fn names_that_differ_in_case_are_one_action() {
    let pin = format!("{{ version = \"v1\", sha = \"{SHA}\" }}");
    assert_eq!(
        fault_in("actions", &format!("\"a/b\" = {pin}\n\"A/b\" = {pin}")),
        "4:1 `A/b` is pinned twice: names of actions ignore case; keep one of the two lines"
    );
}

#[test]
fn a_tool_is_a_version_and_hashes() {
    assert!(fault_in("tools", "kubectl = { linux-amd64 = \"x\" }").contains("does not start with `sha256:`"));
    assert!(fault_in("tools", "kubectl = {}").contains("has no `version`"));
    assert_eq!(
        fault_in("tools", "kubectl = { version = \"1\", plan9 = \"\" }"),
        "3:28 unknown key `plan9`; the pin of a tool holds version, linux-amd64, linux-arm64, date"
    );
    assert!(fault_in("tools", "\"rm -rf\" = { version = \"1\" }").contains("is not the name of a tool"));
}

#[test]
fn columns_count_characters() {
    assert!(fault("version = 1\n[images]\n'ääää' = 1\n").starts_with("3:1 "));
    assert!(fault("version = 1\nx = 'ä'\n").starts_with("2:1 "));
    assert!(fault("version = 1 # ä\n[actions]\n\"a/b\" = { version = 'ä', sha = '' }\n").starts_with("3:21 "));
    assert!(fault("version = 1\n[actions]\n\"a/b\" = { version = 'v1', sha = 'ä', ä = 1 }\n").starts_with("3:38 "));
}

#[test]
fn hostile_text_is_refused_and_never_a_panic() {
    let deep = |open: &str| format!("version = {}", open.repeat(100_000));
    for text in [
        deep("["),
        deep("{a="),
        format!("{}=1", "a.".repeat(100_000)),
        format!("version = 1\n[{}a]", "a.".repeat(100_000)),
        "\u{feff}version = 2".to_owned(),
        "\u{0}".to_owned(),
        "version".to_owned(),
        "=".to_owned(),
        "\"".repeat(1000),
        format!("version = 1\n[actions]\n\"{}/b\" = {{}}", "a".repeat(1_000_000)),
    ] {
        let message = fault(&text);
        assert!(!message.starts_with("accepted"), "{message}");
        assert!(message.len() < 1000, "a message of {} bytes", message.len());
    }
}

#[test]
fn every_damaged_lock_is_refused_or_means_what_it_says() {
    const DAMAGE: [&str; 12] = ["", "\"", "\n", "=", "[", "]", "{", "}", "A", "#", "ä", "\u{0}"];
    for start in 0..TEXT.len() {
        for length in [0, 1] {
            for damage in DAMAGE {
                let mut text = TEXT.to_owned();
                text.replace_range(start..(start + length).min(TEXT.len()), damage);
                if let Ok(lock) = Lock::parse(&text) {
                    assert_eq!(Lock::parse(&lock.to_text()).as_ref(), Ok(&lock), "{text}");
                }
            }
        }
    }
}

const DATED: &str = r#"# Written by pipewright; change it with `pipewright pins add`.
version = 1

[actions]
"acme/other" = { version = "v1.0.0", sha = "1111111111111111111111111111111111111111" }
"actions/checkout" = { version = "v7.0.1", sha = "3d3c42e5aac5ba805825da76410c181273ba90b1", date = "2026-07-17" }

[images]
"redis:7" = { digest = "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777", date = "2026-01-02" }

[tools]
"poetry" = { version = "2.5.1", date = "2026-01-03" }
"#;

#[test]
fn the_date_of_a_release_may_be_left_out() {
    let lock = Lock::parse(DATED).expect("it is a lock");
    assert_eq!(lock.to_text(), DATED);
    let day = lock.date("Actions/Checkout").map(|day| day.to_string());
    assert_eq!(day.as_deref(), Some("2026-07-17"));
    assert_eq!((lock.date("acme/other"), lock.date("nothing")), (None, None));
}

#[test]
fn a_merge_keeps_the_date_of_the_release_that_it_keeps() {
    let newer = DATED
        .replace("v7.0.1", "v7.0.2")
        .replace("3d3c42e5aac5ba805825da76410c181273ba90b1", "2222222222222222222222222222222222222222")
        .replace("2026-07-17", "2026-08-17");
    let both = [DATED, newer.as_str()].map(|text| Lock::parse(text).expect("it is a lock"));
    let [ours, theirs] = both.clone();
    assert_eq!(ours.merge(theirs).map(|lock| lock.to_text()).as_deref(), Ok(newer.as_str()));
    let [theirs, ours] = both;
    assert_eq!(ours.merge(theirs).map(|lock| lock.to_text()).as_deref(), Ok(newer.as_str()));
}
