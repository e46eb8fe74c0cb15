//! An axis that an expression reads is one of the matrix of its job.

use super::set::strategy;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct MatrixAxis;

impl Rule for MatrixAxis {
    fn code(&self) -> Code {
        Code("matrix-axis")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/matrix-axis.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, used) in set.uses("matrix") {
            let (Some(name), Some(job)) = (used.name(0), place.job) else { continue };
            let axes = || strategy(job).into_iter().flat_map(|strategy| &strategy.axes).map(|(name, _)| name.as_str());
            if !axes().any(|axis| axis.eq_ignore_ascii_case(name)) {
                let message = format!("{} reads `{used}`, but the matrix has no `{name}`", place.described());
                let help = format!("{}; {FAULT}", did_you_mean(name, axes()));
                found.push(place.error(self.code(), message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, matrix, passes};

    #[test]
    fn an_axis_that_does_not_exist() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("VERSION".to_owned(), "${{ matrix.python }}".to_owned()));
        breaks("matrix-axis", &workflow);
        matrix(&mut workflow, "python", &["3.11", "3.12"]);
        passes(&workflow);
        first_step(&mut workflow).env.push(("OTHER".to_owned(), "${{ matrix.pyhton }}".to_owned()));
        breaks("matrix-axis", &workflow);
    }
}
