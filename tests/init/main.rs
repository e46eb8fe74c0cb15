//! What `init` makes of repositories: each fixture's definition is accepted, compiles, and is found again the same.

#[path = "../support/accept.rs"]
#[allow(dead_code, reason = "every snapshot here is insta's")]
mod accept;
mod added;
mod bots;
mod laid_down;
mod other_languages;
mod own_workflows;
mod stated;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use accept::accept_snapshots;
use pipewright::definition::{Definition, Name};
use pipewright::init::{self, Around, Choices, Day, Git, Needs, Offer, Plan, Project};
use pipewright::pins::Lock;
use pipewright::sources::{Disk, Memory, Sources, Text, Tree};
use serde::Deserialize as _;

/// 2026-11-22, so that a quarantine ends on 2027-02-20.
const TODAY: u64 = 1_795_305_600;

/// A repository in memory, with the files of its `.git` aside.
struct Fixture {
    tree: Memory,
    git: Git,
}

impl Fixture {
    fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { tree: Memory(files.collect()), git: Git::default() }
    }

    /// A folder below `tests/projects`; its `dot-git` stands for `.git`, which cannot be kept in a repository.
    fn read(name: &str) -> Self {
        let root = projects().join(name);
        let mut files = BTreeMap::new();
        collect(&root, &root, &mut files);
        let (git, tree): (BTreeMap<String, String>, BTreeMap<String, String>) =
            files.into_iter().partition(|(path, _)| path.starts_with("dot-git/"));
        let git = git.into_iter().map(|(path, text)| (path["dot-git/".len()..].to_owned(), text)).collect();
        Self { tree: Memory(tree), git: Git::read(&Memory(git)) }
    }

    fn detect(&self) -> Project {
        let around = Around { git: &self.git, folder: "folder", today: Day::from_unix_seconds(TODAY) };
        init::detect(&self.tree, &around)
    }

    fn plan(&self, choices: &Choices) -> Plan {
        let project = self.detect();
        init::plan(&self.tree, "", &self.git, &project, choices, &|text| needs(text, &self.tree))
            .expect("nothing is in the way")
    }

    /// Takes everything that can be taken.
    fn everything(&self) -> Choices {
        let project = self.detect();
        let all = |offers: Vec<Offer>| offers.into_iter().map(|offer| offer.component).collect();
        let dockerfiles: Vec<Name> = all(init::dockerfiles(&project, &self.tree));
        Choices {
            manifests: all(init::manifests(&project, &self.tree, &dockerfiles)),
            fixtures: all(init::fixtures(&project, &self.tree)),
            dockerfiles,
            hook: true,
            codeowners: true,
            owner: None,
        }
    }
}

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects")
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the fixture is readable") {
        let path = entry.expect("the fixture is readable").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it is in it").to_str().expect("it is UTF-8").replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).expect("the fixture is text"));
        }
    }
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(projects()).expect("there are fixtures");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("they are readable").file_name().into_string().expect("names are UTF-8"))
        .collect();
    names.sort();
    names
}

fn sources(definition: &str, lock: Option<String>, tree: &Memory) -> Sources {
    let text = |file: &str, text: String| Text { file: file.to_owned(), text };
    Sources {
        definition: text("pipeline.toml", definition.to_owned()),
        bases: Vec::new(),
        lock: lock.map(|lock| text("pipeline.lock", lock)),
        templates: BTreeMap::default(),
        tree: Box::new(tree.clone()),
    }
}

fn needs(definition: &str, tree: &Memory) -> Needs {
    pipewright::needs(&sources(definition, None, tree))
}

/// Fails with the compiler's own words where a definition and the lock that `init` writes for it have an error.
fn assert_compiles(definition: &str, tree: &Memory) {
    let Needs { actions, images, tools, workflows } = needs(definition, tree);
    let sources = sources(definition, Some(init::lock(&actions, &images, &tools)), tree);
    let compilation = pipewright::compile(&sources);
    let told = pipewright::diagnostics::human(&compilation.diagnostics, &sources.locator());
    assert!(!compilation.failed(), "{told}\n{definition}");
    let files = compilation.files.iter().filter_map(|file| file.path.strip_prefix(".github/workflows/"));
    assert_eq!(files.collect::<Vec<_>>(), workflows, "{definition}");
}

/// A definition whose required check would be green for every change is refused.
fn assert_tests_nothing(definition: &str, tree: &Memory) {
    let sources = sources(definition, None, tree);
    let found = pipewright::compile(&sources).diagnostics;
    let codes: Vec<&str> = found.iter().filter(|it| it.is_error()).map(|it| it.code.0).collect();
    assert_eq!(codes, ["nothing-tested"], "{definition}");
}

#[test]
fn every_project_gets_a_definition_that_is_accepted_and_compiles() {
    accept_snapshots("every_project_gets_a_definition_that_is_accepted_and_compiles");
    assert!(names().len() >= 10, "{:?}", names());
    for name in names() {
        let fixture = Fixture::read(&name);
        let project = fixture.detect();
        let definition = init::definition(&project);
        assert_compiles(&definition, &fixture.tree);
        let summary = init::summary(&project).into_iter().map(|(label, text)| format!("{label}: {text}"));
        let summary: Vec<String> = summary.chain(project.notes.iter().map(|note| format!("note: {note}"))).collect();
        insta::with_settings!({
            snapshot_path => "../../snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            let shown = format!("{definition}\n======== summary\n{}", summary.join("\n"));
            insta::assert_snapshot!(format!("init-{}", name.replace(' ', "-")), shown);
        });
    }
}

/// Whether a comment is a header or a key with its value, and not a sentence.
fn is_toml(comment: &str) -> bool {
    let key = comment.split(" =").next().unwrap_or(comment).trim_end();
    (comment.starts_with('[') && comment.ends_with(']'))
        || (comment != key && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
}

#[test]
fn what_is_proposed_in_comments_compiles_too() {
    for name in names() {
        let fixture = Fixture::read(&name);
        let project = fixture.detect();
        let definition = init::definition(&project);
        let uncommented = |line| match str::strip_prefix(line, "# ").filter(|rest| is_toml(rest)) {
            Some(rest) => rest,
            None => line,
        };
        let taken_up = definition.lines().map(uncommented).collect::<Vec<_>>().join("\n");
        let read: Result<Definition, _> = toml::from_str(&taken_up);
        assert!(read.is_ok(), "{name}: {}\n{taken_up}", read.expect_err("it is an error"));
    }
}

#[test]
fn everything_that_is_offered_is_accepted_and_compiles() {
    accept_snapshots("everything_that_is_offered_is_accepted_and_compiles");
    for name in names() {
        let fixture = Fixture::read(&name);
        let plan = fixture.plan(&fixture.everything());
        let mut tree = fixture.tree.clone();
        tree.0.extend(plan.files.iter().map(|file| (file.path.clone(), file.text.clone())));
        assert_compiles(&plan.files.first().expect("the definition comes first").text, &tree);
        let is_yaml = |path: &str| path.rsplit_once('.').is_some_and(|(_, end)| end == "yaml");
        for file in plan.files.iter().filter(|file| is_yaml(&file.path)) {
            for document in serde_yaml::Deserializer::from_str(&file.text) {
                let read = serde_yaml::Value::deserialize(document);
                assert!(read.is_ok_and(|value| value.get("kind").is_some()), "{name}: {}\n{}", file.path, file.text);
            }
        }
        let files: Vec<String> = plan
            .files
            .iter()
            .filter(|file| !matches!(file.path.as_str(), "pipeline.toml" | "pipeline.lock"))
            .map(|file| format!("======== {} ({})\n{}", file.path, file.why, file.text))
            .collect();
        let proposals = plan.proposals.iter().map(|(what, lines)| format!("======== proposal: {what}\n{lines}"));
        let shown: Vec<String> = files.into_iter().chain(proposals).collect();
        insta::with_settings!({
            snapshot_path => "../../snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(format!("init-{}-files", name.replace(' ', "-")), shown.join("\n"));
        });
    }
}

#[test]
fn a_written_plan_is_read_back_and_a_second_one_is_refused() {
    for name in names() {
        let fixture = Fixture::read(&name);
        let root = tempfile::tempdir().expect("there is a place for it");
        for (path, text) in &fixture.tree.0 {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("it is a file")).expect("a folder is made");
            fs::write(path, text).expect("a file is written");
        }
        let plan = fixture.plan(&fixture.everything());
        init::write(root.path(), &plan.files).unwrap_or_else(|error| panic!("{name}: {error}"));
        let after = contents(root.path());
        for (path, text) in &fixture.tree.0 {
            let kept = &after[path];
            assert!(kept == text, "{name}: {path} changed");
        }
        let lock = Lock::parse(&after["pipeline.lock"]).expect("the lock is sound");
        assert!(lock.action("actions/checkout").is_some());

        let tree = Disk::new(root.path().to_owned());
        let project = fixture.detect();
        let needs = |text: &str| needs(text, &fixture.tree);
        let refused = init::plan(&tree, "", &fixture.git, &project, &fixture.everything(), &needs);
        assert_eq!(refused.expect_err("there is a definition").to_string(), "`pipeline.toml` already exists");
        assert!(init::write(root.path(), &plan.files).is_err(), "{name}: nothing is written twice");

        fs::remove_file(root.path().join("pipeline.toml")).expect("it is there");
        let again = init::plan(&tree, "", &fixture.git, &project, &fixture.everything(), &needs);
        let paths: Vec<String> = again.expect("it is gone").files.into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["pipeline.toml"], "{name}: everything else stands");
        let mut left = contents(root.path());
        left.insert("pipeline.toml".to_owned(), after["pipeline.toml"].clone());
        assert_eq!(left, after, "{name}: a second run changes nothing");
    }
}

fn contents(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    collect(root, root, &mut files);
    files
}

#[test]
fn nothing_is_written_where_one_file_is_in_the_way() {
    let fixture = Fixture::read("python-pip");
    let root = tempfile::tempdir().expect("there is a place for it");
    fs::write(root.path().join("Dockerfile"), "FROM scratch\n").expect("a file is written");
    let before = contents(root.path());
    let plan = fixture.plan(&fixture.everything());
    let failed = init::write(root.path(), &plan.files).expect_err("the Dockerfile is in the way");
    assert_eq!(failed.to_string(), "cannot write `Dockerfile`: it exists");
    assert_eq!(contents(root.path()), before);
}

#[test]
fn what_was_written_is_taken_back_where_the_disk_refuses_a_later_file() {
    let root = tempfile::tempdir().expect("there is a place for it");
    fs::write(root.path().join("README.md"), "read me\n").expect("a file is written");
    let before = contents(root.path());
    let mut files = Fixture::read("python-pip").plan(&Choices::default()).files;
    // The second of two files of one name finds the first in its way only when it is moved into its place.
    files.extend(files.first().cloned());
    let failed = init::write(root.path(), &files).expect_err("a file is there by then");
    assert_eq!(failed.path, "pipeline.toml");
    assert_eq!(contents(root.path()), before);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_repository() {
    let elsewhere = tempfile::tempdir().expect("there is a place for it");
    let root = tempfile::tempdir().expect("there is a place for it");
    std::os::unix::fs::symlink(elsewhere.path(), root.path().join(".github")).expect("a link is made");
    let plan = Fixture::read("go-service").plan(&Choices { codeowners: true, ..Choices::default() });
    let failed = init::write(root.path(), &plan.files).expect_err("a link is in the way");
    assert_eq!(failed.to_string(), "cannot write `.github/CODEOWNERS`: a symbolic link leads there");
    assert!(contents(elsewhere.path()).is_empty() && contents(root.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn the_hook_is_a_program_and_the_rest_is_readable() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().expect("there is a place for it");
    let plan = Fixture::read("go-service").plan(&Choices { hook: true, ..Choices::default() });
    init::write(root.path(), &plan.files).expect("nothing is in the way");
    let mode = |path: &str| fs::metadata(root.path().join(path)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(".git/hooks/pre-commit"), 0o755);
    assert_eq!(mode("pipeline.toml"), 0o644);
}

#[test]
fn names_that_cannot_stand_in_a_workflow_are_left_out_and_told() {
    let module = "module x\n\ngo 1.26\n";
    let fixture = Fixture::of(&[
        ("quo\"te/go.mod", module),
        ("back\\slash/go.mod", module),
        ("new\nline/go.mod", module),
        ("${{ github.token }}/go.mod", module),
        ("\u{202e}turned/go.mod", module),
        ("`tick` $(rm -rf ~)/go.mod", module),
    ]);
    let project = fixture.detect();
    let paths: Vec<&str> = project.components.iter().map(|component| component.path.as_str()).collect();
    assert_eq!(paths, ["`tick` $(rm -rf ~)", "quo\"te", "\u{202e}turned"]);
    assert_eq!(project.notes.len(), 3, "{:?}", project.notes);
    assert!(project.notes.iter().all(|note| !note.contains('\n') && !note.contains('\u{202e}')));
    assert_compiles(&init::definition(&project), &fixture.tree);
}

#[test]
fn a_hostile_text_in_any_place_stays_a_text() {
    let hostile = "x\"\n[project]\nname = \"evil\" # '''\u{202e}";
    let json = serde_json::json!({
        "name": hostile, "scripts": { "lint": hostile, "test": "jest" },
        "engines": { "node": hostile }, "packageManager": hostile, "devDependencies": { "jest": hostile },
    });
    let compose =
        serde_json::json!({ "services": { "db": { "image": hostile, "environment": { (hostile): "postgres://x" } } } });
    let python = format!(
        "[project]\nname = {0}\nrequires-python = {0}\nclassifiers = [{0}]\ndependencies = ['psycopg']\n\
         optional-dependencies.{0} = ['pytest']\n[tool.pytest.ini_options]\naddopts = ['-m', {0}, '--ignore', {0}, '--cov', {0}]\n\
         testpaths = [{0}]\n[tool.coverage.report]\nfail_under = 50\n",
        serde_json::to_string(hostile).expect("it is text"),
    );
    let fixture = Fixture::of(&[
        ("web/package.json", &json.to_string()),
        ("web/package-lock.json", "{}"),
        ("api/pyproject.toml", &python),
        ("api/tests/test_it.py", ""),
        ("compose.yaml", &compose.to_string()),
        (".github/workflows/x\n.yml", ""),
    ]);
    let project = fixture.detect();
    assert_eq!(project.components.len(), 2);
    let definition = init::definition(&project);
    assert_compiles(&definition, &fixture.tree);
    let read: Definition = toml::from_str(&definition).expect("it compiles");
    assert_eq!(read.project.name.as_str(), "folder");
    assert!(init::summary(&project).iter().all(|(_, text)| !text.contains('\n')), "{:?}", init::summary(&project));
}

#[test]
fn a_package_whose_files_name_only_what_tests_need_is_installed_itself() {
    let setup = "from setuptools import setup\nsetup(\n    name='box',\n    classifiers=[\"Programming Language :: Python :: 3.11\",\n        'Programming Language :: Python :: 3.13'])\n";
    let files = [("setup.py", setup), ("requirements-test.txt", "pytest\n"), ("tests/test_box.py", "")];
    let fixture = Fixture::of(&files);
    let definition = init::definition(&fixture.detect());
    assert!(definition.contains("[components.box]"), "{definition}");
    assert!(definition.contains("[\"3.11\", \"3.13\"]   # classifiers in setup.py"), "{definition}");
    let install = "python -m pip install --editable . --requirement requirements-test.txt";
    assert!(definition.contains(install), "{definition}");
    assert_compiles(&definition, &fixture.tree);
}

#[test]
fn folders_of_other_languages_are_proposed_to_be_ignored() {
    let cargo = "[package]\nname = \"box\"\nversion = \"1.0.0\"\n";
    let json = r#"{ "scripts": { "lint": "eslint ." } }"#;
    let files = [
        ("Cargo.toml", cargo),
        ("admin/package.json", json),
        ("admin/wasm/Cargo.toml", cargo),
        ("b[1]/package.json", json),
        ("tools/Cargo.toml", cargo),
        ("web/package.json", json),
        ("web/server/pyproject.toml", "[project]\nname = \"server\"\n"),
    ];
    let proposal = |definition: &str| definition.lines().find(|line| line.contains("ignore = ")).map(str::to_owned);
    let definition = init::definition(&Fixture::of(&files).detect());
    assert_eq!(
        proposal(&definition).as_deref(),
        Some("# ignore = [\"web/**\"]   # if it reads no file in there"),
        "{definition}"
    );
    let tree = Fixture::of(&files).tree;
    assert_compiles(&definition.replacen("# ignore", "ignore", 1), &tree);

    let workspace = format!("[workspace]\nmembers = [\"web/wasm\"]\n{cargo}");
    let files = [("Cargo.toml", workspace.as_str()), ("web/package.json", json), ("web/wasm/Cargo.toml", cargo)];
    assert_eq!(proposal(&init::definition(&Fixture::of(&files).detect())), None);
}

#[test]
fn tests_left_out_by_name_keep_a_test_run_from_being_written() {
    let config = "[pytest]\naddopts = -k \"not slow\" --ignore=tests/test_b.py\n";
    let files = [("setup.py", ""), ("pytest.ini", config), ("tests/test_a.py", ""), ("tests/test_b.py", "")];
    let fixture = Fixture::of(&files);
    let project = fixture.detect();
    let definition = init::definition(&project);
    assert!(definition.contains("# pytest.ini deselects tests by name, `-k not slow`"), "{definition}");
    assert!(!definition.contains("\n[tests.") && !definition.contains("\n[quarantine."), "{definition}");
    assert_tests_nothing(&definition, &fixture.tree);
}

#[test]
fn broken_files_are_passed_over() {
    let broken = "{[<\u{0}: \t- &x *x";
    let files = [
        "package.json",
        "pyproject.toml",
        "Cargo.toml",
        "go.mod",
        "setup.cfg",
        "tox.ini",
        "compose.yaml",
        "k8s/a.yaml",
        "requirements.txt",
        "requirements-dev.txt",
        ".nvmrc",
        ".python-version",
        "rust-toolchain.toml",
        "app.py",
        "conftest.py",
    ];
    for file in files {
        for text in
            [broken, "", "kind: Deployment\n---\nkind: [", "[tool.pytest]\naddopts = 3\n", "[package]\nname = 7\n"]
        {
            let fixture = Fixture::of(&[(file, text)]);
            let project = fixture.detect();
            assert_compiles(&init::definition(&project), &fixture.tree);
        }
    }
}

#[test]
fn a_definition_below_the_root_has_paths_from_its_own_folder() {
    let inner = Fixture::read("python-pip");
    let mut tree = Memory::default();
    for (path, text) in &inner.tree.0 {
        tree.0.insert(format!("services/shop/{path}"), text.clone());
    }
    tree.0.insert("pipeline.lock".to_owned(), "version = 1\n".to_owned());
    let around = Around { git: &inner.git, folder: "shop", today: Day::from_unix_seconds(TODAY) };
    let project = init::detect(&init::Below::new(&tree, "services/shop"), &around);
    assert_eq!(project, inner.detect());
    let needed = needs(&init::definition(&project), &inner.tree);
    let needs = |_: &str| needed.clone();
    let plan = init::plan(&tree, "services/shop", &inner.git, &project, &inner.everything(), &needs)
        .expect("nothing is in the way");
    let paths = plan.files.iter().map(|file| file.path.as_str());
    let (manifests, paths): (Vec<&str>, Vec<&str>) = paths.partition(|path| path.starts_with("services/shop/k8s/"));
    assert_eq!(manifests.len(), 11);
    assert_eq!(
        paths,
        [
            "services/shop/pipeline.toml",
            "services/shop/tests/conftest.py",
            "services/shop/Dockerfile",
            "services/shop/.dockerignore",
            ".github/CODEOWNERS",
            ".git/hooks/pre-commit"
        ]
    );
    let (what, lines) = plan.proposals.first().expect("the lock lacks pins");
    assert_eq!(what, "`pipeline.lock` is kept; it lacks these pins:");
    let mut lock = Lock::parse("version = 1\n").expect("it is sound");
    for line in lines.lines() {
        let spec = line.strip_prefix("pipewright pins add ").expect("each line is a command").trim_matches('\'');
        lock.add(spec).unwrap_or_else(|error| panic!("{spec}: {error:?}"));
    }
    assert_eq!(lock.to_text(), init::lock(&needed.actions, &needed.images, &needed.tools));
}

#[test]
fn detection_is_the_same_from_disk_and_from_memory() {
    for name in names().into_iter().filter(|name| name != "empty") {
        let fixture = Fixture::read(&name);
        let around = Around { git: &fixture.git, folder: "folder", today: Day::from_unix_seconds(TODAY) };
        let disk = init::detect(&Disk::new(projects().join(&name)), &around);
        assert_eq!(disk, fixture.detect(), "{name}");
    }
}

#[test]
fn a_library_without_a_deploy_is_short() {
    let fixture = Fixture::read("python-uv");
    let definition = init::definition(&fixture.detect());
    let lines = definition.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert!(lines < 15, "{lines} lines:\n{definition}");
}

#[test]
fn trees_are_never_asked_for_what_is_outside() {
    /// A tree that fails on a path that leaves it.
    struct Strict(Memory);
    impl Strict {
        fn check(path: &str) {
            assert!(!path.starts_with('/') && !path.split('/').any(|part| part == ".."), "asked for {path}");
        }
    }
    impl Tree for Strict {
        fn read(&self, path: &str) -> Option<String> {
            Self::check(path);
            self.0.read(path)
        }
        fn exists(&self, path: &str) -> bool {
            Self::check(path);
            self.0.exists(path)
        }
        fn list(&self, folder: &str) -> Vec<String> {
            Self::check(folder);
            self.0.list(folder)
        }
    }
    let git = Git::default();
    let around = Around { git: &git, folder: "folder", today: Day::from_unix_seconds(TODAY) };
    for name in names() {
        init::detect(&Strict(Fixture::read(&name).tree), &around);
    }
    let outside = "[tool.pytest.ini_options]\ntestpaths = ['../x', '/etc', 'a/../../b']\naddopts = ['--ignore=../../x']\n[project]\nname='x'\n";
    let compose = "services:\n  a:\n    build: { context: ../.., dockerfile: ../x }\n";
    init::detect(&Strict(Fixture::of(&[("pyproject.toml", outside), ("compose.yml", compose)]).tree), &around);
}

/// The program, run in a folder without a terminal: its exit status, and what it printed.
fn pipewright(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pipewright"))
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("it is UTF-8")).concat();
    (output.status.code().expect("it ends by itself"), said)
}

#[test]
fn the_program_writes_generates_and_is_then_up_to_date() {
    for name in names() {
        let root = tempfile::tempdir().expect("there is a place for it");
        for (path, text) in contents(&projects().join(&name)) {
            let path = root.path().join(path.replacen("dot-git/", ".git/", 1));
            fs::create_dir_all(path.parent().expect("it is a file")).expect("a folder is made");
            fs::write(path, text).expect("a file is written");
        }
        let (status, said) = pipewright(root.path(), &["init", "--dry-run"]);
        assert_eq!(status, 0, "{name}: {said}");
        assert!(!root.path().join("pipeline.toml").exists(), "{name}");
        let (status, said) = pipewright(
            root.path(),
            &["init", "--yes", "--dockerfile", "--fixtures", "--manifests", "--hook", "--codeowners=@acme/core"],
        );
        let written = contents(root.path());
        if name == "empty" {
            assert_eq!(status, 3, "nothing is tested: {said}");
            assert!(!written.contains_key(".github/workflows/ci.yml"), "{said}");
            continue;
        }
        assert_eq!(status, 0, "{name}: {said}");
        assert!(written.contains_key(".github/workflows/ci.yml"), "{name}: {said}");
        let marked = written[".github/workflows/.gitattributes"].clone();
        for file in written
            .keys()
            .filter_map(|path| path.strip_prefix(".github/workflows/"))
            .filter(|file| !file.starts_with('.'))
        {
            let is_generated = written[&format!(".github/workflows/{file}")].contains("pipewright");
            assert!(!is_generated || marked.contains(&format!("\n{file} ")), "{name}: {file} in {marked}");
        }
        let (status, said) = pipewright(root.path(), &["check"]);
        assert_eq!(status, 0, "{name}: {said}");
        let (status, said) = pipewright(root.path(), &["init", "--yes"]);
        assert_eq!(status, 2, "{name}: {said}");
        assert!(said.contains("`pipeline.toml` already exists"), "{name}: {said}");
        assert_eq!(contents(root.path()), written, "{name}: a second run changes nothing");
    }
}
