//! Templates become scripts; the engine itself quotes every value for the shell.
//!
//! A template may be a user's own, so what it can do is bounded: steps by fuel, text by `MAX_OUTPUT`, and values never
//! grow, since nothing joins or repeats them.

use std::collections::BTreeMap;
use std::io;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Output, State, Template, UndefinedBehavior, Value, filters, tests};

use crate::sources::Text;
use crate::templates;
use crate::workflow::Script;

/// Instructions that a template may take.
const MAX_STEPS: u64 = 100_000;
/// Bytes of a template, and of what it becomes. GitHub takes 21,000 characters in a `run`.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>, `jobs.<job_id>.steps[*].run`
const MAX_OUTPUT: usize = 128 * 1024;

/// A template that could not become a script.
#[derive(Debug)]
pub struct Failed {
    /// The template's name.
    pub template: String,
    /// Its line, from 1.
    pub line: usize,
    /// The mistake.
    pub message: String,
}

/// Fills in the template of this name, the user's own before the built-in one.
///
/// # Errors
///
/// [`Failed`] for a template that is not well formed, that names what it is not given, or that exceeds a bound.
pub fn render(name: &str, own: &BTreeMap<String, Text>, values: Value) -> Result<Script, Failed> {
    static BUILT_IN: OnceLock<Environment<'static>> = OnceLock::new();
    let failed = |error: &Error| Failed {
        template: name.to_owned(),
        line: error.line().unwrap_or(1),
        message: match error.kind() {
            ErrorKind::OutOfFuel => format!("the template takes more than {MAX_STEPS} steps"),
            ErrorKind::WriteFailure => format!("the script is larger than {} KiB", MAX_OUTPUT / 1024),
            kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
        },
    };
    let text = match own.get(name) {
        Some(own) => {
            if let Some((line, message)) = refused(&own.text) {
                return Err(Failed { template: name.to_owned(), line, message });
            }
            environment().template_from_named_str(name, &own.text).and_then(|template| bounded(&template, values))
        }
        None => BUILT_IN.get_or_init(built_in).get_template(name).and_then(|template| bounded(&template, values)),
    };
    text.map(|text| Script::new(&text)).map_err(|error| failed(&error))
}

fn bounded(template: &Template<'_, '_>, values: Value) -> Result<String, Error> {
    let mut written = Bounded(Vec::new());
    template.render_captured_to(values, &mut written)?;
    String::from_utf8(written.0).map_err(|_| Error::new(ErrorKind::BadSerialization, "the script is not UTF-8"))
}

/// A text that refuses to grow beyond `MAX_OUTPUT`.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first line of a user's template with an operator by which values grow, and what is wrong with it.
fn refused(text: &str) -> Option<(usize, String)> {
    if text.len() > MAX_OUTPUT {
        return Some((1, format!("the template is larger than {} KiB", MAX_OUTPUT / 1024)));
    }
    let mut from = 0;
    while let Some(start) = text.get(from..)?.find("<%").map(|at| from + at + 2) {
        match tag(text.get(start..)?) {
            Ok(length) => from = start + length,
            Err((at, letter)) => {
                let line = text.get(..start + at)?.matches('\n').count() + 1;
                return Some((line, format!("`{letter}` is not part of a template: write values beside each other")));
            }
        }
    }
    None
}

/// The length of a tag behind its `<%`; the place of the first letter in it that is refused.
fn tag(text: &str) -> Result<usize, (usize, char)> {
    let end = |at: Option<usize>| at.map_or(text.len(), |at| at + 2);
    if text.starts_with('#') {
        return Ok(end(text.find("%>")));
    }
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        // `<%+` and `+%>` are about blanks.
        let blanks = letter == '+' && (at == 0 || rest.starts_with("+%>"));
        if let Some(open) = quote {
            if letter == open && !escaped {
                quote = None;
            }
            escaped = letter == '\\' && !escaped;
        } else if rest.starts_with("%>") {
            return Ok(end(Some(at)));
        } else if letter == '"' || letter == '\'' {
            quote = Some(letter);
        } else if "~+*[{".contains(letter) && !blanks {
            return Err((at, letter));
        }
    }
    Ok(text.len())
}

fn built_in() -> Environment<'static> {
    let mut environment = environment();
    environment.set_loader(|name| Ok(templates::built_in(name).map(str::to_owned)));
    environment
}

/// An engine whose braces are neither bash's nor GitHub's, and that knows no way around the quoting or the bounds.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(MAX_STEPS));
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    if let Ok(syntax) = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<%=", "%>")
        .comment_delimiters("<%#", "%>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(for_the_shell);
    environment
}

/// Writes a value as shell words: text quoted, a list as several words.
fn for_the_shell(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String => out.write_str(&quoted(value.as_str().unwrap_or_default())?)?,
        ValueKind::Number => out.write_str(&value.to_string())?,
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" })?,
        ValueKind::Seq => {
            for (index, item) in value.try_iter()?.enumerate() {
                if index > 0 {
                    out.write_str(" ")?;
                }
                out.write_str(&quoted(item.as_str().unwrap_or_default())?)?;
            }
        }
        kind => return Err(Error::new(ErrorKind::InvalidOperation, format!("{kind} is not a shell word"))),
    }
    Ok(())
}

/// One shell word with exactly this text.
fn quoted(text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        return Err(Error::new(ErrorKind::InvalidOperation, "a shell word holds no NUL"));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,=".contains(&byte);
    let bare = !text.is_empty() && !text.starts_with(['=']) && text.bytes().all(plain);
    Ok(if bare { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''").replace("${{", "$''{{")) })
}
