//! Errors of an invalid definition: the whole message, as on the terminal.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

/// Runs `check` on a definition and returns the errors.
fn said(definition: &str) -> String {
    let ran = Project::of(definition).run(["check"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
    ran.err
}

#[test]
fn several_syntax_errors() {
    assert_snapshot!(said("version = \n[project\nname = \"small\"\nname = 'x\n"), @"
    error[syntax]: string values must be quoted, expected literal string
     --> pipeline.toml:1:11
      |
    1 | version = 
      |           ^

    error[syntax]: unclosed table, expected `]`
     --> pipeline.toml:2:9
      |
    2 | [project
      |         ^

    for more information, run `pipewright explain syntax`
    2 errors; nothing was written
    ");
}

#[test]
fn a_duplicate_key() {
    assert_snapshot!(said(&SMALL.replace("[components", "name = \"other\"\n[components")), @r#"
    error[syntax]: duplicate key
     --> pipeline.toml:6:1
      |
    4 | name = "small"
      | ---- first defined here
    5 |
    6 | name = "other"
      | ^^^^
      |
      = help: keep one of them

    for more information, run `pipewright explain syntax`
    1 error; nothing was written
    "#);
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(said(&SMALL.replace("python", "pyhton")), @r#"
    error[unknown-key]: there is no key `pyhton` here
     --> pipeline.toml:7:1
      |
    7 | pyhton = "3.12"
      | ^^^^^^
      |
      = help: did you mean `python`?

    for more information, run `pipewright explain unknown-key`
    1 fix is certain: `pipewright check --fix` applies it
    1 error; nothing was written
    "#);
}

#[test]
fn an_unknown_key_that_is_like_no_other() {
    assert_snapshot!(said(&format!("{SMALL}zebra = true\n")), @"
    error[unknown-key]: there is no key `zebra` here
     --> pipeline.toml:9:1
      |
    9 | zebra = true
      | ^^^^^
      |
      = help: there is `path`, `watch`, `ignore`, `python`, `node`, `bun`, `rust`, `go`, `java`, `ruby`, `dotnet`, `deno`, `custom`, `install`, `env`, `checkout`, `packages`, `when`, `checks`, `runs-on`, `timeout`, `before` and `after`

    for more information, run `pipewright explain unknown-key`
    1 error; nothing was written
    ");
}

#[test]
fn an_unknown_table() {
    assert_snapshot!(said(&format!("{SMALL}[enviroments.staging]\ndeploy = []\n")), @"
    error[unknown-key]: there is no key `enviroments` here
     --> pipeline.toml:9:2
      |
    9 | [enviroments.staging]
      |  ^^^^^^^^^^^
      |
      = help: did you mean `environments`?

    for more information, run `pipewright explain unknown-key`
    1 fix is certain: `pipewright check --fix` applies it
    1 error; nothing was written
    ");
}

#[test]
fn a_missing_key() {
    assert_snapshot!(said(&format!("{SMALL}[tests.tool]\ncomponent = \"tool\"\n")), @r#"
    error[missing-key]: `tests.tool` has no `runner`
     --> pipeline.toml:9:8
      |
    9 | [tests.tool]
      |        ^^^^
      |
      = help: add `runner = "pytest"`

    for more information, run `pipewright explain missing-key`
    1 error; nothing was written
    "#);
}

#[test]
fn a_missing_table() {
    assert_snapshot!(said("version = 1\n"), @r#"
    error[missing-key]: `project` is missing
    --> pipeline.toml
     = help: add `project = { name = "atom", branches = ["main"] }`

    for more information, run `pipewright explain missing-key`
    1 error; nothing was written
    "#);
}

#[test]
fn a_wrong_type() {
    assert_snapshot!(said(&SMALL.replace("\"3.12\"", "3.12").replace("name = \"small\"", "name = [\"small\"]")), @r#"
    error[wrong-type]: expected a string, found a list
     --> pipeline.toml:4:8
      |
    4 | name = ["small"]
      |        ^^^^^^^^^
      |
      = help: write `name = "small"`

    error[wrong-type]: expected a string or a table or a list, found a number
     --> pipeline.toml:7:10
      |
    7 | python = 3.12
      |          ^^^^
      |
      = help: write `python = "3.12"`

    for more information, run `pipewright explain wrong-type`
    2 fixes are certain: `pipewright check --fix` applies them
    2 errors; nothing was written
    "#);
}

#[test]
fn a_table_instead_of_a_string() {
    assert_snapshot!(said(&SMALL.replace("\"ruff check .\"", "{ run = \"ruff check .\" }")), @r#"
    error[wrong-type]: expected a string, found a table
     --> pipeline.toml:8:19
      |
    8 | checks = { lint = { run = "ruff check ." } }
      |                   ^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `lint = "ruff check ."`

    for more information, run `pipewright explain wrong-type`
    1 error; nothing was written
    "#);
}

#[test]
fn a_word_that_is_none_of_the_choices() {
    let tests = "[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nsplit = \"timing\"\n";
    assert_snapshot!(said(&format!("{SMALL}{tests}")), @r#"
    error[unknown-value]: `"timing"` is not one of `timings`, `count` and `files`
      --> pipeline.toml:12:9
       |
    12 | split = "timing"
       |         ^^^^^^^^
       |
       = help: did you mean `timings`?

    for more information, run `pipewright explain unknown-value`
    1 fix is certain: `pipewright check --fix` applies it
    1 error; nothing was written
    "#);
}

#[test]
fn a_number_out_of_range() {
    let tests = "[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nshards = 0\nreruns = 11\nworkers = 100\n";
    assert_snapshot!(said(&format!("{SMALL}{tests}")), @"
    error[out-of-range]: `0` is less than 1
      --> pipeline.toml:12:10
       |
    12 | shards = 0
       |          ^
       |
       = help: write at least 1

    error[out-of-range]: `11` is more than 10
      --> pipeline.toml:13:10
       |
    13 | reruns = 11
       |          ^^
       |
       = help: write at most 10

    error[out-of-range]: `100` is more than 64
      --> pipeline.toml:14:11
       |
    14 | workers = 100
       |           ^^^
       |
       = help: write at most 64

    for more information, run `pipewright explain out-of-range`
    3 errors; nothing was written
    ");
}

#[test]
fn a_value_without_its_unit() {
    assert_snapshot!(said(&format!("{SMALL}timeout = \"90\"\n[gates]\npass-rate = \"100\"\nslowest = \"1.5s\"\n")), @r#"
    error[invalid-value]: invalid value `"90"` for `components.tool.timeout`
     --> pipeline.toml:9:11
      |
    9 | timeout = "90"
      |           ^^^^
      |
      = help: write `timeout = "90s"`

    error[invalid-value]: invalid value `"100"` for `gates.pass-rate`
      --> pipeline.toml:11:13
       |
    11 | pass-rate = "100"
       |             ^^^^^
       |
       = help: write `pass-rate = "100%"`

    error[invalid-value]: invalid value `"1.5s"` for `gates.slowest`
      --> pipeline.toml:12:11
       |
    12 | slowest = "1.5s"
       |           ^^^^^^
       |
       = help: write a time with its unit, as in `90s`, `500ms` or `1h30m`

    for more information, run `pipewright explain invalid-value`
    3 errors; nothing was written
    "#);
}

#[test]
fn a_name_that_is_none() {
    assert_snapshot!(said(&SMALL.replace("\"small\"", "\"Small Tool\"").replace("components.tool", "components.Tool")), @r#"
    error[invalid-value]: invalid value `"Small Tool"` for `project.name`
     --> pipeline.toml:4:8
      |
    4 | name = "Small Tool"
      |        ^^^^^^^^^^^^
      |
      = help: use lower-case letters, digits and hyphens, starting with a letter, at most 40 characters

    error[invalid-value]: `Tool` is not a name
     --> pipeline.toml:6:13
      |
    6 | [components.Tool]
      |             ^^^^
      |
      = help: use lower-case letters, digits and hyphens, starting with a letter, at most 40 characters

    for more information, run `pipewright explain invalid-value`
    2 errors; nothing was written
    "#);
}

#[test]
fn a_runner_that_there_is_not() {
    assert_snapshot!(said(&format!("{SMALL}[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytset\"\n")), @r#"
    error[runner-name]: there is no runner `pytset`
      --> pipeline.toml:11:10
       |
    11 | runner = "pytset"
       |          ^^^^^^^^
       |
       = help: did you mean `pytest`?

    for more information, run `pipewright explain runner-name`
    1 fix is certain: `pipewright check --fix` applies it
    1 error; nothing was written
    "#);
}

#[test]
fn every_mistake_of_a_file_at_once() {
    let definition = SMALL.replace("python", "pyhton").replace("version = 1", "version = \"1\"");
    let text = said(&format!("{definition}[gates]\nslowest = 30\n"));
    assert_eq!(text.matches("error[").count(), 3, "{text}");
    assert!(text.ends_with("3 errors; nothing was written\n"), "{text}");
}

#[test]
fn a_mistake_in_what_is_extended() {
    let project =
        Project::of(&format!("extends = \"base.toml\"\n{SMALL}")).with("base.toml", "[gates]\nslowst = \"30s\"\n");
    assert_snapshot!(project.run(["check"]).err, @r#"
    error[unknown-key]: there is no key `slowst` here
     --> base.toml:2:1
      |
    2 | slowst = "30s"
      | ^^^^^^
      |
      = help: did you mean `slowest`?

    for more information, run `pipewright explain unknown-key`
    1 fix is certain: `pipewright check --fix` applies it
    1 error; nothing was written
    "#);
}

#[test]
fn definitions_that_extend_each_other() {
    let project =
        Project::of(&format!("extends = \"base.toml\"\n{SMALL}")).with("base.toml", "extends = \"pipeline.toml\"\n");
    assert_snapshot!(project.run(["check"]).whole(), @"
    stderr:
    error: cannot read `pipeline.toml`: definitions extend each other in a cycle
      = help: remove `extends` from `base.toml`
    status: 4
    ");
}

#[test]
fn a_base_outside_of_the_repository() {
    let project = Project::of(&format!("extends = \"../base.toml\"\n{SMALL}"));
    assert_snapshot!(project.run(["check"]).whole(), @"
    stderr:
    error: cannot read `../base.toml`: it is outside of the repository
      = help: name a file of this repository in `extends` of `pipeline.toml`
    status: 4
    ");
}

#[test]
fn a_template_of_the_users_own_that_asks_for_too_much() {
    let definition = SMALL.replace("checks", "install = { pip = [\"requirements.txt\"] }\nchecks");
    let project = Project::of(&definition)
        .with("requirements.txt", "")
        .with("templates/pip.sh", "python -m pip install \\\n  -r <%= file %>\n");
    assert_snapshot!(project.run(["check"]).err, @"
    error[template]: line 2: undefined value
    --> templates/pip.sh
     = help: compare it with the built-in template of that name

    for more information, run `pipewright explain template`
    1 error; nothing was written
    ");
}

#[test]
fn a_template_that_would_not_end_ends_in_an_error() {
    let definition = SMALL.replace("checks", "install = { pip = [\"requirements.txt\"] }\nchecks");
    let deep = 40;
    let mut wrong = Vec::new();
    let nested = |open: &str, inner: &str| format!("{}{inner}{}", open.repeat(deep), "<% endfor %>".repeat(deep));
    for (template, message) in [
        ("\n<% for i in range(1000000000) %>x<% endfor %>".to_owned(), "line 2: range is unknown"),
        ("<% for i in 'x' * 1000000000 %><% endfor %>".to_owned(), "line 1: `*` is not part of a template"),
        ("\n\n<% set a = a ~ a %>".to_owned(), "line 3: `~` is not part of a template"),
        ("<%= words + words %>".to_owned(), "line 1: `+` is not part of a template"),
        ("<% for a in [[a, a]] %><% endfor %>".to_owned(), "line 1: `[` is not part of a template"),
        ("<%= 'a'|center(1000000000) %>".to_owned(), "line 1: filter center is unknown"),
        ("<%= 'a\\'~'|replace('a', 'aa') %>".to_owned(), "line 1: filter replace is unknown"),
        (nested("<% for a in words %><% for b in 'abc' %>", "<% endfor %>"), "line 1: "),
        (nested("<% for a in 'abcdefghij' %>", "x"), "line 1: the template takes more than 100000 steps"),
        (nested("<% for a in 'aaaaaaaaaaaaaaaa' %>", &"x".repeat(20_000)), "line 1: the script is larger than 128 KiB"),
        ("x".repeat(200_000), "line 1: the template is larger than 128 KiB"),
        (format!("<%= {}1{} %>", "(".repeat(60_000), ")".repeat(60_000)), "line 1: "),
        ("<% for a in words recursive %><%= loop(words) %><% endfor %>".to_owned(), "line 1: "),
    ] {
        let project = Project::of(&definition).with("requirements.txt", "").with("templates/pip.sh", &template);
        let began = std::time::Instant::now();
        let ran = project.run(["check"]);
        assert!(began.elapsed().as_secs() < 60, "{message}");
        assert_eq!(ran.code, 3, "{ran:?}");
        if !ran.err.starts_with(&format!("error[template]: {message}")) {
            wrong.push(format!("{message}: {}", ran.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_lock_that_is_broken() {
    let project = Project::of(SMALL).with("pipeline.lock", "version = 1\n\n[actions]\n\"actions/checkout\" = \"v7\"\n");
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 3);
    let first = ran.err.split("\n\n").next().expect("an error");
    assert_snapshot!(first, @r#"
    error[lock]: `actions/checkout` is not a table
     --> pipeline.lock:4:22
      |
    4 | "actions/checkout" = "v7"
      |                      ^^^^
      |
      = help: a pin is written `"name" = { … }`, under [actions], [images] or [tools]
    "#);
}

#[test]
fn a_value_that_cannot_be_read_keeps_its_line_where_the_definition_extends_another() {
    let cron = "[project]\nname = \"x\"\nnightly = { cron = \"99 9 * * *\" }\n";
    let head = "version = 1\nextends = \"b.toml\"\n";
    let rest = "[components.a]\nchecks = { a = \"true\" }\n";
    for (definition, base, place) in [
        (format!("{head}{cron}{rest}"), String::new(), "pipeline.toml:5:"),
        (format!("{head}{rest}"), cron.to_owned(), "b.toml:3:"),
        (format!("{head}{rest}"), format!("\u{feff}# é\n{cron}"), "b.toml:4:"),
    ] {
        let ran = Project::of(&definition).with("b.toml", base).run(["check"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains(&format!("--> {place}")), "{ran:?}");
    }
}

/// Values of the wrong type or without a unit, each with its message and the text to type.
const MISTYPED: &[(&str, &str, &str)] = &[
    ("[tests.t]\nshards = \"4\"", "expected an integer, found a string", "write `shards = 4`"),
    ("[tests.t]\nshards = \"four\"", "expected an integer, found a string", "for example, `shards = 4`"),
    ("[tests.t]\npaths = \"tests\"", "expected a list, found a string", "write `paths = [\"tests\"]`"),
    ("[tests.t]\nargs = [1]", "expected a string, found an integer", "write `\"1\"`"),
    (
        "[tests.t]\nworkers = true",
        "expected an integer or a string, found a boolean",
        "for example, `workers = \"auto\"`",
    ),
    (
        "[components.c]\npython = 3.10",
        "expected a string or a table or a list, found a number",
        "write `python = \"3.10\"`",
    ),
    ("[components.c]\nchecks = { a = { run = \"b\" } }", "expected a string, found a table", "write `a = \"b\"`"),
    ("[images.i]\nattest = \"false\"", "expected a boolean, found a string", "write `attest = false`"),
    ("[gates]\nslowest = 30", "expected a string, found an integer", "write `slowest = \"30s\"`"),
    ("[gates]\npass-rate = 99.5", "expected a string, found a number", "write `pass-rate = \"99.5%\"`"),
    ("[tests]\nt = \"pytest\"", "expected a table, found a string", "declare it as `[tests.t]`"),
    (
        "[workflows.w]\non = { schedule = [\"5 4 * * *\"] }",
        "expected a table, found a string",
        "write `{ cron = \"5 4 * * *\" }`",
    ),
    ("[suites.s]\non = [[]]", "expected a string, found a list", "for example, `\"nightly\"`"),
    ("[components.c.env]\nA = [[]]", "expected a string or a table, found a list", "write `\"…\"`"),
    ("[jobs.j.matrix]\ninclude = [{ os = {} }]", "expected a string, found a table", "write `os = \"…\"`"),
];

#[test]
fn a_wrong_type_is_an_error_with_the_text_to_type() {
    for (text, message, help) in MISTYPED {
        let printed = said(&format!("{SMALL}{text}\n"));
        assert!(printed.contains(&format!("]: {message}\n")), "{text}\n{printed}");
        assert!(printed.contains(&format!("= help: {help}\n")), "{text}\n{printed}");
    }
}

/// Every former key and value, with the text that a definition of an earlier version has.
const FORMER: &[(&str, &str, &str)] = &[
    ("[environments.e]\nafter = \"staging\"", "`after` is now `needs`", "write `needs = \"staging\"`"),
    ("[environments.e]\nfinally = [{ run = \"x\" }]", "`finally` is now `after`", "write `after = [{ run = \"x\" }]`"),
    (
        "[environments.e.migrate]\nworkload = \"w\"\nrun = \"m\"\non-restore = { run = \"u\" }",
        "`on-restore` is now `on-rollback`",
        "write `on-rollback = { run = \"u\" }`",
    ),
    (
        "[environments.e.traffic]\nthrough = \"gateway-api\"",
        "`through` is now `provider`",
        "write `provider = \"gateway-api\"`",
    ),
    ("[suites.s]\nalso = [\"nightly\"]", "`also` is now `on`", "write `on = [\"nightly\"]`"),
    ("[tests.t]\ndistribute = \"load-scope\"", "`distribute` is now `dist`", "write `dist = \"loadscope\"`"),
    ("[tests.t]\ndist = \"work-steal\"", "`\"work-steal\"` is now `\"worksteal\"`", "write `\"worksteal\"`"),
    ("[tests.t]\nmeasure = [\"core\"]", "`measure` is now `coverage.source`", "write `coverage.source = [\"core\"]`"),
    (
        "[tests.t]\nreport-version = \"3.12\"",
        "`report-version` is now `coverage.version`",
        "write `coverage.version = \"3.12\"`",
    ),
    ("[notify.issue]\non = [\"restored\"]", "`\"restored\"` is now `\"rollback\"`", "write `\"rollback\"`"),
];

#[test]
fn a_former_name_is_an_error_that_names_the_new_one() {
    for (text, message, help) in FORMER {
        let printed = said(&format!("{SMALL}{text}\n"));
        assert!(printed.contains(&format!("]: {message}\n")), "{text}\n{printed}");
        assert!(printed.contains(&format!("= help: {help}\n")), "{text}\n{printed}");
        for follow_up in ["has no `on-rollback`", "has no `provider`", "expected "] {
            assert!(!printed.contains(follow_up), "{text}\n{printed}");
        }
    }
}
