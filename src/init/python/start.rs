//! Start of a Python service.

use super::super::names::{base, has_extension};
use super::super::project::Start;
use super::super::walk::{Folder, View};
use super::manifest::{Manifest, packages};
use crate::sources::folder as folder_of;

/// The command that starts it, if its files show one.
pub(super) fn start(view: &View<'_>, folder: &Folder, manifest: &Manifest) -> Option<Start> {
    let files: Vec<String> = view
        .below(&folder.path, 3)
        .into_iter()
        .filter(|file| has_extension(file, &["py"]) && is_importable(file))
        .filter(|file| !file.starts_with("tests/") && !file.starts_with("test/"))
        .collect();
    let command = server(view, folder, manifest, &files).or_else(|| plain(view, folder, &files))?;
    Some(Start { command, build: None })
}

fn server(view: &View<'_>, folder: &Folder, manifest: &Manifest, files: &[String]) -> Option<Vec<String>> {
    let gunicorn =
        |target: String| words(&["gunicorn", "--bind", "0.0.0.0:8000"]).into_iter().chain([target]).collect();
    if folder.has("manage.py") && manifest.depends_on("gunicorn") {
        let wsgi = files.iter().find(|file| base(file) == "wsgi.py")?;
        return Some(gunicorn(module(wsgi)));
    }
    let usual = ["main.py", "app.py", "server.py", "asgi.py", "wsgi.py", "__init__.py"];
    for file in files.iter().filter(|file| usual.contains(&base(file))) {
        let text = view.tree.read(&folder.file(file)).unwrap_or_default();
        if let Some(name) = made(&text, "FastAPI(", manifest.depends_on("fastapi"))
            && (manifest.depends_on("uvicorn") || manifest.depends_on("fastapi"))
        {
            let target = format!("{}:{name}", module(file));
            let front = if manifest.depends_on("uvicorn") { vec!["uvicorn"] } else { vec!["fastapi", "run"] };
            let target = if manifest.depends_on("uvicorn") { target } else { file.clone() };
            let rest = ["--host", "0.0.0.0", "--port", "8000"];
            return Some(words(&front).into_iter().chain([target]).chain(words(&rest)).collect());
        }
        if let Some(name) = made(&text, "Flask(", manifest.depends_on("flask"))
            && manifest.depends_on("gunicorn")
        {
            return Some(gunicorn(format!("{}:{name}", module(file))));
        }
    }
    None
}

/// `python -m <package>`, or a script at the root that has a main part.
fn plain(view: &View<'_>, folder: &Folder, files: &[String]) -> Option<Vec<String>> {
    for package in packages(view, folder) {
        let main = format!("{package}/__main__.py");
        if files.iter().any(|file| *file == main || *file == format!("src/{main}")) {
            return Some(words(&["python", "-m", &package]));
        }
    }
    let script = ["main.py", "app.py"].into_iter().find(|name| {
        view.read(folder, name)
            .is_some_and(|text| text.contains("__name__ == \"__main__\"") || text.contains("__name__ == '__main__'"))
    })?;
    Some(words(&["python", script]))
}

/// The variable that holds an application: made by its class, or by the function that is called so everywhere.
fn made(text: &str, class: &str, depends: bool) -> Option<String> {
    assigned(text, class).or_else(|| assigned(text, "create_app(").filter(|_| depends))
}

/// The variable that a call is assigned to at the start of a line.
fn assigned(text: &str, call: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        let name = name.split(':').next().unwrap_or(name).trim_end();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (is_name && value.trim_start().starts_with(call)).then(|| name.to_owned())
    })
}

/// The module that a file is imported as.
fn module(file: &str) -> String {
    let path = file.strip_prefix("src/").unwrap_or(file);
    let path = if base(path) == "__init__.py" { folder_of(path) } else { path.trim_end_matches(".py") };
    path.replace('/', ".")
}

fn is_importable(file: &str) -> bool {
    file.trim_end_matches(".py").chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '/')
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
