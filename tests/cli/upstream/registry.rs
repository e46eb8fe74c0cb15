//! Images, compared with a registry of this test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use insta::assert_snapshot;
use sha2::{Digest as _, Sha256};

use crate::support::Project;
use crate::support::server::Server;

/// Bodies by path.
type Pages = BTreeMap<String, String>;

/// Serves one repository, `acme/web`, to those who come with a token.
fn serve(pages: impl Fn(&str) -> Pages) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let host = listener.local_addr().expect("it has an address").to_string();
    let (pages, name) = (pages(&host), host.clone());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            answer(&stream, &name, &pages);
        }
    });
    host
}

fn answer(mut stream: &TcpStream, host: &str, pages: &Pages) {
    let lines: Vec<String> =
        BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let has_token = lines.iter().any(|line| line == "Authorization: Bearer secret");
    let (status, header, body) = if path == "/token?service=test&scope=repository:acme/web:pull" {
        ("200 OK", String::new(), "{\"token\": \"secret\"}".to_owned())
    } else if !has_token {
        let realm = format!("http://{host}/token");
        let ask = format!("Bearer realm=\"{realm}\",service=\"test\",scope=\"repository:acme/web:pull\"");
        ("401 Unauthorized", format!("WWW-Authenticate: {ask}\r\n"), String::new())
    } else {
        match pages.get(&path) {
            Some(body) => ("200 OK", String::new(), body.clone()),
            None => ("404 Not Found", String::new(), String::new()),
        }
    };
    let length = body.len();
    let _ = write!(stream, "HTTP/1.1 {status}\r\n{header}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold("sha256:".to_owned(), |mut digest, byte| {
        let _ = write!(digest, "{byte:02x}");
        digest
    })
}

/// An index whose only image was built at a date.
fn image(created: &str) -> (String, Pages) {
    let config = format!("{{\"created\": \"{created}\"}}");
    let manifest = format!("{{\"config\": {{\"digest\": \"{}\"}}}}", digest(&config));
    let index = format!("{{\"manifests\": [{{\"digest\": \"{}\"}}]}}", digest(&manifest));
    let path = |kind: &str, text: &str| format!("/v2/acme/web/{kind}/{}", digest(text));
    let pages = Pages::from([
        (path("blobs", &config), config.clone()),
        (path("manifests", &manifest), manifest.clone()),
        (path("manifests", &index), index.clone()),
        ("/v2/acme/web/manifests/1".to_owned(), index.clone()),
    ]);
    (digest(&index), pages)
}

fn pinned(host: &str, digest: &str) -> (String, Project) {
    let name = format!("{host}/acme/web:1");
    let project = Project::empty();
    let ran = project.run(["pins", "add", &format!("{name}@{digest}")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    (name, project)
}

#[test]
fn a_tag_that_names_another_image_is_an_update() {
    let (digest, pages) = image("2024-02-03T04:05:06Z");
    let host = serve(|_| pages.clone());
    let (name, project) = pinned(&host, &format!("sha256:{}", "a".repeat(64)));
    let server = Server::new();
    let ran = project.run_against(&server, ["pins", "outdated"]);
    assert!(ran.code == 1 && ran.out.contains("days old"), "{ran:?}");
    let ran = project.run_against(&server, ["pins", "update"]);
    assert_eq!((ran.code, project.read("pipeline.lock").contains(&digest)), (0, true), "{ran:?}");
    let ran = project.run_against(&server, ["pins", "verify", &name]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn an_image_that_was_built_today_waits() {
    let (_, pages) = image("2999-01-01T00:00:00Z");
    let host = serve(|_| pages.clone());
    let (name, project) = pinned(&host, &format!("sha256:{}", "a".repeat(64)));
    let before = project.tree();
    let ran = project.run_against(&Server::new(), ["pins", "update", &name]);
    assert!(ran.code == 0 && ran.out.contains("0 days old: waits") && project.tree() == before, "{ran:?}");
}

#[test]
fn a_registry_that_sends_something_else_is_not_believed() {
    let (digest, mut pages) = image("2024-02-03T04:05:06Z");
    pages.insert(format!("/v2/acme/web/manifests/{digest}"), "{}".to_owned());
    let host = serve(|_| pages.clone());
    let (name, project) = pinned(&host, &digest);
    let ran = project.run_against(&Server::new(), ["pins", "verify", &name]);
    assert_snapshot!(ran.whole().replace(&host, "<host>").replace(&digest, "<digest>"), @r"
    stderr:
    error: cannot read `<host>/acme/web:1@<digest>`: the registry sent something else than this digest names
      = help: check the name and the network, then run the command again
    status: 4
    ");
    let (name, project) = pinned(&host, &format!("sha256:{}", "c".repeat(64)));
    let ran = project.run_against(&Server::new(), ["pins", "verify", &name]);
    assert_eq!((ran.code, ran.err.contains("there is no such image")), (4, true), "{ran:?}");
}
