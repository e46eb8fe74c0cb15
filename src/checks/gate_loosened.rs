//! A test run may tighten the gates of all runs, not loosen them.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::Gates;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct GateLoosened;

const CODE: Code = Code("gate-loosened");

impl Check for GateLoosened {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/gate-loosened.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let all = &subject.definition.gates;
        entries(&ROOT, "tests", &subject.definition.tests, &mut |at, name, run| {
            let at = at.key("gates");
            for (key, own, common) in looser(&run.gates, all) {
                let message = format!("`{name}` is set to {own}, which is looser than {common} in `[gates]`");
                let there: Trail<'_> = ROOT.key("gates");
                let diagnostic = Diagnostic::error(CODE, at.key(key).at(), message);
                let help = "remove it, or loosen `[gates]` and tighten the other runs";
                found.push(diagnostic.related(there.key(key).at(), "what holds for all").help(help));
            }
        });
    }
}

/// Gates of a run that are looser than those of all, with both values.
fn looser(own: &Gates, all: &Gates) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let floors =
        [("pass-rate", own.pass_rate, all.pass_rate), ("patch-coverage", own.patch_coverage, all.patch_coverage)];
    for (key, own, all) in floors {
        if let (Some(own), Some(all)) = (own, all)
            && own < all
        {
            found.push((key, own.to_string(), all.to_string()));
        }
    }
    if let (Some(own), Some(all)) = (own.coverage, all.coverage)
        && own.looser(all)
    {
        found.push(("coverage", own.to_string(), all.to_string()));
    }
    if let (Some(own), Some(all)) = (own.slowest, all.slowest)
        && own > all
    {
        found.push(("slowest", own.to_string(), all.to_string()));
    }
    found
}
