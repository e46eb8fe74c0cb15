//! INI files as `iniconfig` reads them, which reads pytest's.
//!
//! Source: iniconfig 2.3, `src/iniconfig/_parse.py`.

/// An entry of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Name of the entry.
    pub(crate) name: String,
    /// Value without its comments, lines joined by line feeds.
    pub(crate) value: String,
    /// Line in the file of each line of the value, from 1.
    pub(crate) lines: Vec<usize>,
}

/// The sections of a file, in their order.
#[derive(Debug, Default)]
pub(crate) struct Ini {
    sections: Vec<(String, Vec<Entry>)>,
}

/// A line that `iniconfig` refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// The mistake.
    pub(crate) message: String,
}

impl Ini {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// The first line that `iniconfig` refuses.
    pub(crate) fn read(text: &str) -> Result<Self, Broken> {
        let mut ini = Self::default();
        let mut in_entry = false;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let broken = |message: String| Broken { line: index + 1, message };
            let line = if line.trim_start().starts_with(['#', ';']) { "" } else { line.trim_end() };
            let Some(first) = line.chars().next() else { continue };
            if first == '[' {
                let plain = line.split(['#', ';']).next().unwrap_or_default().trim_end();
                if let Some(name) = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    ini.open(name).map_err(broken)?;
                    in_entry = false;
                    continue;
                }
            }
            if first.is_whitespace() || first == '[' {
                let entry = ini.sections.last_mut().and_then(|(_, entries)| entries.last_mut()).filter(|_| in_entry);
                let entry = entry.ok_or_else(|| broken("unexpected value continuation".to_owned()))?;
                entry.value.push_str(if entry.lines.is_empty() { "" } else { "\n" });
                entry.value.push_str(line.trim());
                entry.lines.push(index + 1);
                continue;
            }
            let (name, value) = key_and_value(line).ok_or_else(|| broken(format!("unexpected line: `{line}`")))?;
            let (_, entries) = ini.sections.last_mut().ok_or_else(|| broken("no section header defined".to_owned()))?;
            if entries.iter().any(|entry| entry.name == name) {
                return Err(broken(format!("duplicate name `{name}`")));
            }
            let lines = if value.is_empty() { Vec::new() } else { vec![index + 1] };
            entries.push(Entry { name: name.to_owned(), value: value.to_owned(), lines });
            in_entry = true;
        }
        Ok(ini)
    }

    fn open(&mut self, name: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err("empty section name".to_owned());
        }
        if self.section(name).is_some() {
            return Err(format!("duplicate section `{name}`"));
        }
        self.sections.push((name.to_owned(), Vec::new()));
        Ok(())
    }

    /// Entries of a section; none for one that is not there.
    pub(crate) fn section(&self, name: &str) -> Option<&[Entry]> {
        self.sections.iter().find(|(of, _)| of == name).map(|(_, entries)| entries.as_slice())
    }
}

/// Splits at `=`, or at `:` where that comes first or there is no `=`.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let split = line.split_once('=').filter(|(name, _)| !name.contains(':')).or_else(|| line.split_once(':'));
    split.map(|(name, value)| (name.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_follows_a_value_and_knows_its_lines() {
        let ini = Ini::read("[pytest]\n# why\naddopts =\n    -q # not a comment\n\n; gone\n    -x\nname: b = c\n")
            .expect("it is fine");
        let entries = ini.section("pytest").expect("it is there");
        let found: Vec<(&str, &str, &[usize])> =
            entries.iter().map(|it| (it.name.as_str(), it.value.as_str(), it.lines.as_slice())).collect();
        assert_eq!(found, [("addopts", "-q # not a comment\n-x", &[4, 7][..]), ("name", "b = c", &[8])]);
    }

    #[test]
    fn refuses_what_iniconfig_refuses() {
        for (text, line, message) in [
            ("a = 1\n", 1, "no section header defined"),
            ("[a]\n[a]\n", 2, "duplicate section `a`"),
            ("[a]\nb = 1\nb = 2\n", 3, "duplicate name `b`"),
            ("[a]\nb\n", 2, "unexpected line: `b`"),
            ("[a]\n  b\n", 2, "unexpected value continuation"),
            ("[]\n", 1, "empty section name"),
        ] {
            assert_eq!(Ini::read(text).err(), Some(Broken { line, message: message.to_owned() }), "{text}");
        }
    }
}
