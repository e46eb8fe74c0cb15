//! The steps that make a job ready for a component.

use super::TOOLCHAINS;
use crate::testing::{Project, job, step, step_names, variable, workflow};
use crate::workflow::{Job, StepKind};

/// The job of a component with these lines, in a pipeline that publishes or does not.
fn component(lines: &str, publishes: bool, check: impl Fn(&Job)) {
    let branches = if publishes { "[\"main\", \"release/*\"]" } else { "[\"main\"]" };
    let project = Project::of(&format!(
        "[project]\nname = \"p\"\nbranches = {branches}\n[components.c]\npath = \"api\"\n{lines}\nchecks = {{ a = \"a\" }}"
    ));
    let lowered = project.lowered();
    check(job(workflow(&lowered, "ci.yml"), "c"));
}

/// Inputs of the actions of a job, as `key=value`.
fn inputs(job: &Job) -> Vec<String> {
    let actions = job.steps().iter().filter_map(|step| match &step.kind {
        StepKind::Uses(action) if action.name != "actions/checkout" => Some(&action.with),
        _ => None,
    });
    actions.flatten().map(|(key, value)| format!("{key}={value}")).collect()
}

/// The lines of a component, the names of its steps, and inputs of its actions.
type Way<'a> = (&'a str, &'a str, &'a str);

const PYTHON: &[Way<'_>] = &[
    ("python = \"3.12\"", "Set up Python", ""),
    (
        "python = \"3.12\"\ninstall = { pip = [\"a.txt\", \"b.txt\"] }",
        "Set up Python, Install dependencies",
        "cache=pip cache-dependency-path=api/a.txt\napi/b.txt",
    ),
    ("python = \"pypy-3.11\"", "Set up Python", "python-version=pypy-3.11"),
    (
        "python = { version = \"3.16\", allow-prerelease = true }",
        "Set up Python",
        "python-version=3.16 allow-prereleases=true",
    ),
    (
        "python = [\"3.14t\", { version = \"3.16\", allow-prerelease = true }]",
        "Set up Python",
        "python-version=${{ matrix.python }} allow-prereleases=${{ matrix.python == '3.16' }}",
    ),
    (
        "python = [\"3.12\", { version = \"3.16\", allow-prerelease = true }]\ninstall = { uv = [] }",
        "Set up uv, Install dependencies",
        "python-version=${{ matrix.python }}",
    ),
    (
        "python = \"3.12\"\ninstall = { poetry = [] }",
        "Install Poetry, Set up Python, Install dependencies",
        "cache=poetry cache-dependency-path=api/poetry.lock",
    ),
    (
        "python = \"3.12\"\ninstall = { uv = [] }",
        "Set up uv, Install dependencies",
        "enable-cache=true cache-dependency-glob=api/uv.lock",
    ),
];

const JAVASCRIPT: &[Way<'_>] = &[
    ("node = [\"24\", { version = \"26-nightly\", optional = true }]", "Set up Node.js", ""),
    ("node = \"24\"", "Set up Node.js", "package-manager-cache=false"),
    (
        "node = \"24\"\ninstall = { npm = [] }",
        "Set up Node.js, Install dependencies",
        "cache=npm cache-dependency-path=api/package-lock.json",
    ),
    (
        "node = \"24\"\ninstall = { pnpm = [] }",
        "Set up pnpm, Set up Node.js, Install dependencies",
        "cache=pnpm cache-dependency-path=api/pnpm-lock.yaml",
    ),
    (
        "node = \"24\"\ninstall = { yarn = [] }",
        "Set up Node.js, Install dependencies",
        "cache=yarn cache-dependency-path=api/yarn.lock",
    ),
    ("bun = \"1.4\"\ninstall = { bun = [] }", "Set up Bun, Install dependencies", "bun-version=1.4"),
    ("deno = \"2.9\"", "Set up Deno", "deno-version=2.9"),
    ("deno = \"2.9\"\ninstall = { deno = [] }", "Set up Deno, Install dependencies", "deno-version=2.9 cache=true"),
];

const COMPILED: &[Way<'_>] = &[
    ("rust = \"1.95\"", "Set up Rust, Restore build cache", "workspaces=api shared-key=p_checks-c_1.95"),
    ("go = \"1.26\"", "Set up Go", "cache-dependency-path=api/go.mod"),
];

const JAVA_RUBY_AND_DOTNET: &[Way<'_>] = &[
    ("java = \"21\"", "Set up Java", "distribution=temurin java-version=21"),
    (
        "java = \"21\"\ninstall = { maven = [] }",
        "Set up Java, Compile",
        "cache=maven cache-dependency-path=api/**/pom.xml\napi/.mvn/extensions.xml",
    ),
    (
        "java = [\"21\", \"25\"]\ninstall = { gradle = [] }",
        "Set up Java, Compile",
        "java-version=${{ matrix.java }} cache=gradle cache-dependency-path=api/**/*.gradle*\n",
    ),
    ("ruby = \"3.4\"", "Set up Ruby", "ruby-version=3.4 working-directory=api"),
    (
        "ruby = \"3.4\"\ninstall = { bundler = [] }",
        "Set up Ruby and install dependencies",
        "ruby-version=3.4 working-directory=api bundler-cache=true",
    ),
    (
        "ruby = \"3.4\"\ninstall = { bundler = [\"--jobs\", \"2\"] }",
        "Set up Ruby, Install dependencies",
        "ruby-version=3.4 working-directory=api",
    ),
    (
        "ruby = \"3.4\"\ninstall = { bundler = [] }\nbefore = [{ name = \"Lock\", run = \"bundle lock\" }]",
        "Set up Ruby, Lock, Install dependencies",
        "ruby-version=3.4 working-directory=api",
    ),
    ("dotnet = \"10.0\"\ninstall = { dotnet = [] }", "Set up .NET, Install dependencies", "dotnet-version=10.0"),
    ("install = { run = \"make deps\" }", "Install dependencies", ""),
];

#[test]
fn each_way_to_install_has_its_steps_and_its_cache() {
    for (lines, steps, cache) in [PYTHON, JAVASCRIPT, COMPILED, JAVA_RUBY_AND_DOTNET].concat() {
        component(lines, false, |job| {
            assert_eq!(step_names(job).join(", "), format!("Check out, {steps}, a"), "{lines}");
            let inputs = inputs(job).join(" ");
            assert!(inputs.contains(cache), "{lines}: {inputs}");
        });
    }
}

#[test]
fn a_job_that_publishes_takes_nothing_from_a_cache() {
    for (lines, allowed) in [
        ("python = \"3.12\"\ninstall = { pip = [\"a.txt\"] }", ""),
        ("python = \"3.12\"\ninstall = { poetry = [] }", ""),
        ("python = \"3.12\"\ninstall = { uv = [] }", "enable-cache=false"),
        ("node = \"24\"\ninstall = { npm = [] }", "package-manager-cache=false"),
        ("node = \"24\"\ninstall = { yarn = [] }", "package-manager-cache=false"),
        ("bun = \"1.4\"", "no-cache=true"),
        ("rust = \"1.95\"", ""),
        ("go = \"1.26\"", "cache=false"),
        ("deno = \"2.9\"\ninstall = { deno = [] }", ""),
        ("java = \"21\"\ninstall = { maven = [] }", ""),
        ("ruby = \"3.4\"\ninstall = { bundler = [] }", ""),
        ("dotnet = \"10.0\"\ninstall = { dotnet = [] }", ""),
    ] {
        component(lines, true, |job| {
            let inputs = inputs(job);
            let caches: Vec<&String> =
                inputs.iter().filter(|it| it.contains("cache") && !it.starts_with("cache-dependency-glob")).collect();
            assert_eq!(caches.iter().map(|it| it.as_str()).collect::<String>(), allowed, "{lines}");
            assert!(!step_names(job).contains(&"Restore build cache"), "{lines}");
        });
    }
}

/// The job of a component in `services/api`, with files beside it.
fn beside(lines: &str, files: &[(&str, &str)], check: impl Fn(&Job)) {
    let text =
        format!("[project]\nname = \"p\"\n[components.c]\npath = \"services/api\"\n{lines}\nchecks = {{ a = \"a\" }}");
    let project = Project::with_files(&text, files);
    let lowered = project.lowered();
    check(job(workflow(&lowered, "ci.yml"), "c"));
}

#[test]
fn yarn_installs_as_its_generation_does_and_corepack_provides_the_version_that_is_named() {
    let lines = "node = \"24\"\ninstall = { yarn = [] }";
    let modern = "__metadata:\n  version: 8\n";
    let named = r#"{"packageManager": "yarn@4.12.0"}"#;
    for (lock, manifest, settings, steps, script) in [
        ("# yarn lockfile v1\n", "{}", "", "", "yarn install --frozen-lockfile"),
        (modern, named, "", "Enable Corepack, ", "yarn install --immutable"),
        (modern, named, "yarnPath: .yarn/releases/yarn-4.12.0.cjs\n", "", "yarn install --immutable"),
    ] {
        let files =
            [("services/yarn.lock", lock), ("services/package.json", manifest), ("services/.yarnrc.yml", settings)];
        beside(lines, &files, |job| {
            let expected = format!("Check out, {steps}Set up Node.js, Install dependencies, a");
            assert_eq!(step_names(job).join(", "), expected, "{lock} {settings}");
            let StepKind::Run(run) = &step(job, "Install dependencies").kind else { panic!("no script: {lock}") };
            assert_eq!(run.script.as_str().trim_end(), script, "{lock} {settings}");
            assert!(inputs(job).contains(&"cache-dependency-path=services/yarn.lock".to_owned()), "{lock}");
        });
    }
}

#[test]
fn a_workspace_of_go_is_part_of_the_cache() {
    for (file, paths) in [
        ("services/api/go.mod", "services/api/go.mod"),
        ("go.work", "services/api/go.mod\ngo.work"),
        ("services/api/go.work", "services/api/**/go.mod\nservices/api/go.work"),
    ] {
        beside("go = \"1.26\"", &[(file, "")], |job| {
            assert!(inputs(job).contains(&format!("cache-dependency-path={paths}")), "{file}: {:?}", inputs(job));
        });
    }
}

#[test]
fn the_wrapper_of_the_repository_is_used() {
    let (maven, gradle) = ("java = \"21\"\ninstall = { maven = [] }", "java = \"21\"\ninstall = { gradle = [\"-q\"] }");
    for (lines, file, script) in [
        (maven, "services/api/pom.xml", "mvn --batch-mode test-compile"),
        (maven, "services/api/mvnw", "./mvnw --batch-mode test-compile"),
        (maven, "services/mvnw", "../mvnw --batch-mode test-compile"),
        (maven, "mvnw", "../../mvnw --batch-mode test-compile"),
        (maven, "gradlew", "mvn --batch-mode test-compile"),
        (gradle, "services/api/gradlew", "./gradlew testClasses -q"),
        (gradle, "services/mvnw", "gradle testClasses -q"),
    ] {
        beside(lines, &[(file, "")], |job| {
            let StepKind::Run(run) = &step(job, "Compile").kind else { panic!("no script: {file}") };
            assert_eq!(run.script.as_str().trim_end(), script, "{file}");
        });
    }
}

#[test]
fn restores_in_locked_mode_where_a_project_has_a_lock_file() {
    let lines = "dotnet = \"10.0\"\ninstall = { dotnet = [] }";
    for (file, script, cached) in [
        ("services/api/src/Api/packages.lock.json", "dotnet restore --locked-mode", true),
        ("services/api/src/Api/obj/packages.lock.json", "dotnet restore", false),
        ("services/packages.lock.json", "dotnet restore", false),
    ] {
        beside(lines, &[(file, "{}"), ("services/api/Api.sln", "")], |job| {
            let StepKind::Run(run) = &step(job, "Install dependencies").kind else { panic!("no script: {file}") };
            assert_eq!(run.script.as_str().trim_end(), script, "{file}");
            let path = "cache-dependency-path=services/api/**/packages.lock.json".to_owned();
            assert_eq!(inputs(job).contains(&path), cached, "{file}");
        });
    }
}

#[test]
fn sdks_of_a_list_are_not_beside_others() {
    for (versions, folder) in [("\"10.0\"", None), ("[\"8.0\", \"10.0\"]", Some("${{ runner.temp }}/dotnet"))] {
        component(&format!("dotnet = {versions}"), false, |job| {
            let found = variable(step(job, "Set up .NET"), "DOTNET_INSTALL_DIR");
            assert_eq!(found.as_deref(), folder, "{versions}");
        });
    }
}

#[test]
fn toolchains_and_installers_have_keys_of_their_own() {
    let toolchains: Vec<&str> = TOOLCHAINS.iter().map(|toolchain| toolchain.key()).collect();
    let installers = TOOLCHAINS.iter().flat_map(|toolchain| toolchain.installers()).map(|installer| installer.key);
    for mut keys in [toolchains, installers.collect()] {
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}

#[test]
fn the_schema_has_every_toolchain_and_installer_that_is_registered_and_no_other() {
    let schema = crate::definition::schema();
    let keys = |table: &str| {
        let properties = schema["definitions"][table]["properties"].as_object().expect("the table has keys");
        properties.keys().cloned().collect::<Vec<_>>()
    };
    let (component, install) = (keys("Component"), keys("Install"));
    for toolchain in TOOLCHAINS {
        assert!(component.iter().any(|key| key == toolchain.key()), "{}", toolchain.key());
    }
    let mut installers: Vec<&str> =
        TOOLCHAINS.iter().flat_map(|toolchain| toolchain.installers()).map(|installer| installer.key).collect();
    installers.push("run");
    installers.sort_unstable();
    let mut written: Vec<&str> = install.iter().map(String::as_str).collect();
    written.sort_unstable();
    assert_eq!(installers, written);
}
