//! Scanning, signing and hardening.

use super::entry::{Action, need, opt};

pub(super) const ACTIONS: &[Action] = &[
    // Scanning needs no permission; attaching the result to a release does.
    Action {
        name: "anchore/sbom-action",
        version: "v0.24.0",
        major: Some("v0"),
        inputs: &[
            opt("path"),
            opt("file"),
            opt("image"),
            opt("registry-username"),
            opt("registry-password"),
            opt("format"),
            opt("github-token"),
            opt("artifact-name"),
            opt("output-file"),
            opt("syft-version"),
            opt("dependency-snapshot"),
            opt("upload-artifact"),
            opt("upload-artifact-retention"),
            opt("upload-release-assets"),
            opt("config"),
        ],
        may_need: &[
            need("contents", "write", "attach the bill of materials to the release"),
            need("actions", "read", "find the artifacts of the run"),
        ],
        ..Action::UNKNOWN
    },
    // Tags were replaced by malicious ones in March 2026: only 0.35.0 and later are sound.
    Action {
        name: "aquasecurity/trivy-action",
        version: "v0.36.0",
        inputs: &[
            opt("scan-type"),
            opt("image-ref"),
            opt("input"),
            opt("scan-ref"),
            opt("exit-code"),
            opt("ignore-unfixed"),
            opt("vuln-type"),
            opt("severity"),
            opt("format"),
            opt("template"),
            opt("output"),
            opt("skip-dirs"),
            opt("skip-files"),
            opt("cache-dir"),
            opt("timeout"),
            opt("ignore-policy"),
            opt("hide-progress"),
            opt("list-all-pkgs"),
            opt("scanners"),
            opt("trivyignores"),
            opt("github-pat"),
            opt("trivy-config"),
            opt("tf-vars"),
            opt("limit-severities-for-sarif"),
            opt("docker-host"),
            opt("version"),
            opt("cache"),
            opt("skip-setup-trivy"),
            opt("token-setup-trivy"),
        ],
        may_need: &[need("contents", "read", "check out the repository")],
        ..Action::UNKNOWN
    },
    // All codeql-action steps of a job have to be of one version.
    Action {
        name: "github/codeql-action/upload-sarif",
        version: "v4.36.2",
        major: Some("v4"),
        inputs: &[
            opt("sarif_file"),
            opt("checkout_path"),
            opt("ref"),
            opt("sha"),
            opt("token"),
            opt("matrix"),
            opt("category"),
            opt("wait-for-processing"),
        ],
        outputs: &["sarif-id", "sarif-ids"],
        permissions: &[need("security-events", "write", "upload the findings to code scanning")],
        may_need: &[
            need("contents", "read", "read a private repository"),
            need("actions", "read", "read the runs of a private repository"),
        ],
        ..Action::UNKNOWN
    },
    // Installing needs no permission; signing without a key does.
    Action {
        name: "sigstore/cosign-installer",
        version: "v4.1.2",
        inputs: &[opt("cosign-release"), opt("install-dir"), opt("use-sudo")],
        may_need: &[
            need("id-token", "write", "sign as this workflow"),
            need("packages", "write", "push the signature to the registry"),
        ],
        ..Action::UNKNOWN
    },
    // Has to be the first step of its job.
    Action {
        name: "step-security/harden-runner",
        version: "v2.20.1",
        major: Some("v2"),
        inputs: &[
            opt("allowed-endpoints"),
            opt("egress-policy"),
            opt("token"),
            opt("disable-telemetry"),
            opt("disable-sudo"),
            opt("disable-sudo-and-containers"),
            opt("disable-file-monitoring"),
            opt("policy"),
            opt("api-key"),
            opt("use-policy-store"),
            opt("deploy-on-self-hosted-vm"),
        ],
        may_need: &[need("id-token", "write", "fetch the egress policy of the repository")],
        ..Action::UNKNOWN
    },
    // Permissions are for `advanced-security`, its default. Outputs after v0.1.1 are not known.
    Action {
        name: "zizmorcore/zizmor-action",
        version: "v0.1.1",
        inputs: &[
            opt("inputs"),
            opt("online-audits"),
            opt("persona"),
            opt("min-severity"),
            opt("min-confidence"),
            opt("version"),
            opt("token"),
            opt("advanced-security"),
            opt("color"),
            opt("annotations"),
            opt("config"),
            opt("fail-on-no-inputs"),
        ],
        permissions: &[need("security-events", "write", "upload the findings to code scanning")],
        may_need: &[
            need("contents", "read", "read a private repository"),
            need("actions", "read", "read the runs of a private repository"),
        ],
        dynamic_outputs: true,
        ..Action::UNKNOWN
    },
];
