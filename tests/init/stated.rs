//! Facts of the project's own workflows, scripts, tox environments and hooks, each with the place that it is from.

use super::{Fixture, assert_compiles};
use pipewright::init;

const TEST: &str = "def test_a():\n    pass\n";

pub(crate) fn definition(files: &[(&str, &str)]) -> String {
    let fixture = Fixture::of(files);
    let definition = init::definition(&fixture.detect());
    assert_compiles(&definition, &fixture.tree);
    definition
}

/// Lines of a text, however they are aligned.
pub(crate) fn holds(text: &str, lines: &[&str]) {
    let plain = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in lines {
        assert!(text.lines().any(|known| plain(known) == plain(line)), "no `{line}` in\n{text}");
    }
}

/// A workflow with one job.
fn workflow(job: &str) -> String {
    format!("on: [push]\njobs:\n  test:\n{job}")
}

#[test]
fn commands_are_those_of_the_scripts_that_a_workflow_runs() {
    let project = "[project]\nname = \"lib\"\n[build-system]\nrequires = []\n[tool.mypy]\nstrict = true\n";
    let script = "#!/bin/sh -e\nexport PREFIX=\"\"\n[ -d venv ] && export PREFIX=\"venv/bin/\"\nexport FILES=\"lib tests\"\nexport SEED=\"1\"\n\
                  ${PREFIX}ruff check --fix $FILES\n${PREFIX}ruff format $FILES --diff\n${PREFIX}mypy $FILES\n${PREFIX}pytest -q tests \"$@\"\n";
    let text = definition(&[
        ("pyproject.toml", project),
        ("requirements.txt", "-e .\nruff==1\nmypy==1\npytest==9\n"),
        ("scripts/check", script),
        (".github/workflows/test.yml", &workflow("    steps:\n      - run: scripts/check\n")),
        ("tests/test_a.py", TEST),
    ]);
    holds(
        &text,
        &[
            "lint = \"ruff check lib tests\"   # scripts/check:6",
            "format = \"ruff format lib tests --diff\"   # scripts/check:7",
            "types = \"mypy lib tests\"   # scripts/check:8",
            "env = { SEED = \"1\" }   # scripts/check:9",
        ],
    );
}

#[test]
fn extras_and_arguments_are_those_of_tox() {
    let project = "[project]\nname = \"lib\"\n[build-system]\nrequires = []\n[project.optional-dependencies]\nd = [\"aiohttp\"]\n\
                   [dependency-groups]\ntests = [\"pytest\"]\ncov = [{ include-group = \"tests\" }, \"pytest-cov\"]\n";
    let tox = "[tox]\nenvlist = py312\n[testenv]\ndependency_groups = cov\ncommands =\n    pip install -e .[d]\n    pytest tests --run-optional no_x \\\n        --numprocesses auto --cov {posargs}\n    pip install -e .[x]\n";
    let job = "    strategy:\n      matrix:\n        python: ['3.11', '3.12', '3.12.10', '3.13t', 'pypy3.11']\n    steps:\n      - uses: actions/setup-python@v6\n        with: { python-version: '${{ matrix.python }}' }\n      \
               - run: python -m pip install tox\n      - if: matrix.python != 'pypy3.11'\n        run: tox -e ci-py -- -v\n";
    let fuzz = "on: [push]\njobs:\n  fuzz:\n    steps:\n      - uses: actions/setup-python@v6\n        with: { python-version: '3.14' }\n      - run: tox -e fuzz\n";
    let text = definition(&[
        ("pyproject.toml", project),
        ("tox.ini", tox),
        (".github/workflows/fuzz.yml", fuzz),
        (".github/workflows/test.yml", &workflow(job)),
        ("tests/test_a.py", TEST),
    ]);
    holds(
        &text,
        &[
            "python = [\"3.11\", \"3.12\"]   # .github/workflows/test.yml:6",
            "install = { run = \"python -m pip install --editable '.[d]' --group cov\" }   # tox.ini:6",
            "args = [\"--run-optional\", \"no_x\"]   # tox.ini:7",
        ],
    );
}

#[test]
fn services_variables_and_packages_are_those_of_the_job_that_tests() {
    let project = "[project]\nname = \"shop\"\ndependencies = [\"psycopg\", \"fakeredis\"]\n[dependency-groups]\ndev = [\"pytest\"]\n";
    let tests = "on: [pull_request]\nenv:\n  DATABASE_URL: postgres://shop:pw@db:5432/orders\n  CACHE_URL: redis://cache:6379/1\n  SECRET_KEY: ci\n  UV_CACHE_DIR: /tmp\n  OUT: a.json\n\
                 jobs:\n  unit:\n    container: python:3.13-slim\n    services:\n      db:\n        image: library/postgres:17\n        env: { POSTGRES_USER: shop, POSTGRES_PASSWORD: pw }\n      cache: { image: valkey/valkey:8 }\n\
                 \x20   steps:\n      - run: |\n          apt-get install -y libpq-dev\n          cp .env.example .env\n      - run: uv sync --locked --extra web\n      - run: uv run alembic upgrade head\n      - run: echo ${{ env.OUT }}\n      - run: uv run pytest -m \"not e2e\" -n 4 --junitxml=x.xml\n";
    let e2e = "on: [pull_request]\njobs:\n  e2e:\n    steps:\n      - run: uv run pytest -m e2e --verbose\n";
    let text = definition(&[
        ("pyproject.toml", project),
        ("uv.lock", ""),
        (".github/workflows/e2e.yml", e2e),
        (".github/workflows/tests.yaml", tests),
        ("tests/test_a.py", TEST),
    ]);
    holds(
        &text,
        &[
            "python = \"3.13\"   # .github/workflows/tests.yaml:10",
            "install = { uv = [\"--extra\", \"web\"] }   # .github/workflows/tests.yaml:20",
            "env = { SECRET_KEY = \"ci\" }   # .github/workflows/tests.yaml:23",
            "env = { POSTGRES_USER = \"shop\", POSTGRES_PASSWORD = \"pw\", POSTGRES_DB = \"orders\" }",
            "provides = { DATABASE_URL = \"postgres://shop:pw@localhost:5432/orders\" }   # environment variables of the tests",
            "provides = { CACHE_URL = \"redis://localhost:6379/1\" }   # environment variables of the tests",
            "args = [\"-m\", \"not e2e\"]   # .github/workflows/tests.yaml:23",
            "services = [\"postgres\", \"redis\"]",
            "before = [{ run = \"uv run --no-sync alembic upgrade head\" }]   # .github/workflows/tests.yaml:21",
        ],
    );
    assert!(text.contains("{ run = \"sudo apt-get update && sudo apt-get install --yes libpq-dev\" }"), "{text}");
    assert!(text.contains("{ run = \"cp .env.example .env\" }"), "{text}");
}

#[test]
fn a_job_without_services_needs_none() {
    let project = "[project]\nname = \"shop\"\ndependencies = [\"psycopg\"]\n[dependency-groups]\ndev = [\"pytest\"]\n";
    let files = [("pyproject.toml", project), ("uv.lock", ""), ("tests/test_a.py", TEST)];
    assert!(definition(&files).contains("[services.postgres]"));
    let job = workflow("    steps:\n      - run: uv run pytest\n");
    let text = definition(&[&files[..], &[(".github/workflows/ci.yml", job.as_str())]].concat());
    assert!(!text.contains("[services."), "{text}");
    let job = workflow("    steps:\n      - run: docker compose up -d db\n      - run: uv run pytest\n");
    let text = definition(&[&files[..], &[(".github/workflows/ci.yml", job.as_str())]].concat());
    assert!(text.contains("[services.postgres]"), "{text}");
}

#[test]
fn django_is_tested_by_its_own_runner_where_pytest_is_not_a_dependency() {
    let job = "    steps:\n      - run: pip install -r requirements.txt\n      - run: pip install coverage\n      - env: { SECRET_KEY: dummy }\n        run: coverage run --source=app manage.py test --parallel --settings=app.ci app\n";
    let files = [("manage.py", ""), ("requirements.txt", "Django[argon2]==6.1\n"), ("app/tests/test_a.py", TEST)];
    let text = definition(&files);
    assert!(text.contains("runner    = \"django\"\n"), "{text}");
    let text = definition(&[&files[..], &[(".github/workflows/tests.yml", workflow(job).as_str())]].concat());
    holds(&text, &["args = [\"--settings=app.ci\", \"app\"]   # .github/workflows/tests.yml:8"]);
    holds(&text, &["env = { SECRET_KEY = \"dummy\" }   # .github/workflows/tests.yml:8"]);
    assert!(text.contains("install = { pip = [\"requirements.txt\"] }"), "{text}");
}

#[test]
fn environments_of_tox_and_nox_are_the_tests_where_they_do_not_run_pytest() {
    let files = [
        ("pyproject.toml", "[project]\nname = \"lib\"\n[dependency-groups]\ndev = [\"tox==4.67.13\"]\n"),
        ("uv.lock", ""),
        ("tox.ini", "[tox]\nenv_list = py312, py313\n[testenv]\ncommands = python -m unittest\n"),
        ("tests/test_a.py", TEST),
    ];
    let job = "    steps:\n      - run: uv sync --locked\n      - run: uv run tox run -p auto -e py312,py313\n";
    let text = definition(&[&files[..], &[(".github/workflows/ci.yml", workflow(job).as_str())]].concat());
    holds(&text, &["runner = \"tox\"", "args = [\"-e\", \"py312,py313\"]   # .github/workflows/ci.yml:6"]);
    assert!(!text.contains("not among the dependencies"), "{text}");
    let matrix =
        "    strategy: { matrix: { env: [py312, py313] } }\n    steps:\n      - run: uv run tox -e ${{ matrix.env }}\n";
    let text = definition(&[&files[..], &[(".github/workflows/ci.yml", workflow(matrix).as_str())]].concat());
    assert!(text.contains("runner    = \"tox\"\n") && !text.contains("args"), "{text}");
    let pytest = ("tox.ini", "[tox]\nenv_list = py312\n[testenv]\ndeps = pytest\ncommands = pytest {posargs}\n");
    let [manifest, lock, _, module] = files;
    assert!(definition(&[manifest, lock, pytest, module]).contains("runner    = \"pytest\"\n"));
    let session =
        "import nox\n\n@nox.session\ndef tests(session):\n    session.run(\"python\", \"-m\", \"unittest\")\n";
    let text = definition(&[("pyproject.toml", "[project]\nname = \"lib\"\n"), ("noxfile.py", session), module]);
    assert!(text.contains("runner    = \"nox\"\n"), "{text}");
    assert!(text.contains("# nox is not among the dependencies: add it, at an exact version\n"), "{text}");
}

#[test]
fn hooks_of_pre_commit_name_what_is_checked() {
    let project = "[project]\nname = \"app\"\n[dependency-groups]\ndev = [\"pytest\", \"ruff\", \"mypy\"]\n[tool.mypy]\n[tool.ruff]\n";
    let hooks = "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    hooks:\n      - id: ruff-format\n  - repo: local\n    hooks:\n      - id: types\n        entry: uv run mypy backend/app\n        pass_filenames: false\n";
    let text = definition(&[
        ("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"backend\"]\n"),
        ("uv.lock", ""),
        (".pre-commit-config.yaml", hooks),
        ("backend/pyproject.toml", project),
        ("backend/tests/test_a.py", TEST),
    ]);
    holds(
        &text,
        &[
            "format = \"uv run --no-sync ruff format --check .\"   # .pre-commit-config.yaml:4",
            "types = \"uv run --no-sync mypy app\"   # .pre-commit-config.yaml:7",
        ],
    );
}

#[test]
fn a_project_that_nothing_tests_or_checks_is_no_component_beside_others() {
    let json = r#"{ "name": "release", "scripts": { "release": "release-it" } }"#;
    let files = [
        ("package.json", json),
        ("package-lock.json", "{}"),
        ("pyproject.toml", "[project]\nname = \"shop\"\n"),
        ("tests/test_a.py", TEST),
        ("benchmarks/a/package.json", r#"{ "scripts": { "lint": "eslint ." } }"#),
    ];
    let fixture = Fixture::of(&files);
    let project = fixture.detect();
    let names: Vec<&str> = project.components.iter().map(|component| component.name.as_str()).collect();
    assert_eq!(names, ["shop"]);
    let note = "skipped the Node.js project in the root: nothing that tests or checks it was recognised";
    assert!(project.notes.iter().any(|known| known == note), "{:?}", project.notes);
    assert!(project.notes.iter().any(|known| known.contains("`benchmarks/a`")), "{:?}", project.notes);
}

#[test]
fn rust_is_tested_with_the_toolchains_and_features_of_the_workflow() {
    let package = "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nrust-version = \"1.80\"\n";
    let job = "    env: { CARGO: cargo, TARGET: }\n    strategy:\n      matrix:\n        rust: [stable, 1.88.0, beta, nightly]\n        workspace: [., examples]\n    steps:\n      - uses: dtolnay/rust-toolchain@master\n        with: { toolchain: '${{ matrix.rust }}' }\n      \
               - run: ${{ env.CARGO }} test --workspace --all-features --manifest-path ${{ matrix.workspace }}/Cargo.toml ${{ env.TARGET }}\n\
               \x20 msrv:\n    steps:\n      - uses: dtolnay/rust-toolchain@1.80\n      - run: cargo check\n";
    let text = definition(&[
        ("Cargo.toml", package),
        ("Cargo.lock", ""),
        ("a/Cargo.toml", "[package]\nname = \"a\"\n"),
        ("a/src/lib.rs", "#[test]\nfn a() {}\n"),
        (".github/workflows/ci.yml", &workflow(job)),
    ]);
    holds(&text, &["rust = [\"1.88.0\", \"stable\"]   # .github/workflows/ci.yml:7"]);
    holds(&text, &["args = [\"--all-features\"]   # .github/workflows/ci.yml:12"]);
    let lint = "# lint   = \"cargo clippy --workspace --all-targets --all-features --locked -- -D warnings\"";
    assert!(text.contains(lint), "{text}");
}

#[test]
fn rust_is_tested_with_the_toolchain_that_rustup_sets_up_and_not_with_the_least_one_where_nothing_is_locked() {
    let package = "[package]\nname = \"a\"\nrust-version = \"1.57\"\n";
    let source = ("src/lib.rs", "#[test]\nfn a() {}\n");
    let of = |setup: &str| {
        let job = format!("    steps:\n      - run: {setup}\n      - run: cargo test\n");
        let lock = ("Cargo.lock", "");
        definition(&[("Cargo.toml", package), lock, source, (".github/workflows/ci.yml", &workflow(&job))])
    };
    let place = ".github/workflows/ci.yml:5";
    for setup in ["rustup update stable --no-self-update", "rustup toolchain install stable --profile minimal"] {
        holds(&of(setup), &[&format!("rust = \"stable\"   # {place}")]);
    }
    holds(&of("rustup default 1.80.1"), &[&format!("rust = \"1.80.1\"   # {place}")]);
    holds(
        &of("rustup update $nightly && rustup default $nightly"),
        &["rust = \"1.57\"   # rust-version in Cargo.toml"],
    );
    let text = definition(&[("Cargo.toml", package), source]);
    let reason = "newer dependencies may not build with rust-version 1.57: no Cargo.lock holds them";
    holds(&text, &[&format!("rust = \"stable\"   # {reason}")]);
}

#[test]
fn a_check_that_the_workflow_runs_with_another_channel_is_proposed_alone() {
    let of = |channel: &str| {
        let job = format!(
            "    steps:\n      - uses: dtolnay/rust-toolchain@{channel}\n      - run: cargo clippy -- -D warnings\n      \
             - run: cargo fmt --check\n  rust:\n    steps:\n      - uses: dtolnay/rust-toolchain@stable\n      - run: cargo test\n"
        );
        definition(&[
            ("Cargo.toml", "[package]\nname = \"a\"\n"),
            ("Cargo.lock", ""),
            ("src/lib.rs", "#[test]\nfn a() {}\n"),
            (".github/workflows/ci.yml", &workflow(&job)),
        ])
    };
    let lint = "lint = \"cargo clippy -- -D warnings\"";
    let reason =
        |channel: &str| format!("# the workflow runs it with Rust {channel}: it may not pass with another one");
    let format = "format = \"cargo fmt --check\"";
    holds(
        &of("stable"),
        &[&format!("{format} # .github/workflows/ci.yml:7"), &format!("{lint} # .github/workflows/ci.yml:6")],
    );
    holds(&of("beta"), &[&format!("{format} # .github/workflows/ci.yml:7"), &format!("# {lint} {}", reason("beta"))]);
    holds(&of("nightly"), &[&format!("# {format} {}", reason("nightly")), &format!("# {lint} {}", reason("nightly"))]);
}

#[test]
fn coverage_with_plugins_of_the_project_is_not_merged() {
    let of = |more: &str| {
        let project = "[project]\nname = \"lib\"\n[tool.coverage.run]\nsource = [\"lib\"]\n";
        let text = format!("{project}{more}[tool.coverage.report]\nfail_under = 100\n");
        definition(&[("pyproject.toml", &text), ("requirements.txt", "pytest==9\n"), ("tests/test_a.py", TEST)])
    };
    assert!(of("").contains("coverage = \"100%\""), "{}", of(""));
    let text = of("plugins = [\"rules_of_lib\"]\n");
    assert!(!text.contains("coverage = \"100%\""), "{text}");
    let hint = "# `coverage` is left out: the job that merges it lacks `rules_of_lib`, a plugin of coverage.py";
    holds(&text, &[hint]);
}

#[test]
fn an_address_keeps_its_user_where_a_service_has_the_same_name() {
    let job = "    env:\n      DATABASE_URL: postgres://postgres:pw@postgres:5432/postgres\n      CACHE_URL: redis://cache:6379/0\n\
               \x20   services:\n      postgres: { image: 'postgres:16' }\n      cache: { image: 'redis:7' }\n\
               \x20   steps:\n      - run: pip install pytest\n      - run: pytest\n";
    let text = definition(&[
        ("pyproject.toml", "[project]\nname = \"lib\"\ndependencies = [\"psycopg\", \"redis\"]\n"),
        (".github/workflows/ci.yml", &workflow(job)),
        ("tests/test_a.py", TEST),
    ]);
    for address in ["postgres://postgres:pw@localhost:5432/postgres", "redis://localhost:6379/0"] {
        assert!(text.contains(&format!("\"{address}\"")), "{address} {text}");
    }
}

#[test]
fn the_workflow_with_the_usual_name_is_the_main_one() {
    let of = |version: &str| {
        workflow(&format!(
            "    steps:\n      - uses: actions/setup-python@v6\n        with: {{ python-version: '{version}' }}\n      - run: pytest\n"
        ))
    };
    let text = definition(&[
        ("pyproject.toml", "[project]\nname = \"lib\"\n"),
        (".github/workflows/ci-alternative.yml", &of("3.14")),
        (".github/workflows/ci.yml", &of("3.12")),
        ("tests/test_a.py", TEST),
    ]);
    holds(&text, &["python = \"3.12\"   # .github/workflows/ci.yml:6"]);
}

#[test]
fn go_is_tested_with_the_versions_of_the_workflow_that_are_not_older_than_the_module() {
    let of = |module: &str, matrix: &str, version: &str| {
        let job = format!(
            "    strategy:\n      matrix: {{ go: [{matrix}] }}\n    steps:\n      - uses: actions/setup-go@v6\n        \
             with: {{ go-version: '{version}' }}\n      - run: go test ./...\n"
        );
        definition(&[
            ("go.mod", &format!("module example.org/box\n\ngo {module}\n")),
            ("a_test.go", "package a\n"),
            (".github/workflows/ci.yml", &workflow(&job)),
        ])
    };
    let versions = "go = [\"1.21\", \"1.22\"]   # .github/workflows/ci.yml:";
    holds(&of("1.20", "19, 21, 22", "1.${{ matrix.go }}.x"), &[&format!("{versions}8")]);
    holds(&of("1.20", "'1.19', ^1.21, 1.22.x, 1.22.3, stable", "${{ matrix.go }}"), &[&format!("{versions}5")]);
    holds(&of("1.24", "stable", "${{ matrix.go }}"), &["go = \"1.24\"   # go.mod"]);
    let newer = "go = \"1.26\"   # go.mod has 1.15, whose `go test` has no `-shuffle`";
    holds(&of("1.15", "stable", "${{ matrix.go }}"), &[newer]);
}

#[test]
fn node_is_tested_with_the_maintained_versions_of_the_workflow() {
    let job = "    strategy:\n      matrix: { node: [18, 20.x, 22.x, 23, 24] }\n    steps:\n      - uses: actions/setup-node@v6\n        with: { node-version: '${{ matrix.node }}' }\n      - run: npm run test\n";
    let text = definition(&[
        ("package.json", r#"{ "name": "lib", "engines": { "node": ">=18" }, "scripts": { "test": "mocha" } }"#),
        (".npmrc", "package-lock = false\n"),
        (".github/workflows/ci.yml", &workflow(job)),
    ]);
    let versions = "node    = [\"22\", \"24\"]   # .github/workflows/ci.yml:5";
    holds(&text, &[versions]);
    let types = "  types:\n    env: { NODE_OPTIONS: --test }\n    steps:\n      - uses: actions/setup-node@v6\n        with: { node-version: 20 }\n      - run: npm run test:types\n";
    let job = workflow(&format!("{}{types}", job.replace("run test", "run unit")));
    let scripts = r#"{ "name": "lib", "scripts": { "test": "npm run unit", "unit": "mocha", "test:types": "tsd" } }"#;
    let by_parts = definition(&[
        ("package.json", scripts),
        (".npmrc", "package-lock = false\n"),
        (".github/workflows/ci.yml", &job),
    ]);
    holds(&by_parts, &[versions]);
    assert!(!by_parts.contains("NODE_OPTIONS"), "{by_parts}");
    assert!(!text.contains("there is no lock file"), "{text}");
}

#[test]
fn browsers_are_installed_before_a_test_script_that_the_workflow_installs_them_for() {
    let job = "    steps:\n      - run: npm install\n      - run: npx playwright install --with-deps\n      - run: npm test\n";
    let of = |scripts: &str| {
        let json = format!(r#"{{ "name": "lib", "scripts": {scripts}, "devDependencies": {{ "vitest": "4" }} }}"#);
        definition(&[
            ("package.json", &json),
            ("package-lock.json", "{}"),
            ("a.test.js", ""),
            (".github/workflows/ci.yml", &workflow(job)),
        ])
    };
    let install = "npx playwright install --with-deps";
    let text = of(r#"{ "test": "ava" }"#);
    holds(&text, &[&format!("test = \"{install} && npm run test\"   # .github/workflows/ci.yml:6")]);
    assert!(!text.contains("the job that tests also runs"), "{text}");
    let text = of(r#"{ "test": "vitest run" }"#);
    holds(&text, &[&format!("before = [{{ run = \"{install}\" }}]   # .github/workflows/ci.yml:6")]);
}

#[test]
fn bun_is_installed_at_the_version_of_the_project() {
    let lock = ("bun.lock", "{}");
    let json = r#"{ "packageManager": "bun@1.2.20", "scripts": { "build": "bun build.ts", "test": "bun test" } }"#;
    let build = ("build.ts", "");
    let text = definition(&[("package.json", json), lock, build, (".tool-versions", "nodejs 24.7.0\n")]);
    holds(
        &text,
        &[
            "node    = \"24.7.0\"   # .tool-versions",
            "bun     = \"1.2.20\"   # packageManager in package.json",
            "install = { bun = [] }",
            "checks  = { build = \"bun run build\" }",
            "command   = 'bun test --reporter=junit --reporter-outfile=\"$JUNIT\"'",
        ],
    );
}

#[test]
fn tests_in_a_browser_are_proposed_alone() {
    let root = r#"{ "workspaces": ["web"], "scripts": { "lint": "eslint .", "test": "bun run --filter web test" } }"#;
    let web = r#"{ "name": "web", "scripts": { "test": "bunx playwright test" } }"#;
    let text = definition(&[("package.json", root), ("web/package.json", web), ("bun.lock", "{}")]);
    assert!(text.contains("\n# test = \"bun run test\"   # needs browsers and a running application"), "{text}");
}

#[test]
fn projects_that_are_passed_over_are_named() {
    let fixture = Fixture::of(&[("Gemfile", ""), ("app/App.csproj", ""), ("docs/pom.xml", "")]);
    let project = fixture.detect();
    assert!(!project.is_tested());
    let note = "not tested so far: .NET, Ruby;";
    assert!(project.notes.iter().any(|known| known.starts_with(note)), "{:?}", project.notes);
}

#[test]
fn a_development_container_has_the_version_that_nothing_else_sets() {
    let container = "{\n  // the team's\n  \"image\": \"mcr.microsoft.com/devcontainers/python:1-3.13-bookworm\"\n}\n";
    let project = "[project]\nname = \"app\"\n[dependency-groups]\ndev = [\"pytest\"]\n";
    let files =
        [("pyproject.toml", project), ("tests/test_a.py", TEST), (".devcontainer/devcontainer.json", container)];
    holds(&definition(&files), &["python = \"3.13\" # .devcontainer/devcontainer.json"]);
    let text = definition(&[&files[..], &[(".python-version", "3.12\n")]].concat());
    holds(&text, &["python = \"3.12\" # .python-version"]);
}

#[test]
fn tests_without_a_manifest_are_named() {
    let project = Fixture::of(&[("backend/tests/test_a.py", TEST)]).detect();
    assert!(!project.is_tested());
    let note = "`backend/tests/test_a.py` is a test, but no pyproject.toml,";
    assert!(project.notes.iter().any(|known| known.starts_with(note)), "{:?}", project.notes);
}
