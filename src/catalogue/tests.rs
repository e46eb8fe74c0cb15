use super::*;

/// The scopes of `GITHUB_TOKEN`.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions>.
const SCOPES: &[&str] = &[
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];

fn duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = Vec::new();
    for name in names.map(str::to_ascii_lowercase) {
        if seen.contains(&name) {
            return Some(name);
        }
        seen.push(name);
    }
    None
}

fn all_needs(action: &Action) -> impl Iterator<Item = &Need> {
    action.permissions.iter().chain(action.may_need)
}

#[test]
fn names_are_unique_and_name_an_action() {
    assert_eq!(duplicate(actions().map(|action| action.name)), None);
    for action in actions() {
        let parts: Vec<&str> = action.name.split('/').collect();
        assert!(parts.len() >= 2, "{} has no owner", action.name);
        assert!(
            parts.iter().all(|part| !part.is_empty() && !part.contains(['@', ' '])),
            "{} is not a name",
            action.name
        );
        assert!(action.version.starts_with('v'), "{} has no version", action.name);
    }
}

#[test]
fn families_are_sorted() {
    for family in FAMILIES {
        assert!(
            family.is_sorted_by_key(|action| action.name.to_ascii_lowercase()),
            "the family of {:?} is not sorted by name",
            family.first().map(|action| action.name)
        );
    }
}

#[test]
fn no_input_or_output_is_listed_twice() {
    for action in actions() {
        assert_eq!(duplicate(action.inputs.iter().map(|input| input.name)), None, "{}", action.name);
        assert_eq!(duplicate(action.outputs.iter().copied()), None, "{}", action.name);
    }
}

#[test]
fn permissions_exist_and_say_why() {
    for action in actions() {
        for need in all_needs(action) {
            assert!(SCOPES.contains(&need.scope), "{}: {}", action.name, need.scope);
            assert!(["read", "write"].contains(&need.access), "{}: {}", action.name, need.access);
            assert!(
                need.scope != "id-token" || need.access == "write",
                "{}: an ID token can only be written",
                action.name
            );
            assert!(
                need.reason.starts_with(char::is_lowercase) && !need.reason.ends_with('.') && need.reason.len() > 12,
                "{}: `{}` does not read as a comment",
                action.name,
                need.reason
            );
        }
        for need in action.permissions {
            assert!(
                !action.may_need.iter().any(|other| (other.scope, other.access) == (need.scope, need.access)),
                "{}: {} is always needed",
                action.name,
                need.scope
            );
        }
    }
}

#[test]
fn a_deprecated_input_is_never_required() {
    for action in actions() {
        for input in action.inputs {
            assert!(!(input.required && input.deprecated), "{}: {}", action.name, input.name);
        }
    }
}

#[test]
fn required_inputs_with_a_default_may_be_left_out() {
    for (name, input) in [
        ("docker/metadata-action", "context"),
        ("docker/metadata-action", "github-token"),
        ("azure/setup-kubectl", "version"),
        ("azure/k8s-set-context", "method"),
        ("actions/upload-artifact/merge", "name"),
        ("dorny/test-reporter", "fail-on-empty"),
        ("github/codeql-action/upload-sarif", "wait-for-processing"),
    ] {
        let required = action(name).and_then(|action| action.input(input)).map(|input| input.required);
        assert_eq!(required, Some(false), "{name}: {input}");
    }
}

#[test]
fn required_inputs_without_a_default_are_required() {
    let mut required: Vec<String> = actions()
        .flat_map(|action| action.required_inputs().map(|input| format!("{} {}", action.name, input.name)))
        .collect();
    required.sort_by_key(|name| name.to_ascii_lowercase());
    assert_eq!(
        required,
        [
            "actions/cache key",
            "actions/cache path",
            "actions/cache/restore key",
            "actions/cache/restore path",
            "actions/cache/save key",
            "actions/cache/save path",
            "actions/github-script script",
            "actions/upload-artifact path",
            "aws-actions/configure-aws-credentials aws-region",
            "dorny/paths-filter filters",
            "dorny/test-reporter name",
            "dorny/test-reporter path",
            "dorny/test-reporter reporter",
            "dtolnay/rust-toolchain toolchain",
            "py-cov-action/python-coverage-comment-action GITHUB_TOKEN",
            "taiki-e/install-action tool",
        ]
    );
}

#[test]
fn names_compare_without_regard_to_case() {
    let canonical = action("azure/setup-kubectl");
    assert!(canonical.is_some());
    assert_eq!(action("Azure/Setup-Kubectl"), canonical);
    assert_eq!(action("swatinem/rust-cache").map(|action| action.name), Some("Swatinem/rust-cache"));

    let checkout = action("actions/checkout");
    let input = checkout.and_then(|action| action.input("Persist-Credentials"));
    assert_eq!(input.map(|input| input.name), Some("persist-credentials"));
    assert!(checkout.is_some_and(|action| action.can_set("COMMIT")));
}

#[test]
fn a_folder_is_an_action_of_its_own() {
    let restore = action("actions/cache/restore");
    assert!(restore.is_some_and(|action| action.can_set("cache-primary-key")));
    assert!(action("actions/cache").is_some_and(|action| !action.can_set("cache-primary-key")));
    assert_eq!(action("actions/cache/elsewhere"), None);
    assert_eq!(action("actions/checkout@v7"), None);
    assert_eq!(action(""), None);
}

#[test]
fn dynamic_outputs_are_accepted() {
    assert!(action("dorny/paths-filter").is_some_and(|action| action.can_set("backend")));
    assert!(action("actions/checkout").is_some_and(|action| !action.can_set("backend")));
}
