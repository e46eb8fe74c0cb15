//! Calls of pytest: the folder, the words of the command line and `PYTEST_ADDOPTS`.

use indexmap::IndexMap;

use super::scope::Named;
use crate::definition::{Name, RunValue, Service, TestRun, Value};
use crate::diagnostics::Location;
use crate::pytest::{self, Call, Checkout, Floor, Word, WordSource};
use crate::sources::{Tree, join};

/// The variable with further arguments of pytest.
const VARIABLE: &str = "PYTEST_ADDOPTS";

/// `PYTEST_ADDOPTS` as the tests see it.
#[derive(Debug, Clone)]
pub(crate) struct Variable<'a> {
    /// Its value, as far as the definition has it.
    pub(crate) text: &'a str,
    /// Only GitHub knows the value.
    pub(crate) hidden: bool,
    /// The place that sets it.
    pub(crate) at: Location,
}

/// Returns the variable as the tests see it: the run's own, the component's, a service's.
pub(super) fn variable<'a>(
    environments: [(&'a IndexMap<String, RunValue>, &'static str, &'a Name); 2],
    services: &[Named<'a, Service>],
) -> Option<Variable<'a>> {
    for (env, table, name) in environments {
        if let Some(value) = env.get(VARIABLE) {
            let (text, hidden) = match value {
                RunValue::Plain(Value::Literal(text)) => (text.as_str(), false),
                RunValue::Plain(Value::External(external)) => (external.default.as_deref().unwrap_or_default(), true),
                _ => ("", true),
            };
            return Some(Variable { text, hidden, at: crate::at![table, name.as_str(), "env", VARIABLE] });
        }
    }
    services.iter().rev().find_map(|(name, service)| {
        let text = service.provides.get(VARIABLE)?;
        Some(Variable { text, hidden: false, at: crate::at!["services", name.as_str(), "provides", VARIABLE] })
    })
}

/// Returns the words of a command line: existing paths, and the arguments of the run.
pub(crate) fn words(tree: &dyn Tree, folder: &str, paths: &[String], run: &TestRun) -> Vec<Word> {
    let exists = |path: &str| {
        let file = path.split("::").next().unwrap_or_default();
        join(folder, file).is_some_and(|file| file.is_empty() || tree.exists(&file))
    };
    let path = |(index, text): (usize, &String)| Word { text: text.clone(), origin: WordSource::Path(index) };
    let argument = |(index, text): (usize, &String)| Word { text: text.clone(), origin: WordSource::Argument(index) };
    let paths = paths.iter().enumerate().filter(|(_, path)| exists(path)).map(path);
    paths.chain(run.args.iter().enumerate().map(argument)).collect()
}

/// Returns the floor that the project's own configuration sets for the coverage of a test run.
pub(super) fn floor(tree: &dyn Tree, folder: &str, run: &TestRun, variable: Option<&Variable<'_>>) -> Option<Floor> {
    let words = words(tree, folder, &run.paths, run);
    let variable = variable.map_or("", |variable| variable.text);
    let checkout = Checkout::whole(tree);
    let call = Call { checkout: &checkout, folder, words: &words, variable };
    let options = pytest::options(&call).ok()?;
    pytest::floor(&call, &options)
}
