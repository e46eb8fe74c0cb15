//! State of a session: messages in, answers and diagnostics out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions;
use super::client::Client;
use super::completion::completions;
use super::definition::declaration;
use super::diagnostics::{Finding, check};
use super::documents::{Document, Documents, Locate};
use super::hover::hover;
use super::position::{Lines, Position, Range};
use crate::sources::Text;

/// The reason why a request has no result.
///
/// Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#errorCodes>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    ParseError = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    ServerNotInitialized = -32002,
    RequestCancelled = -32800,
}

/// The result of a request, or why it has none.
pub(super) type Answer = Result<Value, (Reason, String)>;

/// Progress of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Started,
    Initialized,
    ShutDown,
}

/// A session with one client.
pub(super) struct Session<'l> {
    stage: Stage,
    client: Client,
    documents: Documents<'l>,
    /// `true` if a document has changed since the last check.
    is_stale: bool,
    found: Vec<Finding>,
    /// Files that have diagnostics at the client.
    shown: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
}

#[derive(Deserialize)]
struct VersionedDocument {
    uri: String,
    version: Option<i64>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DocumentParams {
    text_document: VersionedDocument,
    #[serde(default)]
    content_changes: Vec<Change>,
}

/// The whole new text of a document.
#[derive(Deserialize)]
struct Change {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaceParams {
    text_document: Identifier,
    position: Position,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionParams {
    text_document: Identifier,
    range: Range,
    #[serde(default)]
    context: Value,
}

impl<'l> Session<'l> {
    pub(super) fn new(locate: &'l Locate<'l>, denies_warnings: bool) -> Self {
        Self {
            stage: Stage::Started,
            client: Client::of(&Value::Null, denies_warnings),
            documents: Documents::new(locate),
            is_stale: false,
            found: Vec::new(),
            shown: BTreeSet::new(),
        }
    }

    /// Returns whether the client has asked for the end.
    pub(super) fn is_shut_down(&self) -> bool {
        self.stage == Stage::ShutDown
    }

    /// Answers a request.
    pub(super) fn answer(&mut self, method: &str, params: Value) -> Answer {
        match (self.stage, method) {
            (Stage::Started, "initialize") => Ok(self.initialize(&params)),
            (Stage::Started, _) => Err((Reason::ServerNotInitialized, "send `initialize` first".to_owned())),
            (Stage::ShutDown, _) => Err((Reason::InvalidRequest, "the session is shut down".to_owned())),
            (_, "initialize") => Err((Reason::InvalidRequest, "the session is initialized already".to_owned())),
            (_, "shutdown") => {
                self.stage = Stage::ShutDown;
                Ok(Value::Null)
            }
            (_, "textDocument/hover") => Ok(self.hover(&read(params)?).into()),
            (_, "textDocument/completion") => Ok(self.completion(&read(params)?).into()),
            (_, "textDocument/definition") => Ok(self.definition(&read(params)?).into()),
            (_, "textDocument/codeAction") => Ok(self.actions(&read(params)?)),
            _ => Err((Reason::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    /// Takes a notification. One that is unknown, too early or without its parameters has no effect.
    pub(super) fn notice(&mut self, method: &str, params: Value) {
        if self.stage != Stage::Initialized {
            return;
        }
        match method {
            "textDocument/didOpen" | "textDocument/didChange" | "textDocument/didClose" => {
                let Ok(DocumentParams { text_document, content_changes }) = read(params) else { return };
                let VersionedDocument { uri, version, text } = text_document;
                let version = version.unwrap_or_default();
                match (method, content_changes.into_iter().next_back()) {
                    ("textDocument/didOpen", _) => self.documents.open(uri, version, text),
                    ("textDocument/didChange", Some(Change { text })) => self.documents.change(&uri, version, text),
                    ("textDocument/didClose", _) => self.documents.close(&uri),
                    _ => {}
                }
                self.is_stale = true;
            }
            // Other files of the repository may have changed, too.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.is_stale = true,
            _ => {}
        }
    }

    /// Checks the definitions if a document has changed, and returns the diagnostics of each file as notifications.
    pub(super) fn publish(&mut self) -> Vec<Value> {
        if !self.check() {
            return Vec::new();
        }
        let mut files: BTreeMap<&str, Vec<&Value>> = self.shown.iter().map(|uri| (uri.as_str(), Vec::new())).collect();
        files.extend(self.documents.definitions().map(|definition| (definition.uri.as_str(), Vec::new())));
        for finding in &self.found {
            files.entry(&finding.uri).or_default().push(&finding.diagnostic);
        }
        let message = |(uri, diagnostics): (&&str, &Vec<&Value>)| {
            let mut params = json!({ "uri": uri, "diagnostics": diagnostics });
            if let Some(document) = self.documents.get(uri) {
                params["version"] = json!(document.version);
            }
            json!({ "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params })
        };
        let messages = files.iter().map(message).collect();
        let shown = files.iter().filter(|(_, diagnostics)| !diagnostics.is_empty());
        self.shown = shown.map(|(uri, _)| (*uri).to_owned()).collect();
        messages
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.client = Client::of(params, self.client.denies_warnings);
        self.stage = Stage::Initialized;
        json!({
            "capabilities": {
                "positionEncoding": self.client.encoding.as_str(),
                // A definition is small: each change sends the whole text.
                "textDocumentSync": { "openClose": true, "change": 1, "save": true },
                "hoverProvider": true,
                "completionProvider": { "triggerCharacters": ["\"", "'", "[", "{", ".", "="] },
                "definitionProvider": true,
                "codeActionProvider": { "codeActionKinds": [actions::KIND] },
            },
            "serverInfo": { "name": "pipewright", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    /// Checks the definitions again, if a document has changed.
    fn check(&mut self) -> bool {
        let is_stale = std::mem::take(&mut self.is_stale);
        if is_stale {
            let all = self.documents.definitions();
            self.found = all.flat_map(|definition| check(definition, &self.documents, self.client)).collect();
        }
        is_stale
    }

    fn hover(&mut self, params: &PlaceParams) -> Option<Value> {
        self.check_now();
        let (document, lines, byte) = self.place(params)?;
        let is_here = |finding: &&Finding| {
            let Range { start, end } = finding.range;
            finding.uri == document.uri && start <= params.position && params.position <= end
        };
        let mut rules: Vec<&str> = self.found.iter().filter(is_here).filter_map(|finding| finding.rule).collect();
        rules.dedup();
        let (text, range) = hover(&document.text, byte, &rules)?;
        let mut value = json!({ "contents": { "kind": "markdown", "value": text } });
        if let Some(range) = range {
            value["range"] = json!(lines.range(range));
        }
        Some(value)
    }

    fn completion(&self, params: &PlaceParams) -> Option<Value> {
        let (document, lines, byte) = self.place(params)?;
        // Bases that cannot be read have no names; the definition has.
        let sources = self.documents.sources(document).ok();
        let own = Text { file: document.file.clone(), text: document.text.clone() };
        let bases = sources.iter().flat_map(|sources| &sources.bases);
        let texts: Vec<&Text> = std::iter::once(&own).chain(bases).collect();
        Some(completions(&document.text, byte, &texts, &lines))
    }

    fn definition(&self, params: &PlaceParams) -> Option<Value> {
        let (document, _, byte) = self.place(params)?;
        let sources = self.documents.sources(document).ok()?;
        let (text, range) = declaration(&document.text, byte, &sources)?;
        let range = Lines::new(&text.text, self.client.encoding).range(range);
        Some(json!({ "uri": self.documents.uri(&document.root, &text.file), "range": range }))
    }

    fn actions(&mut self, params: &ActionParams) -> Value {
        if !actions::is_asked_for(&params.context) {
            return json!([]);
        }
        self.check_now();
        actions::actions(self.found.iter(), &params.text_document.uri, params.range)
    }

    /// Checks the definitions for an answer; their diagnostics are published afterwards.
    fn check_now(&mut self) {
        self.is_stale = self.check();
    }

    /// The document of a place, its lines, and the byte.
    fn place(&self, params: &PlaceParams) -> Option<(&Document, Lines<'_>, usize)> {
        let document = self.documents.get(&params.text_document.uri).filter(|document| document.has_keys())?;
        let lines = Lines::new(&document.text, self.client.encoding);
        let byte = lines.byte(params.position);
        Some((document, lines, byte))
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, (Reason, String)> {
    serde_json::from_value(params).map_err(|error| (Reason::InvalidParams, error.to_string()))
}
