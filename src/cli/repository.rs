//! The repository on GitHub that a folder belongs to, and the address of its REST API.

use std::env;
use std::path::Path;
use std::process::Command;

use super::failure::Failure;

/// A repository on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    /// `owner/name`.
    pub(crate) name: String,
    /// The address of the REST API.
    pub(crate) api: String,
    /// The token that reads it.
    pub(crate) token: Option<String>,
}

/// The address of GitHub's own REST API.
const API: &str = "https://api.github.com";

/// The repository of a folder. GitHub's runners set the variables, also those of an Enterprise Server:
/// <https://docs.github.com/actions/reference/workflows-and-actions/variables>.
///
/// # Errors
///
/// The failure of a call in a folder whose repository is not known.
pub(crate) fn repository(root: &Path, argument: Option<&str>) -> Result<Repository, Failure> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let remote = remote(root);
    let host = remote.as_ref().map(|(host, _)| host.as_str());
    let named = argument.map(str::to_owned).or_else(|| set("GITHUB_REPOSITORY"));
    let name = named.or_else(|| remote.as_ref().map(|(_, name)| name.clone()));
    let Some(name) = name else {
        let message = "the repository on GitHub is not known: `origin` is no remote";
        return Err(Failure::usage(message, "add `--repository OWNER/NAME`"));
    };
    if !is_name(&name) {
        let message = format!("expected `OWNER/NAME`, found `{}`", name.escape_debug());
        return Err(Failure::usage(message, "write the name of the repository, as in `--repository acme/shop`"));
    }
    let api = set("GITHUB_API_URL").unwrap_or_else(|| match host {
        // Source: <https://docs.github.com/enterprise-server/rest/quickstart>.
        Some(host) if host != "github.com" && argument.is_none() => format!("https://{host}/api/v3"),
        _ => API.to_owned(),
    });
    let is_local = ["http://127.0.0.1:", "http://localhost:"].iter().any(|front| api.starts_with(front));
    if !api.starts_with("https://") && !is_local {
        let message = format!("`GITHUB_API_URL` is `{}`, where a token would be sent unencrypted", api.escape_debug());
        return Err(Failure::usage(message, format!("set it to an address such as `{API}`")));
    }
    Ok(Repository { name, api, token: set("GH_TOKEN").or_else(|| set("GITHUB_TOKEN")) })
}

/// The host and the repository of the remote `origin`.
fn remote(root: &Path) -> Option<(String, String)> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["config", "--get", "remote.origin.url"]);
    for name in ["GIT_DIR", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    let output = git.output().ok().filter(|output| output.status.success())?;
    parsed(String::from_utf8(output.stdout).ok()?.trim())
}

/// The host and the repository of an address: `https://HOST/OWNER/NAME.git`, `ssh://git@HOST/OWNER/NAME`, or
/// `git@HOST:OWNER/NAME.git`.
fn parsed(url: &str) -> Option<(String, String)> {
    let (authority, path) = match url.split_once("://") {
        Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        None => url.split_once(':')?,
    };
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/');
    let name = path.strip_suffix(".git").unwrap_or(path);
    // SSH over the port of HTTPS: <https://docs.github.com/authentication/troubleshooting-ssh/using-ssh-over-the-https-port>.
    let host = if host == "ssh.github.com" { "github.com" } else { host };
    is_name(name).then(|| (host.to_ascii_lowercase(), name.to_owned()))
}

/// Returns whether a text is `owner/name`.
fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain)
    };
    matches!(text.split('/').collect::<Vec<_>>().as_slice(), [owner, name] if is_part(owner) && (is_part(name) || *name == ".github"))
}

#[cfg(test)]
mod tests {
    use super::{is_name, parsed};

    #[test]
    fn remotes_of_every_form() {
        for (url, host, name) in [
            ("https://github.com/acme/shop.git", "github.com", "acme/shop"),
            ("https://token@github.com/acme/shop", "github.com", "acme/shop"),
            ("git@github.com:acme/shop.git", "github.com", "acme/shop"),
            ("ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop"),
            ("git@git.acme.example:acme/.github", "git.acme.example", "acme/.github"),
        ] {
            assert_eq!(parsed(url), Some((host.to_owned(), name.to_owned())), "{url}");
        }
        for url in ["/srv/shop.git", "file:///srv/shop.git", "https://github.com/shop", ""] {
            assert_eq!(parsed(url), None, "{url}");
        }
    }

    #[test]
    fn a_name_has_an_owner_and_no_path() {
        for text in ["acme/shop", "acme/.github", "a-b/c_d.e"] {
            assert!(is_name(text), "{text}");
        }
        for text in ["shop", "a/b/c", "../shop", "a/..", "a/b?x", "/b", "a/"] {
            assert!(!is_name(text), "{text}");
        }
    }
}
