//! The schema of a block: its attributes and nested blocks.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use terrane_value::{Path, PathStep, Type, Value};

/// The schema of a resource type, data source or provider configuration.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The version that objects in state are written with.
    pub version: u64,
    /// The content.
    pub block: Block,
}

/// What a block may contain.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Attributes by name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
    /// Nested blocks by block type.
    pub blocks: BTreeMap<Arc<str>, NestedBlock>,
    /// What it is, in Markdown.
    pub description: String,
    /// Whether it should not be used any more, and what to do instead (empty where the provider says that itself).
    pub deprecated: Option<String>,
    /// Remembers [`Block::implied_type`]; a new one ([`Default`]) wherever a block is made.
    pub implied: ImpliedType,
}

/// The type of a block's objects, once somebody has asked for it, so that all these objects share one. A copy of a
/// block may be changed, and therefore does not take it along.
#[derive(Debug, Default)]
pub struct ImpliedType(OnceLock<Type>);

impl Clone for ImpliedType {
    fn clone(&self) -> ImpliedType {
        ImpliedType::default()
    }
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its type.
    pub ty: AttributeType,
    /// The configuration must set it.
    pub required: bool,
    /// The configuration may set it.
    pub optional: bool,
    /// The provider may choose its value when the configuration does not.
    pub computed: bool,
    /// It must not be shown.
    pub sensitive: bool,
    /// It is given to the provider and never stored.
    pub write_only: bool,
    /// What it is, in Markdown.
    pub description: String,
    /// Whether it should not be used any more, and what to do instead (empty where the provider says that itself).
    pub deprecated: Option<String>,
}

/// The type of an attribute: a plain type, or nested attributes with their own properties.
#[derive(Clone, Debug)]
pub enum AttributeType {
    /// A plain type constraint.
    Plain(Type),
    /// Nested attributes (protocol 6).
    Nested(NestedAttributes),
}

/// Attributes nested in an attribute.
#[derive(Clone, Debug)]
pub struct NestedAttributes {
    /// One, or how many and how they are collected. Never [`Nesting::Group`].
    pub nesting: Nesting,
    /// The nested attributes by name.
    pub attributes: BTreeMap<Arc<str>, Attribute>,
}

/// A nested block type.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// How many there can be and how they are collected.
    pub nesting: Nesting,
    /// Its content.
    pub block: Block,
    /// The fewest there must be.
    pub min_items: u64,
    /// The most there may be; 0 for any number.
    pub max_items: u64,
}

/// How nested blocks or attributes are collected into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object, null when absent.
    Single,
    /// At most one: an object, with everything in it null when absent.
    Group,
    /// A list.
    List,
    /// A set.
    Set,
    /// A map; the single label of the block is the key.
    Map,
}

impl Block {
    /// The type of objects of this schema. It is made once: do not change attributes or blocks afterwards.
    pub fn implied_type(&self) -> Type {
        let made = self.implied.0.get_or_init(|| {
            let attributes = self.attributes.iter().map(|(name, a)| (name.clone(), a.value_type()));
            let blocks = self.blocks.iter().map(|(name, b)| (name.clone(), b.value_type()));
            Type::object(attributes.chain(blocks))
        });
        made.clone()
    }

    /// An object of this schema in which nothing is set.
    pub fn empty_value(&self) -> Value {
        let attributes = self.attributes.iter().map(|(name, a)| (name.clone(), Value::null(a.value_type())));
        let blocks = self.blocks.iter().map(|(name, b)| (name.clone(), b.empty_value()));
        Value::object(attributes.chain(blocks))
    }

    /// The attribute that `path` leads to, when it leads to one (or into one of a plain type).
    pub fn attribute_at(&self, path: &Path) -> Option<&Attribute> {
        let mut block = self;
        let mut steps = path.0.iter();
        loop {
            let PathStep::Attribute(name) = steps.next()? else { return None };
            if let Some(attribute) = block.attributes.get(name) {
                return nested_attribute(attribute, steps.as_slice());
            }
            let nested = block.blocks.get(name)?;
            if matches!(nested.nesting, Nesting::List | Nesting::Set | Nesting::Map) {
                steps.next()?;
            }
            block = &nested.block;
        }
    }

    /// The paths in `value`, an object of this schema, whose attributes the schema says are
    /// sensitive.
    pub fn sensitive_paths(&self, value: &Value) -> Vec<Path> {
        let mut found = Vec::new();
        self.collect_paths(value, &Path::root(), &|a| a.sensitive, &mut found);
        found
    }

    /// The paths in `value`, an object of this schema, whose attributes are write-only.
    pub fn write_only_paths(&self, value: &Value) -> Vec<Path> {
        let mut found = Vec::new();
        self.collect_paths(value, &Path::root(), &|a| a.write_only, &mut found);
        found
    }

    fn collect_paths(
        &self,
        value: &Value,
        at: &Path,
        test: &dyn Fn(&Attribute) -> bool,
        found: &mut Vec<Path>,
    ) {
        collect_attribute_paths(&self.attributes, value, at, test, found);
        for (name, nested) in &self.blocks {
            if !nested.block.any_attribute(test) {
                continue;
            }
            let Some(inner) = value.attribute(name) else { continue };
            for (path, item) in items(nested.nesting, &inner, &at.attribute(name.clone())) {
                nested.block.collect_paths(&item, &path, test, found);
            }
        }
    }

    fn any_attribute(&self, test: &dyn Fn(&Attribute) -> bool) -> bool {
        any_attribute(&self.attributes, test) || self.blocks.values().any(|b| b.block.any_attribute(test))
    }
}

fn any_attribute(attributes: &BTreeMap<Arc<str>, Attribute>, test: &dyn Fn(&Attribute) -> bool) -> bool {
    attributes
        .values()
        .any(|a| test(a) || matches!(&a.ty, AttributeType::Nested(n) if any_attribute(&n.attributes, test)))
}

fn collect_attribute_paths(
    attributes: &BTreeMap<Arc<str>, Attribute>,
    value: &Value,
    at: &Path,
    test: &dyn Fn(&Attribute) -> bool,
    found: &mut Vec<Path>,
) {
    for (name, attribute) in attributes {
        let path = at.attribute(name.clone());
        if test(attribute) {
            found.push(path);
        } else if let AttributeType::Nested(nested) = &attribute.ty {
            let Some(inner) = value.attribute(name) else { continue };
            for (path, item) in items(nested.nesting, &inner, &path) {
                collect_attribute_paths(&nested.attributes, &item, &path, test, found);
            }
        }
    }
}

fn nested_attribute<'a>(attribute: &'a Attribute, steps: &[PathStep]) -> Option<&'a Attribute> {
    let AttributeType::Nested(nested) = &attribute.ty else { return Some(attribute) };
    let skip = usize::from(matches!(nested.nesting, Nesting::List | Nesting::Set | Nesting::Map));
    match steps.get(skip) {
        None => Some(attribute),
        Some(PathStep::Attribute(name)) => nested_attribute(nested.attributes.get(name)?, &steps[skip + 1..]),
        Some(_) => None,
    }
}

/// The objects in a nested block's or attribute's value, each with its path.
fn items(nesting: Nesting, value: &Value, at: &Path) -> Vec<(Path, Value)> {
    match nesting {
        Nesting::Single | Nesting::Group => vec![(at.clone(), value.clone())],
        Nesting::List => (value.as_slice().unwrap_or_default().iter().enumerate())
            .map(|(i, v)| (at.then(PathStep::Index(i as u64)), v.clone()))
            .collect(),
        Nesting::Set => (value.as_slice().unwrap_or_default().iter())
            .map(|v| (at.then(PathStep::Element(Box::new(v.clone()))), v.clone()))
            .collect(),
        Nesting::Map => (value.as_map().into_iter().flatten())
            .map(|(k, v)| (at.then(PathStep::Key(k.clone())), v.clone()))
            .collect(),
    }
}

impl Attribute {
    /// The type of its values.
    pub fn value_type(&self) -> Type {
        match &self.ty {
            AttributeType::Plain(ty) => ty.without_optional(),
            AttributeType::Nested(nested) => {
                let object =
                    Type::object(nested.attributes.iter().map(|(name, a)| (name.clone(), a.value_type())));
                nested.nesting.collect_type(object)
            }
        }
    }
}

impl NestedBlock {
    /// The type of the value that all blocks of this type make together. Where a list or map
    /// holds blocks with dynamically typed attributes, that is any type (a tuple or object).
    pub fn value_type(&self) -> Type {
        let object = self.block.implied_type();
        if object.has_dynamic() && matches!(self.nesting, Nesting::List | Nesting::Map) {
            return Type::Dynamic;
        }
        self.nesting.collect_type(object)
    }

    /// The value when there is no block of this type.
    pub fn empty_value(&self) -> Value {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single => Value::null(object),
            Nesting::Group => self.block.empty_value(),
            Nesting::List if object.has_dynamic() => Value::tuple([]),
            Nesting::Map if object.has_dynamic() => Value::object::<&str>([]),
            Nesting::List => Value::list(object, []),
            Nesting::Set => Value::set(object, []),
            Nesting::Map => Value::map::<&str>(object, []),
        }
    }
}

impl Nesting {
    fn collect_type(self, object: Type) -> Type {
        match self {
            Nesting::Single | Nesting::Group => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}
