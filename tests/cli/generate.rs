//! `generate` where nothing stands in its way.

use std::fs;
use std::time::SystemTime;

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

const CI: &str = ".github/workflows/ci.yml";

#[test]
fn creates_what_is_missing_and_says_so() {
    let project = Project::of(SMALL);
    assert_snapshot!(project.run(["generate"]).whole(), @"
    stdout:
    created: .github/pipewright/.gitattributes
    created: .github/pipewright/ci.py
    created: .github/pipewright/drift.sh
    created: .github/pipewright/manifest.sha256
    created: .github/workflows/.gitattributes
    created: .github/workflows/ci.yml
    status: 0
    ");
    assert!(project.read(CI).contains("name: small ci"));
}

#[test]
fn leaves_files_that_are_up_to_date_untouched() {
    let project = Project::of(SMALL).generated();
    let past = SystemTime::UNIX_EPOCH;
    let files: Vec<String> = project.outputs().into_keys().filter(|path| !path.ends_with('/')).collect();
    assert!(files.len() > 3, "{files:?}");
    for path in &files {
        let file = fs::File::options().write(true).open(project.path(path)).expect("the file is writable");
        file.set_modified(past).expect("its time can be set");
    }
    assert_snapshot!(project.run(["generate"]).whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    status: 0
    ");
    for path in &files {
        let about = fs::metadata(project.path(path)).expect("the file is there");
        assert_eq!(about.modified().expect("a time"), past, "{path} was written again");
    }
}

#[test]
fn writes_only_what_a_change_changes() {
    let project = Project::of(SMALL).generated().replace("pipeline.toml", "ruff check .", "ruff check src");
    assert_snapshot!(project.run(["generate"]).whole(), @"
    stdout:
    written: .github/pipewright/manifest.sha256
    written: .github/workflows/ci.yml
    status: 0
    ");
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let project = Project::of(SMALL).generated().replace("pipeline.toml", "ruff check .", "ruff check src");
    let before = project.tree();
    assert_snapshot!(project.run(["generate", "--dry-run"]).whole(), @"
    stdout:
    would be written: .github/pipewright/manifest.sha256
    would be written: .github/workflows/ci.yml
    status: 0
    ");
    assert_eq!(project.tree(), before);
}

#[test]
fn a_diff_shows_the_change_and_writes_nothing() {
    let project = Project::of(SMALL).generated().replace("pipeline.toml", "ruff check .", "ruff check src");
    let before = project.tree();
    let ran = project.run(["generate", "--diff"]);
    let workflow = ran.out.split("--- ").nth(2).expect("the workflow is the second file");
    assert_snapshot!(workflow, @"
    a/.github/workflows/ci.yml
    +++ b/.github/workflows/ci.yml
    @@ -55,7 +55,7 @@
               python-version: '3.12'
     
           - name: lint
    -        run: ruff check .
    +        run: ruff check src
     
       passed:
         name: small passed
    ");
    assert_eq!(ran.code, 0);
    assert_eq!(project.tree(), before);
}

#[test]
fn removes_what_it_generated_and_no_longer_wants() {
    let with_release = format!(
        "{SMALL}\n[workflows.release]\non = {{ tags = [\"v*\"] }}\njobs.publish = {{ steps = [{{ run = \"make\" }}] }}\n"
    );
    let project = Project::of(&with_release).generated().with("pipeline.toml", SMALL);
    assert!(project.path(".github/workflows/release.yml").exists());
    assert_snapshot!(project.run(["generate"]).whole(), @"
    stdout:
    written: .github/pipewright/manifest.sha256
    written: .github/workflows/.gitattributes
    removed: .github/workflows/release.yml
    status: 0
    ");
    assert!(!project.path(".github/workflows/release.yml").exists());
}

#[test]
fn leaves_the_files_of_others_alone() {
    let others = [(".github/workflows/own.yml", "name: own\n"), (".github/notes.txt", "notes\n")];
    let project = others.iter().fold(Project::of(SMALL), |project, (path, text)| project.with(path, text));
    let project = project.generated();
    for (path, text) in others {
        assert_eq!(project.read(path), text);
    }
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn finds_the_root_of_the_repository_above_the_definition() {
    let project = Project::empty().with_lock().with("services/a/pipeline.toml", SMALL);
    let ran = project.run(["-C", "services/a", "generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(project.read(".github/workflows/small-ci.yml").contains("from services/a/pipeline.toml."));
    assert!(project.path(".github/pipewright/small/manifest.sha256").exists());
}

#[test]
#[cfg(unix)]
fn new_files_can_be_read_by_all_and_old_ones_keep_their_mode() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |project: &Project| fs::metadata(project.path(CI)).expect("it is there").permissions().mode() & 0o777;
    let project = Project::of(SMALL).generated();
    assert_eq!(mode(&project), 0o644);
    fs::set_permissions(project.path(CI), fs::Permissions::from_mode(0o664)).expect("its mode can be set");
    let project = project.replace("pipeline.toml", "ruff check .", "ruff check src").generated();
    assert_eq!(mode(&project), 0o664);
}
