//! Secrets and variables as a definition has them: `{ secret = "NAME" }` and `{ var = "NAME", default = … }`.

use toml::de::{DeTable, DeValue};

use super::values::Kind;
use crate::diagnostics::{Location, Part};
use crate::sources::Sources;

/// A secret or variable in a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) has_default: bool,
    path: Vec<Part>,
}

/// Every secret and variable of a definition and of what it extends.
pub(super) fn written(sources: &Sources) -> Vec<Written> {
    let mut found = Vec::new();
    for text in std::iter::once(&sources.definition).chain(&sources.bases) {
        let (root, _) = DeTable::parse_recoverable(&text.text);
        table(root.get_ref(), &mut Vec::new(), &mut found);
    }
    found
}

fn table(table: &DeTable<'_>, path: &mut Vec<Part>, found: &mut Vec<Written>) {
    for (key, kind) in [("secret", Kind::Secret), ("var", Kind::Variable)] {
        if let Some(name) = table.get(key).and_then(|value| value.get_ref().as_str()) {
            let has_default = table.contains_key("default");
            found.push(Written { kind, name: name.to_owned(), has_default, path: path.clone() });
        }
    }
    for (key, inner) in table {
        path.push(Part::from(key.get_ref().as_ref()));
        value(inner.get_ref(), path, found);
        path.pop();
    }
}

fn value(of: &DeValue<'_>, path: &mut Vec<Part>, found: &mut Vec<Written>) {
    match of {
        DeValue::Table(inner) => table(inner, path, found),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Part::from(index));
                value(item.get_ref(), path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

impl Written {
    /// Returns whether this is the value of a GitHub environment: the tables of other environments have their own.
    pub(super) fn is_of(&self, kind: Kind, name: &str, environment: Option<&str>) -> bool {
        let own = match self.path.as_slice() {
            [Part::Key(table), Part::Key(of), ..] if table == "environments" => Some(of.as_ref()),
            _ => None,
        };
        self.kind == kind && self.name == name && own.is_none_or(|own| environment == Some(own))
    }

    /// Its key.
    pub(super) fn key(&self) -> String {
        Location::value(self.path.clone()).dotted()
    }
}
