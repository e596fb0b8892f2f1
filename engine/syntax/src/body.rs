//! Reading a body by what is expected in it.

use crate::{Attribute, Block, Body, NativeBody, json};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};

/// What a reader expects in a body.
#[derive(Clone, Debug, Default)]
pub struct BodySchema {
    /// Argument names, and whether each is required.
    pub attributes: Vec<(String, bool)>,
    /// Block types.
    pub blocks: Vec<BlockSchema>,
}

/// A block type that a reader expects.
#[derive(Clone, Debug)]
pub struct BlockSchema {
    /// The block type.
    pub kind: String,
    /// What its labels are, for messages: `["type", "name"]`.
    pub labels: Vec<String>,
}

/// What was found in a body.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Arguments that were expected, in source order.
    pub attributes: Vec<Attribute>,
    /// Blocks that were expected, in source order.
    pub blocks: Vec<Block>,
    /// What is in the body and was not expected: names of arguments and block types.
    pub unexpected: Vec<(String, Span)>,
}

impl Content {
    /// The argument `name`.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| &*a.name.name == name)
    }

    /// The blocks of type `kind`.
    pub fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |b| &*b.kind.name == kind)
    }
}

impl BodySchema {
    /// The block type `kind`.
    pub(crate) fn block(&self, kind: &str) -> Option<&BlockSchema> {
        self.blocks.iter().find(|b| b.kind == kind)
    }

    /// A schema of optional arguments and block types with their labels.
    pub fn new(attributes: &[&str], blocks: &[(&str, &[&str])]) -> BodySchema {
        BodySchema {
            attributes: attributes.iter().map(|a| ((*a).to_owned(), false)).collect(),
            blocks: blocks
                .iter()
                .map(|(kind, labels)| BlockSchema {
                    kind: (*kind).to_owned(),
                    labels: labels.iter().map(|l| (*l).to_owned()).collect(),
                })
                .collect(),
        }
    }
}

impl Body {
    /// Reads the body; whatever was not expected, is missing or has the wrong number of labels
    /// is an error with the nearest expected name suggested.
    pub fn content(&self, schema: &BodySchema) -> (Content, Diagnostics) {
        self.read(schema, true)
    }

    /// Reads the body; what was not expected is left in [`Content::unexpected`] without an error.
    pub fn partial_content(&self, schema: &BodySchema) -> (Content, Diagnostics) {
        self.read(schema, false)
    }

    fn read(&self, schema: &BodySchema, exact: bool) -> (Content, Diagnostics) {
        match self {
            Body::Native(body) => native_content(body, schema, exact),
            Body::Json(value) => json::content::content(value, schema, exact),
        }
    }

    /// All arguments of a body that may have no blocks (`locals`, the arguments of a `.tfvars` file).
    pub fn just_attributes(&self) -> (Vec<Attribute>, Diagnostics) {
        match self {
            Body::Native(body) => {
                let mut diagnostics = Diagnostics::new();
                if let Some(block) = body.blocks.first() {
                    let summary = format!("Unexpected \"{}\" block", block.kind.name);
                    diagnostics
                        .push(Diagnostic::error(summary, "Blocks are not allowed here.").at(block.kind.span));
                }
                (body.attributes.clone(), diagnostics)
            }
            Body::Json(value) => json::content::just_attributes(value),
        }
    }

    /// Where `path` stands, an argument as providers name it (`tags["Name"]`, `ingress[1].cidr_blocks`):
    /// the argument, or the nearest block around it that is written there. `None` in JSON, and for
    /// what is not written.
    pub fn argument_span(&self, path: &str) -> Option<Span> {
        let Body::Native(body) = self else { return None };
        let (name, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        if let Some(argument) = body.attributes.iter().find(|a| &*a.name.name == name) {
            return Some(argument.span);
        }
        let (index, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((index, rest)) => (index.parse().ok(), rest),
            None => (None, rest),
        };
        let mut blocks = body.blocks.iter().filter(|b| &*b.kind.name == name);
        let block = match index {
            Some(index) => blocks.nth(index),
            // An element of a set has no number; only one alone can be meant.
            None => blocks.next().filter(|_| blocks.next().is_none()),
        };
        match block {
            Some(block) => {
                let inner = rest.strip_prefix('.').and_then(|rest| block.body.argument_span(rest));
                Some(inner.unwrap_or(block.header))
            }
            None => body.blocks.iter().find(|b| &*b.kind.name == name).map(|b| b.header),
        }
    }

    /// Where to point when something is missing in this body.
    pub fn missing_span(&self) -> Span {
        match self {
            Body::Native(b) => b.missing,
            Body::Json(value) => json::content::missing(value),
        }
    }
}

fn native_content(body: &NativeBody, schema: &BodySchema, exact: bool) -> (Content, Diagnostics) {
    let (mut content, mut diagnostics) = (Content::default(), Diagnostics::new());
    for attribute in &body.attributes {
        let name = &attribute.name;
        if schema.attributes.iter().any(|(expected, _)| **expected == *name.name) {
            content.attributes.push(attribute.clone());
        } else if exact {
            diagnostics.push(unsupported_argument(schema, &name.name).at(name.span));
        } else {
            content.unexpected.push((name.name.to_string(), name.span));
        }
    }
    for block in &body.blocks {
        if let Some(expected) = schema.block(&block.kind.name) {
            match check_labels(block, expected) {
                Ok(()) => content.blocks.push(block.clone()),
                Err(problem) => diagnostics.push(*problem),
            }
        } else if exact {
            diagnostics.push(unsupported_block(schema, &block.kind.name).at(block.kind.span));
        } else {
            content.unexpected.push((block.kind.name.to_string(), block.kind.span));
        }
    }
    report_missing(schema, &content, body.missing, &mut diagnostics);
    (content, diagnostics)
}

/// Reports the required arguments that `content` lacks.
pub(crate) fn report_missing(
    schema: &BodySchema,
    content: &Content,
    at: Span,
    diagnostics: &mut Diagnostics,
) {
    for (name, required) in &schema.attributes {
        if *required && content.attribute(name).is_none() {
            diagnostics.push(
                Diagnostic::error(
                    "Missing required argument",
                    format!("The argument \"{name}\" is required, but no definition was found."),
                )
                .at(at),
            );
        }
    }
}

fn unsupported_argument(schema: &BodySchema, name: &str) -> Diagnostic {
    let hint = if schema.block(name).is_some() {
        format!(" Did you mean to define a block of type \"{name}\"?")
    } else {
        suggestion(name, schema.attributes.iter().map(|(name, _)| name.as_str()))
    };
    Diagnostic::error(
        "Unsupported argument",
        format!("An argument named \"{name}\" is not expected here.{hint}"),
    )
}

fn unsupported_block(schema: &BodySchema, kind: &str) -> Diagnostic {
    let hint = if schema.attributes.iter().any(|(name, _)| name == kind) {
        format!(
            " Did you mean to define argument \"{kind}\"? If so, use the equals sign to assign it a value."
        )
    } else {
        suggestion(kind, schema.blocks.iter().map(|b| b.kind.as_str()))
    };
    Diagnostic::error(
        "Unsupported block type",
        format!("Blocks of type \"{kind}\" are not expected here.{hint}"),
    )
}

pub(crate) fn suggestion<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    nearest(given, candidates).map(|name| format!(" Did you mean \"{name}\"?")).unwrap_or_default()
}

/// Whether the block has the labels that its type must have.
fn check_labels(block: &Block, expected: &BlockSchema) -> Result<(), Box<Diagnostic>> {
    let (kind, names) = (&expected.kind, &expected.labels);
    let (have, want) = (block.labels.len(), names.len());
    let header = block.header.to(block.body.missing_span());
    if let Some(extra) = block.labels.get(want) {
        let detail = if want == 0 {
            format!("No labels are expected for {kind} blocks.")
        } else {
            format!("Only {want} labels ({}) are expected for {kind} blocks.", names.join(", "))
        };
        let problem = Diagnostic::error(format!("Extraneous label for {kind}"), detail);
        return Err(Box::new(problem.at(extra.span).within(header)));
    }
    if let Some(missing) = names.get(have) {
        let problem = Diagnostic::error(
            format!("Missing {missing} for {kind}"),
            format!("All {kind} blocks must have {want} labels ({}).", names.join(", ")),
        );
        return Err(Box::new(problem.at(block.body.missing_span()).within(header)));
    }
    Ok(())
}
