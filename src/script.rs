//! Templates become scripts; the engine itself quotes every value for the shell.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use crate::sources::Text;
use crate::templates;
use crate::workflow::Script;

/// A template that could not become a script.
#[derive(Debug)]
pub struct Failed {
    /// The template's name.
    pub template: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Fills in the template of this name, the user's own before the built-in one.
///
/// # Errors
///
/// [`Failed`] for a template that is not well formed, or that names what it is not given.
pub fn render(name: &str, own: &BTreeMap<String, Text>, values: Value) -> Result<Script, Failed> {
    static BUILT_IN: OnceLock<Environment<'static>> = OnceLock::new();
    let failed = |error: &Error| Failed {
        template: name.to_owned(),
        line: error.line().unwrap_or(1),
        message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
    };
    let text = match own.get(name) {
        Some(own) => environment().render_named_str(name, &own.text, values),
        None => BUILT_IN.get_or_init(built_in).get_template(name).and_then(|template| template.render(values)),
    };
    text.map(|text| Script::new(&text)).map_err(|error| failed(&error))
}

fn built_in() -> Environment<'static> {
    let mut environment = environment();
    environment.set_loader(|name| Ok(templates::built_in(name).map(str::to_owned)));
    environment
}

/// An engine whose braces are neither bash's nor GitHub's, and that knows no way around the quoting.
fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
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
    environment.remove_filter("safe");
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

/// One shell word that stands for exactly this text.
fn quoted(text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        return Err(Error::new(ErrorKind::InvalidOperation, "a shell word holds no NUL"));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,=".contains(&byte);
    let bare = !text.is_empty() && !text.starts_with(['=']) && text.bytes().all(plain);
    Ok(if bare { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''").replace("${{", "$''{{")) })
}
