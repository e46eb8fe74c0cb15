//! The definitions that a call names, compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use pipewright::diagnostics::{self, Diagnostic, Locator};
use pipewright::drift::{self, Change, Wanted};
use pipewright::sources::{Sources, Unreadable};
use pipewright::{Compilation, compile};

use super::{Exit, Format, err, io_failed, out};

/// A definition and what became of it.
pub(crate) struct Compiled {
    pub(crate) root: PathBuf,
    pub(crate) file: String,
    pub(crate) compilation: Compilation,
    /// What it was read from.
    pub(crate) sources: Sources,
}

/// Compiles every definition that a call names; none named is `pipeline.toml`.
///
/// # Errors
///
/// The exit status of a call in which something could not be read, with everything said.
pub(crate) fn compiled(folder: &Path, files: &[PathBuf]) -> Result<Vec<Compiled>, Exit> {
    let default = [PathBuf::from("pipeline.toml")];
    let files = if files.is_empty() { &default } else { files };
    let mut places = Vec::new();
    for file in files {
        places.push(place(&folder.join(file)).map_err(|message| io_failed(&message, None))?);
    }
    let results: Vec<Result<Compiled, Unreadable>> =
        if let [one] = places.as_slice() { vec![one_of(one)] } else { in_parallel(&places) };
    let mut all = Vec::new();
    let mut failed = None;
    for result in results {
        match result {
            Ok(compiled) => all.push(compiled),
            Err(error) => failed = Some(io_failed(&error.to_string(), Some(&error.help))),
        }
    }
    failed.map_or(Ok(all), Err)
}

fn in_parallel(places: &[(PathBuf, String)]) -> Vec<Result<Compiled, Unreadable>> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(places.len()).max(1);
    thread::scope(|scope| {
        let handles: Vec<_> = places
            .chunks(places.len().div_ceil(threads))
            .map(|chunk| scope.spawn(move || chunk.iter().map(one_of).collect::<Vec<_>>()))
            .collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect()
    })
}

fn one_of((root, file): &(PathBuf, String)) -> Result<Compiled, Unreadable> {
    let sources = Sources::read(root, file)?;
    let compilation = compile(&sources);
    Ok(Compiled { root: root.clone(), file: file.clone(), compilation, sources })
}

/// The repository of a definition, and the definition's path in it.
pub(crate) fn place(path: &Path) -> Result<(PathBuf, String), String> {
    let cannot = |error: std::io::Error| format!("cannot find `{}`: {error}", path.display());
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(format!("`{}` does not name a file", path.display()));
    };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let folder = fs::canonicalize(parent).map_err(cannot)?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&folder).to_owned();
    let inside = folder.strip_prefix(&root).unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = Vec::new();
    for part in inside {
        parts.push(part.to_str().ok_or_else(|| format!("`{}` is not UTF-8", path.display()))?);
    }
    parts.push(name);
    let file = parts.join("/");
    // It stands in comments and in JSON of what is generated, where these would end them.
    if file.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) {
        return Err(format!("the path `{}` holds a quote, a backslash or a control character", file.escape_debug()));
    }
    Ok((root, file))
}

/// Prints what is wrong; whether nothing may be written.
pub(crate) fn report(all: &[Compiled], format: Format) -> bool {
    let found: Vec<(&[Diagnostic], Locator<'_>)> = all
        .iter()
        .filter(|compiled| !compiled.compilation.diagnostics.is_empty())
        .map(|compiled| (compiled.compilation.diagnostics.as_slice(), compiled.sources.locator()))
        .collect();
    match format {
        Format::Human => found.iter().for_each(|(found, locator)| err(&diagnostics::human(found, locator))),
        Format::Json => out(&diagnostics::json(&found)),
        Format::Sarif => out(&diagnostics::sarif(&found)),
        Format::Github => found.iter().for_each(|(found, locator)| out(&diagnostics::github(found, locator))),
    }
    let errors: usize = all.iter().map(|compiled| count(&compiled.compilation)).sum();
    if errors > 0 && format == Format::Human {
        let what = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
        err(&format!("{what}; nothing was written\n"));
    }
    errors > 0
}

fn count(compilation: &Compilation) -> usize {
    compilation.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count()
}

/// Files and workflow names that two definitions of one call both want. A workflow is called after its project, and so
/// are groups, caches and artifacts: two projects of one name would end each other's runs.
pub(crate) fn clashes(all: &[Compiled]) -> Vec<String> {
    let mut owners: BTreeMap<(&Path, &str), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for Compiled { root, file: definition, compilation, .. } in all {
        let files = compilation.files.iter().map(|file| file.path.as_str());
        let names = compilation.workflows.iter().map(|workflow| workflow.name.as_str());
        for wanted in files.chain(names) {
            match owners.insert((root, wanted), definition) {
                Some(first) if first == definition => found.push(format!("`{definition}` is named twice")),
                Some(first) => found.push(format!("`{first}` and `{definition}` both want `{wanted}`")),
                None => {}
            }
        }
    }
    found.dedup();
    found
}

/// How the files on disk depart from what each definition wants, in the order of the definitions.
pub(crate) fn compared(all: &[Compiled]) -> Vec<Vec<Change>> {
    let mut changes: Vec<Vec<Change>> = vec![Vec::new(); all.len()];
    let mut roots: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
    for (index, compiled) in all.iter().enumerate() {
        roots.entry(&compiled.root).or_default().push(index);
    }
    for (root, indexes) in roots {
        let wanted: Vec<Wanted<'_>> = indexes
            .iter()
            .filter_map(|index| all.get(*index))
            .map(|compiled| Wanted { definition: &compiled.file, files: &compiled.compilation.files })
            .collect();
        for (index, found) in indexes.into_iter().zip(drift::compare(root, &wanted)) {
            if let Some(place) = changes.get_mut(index) {
                *place = found;
            }
        }
    }
    changes
}
