//! Messages that have arrived, in their order, without requests that are cancelled meanwhile.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use serde_json::Value;

use super::transport::receive;

/// Messages that are read before the first of them is answered.
const MOST: usize = 64;

/// A part of the input.
#[derive(Debug)]
pub(super) enum Input {
    Message(Value),
    /// A frame without JSON, with the reason.
    Garbled(String),
    End,
    /// The input has no frame here, for this reason.
    Broken(String),
}

/// The input of a session.
pub(super) struct Queue {
    arriving: Receiver<Input>,
    waiting: VecDeque<Input>,
}

impl Queue {
    /// Reads an input while its messages are answered, because a later one may cancel them.
    pub(super) fn of(mut input: impl BufRead + Send + 'static) -> Self {
        let (sender, arriving) = sync_channel(MOST);
        thread::spawn(move || {
            loop {
                let read = match receive(&mut input) {
                    Ok(Some(document)) => match serde_json::from_slice(&document) {
                        Ok(message) => Input::Message(message),
                        Err(error) => Input::Garbled(error.to_string()),
                    },
                    Ok(None) => Input::End,
                    Err(reason) => Input::Broken(reason),
                };
                let is_last = matches!(read, Input::End | Input::Broken(_));
                if sender.send(read).is_err() || is_last {
                    break;
                }
            }
        });
        Self { arriving, waiting: VecDeque::new() }
    }

    /// Takes in the messages that have arrived, and returns the ids of requests that are cancelled by them.
    pub(super) fn take_in(&mut self) -> Vec<Value> {
        let mut cancelled = Vec::new();
        while let Ok(input) = self.arriving.try_recv() {
            match id_to_cancel(&input) {
                Some(id) => {
                    let is_it = |one: &Input| matches!(one, Input::Message(request) if request.get("id") == Some(id));
                    if let Some(index) = self.waiting.iter().position(is_it) {
                        self.waiting.remove(index);
                        cancelled.push(id.clone());
                    }
                }
                None => self.waiting.push_back(input),
            }
        }
        cancelled
    }

    /// The next message; none while none has arrived.
    pub(super) fn next(&mut self) -> Option<Input> {
        self.waiting.pop_front()
    }

    /// Waits until a message arrives.
    pub(super) fn wait(&mut self) {
        let input = self.arriving.recv().unwrap_or(Input::End);
        if id_to_cancel(&input).is_none() {
            self.waiting.push_back(input);
        }
    }
}

/// The request that a message cancels.
fn id_to_cancel(input: &Input) -> Option<&Value> {
    let Input::Message(message) = input else { return None };
    let is_cancel = message.get("method").is_some_and(|method| method == "$/cancelRequest");
    message.pointer("/params/id").filter(|_| is_cancel)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_request_that_waits_is_cancelled() {
        let messages = [
            r#"{"id":1,"method":"a"}"#,
            r#"{"id":2,"method":"b"}"#,
            r#"{"method":"$/cancelRequest","params":{"id":2}}"#,
            r#"{"method":"$/cancelRequest","params":{"id":7}}"#,
            "{",
        ];
        let input: String = messages.map(|one| format!("Content-Length: {}\r\n\r\n{one}", one.len())).concat();
        let mut queue = Queue::of(Cursor::new(input));
        let mut cancelled = Vec::new();
        for _ in 0..1000 {
            cancelled.extend(queue.take_in());
            if queue.waiting.len() == 3 {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(cancelled, [2]);
        assert!(matches!(queue.next(), Some(Input::Message(message)) if message["method"] == "a"));
        assert!(matches!(queue.next(), Some(Input::Garbled(_))));
        assert!(matches!(queue.next(), Some(Input::End)));
        assert!(queue.next().is_none());
    }
}
