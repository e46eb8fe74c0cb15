//! Java, as Eclipse Temurin, with Maven or Gradle.

use super::toolchain::{Installer, Program, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Java;

/// Files of a project that decide about its dependencies, by installer: of those that setup-java hashes by itself, the
/// ones that a folder has.
///
/// Source: <https://github.com/actions/setup-java/blob/v5.7.0/src/cache.ts>, `supportedPackageManager`
const HASHED: &[(&str, &[&str])] = &[
    ("maven", &["**/pom.xml", ".mvn/extensions.xml"]),
    ("gradle", &["**/*.gradle*", "gradle/*.versions.toml", "gradle/wrapper/gradle-wrapper.properties"]),
];

impl Toolchain for Java {
    fn key(&self) -> &'static str {
        "java"
    }

    fn title(&self) -> &'static str {
        "Java"
    }

    fn example(&self) -> &'static str {
        "21"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.java.as_ref()
    }

    /// Neither has a lock file that its builds stop without. What downloads the dependencies of the tests compiles, too.
    fn installers(&self) -> &'static [Installer] {
        &[
            Installer {
                key: "maven",
                template: "steps/maven.sh",
                step: "Compile",
                program: Some(Program { name: "mvn", wrapper: "mvnw" }),
                words: |install| install.maven.as_ref(),
                ..Installer::BY_LOCK
            },
            Installer {
                key: "gradle",
                template: "steps/gradle.sh",
                step: "Compile",
                program: Some(Program { name: "gradle", wrapper: "gradlew" }),
                words: |install| install.gradle.as_ref(),
                ..Installer::BY_LOCK
            },
        ]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["java", "kt"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &[]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("distribution", "temurin"), ("java-version", set_up.version)];
        let install = &set_up.component.install;
        let used = self.installers().iter().find(|installer| (installer.words)(install).is_some());
        if let Some(installer) = used.filter(|_| set_up.shares_cache()) {
            with.extend(pairs![("cache", installer.key)]);
            // The key of a folder is not that of another: a key that exists is never saved again.
            let files = HASHED.iter().filter(|(key, _)| *key == installer.key && !set_up.folder.is_empty());
            let files: Vec<String> =
                files.flat_map(|(_, files)| *files).map(|file| below(set_up.folder, file)).collect();
            if !files.is_empty() {
                with.extend(pairs![("cache-dependency-path", files.join("\n"))]);
            }
        }
        vec![set_up.uses("Set up Java", "actions/setup-java", with, supplies)]
    }
}
