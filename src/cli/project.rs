//! The definitions that a call names, compiled and compared with the disk one by one.
//!
//! No more than one compilation of each thread is held at a time: what remains of it are its findings and names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use pipewright::diagnostics::{self, At, Code, Diagnostic, Locator, Source};
use pipewright::drift::{Change, Claim, Ignored, Kind, Repository, Staged, WriteError};
use pipewright::readback::read_back;
use pipewright::sources::{Memory, Sources, Unreadable};
use pipewright::workflow::Workflow;
use pipewright::{Compilation, UNPINNED, compile};

use super::departure::{Departure, Diffs};
use super::locks::Locks;
use super::output::{Exit, Format, err, io_failed, out};
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
    claim: Claim,
    workflows: Vec<String>,
    /// Its texts, where findings point into them.
    sources: Option<Sources>,
    staged: Option<Result<Staged, Fault>>,
}

/// A change that cannot be written.
enum Fault {
    ReadBack(String),
    Write(WriteError),
}

impl Compiled {
    /// Adds a file that no definition generates.
    fn departs(&mut self, change: &Change, repository: &Repository, how: Use) {
        self.departures.push(Departure::new(change, how.diffs));
        if how.stages && change.kind != Kind::Planted {
            let staged = self.staged.get_or_insert_with(|| Ok(repository.stage()));
            if let Ok(so_far) = staged
                && let Err(error) = so_far.add(change)
            {
                *staged = Err(Fault::Write(error));
            }
        }
    }

    fn lacks_pins(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.code == UNPINNED)
    }

    pub(crate) fn failed(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Lists the repositories of these definitions.
pub(crate) fn repositories(places: &[Place]) -> Repositories {
    let mut found = Repositories::new();
    for (root, _) in places {
        if !found.contains_key(root) {
            found.insert(root.clone(), Repository::open(root));
        }
    }
    found
}

/// Compiles every definition, and compares it with its repository.
///
/// # Errors
///
/// The exit status of a call in which something could not be read, with every such file named.
pub(crate) fn compiled(places: &[Place], repositories: &Repositories, how: Use) -> Result<Vec<Compiled>, Exit> {
    let compile = |locks: &Locks| {
        let one = |place: &Place| one_of(place, repositories, locks, how);
        if let [only] = places { vec![one(only)] } else { in_parallel(places, &one) }
    };
    let mut locks = Locks::default();
    let mut results: Vec<Result<Compiled, Unreadable>> = compile(&locks);
    if how.records && results.iter().flatten().any(Compiled::lacks_pins) {
        locks = Locks::recorded(places);
        results = compile(&locks);
    }
    let mut all = Vec::with_capacity(results.len());
    let mut failed = None;
    for result in results {
        match result {
            Ok(compiled) => all.push(compiled),
            Err(error) => failed = Some(io_failed(&error.to_string(), Some(&error.help))),
        }
    }
    if let Some(exit) = failed {
        return Err(exit);
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

fn in_parallel<T: Send>(places: &[Place], one: &(impl Fn(&Place) -> T + Sync)) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(places.len()).max(1);
    thread::scope(|scope| {
        let handles: Vec<_> = places
            .chunks(places.len().div_ceil(threads))
            .map(|chunk| scope.spawn(move || chunk.iter().map(one).collect::<Vec<_>>()))
            .collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect()
    })
}

fn one_of(place: &Place, repositories: &Repositories, locks: &Locks, how: Use) -> Result<Compiled, Unreadable> {
    let (root, file) = place;
    let mut sources = Sources::read(root, file)?;
    locks.apply(root, &mut sources);
    let Compilation { files, workflows, diagnostics } = compile(&sources);
    let mut one = Compiled {
        root: root.clone(),
        file: file.clone(),
        files: files.len(),
        departures: Vec::new(),
        claim: Claim::default(),
        workflows: workflows.iter().map(|workflow| workflow.name.clone()).collect(),
        sources: (!diagnostics.is_empty()).then(|| Sources { tree: Box::new(Memory::default()), ..sources }),
        staged: None,
        diagnostics,
    };
    if let (false, Some(repository)) = (one.failed(), repositories.get(root)) {
        let (changes, claim) = repository.compare(file, &files);
        one.claim = claim;
        one.departures = changes.iter().map(|change| Departure::new(change, how.diffs)).collect();
        one.staged = (how.stages && !changes.is_empty()).then(|| staged(repository, &changes, &workflows));
    }
    Ok(one)
}

/// Reads the workflows among these changes back, and writes all changes beside their destinations.
fn staged(repository: &Repository, changes: &[Change], workflows: &[Workflow]) -> Result<Staged, Fault> {
    let mut staged = repository.stage();
    for change in changes {
        let name = change.path.strip_prefix(".github/workflows/");
        let workflow = workflows.iter().find(|workflow| name == Some(workflow.file.as_str()));
        if let (Some(workflow), Some(text)) = (workflow, &change.after) {
            read_back(workflow, text).map_err(Fault::ReadBack)?;
        }
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

/// Generated files that git ignores, with the definitions and their locks.
pub(crate) fn ignored(all: &[Compiled], repositories: &Repositories) -> Vec<Ignored> {
    let of = |root: &PathBuf| -> Vec<&Compiled> { all.iter().filter(|one| one.root == *root).collect() };
    let found = repositories.iter().flat_map(|(root, repository)| {
        let of = of(root);
        let claims: Vec<&Claim> = of.iter().map(|one| &one.claim).collect();
        let lock = |file: &str| format!("{}lock", file.strip_suffix("toml").unwrap_or(file));
        let attributes = ".github/workflows/.gitattributes".to_owned();
        let own = of.iter().flat_map(|one| [one.file.clone(), lock(&one.file)]).chain([attributes]);
        repository.ignored(&claims, &own.filter(|file| root.join(file).exists()).collect::<Vec<_>>())
    });
    found.collect()
}

/// Puts everything that is staged in its place, the files of each repository all or none.
///
/// # Errors
///
/// The exit status of a call in which something could not be written; nothing of that repository was.
pub(crate) fn commit(all: &mut [Compiled]) -> Result<(), Exit> {
    let mut roots: BTreeMap<PathBuf, Staged> = BTreeMap::new();
    for one in all {
        match one.staged.take() {
            Some(Ok(staged)) => match roots.get_mut(&one.root) {
                Some(others) => others.append(staged),
                None => drop(roots.insert(one.root.clone(), staged)),
            },
            Some(Err(Fault::ReadBack(fault))) => return Err(io_failed(&fault, None)),
            Some(Err(Fault::Write(error))) => return Err(unwritten(&error)),
            None => {}
        }
    }
    for staged in roots.into_values() {
        staged.commit().map_err(|error| unwritten(&error))?;
    }
    Ok(())
}

fn unwritten(error: &WriteError) -> Exit {
    io_failed(&error.to_string(), Some("nothing was written; fix that, and run the command again"))
}

/// Prints what is wrong with the definitions, and in a document also how files depart from them; whether nothing may be
/// written.
pub(crate) fn report(all: &[Compiled], format: Format, with_departures: bool) -> bool {
    let departed = |one: &Compiled| -> Vec<Diagnostic> {
        one.departures.iter().filter(|_| with_departures).map(departure).collect()
    };
    let told: Vec<(&Compiled, Vec<Diagnostic>)> = all
        .iter()
        .map(|one| (one, one.diagnostics.iter().cloned().chain(departed(one)).collect::<Vec<_>>()))
        .filter(|(_, told)| !told.is_empty())
        .collect();
    let found: Vec<(&[Diagnostic], Locator<'_>)> = told
        .iter()
        .map(|(one, told)| {
            let locator = one.sources.as_ref().map_or_else(|| Locator::new(&[], &[]), Sources::locator);
            let changed = one.departures.iter().map(|departure| Source { file: &departure.path, text: "" });
            (told.as_slice(), locator.with(changed))
        })
        .collect();
    match format {
        Format::Human => found.iter().for_each(|(found, locator)| err(&diagnostics::human(found, locator))),
        Format::Json => out(&diagnostics::json(&found)),
        Format::Sarif => out(&diagnostics::sarif(&found)),
        Format::Github => found.iter().for_each(|(found, locator)| out(&diagnostics::github(found, locator))),
    }
    let errors = all.iter().flat_map(|one| &one.diagnostics).filter(|diagnostic| diagnostic.is_error()).count();
    if errors > 0 && format == Format::Human {
        let what = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
        err(&format!("{what}; nothing was written\n"));
    }
    errors > 0
}

/// The difference of a file, as a finding.
fn departure(departure: &Departure) -> Diagnostic {
    let message = format!("`{}` is {}", departure.path, departure.kind.word());
    Diagnostic::error(Code("drift"), At::File(departure.path.clone()), message).help(departure.kind.help())
}

/// Prints files and workflow names that two definitions of one call both generate, and returns whether there are any. A
/// workflow is
/// called after its project, and so are groups, caches and artifacts: two projects of one name would end each other's
/// runs.
pub(crate) fn clash(all: &[Compiled]) -> bool {
    let mut owners: BTreeMap<(&Path, &str), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for Compiled { root, file: definition, claim, workflows, .. } in all {
        for generated in claim.wanted().chain(workflows.iter().map(String::as_str)) {
            match owners.insert((root, generated), definition) {
                Some(first) if first == definition => found.push(format!("`{definition}` is named twice")),
                Some(first) => found.push(format!("`{first}` and `{definition}` both generate `{generated}`")),
                None => {}
            }
        }
    }
    found.dedup();
    for clash in &found {
        err(&format!("error: {clash}\n  = help: give one of them another `project.name` or a `project.prefix`\n"));
    }
    !found.is_empty()
}
