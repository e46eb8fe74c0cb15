//! Renders the scaffolds under `templates/init`.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

/// A scaffold and its text.
pub(super) type Scaffold = (&'static str, &'static str);

pub(super) const PYTHON_PIP: Scaffold =
    ("python-pip.Dockerfile", include_str!("../../templates/init/python-pip.Dockerfile"));
pub(super) const PYTHON_UV: Scaffold =
    ("python-uv.Dockerfile", include_str!("../../templates/init/python-uv.Dockerfile"));
pub(super) const PYTHON_POETRY: Scaffold =
    ("python-poetry.Dockerfile", include_str!("../../templates/init/python-poetry.Dockerfile"));
pub(super) const PYTHON_SERVICE: Scaffold =
    ("python-service.Dockerfile", include_str!("../../templates/init/python-service.Dockerfile"));
pub(super) const PYTHON_CONFTEST: Scaffold =
    ("python-conftest.py", include_str!("../../templates/init/python-conftest.py"));
pub(super) const NODE: Scaffold = ("node.Dockerfile", include_str!("../../templates/init/node.Dockerfile"));
pub(super) const RUST: Scaffold = ("rust.Dockerfile", include_str!("../../templates/init/rust.Dockerfile"));
pub(super) const GO: Scaffold = ("go.Dockerfile", include_str!("../../templates/init/go.Dockerfile"));
pub(super) const DOCKERIGNORE: Scaffold = ("dockerignore", include_str!("../../templates/init/dockerignore"));
pub(super) const CODEOWNERS: Scaffold = ("CODEOWNERS", include_str!("../../templates/init/CODEOWNERS"));
pub(super) const HOOK: Scaffold = ("pre-commit", include_str!("../../templates/init/pre-commit"));
pub(super) const HOOK_CONFIG: Scaffold =
    ("pre-commit-config.yaml", include_str!("../../templates/init/pre-commit-config.yaml"));

/// Kubernetes manifests.
pub(super) mod manifest {
    use super::Scaffold;

    macro_rules! manifest {
        ($path:literal) => {
            ($path, include_str!(concat!("../../templates/init/k8s/", $path)))
        };
    }

    pub(in crate::init) const BASE: Scaffold = manifest!("base/kustomization.yaml");
    pub(in crate::init) const SERVICE_ACCOUNT: Scaffold = manifest!("base/service-account.yaml");
    pub(in crate::init) const DEPLOYMENT: Scaffold = manifest!("base/deployment.yaml");
    pub(in crate::init) const SERVICES: Scaffold = manifest!("base/services.yaml");
    pub(in crate::init) const ROUTE: Scaffold = manifest!("base/http-route.yaml");
    pub(in crate::init) const STAGING: Scaffold = manifest!("overlays/staging/kustomization.yaml");
    pub(in crate::init) const PRODUCTION: Scaffold = manifest!("overlays/production/kustomization.yaml");
    pub(in crate::init) const NAMESPACE: Scaffold = manifest!("overlays/namespace.yaml");
    pub(in crate::init) const DISRUPTION_BUDGET: Scaffold = manifest!("overlays/production/disruption-budget.yaml");
    pub(in crate::init) const BACKUPS: Scaffold = manifest!("overlays/production/backups.yaml");
    pub(in crate::init) const MIGRATION_JOB: Scaffold = manifest!("migration-job.yaml");
}

/// Fills a scaffold in.
///
/// # Panics
///
/// For a scaffold that is broken or names what is not given: they are part of the program, and each is tested.
pub(super) fn render((name, source): Scaffold, values: Value) -> String {
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<%=", "%>")
        .comment_delimiters("<%#", "%>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .unwrap_or_else(|error| panic!("the delimiters of scaffolds are sound: {error}"));
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment
        .render_named_str(name, source, values)
        .unwrap_or_else(|error| panic!("the scaffold {name} is sound: {error:#}"))
}
