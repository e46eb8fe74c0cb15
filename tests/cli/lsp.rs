//! `lsp` without an editor: what it does not read is an error, and no panic.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

#[test]
fn an_input_of_another_kind_is_an_error() {
    let project = Project::of(SMALL);
    let run = |input: &str| project.run_with(["lsp"], input);
    assert_snapshot!(run("GET / HTTP/1.1\r\nHost: a\r\n\r\n").whole(), @"
    stderr:
    error: cannot read standard input: expected `Content-Length: …`, found `GET / HTTP/1.1`
      = help: start it from an editor: it reads messages of the Language Server Protocol
    status: 4
    ");
    assert_snapshot!(run("Content-Length: 12\r\n\r\n{}").whole(), @"
    stderr:
    error: cannot read standard input: the input ends after 2 of 12 bytes of a message
      = help: start it from an editor: it reads messages of the Language Server Protocol
    status: 4
    ");
    assert_snapshot!(run("Content-Length: 999999999999\r\n\r\n{}").whole(), @"
    stderr:
    error: cannot read standard input: a message has 999999999999 bytes, more than 67108864
      = help: start it from an editor: it reads messages of the Language Server Protocol
    status: 4
    ");
    assert_eq!(run("").whole(), "status: 1", "a client that is gone");
}

#[test]
fn it_prints_no_document() {
    let ran = Project::of(SMALL).run(["lsp", "--format", "json"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.out.contains("`lsp` prints messages of its protocol only"), "{ran:?}");
}
