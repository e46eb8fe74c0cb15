mod adding;
mod reading;

use super::*;
use crate::catalogue;

const SHA: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";
const OTHER_SHA: &str = "55cc8345863c7cc4c66a329aec7e433d2d1c52a9";
const DIGEST: &str = "57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777";

const TEXT: &str = r#"# Written by pipewright; change it with `pipewright pins add`.
version = 1

[actions]
"actions/cache" = { version = "v6.1.0", sha = "55cc8345863c7cc4c66a329aec7e433d2d1c52a9" }
"actions/checkout" = { version = "v7.0.1", sha = "3d3c42e5aac5ba805825da76410c181273ba90b1" }
"Swatinem/rust-cache" = { version = "v2.9.2", sha = "6323deb102c322ba6fcbdcafc7e3dddab59af2b6" }

[images]
"ghcr.io:443/o/app_x:1.0-rc.1" = { digest = "sha256:1803faef57627e2d9c2e7d89d655d712ddded5389040054987163043fecb6a3c" }
"postgres:16-alpine" = { digest = "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777" }

[tools]
"cargo-nextest" = { version = "0.9.143" }
"kubectl" = { version = "v1.36.4", linux-amd64 = "sha256:8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a" }
"#;

fn sample() -> Lock {
    Lock::parse(TEXT).expect("the sample is a lock")
}

#[test]
fn a_lock_is_written_as_it_was_read() {
    assert_eq!(sample().to_text(), TEXT);
}

#[test]
fn order_spacing_comments_and_line_ends_do_not_matter() {
    let mut tables: Vec<&str> = TEXT.split("\n\n").collect();
    tables.reverse();
    // `version` would fall into the table above it.
    let body: String = tables.iter().filter(|table| table.starts_with('[')).fold(String::new(), |text, table| {
        let mut lines: Vec<&str> = table.lines().collect();
        if let Some(entries) = lines.get_mut(1..) {
            entries.reverse();
        }
        text + "  " + &lines.join("  # why\r\n") + "\r\n"
    });
    let shuffled = format!("# by hand\r\nversion=1\r\n{body}").replace(" = {", "={");
    assert_eq!(Lock::parse(&shuffled).map(|lock| lock.to_text()), Ok(TEXT.to_owned()));
}

#[test]
fn nested_tables_are_the_same_lock() {
    let text = format!("version = 1\n[actions.\"actions/checkout\"]\nversion = \"v7.0.1\"\nsha = \"{SHA}\"\n");
    let lock = Lock::parse(&text).expect("TOML has more than one spelling of a table");
    assert_eq!(lock.action("actions/checkout").map(|pin| pin.sha.as_str()), Some(SHA));
}

#[test]
fn an_empty_lock_has_no_tables() {
    let text = "# Written by pipewright; change it with `pipewright pins add`.\nversion = 1\n";
    assert_eq!(Lock::default().to_text(), text);
    assert_eq!(Lock::parse(text), Ok(Lock::default()));
}

#[test]
fn a_folder_is_covered_by_the_pin_of_its_repository() {
    let lock = sample();
    let pin = lock.action("actions/cache").expect("it is pinned");
    assert_eq!(pin.version, "v6.1.0");
    for name in ["actions/cache/restore", "Actions/Cache/save", "actions/cache/a/b"] {
        assert_eq!(lock.action(name), Some(pin), "{name}");
    }
    for name in ["", "/", "actions", "actions/", "actions/cachet", "./actions/cache", "actions//cache"] {
        assert_eq!(lock.action(name), None, "{name}");
    }
}

#[test]
fn images_are_found_as_they_are_spelled() {
    let lock = sample();
    assert_eq!(lock.image("postgres:16-alpine"), Some(format!("sha256:{DIGEST}").as_str()));
    assert_eq!(lock.image("postgres"), None);
    assert_eq!(lock.image("docker.io/library/postgres:16-alpine"), None);
}

#[test]
fn a_tool_has_a_hash_by_platform() {
    let lock = sample();
    let kubectl = lock.tool("kubectl").expect("it is pinned");
    assert_eq!(kubectl.version, "v1.36.4");
    assert_eq!(kubectl.sha256("linux-amd64").map(str::len), Some(64));
    assert_eq!(kubectl.sha256("linux-arm64"), None);
}

#[test]
fn the_builtin_lock_is_a_lock() {
    let lock = builtin::lock();
    assert_eq!(Lock::parse(&lock.to_text()), Ok(lock.clone()));
    assert_eq!(lock.actions().count(), 28);
    assert_eq!(lock.image("postgres:16-alpine"), Some(format!("sha256:{DIGEST}").as_str()));
    assert!(lock.tool("kubectl").is_some_and(|tool| tool.sha256("linux-arm64").is_some()));
}

#[test]
fn a_date_is_that_of_the_release_that_is_known() {
    let date = |lock: &Lock, name: &str| builtin::release_date(lock, name).map(|day| day.to_string());
    let lock = builtin::lock();
    assert_eq!(date(&lock, "actions/checkout").as_deref(), Some("2026-07-17"));
    assert_eq!(date(&lock, "moby/buildkit:v0.32.2").as_deref(), Some("2026-08-04"));
    assert_eq!(date(&lock, "uv").as_deref(), Some("2026-08-14"));
    assert_eq!(date(&lock, "postgres:16-alpine"), None);
    // Another version, or another image under the same tag.
    let other = format!(
        "version = 1\n[images]\n\"moby/buildkit:v0.32.2\" = {{ digest = \"sha256:{DIGEST}\" }}\n[tools]\nuv = {{ version = \"0.12.6\" }}\n"
    );
    let other = Lock::parse(&other).expect("it is a lock");
    assert_eq!((date(&other, "moby/buildkit:v0.32.2"), date(&other, "uv")), (None, None));
}

#[test]
fn every_builtin_action_is_in_the_catalogue() {
    for (name, pin) in builtin::lock().actions() {
        let known = catalogue::action(name);
        assert!(known.is_some(), "nothing is known of {name}");
        let Some(major) = known.and_then(|action| action.major) else {
            continue;
        };
        let same = pin.version == major || pin.version.starts_with(&format!("{major}."));
        assert!(same, "{name} is pinned to {}, its inputs are those of {major}", pin.version);
    }
}

#[test]
fn a_fresh_lock_holds_what_is_used() {
    let lock = builtin::lock_for(
        ["Actions/cache/restore", "actions/cache/save", "someone/unknown"],
        ["redis:7-alpine", "mysql:8"],
        ["kubectl", "terraform"],
    );
    assert_eq!(lock.actions().map(|(name, _)| name).collect::<Vec<_>>(), ["actions/cache"]);
    assert_eq!(lock.images().map(|(reference, _)| reference).collect::<Vec<_>>(), ["redis:7-alpine"]);
    assert_eq!(lock.tools().map(|(name, _)| name).collect::<Vec<_>>(), ["kubectl"]);
}
