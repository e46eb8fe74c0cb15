//! Built-in templates by name; a file of the same name in the user's `templates/` takes the place of one.

/// Names of all templates, as paths below `templates/`.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

const BUILT_IN: &[(&str, &str)] = &[];
