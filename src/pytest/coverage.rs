//! The floor that a project's own configuration sets for its coverage.
//!
//! Source: coverage.py's documentation, configuration reference; pytest-cov's, `--cov-fail-under` and `--cov-config`.

use toml::de::{DeTable, DeValue};

use super::options::Options;
use super::{Call, WordSource};
use crate::definition::Percent;
use crate::sources::{Tree, join};

/// A floor for coverage.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Floor {
    /// The percentage, as it is written.
    pub(crate) percent: String,
    /// The place that sets it.
    pub(crate) origin: WordSource,
}

impl Floor {
    /// The percentage as gates write it; further digits are rounded.
    pub(crate) fn share(&self) -> Option<Percent> {
        let number: f64 = self.percent.parse().ok()?;
        format!("{number:.4}%").parse().ok()
    }
}

/// The floor that counts: `--cov-fail-under`, else `fail_under` of coverage's own configuration.
pub(crate) fn floor(call: &Call<'_>, options: &Options) -> Option<Floor> {
    if let Some(given) = options.last("--cov-fail-under") {
        return found(&given.value, given.origin.clone());
    }
    let given = options.last("--cov-config").map(|given| given.value.as_str()).filter(|name| !name.is_empty());
    match given {
        Some(name) if name != ".coveragerc" => {
            configured(call.checkout.tree, &join(call.folder, name)?, true).ok().flatten()
        }
        _ => FILES
            .iter()
            .find_map(|name| configured(call.checkout.tree, &join(call.folder, name)?, *name == ".coveragerc").ok())
            .flatten(),
    }
}

/// Files that coverage looks for, in its order: the first that has a section for it counts.
const FILES: [&str; 4] = [".coveragerc", "setup.cfg", "tox.ini", "pyproject.toml"];

fn found(text: &str, origin: WordSource) -> Option<Floor> {
    let number: f64 = text.trim().trim_end_matches('%').parse().ok()?;
    (number > 0.0 && number <= 100.0).then(|| Floor { percent: text.trim().trim_end_matches('%').to_owned(), origin })
}

/// A file that does not configure coverage.
struct Other;

/// The floor of a file that configures coverage. In a file of coverage's own, sections have no
/// front.
fn configured(tree: &dyn Tree, file: &str, own: bool) -> Result<Option<Floor>, Other> {
    let text = tree.read(file).ok_or(Other)?;
    if std::path::Path::new(file).extension().is_some_and(|end| end == "toml") {
        from_toml(file, &text)
    } else {
        from_ini(file, &text, own)
    }
}

fn from_toml(file: &str, text: &str) -> Result<Option<Floor>, Other> {
    if !text.contains("coverage") {
        return Err(Other);
    }
    let (root, _) = DeTable::parse_recoverable(text);
    let tool = root.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
    let coverage = tool.and_then(|tool| tool.get("coverage")?.get_ref().as_table()).ok_or(Other)?;
    let report = coverage.get("report").and_then(|report| report.get_ref().as_table());
    let Some((key, value)) = report.and_then(|report| report.get_key_value("fail_under")) else { return Ok(None) };
    let line = text.get(..key.span().start).unwrap_or_default().matches('\n').count() + 1;
    let written = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        _ => text.get(value.span()).unwrap_or_default().to_owned(),
    };
    Ok(found(&written, WordSource::Line { file: file.to_owned(), line }))
}

/// `configparser` is more lenient than `iniconfig`: a line is enough here.
fn from_ini(file: &str, text: &str, own: bool) -> Result<Option<Floor>, Other> {
    let name = |section: &str| {
        let plain = section.strip_prefix("coverage:");
        if own { Some(plain.unwrap_or(section).to_owned()) } else { plain.map(str::to_owned) }
    };
    let mut section = None;
    let mut configures = own;
    for (index, line) in text.lines().enumerate() {
        let plain = line.trim();
        if let Some(header) = plain.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name(header);
            configures |= section.is_some();
        }
        let Some((key, value)) = plain.split_once(['=', ':']) else { continue };
        if section.as_deref() == Some("report") && key.trim().eq_ignore_ascii_case("fail_under") {
            return Ok(found(value, WordSource::Line { file: file.to_owned(), line: index + 1 }));
        }
    }
    if configures { Ok(None) } else { Err(Other) }
}

#[cfg(test)]
mod tests {
    use super::super::Checkout;
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn the_first_file_for_coverage_counts() {
        let toml = "[tool.coverage.run]\nbranch = true\n[tool.coverage.report]\nfail_under = 95.5\n";
        for (files, shown) in [
            (&[("pyproject.toml", toml)][..], "95.5 `pyproject.toml:4`"),
            (&[("pyproject.toml", toml), (".coveragerc", "[report]\nfail_under = 80\n")], "80 `.coveragerc:2`"),
            (&[("pyproject.toml", toml), (".coveragerc", "[run]\n")], "-"),
            (&[("setup.cfg", "[coverage:report]\nfail_under: 70\n")], "70 `setup.cfg:2`"),
            (&[("tox.ini", "[coverage:run]\n"), ("pyproject.toml", toml)], "-"),
            (&[("setup.cfg", "[metadata]\n"), ("pyproject.toml", toml)], "95.5 `pyproject.toml:4`"),
            (
                &[("pytest.ini", "[pytest]\naddopts = --cov-fail-under=60\n"), ("pyproject.toml", toml)],
                "60 `pytest.ini:2`",
            ),
            (&[("pytest.ini", "[pytest]\naddopts = --cov-fail-under=0\n"), ("pyproject.toml", toml)], "-"),
            (
                &[("pytest.ini", "[pytest]\naddopts = --cov-config=c/rc\n"), ("c/rc", "[report]\nfail_under = 5\n")],
                "5 `c/rc:2`",
            ),
        ] {
            let tree = Memory(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
            let checkout = Checkout::whole(&tree);
            let call = Call { checkout: &checkout, folder: "", words: &[], variable: "" };
            let collected = crate::pytest::collect(&call).expect("pytest reads it");
            let found = floor(&call, &collected.options);
            let text = found.map_or("-".to_owned(), |floor| format!("{} {}", floor.percent, floor.origin));
            assert_eq!(text, shown, "{files:?}");
        }
    }
}
