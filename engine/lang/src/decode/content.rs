//! What a body has of what its schema allows.

use std::borrow::Cow;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span, nearest};
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting};
use terrane_syntax::{Attribute as Argument, Block as SourceBlock, BlockSchema, Body, BodySchema};
use terrane_value::Type;

/// The arguments and blocks of a body.
#[derive(Default)]
pub(super) struct Found<'b> {
    arguments: Vec<Cow<'b, Argument>>,
    blocks: Vec<Cow<'b, SourceBlock>>,
}

impl<'b> Found<'b> {
    /// Reads `body`, and reports what is not expected in it or missing.
    pub(super) fn read(
        body: &'b Body,
        schema: &Block,
        except: &[&str],
        report: &mut dyn FnMut(Diagnostic),
    ) -> Found<'b> {
        let Body::Native(native) = body else {
            return Found::read_by_schema(body, schema, except, report);
        };
        // The common case needs no other schema to be built: everything is as it should be.
        let mut found = Found::default();
        for argument in &native.attributes {
            let name = &*argument.name.name;
            if schema.attributes.contains_key(name) {
                found.arguments.push(Cow::Borrowed(argument));
            } else if !except.contains(&name) {
                return Found::read_by_schema(body, schema, except, report);
            }
        }
        for block in &native.blocks {
            let kind = &*block.kind.name;
            let labels = match (kind, schema.blocks.get(kind)) {
                (_, Some(nested)) => usize::from(nested.nesting == Nesting::Map),
                ("dynamic", None) => 1,
                _ if is_object_list(schema, kind) && found.attribute(kind).is_none() => 0,
                _ if is_skipped_block(kind, except) => continue,
                _ => return Found::read_by_schema(body, schema, except, report),
            };
            if block.labels.len() != labels {
                return Found::read_by_schema(body, schema, except, report);
            }
            found.blocks.push(Cow::Borrowed(block));
        }
        found.check_dynamic(schema, report);
        for name in schema.attributes.iter().filter(|(_, a)| a.required).map(|(name, _)| name) {
            if found.attribute(name).is_none() && !found.has_blocks(name) {
                report(
                    Diagnostic::error(
                        "Missing required argument",
                        format!("The argument {:?} is required, but no definition was found.", &**name),
                    )
                    .at(body.missing_span()),
                );
            }
        }
        found
    }

    fn read_by_schema(
        body: &Body,
        schema: &Block,
        except: &[&str],
        report: &mut dyn FnMut(Diagnostic),
    ) -> Found<'b> {
        let as_blocks = blocks_of_arguments(body, schema);
        let mut expected = BodySchema::default();
        for (name, attribute) in &schema.attributes {
            if !as_blocks.contains(name) {
                expected.attributes.push((name.to_string(), attribute.required));
            }
        }
        let block = |kind: &str, labels: &[&str]| BlockSchema {
            kind: kind.to_owned(),
            labels: labels.iter().map(|l| (*l).to_owned()).collect(),
        };
        for (kind, nested) in &schema.blocks {
            let labels: &[&str] = if nested.nesting == Nesting::Map { &["key"] } else { &[] };
            expected.blocks.push(block(kind, labels));
        }
        expected.blocks.extend(as_blocks.iter().map(|kind| block(kind, &[])));
        expected.blocks.push(block("dynamic", &["type"]));
        let (partial, _) = body.partial_content(&expected);
        let skipped: Vec<Span> = partial
            .unexpected
            .iter()
            .filter(|(name, _)| match body {
                Body::Native(native) if native.blocks.iter().any(|b| *b.kind.name == **name) => {
                    is_skipped_block(name, except)
                }
                _ => except.contains(&name.as_str()),
            })
            .map(|(_, span)| *span)
            .collect();
        let (content, problems) = body.content(&expected);
        for problem in problems {
            if !problem.subject.is_some_and(|at| skipped.contains(&at)) {
                report(problem);
            }
        }
        let found = Found {
            arguments: content.attributes.into_iter().map(Cow::Owned).collect(),
            blocks: content.blocks.into_iter().map(Cow::Owned).collect(),
        };
        found.check_dynamic(schema, report);
        found
    }

    /// Reports `dynamic` blocks that make blocks of a type that is not expected.
    fn check_dynamic(&self, schema: &Block, report: &mut dyn FnMut(Diagnostic)) {
        for block in self.all_blocks().filter(|b| is_dynamic(b)) {
            let kind = made_kind(block);
            if let Some(label) = block.labels.first()
                && !schema.blocks.contains_key(kind)
                && !is_object_list(schema, kind)
            {
                let hint = nearest(kind, schema.blocks.keys().map(|k| &**k))
                    .map_or_else(String::new, |name| format!(" Did you mean {name:?}?"));
                let detail = format!("Blocks of type {kind:?} are not expected here.{hint}");
                report(Diagnostic::error("Unsupported block type", detail).at(label.span));
            }
        }
    }

    /// The argument `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|a| &*a.name.name == name).map(AsRef::as_ref)
    }

    /// The arguments in source order.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().map(AsRef::as_ref)
    }

    /// All blocks in source order.
    pub(super) fn all_blocks(&self) -> impl Iterator<Item = &SourceBlock> {
        self.blocks.iter().map(AsRef::as_ref)
    }

    /// The blocks of type `kind`, and the `dynamic` blocks that make such.
    pub(super) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a SourceBlock> {
        self.all_blocks().filter(move |b| made_kind(b) == kind)
    }

    pub(super) fn has_blocks(&self, kind: &str) -> bool {
        self.blocks(kind).next().is_some()
    }
}

/// Whether blocks of this type are none of the schema's: of the meta-arguments, only these are blocks.
fn is_skipped_block(kind: &str, except: &[&str]) -> bool {
    except.contains(&kind) && matches!(kind, "lifecycle" | "connection" | "provisioner")
}

/// The type of the blocks that `block` is or makes.
pub(super) fn made_kind(block: &SourceBlock) -> &str {
    match block.labels.first() {
        Some(label) if is_dynamic(block) => &label.text,
        _ => &block.kind.name,
    }
}

/// Whether `block` is a `dynamic` block.
pub(super) fn is_dynamic(block: &SourceBlock) -> bool {
    &*block.kind.name == "dynamic"
}

/// The arguments that the body sets by blocks, in the way that old providers allow for lists
/// and sets of objects.
fn blocks_of_arguments(body: &Body, schema: &Block) -> Vec<Arc<str>> {
    let candidates: Vec<&Arc<str>> =
        schema.attributes.iter().filter(|(_, a)| object_type(a).is_some()).map(|(name, _)| name).collect();
    match body {
        _ if candidates.is_empty() => Vec::new(),
        Body::Native(native) => candidates
            .into_iter()
            .filter(|name| native.blocks.iter().any(|b| made_kind(b) == &***name))
            .filter(|name| native.attributes.iter().all(|a| a.name.name != **name))
            .cloned()
            .collect(),
        // In JSON an argument and its blocks are written alike: as an array of objects.
        Body::Json(_) => {
            let names = BodySchema::new(&[], &[("dynamic", &["type"])]);
            let (content, _) = body.partial_content(&names);
            candidates
                .into_iter()
                .filter(|name| content.blocks.iter().any(|b| made_kind(b) == &***name))
                .cloned()
                .collect()
        }
    }
}

fn is_object_list(schema: &Block, name: &str) -> bool {
    schema.attributes.get(name).is_some_and(|a| object_type(a).is_some())
}

/// For an attribute that is a list or set of objects, the nested block type that can stand for it.
pub(super) fn object_type(attribute: &Attribute) -> Option<NestedBlock> {
    let AttributeType::Plain(Type::List(element) | Type::Set(element)) = &attribute.ty else { return None };
    let Type::Object(object) = &**element else { return None };
    let nesting = match &attribute.ty {
        AttributeType::Plain(Type::List(_)) => Nesting::List,
        _ => Nesting::Set,
    };
    let inner = |ty: &Type| Attribute {
        ty: AttributeType::Plain(ty.clone()),
        required: false,
        optional: true,
        computed: false,
        sensitive: false,
        write_only: false,
        description: String::new(),
        deprecated: None,
    };
    let attributes = object.attributes.iter().map(|(name, ty)| (name.clone(), inner(ty))).collect();
    let block = Block { attributes, ..Block::default() };
    Some(NestedBlock { nesting, block, min_items: 0, max_items: 0 })
}
