//! Rules that look at the files around the tests.

use super::said;

#[test]
fn processes_that_share_a_service() {
    let shared = [
        "warning shared-service tests.t.workers: all processes of `t` share one `postgres`, and nothing keeps them apart",
    ];
    let run = |more: &str| {
        format!(
            "[tests.t]\ncomponent = \"backend\"\nrunner = \"pytest\"\npaths = [\"tests/integration/store\"]\nservices = [\"postgres\"]\n{more}\n"
        )
    };
    let fixture = "def database(testrun_uid): ...\n";
    for (more, file, lines) in [
        ("workers = 2", "backend/tests/unit/conftest.py", &shared[..]),
        ("workers = 2", "backend/tests/integration/conftest.py", &[]),
        ("workers = 2", "backend/conftest.py", &[]),
        ("workers = 2\nisolation = \"test\"", "other.py", &[]),
        ("workers = 1", "other.py", &[]),
        ("", "other.py", &[]),
        ("args = [\"-n\", \"2\"]", "other.py", &shared[..]),
        ("args = [\"-n2\"]", "backend/conftest.py", &[]),
    ] {
        let mut said = said(&run(more), &[(file, fixture)]);
        said.retain(|line| line.contains(" shared-service "));
        assert_eq!(said, lines, "{more} {file}");
    }
}

#[test]
fn processes_of_django_have_databases_of_their_own() {
    let run = |service: &str| {
        format!(
            "[components.shop]\npython = \"3.12\"\n[tests.shop]\ncomponent = \"shop\"\nrunner = \"django\"\nworkers = 2\n\
             services = [\"it\"]\n[services.it]\nimage = \"{service}\"\n"
        )
    };
    for (service, count) in [("postgres:16-alpine", 0), ("postgis/postgis:16-3.5", 0), ("redis:7-alpine", 1)] {
        let found = said(&run(service), &[("manage.py", "")]);
        assert_eq!(
            found.iter().filter(|line| line.contains(" shared-service ")).count(),
            count,
            "{service}: {found:?}"
        );
    }
}

#[test]
fn django_starts_where_its_file_is() {
    let text = "[components.shop]\npath = \"shop\"\npython = \"3.12\"\n[tests.shop]\ncomponent = \"shop\"\nrunner = \"django\"\n";
    let of = |file: &str| {
        let mut said = said(text, &[(file, ""), ("shop/a.py", "")]);
        said.retain(|line| line.contains(" missing-path "));
        said
    };
    let missing =
        "error missing-path tests.shop.runner: `django` starts `shop/manage.py`, which is not in the repository";
    assert_eq!(of("manage.py"), [missing]);
    assert!(of("shop/manage.py").is_empty());
}

#[test]
fn paths_without_tests_of_other_runners() {
    let text = |runner: &str, more: &str| {
        format!(
            "[components.c]\nnode = \"24\"\nrust = \"1.95\"\n[tests.t]\ncomponent = \"c\"\nrunner = \"{runner}\"\nnot-tests = [\"demo\"]\n{more}"
        )
    };
    let said = |runner: &str, more: &str| {
        let mut said = said(&text(runner, more), &[("demo/a.test.ts", ""), ("src/b.test.ts", "")]);
        said.retain(|line| line.contains("not-tests"));
        said
    };
    assert!(said("vitest", "paths = [\"src\"]").is_empty());
    let overlap = "error not-tests tests.t.not-tests[0]: `t` runs `demo/a.test.ts`, which `demo` overlaps";
    assert_eq!(said("vitest", "paths = [\"src\", \"demo/a.test.ts\"]"), [overlap]);
    let all =
        "error not-tests tests.t.not-tests[0]: `t` has no `paths`, so it runs everything that it finds, `demo` as well";
    assert_eq!(said("vitest", ""), [all]);
    let cannot = "error runner-capability tests.t.not-tests: `nextest` cannot select `demo`: it selects tests by expressions: `args = [\"-E\", \"…\"]`";
    assert_eq!(said("nextest", ""), [cannot]);
}

#[test]
fn paths_that_a_runner_cannot_select() {
    let text = |runner: &str, path: &str| {
        format!(
            "[components.c]\nnode = \"24\"\ngo = \"1.26\"\nrust = \"1.95\"\n[tests.t]\ncomponent = \"c\"\nrunner = \"{runner}\"\n\
             [suites.s]\nof = \"t\"\npaths = [\"{path}\"]\n[quarantine.\"{path}\"]\nof = \"t\"\nreason = \"r\"\nuntil = 2999-01-01\n"
        )
    };
    for (runner, path, reason) in [
        ("vitest", "a.test.ts", None),
        ("jest", "lib", None),
        ("go", "lib", None),
        ("vitest", "a.test.ts::x", Some("it runs whole files")),
        ("go", "lib/a_test.go", Some("it runs whole packages")),
        ("nextest", "lib", Some("it selects tests by expressions: `args = [\"-E\", \"…\"]`")),
    ] {
        let mut said = said(&text(runner, path), &[("a.test.ts", ""), ("lib/a_test.go", "")]);
        said.retain(|line| line.contains(" runner-capability "));
        let message = |reason| format!("`{runner}` cannot select `{path}`: {reason}");
        let expected: Vec<String> = reason.map_or(Vec::new(), |reason| {
            let suite = format!("error runner-capability suites.s.paths[0]: {}", message(reason));
            vec![format!("error runner-capability quarantine.{path}: {}", message(reason)), suite]
        });
        let mut sorted = expected.clone();
        sorted.sort();
        said.sort();
        assert_eq!(said, sorted, "{runner} {path}");
    }
}
