//! Languages that no toolchain knows, so that they are named instead of passed over.

use super::names::has_extension;
use super::walk::View;

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

/// Returns the note about languages that are not supported.
pub(super) fn unsupported(view: &View<'_>) -> Option<String> {
    let mut found: Vec<&str> = Vec::new();
    for folder in view.folders.iter().filter(|folder| !folder.is_aside()) {
        for (sign, language) in SIGNS {
            let is_it = |file: &String| match sign.strip_prefix('.') {
                Some(extension) => has_extension(file, &[extension]),
                None => file == sign,
            };
            if folder.files.iter().any(is_it) && !found.contains(language) {
                found.push(language);
            }
        }
    }
    found.sort_unstable();
    let help = "a component with `custom` steps and `checks`, or `runner = \"command\"`, tests them";
    (!found.is_empty()).then(|| format!("not supported, and not tested so far: {}; {help}", found.join(", ")))
}
