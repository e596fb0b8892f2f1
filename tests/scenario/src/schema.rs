//! What the provider `fake` offers.

use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_provider::{ProviderSchema, Unserved};
use terrane_schema::{Attribute, AttributeType, Block, NestedBlock, Nesting, Schema};
use terrane_value::Type;

/// The schemas of the provider `fake`:
///
/// | name | arguments | what it gives |
/// |---|---|---|
/// | the provider | `region`, `token` (sensitive), `endpoint { url, secret (sensitive) }` | |
/// | `fake_thing` | `name`, `kind` (forces replacement), `size`, `tags`, `secret_wo` (write-only), `secret_wo_version`, `other_wo` (write-only) | `id`, `arn` (both computed) |
/// | `fake_group` | `name` | `id`, `arn`, `members` (a list): the names of the members that are in it |
/// | `fake_member` | `name`, `group` | `id`, `arn` |
/// | data `fake_lookup` | `name` | `id`, `value`, `names`: what [`crate::Cloud::set_names`] set |
/// | list `fake_thing` | `prefix` of the name | |
/// | ephemeral `fake_token` | `audience`, `renew_ms` | `value` (sensitive), `serial` |
pub fn cloud_schema() -> ProviderSchema {
    let string = || optional(Type::String);
    let endpoint = NestedBlock {
        nesting: Nesting::List,
        block: block([("url", string()), ("secret", sensitive(string()))]),
        min_items: 0,
        max_items: 1,
    };
    let mut provider = block([("region", string()), ("token", sensitive(string()))]);
    provider.blocks.insert("endpoint".into(), endpoint);
    let thing = block([
        ("id", computed(Type::String)),
        ("arn", computed(Type::String)),
        ("name", string()),
        ("kind", string()),
        ("size", optional(Type::Number)),
        ("tags", optional(Type::map(Type::String))),
        ("secret_wo", write_only()),
        ("secret_wo_version", optional(Type::Number)),
        ("other_wo", write_only()),
    ]);
    let group = block([
        ("id", computed(Type::String)),
        ("arn", computed(Type::String)),
        ("name", string()),
        ("members", computed(Type::list(Type::String))),
    ]);
    let member = block([
        ("id", computed(Type::String)),
        ("arn", computed(Type::String)),
        ("name", string()),
        ("group", string()),
    ]);
    let lookup = block([
        ("id", computed(Type::String)),
        ("name", string()),
        ("value", computed(Type::String)),
        ("names", computed(Type::list(Type::String))),
    ]);
    let token = block([
        ("audience", string()),
        ("renew_ms", optional(Type::Number)),
        ("value", sensitive(computed(Type::String))),
        ("serial", computed(Type::Number)),
    ]);
    let one = |name: &str, block| BTreeMap::from([(name.into(), Arc::new(Schema { version: 0, block }))]);
    ProviderSchema {
        provider: Schema { version: 0, block: provider },
        resources: [("fake_thing", thing), ("fake_group", group), ("fake_member", member)]
            .into_iter()
            .flat_map(|(name, block)| one(name, block))
            .collect(),
        identities: BTreeMap::from([("fake_thing".into(), crate::cloud::identity::schema())]),
        data_sources: one("fake_lookup", lookup),
        ephemeral: one("fake_token", token),
        lists: one("fake_thing", block([("prefix", string())])),
        parts: ["fake_member".into()].into(),
        unserved: Unserved {
            resources: ["fake_elsewhere".into()].into(),
            data_sources: ["fake_lookup_elsewhere".into()].into(),
            and_others: false,
        },
        ..ProviderSchema::default()
    }
}

fn block<const N: usize>(attributes: [(&str, Attribute); N]) -> Block {
    let attributes = attributes.into_iter().map(|(name, a)| (name.into(), a)).collect();
    Block { attributes, ..Block::default() }
}

fn optional(ty: Type) -> Attribute {
    Attribute {
        ty: AttributeType::Plain(ty),
        required: false,
        optional: true,
        computed: false,
        sensitive: false,
        write_only: false,
        description: String::new(),
        deprecated: None,
    }
}

fn computed(ty: Type) -> Attribute {
    Attribute { optional: false, computed: true, ..optional(ty) }
}

fn sensitive(attribute: Attribute) -> Attribute {
    Attribute { sensitive: true, ..attribute }
}

fn write_only() -> Attribute {
    Attribute { write_only: true, ..optional(Type::String) }
}
