//! What each pass costs, and the whole: `cargo bench`.
//!
//! Every pass is measured on the repository's own definition, the whole also on a thousand small ones.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use divan::{Bencher, counter::ItemsCount};
use pipewright::drift::Repository;
use pipewright::sources::Sources;
use pipewright::{Compilation, compile, definition, files, needs, pins, readback, yaml};
use tempfile::TempDir;

fn main() {
    divan::main();
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn sources() -> Sources {
    Sources::read(Path::new(ROOT), "pipeline.toml").expect("the repository has a definition")
}

fn compiled() -> Compilation {
    let compilation = compile(&sources());
    assert!(!compilation.failed(), "{:?}", compilation.diagnostics);
    compilation
}

/// From the disk to text: the definition, its lock, and a look for templates of the user's own.
#[divan::bench]
fn sources_from_disk(bencher: Bencher<'_, '_>) {
    bencher.bench_local(sources);
}

/// From text to the definition.
#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| definition::read(black_box(&sources)));
}

/// From text to the pins.
#[divan::bench]
fn lock(bencher: Bencher<'_, '_>) {
    let sources = sources();
    let text = &sources.lock.as_ref().expect("the repository has a lock").text;
    bencher.bench_local(|| pins::Lock::parse(black_box(text)));
}

/// From text to workflows, without checks and verification.
#[divan::bench]
fn read_and_lower(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| needs(black_box(&sources)));
}

/// From workflows to YAML.
#[divan::bench]
fn emit(bencher: Bencher<'_, '_>) {
    let workflows = compiled().workflows;
    bencher.bench_local(|| {
        for workflow in &workflows {
            black_box(yaml::emit::workflow(workflow, &[])).expect("the workflow can be written");
        }
    });
}

/// The hashes of the manifest.
#[divan::bench]
fn hash(bencher: Bencher<'_, '_>) {
    let wanted = compiled().files;
    bencher.bench_local(|| wanted.iter().map(|file| files::hash(&file.text).len()).sum::<usize>());
}

/// All passes from text to files: what `read_and_lower`, `emit` and `hash` leave of it are checks and verification.
#[divan::bench]
fn whole(bencher: Bencher<'_, '_>) {
    let sources = sources();
    bencher.bench_local(|| compile(black_box(&sources)));
}

/// Wanted files against those on disk, where nothing has changed.
#[divan::bench]
fn compare(bencher: Bencher<'_, '_>) {
    let files = compiled().files;
    bencher.bench_local(|| {
        let repository = Repository::open(Path::new(ROOT));
        let (_, claim) = repository.compare("pipeline.toml", black_box(&files));
        repository.common(&[&claim])
    });
}

/// Reading every workflow back, which only a change calls for.
#[divan::bench]
fn read_back(bencher: Bencher<'_, '_>) {
    let compilation = compiled();
    bencher.bench_local(|| {
        for workflow in &compilation.workflows {
            let file = compilation.files.iter().find(|file| file.path.ends_with(&format!("/{}", workflow.file)));
            readback::read_back(workflow, &file.expect("a workflow is a file").text).expect("it says what was meant");
        }
    });
}

/// A copy of what the repository's own definition reads, generated, in memory where there is a disk of that kind: there,
/// waiting for the disk costs nothing, so that it is left out of what is measured.
fn copy() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a temporary folder");
    fs::create_dir(folder.path().join(".git")).expect("the folder is writable");
    for name in ["pipeline.toml", "pipeline.lock", "Cargo.toml", "Cargo.lock"] {
        fs::copy(Path::new(ROOT).join(name), folder.path().join(name)).expect("the file is readable");
    }
    let examples = Command::new("cp").arg("-r").arg(Path::new(ROOT).join("examples")).arg(folder.path()).status();
    assert!(examples.expect("cp starts").success());
    run(folder.path(), "generate", &[]);
    folder
}

/// A process that does nothing, to compare those below with.
#[divan::bench]
fn process_true(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Command::new("/bin/true").output().expect("it starts"));
}

/// The whole process of `check` where nothing has changed.
#[divan::bench]
fn process_check(bencher: Bencher<'_, '_>) {
    let folder = copy();
    bencher.bench_local(|| run(folder.path(), "check", &[]));
}

/// The whole process of `generate` after an edit that changes a workflow.
#[divan::bench]
fn process_edit_and_generate(bencher: Bencher<'_, '_>) {
    let folder = copy();
    let definition = folder.path().join("pipeline.toml");
    let text = fs::read_to_string(&definition).expect("the definition is readable");
    let mut turn = 0_u32;
    bencher
        .with_inputs(|| {
            turn += 1;
            let nightly = "cron = \"17 ";
            assert!(text.contains(nightly), "the definition has a nightly run");
            let edited = text.replace(nightly, &format!("cron = \"{} ", turn % 60));
            fs::write(&definition, edited).expect("the definition is writable");
        })
        .bench_local_values(|()| run(folder.path(), "generate", &[]));
}

const PIPELINES: usize = 1_000;

/// A repository with a thousand small pipelines.
fn thousand() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join(".git")).expect("the folder is writable");
    fs::copy(Path::new(ROOT).join("tests/fixtures/pipeline.lock"), folder.path().join("pipeline.lock"))
        .expect("the lock is readable");
    let definitions: Vec<String> = (0..PIPELINES).map(|index| format!("services/s{index}/pipeline.toml")).collect();
    let fixture = fs::read_to_string(Path::new(ROOT).join("tests/fixtures/python-library/pipeline.toml"))
        .expect("the fixture is readable");
    for (index, definition) in definitions.iter().enumerate() {
        let path = folder.path().join(definition);
        let service = path.parent().expect("a file stands in a folder");
        fs::create_dir_all(service).expect("the folder is writable");
        fs::write(service.join("requirements-dev.txt"), "").expect("the file is writable");
        fs::write(path, fixture.replace("textkit", &format!("textkit-{index}"))).expect("the file is writable");
    }
    (folder, definitions)
}

fn run(folder: &Path, command: &str, definitions: &[String]) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_pipewright"));
    let output = program.arg(command).args(definitions).current_dir(folder).output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
}

/// A thousand small pipelines in one call of `check`.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn check_a_thousand(bencher: Bencher<'_, '_>) {
    let (folder, definitions) = thousand();
    run(folder.path(), "generate", &definitions);
    bencher.counter(ItemsCount::new(PIPELINES)).bench_local(|| run(folder.path(), "check", &definitions));
}
