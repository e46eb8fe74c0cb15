//! Context of all lowerings: the pipeline, its pins, and its scripts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::pins::Pins;
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::files::Emitted;
use crate::pins::{Lock, Tool};
use crate::resolve::Pipeline;
use crate::runners::Scripts;
use crate::script::render;
use crate::seal::SCRIPTS;
use crate::shared::{self, ATTRIBUTES, Shared};
use crate::sources::Sources;
use crate::supplies::Supplies;
use crate::trace::Origin;
use crate::workflow::{Action, Pairs, Script, Step};

const TEMPLATE: Code = Code("template");

/// Context of a lowering.
pub(crate) struct Context<'a> {
    pub(crate) pipeline: &'a Pipeline<'a>,
    pub(super) pins: Pins<'a>,
    sources: &'a Sources,
    shared: RefCell<BTreeMap<&'static str, &'static Shared>>,
    data: RefCell<BTreeMap<String, String>>,
    failed: RefCell<Vec<Diagnostic>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(pipeline: &'a Pipeline<'a>, sources: &'a Sources, lock: &'a Lock) -> Self {
        Self {
            pipeline,
            pins: Pins::new(lock),
            sources,
            shared: RefCell::default(),
            data: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    /// Returns the scripts and data in use.
    ///
    /// # Errors
    ///
    /// Missing pins, and custom templates that fail.
    pub(crate) fn emitted_files(self) -> Result<Emitted, Vec<Diagnostic>> {
        // The manifest is in the folder of shared files, which is checked out.
        let _ = self.emitted(ATTRIBUTES);
        let mut found = self.failed.into_inner();
        found.extend(self.pins.missing());
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Emitted {
            folder: self.pipeline.names.own_folder(),
            shared: self.shared.into_inner().into_values().collect(),
            data: self.data.into_inner().into_iter().collect(),
        })
    }

    /// The folder of the pipeline's own settings and manifest, from the root of the repository.
    pub(crate) fn own_folder(&self) -> String {
        self.pipeline.names.own_folder()
    }

    /// A path of the definition, from the root of the repository; empty for the root itself.
    pub(crate) fn path(&self, path: &str) -> String {
        self.pipeline.names.path(path)
    }

    /// Files that decide what is generated, from the root of the repository.
    pub(crate) fn inputs(&self) -> Vec<&str> {
        let sources = self.sources;
        let mut files = vec![sources.definition.file.as_str()];
        files.extend(sources.bases.iter().map(|base| base.file.as_str()));
        files.extend(sources.lock.iter().map(|lock| lock.file.as_str()));
        files
    }

    /// An action by its pin.
    pub(crate) fn action(&self, name: &str, with: Pairs, origin: &Origin) -> Action {
        Action { name: name.to_owned(), pin: self.pins.action(name, origin), with }
    }

    /// An image by its digest.
    pub(crate) fn image(&self, reference: &str, origin: &Origin) -> String {
        self.pins.image(reference, origin)
    }

    /// A short script from a template.
    pub(crate) fn script(&self, template: &str, values: minijinja::Value) -> Script {
        match render(template, &self.sources.templates, values) {
            Ok(script) => script,
            Err(failed) => {
                let own = self.sources.templates.get(template);
                let at = Location::File(own.map_or_else(|| template.to_owned(), |own| own.file.clone()));
                let message = format!("line {}: {}", failed.line, failed.message);
                self.failed.borrow_mut().push(
                    Diagnostic::error(TEMPLATE, at, message).help("compare it with the built-in template of that name"),
                );
                Script::default()
            }
        }
    }

    /// Emits a file that all pipelines share; returns its path.
    pub(crate) fn emitted(&self, name: &str) -> String {
        if let Some(shared) = shared::by_name(name) {
            self.shared.borrow_mut().insert(shared.name, shared);
        }
        format!("{SCRIPTS}/{name}")
    }

    /// Emits data of this pipeline for scripts, next to its manifest, once for several jobs.
    pub(crate) fn data(&self, name: &str, text: impl FnOnce() -> String) -> String {
        if !self.data.borrow().contains_key(name) {
            let text = text();
            self.data.borrow_mut().insert(name.to_owned(), text);
        }
        format!("{}/{name}", self.own_folder())
    }

    /// A step that runs a command of a script, such as `ci.py gates`, at the root of the repository.
    ///
    /// Python runs isolated, so that no file in the script's folder or the working directory shadows a module.
    pub(crate) fn python(&self, name: &str, command: &str, arguments: &[&str], origin: &Origin) -> Step {
        let mut text = format!("python3 -I {SCRIPTS}/{command}");
        for argument in arguments {
            text.push(' ');
            text.push_str(argument);
        }
        let _ = self.emitted(command.split(' ').next().unwrap_or_default());
        Step::run(name, Script::new(&text), origin.clone())
    }
}

impl Supplies for Context<'_> {
    fn short(&self, template: &str, values: minijinja::Value) -> Script {
        self.script(template, values)
    }

    fn action(&self, name: &str, with: Pairs, origin: &Origin) -> Action {
        self.action(name, with, origin)
    }

    fn tool(&self, name: &str, origin: &Origin) -> Option<Tool> {
        self.pins.tool(name, origin)
    }
}

impl Scripts for Context<'_> {
    fn emit(&self, name: &str) -> String {
        self.emitted(name)
    }

    fn python(&self, command: &str) -> Script {
        let (file, command) = command.split_once(' ').unwrap_or((command, ""));
        Script::new(&format!("python3 -I \"$GITHUB_WORKSPACE/{}\" {command}", self.emitted(file)))
    }
}
