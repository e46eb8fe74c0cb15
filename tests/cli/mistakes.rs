//! Mistakes that people make: each has one error, whose help is what to type.

use crate::support::Project;

/// A definition that is valid, for one mistake at a time.
const SHOP: &str = r#"version = 1

[project]
name = "shop"
skip-unchanged = true

[components.api]
path = "api"
python = "3.12"
install = { pip = ["requirements.txt"] }
checks = { lint = "ruff check ." }

[services.db]
image = "postgres:16-alpine"
env = { POSTGRES_PASSWORD = "test" }
ports = [5432]
health = "pg_isready"

[tests.api]
component = "api"
runner = "pytest"
paths = ["tests"]
services = ["db"]
isolation = "worker"
shards = 2

[notify]
slack = { webhook = { secret = "SLACK_WEBHOOK_URL" } }

[monitoring]
prometheus = { url = { var = "PROMETHEUS_URL" } }

[metrics.errors]
unit = "ratio"
query = 'sum(rate(errors{version="$version"}[$window])) / sum(rate(requests{version="$version"}[$window]))'
samples = { query = 'sum(increase(requests{version="$version"}[$window]))', at-least = 100 }
window = "5m"

[allow]
unused = "the mistakes need no environment"
"#;

fn project(definition: &str) -> Project {
    Project::of(definition)
        .with("api/requirements.txt", "pytest\n")
        .with("api/tests/test_api.py", "def test_api():\n    pass\n")
}

const JOB: &str = "\n[jobs.docs]\nsteps = [{ run = \"make docs\" }]\n";

/// A piece of the definition, what is written in its place, the code of the one error, and its help.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    // Words of GitHub.
    ("shards = 2", "needs = [\"web\"]", "unknown-key", "remove it: a job waits for the jobs whose results it uses"),
    ("shards = 2", "matrix = { python = [\"3.11\"] }", "unknown-key", "remove it: a list is a matrix, as in `python"),
    ("version = 1", "version = 1\non = [\"push\"]", "unknown-key", "write `branches` in `[project]`"),
    ("path = \"api\"", "path = \"api\"\ntimeout-minutes = 20", "unknown-key", "write `timeout = \"20m\"`"),
    (
        "path = \"api\"",
        "path = \"api\"\nstrategy = { fail-fast = false }",
        "unknown-key",
        "remove it: a list is a matrix",
    ),
    ("steps =", "if = \"success()\"\nsteps =", "unknown-key", "write `when` at a job or a step"),
    ("run = \"make docs\"", "run = \"x\", if = \"failure()\"", "unknown-key", "write `when` at a job or a step"),
    ("run = \"make docs\"", "run = \"x\", continue-on-error = true", "unknown-key", "`merge = \"reported\"`"),
    ("run = \"make docs\"", "run = \"x\", working-directory = \"docs\"", "unknown-key", "write `path = \"docs\"`"),
    ("run = \"make docs\"", "uses = \"actions/setup-java@v4\"", "step-kind", "write `uses = \"actions/setup-java\"`"),
    ("name = \"shop\"", "name = \"shop\"\nconcurrency = \"x\"", "unknown-key", "remove it: a newer commit"),
    (
        "{ secret = \"SLACK_WEBHOOK_URL\" }",
        "\"${{ secrets.SLACK_WEBHOOK_URL }}\"",
        "expression-in-text",
        "write `{ secret = \"SLACK_WEBHOOK_URL\" }`",
    ),
    (
        "path = \"api\"",
        "path = \"api\"\nruns-on = \"${{ matrix.os }}\"",
        "expression-in-text",
        "elsewhere a list is the matrix",
    ),
    // Another table.
    ("path = \"api\"", "path = \"api\"\nshards = 4", "unknown-key", "this key belongs to `[tests.<name>]`"),
    (
        "window = \"5m\"",
        "window = \"5m\"\nlimits = { max = \"1%\" }",
        "unknown-key",
        "this key belongs to `[environments.<name>]`",
    ),
    ("[monitoring]\n", "", "unknown-key", "this key belongs to `[monitoring]`"),
    ("[components.api]", "[components]", "wrong-type", "write `[components.<name>]`"),
    ("[tests.api]", "[[tests]]", "wrong-type", "write `[tests.<name>]`"),
    // Misspelt, without an error about the key that is missing for it.
    ("name = \"shop\"", "Name = \"shop\"", "unknown-key", "did you mean `name`?"),
    ("at-least", "at_least", "unknown-key", "did you mean `at-least`?"),
    // Types.
    ("{ pip = [\"requirements.txt\"] }", "\"make\"", "wrong-type", "write `install = { run = \"make\" }`"),
    ("{ pip = [\"requirements.txt\"] }", "{ npm = true }", "wrong-type", "write `npm = []`"),
    ("[5432]", "[\"5432:5432\"]", "wrong-type", "write `5432`"),
    ("= \"test\" }", "= 1234 }", "wrong-type", "write `POSTGRES_PASSWORD = \"1234\"`"),
    ("version = 1", "version = 2", "out-of-range", "update Pipewright, or write `version = 1`"),
    (
        "[notify]",
        "[quarantine.\"api/tests/test_api.py\"]\nreason = \"x\"\nuntil = \"2027-01-01\"\n[notify]",
        "invalid-value",
        "write `2027-01-01`, without quotes",
    ),
    // Paths.
    ("paths = [\"tests\"]", "paths = [\"api/tests\"]", "missing-path", "write `\"tests\"`: paths start from `api`"),
    // TOML.
    ("path = \"api\"", "path: \"api\"", "syntax", "write `path = \"api\"`"),
    ("[components.api]", "components:\n  api:", "syntax", "write `[components]`: this file is TOML, not YAML"),
    (
        "paths = [\"tests\"]",
        "paths = [\"tests\"",
        "syntax",
        "close it with `]`, or write a comma before the next value",
    ),
    ("path = \"api\"", "path = \"api\"\npath = \"b\"", "syntax", "keep one of them"),
    ("[notify]", "[tests.api]\ncomponent = \"api\"\nrunner = \"pytest\"\n[notify]", "syntax", "keep one of them"),
    ("path = \"api\"", "path = “api”", "syntax", "write straight quotes: `\"api\"`"),
    ("path = \"api\"", "path = null", "syntax", "remove the key: TOML has no value for nothing"),
    ("path = \"api\"", "path = api", "syntax", "write `\"api\"`"),
    ("skip-unchanged = true", "skip-unchanged = True", "syntax", "write `true`"),
    ("path = \"api\"", "path = \"api\" // the service", "syntax", "write `#` before a comment"),
];

#[test]
fn the_definition_without_a_mistake_is_valid() {
    let ran = project(&format!("{SHOP}{JOB}")).run(["generate"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn a_mistake_has_one_error_with_what_to_type() {
    let valid = format!("{SHOP}{JOB}");
    let mut wrong = Vec::new();
    for (piece, mistake, code, help) in MISTAKES {
        assert!(valid.contains(piece), "{piece}");
        let ran = project(&valid.replacen(piece, mistake, 1)).run(["check"]);
        let errors = ran.err.matches("error[").count();
        let is_right = ran.code == 3 && errors == 1 && ran.err.contains(&format!("error[{code}]"));
        if !is_right || !ran.err.contains(&format!("= help: {help}")) && !ran.err.contains(help) {
            wrong.push(format!("{mistake}\n{}", ran.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_duplicate_is_shown_with_the_first() {
    let ran =
        project(&SHOP.replace("[notify]", "[services.db]\nimage = \"x\"\nhealth = \"y\"\n[notify]")).run(["check"]);
    let (first, second) = (ran.err.find("first defined here"), ran.err.find("[services.db]"));
    assert!(second.is_some() && first > second, "{}", ran.err);
}

#[test]
fn many_errors_take_time_by_their_number_alone() {
    let lines = |line: &dyn Fn(usize) -> String| (0..20_000).map(line).collect::<String>();
    for text in [
        lines(&|index| format!("a{index} = [1 2\n")),
        lines(&|index| format!("a{index} = [1 2]\n")),
        lines(&|index| format!("a{} = 1\n", index % 3)),
        lines(&|index| format!("k{index}:\n  x:\n")),
    ] {
        let ran = Project::of(&format!("version = 1\n{text}")).run(["check"]);
        assert_eq!(ran.code, 3, "{}", ran.err.lines().take(3).collect::<String>());
        assert!(ran.err.len() < 40_000, "{}", ran.err.len());
    }
}
