//! Rules as a user of the library meets them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipewright::sources::{Memory, Sources, Text};

fn compiled(toml: &str) -> Vec<String> {
    let sources = Sources {
        definition: Text { file: "pipeline.toml".to_owned(), text: toml.to_owned() },
        bases: Vec::new(),
        lock: None,
        templates: BTreeMap::new(),
        tree: Box::new(Memory::default()),
    };
    pipewright::compile(&sources).diagnostics.iter().map(|it| it.code.to_string()).collect()
}

#[test]
fn every_code_is_explained_and_documented() {
    let codes = pipewright::codes();
    assert!(codes.len() > 50 && codes.is_sorted(), "{codes:?}");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let index = fs::read_to_string(docs.join("README.md")).expect("there is an index");
    for code in codes {
        let page = pipewright::explain(code).expect(code);
        for heading in ["\n## Why\n", "\n## Example\n", "\n## Fix\n"] {
            assert!(page.contains(heading), "{code} has no {heading:?}");
        }
        assert!(docs.join(format!("{code}.md")).is_file(), "{code} is not documented");
        assert!(index.contains(&format!("]({code}.md)")), "{code} is not in the index");
    }
}

#[test]
fn what_a_definition_breaks_is_found_when_it_is_compiled() {
    let project = "version = 1\n[project]\nname = \"atom\"\n";
    let found = compiled(&format!("{project}[jobs.drift]\nneeds = [\"no\"]\nsteps = [{{ run = \"make || true\" }}]\n"));
    for code in ["name-clash", "unknown-name", "ignored-failure"] {
        assert!(found.iter().any(|it| it == code), "{code} is missing from {found:?}");
    }
    assert_eq!(compiled("version = 2\n"), ["missing-key", "out-of-range"]);
}
