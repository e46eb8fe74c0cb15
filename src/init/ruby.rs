//! Ruby: projects with a Gemfile.

use super::bun::tool;
use super::names::word;
use super::project::{Checks, Component, Install, Stated, Toolchain};
use super::reports::{self, Found, between};
use super::walk::{Folder, View};

/// The version of projects that name none.
const USUAL: &str = "3.4";

/// The project in a folder.
pub(super) fn detect(view: &View<'_>, folder: &Folder) -> Option<Component> {
    let gemfile = view.read(folder, "Gemfile")?;
    let has_lock = folder.has("Gemfile.lock");
    if !has_lock && reports::is_below(view, folder, &["Gemfile"]) {
        return None;
    }
    let gemspecs = folder.files.iter().filter(|file| file.rsplit_once('.').is_some_and(|(_, end)| end == "gemspec"));
    let gemspecs: String = gemspecs.filter_map(|file| view.read(folder, file)).collect();
    let lock = view.read(folder, "Gemfile.lock").unwrap_or_default();
    let names = |gem: &str| [&gemfile, &gemspecs, &lock].iter().any(|text| text.contains(gem));
    let mut stated = Stated::default();
    let (tests, checks, hints) = tested(view, folder, &names, &mut stated);
    let read = |file: &str| view.read(folder, file).map(|text| text.trim().to_owned());
    let versions = [
        (".ruby-version", read(".ruby-version").map(|text| text.trim_start_matches("ruby-").to_owned())),
        (".tool-versions", read(".tool-versions").and_then(|text| tool(&text, "ruby").map(str::to_owned))),
        ("Gemfile", between(&gemfile.replace('\'', "\""), "\nruby \"", "\"").map(str::to_owned)),
    ];
    let found = Found {
        toolchain: Toolchain::RUBY,
        name: None,
        versions: reports::versions(view, folder, "ruby", &versions, USUAL),
        install: Some(if has_lock { Install::Bundler } else { Install::Run("bundle install".to_owned()) }),
        tests,
        checks,
        hints,
        stated,
    };
    Some(found.component(folder))
}

type Tested = (Option<(String, Vec<String>)>, Checks, Vec<String>);

/// Specs as a test run where their tool can report them; else the command of the project's own workflow as a check.
fn tested(view: &View<'_>, folder: &Folder, names: &dyn Fn(&str) -> bool, stated: &mut Stated) -> Tested {
    let specs = view.below(&folder.path, 6).iter().any(|file| file.starts_with("spec/") && file.ends_with("_spec.rb"));
    let mut checks: Checks = (Vec::new(), Vec::new());
    let mut hints = Vec::new();
    let own = reports::own(view, folder, |words| {
        let words = words.strip_prefix(&["bundle", "exec"]).unwrap_or(words);
        matches!(words, ["rspec" | "bin/rspec", ..] | ["rake", "test" | "spec", ..] | ["rake"])
            || matches!(words, ["bin/rails" | "rails", "test", ..])
    });
    let needs_database =
        folder.folders.iter().any(|name| name == "config") && view.tree.exists(&folder.file("config/database.yml"));
    if specs && names("rspec_junit_formatter") && !needs_database {
        let command = "bundle exec rspec --format progress --format RspecJunitFormatter --out \"$JUNIT\"";
        return (Some((command.to_owned(), Vec::new())), checks, hints);
    }
    if specs && !names("rspec_junit_formatter") {
        hints.push("to evaluate the specs by gates, add rspec_junit_formatter to the Gemfile".to_owned());
    }
    let command = own.as_ref().map(|(_, text)| text.clone()).or_else(|| specs.then(|| "bundle exec rspec".to_owned()));
    if let Some(command) = command {
        if needs_database {
            let reason = "needs the database of config/database.yml: add a service to a test run".to_owned();
            checks.1.push((word("test"), command, reason));
        } else {
            if let Some((own, _)) = own {
                stated.took("checks.test", &own.place);
            }
            checks.0.push((word("test"), command));
        }
    }
    (None, checks, hints)
}
