//! References by name: found, or an error that names what was probably meant.

use super::scope::Named;
use crate::definition::{Name, Service, Table};
use crate::diagnostics::{Code, Diagnostic, Location, did_you_mean};

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
        let help = if table.is_empty() {
            format!("declare `[{key}.{name}]`")
        } else {
            did_you_mean(name, table.keys().map(Name::as_str))
        };
        self.error(UNKNOWN_NAME, at, format!("there is no `{name}` in `[{key}]`"), help);
    }

    /// Reports an error with its help.
    pub(super) fn error(&mut self, code: Code, at: Location, message: String, help: String) {
        self.found.push(Diagnostic::error(code, at, message).help(help));
    }
}
