//! The pins that a fresh project starts with: of everything that the compiler
//! itself can emit. A project's own lock takes their place. Those of actions are
//! in the catalogue, beside their inputs.

use super::lock::{Lock, Pin, Tool};
use crate::catalogue;
use crate::day::Day;

/// Images with their tags, and the digest of the index for all platforms.
const IMAGES: &[(&str, &str)] = &[
    ("moby/buildkit:v0.32.2", "sha256:28a898719c18a33f4e8000685287fa36fd0dd9560c6440227d3a732d79bb41d8"),
    ("postgres:16-alpine", "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777"),
    ("postgres:16.14-alpine3.24", "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777"),
    ("python:3.12-slim", "sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea"),
    ("redis:7-alpine", "sha256:e7723ff73d963f5cc6d9c4643ea3d989527a402a319239054e9472a7fb9219a2"),
    ("redis:7.4.10-alpine3.21", "sha256:e7723ff73d963f5cc6d9c4643ea3d989527a402a319239054e9472a7fb9219a2"),
    ("rustfs/rustfs:1.0.0", "sha256:8cc9801755448b71a786705ce76692c77e14936cccd87cf2fc31842e58f4d1ff"),
    ("rustfs/rustfs:1.0.1", "sha256:1803faef57627e2d9c2e7d89d655d712ddded5389040054987163043fecb6a3c"),
    ("tonistiigi/binfmt:qemu-v10.2.3", "sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0"),
];

/// A platform, and the SHA-256 of what is downloaded for it.
type PlatformHash = (&'static str, &'static str);

/// Tools with their repositories, the version, and the SHA-256 of what is downloaded.
///
/// taiki-e/install-action carries the hashes of what it installs: its own pin
/// covers them, for versions that are older than that pin.
const TOOLS: &[(&str, &str, &str, &[PlatformHash])] = &[
    ("cargo-llvm-cov", "taiki-e/cargo-llvm-cov", "0.9.0", &[]),
    ("cargo-nextest", "nextest-rs/nextest", "0.9.143", &[]),
    (
        "kubectl",
        "kubernetes/kubernetes",
        "v1.36.4",
        &[
            ("linux-amd64", "8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a"),
            ("linux-arm64", "0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb"),
        ],
    ),
    ("poetry", "python-poetry/poetry", "2.5.1", &[]),
    (
        "uv",
        "astral-sh/uv",
        "0.12.5",
        &[
            ("linux-amd64", "68a509da24b06b4223a1c0175fb5eb5bc79342b76cbeff0cfe51ac3f5b17b6b2"),
            ("linux-arm64", "9bf43b4d1a07665bf64d4c4e710930b382321a785e0eb10aac07f46471f86a31"),
        ],
    ),
];

/// Dates of releases, of the images and tools whose owner publishes one for this version.
///
/// Sources: <https://github.com/moby/buildkit/releases>, the tag `deploy/v10.2.3-68` of
/// <https://github.com/tonistiigi/binfmt>, <https://github.com/taiki-e/cargo-llvm-cov/blob/main/CHANGELOG.md>, the tag of
/// <https://github.com/nextest-rs/nextest>, <https://kubernetes.io/releases/1.36/>,
/// <https://github.com/astral-sh/uv/blob/main/CHANGELOG.md>.
const DATES: &[(&str, &str)] = &[
    ("moby/buildkit:v0.32.2", "2026-08-04"),
    ("tonistiigi/binfmt:qemu-v10.2.3", "2026-06-05"),
    ("cargo-llvm-cov", "2026-08-16"),
    ("cargo-nextest", "2026-08-04"),
    ("kubectl", "2026-08-11"),
    ("uv", "2026-08-14"),
];

/// The pin of an action, if the compiler can emit it. A folder is covered by
/// its repository.
#[must_use]
pub fn action(name: &str) -> Option<Pin> {
    known_action(name).map(|(_, pin)| pin)
}

/// The digest of an image, if it is one that a preset or the compiler uses.
#[must_use]
pub fn image(reference: &str) -> Option<&'static str> {
    IMAGES.iter().find(|(known, _)| *known == reference).map(|&(_, digest)| digest)
}

/// The pin of a tool, if the compiler can emit its installation.
#[must_use]
pub fn tool(name: &str) -> Option<Tool> {
    TOOLS.iter().find(|(known, ..)| *known == name).map(|&(_, _, version, hashes)| pinned_tool(version, hashes))
}

/// The repository of a tool, if the compiler can emit its installation.
#[must_use]
pub fn repository(tool: &str) -> Option<&'static str> {
    TOOLS.iter().find(|(known, ..)| *known == tool).map(|&(_, repository, ..)| repository)
}

/// Returns what `pins add` takes to record the pin of this name, if it is one of these.
#[must_use]
pub fn spec(name: &str) -> Option<String> {
    if let Some((name, pin)) = known_action(name) {
        return Some(format!("{name}@{} # {}", pin.sha, pin.version));
    }
    if let Some(digest) = image(name) {
        return Some(format!("{name}@{digest}"));
    }
    tool(name).map(|tool| {
        let hashes: Vec<String> = tool.hashes().map(|(platform, hash)| format!("{platform}=sha256:{hash}")).collect();
        format!("{name}@{} {}", tool.version, hashes.join(" ")).trim_end().to_owned()
    })
}

/// Why the pin of an action contradicts the one that is known: the same release, and another commit. What to do about it.
///
/// A version with fewer than three numbers is a tag that moves, such as `v4`.
pub(super) fn contradicts_action(name: &str, pin: &Pin) -> Option<(String, String)> {
    let (known_name, known) = known_action(name)?;
    let exact = pin.version.matches('.').count() >= 2;
    (exact && known.version == pin.version && known.sha != pin.sha).then(|| {
        let message = format!("{} of `{known_name}` is the commit {}, not {}", known.version, known.sha, pin.sha);
        (message, format!("run `pipewright pins add {known_name}@{}#{}`", known.sha, known.version))
    })
}

/// Why the pin of a tool contradicts the one that is known: the same version, and another hash. What to do about it.
pub(super) fn contradicts_tool(name: &str, tool: &Tool) -> Option<(String, String)> {
    let known = self::tool(name).filter(|known| known.version == tool.version)?;
    let (platform, hash, other) = known
        .hashes()
        .filter_map(|(platform, hash)| Some((platform, hash, tool.sha256(platform)?)))
        .find(|(_, hash, other)| hash != other)?;
    let message = format!("{} of `{name}` for {platform} has the SHA-256 {hash}, not {other}", known.version);
    Some((message, format!("run `pipewright pins add {}`", spec(name)?)))
}

/// The lock that holds every one of these pins.
#[must_use]
pub fn lock() -> Lock {
    lock_for(
        catalogue::actions().filter(|action| action.pin.is_some()).map(|action| action.name),
        IMAGES.iter().map(|&(reference, _)| reference),
        TOOLS.iter().map(|&(name, ..)| name),
    )
}

/// The lock that holds the pins of what is named here and nothing else: what a
/// fresh project needs. What is not known is left out.
pub fn lock_for<'a>(
    actions: impl IntoIterator<Item = &'a str>,
    images: impl IntoIterator<Item = &'a str>,
    tools: impl IntoIterator<Item = &'a str>,
) -> Lock {
    let mut lock = Lock::default();
    for name in actions {
        if let Some((name, pin)) = known_action(name) {
            lock.insert_action(name, pin);
            date_known(&mut lock, name);
        }
    }
    for reference in images {
        if let Some(digest) = image(reference) {
            lock.images.insert(reference.to_owned(), digest.to_owned());
        }
    }
    for name in tools {
        if let Some(tool) = tool(name) {
            lock.tools.insert(name.to_owned(), tool);
        }
    }
    lock
}

/// The date of a commit of an action, if it is known.
#[must_use]
pub fn date(sha: &str) -> Option<Day> {
    let release = catalogue::actions().filter_map(|action| action.pin).find(|release| release.sha == sha)?;
    release.date.and_then(Day::parse)
}

/// The date of the release that a lock pins, if that is the one that is known here.
#[must_use]
pub fn release_date(lock: &Lock, name: &str) -> Option<Day> {
    if let Some(pin) = lock.action(name) {
        return date(&pin.sha);
    }
    let is_known_image = lock.image(name).is_some_and(|digest| image(name) == Some(digest));
    let is_known_tool =
        || lock.tool(name).is_some_and(|pinned| tool(name).is_some_and(|it| it.version == pinned.version));
    let known = DATES.iter().find(|(of, _)| *of == name).filter(|_| is_known_image || is_known_tool())?;
    Day::parse(known.1)
}

/// Records the date of an action's pin, if it is known.
pub(super) fn date_known(lock: &mut Lock, name: &str) {
    if let Some(date) = lock.action(name).and_then(|pin| date(&pin.sha)) {
        lock.set_date(name, date);
    }
}

/// The repository as its owner spells it, and its pin.
fn known_action(name: &str) -> Option<(&'static str, Pin)> {
    let wanted = super::grammar::repository(name)?;
    let known = catalogue::action(wanted)?;
    known.pin.map(|release| (known.name, pin(release.tag, release.sha)))
}

fn pin(version: &str, sha: &str) -> Pin {
    Pin { version: version.to_owned(), sha: sha.to_owned() }
}

fn pinned_tool(version: &str, hashes: &[PlatformHash]) -> Tool {
    let owned = |&(platform, hash): &PlatformHash| (platform.to_owned(), hash.to_owned());
    Tool { version: version.to_owned(), hashes: hashes.iter().map(owned).collect() }
}
