//! Built-in templates of steps by name. A file of the same name in the user's `templates/` takes the place of one.

/// Names of all templates, as paths below `templates/`.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The built-in template whose file has this name, if a user can replace it.
pub fn by_file_name(file: &str) -> Option<&'static str> {
    entry(&format!("steps/{file}")).map(|(name, _)| name)
}

/// The text of a built-in template.
pub fn built_in(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, text)| text)
}

/// The name and the text of a built-in template.
fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    BUILT_IN.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|index| BUILT_IN.get(index)).copied()
}

/// Every file of `templates/steps`, sorted by name: the build makes the list.
const BUILT_IN: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/steps.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    /// A template out of order would never be found.
    #[test]
    fn every_file_is_listed_in_order() {
        let folder = format!("{}/templates/steps", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(folder).expect("the folder is readable");
        let name = |entry: std::fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
        let names_of_files = entries.map(|entry| name(entry.expect("an entry")));
        let mut files: Vec<String> =
            names_of_files.filter(|name| !name.starts_with('.')).map(|name| format!("steps/{name}")).collect();
        files.sort();
        assert_eq!(names().collect::<Vec<_>>(), files);
        assert!(names().filter_map(|name| name.strip_prefix("steps/")).all(|name| by_file_name(name).is_some()));
        assert_eq!(by_file_name("drift.sh"), None);
    }
}
