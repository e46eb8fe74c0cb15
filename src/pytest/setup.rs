//! The configuration that a call of pytest uses, and the folder that its test ids start from.
//!
//! Source: pytest 9.2, `determine_setup` in `src/_pytest/config/findpaths.py`, and `Config.parse`.

use super::config::{self, Config, FILES};
use super::options::{self, Options, Stage};
use super::{Call, Refused, Word, WordSource, words};
use crate::sources::{Tree, folder as folder_of, join};

/// Configuration and command line of a call.
#[derive(Debug)]
pub(super) struct Setup {
    /// Settings.
    pub(super) config: Config,
    /// The folder that test ids start from.
    pub(super) root: String,
    /// The whole command line: `addopts`, the variable, the call's own words.
    pub(super) options: Options,
}

/// Finds and reads the configuration of a call.
pub(super) fn setup(call: &Call<'_>) -> Result<Setup, Refused> {
    let variable = words::split(call.variable)
        .map_err(|error| Refused { origin: WordSource::Variable, message: format!("`PYTEST_ADDOPTS`: {error}") })?;
    let mut own: Vec<Word> =
        variable.into_iter().map(|(text, _)| Word { text, origin: WordSource::Variable }).collect();
    own.extend_from_slice(call.words);
    let early = options::parse(&own, Stage::Early)?;
    let (mut root, mut config) = found(call, &early)?;
    if let Some(given) = early.last("--rootdir") {
        let refused = |message: String| Refused { origin: given.origin.clone(), message };
        root = join(call.folder, &given.value)
            .filter(|root| call.checkout.tree.exists(root))
            .ok_or_else(|| refused(format!("`--rootdir`: there is no folder `{}` in the repository", given.value)))?;
    }
    config.override_by(&early)?;
    let mut all = config.words("addopts")?.unwrap_or_default();
    all.extend(own);
    let options = options::parse(&all, Stage::Full)?;
    config.override_by(&options)?;
    check_version(&config)?;
    Ok(Setup { config, root, options })
}

/// The command line of a call, with what the configuration and the variable add to it.
pub(crate) fn options(call: &Call<'_>) -> Result<Options, Refused> {
    setup(call).map(|setup| setup.options)
}

/// The newest major version of pytest.
const NEWEST: u32 = 9;

fn check_version(config: &Config) -> Result<(), Refused> {
    let Some((version, origin)) = config.text("minversion") else { return Ok(()) };
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major > NEWEST) {
        let message = format!("`minversion` asks for pytest {version}, which does not exist");
        return Err(Refused { origin: origin.clone(), message });
    }
    Ok(())
}

/// The root folder and the configuration: the file that `-c` names, or the nearest one.
fn found(call: &Call<'_>, early: &Options) -> Result<(String, Config), Refused> {
    if let Some(given) = early.last("-c") {
        let refused = |message: String| Refused { origin: given.origin.clone(), message };
        if given.value == "/dev/null" {
            return Ok((ancestor(call, early), Config::default()));
        }
        let file = join(call.folder, &given.value).filter(|file| call.checkout.tree.exists(file));
        let file = file.ok_or_else(|| refused(format!("`-c`: there is no file `{}`", given.value)))?;
        let text = call.checkout.tree.read(&file).ok_or_else(|| refused(format!("`-c`: `{file}` cannot be read")))?;
        let config = config::read(&file, &text)?.unwrap_or_else(|| config::empty(&file));
        return Ok((folder_of(&file).to_owned(), config));
    }
    let ancestor = ancestor(call, early);
    if let Some(found) = located(call.checkout.tree, std::slice::from_ref(&ancestor))? {
        return Ok(found);
    }
    if early.last("--rootdir").is_some() {
        return Ok((ancestor, Config::default()));
    }
    if let Some(root) = above(&ancestor).find(|at| call.checkout.tree.exists(&file_in(at, "setup.py"))) {
        return Ok((root.to_owned(), Config::default()));
    }
    if let Some(found) = located(call.checkout.tree, &folders(call, early))? {
        return Ok(found);
    }
    Ok((common([call.folder, ancestor.as_str()].into_iter()).unwrap_or_default(), Config::default()))
}

/// Folders of the paths that the command line names, as far as they exist.
fn folders(call: &Call<'_>, options: &Options) -> Vec<String> {
    let path = |word: &Word| join(call.folder, word.text.split("::").next().unwrap_or_default());
    let existing =
        options.paths.iter().filter_map(path).filter(|path| path.is_empty() || call.checkout.tree.exists(path));
    existing.map(|path| if is_folder(call.checkout.tree, &path) { path } else { folder_of(&path).to_owned() }).collect()
}

fn ancestor(call: &Call<'_>, options: &Options) -> String {
    let folders = folders(call, options);
    common(folders.iter().map(String::as_str)).unwrap_or_else(|| call.folder.to_owned())
}

/// Returns whether a path is a folder.
pub(super) fn is_folder(tree: &dyn Tree, path: &str) -> bool {
    let name = path.rsplit('/').next();
    let is_listed = || tree.list(folder_of(path)).iter().any(|found| found.strip_suffix('/') == name && name.is_some());
    // A symbolic link to a folder is listed as a file.
    path.is_empty() || is_listed() || !tree.list(path).is_empty()
}

/// The deepest folder that all paths lie in.
fn common<'a>(mut paths: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut shared: Vec<&str> = paths.next()?.split('/').filter(|part| !part.is_empty()).collect();
    for path in paths {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let same = shared.iter().zip(parts).take_while(|(a, b)| **a == *b).count();
        shared.truncate(same);
    }
    Some(shared.join("/"))
}

/// A folder and those above it, up to the root of the repository.
pub(super) fn above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |at| (!at.is_empty()).then(|| folder_of(at)))
}

/// A file of a folder.
pub(super) fn file_in(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The first file that configures pytest, in the folders or above them.
fn located(tree: &dyn Tree, folders: &[String]) -> Result<Option<(String, Config)>, Refused> {
    let mut pyproject = None;
    for folder in folders {
        for at in above(folder) {
            let names = tree.list(at);
            for name in FILES.iter().filter(|name| names.iter().any(|found| found == *name)) {
                let file = file_in(at, name);
                let Some(text) = tree.read(&file) else { continue };
                if *name == "pyproject.toml" && pyproject.is_none() {
                    pyproject = Some((at.to_owned(), config::empty(&file)));
                }
                if let Some(config) = config::read(&file, &text)? {
                    return Ok(Some((at.to_owned(), config)));
                }
            }
        }
    }
    Ok(pyproject)
}
