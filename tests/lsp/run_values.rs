//! Values of a run: outputs of steps and jobs, keys of a matrix, inputs of a workflow.

use super::editor::Editor;
use super::support::Project;
use super::{FILE, behind, completions, cursor};

const RUN: &str = r#"version = 1

[project]
name = "small"

[jobs.meta]
steps = [
  { id = "tag", run = 'echo "version=1" >> "$GITHUB_OUTPUT"' },
  { id = "size", run = "./tools/size >> \"$GITHUB_OUTPUT\"" },
  { id = "both", run = 'echo "version=2" >> "$GITHUB_OUTPUT"; echo "name=a" >> "$GITHUB_OUTPUT"' },
]

[jobs.bundle]
needs = ["meta"]
runs-on = { matrix = "os" }

[jobs.bundle.matrix]
os = ["ubuntu-24.04", "macos-15"]
target = ["a", "b"]
include = [{ os = "windows-2025", archive = "zip" }]

[[jobs.bundle.steps]]
id = "cache"
uses = "actions/cache"

[[jobs.bundle.steps]]
run = "make"
env = { HIT = { output = "cache.cache-hit" }, NAME = { output = "meta.name" }, OS = { matrix = "target" } }

[[jobs.bundle.steps]]
id = "later"
run = 'echo "x=1" >> "$GITHUB_OUTPUT"'

[workflows.release.on]
manual = { inputs = { level = {}, dry-run = { kind = "boolean" } } }

[workflows.release.on.call]
inputs = { level = {} }
outputs = { version = { output = "publish.version" } }

[workflows.release.jobs.publish]
steps = [{ id = "set", run = 'echo "version=1" >> "$GITHUB_OUTPUT"', env = { LEVEL = { input = "level" } } }]
"#;

#[test]
fn values_of_a_run_are_completed() {
    let project = Project::of(RUN);
    let mut editor = Editor::open(&project);
    let mut all = |from: &str, to: &str| {
        assert!(RUN.contains(from), "{from}");
        completions(&mut editor, &RUN.replacen(from, to, 1)).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
    };
    let outputs = ["\"cache.cache-hit\"", "\"cache.cache-primary-key\"", "\"cache.cache-matched-key\""];
    let found = all("output = \"cache.cache-hit\"", "output = \"|\"");
    assert!(outputs.iter().any(|output| found.contains(&(*output).to_owned())), "{found:?}");
    let of_job: Vec<&String> = found.iter().filter(|text| text.starts_with("\"meta")).collect();
    assert_eq!(of_job, ["\"meta.tag.version\"", "\"meta.both.version\"", "\"meta.name\""]);
    assert!(!found.iter().any(|text| text.contains("later")), "a step below: {found:?}");
    assert_eq!(all("\"publish.version\"", "|"), ["\"publish.version\""]);
    assert_eq!(all("matrix = \"os\"", "matrix = |"), ["\"os\"", "\"target\"", "\"archive\""]);
    assert_eq!(all("matrix = \"target\"", "matrix = '|'"), ["'os'", "'target'", "'archive'"]);
    assert_eq!(all("input = \"level\"", "input = \"|\""), ["\"level\"", "\"dry-run\""]);
    // Open brackets, as while it is typed.
    assert_eq!(all("LEVEL = { input = \"level\" } }", "LEVEL = { input = \"|"), ["\"level\"", "\"dry-run\""]);
    // Neither the table of a matrix nor a job of `ci.yml` has such names.
    assert_eq!(all("needs = [\"meta\"]", "needs = [\"meta\"]\nenv = { A = { input = \"|\" } }"), [] as [&str; 0]);
    assert_eq!(all("LEVEL = { input = \"level\" }", "input = \"|\""), [] as [&str; 0], "a variable");
    assert_eq!(all("steps = [\n", "matrix = \"|\"\nsteps = [\n"), [] as [&str; 0]);
    assert_eq!(editor.shut_down(), 0);
}

#[test]
fn values_of_a_run_lead_to_their_source() {
    let project = Project::of(RUN);
    let mut editor = Editor::open(&project);
    editor.write(FILE, RUN);
    for (from, line) in [
        ("output = \"cache", "id = \"cache\""),
        ("output = \"meta", "  { id = \"both\", run = 'echo \"version=2\""),
        ("output = \"publish", "steps = [{ id = \"set\""),
        ("matrix = \"os", "os = ["),
        ("matrix = \"tar", "target = ["),
        ("input = \"lev", "manual = { inputs"),
    ] {
        let (_, position) = cursor(&behind(RUN, from));
        let found = editor.ask("definition", FILE, position);
        let number = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap_or(0)).expect("it is small");
        let shown = RUN.lines().nth(number).unwrap_or_default();
        assert!(shown.starts_with(line), "{from}: {shown}");
    }
    // An output that is not known leads to its step, or to the job.
    for (output, line) in
        [("meta.size.mb", "  { id = \"size\""), ("meta.mb", "[jobs.meta]"), ("cache.x", "id = \"cache\"")]
    {
        let text = RUN.replacen("\"cache.cache-hit\"", &format!("\"{output}|\""), 1);
        let (text, position) = cursor(&text);
        editor.write(FILE, &text);
        let found = editor.ask("definition", FILE, position);
        let number = usize::try_from(found["range"]["start"]["line"].as_u64().unwrap_or(0)).expect("it is small");
        let shown = text.lines().nth(number).unwrap_or_default();
        assert!(shown.starts_with(line), "{output}: {shown}");
    }
    assert_eq!(editor.shut_down(), 0);
}
