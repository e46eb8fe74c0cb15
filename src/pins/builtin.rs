//! The pins that a fresh project starts with: of everything that the compiler
//! itself can emit. A project's own lock takes their place.

use super::lock::{Lock, Pin, Tool};

/// Repositories of actions, the version, and the commit of that version's tag.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("actions/attest", "v4.2.2", "1e69f48acb82d1966a394da916b4c1698aa569d6"),
    ("actions/cache", "v6.1.0", "55cc8345863c7cc4c66a329aec7e433d2d1c52a9"),
    ("actions/checkout", "v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    ("actions/download-artifact", "v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    ("actions/setup-go", "v7.0.0", "b7ad1dad31e06c5925ef5d2fc7ad053ef454303e"),
    ("actions/setup-node", "v7.0.0", "820762786026740c76f36085b0efc47a31fe5020"),
    ("actions/setup-python", "v7.0.0", "5fda3b95a4ea91299a34e894583c3862153e4b97"),
    ("actions/upload-artifact", "v7.0.1", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"),
    ("astral-sh/setup-uv", "v10.0.1", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d"),
    ("aws-actions/configure-aws-credentials", "v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"),
    ("azure/login", "v3.0.1", "f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca"),
    ("azure/setup-kubectl", "v5.1.0", "829323503d1be3d00ca8346e5391ca0b07a9ab0d"),
    ("docker/build-push-action", "v7.3.0", "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a"),
    ("docker/login-action", "v4.6.0", "dbcb813823bdd20940b903addbd779551569679f"),
    ("docker/metadata-action", "v6.2.0", "dc802804100637a589fabce1cb79ff13a1411302"),
    ("docker/setup-buildx-action", "v4.3.0", "37fe631027851001ddb9b187196cc803df7f5f0e"),
    ("docker/setup-qemu-action", "v4.2.0", "96fe6ef7f33517b61c61be40b68a1882f3264fb8"),
    ("dtolnay/rust-toolchain", "v1", "e97e2d8cc328f1b50210efc529dca0028893a2d9"),
    ("google-github-actions/auth", "v3.0.0", "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093"),
    ("oven-sh/setup-bun", "v2.2.0", "0c5077e51419868618aeaa5fe8019c62421857d6"),
    ("pnpm/action-setup", "v6.0.10", "0977fd99725f1db4007ccb2928dbb4e90d06cc86"),
    ("Swatinem/rust-cache", "v2.9.2", "6323deb102c322ba6fcbdcafc7e3dddab59af2b6"),
    ("taiki-e/install-action", "v2.86.5", "ba47c86ac325773530516bb756137ac718732518"),
];

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

/// Tools, the version, and the SHA-256 of what is downloaded.
///
/// taiki-e/install-action carries the hashes of what it installs: its own pin
/// covers them, for versions that are older than that pin.
const TOOLS: &[(&str, &str, &[PlatformHash])] = &[
    ("cargo-llvm-cov", "0.9.0", &[]),
    ("cargo-nextest", "0.9.143", &[]),
    (
        "kubectl",
        "v1.36.4",
        &[
            ("linux-amd64", "8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a"),
            ("linux-arm64", "0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb"),
        ],
    ),
    ("poetry", "2.5.1", &[]),
    (
        "uv",
        "0.12.5",
        &[
            ("linux-amd64", "68a509da24b06b4223a1c0175fb5eb5bc79342b76cbeff0cfe51ac3f5b17b6b2"),
            ("linux-arm64", "9bf43b4d1a07665bf64d4c4e710930b382321a785e0eb10aac07f46471f86a31"),
        ],
    ),
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
    TOOLS.iter().find(|(known, ..)| *known == name).map(|&(_, version, hashes)| pinned_tool(version, hashes))
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
        ACTIONS.iter().map(|&(name, ..)| name),
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

/// The repository as its owner spells it, and its pin.
fn known_action(name: &str) -> Option<(&'static str, Pin)> {
    let wanted = super::grammar::repository(name)?;
    ACTIONS
        .iter()
        .find(|(known, ..)| known.eq_ignore_ascii_case(wanted))
        .map(|&(known, version, sha)| (known, pin(version, sha)))
}

fn pin(version: &str, sha: &str) -> Pin {
    Pin { version: version.to_owned(), sha: sha.to_owned() }
}

fn pinned_tool(version: &str, hashes: &[PlatformHash]) -> Tool {
    let owned = |&(platform, hash): &PlatformHash| (platform.to_owned(), hash.to_owned());
    Tool { version: version.to_owned(), hashes: hashes.iter().map(owned).collect() }
}
