//! INI files, as Python's tools and git write them.

/// The entries of an INI file, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Ini {
    entries: Vec<(String, String, String)>,
}

impl Ini {
    /// Reads what can be read: a line that is neither a section nor an entry is passed over.
    ///
    /// Indented lines go on with the value above them, as Python's `configparser` has it.
    pub(super) fn read(text: &str) -> Self {
        let mut section = String::new();
        let mut entries: Vec<(String, String, String)> = Vec::new();
        for line in text.lines() {
            let plain = line.trim();
            if plain.is_empty() || plain.starts_with(['#', ';']) {
                continue;
            }
            if let Some(name) = plain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.trim().clone_into(&mut section);
                continue;
            }
            let indented = line.starts_with([' ', '\t']);
            match entries.last_mut() {
                Some((of, _, value)) if indented && *of == section && !section.contains(' ') && !is_git(&section) => {
                    value.push('\n');
                    value.push_str(plain);
                }
                _ => {
                    let (key, value) = plain.split_once(['=', ':']).unwrap_or((plain, ""));
                    entries.push((section.clone(), key.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
        Self { entries }
    }

    /// Returns whether there is such a section with an entry in it.
    pub(super) fn has(&self, section: &str) -> bool {
        self.entries.iter().any(|(of, ..)| of == section)
    }

    /// The value of a key; the last one where it is written twice.
    pub(super) fn get(&self, section: &str, key: &str) -> Option<&str> {
        let is_it = |(of, name, _): &&(String, String, String)| of == section && name == key;
        self.entries.iter().rev().find(is_it).map(|(.., value)| value.as_str())
    }

    /// Keys and values of a section.
    pub(super) fn section<'a>(&'a self, section: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries.iter().filter(move |(of, ..)| of == section).map(|(_, key, value)| (key.as_str(), value.as_str()))
    }

    /// Names of the sections.
    pub(super) fn sections(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(section, ..)| section.as_str())
    }
}

/// git indents every entry, and continues none by indentation.
fn is_git(section: &str) -> bool {
    section == "core" || section.contains('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_goes_on_in_the_next_line() {
        let ini = Ini::read("[tool:pytest]\naddopts =\n    -q\n    --ignore=tests/slow\n\n[metadata]\nname: x\n");
        assert_eq!(ini.get("tool:pytest", "addopts"), Some("\n-q\n--ignore=tests/slow"));
        assert_eq!(ini.get("metadata", "name"), Some("x"));
        assert!(!ini.has("pytest"));
    }

    #[test]
    fn reads_the_indented_entries_of_git() {
        let ini =
            Ini::read("[core]\n\tbare = false\n\thooksPath = .husky\n[remote \"origin\"]\n\turl = a:b\n\tfetch = x\n");
        assert_eq!(ini.get("core", "hookspath"), Some(".husky"));
        assert_eq!(ini.get("remote \"origin\"", "url"), Some("a:b"));
    }
}
