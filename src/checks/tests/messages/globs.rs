//! Globs that match nothing.

use super::super::page::Case;
use super::super::{found, shown, sources};
use super::assert_said;

/// The messages of a rule with what to type.
fn helped(toml: &str, files: &[&str]) -> Vec<String> {
    let files = files.iter().map(|file| ((*file).to_owned(), String::new())).collect();
    let sources = sources(&Case { toml: toml.to_owned(), files });
    let found = found(&sources).into_iter().filter(|it| it.code.0 == "unmatched-glob");
    found.map(|it| format!("{}: {}", it.at.dotted(), it.help.unwrap_or_default())).collect()
}

#[test]
fn globs_of_components() {
    assert_said(&[(
        r#"[components.web]
path = "web"
node = "24"
watch = ["schema/**", "shcema/**", "*.lock", "deploy", "deploy/*.yml", "!schema/x", "../x", "built/**", "lib/x/**", "lib/*/y", ".github/workflows/a.yml", "pipeline.lock"]
ignore = ["web/docs/*.md", "web/exmaples/**", "**/*.md"]
checks = { lint = "npm run lint" }
"#,
        &[
            ("schema/a.json", ""),
            ("deploy/a.yaml", ""),
            (".gitignore", "built/\n"),
            (".gitmodules", "[submodule \"x\"]\n\tpath = lib/x\n"),
        ],
        &[
            "error path-outside components.web.watch[6]: `../x` leaves the repository",
            "warning unmatched-glob components.web.watch[1]: no file of the repository matches `shcema/**`",
            "warning unmatched-glob components.web.watch[2]: no file of the repository matches `*.lock`",
            "warning unmatched-glob components.web.watch[3]: no file of the repository matches `deploy`",
            "warning unmatched-glob components.web.watch[4]: no file of the repository matches `deploy/*.yml`",
            "warning unmatched-glob components.web.watch[5]: `watch` excludes nothing, so no file matches `!schema/x`",
            "warning unmatched-glob components.web.ignore[1]: no file of the repository matches `web/exmaples/**`",
        ],
    )]);
}

#[test]
fn globs_of_workflows() {
    assert_said(&[(
        r#"[workflows.docs]
on = { branches = ["main"], paths = ["manual/**", "!manual/drafts/**", "*.rts", "web/c++/*", "**/package.json"] }
jobs.build = { steps = [{ run = "make docs" }] }
[workflows.none]
on = { pull-request = true, paths = ["gone/**", "README.md"] }
jobs.build = { steps = [{ run = "make none" }] }
[workflows.rest]
on = { pull-request = true, paths = ["!docs/**"] }
jobs.build = { steps = [{ run = "make rest" }] }
"#,
        &[("README.rst", "")],
        &[
            "warning unmatched-glob workflows.docs.on.paths[0]: no file of the repository matches `manual/**`",
            "warning unmatched-glob workflows.docs.on.paths[1]: no file of the repository matches `manual/drafts/**`",
            "warning unmatched-glob workflows.docs.on.paths[2]: no file of the repository matches `*.rts`",
            "warning unmatched-glob workflows.none.on.paths[0]: no file of the repository matches `gone/**`",
            "warning unmatched-glob workflows.none.on.paths[1]: no file of the repository matches `README.md`, so no change starts `none`",
            "error unmatched-glob workflows.rest.on.paths: `paths` excludes files, and includes none, so no change starts `rest`",
        ],
    )]);
}

#[test]
fn globs_of_tests() {
    assert_said(&[(
        r#"[components.web]
path = "web"
node = "24"
install = { npm = [] }
[tests.web]
component = "web"
runner = "vitest"
coverage = { source = ["src", "lib", "*/*.ts", "{a,b}/**"] }
[gates]
coverage = "80%"
[quarantine]
"src/a.test.ts" = { reason = "r", until = 2027-01-01 }
"src/old/*.test.ts" = { reason = "r", until = 2027-01-01 }
"src/gone.test.ts" = { reason = "r", until = 2027-01-01 }
"#,
        &[("web/src/a.test.ts", ""), ("web/src/a.ts", "")],
        &[
            "warning unmatched-glob tests.web.coverage.source[1]: no file of the repository matches `lib`",
            "warning unmatched-glob quarantine.src/old/*.test.ts: no file of a test run matches `src/old/*.test.ts`",
            "warning unmatched-glob quarantine.src/gone.test.ts: no file of a test run matches `src/gone.test.ts`",
        ],
    )]);
}

#[test]
fn what_to_type() {
    let toml = r#"[components.web]
path = "web"
node = "24"
watch = ["schema", "shcema/*.json", "src/**", "nowhere/deep/**", "{a,b}/**", "schema/*.yaml", "schema/", "readme.md", "Cargo.lock", "a.yml"]
checks = { lint = "npm run lint" }
[workflows.docs]
on = { branches = ["main"], paths = ["dosc/**", "./docs/**", "!/docs/a.md", "docs/"] }
jobs.build = { steps = [{ run = "make docs" }] }
"#;
    assert_eq!(
        helped(toml, &["schema/a.json", "web/src/a.ts", "docs/a.md", "README.md", "Cargo.toml", "a.yaml"]),
        [
            "components.web.watch[0]: write `\"schema/**\"`: a folder matches by the files in it",
            "components.web.watch[1]: did you mean `\"schema/*.json\"`?",
            "components.web.watch[2]: remove it: changes in the folder of `web` count already",
            "components.web.watch[3]: correct it, or remove it: there is no folder `nowhere/deep`",
            "components.web.watch[4]: write a pattern for each: braces are not expanded",
            "components.web.watch[5]: correct it, or remove it",
            "components.web.watch[6]: write `\"schema/**\"`: a folder matches by the files in it",
            "components.web.watch[7]: did you mean `\"README.md\"`?",
            "components.web.watch[8]: correct it, or remove it",
            "components.web.watch[9]: did you mean `\"a.yaml\"`?",
            "workflows.docs.on.paths[0]: did you mean `\"docs/**\"`?",
            "workflows.docs.on.paths[1]: write `\"docs/**\"`",
            "workflows.docs.on.paths[2]: write `\"!docs/a.md\"`",
            "workflows.docs.on.paths[3]: write `\"docs/**\"`: a folder matches by the files in it",
        ]
    );
}

#[test]
fn paths_of_workflows_start_from_the_root() {
    let toml = "[components.web]\npath = \"web\"\nnode = \"24\"\nwatch = [\"shop/api/**\"]\nchecks = { a = \"b\" }\n\
                [workflows.docs]\non = { branches = [\"main\"], paths = [\"api/**\"] }\n\
                jobs.build = { steps = [{ run = \"make docs\" }] }\n";
    let files = [("shop/web/a.ts", ""), ("shop/api/a.json", "")];
    let mut sources = sources(&Case {
        toml: toml.to_owned(),
        files: files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    });
    sources.definition.file = "shop/pipeline.toml".to_owned();
    sources.bases.clear();
    sources.definition.text.insert_str(0, "version = 1\nproject = { name = \"shop\" }\n");
    let found: Vec<_> = found(&sources).into_iter().filter(|it| it.code.0 == "unmatched-glob").collect();
    assert_eq!(
        shown(&sources, &found),
        r#"warning[unmatched-glob]: no file of the repository matches `shop/api/**`
 --> shop/pipeline.toml:6:10
  |
6 | watch = ["shop/api/**"]
  |          ^^^^^^^^^^^^^
  |
  = help: write `"api/**"`: paths start from `shop`

warning[unmatched-glob]: no file of the repository matches `api/**`, so no change starts `docs`
 --> shop/pipeline.toml:9:38
  |
9 | on = { branches = ["main"], paths = ["api/**"] }
  |                                      ^^^^^^^^
  |
  = help: write `"shop/api/**"`: paths start from the root of the repository

"#
    );
}
