//! Secrets and variables: missing, misplaced and unused ones, by name.
//!
//! A job reads those of its environment first, then those of the repository and of the organization:
//! <https://docs.github.com/actions/reference/workflows-and-actions/variables>, precedence of configuration variables.

use super::finding::{Area, Finding, Level};
use super::needs::Needs;
use crate::setup::{Kind, Needed};
use crate::upstream::{RealEnvironment, RepositorySettings};

pub(super) fn check(needs: &Needs, real: &RepositorySettings, found: &mut Vec<Finding>) {
    for kind in [Kind::Secret, Kind::Variable] {
        let values = Values { real, kind };
        let of_kind = || needs.setup.values.iter().filter(|value| value.kind == kind);
        found.extend(of_kind().filter_map(|needed| values.missing(needed)));
        if kind == Kind::Secret {
            wide(needs, &values, found);
        }
        unused(needs, &values, found);
    }
}

/// The real values of a kind.
struct Values<'r> {
    real: &'r RepositorySettings,
    kind: Kind,
}

impl Values<'_> {
    fn other(&self) -> Self {
        let kind = if self.kind == Kind::Secret { Kind::Variable } else { Kind::Secret };
        Self { real: self.real, kind }
    }

    fn word(&self) -> &'static str {
        if self.kind == Kind::Secret { "secret" } else { "variable" }
    }

    fn finding(&self, level: Level, message: String, help: String) -> Finding {
        let area = if self.kind == Kind::Secret { Area::Secrets } else { Area::Variables };
        Finding::new(level, area, message, help)
    }

    /// The values of the repository and those of its organization.
    fn wide(&self) -> [Option<&Vec<String>>; 2] {
        let [repository, organization] = match self.kind {
            Kind::Secret => [&self.real.secrets, &self.real.organization_secrets],
            Kind::Variable => [&self.real.variables, &self.real.organization_variables],
        };
        [repository.as_ref(), organization.as_ref()]
    }

    /// The values of an environment.
    fn of<'e>(&self, environment: &'e RealEnvironment) -> Option<&'e Vec<String>> {
        match self.kind {
            Kind::Secret => environment.secrets.as_ref(),
            Kind::Variable => environment.variables.as_ref(),
        }
    }

    /// Returns whether a job of an environment, or of none, can read the value; none if that could not be read.
    fn is_readable(&self, name: &str, environment: Option<&str>) -> Option<bool> {
        let narrow = self.is_narrow(name, environment);
        if narrow == Some(true) {
            return narrow;
        }
        let wide = self.wide();
        if wide.iter().any(|names| names.is_some_and(|names| has(names, name))) {
            return Some(true);
        }
        let is_known = narrow.is_some() && wide.iter().all(Option::is_some);
        is_known.then_some(false)
    }

    /// Returns whether an environment itself has the value; none if that could not be read.
    fn is_narrow(&self, name: &str, environment: Option<&str>) -> Option<bool> {
        let Some(environment) = environment else { return Some(false) };
        let all = self.real.environments.as_ref()?;
        match all.iter().find(|one| one.name.eq_ignore_ascii_case(environment)) {
            None => Some(false),
            Some(one) => self.of(one).map(|names| has(names, name)),
        }
    }

    fn missing(&self, needed: &Needed) -> Option<Finding> {
        let (name, word) = (&needed.name, self.word());
        let environment = needed.environment.as_deref();
        let option = environment.map(|name| format!(" --env {name}")).unwrap_or_default();
        let place = environment.map_or("the repository".to_owned(), |name| format!("environment `{name}`"));
        if self.is_readable(name, environment)? {
            return None;
        }
        let (help, level) = (format!("run `gh {word} set {name}{option}`"), Level::Error);
        if self.other().is_readable(name, environment) == Some(true) {
            let other = self.other().word();
            let message = format!("`{name}` of {place} is a {other}, and the pipeline reads a {word}");
            let wrong = if other == "variable" { "every workflow can print it" } else { "it is empty at run time" };
            return Some(self.finding(level, format!("{message}: {wrong}"), help));
        }
        if needed.is_optional {
            return None;
        }
        let elsewhere: Vec<&str> = self.environments_with(name).collect();
        let message = match elsewhere.as_slice() {
            [] => format!("{word} `{name}` of {place} is not set"),
            names => {
                format!("{word} `{name}` of {place} is not set, but it is in environment `{}`", names.join("`, `"))
            }
        };
        let keys = needed.keys.first().map(|key| format!("; `{key}` reads it")).unwrap_or_default();
        Some(self.finding(level, message, format!("{help}{keys}")))
    }

    fn environments_with<'v>(&'v self, name: &'v str) -> impl Iterator<Item = &'v str> {
        let all = self.real.environments.iter().flatten();
        let own = all.filter(move |one| self.of(one).is_some_and(|names| has(names, name)));
        own.map(|one| one.name.as_str())
    }
}

/// Secrets of the repository or its organization that jobs of environments read: no rule of an environment protects them.
fn wide(needs: &Needs, values: &Values<'_>, found: &mut Vec<Finding>) {
    let own = || needs.setup.values.iter().filter(|value| value.kind == Kind::Secret);
    let mut names: Vec<&str> = own().map(|value| value.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let readers = own().filter(|value| value.name == name);
        // A job without an environment needs it there.
        let Some(readers) = readers.map(|value| value.environment.as_deref()).collect::<Option<Vec<_>>>() else {
            continue;
        };
        let is_wide = |environment: &&str| values.is_narrow(name, Some(environment)) == Some(false);
        let readers: Vec<&str> = readers.into_iter().filter(is_wide).collect();
        let [repository, organization] = values.wide();
        let has = |names: Option<&Vec<String>>| names.is_some_and(|names| has(names, name));
        let (owner, level, delete) = if has(repository) {
            ("the repository", Level::Warning, format!(", then `gh secret delete {name}`"))
        } else if has(organization) {
            ("the organization", Level::Note, String::new())
        } else {
            continue;
        };
        let Some(first) = readers.first() else { continue };
        let message = format!(
            "secret `{name}` is one of {owner}, so every workflow can read it: jobs of environment `{}` do",
            readers.join("`, `")
        );
        let help = format!("run `gh secret set {name} --env {first}`, for each environment{delete}");
        found.push(values.finding(level, message, help));
    }
}

/// Values that no workflow reads.
fn unused(needs: &Needs, values: &Values<'_>, found: &mut Vec<Finding>) {
    let word = values.word();
    // Workflows that hand over all secrets read each of them.
    let hands_over = |text: &String| {
        let text = text.to_ascii_lowercase();
        ["secrets: inherit", "tojson(secrets)", "tojson(vars)", "secrets[", "vars["]
            .iter()
            .any(|part| text.contains(part))
    };
    let context = if values.kind == Kind::Secret { "secrets" } else { "vars" };
    if needs.texts.iter().any(hands_over) {
        return;
    }
    let is_in_text = |name: &str| needs.texts.iter().any(|text| mentions(text, context, name));
    let of_kind = || needs.setup.values.iter().filter(|value| value.kind == values.kind);
    for name in values.wide()[0].into_iter().flatten() {
        if !of_kind().any(|value| value.name.eq_ignore_ascii_case(name)) && !is_in_text(name) {
            let message = format!("no workflow reads {word} `{name}` of the repository");
            found.push(values.finding(Level::Warning, message, format!("run `gh {word} delete {name}`")));
        }
    }
    for needed in &needs.setup.environments {
        let all = values.real.environments.iter().flatten();
        for environment in all.filter(|one| one.name.eq_ignore_ascii_case(&needed.name)) {
            for name in values.of(environment).into_iter().flatten() {
                let is_needed = of_kind().any(|value| {
                    value.name.eq_ignore_ascii_case(name) && value.environment.as_deref() == Some(needed.name.as_str())
                });
                let is_elsewhere = of_kind().any(|value| value.name.eq_ignore_ascii_case(name));
                if is_needed || (!is_elsewhere && is_in_text(name)) {
                    continue;
                }
                let place = &needed.name;
                let message = format!("no job of environment `{place}` reads its {word} `{name}`");
                let help = format!("run `gh {word} delete {name} --env {place}`");
                found.push(values.finding(Level::Warning, message, help));
            }
        }
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Returns whether a text reads a property of a context, such as `secrets.NAME`.
fn mentions(text: &str, context: &str, name: &str) -> bool {
    let property = format!("{context}.{name}").to_ascii_uppercase();
    let text = text.to_ascii_uppercase();
    let joins = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    text.match_indices(&property).any(|(start, found)| {
        let (before, after) = (text.get(..start), text.get(start + found.len()..));
        !before.unwrap_or_default().ends_with(joins) && !after.unwrap_or_default().starts_with(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_property_of_a_context_is_read() {
        assert!(mentions("x: ${{ secrets.npm_token }}", "secrets", "NPM_TOKEN"));
        for text in [
            "${{ secrets.NPM_TOKEN_2 }}",
            "${{ vars.NPM_TOKEN }}",
            "env: { NPM_TOKEN: x }",
            "${{ my_secrets.NPM_TOKEN }}",
        ] {
            assert!(!mentions(text, "secrets", "NPM_TOKEN"), "{text}");
        }
    }
}
