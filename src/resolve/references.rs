//! References by name: found, or an error that names what was probably meant.

use super::scope::Named;
use crate::definition::{Name, Service, Table};
use crate::diagnostics::{Code, Diagnostic, Fix, Location, did_you_mean, misspelt};

/// The rule that reports a name which no table declares.
pub(super) const UNKNOWN_NAME: Code = Code("unknown-name");

/// Errors in the references of a definition.
#[derive(Debug, Default)]
pub(super) struct References {
    pub(super) found: Vec<Diagnostic>,
}

impl References {
    /// Returns the entry of a table, or reports that there is none at the place that names it.
    pub(super) fn find<'a, T>(
        &mut self,
        (key, table): (&str, &'a Table<T>),
        name: &Name,
        at: impl FnOnce() -> Location,
    ) -> Option<Named<'a, T>> {
        let entry = table.get_key_value(name);
        if entry.is_none() {
            self.unknown(at(), key, name, table);
        }
        entry
    }

    /// Returns the services of a list; those that are not declared are reported.
    pub(super) fn services<'a>(
        &mut self,
        declared: &'a Table<Service>,
        names: &[Name],
        at: impl Fn() -> Location,
    ) -> Vec<Named<'a, Service>> {
        let find = |(index, name)| self.find(("services", declared), name, || at().then("services").then(index));
        names.iter().enumerate().filter_map(find).collect()
    }

    fn unknown<T>(&mut self, at: Location, key: &str, name: &Name, table: &Table<T>) {
        let message = format!("there is no `{name}` in `[{key}]`");
        if table.is_empty() {
            self.error(UNKNOWN_NAME, at, message, format!("declare `[{key}.{name}]`"));
        } else {
            self.misspelt(UNKNOWN_NAME, at, message, name, table.keys().map(Name::as_str));
        }
    }

    /// Reports a value that is none of the known ones, with the one that is near.
    pub(super) fn misspelt<'n>(
        &mut self,
        code: Code,
        at: Location,
        message: String,
        name: &str,
        known: impl IntoIterator<Item = &'n str> + Clone,
    ) {
        let fix = misspelt(name, known.clone()).map(|near| Fix::replace(at.clone(), format!("\"{near}\"")));
        self.found.push(Diagnostic::error(code, at, message).help(did_you_mean(name, known)).fix(fix));
    }

    /// Reports an error with its help.
    pub(super) fn error(&mut self, code: Code, at: Location, message: String, help: String) {
        self.found.push(Diagnostic::error(code, at, message).help(help));
    }
}
