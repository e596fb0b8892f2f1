//! Blocks of the language, one by one, to typed declarations of one module.
//!
//! What a block alone shows is checked here, and that nothing is declared twice; what needs
//! other blocks is checked in `check`.

pub(crate) mod constant;
pub(crate) mod names;
pub(crate) mod traversal;

mod action;
mod check_rules;
mod escaped;
mod lifecycle;
mod module_call;
mod named;
mod provider;
mod provisioner;
pub(crate) mod query;
mod refactoring;
mod requirements;
mod resource;
pub(crate) mod test_file;
mod variable;

pub(crate) use requirements::{decode_override as decode_terraform_override, implied_source};

use crate::{Module, ProviderRef};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use terrane_syntax::{Block, Body, BodySchema, Content};

/// The blocks that may stand in a file.
pub(crate) fn file_schema() -> BodySchema {
    BodySchema::new(
        &[],
        &[
            ("terraform", &[]),
            ("provider", &["name"]),
            ("variable", &["name"]),
            ("locals", &[]),
            ("output", &["name"]),
            ("module", &["name"]),
            ("resource", &["type", "name"]),
            ("data", &["type", "name"]),
            ("ephemeral", &["type", "name"]),
            ("action", &["type", "name"]),
            ("moved", &[]),
            ("removed", &[]),
            ("import", &[]),
            ("check", &["name"]),
        ],
    )
}

/// A module in the making.
pub(crate) struct Decoder<'a> {
    /// The files, to say where something was declared before.
    pub(crate) sources: &'a SourceMap,
    /// What is declared so far.
    pub(crate) module: Module,
    /// What is wrong so far.
    pub(crate) diagnostics: Diagnostics,
    /// Where the module's `required_providers` block is.
    pub(crate) required_providers: Option<Span>,
    /// The providers that have a `provider_meta` block, and where.
    pub(crate) provider_metas: BTreeMap<Arc<str>, Span>,
}

impl<'a> Decoder<'a> {
    /// A decoder that adds to `module`.
    pub(crate) fn new(sources: &'a SourceMap, module: Module) -> Decoder<'a> {
        Decoder {
            sources,
            module,
            diagnostics: Diagnostics::new(),
            required_providers: None,
            provider_metas: BTreeMap::new(),
        }
    }
}

impl Decoder<'_> {
    /// Declares what `block` says.
    pub(crate) fn block(&mut self, block: Block) {
        match &*block.kind.name {
            "terraform" => requirements::decode(self, &block),
            "provider" => provider::decode(self, block),
            "variable" => variable::decode(self, &block),
            "locals" => named::decode_locals(self, &block),
            "output" => named::decode_output(self, &block),
            "module" => module_call::decode(self, block),
            "resource" | "data" | "ephemeral" => resource::decode(self, block),
            "action" => action::decode(self, block),
            "moved" => refactoring::decode_moved(self, &block),
            "removed" => refactoring::decode_removed(self, &block),
            "import" => refactoring::decode_import(self, &block),
            "check" => named::decode_check(self, &block),
            _ => {}
        }
    }

    /// The module, when everything is declared.
    pub(crate) fn finish(mut self) -> (Module, Diagnostics) {
        requirements::add_implied(&mut self.module);
        requirements::check_sources(&mut self);
        (self.module, self.diagnostics)
    }

    /// The module, when what query files add is declared. `used` are the local names of the providers that their lists use.
    pub(crate) fn finish_queries(mut self, used: Vec<Arc<str>>) -> (Module, Diagnostics) {
        let declared = self.module.providers.keys().map(|(name, _)| name.clone());
        let used = used.into_iter().chain(declared).collect();
        requirements::imply(&mut self.module, used);
        (self.module, self.diagnostics)
    }

    /// Adds an error.
    pub(crate) fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>, at: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(at));
    }

    /// Adds a warning.
    pub(crate) fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>, at: Span) {
        self.diagnostics.push(Diagnostic::warning(summary, detail).at(at));
    }

    /// Reads a body in which nothing else may stand.
    pub(crate) fn content(
        &mut self,
        body: &Body,
        attributes: &[&str],
        blocks: &[(&str, &[&str])],
    ) -> Content {
        self.diagnostics.take(body.content(&BodySchema::new(attributes, blocks)))
    }

    /// Reads the part of a body that belongs to the language.
    pub(crate) fn partial(
        &mut self,
        body: &Body,
        attributes: &[&str],
        blocks: &[(&str, &[&str])],
    ) -> Content {
        self.diagnostics.take(body.partial_content(&BodySchema::new(attributes, blocks)))
    }

    /// Refuses arguments of these names, which are those of blocks.
    pub(crate) fn only_blocks(&mut self, body: &Body, names: &[&str]) {
        let Body::Native(native) = body else { return };
        for attribute in native.attributes.iter().filter(|a| names.contains(&&*a.name.name)) {
            let name = &attribute.name.name;
            let detail = format!(
                "An argument named \"{name}\" is not expected here. Did you mean to define a block of type \"{name}\"? \
                 It has no equals sign."
            );
            self.error("Unsupported argument", detail, attribute.name.span);
        }
    }

    /// Where `span` is, in words: `main.tf:1,1-24`.
    pub(crate) fn place(&self, span: Span) -> String {
        place(self.sources, span)
    }

    /// The constant text of argument `name`.
    pub(crate) fn string(&mut self, content: &Content, name: &str) -> Option<String> {
        let attribute = content.attribute(name)?;
        constant::string(&attribute.expr, &mut self.diagnostics)
    }

    /// The constant boolean of argument `name`.
    pub(crate) fn boolean(&mut self, content: &Content, name: &str) -> Option<bool> {
        let attribute = content.attribute(name)?;
        constant::boolean(&attribute.expr, &mut self.diagnostics)
    }

    /// Says that argument `name` is missing in `body`.
    pub(crate) fn missing_argument(&mut self, body: &Body, name: &str) {
        let detail = format!("The argument \"{name}\" is required, but no definition was found.");
        self.error("Missing required argument", detail, body.missing_span());
    }
}

/// Where `span` is, in words: `main.tf:1,1-24`, or `main.tf:1,1-3,2` over several lines.
pub(crate) fn place(sources: &SourceMap, span: Span) -> String {
    let Some(file) = sources.get(span.file) else { return String::new() };
    let (start, end) = (file.position(span.start), file.position(span.end));
    if start.line == end.line {
        format!("{}:{},{}-{}", file.name, start.line, start.column, end.column)
    } else {
        format!("{}:{},{}-{},{}", file.name, start.line, start.column, end.line, end.column)
    }
}

/// The text of label `index` of `block` and where it stands; the syntax layer has checked that
/// there are as many as the schema says.
fn label(block: &Block, index: usize) -> Option<(Arc<str>, Span)> {
    block.labels.get(index).map(|label| (label.text.clone(), label.span))
}

/// The default configuration of the provider that a resource type's prefix implies.
fn implied_provider(type_name: &str, span: Span) -> ProviderRef {
    let local_name = type_name.split('_').next().unwrap_or(type_name);
    ProviderRef { local_name: local_name.into(), alias: None, key: None, span }
}
