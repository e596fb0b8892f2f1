//! The schema of a resource type as the SDK sees it: what the engine is told, and the rules of
//! planning and validation besides.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting};
use terrane_value::{Type, Value};

/// Who may choose an attribute's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The user, always.
    Required,
    /// The user, when they like.
    Optional,
    /// The remote system.
    Computed,
    /// The user, or else the remote system.
    OptionalComputed,
}

impl Presence {
    /// Whether the remote system may choose the value.
    pub fn is_computed(self) -> bool {
        matches!(self, Presence::Computed | Presence::OptionalComputed)
    }
}

/// Checks a known value that is not null. The error says what is wrong in a sentence.
pub type Validator = Arc<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// Whether two texts mean the same.
pub type Equivalence = fn(&str, &str) -> bool;

/// An attribute and its rules.
#[derive(Clone)]
pub struct AttributeSpec {
    /// Its type.
    pub ty: Type,
    /// Who may choose its value.
    pub presence: Presence,
    /// A change needs a new object.
    pub force_new: bool,
    /// A computed value survives updates.
    pub keep: bool,
    /// Not to be shown.
    pub sensitive: bool,
    /// Given on apply and never stored.
    pub write_only: bool,
    /// A list or set of objects that users write as blocks: unset parts are zero values, as
    /// Terraform's SDK stores them.
    pub as_blocks: bool,
    /// An empty text is as good as none, as in Terraform's SDK.
    pub empty_is_unset: bool,
    /// The value when the configuration sets none.
    pub default: Option<Value>,
    /// Checks on known values.
    pub validators: Vec<Validator>,
    /// Attributes or blocks of the same block that cannot be set together with it.
    pub conflicts_with: Vec<&'static str>,
    /// Texts that mean the same are no change.
    pub equivalent: Option<Equivalence>,
    /// What it is, in Markdown.
    pub description: String,
    /// Why it should not be used any more.
    pub deprecated: Option<String>,
}

impl AttributeSpec {
    /// An attribute without special rules.
    pub fn new(ty: Type, presence: Presence) -> AttributeSpec {
        AttributeSpec {
            ty,
            presence,
            force_new: false,
            keep: false,
            sensitive: false,
            write_only: false,
            as_blocks: false,
            empty_is_unset: false,
            default: None,
            validators: Vec::new(),
            conflicts_with: Vec::new(),
            equivalent: None,
            description: String::new(),
            deprecated: None,
        }
    }

    fn to_schema(&self) -> Attribute {
        Attribute {
            ty: AttributeType::Plain(self.ty.clone()),
            required: self.presence == Presence::Required,
            optional: matches!(self.presence, Presence::Optional | Presence::OptionalComputed),
            computed: self.presence.is_computed(),
            sensitive: self.sensitive,
            write_only: self.write_only,
            description: self.description.clone(),
            deprecated: self.deprecated.clone(),
        }
    }
}

impl fmt::Debug for AttributeSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttributeSpec").field("ty", &self.ty).field("presence", &self.presence).finish()
    }
}

/// A nested block type and its rules.
#[derive(Clone, Debug)]
pub struct NestedSpec {
    /// How blocks are collected.
    pub nesting: Nesting,
    /// The fewest there must be.
    pub min: u64,
    /// The most there may be; 0 for any number.
    pub max: u64,
    /// Any change in it needs a new object.
    pub force_new: bool,
    /// When the configuration has none, the remote system chooses.
    pub computed: bool,
    /// Attributes or blocks of the same block that cannot be set together with it.
    pub conflicts_with: Vec<&'static str>,
    /// The content.
    pub block: BlockSpec,
}

/// What a block may contain.
#[derive(Clone, Debug, Default)]
pub struct BlockSpec {
    /// Attributes by name.
    pub attributes: BTreeMap<&'static str, AttributeSpec>,
    /// Nested blocks by block type.
    pub blocks: BTreeMap<&'static str, NestedSpec>,
    /// What it is, in Markdown.
    pub description: String,
    /// Whether it should not be used any more, and what to do instead.
    pub deprecated: Option<String>,
}

impl BlockSpec {
    /// The schema that the engine is told.
    pub fn to_schema(&self) -> Block {
        Block {
            attributes: self.attributes.iter().map(|(k, a)| (Arc::from(*k), a.to_schema())).collect(),
            blocks: self
                .blocks
                .iter()
                .map(|(k, b)| {
                    let block = NestedBlock {
                        nesting: b.nesting,
                        block: b.block.to_schema(),
                        min_items: b.min,
                        max_items: b.max,
                    };
                    (Arc::from(*k), block)
                })
                .collect(),
            description: self.description.clone(),
            deprecated: self.deprecated.clone(),
            ..Block::default()
        }
    }

    /// Lets all computed values survive updates, here and in nested blocks.
    pub fn keep_all(&mut self) {
        for attribute in self.attributes.values_mut() {
            attribute.keep |= attribute.presence.is_computed();
        }
        for nested in self.blocks.values_mut() {
            nested.block.keep_all();
        }
    }

    /// Lets empty texts be as good as none wherever users may leave a text out, here and in nested blocks.
    pub fn empty_is_unset(&mut self) {
        for attribute in self.attributes.values_mut() {
            let optional = matches!(attribute.presence, Presence::Optional | Presence::OptionalComputed);
            attribute.empty_is_unset |= optional && attribute.ty == Type::String;
        }
        for nested in self.blocks.values_mut() {
            nested.block.empty_is_unset();
        }
    }

    /// Whether a change of any attribute in here, at any depth, needs a new object.
    pub(crate) fn has_force_new(&self) -> bool {
        self.attributes.values().any(|a| a.force_new)
            || self.blocks.values().any(|b| b.force_new || b.block.has_force_new())
    }
}
