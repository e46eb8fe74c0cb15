//! Jobs that call workflows, and workflows that are called.

use super::{assert_said, said};

const AUDIT: &str = "\
on:
  workflow_call:
    inputs:
      level: {type: string, required: true}
      strict: {type: boolean}
      limit: {type: number}
    secrets:
      TOKEN: {required: true}
    outputs:
      found: {value: x}
permissions: {contents: read}
jobs:
  audit: {permissions: {issues: write}}
";

/// Findings about a job with these keys, which calls a workflow that is written by hand.
fn of_call(lines: &str) -> Vec<String> {
    let job = format!("[jobs.j]\nuses = \"./.github/workflows/audit.yml\"\n{lines}\n");
    let hand = ".github/workflows/hand.yml";
    said(&job, &[(".github/workflows/audit.yml", AUDIT), (hand, "on: push\n"), (".github/workflows/all.yml", ALL)])
}

const ALL: &str = "on: workflow_call\npermissions: write-all\njobs: {a: {}}\n";
const RIGHT: &str =
    "with = { level = \"a\" }\nsecrets = { TOKEN = { secret = \"T\" } }\npermissions = { issues = \"write\" }";

#[test]
fn a_call_gives_what_the_workflow_declares() {
    assert_eq!(of_call(RIGHT), Vec::<String>::new());
    let with = |with: &str| of_call(&RIGHT.replace("level = \"a\"", with));
    for (given, expected) in [
        ("level = \"a\", strict = true, limit = 5", None),
        ("level = { github = \"sha\" }, strict = { var = \"S\" }, limit = { var = \"L\" }", None),
        ("level = [\"a\", { github = \"sha\" }]", None),
        ("LEVEL = \"a\"", None),
        ("level = \"a\", levle = \"a\"", Some("with.levle: `./.github/workflows/audit.yml` has no input `levle`")),
        ("strict = true", Some("uses: `./.github/workflows/audit.yml` needs the input `level`")),
        ("level = 5", Some("with.level: expected a string for the input `level` of `./.github/workflows/audit.yml`")),
        (
            "level = \"a\", strict = \"yes\"",
            Some("with.strict: expected a boolean for the input `strict` of `./.github/workflows/audit.yml`"),
        ),
        (
            "level = \"a\", limit = true",
            Some("with.limit: expected a number for the input `limit` of `./.github/workflows/audit.yml`"),
        ),
        ("level = { secret = \"LEVEL\" }", Some("with.level: an input is not masked, and `LEVEL` is a secret")),
    ] {
        let expected = expected.map(|message| format!("error called-workflow jobs.j.{message}"));
        assert_eq!(with(given), Vec::from_iter(expected), "{given}");
    }
}

#[test]
fn a_call_gives_secrets_and_permissions() {
    for (from, to, expected) in [
        (
            "secrets = { TOKEN = { secret = \"T\" } }",
            "",
            "uses: `./.github/workflows/audit.yml` needs the secret `TOKEN`",
        ),
        (
            "{ TOKEN = { secret = \"T\" } }",
            "{ TOKEN = { secret = \"T\" }, OTHER = { secret = \"T\" } }",
            "secrets.OTHER: `./.github/workflows/audit.yml` has no secret `OTHER`",
        ),
        ("secret = \"T\"", "var = \"T\"", "secrets.TOKEN: `T` is a variable, which is no secret"),
        (
            "issues = \"write\"",
            "issues = \"read\"",
            "uses: `./.github/workflows/audit.yml` asks for `issues: write`, which the job is not granted",
        ),
    ] {
        assert_eq!(of_call(&RIGHT.replace(from, to)), [format!("error called-workflow jobs.j.{expected}")], "{to}");
    }
    assert_eq!(of_call("secrets = \"inherit\""), ["error wrong-type jobs.j.secrets: expected a table, found a string"]);
    assert_eq!(
        of_call("with = { limit = 0.5 }"),
        ["error invalid-value pipeline.toml: expected a whole number that is not negative"]
    );
}

#[test]
fn a_workflow_that_is_not_there_or_cannot_be_called() {
    for (uses, expected) in [
        ("./.github/workflows/adit.yml", Some("there is no `.github/workflows/adit.yml` in the repository")),
        ("./.github/workflows/hand.yml", Some("`.github/workflows/hand.yml` cannot be called")),
        ("./.github/workflows/ci.yml", Some("`ci.yml` is generated, and custom jobs do not call it")),
        (
            "./.github/workflows/all.yml",
            Some("`./.github/workflows/all.yml` asks for all permissions, which no job is granted"),
        ),
        ("./tools/audit.yml", Some("`./tools/audit.yml` is not the name of a workflow")),
        ("acme/x/.github/workflows/a.yml", None),
        ("acme/x/.github/workflows/a.yml@v1", Some("the commit of a workflow is in `pipeline.lock`, and `@v1` is one")),
        ("acme/.github/workflows/a.yml", Some("`acme/.github/workflows/a.yml` is not the name of a workflow")),
        ("acme/x/.github/workflows/a/b.yml", Some("`acme/x/.github/workflows/a/b.yml` is not the name of a workflow")),
    ] {
        let files = [(".github/workflows/hand.yml", "on: push\n"), (".github/workflows/all.yml", ALL)];
        let found = said(&format!("[jobs.j]\nuses = \"{uses}\"\n"), &files);
        let expected = expected.map(|message| format!("error called-workflow jobs.j.uses: {message}"));
        assert_eq!(found, Vec::from_iter(expected), "{uses}");
    }
}

#[test]
fn jobs_of_two_kinds() {
    assert_said(&[
        ("[jobs.j]\n", &[], &["error job-kind jobs.j: the job `j` has no steps and calls no workflow"]),
        (
            "[jobs.j]\nwith = { a = 1 }\nsecrets = { A = { secret = \"A\" } }\nsteps = [{ run = \"a\" }]\n",
            &[],
            &[
                "error job-kind jobs.j.with: `with` is for a job that calls a workflow by `uses`",
                "error job-kind jobs.j.secrets: `secrets` is for a job that calls a workflow by `uses`",
            ],
        ),
        (
            r#"[jobs.j]
uses = "acme/x/.github/workflows/a.yml"
runs-on = "ubuntu-24.04"
env = { A = "a" }
environment = "e"
timeout = "5m"
checkout = { depth = "full" }
matrix = { a = ["1", "2"], optional = [{ a = "1" }] }
steps = [{ run = "a" }]
"#,
            &[],
            &[
                "error job-kind jobs.j.steps: a job that calls a workflow has no `steps`",
                "error job-kind jobs.j.env: a job that calls a workflow has no `env`",
                "error job-kind jobs.j.runs-on: a job that calls a workflow has no `runs-on`",
                "error job-kind jobs.j.environment: a job that calls a workflow has no `environment`",
                "error job-kind jobs.j.checkout: a job that calls a workflow has no `checkout`",
                "error job-kind jobs.j.timeout: a job that calls a workflow has no `timeout`",
                "error job-kind jobs.j.matrix.optional: GitHub lets no job that calls a workflow fail",
            ],
        ),
    ]);
}

#[test]
fn workflows_that_are_called() {
    let called =
        |call: &str| format!("[workflows.w]\non = {{ call = {call} }}\njobs.a = {{ steps = [{{ run = \"a\" }}] }}\n");
    assert_said(&[
        (
            &called("{ inputs = { a = { options = [\"b\"] }, c = { kind = \"number\", default = \"d\" } } }"),
            &[],
            &[
                "error call-trigger workflows.w.on.call.inputs.a.options: `options` are for the form of a manual start: GitHub \
                 checks none in a call",
                "error call-trigger workflows.w.on.call.inputs.c.default: `d` is not a number",
            ],
        ),
        (
            &called("{ secrets = [\"A\", \"a\", \"GITHUB_B\", \"c d\"] }"),
            &[],
            &[
                "error call-trigger workflows.w.on.call.secrets[1]: `a` is in the list twice",
                "error call-trigger workflows.w.on.call.secrets[2]: `GITHUB_B` starts with `GITHUB_`, which GitHub reserves",
                "error call-trigger workflows.w.on.call.secrets[3]: `c d` is not a name for a secret",
            ],
        ),
        (
            &called("{ outputs = { a = { output = \"a.b\" }, b = { output = \"c.b\" }, c = \"d\" } }"),
            &[],
            &[
                "error call-trigger workflows.w.on.call.outputs.c: an output for a caller is an output of a job",
                "error run-value workflows.w.on.call.outputs.a: no step of `a` has an `id`",
                "error run-value workflows.w.on.call.outputs.b: there is no step `c` above, and no job `c` in `needs`",
            ],
        ),
        (
            r#"[workflows.w]
on.manual = { inputs = { a = { kind = "boolean" }, b = {} } }
on.call = { inputs = { a = {}, c = {} } }
jobs.a = { steps = [{ run = "a" }] }
"#,
            &[],
            &[
                "error call-trigger workflows.w.on.call.inputs.a: the input `a` has another type in the form of a manual start",
                "error call-trigger workflows.w.on.call.inputs.c: the input `c` is missing in `on.manual.inputs`, so it would \
                 be empty there",
                "error call-trigger workflows.w.on.manual.inputs.b: the input `b` is missing in `on.call.inputs`, so it would be \
                 empty there",
            ],
        ),
        (
            r#"[workflows.w]
on.call = { secrets = ["A"] }
jobs.a = { steps = [{ run = "a", env = { A = { secret = "A" }, B = { secret = "B" } } }] }
[workflows.v]
on.manual = true
jobs.a = { uses = "./.github/workflows/w.yml" }
jobs.b = { needs = ["a"], steps = [{ run = "a", env = { A = { output = "a.b" } } }] }
"#,
            &[],
            &[
                "error called-workflow workflows.v.jobs.a.uses: `./.github/workflows/w.yml` needs the secret `A`",
                "error run-value workflows.v.jobs.b.steps[0].env.A: the workflow that `a` calls has no output `b`",
                "error secret-outside-environment workflows.w.jobs.a.steps[0].env.B: the secret `B` is used by a job that names \
                 no environment",
            ],
        ),
    ]);
}

#[test]
fn workflows_that_call_themselves() {
    assert_said(&[
        (
            r#"[workflows.w]
on.call = true
jobs.a = { uses = "./.github/workflows/v.yml" }
[workflows.v]
on.call = true
jobs.a = { uses = "./.github/workflows/w.yml" }
"#,
            &[],
            &[
                "error called-workflow workflows.w.jobs.a.uses: `w.yml` calls itself, by `v.yml`",
                "error called-workflow workflows.v.jobs.a.uses: `v.yml` calls itself, by `w.yml`",
            ],
        ),
        (
            r#"[jobs.j]
uses = "./.github/workflows/w.yml"
[workflows.w]
on.call = true
needs = ["ci"]
jobs.a = { steps = [{ run = "a" }] }
"#,
            &[],
            &["error called-workflow jobs.j.uses: `ci.yml` calls itself, by `w.yml`"],
        ),
        (
            "[workflows.w]\non.manual = true\njobs.a = { uses = \"./.github/workflows/w.yml\" }\n",
            &[],
            &["error called-workflow workflows.w.jobs.a.uses: the workflow `w` cannot be called"],
        ),
    ]);
}
