//! A client that follows a script: it starts the program, sends messages and reads the answers.

#![allow(clippy::needless_pass_by_value, reason = "a script writes parameters in their place")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use lsp_types::{
    CodeActionResponse, CompletionResponse, GotoDefinitionResponse, Hover, InitializeResult, PublishDiagnosticsParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::{Project, program};

/// Time after which an answer does not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client, and the program that answers it.
pub(crate) struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    requests: i64,
    root: String,
    versions: BTreeMap<String, i64>,
    /// Every message in both directions.
    pub(crate) transcript: Vec<Value>,
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Editor {
    /// Starts the program, and sends nothing.
    pub(crate) fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut command = program();
        command.arg("lsp").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().expect("it has an output"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = message(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let root = project.root().canonicalize().expect("there is a folder").display().to_string();
        Self { child, input, messages, requests: 0, root, versions: BTreeMap::new(), transcript: Vec::new() }
    }

    /// Starts the program and a session, in which columns are counted in units of UTF-16.
    pub(crate) fn open(project: &Project) -> Self {
        Self::with(project, &[], json!({}))
    }

    /// The same with arguments, for a client with these abilities.
    pub(crate) fn with(project: &Project, arguments: &[&str], capabilities: Value) -> Self {
        let mut editor = Self::start(project, arguments);
        editor.request("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        editor.notify("initialized", json!({}));
        editor
    }

    /// The URI of a file of the project.
    pub(crate) fn uri(&self, file: &str) -> String {
        format!("file://{}/{file}", self.root)
    }

    /// The path of a file in a URI.
    pub(crate) fn file(&self, uri: &str) -> String {
        uri.strip_prefix(&self.uri("")).unwrap_or(uri).to_owned()
    }

    /// Sends any bytes.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        // A program that has ended reads nothing.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
        self.transcript.push(json!({ "client": message }));
    }

    /// The next message of the program.
    pub(crate) fn receive(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE).expect("the program answers");
        if message["method"] == "textDocument/publishDiagnostics" {
            agreed::<PublishDiagnosticsParams>(&message["params"]);
        }
        self.transcript.push(json!({ "server": message }));
        message
    }

    /// Sends a request, and returns its answer; notifications that come first are in the transcript alone.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = json!(self.requests);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Sends a request, and returns its result.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        let result = answer.get("result").unwrap_or_else(|| panic!("{method}: {answer}"));
        match method {
            "initialize" => agreed::<InitializeResult>(result),
            "textDocument/hover" => agreed::<Option<Hover>>(result),
            "textDocument/completion" => agreed::<Option<CompletionResponse>>(result),
            "textDocument/definition" => agreed::<Option<GotoDefinitionResponse>>(result),
            "textDocument/codeAction" => agreed::<CodeActionResponse>(result),
            _ => assert!(result.is_null(), "{method}: {answer}"),
        }
        result.clone()
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Opens a document, or changes one that is open, and returns its diagnostics.
    pub(crate) fn write(&mut self, file: &str, text: &str) -> Vec<Value> {
        self.write_only(file, text);
        self.diagnostics(file)
    }

    /// Opens a document, or changes one that is open.
    pub(crate) fn write_only(&mut self, file: &str, text: &str) {
        let uri = self.uri(file);
        let version = self.versions.entry(file.to_owned()).or_default();
        *version += 1;
        let version = *version;
        if version == 1 {
            let document = json!({ "uri": uri, "languageId": "toml", "version": version, "text": text });
            self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        } else {
            let document = json!({ "uri": uri, "version": version });
            let changes = json!([{ "text": text }]);
            self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        }
    }

    /// Waits for the diagnostics of the current text of a document.
    pub(crate) fn diagnostics(&mut self, file: &str) -> Vec<Value> {
        let (uri, version) = (self.uri(file), self.versions.get(file).copied());
        loop {
            let message = self.receive();
            let params = &message["params"];
            let is_it = params["uri"] == uri.as_str() && version.is_none_or(|version| params["version"] == version);
            if message["method"] == "textDocument/publishDiagnostics" && is_it {
                return params["diagnostics"].as_array().expect("a list").clone();
            }
        }
    }

    /// Asks about a place, as hover, completion and definition do.
    pub(crate) fn ask(&mut self, method: &str, file: &str, position: Value) -> Value {
        let document = json!({ "uri": self.uri(file) });
        self.request(&format!("textDocument/{method}"), json!({ "textDocument": document, "position": position }))
    }

    /// Ends the session, and returns the exit status.
    pub(crate) fn shut_down(mut self) -> i32 {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.exit()
    }

    /// Ends the program, and returns the exit status.
    pub(crate) fn exit(mut self) -> i32 {
        self.notify("exit", Value::Null);
        self.end()
    }

    /// Closes the input, and returns the exit status.
    pub(crate) fn end(&mut self) -> i32 {
        self.input = None;
        self.child.wait().expect("the program ends").code().expect("it has a status")
    }
}

/// Reads a value by the types of another implementation of the protocol: they have every key of it.
fn agreed<T: DeserializeOwned + Serialize>(value: &Value) {
    let read: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
    assert_eq!(serde_json::to_value(read).expect("it is JSON"), *value);
}

/// The next message of an output.
fn message(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|length| *length > 0)?;
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(value) => length = value.parse().expect("a length"),
            None => break assert_eq!(line, "\r\n"),
        }
    }
    let mut document = vec![0; length];
    output.read_exact(&mut document).ok()?;
    Some(serde_json::from_slice(&document).expect("a message is JSON"))
}
