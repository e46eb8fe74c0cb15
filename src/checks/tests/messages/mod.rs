//! Messages of rules that have several.

mod built;
mod calls;
mod declared;
mod delivered;
mod deployed;
mod globs;
mod left_out;
mod named;
mod own_jobs;
mod tested;
mod unused;
mod valued;

use std::collections::BTreeMap;

use super::page::Case;
use super::{found, sources};
use crate::diagnostics::Level;
use crate::sources::Sources;

/// Every finding on a line: how much it weighs, its rule, its key and its message.
fn said(toml: &str, files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    lines(&sources(&Case { toml: toml.to_owned(), files }))
}

/// Every finding of a definition that extends nothing.
fn said_alone(toml: &str) -> Vec<String> {
    let mut sources = sources(&Case { toml: toml.to_owned(), files: BTreeMap::new() });
    sources.bases.clear();
    lines(&sources)
}

fn lines(sources: &Sources) -> Vec<String> {
    let line = |it: crate::diagnostics::Diagnostic| {
        let level = if it.level == Level::Error { "error" } else { "warning" };
        format!("{level} {} {}: {}", it.code, it.at.dotted(), it.message)
    };
    found(sources).into_iter().map(line).collect()
}

/// A definition, files around it, and the expected messages.
type Said<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

fn assert_said(cases: &[Said<'_>]) {
    for (toml, files, lines) in cases {
        assert_eq!(said(toml, files), *lines, "{toml}");
    }
}
