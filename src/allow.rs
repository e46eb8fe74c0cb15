//! `[allow]`: warnings that a definition accepts, each rule with the reason.

use indexmap::IndexMap;

use crate::at;
use crate::diagnostics::{Code, Diagnostic, Fix, did_you_mean, misspelt};

/// Rule that every entry names a rule and accepts a warning of it.
const CODE: Code = Code("allow");

/// Takes accepted warnings out of the findings, and adds a finding for each entry that names no rule or accepts nothing.
/// Only a compilation without errors has all warnings.
pub(crate) fn accept(
    allow: &IndexMap<String, String>,
    codes: impl FnOnce() -> Vec<&'static str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    if allow.is_empty() {
        return Vec::new();
    }
    let is_complete = !diagnostics.iter().any(Diagnostic::is_error);
    let is_accepted = |one: &mut Diagnostic| !one.is_error() && allow.contains_key(one.code.0);
    let accepted: Vec<Diagnostic> = diagnostics.extract_if(.., is_accepted).collect();
    let codes = codes();
    for rule in allow.keys() {
        let place = at!["allow", rule].key();
        if !codes.contains(&rule.as_str()) {
            let help = did_you_mean(rule, codes.iter().copied());
            let fix = misspelt(rule, codes.iter().copied()).map(|near| Fix::rename(place.clone(), near));
            diagnostics.push(Diagnostic::error(CODE, place, format!("there is no rule `{rule}`")).help(help).fix(fix));
        } else if let Some(error) = diagnostics.iter().find(|one| one.is_error() && one.code.0 == rule) {
            let message = format!("`{rule}` is an error here, and only warnings can be allowed");
            let found = Diagnostic::error(CODE, place, message).related(error.at.clone(), error.message.clone());
            diagnostics.push(found.help("fix the error, and remove this line"));
        } else if is_complete && !accepted.iter().any(|one| one.code.0 == rule) {
            let message = format!("there is no warning of `{rule}` to allow");
            let fix = Fix::remove(place.clone());
            diagnostics.push(Diagnostic::warning(CODE, place, message).help("remove this line").fix(fix));
        }
    }
    accepted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(rules: &[&str], mut found: Vec<Diagnostic>) -> (usize, Vec<String>) {
        let allow = rules.iter().map(|rule| ((*rule).to_owned(), "a reason".to_owned())).collect();
        let accepted = accept(&allow, || vec!["one", "two"], &mut found);
        (accepted.len(), found.into_iter().map(|one| one.message).collect())
    }

    fn warning(code: &'static str) -> Diagnostic {
        Diagnostic::warning(Code(code), at!["project"], format!("{code} is a warning"))
    }

    fn error(code: &'static str) -> Diagnostic {
        Diagnostic::error(Code(code), at!["project"], format!("{code} is an error"))
    }

    #[test]
    fn a_warning_is_accepted_by_its_rule() {
        let found = vec![warning("one"), warning("two"), warning("one")];
        assert_eq!(accepted(&["one"], found), (2, vec!["two is a warning".to_owned()]));
        assert_eq!(accepted(&[], vec![warning("one")]), (0, vec!["one is a warning".to_owned()]));
    }

    #[test]
    fn an_entry_that_accepts_nothing_is_reported() {
        assert_eq!(accepted(&["one"], Vec::new()), (0, vec!["there is no warning of `one` to allow".to_owned()]));
        // With errors, warnings of later passes are unknown.
        assert_eq!(accepted(&["one"], vec![error("two")]), (0, vec!["two is an error".to_owned()]));
        assert_eq!(accepted(&["tow"], Vec::new()), (0, vec!["there is no rule `tow`".to_owned()]));
    }

    #[test]
    fn an_error_cannot_be_allowed() {
        let found = accepted(&["one"], vec![error("one"), warning("one")]);
        let refused = "`one` is an error here, and only warnings can be allowed";
        assert_eq!(found, (1, vec!["one is an error".to_owned(), refused.to_owned()]));
    }
}
