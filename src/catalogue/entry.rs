//! Known facts about one action.

/// Known facts about one action, or one action in a folder of its
/// repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// `owner/repository`, or `owner/repository/folder`.
    pub name: &'static str,
    /// The version whose metadata was read. The pin may be a newer one.
    pub version: &'static str,
    /// The tag that moves with the newest release, where there is one.
    pub major: Option<&'static str>,
    /// The pin that a fresh project starts with, where the compiler can emit the action.
    pub pin: Option<Release>,
    /// Every input that its metadata declares.
    pub inputs: &'static [Input],
    /// Every output that its metadata declares.
    pub outputs: &'static [&'static str],
    /// Permissions of `GITHUB_TOKEN` for the use that its maintainers
    /// recommend: a log-in without stored keys, for one.
    pub permissions: &'static [Need],
    /// Permissions for other uses: the inputs and the rest of the job decide.
    pub may_need: &'static [Need],
    /// It may need any permission: what it does is written in its inputs.
    pub open_permissions: bool,
    /// It may set outputs that are not listed.
    pub dynamic_outputs: bool,
    /// Actions that it uses by tag, so that its own pin does not cover them.
    pub nested_unpinned: &'static [&'static str],
}

/// A release, as a tag and the commit of that tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The tag.
    pub tag: &'static str,
    /// The commit.
    pub sha: &'static str,
    /// The date of the commit, if it was read in the repository.
    pub date: Option<&'static str>,
}

/// One input of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name. Names compare without regard to case.
    pub name: &'static str,
    /// It has to be given: declared required, and without a default.
    pub required: bool,
    /// Its metadata asks not to use it any more.
    pub deprecated: bool,
}

/// One permission that an action needs, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The key under `permissions:`.
    pub scope: &'static str,
    /// `read` or `write`.
    pub access: &'static str,
    /// The reason: the comment beside the permission.
    pub reason: &'static str,
}

impl Action {
    /// An action of which nothing is known: what an entry leaves out.
    pub(super) const UNKNOWN: Self = Self {
        name: "",
        version: "",
        major: None,
        pin: None,
        inputs: &[],
        outputs: &[],
        permissions: &[],
        may_need: &[],
        open_permissions: false,
        dynamic_outputs: false,
        nested_unpinned: &[],
    };

    /// The input of this name, if the action has one.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|input| input.name.eq_ignore_ascii_case(name))
    }

    /// The inputs that a step has to give.
    pub fn required_inputs(&self) -> impl Iterator<Item = &'static Input> {
        self.inputs.iter().filter(|input| input.required)
    }

    /// Returns whether a step that uses the action can have an output of this name.
    #[must_use]
    pub fn can_set(&self, output: &str) -> bool {
        self.dynamic_outputs || self.outputs.iter().any(|declared| declared.eq_ignore_ascii_case(output))
    }
}

/// An input that may be left out: optional, or required with a default.
pub(super) const fn opt(name: &'static str) -> Input {
    Input { name, required: false, deprecated: false }
}

/// An input that has to be given.
pub(super) const fn req(name: &'static str) -> Input {
    Input { required: true, ..opt(name) }
}

/// An input that should not be used any more.
pub(super) const fn old(name: &'static str) -> Input {
    Input { deprecated: true, ..opt(name) }
}

pub(super) const fn need(scope: &'static str, access: &'static str, reason: &'static str) -> Need {
    Need { scope, access, reason }
}
