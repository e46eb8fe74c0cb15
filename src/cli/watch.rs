//! `generate --watch`: run again after each change of what a definition is read from.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use super::failure::Failure;
use super::output::{Exit, Format};
use super::place::{Place, places};
use super::settings::Settings;

/// Time between two looks at the files.
const PAUSE: Duration = Duration::from_millis(250);

/// Runs a command, and again after each change of these definitions, of those that they extend, and of their locks and
/// templates. Failures are printed, and the watch goes on; Ctrl-C ends the program.
///
/// # Errors
///
/// The failure of a call that cannot be repeated.
pub(crate) fn run(
    files: &[PathBuf],
    settings: &Settings,
    once: &dyn Fn() -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    if settings.format != Format::Human {
        return Err(Failure::usage("`--watch` prints no document", "remove `--format`"));
    }
    let places = places(&settings.folder, files)?;
    if places.iter().any(|place| place.stdin.is_some()) {
        return Err(Failure::usage("standard input cannot be watched", "name the file"));
    }
    loop {
        let before = read(&places);
        if let Err(failure) = once() {
            failure.print(settings.format);
        }
        let names: Vec<&str> = places.iter().map(|place| place.file.as_str()).collect();
        settings.status(&format!("watching {}; Ctrl-C ends it\n", names.join(", ")));
        // The command writes the lock itself, which is no change then.
        let after = read(&places);
        let last = if before.definitions == after.definitions { after } else { before };
        while last == read(&places) {
            sleep(PAUSE);
        }
    }
}

/// Texts of all files that definitions are read from.
#[derive(PartialEq)]
struct Texts {
    definitions: Vec<String>,
    others: Vec<String>,
}

fn read(places: &[Place]) -> Texts {
    let mut texts = Texts { definitions: Vec::new(), others: Vec::new() };
    for place in places {
        match place.sources() {
            Ok(sources) => {
                let bases = sources.bases.into_iter().map(|base| base.text);
                texts.definitions.extend(std::iter::once(sources.definition.text).chain(bases));
                texts.others.extend(sources.lock.map(|lock| lock.text));
                texts.others.extend(sources.templates.into_values().map(|template| template.text));
            }
            Err(error) => {
                let bytes = fs::read(place.root.join(&place.file)).unwrap_or_default();
                texts.definitions.extend([error.to_string(), String::from_utf8_lossy(&bytes).into_owned()]);
            }
        }
    }
    texts
}
