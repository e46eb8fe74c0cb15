//! What `generate` must not overwrite, and where it must not go.

use std::fs;

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

const CI: &str = ".github/workflows/ci.yml";

/// Nothing is written, the status is this, and the message is returned.
fn refused(project: &Project, status: i32) -> String {
    let before = project.tree();
    let ran = project.run(["generate"]);
    assert_eq!((ran.code, ran.out.as_str()), (status, ""), "{ran:?}");
    assert!(project.tree() == before, "something was written");
    ran.err
}

#[test]
fn a_file_that_was_never_generated_is_kept() {
    let project = Project::of(SMALL).with(CI, "name: mine\n");
    assert_snapshot!(refused(&project, 1), @"
    error: `.github/workflows/ci.yml` is not generated
      = help: move it away, or run `pipewright generate --force` to replace it
    nothing was written
    ");
    assert_eq!(project.run(["generate", "--force"]).code, 0);
    assert!(project.read(CI).contains("name: small ci"));
}

#[test]
fn an_edit_is_kept() {
    let project = Project::of(SMALL).generated().append(CI, "# by hand\n");
    assert_snapshot!(refused(&project, 1), @"
    error: `.github/workflows/ci.yml` is edited by hand
      = help: move the edit into the definition, or run `pipewright generate --force` to drop it
    nothing was written
    ");
    assert_eq!(project.run(["generate", "--force"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn an_edit_is_kept_where_the_file_is_not_wanted_any_more() {
    let release = "\n[workflows.release]\non = { tags = [\"v*\"] }\njobs.publish = { steps = [{ run = \"make\" }] }\n";
    let project = Project::of(&format!("{SMALL}{release}"))
        .generated()
        .append(".github/workflows/release.yml", "# by hand\n")
        .with("pipeline.toml", SMALL);
    assert_snapshot!(refused(&project, 1), @"
    error: `.github/workflows/release.yml` is edited by hand
      = help: move the edit into the definition, or run `pipewright generate --force` to drop it
    nothing was written
    ");
    assert_eq!(project.run(["generate", "--force"]).code, 0);
    assert!(!project.path(".github/workflows/release.yml").exists());
}

#[test]
fn a_file_of_another_definition_is_kept() {
    let project = Project::of(SMALL).generated();
    project.write("other.toml", SMALL.replace("\"small\"", "\"small\"\nprefix = \"small\""));
    fs::create_dir_all(project.path(".github/pipewright/small")).expect("the folder is writable");
    fs::copy(project.path(CI), project.path(".github/workflows/small-ci.yml")).expect("the file is readable");
    let ran = project.run(["generate", "other.toml"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_snapshot!(ran.err, @"
    error: `.github/workflows/small-ci.yml` is not generated
      = help: move it away, or run `pipewright generate --force` to replace it
    nothing was written
    ");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_kept() {
    let project = Project::of(SMALL).with(&format!("{CI}/README.md"), "a folder\n");
    assert_snapshot!(refused(&project, 1), @"
    error: `.github/workflows/ci.yml` is not generated
      = help: move it away, or run `pipewright generate --force` to replace it
    nothing was written
    ");
    let before = project.tree();
    let ran = project.run(["generate", "--force"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(project.tree() == before, "something was written");
    let first = ran.err.lines().next().expect("an error");
    assert_snapshot!(first, @"error: cannot write `.github/workflows/ci.yml`: it is a folder");
}

#[test]
fn a_file_in_the_place_of_a_folder_is_kept() {
    let project = Project::of(SMALL).with(".github", "a file\n");
    let message = refused(&project, 4);
    assert!(message.contains("is not a folder"), "{message}");
}

#[test]
#[cfg(unix)]
fn no_folder_leads_out_of_the_repository() {
    let outside = Project::empty();
    for link in [".github", ".github/workflows"] {
        let project = Project::of(SMALL);
        fs::create_dir_all(project.path(link).parent().expect("a folder")).expect("the folder is writable");
        std::os::unix::fs::symlink(outside.root(), project.path(link)).expect("a link");
        let before = outside.tree();
        let message = refused(&project, 4);
        assert!(message.contains("is a link out of the repository"), "{message}");
        assert!(outside.tree() == before, "something was written outside");
    }
}

#[test]
#[cfg(unix)]
fn no_file_leads_out_of_the_repository() {
    let outside = Project::empty().with("precious.yml", "precious\n");
    let project = Project::of(SMALL).with(".github/workflows/README.md", "");
    std::os::unix::fs::symlink(outside.path("precious.yml"), project.path(CI)).expect("a link");
    assert_snapshot!(refused(&project, 1), @"
    error: `.github/workflows/ci.yml` is not generated
      = help: move it away, or run `pipewright generate --force` to replace it
    nothing was written
    ");
    let ran = project.run(["generate", "--force"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("it is a link; remove it first"), "{ran:?}");
    assert_eq!(outside.read("precious.yml"), "precious\n");
}

#[test]
#[cfg(unix)]
fn a_link_within_the_repository_is_a_folder_like_any_other() {
    let project = Project::of(SMALL).with("ci/README.md", "");
    std::os::unix::fs::symlink("ci", project.path(".github")).expect("a link");
    assert_eq!(project.run(["generate"]).code, 0);
    assert!(project.path("ci/workflows/ci.yml").is_file());
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_written_leaves_everything_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::of(SMALL).generated().replace("pipeline.toml", "ruff check .", "ruff check src");
    let folder = project.path(".github/pipewright");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).expect("its mode can be set");
    if fs::write(folder.join("probe"), "").is_ok() {
        // Whoever runs the tests may write everywhere: the folder in the place of a file is the case that is left.
        fs::remove_file(folder.join("probe")).expect("it was just written");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("its mode can be set");
        return;
    }
    let message = refused(&project, 4);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("its mode can be set");
    assert!(message.contains("cannot write"), "{message}");
}

#[test]
fn nothing_is_written_for_a_definition_that_is_wrong() {
    let project = Project::of(&SMALL.replace("checks", "cheks"));
    let message = refused(&project, 3);
    assert!(message.ends_with("1 error; nothing was written\n"), "{message}");
}
