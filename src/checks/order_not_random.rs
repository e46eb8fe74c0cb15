//! Tests run in random order.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::definition::{Gates, Order as Written};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Order;

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
            if gates.order == Some(Written::Fixed) {
                let message = "tests that depend on each other go unnoticed in an order that never changes";
                let help = "write `order = \"random\"`: every run records its seed, which repeats the order";
                found.push(Diagnostic::warning(CODE, at.key("order").at(), message).help(help));
            }
        };
        fixed(&ROOT.key("gates"), &definition.gates);
        let tests = ROOT.key("tests");
        // If each test runs in its own process, there is no order to shuffle.
        for run in subject.pipeline.tests.values().filter(|run| run.order != Order::Isolated) {
            fixed(&tests.key(run.name).key("gates"), &run.written.gates);
        }
    }
}
