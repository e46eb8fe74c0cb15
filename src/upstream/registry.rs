//! Registries of images, by `curl`.
//!
//! Source: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>, and for the log-in without a
//! password <https://distribution.github.io/distribution/spec/auth/token/>.

use std::fmt::Write as _;

use serde_json::Value;

use super::http::request;
use super::process::Unreachable;
use crate::seal::hash;

/// A manifest, whose digest was computed from its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Manifest {
    /// `sha256:` and 64 digits.
    pub(super) digest: String,
    pub(super) document: Value,
}

/// Formats of manifests: of several platforms, and of one.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

/// A repository of images.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Repository<'r> {
    host: &'r str,
    path: String,
    /// Tag or digest.
    version: &'r str,
}

/// The manifest of an image, named by tag or digest.
///
/// # Errors
///
/// [`Unreachable`] for an image that the registry does not show, and for one whose bytes are not those of its digest.
pub(super) fn manifest(reference: &str) -> Result<Manifest, Unreachable> {
    let of = repository(reference);
    let body = get(&of, &format!("manifests/{}", of.version), MANIFESTS, reference)?;
    let failed = |message: &str| Unreachable { address: reference.to_owned(), message: message.to_owned() };
    let text = String::from_utf8(body).map_err(|_| failed("the registry sent no manifest"))?;
    let digest = format!("sha256:{}", hash(&text));
    if of.version.starts_with("sha256:") && digest != of.version {
        return Err(failed("the registry sent something else than this digest names"));
    }
    let document = serde_json::from_str(&text).map_err(|_| failed("the registry sent no manifest"))?;
    Ok(Manifest { digest, document })
}

/// A blob of JSON of the same repository.
pub(super) fn blob(reference: &str, digest: &str) -> Result<Value, Unreachable> {
    let body = get(&repository(reference), &format!("blobs/{digest}"), "*/*", reference)?;
    let failed = |_| Unreachable { address: reference.to_owned(), message: format!("`{digest}` is no JSON") };
    serde_json::from_slice(&body).map_err(failed)
}

fn get(of: &Repository<'_>, what: &str, accept: &str, address: &str) -> Result<Vec<u8>, Unreachable> {
    // Docker takes registries of this machine for unencrypted ones, too.
    let is_local = ["localhost", "127.0.0.1"].contains(&of.host.split(':').next().unwrap_or_default());
    let scheme = if is_local { "http" } else { "https" };
    let url = format!("{scheme}://{}/v2/{}/{what}", of.host, of.path);
    let accept = format!("Accept: {accept}");
    let mut response = request(&url, &[&accept], address)?;
    let failed = |message: String| Unreachable { address: address.to_owned(), message };
    if response.status == 401
        && let Some(asked) = response.header("www-authenticate")
    {
        let asked = token_url(asked).filter(|asked| is_local || asked.starts_with("https://"));
        let asked = asked.ok_or_else(|| failed(format!("{} asks for a password", of.host)))?;
        let token: Value = serde_json::from_slice(&request(&asked, &[], address)?.body).unwrap_or_default();
        let token = token.get("token").or_else(|| token.get("access_token")).and_then(Value::as_str);
        let token = token.ok_or_else(|| failed(format!("{} asks for a password", of.host)))?;
        response = request(&url, &[&accept, &format!("Authorization: Bearer {token}")], address)?;
    }
    // Blobs often lie elsewhere, where the token is not for.
    if (300..400).contains(&response.status)
        && let Some(elsewhere) = response.header("location").map(str::to_owned)
    {
        response = request(&elsewhere, &[], address)?;
    }
    match response.status {
        200 => Ok(response.body),
        404 => Err(failed("there is no such image".to_owned())),
        401 | 403 => Err(failed(format!("{} shows it with a password alone", of.host))),
        status => Err(failed(format!("{} answered with status {status}", of.host))),
    }
}

/// The registry and the repository of an image, as in `docker.io/library/postgres`.
pub fn image_repository(reference: &str) -> String {
    let Repository { host, path, .. } = repository(reference);
    format!("{}/{path}", if host == "registry-1.docker.io" { "docker.io" } else { host })
}

/// The parts of a reference, as Docker reads it.
///
/// Source: <https://github.com/distribution/reference>, `ParseDockerRef`.
fn repository(reference: &str) -> Repository<'_> {
    let (host, rest) = match reference.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
        _ => ("docker.io", reference),
    };
    let (name, version) = match rest.split_once('@') {
        // The digest decides, with any tag.
        Some((name, digest)) => (name.rsplit_once(':').map_or(name, |(name, _)| name), digest),
        None => rest.rsplit_once(':').unwrap_or((rest, "latest")),
    };
    let is_official = host == "docker.io" && !name.contains('/');
    let path = if is_official { format!("library/{name}") } else { name.to_owned() };
    let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
    Repository { host, path, version }
}

/// The address of a token that a registry asks for: `Bearer realm="…",service="…",scope="…"`.
fn token_url(asked: &str) -> Option<String> {
    let (scheme, rest) = asked.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let parameter = |name: &str| {
        let start = rest.find(&format!("{name}=\""))? + name.len() + 2;
        rest.get(start..)?.split('"').next()
    };
    let realm = parameter("realm").filter(|realm| realm.starts_with("http"))?;
    let pairs = ["service", "scope"].iter().filter_map(|name| Some(format!("{name}={}", encoded(parameter(name)?))));
    Some(format!("{realm}?{}", pairs.collect::<Vec<_>>().join("&")))
}

/// A text as a part of a query.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'/' | b',' => {
                encoded.push(char::from(byte));
            }
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_as_docker_reads_them() {
        for (reference, host, path, version) in [
            ("postgres:16-alpine", "registry-1.docker.io", "library/postgres", "16-alpine"),
            ("rustfs/rustfs:1.0.1", "registry-1.docker.io", "rustfs/rustfs", "1.0.1"),
            ("ghcr.io/acme/web:1", "ghcr.io", "acme/web", "1"),
            ("localhost:5000/web:1", "localhost:5000", "web", "1"),
            ("ghcr.io/acme/web:1@sha256:aa", "ghcr.io", "acme/web", "sha256:aa"),
        ] {
            assert_eq!(repository(reference), Repository { host, path: path.to_owned(), version }, "{reference}");
        }
    }

    #[test]
    fn repositories_of_images_by_their_registries() {
        for (reference, repository) in [
            ("postgres:16-alpine", "docker.io/library/postgres"),
            ("ghcr.io/acme/web:1", "ghcr.io/acme/web"),
            ("localhost:5000/web:1", "localhost:5000/web"),
        ] {
            assert_eq!(image_repository(reference), repository);
        }
    }

    #[test]
    fn the_token_that_a_registry_asks_for() {
        let asked =
            r#"Bearer realm="https://auth.example/token",service="registry example",scope="repository:a/b:pull""#;
        let url = "https://auth.example/token?service=registry%20example&scope=repository:a/b:pull";
        assert_eq!(token_url(asked).as_deref(), Some(url));
        assert_eq!(token_url("Basic realm=\"x\""), None);
        assert_eq!(token_url("Bearer realm=\"file:///etc/passwd\""), None);
    }
}
