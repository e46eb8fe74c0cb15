//! A checkout leaves no token behind.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct CheckoutCredentials;

impl Rule for CheckoutCredentials {
    fn code(&self) -> Code {
        Code("checkout-credentials")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/checkout-credentials.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for used in set.actions.iter().filter(|used| used.is("actions/checkout")) {
            if !used.is_given("persist-credentials", "false") {
                let message =
                    format!("the checkout of the job `{}` keeps the job's token in the repository", used.job.id);
                let help = "add `with = { persist-credentials = \"false\" }`";
                found.push(Diagnostic::error(self.code(), used.step.origin.clone(), message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step};
    use crate::workflow::StepKind;

    #[test]
    fn a_checkout_that_keeps_its_token() {
        for value in [None, Some("true"), Some("no")] {
            let mut workflow = clean();
            if let StepKind::Uses(action) = &mut first_step(&mut workflow).kind {
                action.with = value.iter().map(|value| ("persist-credentials".to_owned(), (*value).into())).collect();
            }
            breaks("checkout-credentials", &workflow);
        }
    }
}
