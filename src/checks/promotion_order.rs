//! An environment comes after one that is declared above it.

use super::{Check, Subject};
use crate::at;
use crate::definition::Name;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct PromotionOrder;

impl Check for PromotionOrder {
    fn code(&self) -> Code {
        Code("promotion-order")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/promotion-order.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let mut above: Vec<&Name> = Vec::new();
        for (name, environment) in &subject.definition.environments {
            if let Some(before) = &environment.needs
                && !above.contains(&before)
            {
                let help = if subject.definition.environments.contains_key(before) {
                    format!("declare `{before}` above `{name}`")
                } else if above.is_empty() {
                    format!("declare `[environments.{before}]` above `{name}`")
                } else {
                    did_you_mean(before, above.iter().map(|name| name.as_str()))
                };
                let at = at!["environments", name.as_str(), "needs"];
                let message = format!("`{before}` is not declared above `{name}`");
                found.push(Diagnostic::error(self.code(), at, message).help(help));
            }
            above.push(name);
        }
    }
}
