//! Arguments of `pipewright pins add`, read and recorded.

use std::collections::BTreeMap;
use std::fmt;

use super::builtin;
use super::grammar::{self, shown};
use super::lock::{Lock, Pin, Tool};

/// The result of adding a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The key in the lock: a repository, an image and its tag, or a tool.
    pub name: String,
    /// The change.
    pub change: Change,
}

/// The change of adding a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing of this name was pinned.
    New,
    /// It was pinned to something else.
    Replaced {
        /// The former pin.
        before: String,
        /// The version is the same and the commit is another: the owner of the
        /// action has moved its tag, or someone else has.
        moved: bool,
    },
    /// It was pinned so already.
    Unchanged,
}

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.change {
            Change::New => write!(f, "added {name}"),
            Change::Unchanged => write!(f, "{name} was pinned so already"),
            Change::Replaced { before, moved } => {
                write!(f, "replaced {name}, which was pinned to {before}")?;
                if *moved {
                    write!(f, "; the version is the same, so its tag was moved: find out why")?;
                }
                Ok(())
            }
        }
    }
}

/// Why a line names no pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddError {
    /// The mistake.
    pub message: String,
    /// The text to type.
    pub help: String,
}

impl fmt::Display for AddError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AddError {}

/// The three forms of a line, distinguished before any is checked.
enum Form<'a> {
    Action { name: &'a str, commit: &'a str, version: &'a str },
    Image { reference: &'a str, digest: &'a str },
    Tool { name: &'a str, rest: &'a str },
}

impl Lock {
    /// Records the pin that a line of the command names:
    ///
    /// - `owner/action[/folder]@<commit> # vX.Y.Z`, also without the spaces,
    /// - `image:tag@sha256:<digest>`,
    /// - `tool@version [platform=sha256:<hash> …]`.
    ///
    /// # Errors
    ///
    /// What is wrong with the line, and what to type. The lock is then as it
    /// was.
    pub fn add(&mut self, spec: &str) -> Result<Added, AddError> {
        add(self, spec)
    }
}

fn add(lock: &mut Lock, spec: &str) -> Result<Added, AddError> {
    let added = match form(spec.trim())? {
        Form::Action { name, commit, version } => add_action(lock, name, commit, version),
        Form::Image { reference, digest } => add_image(lock, reference, digest),
        Form::Tool { name, rest } => add_tool(lock, name, rest),
    }?;
    if added.change != Change::Unchanged {
        lock.drop_dates();
        builtin::date_known(lock, &added.name);
    }
    Ok(added)
}

fn form(spec: &str) -> Result<Form<'_>, AddError> {
    let Some((name, rest)) = spec.split_once('@') else {
        return Err(no_pin(spec));
    };
    let is_digest =
        rest.split_once(':').is_some_and(|(algorithm, _)| algorithm.to_ascii_lowercase().starts_with("sha"));
    if is_digest || name.contains(':') {
        return Ok(Form::Image { reference: name, digest: rest });
    }
    if name.contains('/') {
        let (commit, version) = rest.split_once('#').unwrap_or((rest, ""));
        return Ok(Form::Action { name, commit: commit.trim(), version: version.trim() });
    }
    Ok(Form::Tool { name, rest })
}

fn no_pin(spec: &str) -> AddError {
    let (message, help) = if spec.is_empty() {
        let help = format!("write {ACTION_FORM}, or {IMAGE_FORM}");
        ("nothing was named".to_owned(), help)
    } else if spec.contains(':') {
        let help = format!("write `{}@sha256:<digest>`; {FIND_DIGEST}", spec.escape_debug());
        (format!("{} names no digest", shown(spec)), help)
    } else if spec.contains('/') {
        (format!("{} names no commit", shown(spec)), format!("write {ACTION_FORM}"))
    } else {
        let help = format!("write {ACTION_FORM}, or {IMAGE_FORM}, or {TOOL_FORM}");
        (format!("{} names no commit, digest or version", shown(spec)), help)
    };
    AddError { message, help }
}

const ACTION_FORM: &str = "`owner/action@<commit>#vX.Y.Z`, with all 40 digits of the commit";
const IMAGE_FORM: &str = "`image:tag@sha256:<digest>`, with all 64 digits of the digest";
const TOOL_FORM: &str = "`tool@version`";
const FIND_DIGEST: &str = "`docker buildx imagetools inspect` of the image prints its digest";

fn add_action(lock: &mut Lock, name: &str, commit: &str, version: &str) -> Result<Added, AddError> {
    let repository = grammar::check_action(name)
        .and_then(|()| grammar::repository(name).ok_or_else(String::new))
        .map_err(|message| AddError { message, help: format!("write {ACTION_FORM}") })?;
    check_commit(repository, name, commit, version)?;
    if version.is_empty() {
        return Err(AddError {
            message: format!("the version of {} is missing", shown(commit)),
            help: format!("write `{name}@{commit}#vX.Y.Z`"),
        });
    }
    grammar::check_version(version).map_err(|message| AddError {
        message,
        help: format!("write the tag of the commit: `{name}@{commit}#vX.Y.Z`"),
    })?;
    let pin = Pin { version: version.to_owned(), sha: commit.to_owned() };
    if let Some((message, help)) = builtin::contradicts_action(repository, &pin) {
        return Err(AddError { message, help });
    }
    let before = lock.insert_action(repository, pin.clone());
    let change = change(before, &pin, |before| Change::Replaced {
        before: format!("{} # {}", before.sha, before.version),
        moved: before.version == pin.version,
    });
    Ok(Added { name: repository.to_owned(), change })
}

fn check_commit(repository: &str, name: &str, commit: &str, version: &str) -> Result<(), AddError> {
    let Err(message) = grammar::check_commit(commit) else {
        return Ok(());
    };
    let lower = commit.to_ascii_lowercase();
    if grammar::check_commit(&lower).is_ok() {
        let version = if version.is_empty() { "vX.Y.Z".into() } else { version.escape_debug().to_string() };
        return Err(AddError { message, help: format!("write `{name}@{lower}#{version}`") });
    }
    let remote = format!("git ls-remote https://github.com/{repository}");
    if commit.is_empty() {
        let help = format!("`{remote}` lists the commits of its tags; write {ACTION_FORM}");
        return Err(AddError { message: format!("no commit follows `{name}@`"), help });
    }
    if commit.bytes().all(|digit| digit.is_ascii_hexdigit()) && commit.len() >= 7 {
        let help = format!("`{remote}` lists the commits of its tags in full");
        return Err(AddError { message, help });
    }
    if grammar::check_version(commit).is_err() && !is_branch(commit) {
        return Err(AddError { message, help: format!("write {ACTION_FORM}") });
    }
    Err(AddError {
        message: format!("{} is a tag or a branch, which can be moved to other code", shown(commit)),
        help: format!(
            "`{remote} {commit} '{commit}^{{}}'` prints its commit, on the last line; \
             write `{name}@<commit>#vX.Y.Z`"
        ),
    })
}

fn is_branch(name: &str) -> bool {
    !name.starts_with('-') && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c))
}

fn add_image(lock: &mut Lock, reference: &str, digest: &str) -> Result<Added, AddError> {
    // A line copied from a Dockerfile or a workflow may end in a comment.
    let digest = digest.split_whitespace().next().unwrap_or("");
    if let Err(message) = grammar::check_reference(reference) {
        let tagged = format!("{reference}:latest");
        let help = if !reference.is_empty() && grammar::check_reference(&tagged).is_ok() {
            format!("write the tag that pipeline.toml names: `{reference}:<tag>@sha256:<digest>`")
        } else {
            format!("write {IMAGE_FORM}")
        };
        return Err(AddError { message, help });
    }
    grammar::check_digest(digest).map_err(|message| {
        let lower = digest.to_ascii_lowercase();
        let help = if grammar::check_digest(&lower).is_ok() {
            format!("write `{reference}@{lower}`")
        } else {
            format!("write `{reference}@sha256:<digest>`; {FIND_DIGEST}")
        };
        AddError { message, help }
    })?;
    let before = lock.images.insert(reference.to_owned(), digest.to_owned());
    let change = change(before, &digest.to_owned(), |before| Change::Replaced { before: before.clone(), moved: false });
    Ok(Added { name: reference.to_owned(), change })
}

fn add_tool(lock: &mut Lock, name: &str, rest: &str) -> Result<Added, AddError> {
    let example = lock.tool(name).cloned().or_else(|| builtin::tool(name)).ok_or_else(|| AddError {
        message: format!("{} is no action, no image with its tag, and no tool of pipewright", shown(name)),
        help: format!("write {ACTION_FORM}, or {IMAGE_FORM}"),
    })?;
    let mut words = rest.split_whitespace();
    let version = words.next().unwrap_or("");
    grammar::check_version(version).map_err(|message| AddError { message, help: tool_form(name, &example) })?;
    let mut hashes = BTreeMap::new();
    for word in words {
        let (platform, digits) = hash(word).map_err(|message| AddError { message, help: tool_form(name, &example) })?;
        hashes.insert(platform.to_owned(), digits.to_owned());
    }
    // An installer that verifies a hash has to know the hash of every
    // platform that it was known for.
    if let Some((platform, _)) = example.hashes().find(|(platform, _)| !hashes.contains_key(*platform)) {
        return Err(AddError {
            message: format!("no hash is given for {name} on {platform}"),
            help: tool_form(name, &example),
        });
    }
    let tool = Tool { version: version.to_owned(), hashes };
    if let Some((message, help)) = builtin::contradicts_tool(name, &tool) {
        return Err(AddError { message, help });
    }
    let before = lock.tools.insert(name.to_owned(), tool.clone());
    let change = change(before, &tool, |before| Change::Replaced {
        before: before.version.clone(),
        moved: before.version == tool.version,
    });
    Ok(Added { name: name.to_owned(), change })
}

fn hash(word: &str) -> Result<(&str, &str), String> {
    let (platform, digest) = word
        .split_once('=')
        .filter(|(platform, _)| grammar::PLATFORMS.contains(platform))
        .ok_or_else(|| format!("{} is not a platform and its hash", shown(word)))?;
    grammar::check_digest(digest)?;
    Ok((platform, digest.trim_start_matches("sha256:")))
}

fn tool_form(name: &str, example: &Tool) -> String {
    let mut form = format!("write `{name}@<version>");
    for (platform, _) in example.hashes() {
        form.extend([" ", platform, "=sha256:<hash>"]);
    }
    form + "`"
}

fn change<T: PartialEq>(before: Option<T>, now: &T, replaced: impl Fn(&T) -> Change) -> Change {
    match before {
        None => Change::New,
        Some(before) if before == *now => Change::Unchanged,
        Some(before) => replaced(&before),
    }
}
