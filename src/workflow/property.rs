//! Properties of GitHub's contexts that a value may refer to.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts>.

/// A property of a context, the only reference to contexts in a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Property {
    /// A property of `github`.
    Github(Github),
    /// An input of the workflow.
    Input(String),
    /// All inputs of the workflow.
    Inputs,
    /// An output of a job, for the caller of its workflow.
    JobOutput(String, String),
    /// `job.status`.
    JobStatus,
    /// The value of an axis in this job of the matrix.
    Matrix(String),
    /// Results and outputs of all jobs that are needed.
    Needs,
    /// An output of a job that is needed.
    NeedOutput(String, String),
    /// The result of a job that is needed.
    NeedResult(String),
    /// `runner.arch`.
    RunnerArch,
    /// `runner.os`.
    RunnerOs,
    /// `runner.temp`, a folder that the runner empties before and after the job.
    RunnerTemp,
    /// A secret.
    Secret(String),
    /// The result of a step, before `continue-on-error` is applied.
    StepOutcome(String),
    /// An output of a step.
    StepOutput(String, String),
    /// A configuration variable.
    Variable(String),
}

/// A property of `github`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Github {
    /// The user whose event started the run.
    Actor,
    /// The branch that a pull request goes to.
    BaseRef,
    /// The event that started the run.
    EventName,
    /// The branch that a pull request comes from.
    HeadRef,
    /// The repository that a pull request comes from.
    HeadRepository,
    /// The names of the labels of the pull request, a list.
    Labels,
    /// The number of the pull request.
    PullRequest,
    /// The branch or tag, with `refs/heads/` or `refs/tags/`.
    Ref,
    /// The name of the branch or tag.
    RefName,
    /// `branch` or `tag`.
    RefType,
    /// Owner and name of the repository.
    Repository,
    /// The owner of the repository.
    RepositoryOwner,
    /// Number of this attempt of the run, from 1.
    RunAttempt,
    /// Number of the run, the same in every attempt.
    RunId,
    /// Number of the run among those of its workflow, from 1.
    RunNumber,
    /// The cron expression that started the run.
    Schedule,
    /// The address of GitHub.
    ServerUrl,
    /// The commit.
    Sha,
    /// The token of the job.
    Token,
    /// The folder that the repository is checked out to.
    Workspace,
}

impl Property {
    /// The context, and the names from there.
    pub fn path(&self) -> Vec<&str> {
        match self {
            Self::Github(property) => property.path().to_vec(),
            Self::Input(name) => vec!["inputs", name],
            Self::Inputs => vec!["inputs"],
            Self::JobOutput(job, name) => vec!["jobs", job, "outputs", name],
            Self::JobStatus => vec!["job", "status"],
            Self::Matrix(axis) => vec!["matrix", axis],
            Self::Needs => vec!["needs"],
            Self::NeedOutput(job, name) => vec!["needs", job, "outputs", name],
            Self::NeedResult(job) => vec!["needs", job, "result"],
            Self::RunnerArch => vec!["runner", "arch"],
            Self::RunnerOs => vec!["runner", "os"],
            Self::RunnerTemp => vec!["runner", "temp"],
            Self::Secret(name) => vec!["secrets", name],
            Self::StepOutcome(id) => vec!["steps", id, "outcome"],
            Self::StepOutput(id, name) => vec!["steps", id, "outputs", name],
            Self::Variable(name) => vec!["vars", name],
        }
    }

    /// The name of the context.
    pub fn context(&self) -> &str {
        self.path().first().copied().unwrap_or_default()
    }

    /// Returns whether this is a property of `github`.
    pub fn is(&self, property: Github) -> bool {
        *self == Self::Github(property)
    }
}

impl Github {
    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::Actor => &["github", "actor"],
            Self::BaseRef => &["github", "base_ref"],
            Self::EventName => &["github", "event_name"],
            Self::HeadRef => &["github", "head_ref"],
            Self::HeadRepository => &["github", "event", "pull_request", "head", "repo", "full_name"],
            Self::Labels => &["github", "event", "pull_request", "labels", "*", "name"],
            Self::PullRequest => &["github", "event", "pull_request", "number"],
            Self::Ref => &["github", "ref"],
            Self::RefName => &["github", "ref_name"],
            Self::RefType => &["github", "ref_type"],
            Self::Repository => &["github", "repository"],
            Self::RepositoryOwner => &["github", "repository_owner"],
            Self::RunAttempt => &["github", "run_attempt"],
            Self::RunId => &["github", "run_id"],
            Self::RunNumber => &["github", "run_number"],
            Self::Schedule => &["github", "event", "schedule"],
            Self::ServerUrl => &["github", "server_url"],
            Self::Sha => &["github", "sha"],
            Self::Token => &["github", "token"],
            Self::Workspace => &["github", "workspace"],
        }
    }
}
