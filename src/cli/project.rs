//! The definitions that a call names, compiled and compared with the disk one by one.
//!
//! No more than one compilation of each thread is held at a time: what remains of it are its findings and names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use pipewright::diagnostics::{Code, Diagnostic, Level};
use pipewright::drift::{Change, Claim, Ignored, Kind, Repository, Staged, WriteError};
use pipewright::files::File;
use pipewright::pins::uses;
use pipewright::readback::read_back;
use pipewright::sources::{Memory, Sources, Unreadable};
use pipewright::workflow::Workflow;
use pipewright::{Compilation, LOCK, UNPINNED, compile};

use super::departure::{Departure, Diffs};
use super::failure::{Failure, Note};
use super::locks::Locks;
use super::output::Exit;
use super::place::Place;

/// Repositories by their roots, each listed once.
pub(crate) type Repositories = BTreeMap<PathBuf, Repository>;

/// The use that a call makes of the files of a definition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    /// Which diffs are to be shown.
    pub(crate) diffs: Diffs,
    /// Changes are read back, and written beside their destinations.
    pub(crate) stages: bool,
    /// Pins that the program knows, and the lock does not have, are added to it.
    pub(crate) records: bool,
    /// Warnings are errors.
    pub(crate) denies: bool,
}

/// A definition and the result of its compilation.
pub(crate) struct Compiled {
    pub(crate) root: PathBuf,
    pub(crate) file: String,
    /// Number of its generated files.
    pub(crate) files: usize,
    /// Files that differ from the generated ones, sorted by path.
    pub(crate) departures: Vec<Departure>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Warnings that the definition accepts.
    pub(crate) accepted: Vec<Diagnostic>,
    /// Files that it was read from.
    pub(crate) read: Vec<String>,
    /// Actions of its workflows, by the path of each.
    pub(crate) used: Vec<(String, String)>,
    /// Its texts, where findings point into them.
    pub(crate) sources: Option<Sources>,
    claim: Claim,
    workflows: Vec<String>,
    staged: Option<Result<Staged, Fault>>,
}

/// A change that cannot be written.
enum Fault {
    ReadBack(String),
    Write(WriteError),
}

impl Compiled {
    /// A definition with errors.
    pub(crate) fn invalid(place: &Place, sources: Sources, diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            root: place.root.clone(),
            file: place.file.clone(),
            files: 0,
            departures: Vec::new(),
            diagnostics,
            accepted: Vec::new(),
            read: Vec::new(),
            used: Vec::new(),
            sources: Some(sources),
            claim: Claim::default(),
            workflows: Vec::new(),
            staged: None,
        }
    }

    /// Adds a file that no definition generates.
    fn departs(&mut self, change: &Change, repository: &Repository, how: Use) {
        self.departures.push(Departure::new(change, how.diffs).by(self.claim.other_version()));
        if how.stages && change.kind != Kind::Planted {
            let staged = self.staged.get_or_insert_with(|| Ok(repository.stage()));
            if let Ok(so_far) = staged
                && let Err(error) = so_far.add(change)
            {
                *staged = Err(Fault::Write(error));
            }
        }
    }

    fn has(&self, code: Code) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.code == code)
    }

    pub(crate) fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The other version of this program that generated its files, and whether that is a newer one.
    pub(crate) fn other_version(&self) -> Option<(&str, bool)> {
        self.claim.other_version()
    }
}

/// Lists the repositories of these definitions.
pub(crate) fn repositories(places: &[Place]) -> Repositories {
    let mut found = Repositories::new();
    for Place { root, .. } in places {
        if !found.contains_key(root) {
            found.insert(root.clone(), Repository::open(root));
        }
    }
    found
}

/// Compiles every definition with these locks in the place of those on disk, and compares it with its repository.
///
/// # Errors
///
/// The failure of a call in which something could not be read, with every such file named.
pub(crate) fn compiled(
    places: &[Place],
    repositories: &Repositories,
    how: Use,
    mut locks: Locks,
) -> Result<Vec<Compiled>, Failure> {
    let compile = |locks: &Locks| {
        let one = |place: &Place| one_of(place, repositories, locks, how);
        if let [only] = places { vec![one(only)] } else { in_parallel(places, threads(), &one) }
    };
    let mut results: Vec<Result<Compiled, Unreadable>> = compile(&locks);
    if how.records && results.iter().flatten().any(|one| one.has(LOCK)) {
        locks = locks.merged(places)?;
        results = compile(&locks);
    }
    if how.records && results.iter().flatten().any(|one| one.has(UNPINNED)) {
        locks = locks.recorded(places);
        results = compile(&locks);
    }
    let mut all = Vec::with_capacity(results.len());
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(compiled) => all.push(compiled),
            Err(error) => errors.push(Note::new(error.to_string(), error.help)),
        }
    }
    if !errors.is_empty() {
        return Err(Failure { exit: Exit::Io, errors, end: None });
    }
    common(&mut all, repositories, how);
    for (root, change) in locks.changes() {
        let mut members = all.iter_mut().filter(|one| one.root == *root && !one.failed());
        if let (Some(one), Some(repository)) = (members.next(), repositories.get(root)) {
            one.departs(&change, repository, how);
        }
    }
    Ok(all)
}

/// The number of processors.
fn threads() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The results of several things, found by at most this number of threads, in the order of the things.
pub(crate) fn in_parallel<T: Sync, R: Send>(things: &[T], threads: usize, one: &(impl Fn(&T) -> R + Sync)) -> Vec<R> {
    let share = things.len().div_ceil(threads.max(1)).max(1);
    thread::scope(|scope| {
        let handles: Vec<_> =
            things.chunks(share).map(|chunk| scope.spawn(move || chunk.iter().map(one).collect::<Vec<_>>())).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect()
    })
}

fn one_of(place: &Place, repositories: &Repositories, locks: &Locks, how: Use) -> Result<Compiled, Unreadable> {
    let Place { root, file, .. } = place;
    let mut sources = place.sources()?;
    locks.apply(root, &mut sources);
    let Compilation { files, workflows, mut diagnostics, accepted } = compile(&sources);
    if how.denies {
        for diagnostic in &mut diagnostics {
            diagnostic.level = Level::Error;
        }
    }
    let mut one = Compiled {
        root: root.clone(),
        file: file.clone(),
        files: files.len(),
        departures: Vec::new(),
        accepted,
        read: sources.files().map(str::to_owned).collect(),
        used: files
            .iter()
            .filter(|file| Path::new(&file.path).extension().is_some_and(|it| it == "yml"))
            .map(used)
            .collect(),
        claim: Claim::default(),
        workflows: workflows.iter().map(|workflow| workflow.name.clone()).collect(),
        sources: (!diagnostics.is_empty()).then(|| Sources { tree: Box::new(Memory::default()), ..sources }),
        staged: None,
        diagnostics,
    };
    if let (false, Some(repository)) = (one.failed(), repositories.get(root)) {
        let (changes, claim) = repository.compare(file, &files);
        one.claim = claim;
        let departure = |change: &Change| Departure::new(change, how.diffs).by(one.claim.other_version());
        one.departures = changes.iter().map(departure).collect();
        one.staged = (how.stages && !changes.is_empty()).then(|| staged(repository, &changes, &workflows));
    }
    Ok(one)
}

/// The lines of a workflow that use actions.
fn used(file: &File) -> (String, String) {
    let lines = file.text.lines().filter(|line| uses(line).is_some());
    (file.path.clone(), lines.fold(String::new(), |text, line| text + line + "\n"))
}

/// Reads the workflows among these changes back, and writes all changes beside their destinations.
fn staged(repository: &Repository, changes: &[Change], workflows: &[Workflow]) -> Result<Staged, Fault> {
    let of = |change: &Change| {
        let name = change.path.strip_prefix(".github/workflows/")?;
        workflows.iter().find(|workflow| workflow.file == name)
    };
    let one = |change: &Change| match (of(change), &change.after) {
        (Some(workflow), Some(text)) => read_back(workflow, text),
        _ => Ok(()),
    };
    in_parallel(changes, threads(), &one).into_iter().collect::<Result<(), _>>().map_err(Fault::ReadBack)?;
    let mut staged = repository.stage();
    for change in changes {
        staged.add(change).map_err(Fault::Write)?;
    }
    Ok(staged)
}

/// Adds files that are no definition's alone to the departures of a definition that they concern.
fn common(all: &mut [Compiled], repositories: &Repositories, how: Use) {
    if all.iter().any(Compiled::failed) {
        return;
    }
    let mut of: BTreeMap<PathBuf, Vec<&mut Compiled>> = BTreeMap::new();
    for one in all {
        of.entry(one.root.clone()).or_default().push(one);
    }
    for (root, mut members) in of {
        let Some(repository) = repositories.get(&root) else { continue };
        let claims: Vec<&Claim> = members.iter().map(|one| &one.claim).collect();
        for (index, change) in repository.common(&claims) {
            if let Some(one) = members.get_mut(index) {
                one.departs(&change, repository, how);
            }
        }
        for one in members {
            one.departures.sort_by(|one, other| one.path.cmp(&other.path));
        }
    }
}

/// The lines that a user's own attributes of workflows lack.
pub(crate) fn lacking_attributes(all: &[Compiled], repositories: &Repositories) -> Vec<String> {
    let of =
        |root: &PathBuf| -> Vec<&Claim> { all.iter().filter(|one| one.root == *root).map(|one| &one.claim).collect() };
    repositories.iter().flat_map(|(root, repository)| repository.lacking_attributes(&of(root))).collect()
}

/// Definitions that are not part of a call, and share files with those of it.
pub(crate) fn definitions_of_others(all: &[Compiled], repositories: &Repositories) -> Vec<String> {
    let of =
        |root: &PathBuf| -> Vec<&Claim> { all.iter().filter(|one| one.root == *root).map(|one| &one.claim).collect() };
    repositories.iter().flat_map(|(root, repository)| repository.other_definitions(&of(root))).collect()
}

/// Generated files that git ignores, with the definitions and their locks.
pub(crate) fn ignored(all: &[Compiled], repositories: &Repositories) -> Vec<Ignored> {
    let of = |root: &PathBuf| -> Vec<&Compiled> { all.iter().filter(|one| one.root == *root).collect() };
    let found = repositories.iter().flat_map(|(root, repository)| {
        let of = of(root);
        let claims: Vec<&Claim> = of.iter().map(|one| &one.claim).collect();
        let lock = |file: &str| format!("{}lock", file.strip_suffix("toml").unwrap_or(file));
        let attributes = ".github/workflows/.gitattributes".to_owned();
        let own = of.iter().flat_map(|one| [one.file.clone(), lock(&one.file)]).chain([attributes]);
        let is_created = |file: &str| of.iter().any(|one| one.departures.iter().any(|it| it.path == file));
        let own: Vec<String> = own.filter(|file| is_created(file) || root.join(file).exists()).collect();
        repository.ignored(&claims, &own)
    });
    found.collect()
}

/// Puts everything that is staged in its place, the files of each repository all or none.
///
/// # Errors
///
/// The failure of a call in which something could not be written; nothing of that repository was.
pub(crate) fn commit(all: &mut [Compiled]) -> Result<(), Failure> {
    let mut roots: BTreeMap<PathBuf, Staged> = BTreeMap::new();
    for one in all {
        match one.staged.take() {
            Some(Ok(staged)) => match roots.get_mut(&one.root) {
                Some(others) => others.append(staged),
                None => drop(roots.insert(one.root.clone(), staged)),
            },
            Some(Err(Fault::ReadBack(fault))) => return Err(Failure::io(fault, None)),
            Some(Err(Fault::Write(error))) => return Err(unwritten(&error)),
            None => {}
        }
    }
    for staged in roots.into_values() {
        staged.commit().map_err(|error| unwritten(&error))?;
    }
    Ok(())
}

fn unwritten(error: &WriteError) -> Failure {
    Failure::io(error.to_string(), Some("nothing was written; fix that, and run the command again"))
}

/// Finds files and workflow names that two definitions of one call both generate. A workflow is called after its
/// project, and so are groups, caches and artifacts: two projects of one name would end each other's runs.
///
/// # Errors
///
/// The failure of a call that has such definitions.
pub(crate) fn clash(all: &[Compiled]) -> Result<(), Failure> {
    let mut owners: BTreeMap<(&Path, &str), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for Compiled { root, file: definition, claim, workflows, .. } in all {
        for generated in claim.exclusive().chain(workflows.iter().map(String::as_str)) {
            match owners.insert((root, generated), definition) {
                Some(first) if first == definition => found.push(format!("`{definition}` is named twice")),
                Some(first) => found.push(format!("`{first}` and `{definition}` both generate `{generated}`")),
                None => {}
            }
        }
    }
    found.dedup();
    if found.is_empty() {
        return Ok(());
    }
    let help = "give one of them another `project.name` or a `project.prefix`";
    let errors = found.into_iter().map(|clash| Note::new(clash, help)).collect();
    Err(Failure { exit: Exit::Definition, errors, end: None })
}
