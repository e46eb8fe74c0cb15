//! Tests run in random order.

use super::support::walk::{ROOT, Trail, entries};
use super::{Check, Subject};
use crate::definition::{Gates, Order as Wanted};
use crate::diagnostics::{Code, Diagnostic};
use crate::runners::{Order, runner};

pub(crate) struct OrderNotRandom;

const CODE: Code = Code("order-not-random");

impl Check for OrderNotRandom {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/order-not-random.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut fixed = |at: &Trail<'_>, gates: &Gates| {
            if gates.order == Some(Wanted::Fixed) {
                let message = "tests that depend on each other go unnoticed in an order that never changes";
                let help = "write `order = \"random\"`: every run records its seed, which repeats the order";
                found.push(Diagnostic::warning(CODE, at.key("order").at(), message).help(help));
            }
        };
        fixed(&ROOT.key("gates"), &definition.gates);
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            // If each test runs in its own process, there is no order to shuffle.
            if runner(&run.runner).is_none_or(|runner| runner.can().order != Order::Isolated) {
                fixed(&at.key("gates"), &run.gates);
            }
        });
    }
}
