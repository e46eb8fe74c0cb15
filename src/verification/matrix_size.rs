//! A matrix makes at least one job and at most 256, no two of them the same.

use super::set::{count, strategy};
use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::Axis;

pub(crate) struct MatrixSize;

impl Rule for MatrixSize {
    fn code(&self) -> Code {
        Code("matrix-size")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/matrix-size.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            let Some(strategy) = strategy(job) else { continue };
            let mut wrong = |message: String, help: &str| {
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(help));
            };
            let product = strategy.axes.iter().fold(1, |size: usize, (_, axis)| size.saturating_mul(count(axis)));
            let decided = !strategy.include.is_empty() || !strategy.exclude.is_empty();
            let size = if decided { strategy.cells.len() } else { product };
            if size == 0 || (strategy.axes.is_empty() && !decided) {
                wrong(format!("the matrix of the job `{}` is empty", job.id), "give every axis a value");
            }
            if size > MOST {
                let message = format!("the matrix of the job `{}` makes {size} jobs", job.id);
                wrong(message, "GitHub makes at most 256: take fewer shards, versions or machines");
            }
            for (name, axis) in &strategy.axes {
                let Axis::Texts(texts) = axis else { continue };
                let twice =
                    texts.iter().enumerate().find(|(index, text)| texts.iter().take(*index).any(|t| t == *text));
                if let Some((_, text)) = twice {
                    let message = format!("the axis `{name}` of the job `{}` has `{text}` twice", job.id);
                    wrong(message, "write each value once");
                }
            }
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/limits>, job matrix.
const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::super::tests::{axis, breaks, clean, matrix, passes};
    use crate::workflow::{Axis, Value};

    #[test]
    fn more_than_256_jobs() {
        let mut workflow = clean();
        axis(&mut workflow, "shard", Axis::Numbers(128));
        axis(&mut workflow, "version", Axis::Texts(vec!["1".to_owned(), "2".to_owned()]));
        passes(&workflow);
        axis(&mut workflow, "seed", Axis::Expression(Value::variable("SEEDS").from_json()));
        let found = breaks("matrix-size", &workflow);
        assert!(found[0].message.contains("makes 512 jobs"), "{}", found[0].message);
    }

    #[test]
    fn an_axis_without_values_or_with_one_twice() {
        let mut workflow = clean();
        matrix(&mut workflow, "version", &[]);
        breaks("matrix-size", &workflow);
        let mut workflow = clean();
        matrix(&mut workflow, "version", &["3.12", "3.11", "3.12"]);
        breaks("matrix-size", &workflow);
    }
}
