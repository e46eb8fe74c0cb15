//! Java and Kotlin: projects of Maven, and of Gradle with its wrapper.

use super::bun::tool;
use super::names::{has_extension, word};
use super::project::{Component, Install, Stated, Toolchain};
use super::reports::{self, Found, between};
use super::walk::{Folder, View};

/// The version of projects that name none.
const USUAL: &str = "21";

/// The project in a folder, unless one above it builds it, too.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    maven(view, folder).or_else(|| gradle(view, folder)).map(|found| found.component(folder))
}

fn maven(view: &View<'_>, folder: &Folder) -> Option<Found> {
    let pom = view.read(folder, "pom.xml").filter(|_| !reports::is_below(view, folder, &["pom.xml"]))?;
    let program = if folder.has("mvnw") { "./mvnw" } else { "mvn" };
    let phases = ["test", "verify", "package", "install"];
    let is_build = |words: &[&str]| {
        words.first().is_some_and(|first| first.ends_with("mvn") || first.ends_with("mvnw"))
            && words.iter().any(|word| phases.contains(word))
            && !words.iter().any(|word| word.contains("skip") || word.contains("Skip"))
    };
    let properties = ["maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source"];
    let property = properties.iter().find_map(|name| between(&pom, &format!("<{name}>"), &format!("</{name}>")));
    let project = between(&pom, "<artifactId>", "</artifactId>").filter(|_| !pom.contains("<parent>"));
    let globs = ["**/target/*-reports/TEST-*.xml"];
    let usual = (format!("{program} --batch-mode verify"), format!("{program} --batch-mode package"));
    let java = Java { key: Install::Maven, file: "pom.xml", property: property.map(release), project, globs: &globs };
    Some(java.found(view, folder, is_build, usual))
}

fn gradle(view: &View<'_>, folder: &Folder) -> Option<Found> {
    let settings = ["settings.gradle.kts", "settings.gradle"];
    let builds = ["build.gradle.kts", "build.gradle"];
    let has = |files: &[&str]| files.iter().any(|file| folder.has(file));
    if !has(&settings) && !has(&builds) || !folder.has("gradlew") || reports::is_below(view, folder, &settings) {
        return None;
    }
    let below = view.below(&folder.path, 3);
    let scripts = below.iter().filter(|file| has_extension(file, &["gradle", "kts", "toml"]));
    let text: String = scripts.filter_map(|file| view.tree.read(&folder.file(file))).collect();
    // Their tasks have other names, and some need an SDK.
    if text.contains("com.android") || text.contains("multiplatform") {
        return None;
    }
    let is_build = |words: &[&str]| {
        words.first().is_some_and(|first| first.ends_with("gradlew"))
            && words.iter().any(|word| ["test", "check", "build"].contains(word))
            && !words.contains(&"-x")
    };
    let settings: String = settings.iter().filter_map(|file| view.read(folder, file)).collect();
    let project = between(&settings.replace('\'', "\""), "rootProject.name = \"", "\"").map(str::to_owned);
    let property = between(&text, "JavaLanguageVersion.of(", ")").or_else(|| between(&text, "jvmToolchain(", ")"));
    let globs = ["**/build/test-results/**/TEST-*.xml"];
    let usual = ("./gradlew test".to_owned(), "./gradlew assemble".to_owned());
    let (file, project) = ("the build script", project.as_deref());
    let java = Java { key: Install::Gradle, file, property: property.map(release), project, globs: &globs };
    Some(java.found(view, folder, is_build, usual))
}

/// A project with facts from its files.
struct Java<'a> {
    key: Install,
    file: &'a str,
    property: Option<String>,
    project: Option<&'a str>,
    globs: &'a [&'a str],
}

impl Java<'_> {
    fn found(
        self,
        view: &View<'_>,
        folder: &Folder,
        is_build: impl Fn(&[&str]) -> bool,
        (test, build): (String, String),
    ) -> Found {
        let mut stated = Stated::default();
        let own = reports::own(view, folder, is_build);
        let has_tests = view.below(&folder.path, 12).iter().any(|file| is_test(file));
        let mut checks = (Vec::new(), Vec::new());
        let mut tests = None;
        if has_tests {
            if let Some((command, _)) = &own {
                stated.took("command", &command.place);
            }
            let command = own.map_or(test, |(_, command)| command);
            tests = Some((command, self.globs.iter().map(|glob| (*glob).to_owned()).collect()));
        } else {
            checks.0.push((word("build"), build));
        }
        let read = |file: &str| view.read(folder, file).map(|text| text.trim().to_owned());
        let sdk = read(".sdkmanrc")
            .and_then(|text| Some(text.lines().find_map(|line| line.strip_prefix("java="))?.to_owned()));
        let tools = read(".tool-versions").and_then(|text| tool(&text, "java").map(str::to_owned));
        let named = [
            (".java-version", read(".java-version").map(|text| major(&text))),
            (".sdkmanrc", sdk.map(|text| major(&text))),
            (".tool-versions", tools.map(|text| major(&text))),
            (self.file, self.property),
        ];
        Found {
            toolchain: Toolchain::JAVA,
            name: self.project.map(str::to_owned),
            versions: reports::versions(view, folder, "java", &named, USUAL),
            install: Some(self.key),
            tests,
            checks,
            hints: Vec::new(),
            stated,
        }
    }
}

/// Returns whether a file has tests: in a folder of tests, by the names that Surefire includes.
///
/// Source: <https://maven.apache.org/surefire/maven-surefire-plugin/examples/inclusion-exclusion.html>
fn is_test(file: &str) -> bool {
    let Some((folders, name)) = file.rsplit_once('/') else { return false };
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_named =
        stem.starts_with("Test") || ["Test", "Tests", "TestCase", "IT"].iter().any(|end| stem.ends_with(end));
    ["java", "kt", "groovy"].contains(&extension) && is_named && format!("/{folders}/").contains("/src/test/")
}

/// A release of the language as its JDK: `1.8` is 8.
fn release(text: &str) -> String {
    text.strip_prefix("1.").unwrap_or(text).to_owned()
}

/// The major version of a JDK by its name: `21.0.5-tem`, `temurin-21.0.5+11`.
fn major(text: &str) -> String {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_jdks_by_their_names() {
        for (text, expected) in [("21.0.5-tem", "21"), ("temurin-17.0.9+9", "17"), ("8", "8"), ("system", "")] {
            assert_eq!(major(text), expected, "{text}");
        }
        assert_eq!(release("1.8"), "8");
    }

    #[test]
    fn tests_are_those_that_surefire_includes() {
        for (file, expected) in [
            ("core/src/test/java/a/LedgerTest.java", true),
            ("src/test/kotlin/TestLedger.kt", true),
            ("src/test/java/a/Fixture.java", false),
            ("src/main/java/a/LedgerTest.java", false),
        ] {
            assert_eq!(is_test(file), expected, "{file}");
        }
    }
}
