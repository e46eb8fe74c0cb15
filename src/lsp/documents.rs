//! Documents that the client has open, and the files beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::sources::{Sources, Text, Unreadable, line_ends};

/// Finds the repository of a file, and the file's path in it.
pub type Locate<'l> = dyn Fn(&Path) -> Option<(PathBuf, String)> + 'l;

/// The name of a definition.
const DEFINITION: &str = "pipeline.toml";

/// A document as the client has it.
pub(super) struct Document {
    pub(super) uri: String,
    /// The repository, and the path of the file in it.
    pub(super) root: PathBuf,
    pub(super) file: String,
    pub(super) version: i64,
    /// Its text, with `\n` at the end of its lines as in [`Sources`]. Lines and columns are the same.
    pub(super) text: String,
    /// `true` for one with the line ends of Windows.
    pub(super) is_windows: bool,
}

impl Document {
    /// Returns whether it is a whole definition by its name, or by the schema that it names for editors. A base that others
    /// extend is not: its mistakes are found with theirs.
    pub(super) fn is_definition(&self) -> bool {
        let mut comments = self.text.lines().take_while(|line| line.starts_with('#'));
        self.name() == DEFINITION
            || comments.any(|line| line.starts_with("#:schema ") && line.trim_end().ends_with("pipeline.schema.json"))
    }

    /// Returns whether it has keys of the language: a definition, or a base by its name.
    pub(super) fn has_keys(&self) -> bool {
        self.is_definition() || self.name().strip_suffix(".toml").is_some_and(|name| name.contains("pipeline"))
    }

    fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default()
    }
}

/// All open documents, by their URI.
pub(super) struct Documents<'l> {
    open: BTreeMap<String, Document>,
    locate: &'l Locate<'l>,
}

impl<'l> Documents<'l> {
    pub(super) fn new(locate: &'l Locate<'l>) -> Self {
        Self { open: BTreeMap::new(), locate }
    }

    /// Opens a document. One that is no file of a repository is not looked at.
    pub(super) fn open(&mut self, uri: String, version: i64, text: String) {
        let place = path(&uri).and_then(|path| (self.locate)(&path));
        if let Some((root, file)) = place {
            let is_windows = text.contains("\r\n");
            let text = line_ends(text);
            self.open.insert(uri.clone(), Document { uri, root, file, version, text, is_windows });
        }
    }

    /// Replaces the text of a document.
    pub(super) fn change(&mut self, uri: &str, version: i64, text: String) {
        if let Some(document) = self.open.get_mut(uri) {
            document.version = version;
            document.is_windows = text.contains("\r\n");
            document.text = line_ends(text);
        }
    }

    pub(super) fn close(&mut self, uri: &str) {
        self.open.remove(uri);
    }

    pub(super) fn get(&self, uri: &str) -> Option<&Document> {
        self.open.get(uri)
    }

    pub(super) fn definitions(&self) -> impl Iterator<Item = &Document> {
        self.open.values().filter(|document| document.is_definition())
    }

    /// Reads what a definition names. A file that is open is read from its document.
    pub(super) fn sources(&self, definition: &Document) -> Result<Sources, Unreadable> {
        let Document { root, file, text, .. } = definition;
        let mut sources = Sources::read_over(root, file, text.clone().into_bytes())?;
        for Text { file, text } in sources.bases.iter_mut().chain(&mut sources.lock) {
            if let Some(open) = self.find(root, file) {
                text.clone_from(&open.text);
            }
        }
        Ok(sources)
    }

    /// The URI of a file, as the client writes it where it has the file open.
    pub(super) fn uri(&self, root: &Path, file: &str) -> String {
        self.find(root, file).map_or_else(|| uri(&root.join(file)), |document| document.uri.clone())
    }

    pub(super) fn find(&self, root: &Path, file: &str) -> Option<&Document> {
        self.open.values().find(|document| document.root == root && document.file == file)
    }
}

/// The path in the URI of a file.
fn path(uri: &str) -> Option<PathBuf> {
    let path = uri.strip_prefix("file://")?;
    let path = decoded(path.strip_prefix("localhost").unwrap_or(path))?;
    // `/C:/folder`
    let drive = path.strip_prefix('/').filter(|path| cfg!(windows) && path.as_bytes().get(1) == Some(&b':'));
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

/// A text without the escapes of a URI.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let byte = if byte == b'%' { u8::try_from(digit()? * 16 + digit()?).ok()? } else { byte };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

/// The URI of a path.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("//?/").unwrap_or(&text);
    let mut uri = if text.starts_with('/') { "file://".to_owned() } else { "file:///".to_owned() };
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_path_and_its_uri() {
        for (text, address) in [
            ("/a/pipeline.toml", "file:///a/pipeline.toml"),
            ("/größe/a b%.toml", "file:///gr%C3%B6%C3%9Fe/a%20b%25.toml"),
        ] {
            assert_eq!(uri(Path::new(text)), address);
            assert_eq!(path(address), Some(PathBuf::from(text)));
        }
        assert_eq!(path("file://localhost/a%2fb"), Some(PathBuf::from("/a/b")));
        for other in ["untitled:Untitled-1", "file:///a%", "file:///a%zz", "file:///a%ff", ""] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
