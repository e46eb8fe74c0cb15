//! Imports of source files, read from their text.
//!
//! An item counts as part of the file that defines it, whichever module hands it on. Tests import as they like.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A path of names.
type Names = Vec<String>;

/// Source files and what they import from each other.
pub(crate) struct Tree {
    edges: BTreeMap<String, BTreeSet<String>>,
}

/// A file as it is read.
#[derive(Default)]
struct Source {
    /// Paths that it names.
    named: Vec<Names>,
    /// Items that it hands on, by name.
    handed_on: BTreeMap<String, Names>,
    /// Macros that it exports at the root.
    macros: Vec<String>,
    /// Modules that are part of tests alone.
    tests: Vec<String>,
}

/// Returns the first module of a file: `lowering` for `lowering/ci/mod.rs`.
pub(crate) fn module(file: &str) -> &str {
    file.split('/').next().map_or(file, |first| first.strip_suffix(".rs").unwrap_or(first))
}

impl Tree {
    /// Reads every file below a folder.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut texts = Vec::new();
        collect(folder, "", &mut texts);
        Self::of(texts.iter().map(|(file, text)| (file.as_str(), text.as_str())))
    }

    /// Reads these files, each a path and a text.
    pub(crate) fn of<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut sources: BTreeMap<String, Source> =
            texts.into_iter().map(|(file, text)| (file.to_owned(), Source::read(text))).collect();
        let left_out: Vec<String> = sources
            .iter()
            .flat_map(|(file, source)| {
                source.tests.iter().map(|name| [path(file), vec![name.clone()]].concat().join("/"))
            })
            .collect();
        let is_test = |file: &str| {
            let path = path(file).join("/");
            left_out.iter().any(|test| path == *test || path.starts_with(&format!("{test}/")))
        };
        sources.retain(|file, _| !is_test(file));
        let modules: BTreeMap<Names, &String> = sources.keys().map(|file| (path(file), file)).collect();
        let files = Files { sources: &sources, modules };
        let edges = sources.keys().map(|file| (file.clone(), files.imported(file))).collect();
        Self { edges }
    }

    /// Returns all files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.edges.keys().map(String::as_str)
    }

    /// Returns every file with each that it imports.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (&str, &str)> {
        self.edges.iter().flat_map(|(file, imported)| imported.iter().map(|other| (file.as_str(), other.as_str())))
    }

    /// Returns what a file imports.
    pub(crate) fn imported(&self, file: &str) -> Vec<&str> {
        self.edges.get(file).into_iter().flatten().map(String::as_str).collect()
    }

    /// Returns the sets of files that reach each other by their imports.
    pub(crate) fn cycles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> = self.files().map(|file| (file, self.reached(file))).collect();
        let mut cycles: Vec<Vec<&str>> = Vec::new();
        for (file, others) in &reached {
            let known = cycles.iter().any(|cycle| cycle.contains(file));
            if !known && others.contains(file) {
                cycles.push(others.iter().copied().filter(|other| reached[other].contains(file)).collect());
            }
        }
        cycles
    }

    fn reached<'a>(&'a self, file: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(here) = open.pop() {
            open.extend(self.imported(here).into_iter().filter(|other| reached.insert(*other)));
        }
        reached
    }
}

fn collect(folder: &Path, front: &str, texts: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("the name is text");
        if path.is_dir() {
            collect(&path, &format!("{front}{name}/"), texts);
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push((format!("{front}{name}"), fs::read_to_string(&path).expect("the file is readable")));
        }
    }
}

/// Returns the path of a file's module: none for the root of the library, `main` for that of the program.
fn path(file: &str) -> Names {
    let mut names: Names = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    names.pop_if(|last| last == "mod" || last == "lib");
    names
}

/// All files, and the module of each.
struct Files<'a> {
    sources: &'a BTreeMap<String, Source>,
    modules: BTreeMap<Names, &'a String>,
}

impl Files<'_> {
    fn imported(&self, file: &str) -> BTreeSet<String> {
        // Modules of the program are declared in its root.
        let here = if file == "main.rs" { Names::new() } else { path(file) };
        let named = self.sources[file].named.iter();
        let absolute = named.filter_map(|names| self.absolute(&here, names));
        absolute.map(|names| self.defined(&names)).filter(|other| other != file).collect()
    }

    /// Returns a path from the root; none for one of another library.
    fn absolute(&self, here: &Names, names: &Names) -> Option<Names> {
        let (first, rest) = names.split_first()?;
        match first.as_str() {
            "crate" | "pipewright" => Some(rest.to_vec()),
            "self" => Some([here, rest].concat()),
            "super" => {
                let up = names.iter().take_while(|name| *name == "super").count();
                Some([here.get(..here.len().checked_sub(up)?)?, names.get(up..)?].concat())
            }
            _ => {
                let inner = [here.as_slice(), std::slice::from_ref(first)].concat();
                self.modules.contains_key(&inner).then(|| [here.as_slice(), names].concat())
            }
        }
    }

    /// Returns the file that defines an item.
    fn defined(&self, names: &[String]) -> String {
        let lengths = (0..=names.len()).rev();
        let found = lengths.map(|length| names.split_at(length)).find_map(|(module, rest)| {
            let file = *self.modules.get(module)?;
            Some((module.to_vec(), file, rest.to_vec()))
        });
        let Some((module, file, rest)) = found else { return "lib.rs".to_owned() };
        if let (true, Some(item)) = (module.is_empty(), rest.first())
            && let Some((file, _)) = self.sources.iter().find(|(_, source)| source.macros.contains(item))
        {
            return file.clone();
        }
        let handed_on = rest.first().and_then(|item| self.sources[file].handed_on.get(item));
        match handed_on.and_then(|from| self.absolute(&module, from)) {
            Some(from) if from != *names => {
                self.defined(&[from.as_slice(), rest.get(1..).unwrap_or_default()].concat())
            }
            _ => file.clone(),
        }
    }
}

impl Source {
    fn read(text: &str) -> Self {
        let mut source = Self::default();
        let mut tokens = tokens(text);
        tokens.reverse();
        let mut public = false;
        while let Some(token) = tokens.pop() {
            match token.as_str() {
                "#" => source.attribute(&mut tokens),
                "pub" => {
                    group(&mut tokens, "(", ")");
                    public = true;
                    continue;
                }
                "use" => {
                    for (names, name) in tree(&mut tokens) {
                        if public {
                            source.handed_on.insert(name, names);
                        } else {
                            source.named.push(names);
                        }
                    }
                }
                _ if is_name(&token) && next(&tokens) == "::" => {
                    let mut names = vec![token];
                    while next(&tokens) == "::" && tokens.len() > 1 && is_name(&tokens[tokens.len() - 2]) {
                        tokens.pop();
                        names.extend(tokens.pop());
                    }
                    source.named.push(names);
                }
                _ => {}
            }
            public = false;
        }
        source
    }

    /// Reads past an attribute; what belongs to tests alone is read past, too.
    fn attribute(&mut self, tokens: &mut Vec<String>) {
        let attribute = group(tokens, "[", "]").join("");
        if attribute == "[macro_export]" {
            self.macros.extend(tokens.len().checked_sub(3).and_then(|at| tokens.get(at)).cloned());
        }
        if attribute != "[cfg(test)]" {
            return;
        }
        if next(tokens) == "mod" {
            tokens.pop();
            self.tests.extend(tokens.pop());
        }
        while !tokens.is_empty() && next(tokens) != ";" && next(tokens) != "{" {
            tokens.pop();
        }
        group(tokens, "{", "}");
    }
}

/// Takes a group that opens here, with its brackets.
fn group(tokens: &mut Vec<String>, open: &str, close: &str) -> Vec<String> {
    let mut taken = Vec::new();
    if next(tokens) != open {
        return taken;
    }
    let mut depth = 0;
    while let Some(token) = tokens.pop() {
        depth += i32::from(token == open) - i32::from(token == close);
        taken.push(token);
        if depth == 0 {
            break;
        }
    }
    taken
}

fn next(tokens: &[String]) -> &str {
    tokens.last().map_or("", String::as_str)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Reads the tree of a `use`: every path with the name that it has here.
fn tree(tokens: &mut Vec<String>) -> Vec<(Names, String)> {
    let mut front: Names = Vec::new();
    let mut found = Vec::new();
    let mut alias = None;
    while let Some(token) = tokens.pop() {
        match token.as_str() {
            ";" => break,
            "," | "}" => {
                tokens.push(token);
                break;
            }
            "::" => {}
            "as" => alias = tokens.pop(),
            "{" => {
                loop {
                    for (names, name) in tree(tokens) {
                        if name == "self" {
                            found.extend(front.last().map(|last| (front.clone(), last.clone())));
                        } else {
                            found.push((front.iter().cloned().chain(names).collect(), name));
                        }
                    }
                    match tokens.pop().as_deref() {
                        Some(",") => {}
                        _ => break,
                    }
                }
                if next(tokens) == ";" {
                    tokens.pop();
                }
                return found;
            }
            _ => front.push(token),
        }
    }
    if let Some(last) = front.last() {
        let name = alias.unwrap_or_else(|| last.clone());
        found.push((front, name));
    }
    found
}

/// Returns the names and signs of a text, without comments and literals.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first.is_alphabetic() || first == '_' {
            word(rest, &mut tokens)
        } else if first == '"' {
            quoted(rest)
        } else if first == '\'' {
            character(rest)
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// Reads a name, or the raw string that one begins.
fn word(rest: &str, tokens: &mut Vec<String>) -> usize {
    let length = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let (name, behind) = rest.split_at(length);
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    if matches!(name, "r" | "br") && behind.get(hashes..).is_some_and(|behind| behind.starts_with('"')) {
        let end = format!("\"{}", "#".repeat(hashes));
        let from = length + hashes + 1;
        return rest.get(from..).and_then(|inner| inner.find(&end)).map_or(rest.len(), |at| from + at + end.len());
    }
    tokens.push(name.to_owned());
    length
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Reads a character or the sign of a lifetime.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), _) => rest.get(3..).and_then(|inner| inner.find('\'')).map_or(rest.len(), |at| at + 4),
        (_, Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
