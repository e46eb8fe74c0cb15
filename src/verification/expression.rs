//! Expressions are ones that GitHub can read.

use super::place::Place;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::expression::{Error, check_functions};

pub(crate) struct Expression;

impl Rule for Expression {
    fn code(&self) -> Code {
        Code("expression")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/expression.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for place in &set.places {
            found.extend(place.read.error.map(|error| wrong(self.code(), place, error)));
            for expression in place.read.expressions {
                found.extend(check_functions(expression).iter().map(|error| wrong(self.code(), place, error)));
            }
        }
    }
}

fn wrong(code: Code, place: &Place<'_>, error: &Error) -> Diagnostic {
    let message = format!("{} is `{}`: {}", place.described(), place.read.text, error.message);
    let help = error.help.as_ref().map_or_else(|| FAULT.to_owned(), |help| format!("{help}; {FAULT}"));
    place.error(code, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step};

    #[test]
    fn what_does_not_parse() {
        for condition in ["github.ref ==", "${{ always() }}", "", "lower(github.ref)", "contains(github.ref)"] {
            let mut workflow = clean();
            first_step(&mut workflow).condition = Some(condition.to_owned());
            breaks("expression", &workflow);
        }
    }

    #[test]
    fn braces_that_stay_open() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("REF".to_owned(), "${{ github.ref }".to_owned()));
        breaks("expression", &workflow);
    }
}
