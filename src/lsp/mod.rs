//! The language server: documents of an editor in; diagnostics, documentation, completions, places and fixes out.
//!
//! Protocol: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>. Messages are
//! JSON values: types for the whole protocol would be a larger part of the program than the server.

mod actions;
mod client;
mod completion;
mod declared;
mod definition;
mod diagnostics;
mod documents;
mod hover;
mod names;
mod position;
mod queue;
mod run_values;
mod session;
#[cfg(test)]
mod tests;
mod transport;
mod words;

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

pub use documents::Locate;
use queue::{Input, Queue};
use session::{Answer, Reason, Session};
use transport::send;

/// The end of a session.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// The client asked for it, and then ended it.
    Orderly,
    /// The client ended it, or is gone, without a request.
    Abrupt,
    /// The input is not of the protocol, for this reason.
    Broken(String),
}

/// Answers a client until the session ends.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: &mut impl Write,
    locate: &Locate<'_>,
    denies_warnings: bool,
) -> End {
    // A client that reads no more is gone.
    run(Queue::of(input), output, Session::new(locate, denies_warnings)).unwrap_or(End::Abrupt)
}

fn run(mut queue: Queue, output: &mut impl Write, mut session: Session<'_>) -> io::Result<End> {
    loop {
        for id in queue.take_in() {
            reply(output, &id, Err((Reason::RequestCancelled, "the client cancelled it".to_owned())))?;
        }
        let mut message = match queue.next() {
            Some(Input::Message(message)) => message,
            Some(Input::Garbled(reason)) => {
                reply(output, &Value::Null, Err((Reason::ParseError, reason)))?;
                continue;
            }
            Some(Input::End) => return Ok(End::Abrupt),
            Some(Input::Broken(reason)) => return Ok(End::Broken(reason)),
            None => {
                // A text is checked when no change of it waits.
                for message in session.publish() {
                    send(output, &message)?;
                }
                queue.wait();
                continue;
            }
        };
        let params = message.get_mut("params").map(Value::take).unwrap_or_default();
        match (message.get("method").and_then(Value::as_str), message.get("id")) {
            (Some("exit"), None) => return Ok(if session.is_shut_down() { End::Orderly } else { End::Abrupt }),
            (Some(method), None) => session.notice(method, params),
            (Some(method), Some(id)) => reply(output, id, session.answer(method, params))?,
            // The answer to a request: this server makes none.
            (None, _) => {}
        }
    }
}

fn reply(output: &mut impl Write, id: &Value, answer: Answer) -> io::Result<()> {
    let mut message = json!({ "jsonrpc": "2.0", "id": id });
    match answer {
        Ok(result) => message["result"] = result,
        Err((reason, text)) => message["error"] = json!({ "code": reason as i32, "message": text }),
    }
    send(output, &message)
}
