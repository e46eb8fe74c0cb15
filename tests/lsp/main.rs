//! `pipewright lsp`: documents that are typed, and the answers to them.

mod editor;
mod run_values;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use editor::Editor;
use support::Project;
use support::accept::accept_snapshots;

const FILE: &str = "pipeline.toml";

const SMALL: &str = "\
version = 1

[project]
name = \"small\"

[components.tool]
python = \"3.12\"
checks = { lint = \"ruff check .\" }
";

/// A definition with a name of every kind that is referred to.
const NAMES: &str = "\
version = 1

[project]
name = \"small\"

[components.tool]
python = \"3.12\"

[services.postgres]
image = \"postgres:16-alpine\"

[services.redis]
preset = \"redis\"

[tests.tool]
component = \"tool\"
runner = \"pytest\"
services = [\"postgres\"]

[metrics.error-rate]
unit = \"ratio\"

[environments.staging]
deploy = []

[environments.production]
needs = \"staging\"
limits = { error-rate = { max = \"1%\" } }

[workflows.release]
on = { tags = [\"v*\"] }
jobs.build = { steps = [] }
jobs.publish = { needs = [\"build\"], steps = [] }
";

/// The position of the cursor `|` in a text, in units of UTF-16, and the text without it.
fn cursor(text: &str) -> (String, Value) {
    let (before, after) = text.split_once('|').expect("a cursor");
    let line = before.rsplit('\n').next().unwrap_or_default();
    let position = json!({ "line": before.matches('\n').count(), "character": line.encode_utf16().count() });
    (format!("{before}{after}"), position)
}

/// The text with its cursor behind the first occurrence of a word.
fn behind(text: &str, word: &str) -> String {
    let end = text.find(word).unwrap_or_else(|| panic!("{word}")) + word.len();
    format!("{}|{}", &text[..end], &text[end..])
}

/// Diagnostics as lines of text.
fn shown(diagnostics: &[Value]) -> String {
    let one = |diagnostic: &Value| {
        let (start, end) = (&diagnostic["range"]["start"], &diagnostic["range"]["end"]);
        let place = format!("{}:{}-{}:{}", start["line"], start["character"], end["line"], end["character"]);
        let code = diagnostic["code"].as_str().unwrap_or("-");
        let message = diagnostic["message"].as_str().expect("a message");
        format!("{place} {} {code}: {message}", diagnostic["severity"])
    };
    diagnostics.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The completions at the cursor of a text: labels, each with the text that it writes.
fn completions(editor: &mut Editor, text: &str) -> Vec<(String, String)> {
    let (text, position) = cursor(text);
    editor.write(FILE, &text);
    let items = editor.ask("completion", FILE, position);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    items.as_array().expect("a list").iter().map(|it| (text(&it["label"]), text(&it["textEdit"]["newText"]))).collect()
}

fn labels(editor: &mut Editor, text: &str) -> Vec<String> {
    completions(editor, text).into_iter().map(|(label, _)| label).collect()
}

/// The text of an answer about a place.
fn hover(editor: &mut Editor, text: &str) -> String {
    let (text, position) = cursor(text);
    editor.write(FILE, &text);
    editor.ask("hover", FILE, position)["contents"]["value"].as_str().unwrap_or("none").to_owned()
}

/// The quick fixes of a document.
fn fixes(editor: &mut Editor, file: &str) -> Vec<Value> {
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } });
    let params =
        json!({ "textDocument": { "uri": editor.uri(file) }, "range": range, "context": { "diagnostics": [] } });
    editor.request("textDocument/codeAction", params).as_array().expect("a list").clone()
}

/// A text with the edits of a quick fix, whose columns are units of UTF-16.
fn edited(text: &str, edits: &Value) -> String {
    let byte = |position: &Value| {
        let number = |key: &str| usize::try_from(position[key].as_u64().expect("a number")).expect("it is small");
        let start: usize = text.split_inclusive('\n').take(number("line")).map(str::len).sum();
        let units: Vec<u16> = text[start..].encode_utf16().take(number("character")).collect();
        start + String::from_utf16(&units).expect("the position is between letters").len()
    };
    let mut edits: Vec<(usize, usize, String)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            (byte(&range["start"]), byte(&range["end"]), edit["newText"].as_str().expect("a text").to_owned())
        })
        .collect();
    edits.sort();
    edits.iter().rev().fold(text.to_owned(), |text, (start, end, new)| [&text[..*start], new, &text[*end..]].concat())
}

#[test]
fn a_conversation_is_as_it_was_accepted() {
    accept_snapshots("a_conversation_is_as_it_was_accepted");
    let project = Project::of(SMALL);
    let related = json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } });
    let mut editor = Editor::with(&project, &["--stdio"], related);
    editor.write(FILE, &SMALL.replace("\n[project]", "version = 1\n[project]"));
    editor.write(FILE, &SMALL.replace("python", "pyhton"));
    let range = json!({ "start": { "line": 6, "character": 0 }, "end": { "line": 6, "character": 0 } });
    let context = json!({ "diagnostics": [], "only": ["quickfix"] });
    let params = json!({ "textDocument": { "uri": editor.uri(FILE) }, "range": range, "context": context });
    editor.request("textDocument/codeAction", params);
    let text = SMALL.to_owned() + "\n[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nsplit = \"\"\n";
    editor.write(FILE, &text);
    editor.ask("hover", FILE, json!({ "line": 11, "character": 2 }));
    editor.ask("definition", FILE, json!({ "line": 10, "character": 15 }));
    editor.ask("completion", FILE, json!({ "line": 12, "character": 9 }));
    editor.request("shutdown", Value::Null);
    let root = editor.uri("");
    let lines: Vec<String> = editor.transcript.iter().map(Value::to_string).collect();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let text = lines.join("\n").replace(&root, "file:///project/").replace(&version, "\"version\":\"[version]\"");
    insta::with_settings!({
        snapshot_path => "../../snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!("lsp", text);
    });
    assert_eq!(editor.exit(), 0);
}

#[test]
fn diagnostics_are_those_of_the_text_that_is_typed() {
    let project = Project::of("not even TOML");
    let mut editor = Editor::open(&project);
    let wrong = "version = 1\nproject = { env = { A = \"größe 😀\" }, nmae = \"small\" }\n";
    assert_snapshot!(shown(&editor.write(FILE, wrong)), @"
    1:38-1:42 1 unknown-key: there is no key `nmae` here
    help: did you mean `name`?
    ");
    assert_snapshot!(shown(&editor.write(FILE, "version = 1\n\"größe 😀\" = = 1\n")), @"1:13-1:14 1 syntax: extra `=`, expected nothing");
    assert_eq!(shown(&editor.write(FILE, SMALL)), "");
    let warned = SMALL.replace("lint = \"ruff check .\"", "lint = \"ruff check . || true\"");
    assert_snapshot!(shown(&editor.write(FILE, &warned)), @"
    7:18-7:40 1 ignored-failure: `|| true` hides that the command failed
    help: remove it, and fix or skip what fails by name
    ");
    assert_eq!(editor.shut_down(), 0);

    let utf8 = json!({ "general": { "positionEncodings": ["utf-32", "utf-8", "utf-16"] } });
    let mut editor = Editor::with(&project, &["--deny-warnings"], utf8);
    assert_snapshot!(shown(&editor.write(FILE, wrong)), @"
    1:42-1:46 1 unknown-key: there is no key `nmae` here
    help: did you mean `name`?
    ");
    assert!(shown(&editor.write(FILE, &warned)).contains(" 1 "), "a warning is an error");
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_pin_that_generate_adds_is_no_finding() {
    let project = Project::empty();
    let mut editor = Editor::open(&project);
    assert_eq!(shown(&editor.write(FILE, SMALL)), "");
    let own = SMALL.to_owned() + "\n[jobs.a]\nsteps = [{ uses = \"acme/unknown\" }]\n";
    assert!(shown(&editor.write(FILE, &own)).contains("unpinned"));
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_base_is_read_from_its_document_and_has_its_own_findings() {
    let base = SMALL.replace("version = 1\n", "");
    let project = Project::empty().with("shared/pipeline-base.toml", &base);
    let mut editor = Editor::open(&project);
    let text = "version = 1\nextends = \"shared/pipeline-base.toml\"\n";
    assert_eq!(shown(&editor.write(FILE, text)), "");
    let missing = "version = 1\nextends = \"shared/none.toml\"\n";
    assert_snapshot!(shown(&editor.write(FILE, missing)), @"
    1:0-1:7 1 -: cannot read `shared/none.toml`: there is no such file
    help: name a file that exists in `extends` of `pipeline.toml`
    ");
    editor.write(FILE, text);
    editor.write_only("shared/pipeline-base.toml", &base.replace("name", "nmae"));
    let found = editor.diagnostics("shared/pipeline-base.toml");
    assert_snapshot!(shown(&found), @"
    2:0-2:4 1 unknown-key: there is no key `nmae` here
    help: did you mean `name`?
    ");
    let fix = fixes(&mut editor, "shared/pipeline-base.toml");
    assert_eq!(fix.len(), 1, "{fix:?}");
    assert_eq!(fixes(&mut editor, FILE), [] as [Value; 0], "it is a fix of the other file");
    // The declaration of a name is in the base.
    let (text, position) =
        cursor("version = 1\nextends = \"shared/pipeline-base.toml\"\ntests.a.component = \"to|ol\"\n");
    editor.write(FILE, &text);
    let found = editor.ask("definition", FILE, position);
    assert_eq!(editor.file(found["uri"].as_str().expect("a file")), "shared/pipeline-base.toml");
    assert_eq!(found["range"]["start"], json!({ "line": 4, "character": 12 }));
    let found = editor.ask("definition", FILE, json!({ "line": 1, "character": 15 }));
    assert_eq!(editor.file(found["uri"].as_str().expect("a file")), "shared/pipeline-base.toml");
    // A closed document has no findings.
    let uri = editor.uri(FILE);
    editor.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(editor.diagnostics("shared/pipeline-base.toml"), [] as [Value; 0]);
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn hover_shows_what_the_language_reference_has() {
    let project = Project::of(SMALL);
    let mut editor = Editor::open(&project);
    let text = SMALL.to_owned() + "\n[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nshards = 4\n";
    assert_snapshot!(hover(&mut editor, &behind(&text, "shar")), @"
    Number of jobs to spread the tests over.

    Default: `1`

    Example: `shards = 4`
    ");
    assert_snapshot!(hover(&mut editor, &behind(&text, "[tests.to")), @"A test run of one component.");
    assert_snapshot!(hover(&mut editor, &behind(&text, "\"pyt")), @r#"
    Test runner.

    Example: `runner = "pytest"`
    "#);
    let page = hover(&mut editor, &(SMALL.to_owned() + "\n[allow]\nlatest-im|age = \"a reason\"\n"));
    assert!(page.starts_with("**latest-image**\n") && page.contains("\n## Fix\n"), "{page}");
    let page = hover(&mut editor, &SMALL.replace("name", "nm|ae"));
    assert!(page.starts_with("**unknown-key**\n"), "{page}");
    assert_eq!(hover(&mut editor, &format!("|\n{SMALL}")), "none");
    assert_eq!(hover(&mut editor, &format!("# ver|sion\n{SMALL}")), "none");
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn completions_fit_the_place() {
    let project = Project::of(NAMES);
    let mut editor = Editor::open(&project);
    let mut all = |text: &str| completions(&mut editor, text);
    let texts = |found: Vec<(String, String)>| found.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    let test = |line: &str| NAMES.replace("services = [\"postgres\"]", line);

    // Keys of the table, without those that it has.
    let keys: BTreeSet<String> = texts(all(&test("sha|"))).into_iter().collect();
    assert!(keys.contains("shards") && keys.contains("services") && !keys.contains("runner"), "{keys:?}");
    assert!(!keys.contains("python"), "a key of another table: {keys:?}");
    assert_eq!(texts(all(&test("coverage = { | }"))).first().map(String::as_str), Some("source"), "required first");
    let tables = texts(all(&format!("{NAMES}\n[te|")));
    assert!(tables.contains(&"tests".to_owned()) && !tables.contains(&"version".to_owned()), "{tables:?}");
    assert!(texts(all(&format!("{NAMES}\n[allow]\nlatest|"))).contains(&"latest-image".to_owned()));

    // Values that the schema lists, as they are quoted.
    assert_eq!(texts(all(&test("split = |"))), ["\"timings\"", "\"count\"", "\"files\""]);
    assert_eq!(texts(all(&test("split = 'ti|'"))), ["'timings'", "'count'", "'files'"]);
    assert_eq!(texts(all(&NAMES.replace("name =", "skip-unchanged = |\nname ="))), ["true", "false"]);

    // Names of the definition and of registries.
    assert_eq!(texts(all(&test("").replace("component = \"tool\"", "component = \"|\""))), ["\"tool\""]);
    assert_eq!(texts(all(&test("services = [\"postgres\", |]"))), ["\"redis\""]);
    assert_eq!(texts(all(&test("services = |"))), ["[\"postgres\"]", "[\"redis\"]"]);
    assert_eq!(texts(all(&NAMES.replace("\"staging\"\n", "\"|\"\n"))), ["\"staging\""]);
    assert_eq!(texts(all(&NAMES.replace("{ error-rate = { max = \"1%\" } }", "{ | }"))), ["error-rate"]);
    assert_eq!(texts(all(&NAMES.replace("needs = [\"build\"]", "needs = [\"|\"]"))), ["\"build\""]);
    assert!(texts(all(&NAMES.replace("\"pytest\"", "|"))).contains(&"\"nextest\"".to_owned()));
    let jobs = texts(all(&format!("{NAMES}\n[jobs.a]\nneeds = [\"|\"]\n")));
    assert_eq!(
        jobs,
        ["\"tool\"", "\"test-tool\"", "\"gates-tool\"", "\"drift\"", "\"changes\"", "\"plan\"", "\"coverage\""]
    );

    // Neither in a comment nor behind a value is a place.
    assert_eq!(texts(all(&test("shards = 4 |"))), [] as [String; 0]);
    assert_eq!(texts(all(&test("shards = 4 # |"))), [] as [String; 0]);
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn completion_works_in_a_text_that_does_not_parse() {
    let project = Project::of(NAMES);
    let mut editor = Editor::open(&project);
    for (line, expected) in [
        ("component = \"|\nrunner = \"pytest\"", "tool"),
        ("services = [\"postgres\", \"|", "redis"),
        ("services = [\"postgres\", \"|\n\n[gates]\norder = \"random\"", "redis"),
        ("coverage = { ver|", "version"),
        ("= = [[ {\nshard|", "shards"),
    ] {
        let text = NAMES.replace("component = \"tool\"\nrunner = \"pytest\"\nservices = [\"postgres\"]", line);
        let found = labels(&mut editor, &text);
        assert!(found.iter().any(|label| label == expected), "{line:?}: {found:?}");
    }
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_name_leads_to_its_declaration() {
    let project = Project::of(NAMES);
    let mut editor = Editor::open(&project);
    editor.write(FILE, NAMES);
    for (from, line) in [
        ("component = \"to", "[components.tool]"),
        ("services = [\"post", "[services.postgres]"),
        ("needs = \"stag", "[environments.staging]"),
        ("limits = { error", "[metrics.error-rate]"),
        ("needs = [\"bui", "jobs.build = { steps = [] }"),
    ] {
        let (_, position) = cursor(&behind(NAMES, from));
        let found = editor.ask("definition", FILE, position);
        let number = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap_or(0)).expect("it is small");
        assert_eq!(NAMES.lines().nth(number), Some(line), "{from}: {found}");
        assert_eq!(editor.file(found["uri"].as_str().expect("a file")), FILE);
    }
    for nowhere in ["runner = \"pyt", "name = \"sm", "versi"] {
        let (_, position) = cursor(&behind(NAMES, nowhere));
        assert_eq!(editor.ask("definition", FILE, position), Value::Null, "{nowhere}");
    }
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_definition_is_accepted_after_its_quick_fixes() {
    let wrong = "\
version = 1

[project]
name = \"small\"
env = { TEXT = \"größe 😀\" }
timeuot = \"20 min\"

[components.tool]
python = 3.12 # größe
install = { pip = \"requirements.txt\" }
checks = { \"größe\" = \"ruff check .\" }
skip-unchanged = true
"
    .replace("\"größe\" = ", "lint = ");
    for text in [wrong.clone(), wrong.replace('\n', "\r\n")] {
        let project = Project::of(&text).with("requirements.txt", "pytest\n");
        let mut editor = Editor::open(&project);
        let mut text = text;
        let mut titles = Vec::new();
        while let Some(fix) = {
            editor.write(FILE, &text);
            fixes(&mut editor, FILE).into_iter().next()
        } {
            assert!(titles.len() < 9, "fixes have no end: {titles:?}");
            titles.push(fix["title"].as_str().expect("a title").to_owned());
            assert_eq!(fix["kind"], "quickfix");
            text = edited(&text, &fix["edit"]["changes"][editor.uri(FILE)]);
        }
        assert_eq!(
            titles,
            [
                "write `timeout`",
                "write `\"20m\"`",
                "write `\"3.12\"`",
                "write `[\"requirements.txt\"]`",
                "move `skip-unchanged` to `[project]`"
            ]
        );
        assert_eq!(text.matches("\r\n").count(), if text.contains('\r') { text.matches('\n').count() } else { 0 });
        project.write(FILE, &text);
        let project = project.generated();
        let checked = project.run(["check"]);
        assert_eq!(checked.code, 0, "{checked:?}");
        assert_eq!(editor.shut_down(), 0);
    }
}

#[test]
fn only_the_fixes_of_a_range_and_of_their_kind_are_offered() {
    let project = Project::of(SMALL);
    let mut editor = Editor::open(&project);
    editor.write(FILE, &SMALL.replace("name", "nmae").replace("python = \"3.12\"", "python = 3.12"));
    let uri = editor.uri(FILE);
    let mut titles = |line: u32, context: Value| {
        let range = json!({ "start": { "line": line, "character": 0 }, "end": { "line": line, "character": 1 } });
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
        let found = editor.request("textDocument/codeAction", params);
        found.as_array().expect("a list").iter().map(|one| one["title"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(titles(3, json!({ "diagnostics": [] })), ["\"write `name`\""]);
    assert_eq!(titles(2, json!({ "diagnostics": [] })), [] as [&str; 0]);
    assert_eq!(titles(3, json!({ "diagnostics": [], "only": ["refactor"] })), [] as [&str; 0]);
    assert_eq!(titles(3, json!({ "diagnostics": [], "only": ["quickfix"] })), ["\"write `name`\""]);
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn other_documents_are_left_alone() {
    let project = Project::of(SMALL);
    let mut editor = Editor::open(&project);
    editor.write_only("Cargo.toml", "[package]\nnmae = \"a\"\n");
    editor.write_only("web/pipeline-base.toml", "[project]\nnmae = \"a\"\n");
    let uri = "untitled:Untitled-1";
    let document = json!({ "uri": uri, "languageId": "toml", "version": 1, "text": "a" });
    editor.notify("textDocument/didOpen", json!({ "textDocument": document }));
    assert_eq!(editor.ask("hover", "Cargo.toml", json!({ "line": 0, "character": 2 })), Value::Null);
    assert_eq!(editor.ask("completion", "none/pipeline.toml", json!({ "line": 0, "character": 2 })), Value::Null);
    editor.write(FILE, SMALL);
    let published = editor.transcript.iter().filter(|it| it["server"]["method"] == "textDocument/publishDiagnostics");
    let files: BTreeSet<String> = published.map(|it| it["server"]["params"]["uri"].to_string()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn a_document_that_is_too_large_is_refused() {
    let project = Project::of(SMALL);
    let mut editor = Editor::open(&project);
    let found = editor.write(FILE, &(SMALL.to_owned() + &"# a\n".repeat(300_000)));
    assert_snapshot!(shown(&found), @"
    0:0-0:0 1 -: cannot read `pipeline.toml`: it is larger than 1 MB
    help: split it: `extends` names a file whose tables are taken over
    ");
    assert_eq!(shown(&editor.write(FILE, SMALL)), "");
    assert_eq!(editor.shut_down(), 0);
}

/// Codes of the protocol: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#errorCodes>.
#[test]
fn a_request_that_has_no_result_is_answered_with_the_reason() {
    let project = Project::of(SMALL);
    let mut editor = Editor::start(&project, &[]);
    let code = |answer: &Value| answer["error"]["code"].as_i64();
    assert_eq!(code(&editor.answer("textDocument/hover", json!({}))), Some(-32002));
    editor.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(code(&editor.answer("initialize", json!({}))), Some(-32600));
    assert_eq!(code(&editor.answer("textDocument/rename", json!({}))), Some(-32601));
    assert_eq!(code(&editor.answer("textDocument/hover", json!({ "position": 1 }))), Some(-32602));
    editor.notify("textDocument/didOpen", json!({ "textDocument": 1 }));
    editor.notify("$/setTrace", json!({ "value": "off" }));
    editor.notify("$/cancelRequest", json!({ "id": 99 }));
    editor.send_bytes(b"Content-Length: 1\r\n\r\n{");
    let answer = editor.receive();
    assert_eq!((code(&answer), &answer["id"]), (Some(-32700), &Value::Null));
    editor.send(&json!({ "jsonrpc": "2.0", "id": 7, "result": null }));
    editor.request("shutdown", Value::Null);
    assert_eq!(code(&editor.answer("textDocument/hover", json!({}))), Some(-32600));
    assert_eq!(editor.exit(), 0);
}

#[test]
fn a_session_that_is_not_shut_down_ends_with_1() {
    let project = Project::of(SMALL);
    assert_eq!(Editor::open(&project).exit(), 1);
    assert_eq!(Editor::start(&project, &[]).exit(), 1);
    assert_eq!(Editor::open(&project).end(), 1, "the client is gone");
}
