//! Versions of a development container: of its image, or of a feature.
//!
//! Source: <https://containers.dev/implementors/json_reference/>. The file is JSON with comments, so texts are looked for.

use super::walk::View;

/// Places of the file.
const FILES: &[&str] = &[".devcontainer/devcontainer.json", ".devcontainer.json"];

/// The version of a language in the development container, and the file.
pub(super) fn version(view: &View<'_>, language: &str) -> Option<(String, String)> {
    let file = FILES.iter().find(|file| view.tree.exists(file))?;
    let text = view.tree.read(file)?;
    let plain: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let version = of_feature(&plain, language).or_else(|| of_image(&plain, language))?;
    Some((version, (*file).to_owned()))
}

/// `"ghcr.io/devcontainers/features/node:1": { "version": "22" }`.
fn of_feature(text: &str, language: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("features/{language}:"))?;
    let (options, _) = rest.split_once('}')?;
    let (_, value) = options.split_once("\"version\"")?;
    number(value.split('"').nth(1)?)
}

/// `mcr.microsoft.com/devcontainers/python:1-3.12-bookworm`, or `python:3.12`.
fn of_image(text: &str, language: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"image\"")?;
    let image = rest.split('"').nth(1)?;
    let (name, tag) = image.rsplit('/').next()?.split_once(':')?;
    let is_it = name == language || name.ends_with(&format!("-{language}"));
    let parts: Vec<&str> = tag.split('-').collect();
    // The first of two numbers is the version of the image.
    let found = parts.iter().filter_map(|part| number(part)).next_back();
    found.filter(|_| is_it)
}

fn number(text: &str) -> Option<String> {
    let digits = text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    digits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_features_and_images() {
        let feature = r#"{ "features": { "ghcr.io/devcontainers/features/node:1": { "version": "22" } } }"#;
        assert_eq!(of_feature(feature, "node").as_deref(), Some("22"));
        assert_eq!(of_feature(feature, "python"), None);
        for (image, language, version) in [
            ("mcr.microsoft.com/devcontainers/python:1-3.12-bookworm", "python", Some("3.12")),
            ("mcr.microsoft.com/devcontainers/typescript-node:1-22", "node", Some("22")),
            ("python:3.13", "python", Some("3.13")),
            ("python:latest", "python", None),
            ("ubuntu:24.04", "python", None),
        ] {
            let text = format!("{{ \"image\": \"{image}\" }}");
            assert_eq!(of_image(&text, language).as_deref(), version, "{image}");
        }
    }
}
