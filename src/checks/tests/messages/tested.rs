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
