//! Projects of Java, Ruby, Deno and .NET: proposed where their commands are sure.

use super::Fixture;
use super::stated::{definition, holds};

const JAVA: &str = "package a;\nclass LedgerTest {}\n";

#[test]
fn a_project_of_maven_is_tested_by_its_own_command() {
    let pom = "<project><parent><artifactId>p</artifactId></parent><modules><module>core</module></modules>\
               <properties><java.version>17</java.version></properties></project>";
    let files = [
        ("pom.xml", pom),
        ("mvnw", ""),
        ("core/pom.xml", "<project/>"),
        ("core/src/test/java/a/LedgerTest.java", JAVA),
    ];
    let text = definition(&files);
    holds(
        &text,
        &[
            "java = \"17\" # pom.xml",
            "install = { maven = [] }",
            "runner = \"command\"",
            "command = \"./mvnw --batch-mode verify\"",
            "results = [\"**/target/*-reports/TEST-*.xml\"]",
        ],
    );
    assert!(!text.contains("[components.core]"), "{text}");
    let workflow = "on: [push]\njobs:\n  test:\n    strategy:\n      matrix:\n        java: [17, 21]\n    steps:\n      \
                    - uses: actions/setup-java@v5\n        with: { java-version: '${{ matrix.java }}' }\n      \
                    - run: ./mvnw -B -DskipTests package\n      - run: ./mvnw -B -Pci verify\n";
    let text = definition(&[files.as_slice(), &[(".github/workflows/ci.yml", workflow)]].concat());
    holds(
        &text,
        &[
            "java = [\"17\", \"21\"] # .github/workflows/ci.yml:6",
            "command = \"./mvnw -B -Pci verify\" # .github/workflows/ci.yml:11",
        ],
    );
}

#[test]
fn a_project_of_gradle_has_its_wrapper_and_is_not_for_android() {
    let files = [
        ("settings.gradle.kts", "rootProject.name = \"mill\"\n"),
        ("app/build.gradle.kts", "java { toolchain { languageVersion = JavaLanguageVersion.of(25) } }\n"),
        ("app/src/test/kotlin/MillTest.kt", "class MillTest"),
        ("gradlew", ""),
    ];
    holds(
        &definition(&files),
        &[
            "[components.mill]",
            "java = \"25\" # the build script",
            "install = { gradle = [] }",
            "command = \"./gradlew test\"",
            "results = [\"**/build/test-results/**/TEST-*.xml\"]",
        ],
    );
    let android =
        [("app/build.gradle", "plugins { id 'com.android.application' }"), ("build.gradle", ""), ("gradlew", "")];
    for files in [&files[..3], &android] {
        let project = Fixture::of(files).detect();
        assert!(project.components.is_empty(), "{:?}", project.components);
        assert!(project.notes.iter().any(|note| note.starts_with("not tested so far: ")), "{:?}", project.notes);
    }
}

#[test]
fn specs_are_a_test_run_where_they_can_be_reported() {
    let files = [
        ("Gemfile", "source 'https://gems.example'\nruby '3.3.6'\ngem 'rspec'\ngem 'rspec_junit_formatter'\n"),
        ("Gemfile.lock", "GEM\n"),
        ("spec/invoice_spec.rb", ""),
    ];
    holds(
        &definition(&files),
        &[
            "ruby = \"3.3.6\" # Gemfile",
            "install = { bundler = [] }",
            "command = 'bundle exec rspec --format progress --format RspecJunitFormatter --out \"$JUNIT\"'",
        ],
    );
    let plain = [("Gemfile", "gem 'rspec'\n"), ("spec/invoice_spec.rb", ""), (".ruby-version", "ruby-4.0.1\n")];
    holds(
        &definition(&plain),
        &[
            "ruby = \"4.0.1\" # .ruby-version",
            "install = { run = \"bundle install\" }",
            "checks = { test = \"bundle exec rspec\" }",
        ],
    );
    let rails = [plain.as_slice(), &[("config/database.yml", "")]].concat();
    assert!(!Fixture::of(&rails).detect().is_tested(), "a database is missing");
}

#[test]
fn deno_runs_the_task_that_tests() {
    let files = [
        ("deno.json", "{ \"tasks\": { \"test\": \"deno test -A\" } }"),
        ("deno.lock", "{}"),
        ("src/seconds_test.ts", ""),
        (".github/workflows/ci.yml", "on: [push]\njobs:\n  a:\n    steps:\n      - run: deno lint\n"),
    ];
    holds(
        &definition(&files),
        &[
            "install = { deno = [] }",
            "command = 'deno task test --junit-path=\"$JUNIT\"'",
            "lint = \"deno lint\" # .github/workflows/ci.yml:5",
        ],
    );
    let plain = [("deno.json", "{}"), ("a.test.ts", "")];
    let project = Fixture::of(&plain).detect();
    assert!(!project.is_tested(), "its permissions are unknown");
    let both = Fixture::of(&[("deno.json", "{}"), ("package.json", "{\"name\":\"a\"}")]).detect();
    assert!(both.components.iter().all(|component| component.toolchain.key() == "node"));
}

#[test]
fn a_solution_is_restored_and_tested() {
    let project = "<Project><PropertyGroup><TargetFrameworks>net8.0;net9.0</TargetFrameworks></PropertyGroup>";
    let tests = format!("{project}<PackageReference Include=\"Microsoft.NET.Test.Sdk\" />");
    let files = [("Mill.sln", ""), ("src/Mill.csproj", project), ("test/Mill.Tests.csproj", tests.as_str())];
    holds(
        &definition(&files),
        &[
            "dotnet = \"9.0\" # the projects",
            "install = { dotnet = [] }",
            "checks = { test = \"dotnet test --no-restore\" }",
        ],
    );
    let reported = format!("{tests}<PackageReference Include=\"JunitXml.TestLogger\" />");
    let files =
        [("Mill.sln", ""), ("global.json", "{\"sdk\":{\"version\":\"9.0.100\"}}"), ("test/A.csproj", &reported)];
    holds(&definition(&files), &["dotnet = \"9.0.100\" # global.json", "results = [\"**/TestResults/*.xml\"]"]);
    for files in [
        [("Mill.sln", ""), ("Other.sln", ""), ("a/A.csproj", project)],
        [("Mill.sln", ""), ("a/A.csproj", "<TargetFramework>net9.0-windows</TargetFramework>"), ("b", "")],
    ] {
        let found = Fixture::of(&files).detect();
        assert!(!found.is_tested(), "{:?}", found.components);
    }
}
