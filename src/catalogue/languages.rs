//! Languages, their package managers and caches.

use super::entry::{Action, Release, old, opt, req};

pub(super) const ACTIONS: &[Action] = &[
    // No moving major since v8. The cache stays off for releases and for untrusted triggers.
    Action {
        name: "astral-sh/setup-uv",
        version: "v10.0.1",
        pin: Some(Release {
            tag: "v10.0.1",
            sha: "20cfd1bf945f4377ade1205e4dbc17946fc9a30d",
            date: Some("2026-08-14"),
        }),
        inputs: &[
            opt("version"),
            opt("version-file"),
            opt("python-version"),
            opt("activate-environment"),
            opt("venv-path"),
            opt("no-project"),
            opt("working-directory"),
            opt("checksum"),
            opt("github-token"),
            opt("enable-cache"),
            opt("cache-dependency-glob"),
            opt("restore-cache"),
            opt("save-cache"),
            opt("cache-suffix"),
            opt("cache-local-path"),
            opt("prune-cache"),
            opt("cache-python"),
            opt("ignore-nothing-to-cache"),
            opt("ignore-empty-workdir"),
            opt("tool-dir"),
            opt("tool-bin-dir"),
            opt("manifest-file"),
            opt("download-from-astral-mirror"),
            opt("add-problem-matchers"),
            opt("quiet"),
            opt("resolution-strategy"),
        ],
        outputs: &[
            "uv-version",
            "uv-path",
            "uvx-path",
            "cache-hit",
            "cache-key",
            "venv",
            "python-version",
            "python-cache-hit",
        ],
        ..Action::UNKNOWN
    },
    Action {
        name: "denoland/setup-deno",
        version: "v2.0.4",
        major: Some("v2"),
        pin: Some(Release { tag: "v2.0.4", sha: "667a34cdef165d8d2b2e98dde39547c9daac7282", date: Some("2026-03-18") }),
        inputs: &[
            opt("deno-version"),
            opt("deno-version-file"),
            opt("deno-binary-name"),
            opt("cache"),
            opt("cache-hash"),
        ],
        outputs: &["cache-hit", "deno-version", "release-channel"],
        ..Action::UNKNOWN
    },
    // Its only tag is v1; the branches named after toolchains move.
    Action {
        name: "dtolnay/rust-toolchain",
        version: "v1",
        major: Some("v1"),
        pin: Some(Release { tag: "v1", sha: "e97e2d8cc328f1b50210efc529dca0028893a2d9", date: Some("2025-08-22") }),
        inputs: &[req("toolchain"), opt("targets"), opt("target"), opt("components")],
        outputs: &["cachekey", "name"],
        ..Action::UNKNOWN
    },
    // Its cache holds the program alone.
    Action {
        name: "oven-sh/setup-bun",
        version: "v2.2.0",
        major: Some("v2"),
        pin: Some(Release { tag: "v2.2.0", sha: "0c5077e51419868618aeaa5fe8019c62421857d6", date: Some("2026-03-14") }),
        inputs: &[
            opt("bun-version"),
            opt("bun-version-file"),
            opt("bun-download-url"),
            opt("registries"),
            old("registry-url"),
            old("scope"),
            opt("no-cache"),
            opt("token"),
        ],
        outputs: &["bun-version", "bun-revision", "bun-path", "bun-download-url", "cache-hit"],
        ..Action::UNKNOWN
    },
    // Inputs read from a mirror of v5.0.0, in agreement with the documentation of v6.
    Action {
        name: "pnpm/action-setup",
        version: "v5.0.0",
        major: Some("v6"),
        pin: Some(Release { tag: "v6.0.10", sha: "0977fd99725f1db4007ccb2928dbb4e90d06cc86", date: None }),
        inputs: &[
            opt("version"),
            opt("dest"),
            opt("run_install"),
            opt("cache"),
            opt("cache_dependency_path"),
            opt("package_json_file"),
            opt("standalone"),
        ],
        outputs: &["dest", "bin_dest"],
        ..Action::UNKNOWN
    },
    // For pnpm 11 and later; runs the install by default.
    Action {
        name: "pnpm/setup",
        version: "v2.0.2",
        major: Some("v2"),
        inputs: &[
            opt("version"),
            opt("dest"),
            opt("runtime"),
            opt("cache"),
            opt("cache-dependency-path"),
            opt("package-json-file"),
            opt("install"),
            old("token"),
        ],
        outputs: &["dest", "bin-dest", "runtime-name", "runtime-version"],
        ..Action::UNKNOWN
    },
    // `bundler-cache` installs the gems, too.
    Action {
        name: "ruby/setup-ruby",
        version: "v1.315.0",
        major: Some("v1"),
        pin: Some(Release {
            tag: "v1.315.0",
            sha: "0dafeac902942906541bc140009cdbf32665b601",
            date: Some("2026-06-30"),
        }),
        inputs: &[
            opt("ruby-version"),
            opt("rubygems"),
            opt("bundler"),
            opt("bundler-cache"),
            opt("working-directory"),
            opt("cache-version"),
            opt("self-hosted"),
            opt("windows-toolchain"),
            opt("token"),
        ],
        outputs: &["ruby-prefix"],
        ..Action::UNKNOWN
    },
    // The key holds the compiler's version, so it runs after the toolchain is installed.
    Action {
        name: "Swatinem/rust-cache",
        version: "v2.9.2",
        major: Some("v2"),
        pin: Some(Release { tag: "v2.9.2", sha: "6323deb102c322ba6fcbdcafc7e3dddab59af2b6", date: Some("2026-08-06") }),
        inputs: &[
            opt("prefix-key"),
            opt("shared-key"),
            opt("key"),
            opt("add-job-id-key"),
            opt("add-rust-environment-hash-key"),
            opt("env-vars"),
            opt("workspaces"),
            opt("cache-directories"),
            opt("cache-targets"),
            opt("cache-on-failure"),
            opt("cache-all-crates"),
            opt("cache-workspace-crates"),
            opt("save-if"),
            opt("cache-provider"),
            opt("cache-bin"),
            opt("lookup-only"),
            opt("cmd-format"),
        ],
        outputs: &["cache-hit"],
        ..Action::UNKNOWN
    },
    // Checks each tool against the hashes that the pinned release carries.
    Action {
        name: "taiki-e/install-action",
        version: "v2.86.5",
        major: Some("v2"),
        pin: Some(Release {
            tag: "v2.86.5",
            sha: "ba47c86ac325773530516bb756137ac718732518",
            date: Some("2026-08-21"),
        }),
        inputs: &[req("tool"), opt("checksum"), opt("fallback")],
        ..Action::UNKNOWN
    },
];
