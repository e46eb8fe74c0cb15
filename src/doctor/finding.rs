//! Findings about settings.

/// Level of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The pipeline fails, or a guarantee does not hold.
    Error,
    /// A setting is wider than the pipeline needs, or is not used.
    Warning,
    /// A setting that can be stricter.
    Note,
}

impl Level {
    /// Returns `error`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Area of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Environments.
    Environments,
    /// Secrets.
    Secrets,
    /// Variables.
    Variables,
    /// The required check of a branch.
    RequiredCheck,
    /// Policies of GitHub Actions.
    Actions,
    /// Execution protections of workflows.
    Protections,
    /// Caches.
    Caches,
}

impl Area {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Environments => "environments",
            Self::Secrets => "secrets",
            Self::Variables => "variables",
            Self::RequiredCheck => "required check",
            Self::Actions => "actions",
            Self::Protections => "execution protections",
            Self::Caches => "caches",
        }
    }
}

/// A difference between the settings and the setup that the pipeline relies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its level.
    pub level: Level,
    /// Its area.
    pub area: Area,
    /// The difference.
    pub message: String,
    /// The text to type, or the setting to change.
    pub help: String,
}

impl Finding {
    pub(super) fn new(level: Level, area: Area, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { level, area, message: message.into(), help: help.into() }
    }
}
