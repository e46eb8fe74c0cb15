//! Languages that no toolchain knows, projects that are passed over, and tests whose project is unknown, so that they are named instead of passed over.

use super::names::{has_extension, shown};
use super::project::Component;
use super::walk::{View, is_in};

/// Files at the root of a project, by their name or their extension, and their language.
const SIGNS: &[(&str, &str)] = &[
    ("Gemfile", "Ruby"),
    ("pom.xml", "Java"),
    ("build.gradle", "Java"),
    ("build.gradle.kts", "Kotlin"),
    ("build.sbt", "Scala"),
    ("composer.json", "PHP"),
    ("mix.exs", "Elixir"),
    ("rebar.config", "Erlang"),
    ("Package.swift", "Swift"),
    ("CMakeLists.txt", "C and C++"),
    ("meson.build", "C and C++"),
    ("configure.ac", "C and C++"),
    ("deno.json", "Deno"),
    ("deno.jsonc", "Deno"),
    ("build.zig", "Zig"),
    ("pubspec.yaml", "Dart"),
    ("stack.yaml", "Haskell"),
    ("dune-project", "OCaml"),
    ("project.clj", "Clojure"),
    (".csproj", ".NET"),
    (".fsproj", ".NET"),
    (".sln", ".NET"),
    (".cabal", "Haskell"),
];

/// Languages that a toolchain sets up, and its key; single projects of them may still be passed over.
const KNOWN: &[(&str, &str)] =
    &[("Ruby", "ruby"), ("Java", "java"), ("Kotlin", "java"), ("Deno", "deno"), (".NET", "dotnet")];

/// Returns the note about languages that are not supported.
pub(super) fn unsupported(view: &View<'_>, components: &[Component]) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for folder in view.folders.iter().filter(|folder| !folder.is_aside()) {
        for (sign, language) in SIGNS {
            let is_it = |file: &String| match sign.strip_prefix('.') {
                Some(extension) => has_extension(file, &[extension]),
                None => file == sign,
            };
            let known = KNOWN.iter().find(|(known, _)| known == language).map(|(_, key)| *key);
            let is_covered = known.is_some_and(|key| {
                let works = |component: &&Component| component.tests.is_some() || !component.checks.is_empty();
                let mut own = components.iter().filter(works).filter(|component| component.toolchain.key() == key);
                own.any(|component| component.path == folder.path || is_in(&folder.path, &component.path))
            });
            if folder.files.iter().any(is_it) && !found.contains(language) && !is_covered {
                found.push(language);
            }
        }
    }
    found.sort_unstable();
    let help = "a component with `custom` steps and `checks`, or `runner = \"command\"`, tests them";
    (!found.is_empty()).then(|| format!("not tested so far: {}; {help}", found.join(", ")))
}

/// Returns the note about tests in Python that belong to no project: nothing names what they need.
pub(super) fn without_manifest(view: &View<'_>, components: &[Component]) -> Option<String> {
    let is_test = |file: &String| {
        has_extension(file, &["py"]) && (file.starts_with("test_") || file.trim_end_matches(".py").ends_with("_test"))
    };
    let is_owned = |path: &str| components.iter().any(|it| it.path == path || is_in(path, &it.path));
    let mut folders = view.folders.iter().filter(|folder| folder.files.iter().any(is_test) && !is_owned(&folder.path));
    let folder = folders.next()?;
    let file = folder.files.iter().find(|file| is_test(file))?;
    let file = shown(&folder.file(file));
    Some(format!(
        "`{file}` is a test, but no pyproject.toml, setup.py or requirements.txt around it names what it needs: add one"
    ))
}
