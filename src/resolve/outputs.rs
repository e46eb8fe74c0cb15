//! Outputs of custom jobs, with the steps that set them.

use indexmap::IndexMap;

use super::call;
use crate::catalogue;
use crate::definition::{Job, Name, Output, RunValue, Step, Table};

/// Returns the outputs of a job that other jobs or the callers of its workflow read, each once, with its step.
pub(super) fn of<'a>(
    name: &Name,
    job: &'a Job,
    table: &'a Table<Job>,
    called: Option<&'a Table<RunValue>>,
) -> Vec<(&'a Output, &'a Name)> {
    let mut found: Vec<(&Output, &Name)> = Vec::new();
    let readers = table.values().filter(|other| other.needs.contains(name)).flat_map(call::values);
    for output in
        outputs(readers.chain(called.into_iter().flat_map(IndexMap::values))).filter(|output| output.from == *name)
    {
        if let Ok(step) = setting(job, output)
            && found.iter().all(|(known, _)| *known != output)
        {
            found.push((output, step));
        }
    }
    found
}

/// Returns every output in a list of values.
fn outputs<'a>(values: impl Iterator<Item = &'a RunValue>) -> impl Iterator<Item = &'a Output> {
    values.flat_map(RunValue::parts).filter_map(|value| match value {
        RunValue::Output(output) => Some(output),
        _ => None,
    })
}

/// The reason for which no step is known to set an output of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unset<'a> {
    /// No step of the job has an id.
    WithoutId,
    /// No step has the id that is named.
    UnknownStep(&'a Name),
    /// Several steps may set it, or none of several that are known does.
    Unclear(Vec<&'a Name>),
    /// The only step that could does not set it.
    NotSet(&'a Name),
}

/// Returns the step of a job that sets an output: the one that is named, the only one with an id, or the only one that
/// is known to set it.
pub(crate) fn setting<'a>(job: &'a Job, output: &'a Output) -> Result<&'a Name, Unset<'a>> {
    let steps = || job.steps.iter().filter_map(|step| Some((step.id.as_ref()?, step)));
    let checked = |(id, step): (&'a Name, &'a Step)| match sets(step, &output.name) {
        Some(false) => Err(Unset::NotSet(id)),
        _ => Ok(id),
    };
    if let Some(asked) = &output.step {
        return steps().find(|(id, _)| *id == asked).map_or(Err(Unset::UnknownStep(asked)), checked);
    }
    let all: Vec<(&Name, &Step)> = steps().collect();
    match all.as_slice() {
        [] => return Err(Unset::WithoutId),
        [only] => return checked(*only),
        _ => {}
    }
    let sure: Vec<&Name> =
        steps().filter(|(_, step)| sets(step, &output.name) == Some(true)).map(|(id, _)| id).collect();
    match sure.as_slice() {
        [only] => Ok(only),
        _ => Err(Unset::Unclear(all.into_iter().map(|(id, _)| id).collect())),
    }
}

/// Returns whether a step sets an output, where that is known: an action of the catalogue lists its outputs, and a
/// script that writes to `$GITHUB_OUTPUT` itself names them.
pub(crate) fn sets(step: &Step, output: &str) -> Option<bool> {
    match (&step.run, &step.uses) {
        (Some(script), _) => {
            let writes = script.contains("GITHUB_OUTPUT");
            writes.then(|| script.contains(output))
        }
        (None, Some(action)) => catalogue::action(action).map(|known| known.can_set(output)),
        (None, None) => None,
    }
}

/// Returns the outputs that a step is known to set: those of an action of the catalogue, and names that a script prints
/// with `=` or `<<` behind them.
pub(crate) fn of_step(run: Option<&str>, uses: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let script = run.filter(|script| script.contains("GITHUB_OUTPUT")).unwrap_or_default();
    for printed in ["echo ", "printf "].iter().flat_map(|program| script.split(program).skip(1)) {
        let text = printed.trim_start_matches(['"', '\'', ' ']);
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        let name = text.split(|letter| !is_name(letter)).next().unwrap_or_default();
        let rest = text.strip_prefix(name).unwrap_or_default();
        if !name.is_empty() && (rest.starts_with('=') || rest.starts_with("<<")) && !found.iter().any(|it| it == name) {
            found.push(name.to_owned());
        }
    }
    let action = uses.and_then(catalogue::action);
    found.extend(action.iter().flat_map(|action| action.outputs).map(|output| (*output).to_owned()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(steps: &str) -> Job {
        toml::from_str(&format!("steps = [{steps}]")).expect("a job")
    }

    fn output(text: &str) -> Output {
        let value: RunValue =
            toml::from_str::<IndexTable>(&format!("value = {{ output = '{text}' }}")).expect("a value").value;
        match value {
            RunValue::Output(output) => output,
            other => panic!("{other:?}"),
        }
    }

    #[derive(serde::Deserialize)]
    struct IndexTable {
        value: RunValue,
    }

    const META: &str = "{ id = 'meta', run = 'echo \"version=1\" >> \"$GITHUB_OUTPUT\"' }";
    const TOOL: &str = "{ id = 'tool', run = './tools/describe' }";

    #[test]
    fn outputs_that_a_step_is_known_to_set() {
        for (script, names) in [
            ("echo \"version=1\" >> \"$GITHUB_OUTPUT\"", &["version"][..]),
            (
                "{\n  echo 'a=1'\n  echo b=$B; echo a=2\n  printf 'text<<END\\n'\n} >> $GITHUB_OUTPUT",
                &["a", "b", "text"],
            ),
            ("echo a=1", &[]),
            ("echo done; ./tools/describe >> \"$GITHUB_OUTPUT\"", &[]),
        ] {
            assert_eq!(of_step(Some(script), None), names, "{script}");
        }
        assert!(of_step(None, Some("actions/cache")).contains(&"cache-hit".to_owned()));
        assert_eq!(of_step(None, Some("acme/unknown")), [] as [&str; 0]);
    }

    #[test]
    fn the_step_that_sets_an_output() {
        let found =
            |job: &Job, text| setting(job, &output(text)).map(ToString::to_string).map_err(|e| format!("{e:?}"));
        let one = job(META);
        assert_eq!(found(&one, "a.version"), Ok("meta".to_owned()));
        assert_eq!(found(&one, "a.meta.version"), Ok("meta".to_owned()));
        assert_eq!(found(&one, "a.versoin"), Err("NotSet(Name(\"meta\"))".to_owned()));
        assert_eq!(found(&one, "a.mata.version"), Err("UnknownStep(Name(\"mata\"))".to_owned()));
        let two = job(&format!("{META}, {TOOL}"));
        assert_eq!(found(&two, "a.version"), Ok("meta".to_owned()));
        assert_eq!(found(&two, "a.tool.version"), Ok("tool".to_owned()), "a tool may write it");
        assert_eq!(found(&two, "a.size"), Err("Unclear([Name(\"meta\"), Name(\"tool\")])".to_owned()));
        assert_eq!(found(&job(TOOL), "a.size"), Ok("tool".to_owned()));
        assert_eq!(found(&job("{ run = 'true' }"), "a.size"), Err("WithoutId".to_owned()));
    }
}
