//! Properties of a service that answers over HTTP: its port, the paths of its probes, and whether it has metrics.

use super::names::has_extension;
use super::project::{Component, Image, Start, Toolchain};
use super::walk::View;
use crate::sources::Tree;

/// A service, as far as a cluster has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Serving {
    /// The port that it listens on.
    pub(super) port: u16,
    /// The path of the liveness probe.
    pub(super) live: String,
    /// The path of the readiness probe.
    pub(super) ready: String,
    /// `true` if its sources name those paths.
    pub(super) answers: bool,
    /// `true` if it has `/metrics`.
    pub(super) metrics: bool,
}

/// Paths for liveness and readiness, the clearest first.
const LIVE: &[&str] = &["/health/live", "/livez", "/healthz", "/health", "/ping"];
const READY: &[&str] = &["/health/ready", "/readyz", "/ready", "/healthz", "/health", "/ping"];

/// Reads a component's sources and its image's Dockerfile; nothing where no port is named.
pub(super) fn serving(component: &Component, image: &Image, tree: &dyn Tree) -> Option<Serving> {
    let exposed = tree.read(&image.dockerfile_path()).and_then(|text| exposed(&text));
    let sources = sources(component, tree);
    let named = || sources.iter().find_map(|text| listened(component.toolchain, text));
    let port = exposed.or_else(|| component.start.as_ref().and_then(port_of)).or_else(named)?;
    let has = |path: &str| sources.iter().any(|text| is_named(text, path));
    let find = |paths: &[&str]| paths.iter().find(|path| has(path)).map(|path| (*path).to_owned());
    let (live, ready) = (find(LIVE), find(READY));
    let answers = live.is_some() && ready.is_some();
    let usual = |path: Option<String>, usual: &str| path.filter(|_| answers).unwrap_or_else(|| usual.to_owned());
    Some(Serving {
        port,
        live: usual(live, "/health/live"),
        ready: usual(ready, "/health/ready"),
        answers,
        metrics: has("/metrics"),
    })
}

/// The port that the command that starts a service names.
pub(super) fn port_of(start: &Start) -> Option<u16> {
    let named = start.command.iter().position(|word| word == "--port").and_then(|at| start.command.get(at + 1));
    let bound = start.command.iter().find_map(|word| word.strip_prefix("0.0.0.0:"));
    named.map(String::as_str).or(bound).and_then(number)
}

/// The first port of a Dockerfile's `EXPOSE`.
fn exposed(dockerfile: &str) -> Option<u16> {
    let mut ports = dockerfile.lines().filter_map(|line| line.trim().strip_prefix("EXPOSE "));
    ports.next_back()?.split_whitespace().next()?.split('/').next().and_then(number)
}

/// The texts of a component's sources, without its tests.
fn sources(component: &Component, tree: &dyn Tree) -> Vec<String> {
    let extensions = component.toolchain.known().extensions();
    let is_test = |file: &str| {
        file.split('/').any(|part| matches!(part, "tests" | "test" | "__tests__"))
            || file.contains("_test.")
            || file.contains(".test.")
    };
    View::new(&super::Below::new(tree, &component.path))
        .below("", 4)
        .iter()
        .filter(|file| has_extension(file, extensions) && !is_test(file))
        .filter_map(|file| tree.read(&super::walk::join(&component.path, file)))
        .collect()
}

/// The port that a source listens on, if it is a number there.
fn listened(toolchain: Toolchain, source: &str) -> Option<u16> {
    let fronts = toolchain.known().port_signs();
    fronts.iter().find_map(|front| {
        source.match_indices(front).find_map(|(at, _)| {
            let rest = source.get(at + front.len()..)?;
            rest.get(..rest.find(|c: char| !c.is_ascii_digit())?).and_then(number)
        })
    })
}

/// Ports below are the system's: a process that is not root listens on none.
fn number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port >= 1024)
}

/// Returns whether a source names a path: as a separate text, or as one behind the prefix of a router.
fn is_named(source: &str, path: &str) -> bool {
    let is_router =
        |front: &str| front.trim_end().strip_suffix('=').is_some_and(|name| name.trim_end().ends_with("prefix"));
    let texts = |path: &str, prefixes: bool| {
        ['"', '\'', '`'].iter().any(|quote| {
            let text = format!("{quote}{path}{quote}");
            source.match_indices(&text).any(|(at, _)| source.get(..at).is_some_and(is_router) == prefixes)
        })
    };
    let behind = path.rsplit_once('/').filter(|(front, _)| !front.is_empty());
    texts(path, false) || behind.is_some_and(|(front, last)| texts(front, true) && texts(&format!("/{last}"), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_ports() {
        assert_eq!(exposed("FROM x\nEXPOSE 9000\nFROM y\nEXPOSE 8080/tcp 9090\n"), Some(8080));
        assert_eq!(exposed("FROM x\nEXPOSE $PORT\n"), None);
        assert_eq!(listened(Toolchain::GO, "http.ListenAndServe(\":8080\", mux)"), Some(8080));
        assert_eq!(listened(Toolchain::NODE, "app.listen(port); other.listen(3000, f)"), Some(3000));
        assert_eq!(listened(Toolchain::RUST, "bind(\"0.0.0.0:3000\")"), Some(3000));
        assert_eq!(listened(Toolchain::RUST, "from(([0, 0, 0, 0], 80))"), None);
    }

    #[test]
    fn a_path_is_named_whole_or_behind_a_prefix() {
        assert!(is_named("@app.get(\"/health/live\")", "/health/live"));
        assert!(!is_named("Path('/v1/health')", "/health"));
        let router = "APIRouter(prefix=\"/health\")\n@router.get('/live')";
        assert!(is_named(router, "/health/live"));
        assert!(!is_named(router, "/health") && !is_named(router, "/health/ready"));
    }
}
