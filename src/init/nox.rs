//! Sessions of a `noxfile.py`: a program, of which only calls with plain texts are read.
//!
//! Source: <https://nox.thea.codes/en/stable/config.html>.

use super::names::is_name_of_python;

/// A session.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Session {
    /// Its name.
    pub(super) name: String,
    /// Versions of Python that it runs with.
    pub(super) pythons: Vec<String>,
    /// Commands, each with its line from 1. An installation is one of pip.
    pub(super) commands: Vec<(usize, String)>,
}

/// Methods that start a program, and the words before their arguments.
const CALLS: &[(&str, &str)] =
    &[(".run(", ""), (".run_install(", ""), (".run_always(", ""), (".install(", "pip install")];

/// Every session of a `noxfile.py`, in the order of the file.
pub(super) fn sessions(text: &str) -> Vec<Session> {
    let mut found: Vec<Session> = Vec::new();
    let mut decorator = String::new();
    let mut offset = 0;
    let mut inside = false;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let rest = text.get(offset..).unwrap_or_default();
        offset += line.len();
        if line.starts_with('@') {
            rest.split("\ndef ").next().unwrap_or_default().clone_into(&mut decorator);
        } else if let Some(name) = line.strip_prefix("def ") {
            inside = decorator.contains("session");
            if inside {
                let own = name.split('(').next().unwrap_or_default();
                found.push(session(own, &decorator, text));
            }
            decorator.clear();
        } else if let Some(session) = found.last_mut().filter(|_| inside && line.starts_with([' ', '\t'])) {
            let calls = CALLS.iter().filter_map(|(call, front)| Some((line.find(call)? + call.len(), front)));
            for (start, front) in calls {
                let words = words(rest.get(start..).unwrap_or_default(), text);
                let command = [*front, &words.join(" ")].join(" ").trim().to_owned();
                if !words.is_empty() {
                    session.commands.push((index + 1, command));
                }
            }
        } else if !line.trim().is_empty() && !line.starts_with([' ', '\t', ')']) {
            inside = false;
        }
    }
    found
}

/// The sessions that `nox` runs without being asked for others.
pub(super) fn usual(text: &str) -> Vec<Session> {
    let listed = text.split_once("nox.options.sessions").map(|(_, rest)| literals(rest)).unwrap_or_default();
    let mut all = sessions(text);
    if all.iter().any(|session| listed.contains(&session.name)) {
        all.retain(|session| listed.contains(&session.name));
    }
    all
}

fn session(function: &str, decorator: &str, text: &str) -> Session {
    let value = |key: &str| {
        let (_, rest) =
            decorator.split_once(&format!("{key}=")).or_else(|| decorator.split_once(&format!("{key} =")))?;
        Some(rest.trim_start())
    };
    let name = value("name").and_then(|rest| literals(rest).into_iter().next());
    let pythons = value("python").map(|rest| {
        let word: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let assigned = || text.split_once(&format!("\n{word} = ")).map(|(_, rest)| literals(rest));
        if word.is_empty() { literals(rest) } else { assigned().unwrap_or_default() }
    });
    Session {
        name: name.unwrap_or_else(|| function.to_owned()),
        pythons: pythons.unwrap_or_default(),
        ..Session::default()
    }
}

/// The texts of a list or a tuple of texts, or a text alone, at the front of an expression.
fn literals(expression: &str) -> Vec<String> {
    let expression = expression.trim_start_matches(['=', ' ', ':']);
    let end = match expression.chars().next() {
        Some('[') => expression.find(']'),
        Some('(') => expression.find(')'),
        Some(quote @ ('"' | '\'')) => expression.get(1..).and_then(|rest| rest.find(quote)).map(|end| end + 2),
        _ => None,
    };
    let list = end.and_then(|end| expression.get(..end)).unwrap_or_default();
    let uncommented: String = list.lines().map(|line| line.split('#').next().unwrap_or_default()).collect();
    let parts = uncommented.split(['"', '\'']).skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// The words of a call's arguments as a shell reads them; `$…` is for values that only Python knows. `text` may set lists.
fn words(arguments: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for argument in split(arguments) {
        let argument = argument.trim();
        let is_named = argument.split_once('=').is_some_and(|(name, _)| is_name_of_python(name.trim()));
        if argument.is_empty() || is_named || argument.contains("posargs") {
            continue;
        }
        let list = argument.strip_prefix('*').and_then(|name| text.split_once(&format!(" {name} = [")));
        if let Some((_, rest)) = list {
            found.extend(literals(&format!("[{rest}")));
            continue;
        }
        // Source: <https://nox.thea.codes/en/stable/tutorial.html#loading-dependencies-from-pyproject-toml-or-scripts>.
        if let Some((_, groups)) = argument.split_once("nox.project.dependency_groups(") {
            found.extend(literals(&format!("[{groups}]")).into_iter().flat_map(|group| ["--group".to_owned(), group]));
            continue;
        }
        let text = ['"', '\''].iter().find_map(|quote| argument.strip_prefix(*quote)?.strip_suffix(*quote));
        match text {
            Some(text) => found.extend(option(text)),
            None => found.push("$UNKNOWN".to_owned()),
        }
    }
    found
}

/// An argument as words: `-e.` is two.
fn option(text: &str) -> Vec<String> {
    let quoted = |text: &str| {
        let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:@+,=[]".contains(c));
        if plain { text.to_owned() } else { format!("'{text}'") }
    };
    let glued = ["-e", "-r"].iter().find_map(|flag| Some((*flag, text.strip_prefix(flag)?.trim_start())));
    match glued.filter(|(_, rest)| !rest.is_empty()) {
        Some((flag, rest)) => vec![flag.to_owned(), quoted(rest)],
        None => vec![quoted(text)],
    }
}

/// The arguments of a call, up to its closing bracket.
fn split(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let (mut depth, mut quote, mut comment) = (0_usize, None, false);
    for c in text.chars() {
        match (quote, c) {
            _ if comment => comment = c != '\n',
            (Some(open), _) => quote = quote.filter(|_| c != open),
            (None, '#') => comment = true,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth == 0 => break,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = found.last_mut().filter(|_| !comment) {
            last.push(c);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "import nox\nALL = [\"3.11\", '3.12']  # both\nnox.options.sessions = [\"tests\"]\n\n\
        @nox.session(python=ALL)\ndef tests(session: nox.Session) -> None:\n    session.install(\"-e.[test]\")\n\
        \x20   session.run(\n        \"pytest\",\n        \"-W\", \"error\",  # strict\n        *session.posargs,\n        env={\"A\": \"b\"},\n    )\n\n\
        @nox.session(name=\"types\", python=\"3.12\")\ndef mypy(session):\n    session.install(\"-r\", \"dev.txt\")\n    session.run(\"mypy\", TARGET)\n\n\
        def helper(session):\n    session.run(\"rm\", \"x\")\n";

    #[test]
    fn reads_lists_and_dependency_groups() {
        let text = "@nox.session\ndef tests(session):\n    run = [\"python\", \"-m\"]\n\
                    \x20   session.install(*nox.project.dependency_groups(PYPROJECT, \"test\", \"cov\"))\n    session.run(*run, \"pytest\")\n";
        let found = sessions(text);
        let commands: Vec<&str> = found[0].commands.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(commands, ["pip install --group test --group cov", "python -m pytest"]);
    }

    #[test]
    fn reads_calls_with_plain_texts() {
        let found = sessions(TEXT);
        let of = |index: usize| {
            let session: &Session = &found[index];
            let commands: Vec<&str> = session.commands.iter().map(|(_, text)| text.as_str()).collect();
            (session.name.as_str(), session.pythons.join(" "), commands)
        };
        assert_eq!(found.len(), 2);
        assert_eq!(of(0), ("tests", "3.11 3.12".to_owned(), vec!["pip install -e .[test]", "pytest -W error"]));
        assert_eq!(of(1), ("types", "3.12".to_owned(), vec!["pip install -r dev.txt", "mypy $UNKNOWN"]));
        assert_eq!(usual(TEXT).len(), 1);
        assert_eq!(found[0].commands[1].0, 8);
    }

    #[test]
    fn reads_any_text() {
        for text in [
            "",
            "@nox.session",
            "@nox.session\ndef a(session):\n    session.run(",
            "    session.run('é",
            "@session(python=",
        ] {
            sessions(text);
            usual(text);
        }
    }
}
