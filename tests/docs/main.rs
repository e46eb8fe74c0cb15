//! The documentation is true: its definitions compile, its commands print what it shows, its links lead somewhere.
//!
//! A comment above a block says what it is tried on:
//!
//! - `toml`: a definition. `toml fragment`: one that stands on `frame.toml`. `toml lock`: a `pipeline.lock`.
//! - `<!-- project: NAME -->` above `console`: its `$` lines are run in a copy of that project (`projects/`,
//!   `../fixtures/`, `../projects/`), or of this repository where NAME is `repository`; `, generated` behind the name runs
//!   `generate` first; `, released` also gives it repositories of actions with later versions, and `, bumped` a bot's edit
//!   of a pin. `…` matches any lines.
//! - `<!-- file: NAME PATH -->`: the block is that file. `<!-- excerpt: NAME PATH -->`: the block is parts of that file,
//!   generated where it has to be, with `# …` between them.
//! - `<!-- continued -->` above `console`: its lines run in the folder of the block before, on the same page.
//! - `<!-- edit: PATH -->` above `toml edit`: its tables replace those of that file in the folder of the block before.
//! - `<!-- graph: NAME WORKFLOW -->` above `mermaid`: the jobs of a workflow of that project; NAME may be `continued`.
//!
//! `PIPEWRIGHT_ACCEPT=1` rewrites the language reference, and what commands and files say.

#[path = "../support/accept.rs"]
#[allow(dead_code, reason = "nothing here is a snapshot")]
mod accept;
mod console;
mod definitions;
mod excerpts;
#[path = "../support/github.rs"]
#[allow(dead_code, reason = "tests of the command line use the rest")]
mod github;
mod graph;
mod language;
mod links;
mod markdown;
mod projects;
#[path = "../support/server.rs"]
#[allow(dead_code, reason = "tests of the command line use the rest")]
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Held by whoever may rewrite pages.
static PAGES: Mutex<()> = Mutex::new(());

/// The root of this repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of the documentation, by its path from the root; the pages of rules are made and tested elsewhere.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(str::to_owned).to_vec();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(repository().join(&folder)).expect("the folder can be listed") {
            let entry = entry.expect("the entry can be read");
            let path = folder.join(entry.file_name());
            if path == Path::new("docs/rules") {
                continue;
            }
            if entry.file_type().expect("the entry has a kind").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                pages.push(path.to_str().expect("the path is UTF-8").to_owned());
            }
        }
    }
    pages.sort();
    pages
}

fn text(page: &str) -> String {
    fs::read_to_string(repository().join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}
