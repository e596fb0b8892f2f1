//! Tables of the rules between configuration, prior, planned and final objects.
#![allow(missing_docs)]

use serde_json::{Value as Json, json};
use std::sync::Arc;
use terrane_schema::{
    Attribute, AttributeType, Block, NestedAttributes, NestedBlock, Nesting, assert_object_compatible,
    assert_plan_valid, proposed_new,
};
use terrane_value::{Path, Refinement, Type, Value, from_json_with_type};

/// Flags: `r`equired, `o`ptional, `c`omputed, `s`ensitive, `w`rite-only.
fn attribute(ty: AttributeType, flags: &str) -> Attribute {
    let has = |flag| flags.contains(flag);
    Attribute {
        ty,
        required: has('r'),
        optional: has('o'),
        computed: has('c'),
        sensitive: has('s'),
        write_only: has('w'),
        description: String::new(),
        deprecated: None,
    }
}

fn attributes(list: &[(&str, AttributeType, &str)]) -> std::collections::BTreeMap<Arc<str>, Attribute> {
    list.iter().map(|(name, ty, flags)| (Arc::from(*name), attribute(ty.clone(), flags))).collect()
}

fn schema() -> Block {
    let plain = |ty| AttributeType::Plain(ty);
    let text = || plain(Type::String);
    let nested = |nesting| {
        AttributeType::Nested(NestedAttributes {
            nesting,
            attributes: attributes(&[("a", text(), "o"), ("id", text(), "c")]),
        })
    };
    let inner =
        Block { attributes: attributes(&[("a", text(), "o"), ("id", text(), "oc")]), ..Block::default() };
    let block = |nesting| NestedBlock { nesting, block: inner.clone(), min_items: 0, max_items: 0 };
    Block {
        attributes: attributes(&[
            ("id", text(), "c"),
            ("auto", text(), "oc"),
            ("plain", text(), "o"),
            ("secret", text(), "os"),
            ("hidden", text(), "ow"),
            ("tags", plain(Type::map(Type::String)), "o"),
            ("names", plain(Type::set(Type::String)), "oc"),
            ("one", nested(Nesting::Single), "o"),
            ("many", nested(Nesting::List), "oc"),
            ("any", nested(Nesting::Set), "o"),
            ("keyed", nested(Nesting::Map), "o"),
        ]),
        blocks: [
            ("single", block(Nesting::Single)),
            ("list", block(Nesting::List)),
            ("set", block(Nesting::Set)),
            ("map", block(Nesting::Map)),
        ]
        .map(|(name, block)| (Arc::from(name), block))
        .into(),
        ..Block::default()
    }
}

/// A value of type `ty`; `"?"` is unknown, attributes that are left out are null, and nested
/// blocks that are left out are none.
fn value(json: &Json, ty: &Type, missing: &dyn Fn(&str) -> Option<Value>) -> Value {
    let none = |_: &str| None;
    match (json, ty) {
        (Json::String(text), _) if text == "?" => Value::unknown(ty.clone()),
        (Json::Object(object), Type::Object(wanted)) => {
            Value::object(wanted.attributes.iter().map(|(name, ty)| {
                let value = match object.get(&**name) {
                    Some(json) => value(json, ty, &none),
                    None => missing(name).unwrap_or_else(|| Value::null(ty.clone())),
                };
                (name.clone(), value)
            }))
        }
        (Json::Object(object), Type::Map(t)) => {
            Value::map((**t).clone(), object.iter().map(|(k, v)| (k.as_str(), value(v, t, &none))))
        }
        (Json::Array(items), Type::List(t)) => {
            Value::list((**t).clone(), items.iter().map(|v| value(v, t, &none)))
        }
        (Json::Array(items), Type::Set(t)) => {
            Value::set((**t).clone(), items.iter().map(|v| value(v, t, &none)))
        }
        _ => from_json_with_type(json, ty).expect("the case fits the schema"),
    }
}

fn object(json: &Json) -> Value {
    let schema = schema();
    value(json, &schema.implied_type(), &|name| schema.blocks.get(name).map(NestedBlock::empty_value))
}

#[test]
fn prior_and_configuration_make_the_proposed_object() {
    let cases = [
        ("new", Json::Null, json!({ "plain": "p" }), json!({ "plain": "p" })),
        (
            "computed values stay",
            json!({ "id": "i", "auto": "x", "plain": "p", "names": ["n"] }),
            json!({}),
            json!({ "id": "i", "auto": "x", "names": ["n"] }),
        ),
        ("configured values win", json!({ "auto": "x" }), json!({ "auto": "?" }), json!({ "auto": "?" })),
        (
            "nested single",
            json!({ "one": { "a": "1", "id": "i" } }),
            json!({ "one": { "a": "2" } }),
            json!({ "one": { "a": "2", "id": "i" } }),
        ),
        ("nested single gone", json!({ "one": { "a": "1", "id": "i" } }), json!({}), json!({})),
        (
            "nested list of computed values only",
            json!({ "many": [{ "id": "i" }] }),
            json!({}),
            json!({ "many": [{ "id": "i" }] }),
        ),
        (
            "nested list that was configured",
            json!({ "many": [{ "a": "1", "id": "i" }] }),
            json!({}),
            json!({}),
        ),
        (
            "nested list by position",
            json!({ "many": [{ "a": "1", "id": "i" }] }),
            json!({ "many": [{ "a": "2" }, { "a": "3" }] }),
            json!({ "many": [{ "a": "2", "id": "i" }, { "a": "3" }] }),
        ),
        (
            "nested set by content",
            json!({ "any": [{ "a": "1", "id": "i" }, { "a": "2", "id": "j" }] }),
            json!({ "any": [{ "a": "2" }, { "a": "3" }] }),
            json!({ "any": [{ "a": "2", "id": "j" }, { "a": "3" }] }),
        ),
        (
            "nested map by key",
            json!({ "keyed": { "x": { "a": "1", "id": "i" } } }),
            json!({ "keyed": { "x": { "a": "2" }, "y": { "a": "3" } } }),
            json!({ "keyed": { "x": { "a": "2", "id": "i" }, "y": { "a": "3" } } }),
        ),
        (
            "single block",
            json!({ "single": { "a": "1", "id": "i" } }),
            json!({ "single": { "a": "2" } }),
            json!({ "single": { "a": "2", "id": "i" } }),
        ),
        ("single block gone", json!({ "single": { "a": "1", "id": "i" } }), json!({}), json!({})),
        (
            "list blocks by position",
            json!({ "list": [{ "a": "1", "id": "i" }, { "a": "2", "id": "j" }] }),
            json!({ "list": [{ "a": "3" }] }),
            json!({ "list": [{ "a": "3", "id": "i" }] }),
        ),
        (
            "set blocks by content, each prior once",
            json!({ "set": [{ "a": "1", "id": "i" }, { "a": "1", "id": "j" }] }),
            json!({ "set": [{ "a": "1" }, { "a": "2" }] }),
            json!({ "set": [{ "a": "1", "id": "i" }, { "a": "2" }] }),
        ),
        (
            "set blocks with a configured computed value",
            json!({ "set": [{ "a": "1", "id": "i" }] }),
            json!({ "set": [{ "a": "1", "id": "k" }] }),
            json!({ "set": [{ "a": "1", "id": "k" }] }),
        ),
        (
            "map blocks by key",
            json!({ "map": { "x": { "a": "1", "id": "i" } } }),
            json!({ "map": { "x": { "a": "2" } } }),
            json!({ "map": { "x": { "a": "2", "id": "i" } } }),
        ),
        ("unknown blocks", json!({ "list": [{ "a": "1" }] }), json!({ "list": "?" }), json!({ "list": "?" })),
    ];
    for (name, prior, config, want) in cases {
        let prior = if prior.is_null() { Value::null(schema().implied_type()) } else { object(&prior) };
        assert_eq!(proposed_new(&schema(), &prior, &object(&config)), object(&want), "{name}");
    }
}

fn told(problems: Vec<(Path, String)>) -> String {
    problems.into_iter().map(|(path, problem)| format!("{path}: {problem}")).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_known_of_unknown_values_need_not_come_back() {
    let object = |unknown: Value| object(&json!({})).with_attribute("plain", unknown);
    let refined = Value::unknown_refined(Type::String, Refinement::not_null());
    let prior = Value::null(schema().implied_type());
    let problems = |config: &Value, planned: &Value| {
        assert_plan_valid(&schema(), &prior, &object(config.clone()), &object(planned.clone())).len()
    };
    assert_eq!(problems(&refined, &Value::unknown(Type::String)), 0);
    assert_eq!(problems(&refined, &Value::string("x")), 1);
    assert_eq!(problems(&Value::string("x"), &refined), 1);
}

#[test]
fn plans_keep_to_the_configuration() {
    let none = json!({});
    let cases = [
        ("as configured", none.clone(), json!({ "plain": "p" }), json!({ "plain": "p", "id": "?" }), ""),
        ("kept as it was", json!({ "plain": "P" }), json!({ "plain": "p" }), json!({ "plain": "P" }), ""),
        (
            "neither",
            json!({ "plain": "P" }),
            json!({ "plain": "p" }),
            json!({ "plain": "x" }),
            "plain: planned value \"x\" does not match config value \"p\" nor prior value \"P\"",
        ),
        (
            "invented",
            none.clone(),
            json!({}),
            json!({ "plain": "x" }),
            "plain: planned value \"x\" for a non-computed attribute",
        ),
        (
            "sensitive",
            none.clone(),
            json!({ "secret": "a" }),
            json!({ "secret": "b" }),
            "secret: planned value (sensitive value) does not match config value (sensitive value)",
        ),
        (
            "write-only",
            none.clone(),
            json!({ "hidden": "a" }),
            json!({ "hidden": "a" }),
            "hidden: a write-only attribute must be planned as null",
        ),
        ("write-only left out", none.clone(), json!({ "hidden": "a" }), json!({}), ""),
        (
            "unknown for a configured value",
            none.clone(),
            json!({ "auto": "a" }),
            json!({ "auto": "?" }),
            "auto: planned value (known after apply) does not match config value \"a\"",
        ),
        (
            "blocks without computed values",
            none.clone(),
            json!({ "list": [{ "a": "1" }] }),
            json!({ "list": [{ "a": "2" }] }),
            "list[0].a: planned value \"2\" does not match config value \"1\"",
        ),
        (
            "too many blocks",
            none.clone(),
            json!({ "list": [{ "a": "1" }] }),
            json!({ "list": [{ "a": "1" }, { "a": "2" }] }),
            "list: block count in plan (2) disagrees with count in config (1)",
        ),
        (
            "unknown blocks",
            none.clone(),
            json!({ "list": [{ "a": "1" }] }),
            json!({ "list": "?" }),
            "list: nested blocks must not be unknown as a whole; only attributes in them can be",
        ),
        (
            "a lost map block",
            none.clone(),
            json!({ "map": { "x": {}, "y": {} } }),
            json!({ "map": { "x": { "id": "?" }, "z": {} } }),
            "map[\"y\"]: block key from config is missing from plan; map[\"z\"]: block key from plan is not \
             present in config",
        ),
        (
            "sets are trusted",
            none.clone(),
            json!({ "set": [{ "a": "1" }] }),
            json!({ "set": [{ "a": "2" }] }),
            "",
        ),
        (
            "a lost single block",
            none.clone(),
            json!({ "single": {} }),
            json!({}),
            "single: planned for absence but config wants existence",
        ),
        (
            "nested attributes",
            none.clone(),
            json!({ "many": [{ "a": "1" }] }),
            json!({ "many": [{ "a": "2", "id": "?" }] }),
            "many[0].a: planned value \"2\" does not match config value \"1\"",
        ),
    ];
    for (name, prior, config, planned, want) in cases {
        let problems = assert_plan_valid(&schema(), &object(&prior), &object(&config), &object(&planned));
        assert_eq!(told(problems), want, "{name}");
    }
    let absent = Value::null(schema().implied_type());
    let problems = assert_plan_valid(&schema(), &absent, &object(&json!({})), &absent);
    assert_eq!(told(problems), ": planned for absence but config wants existence");
}

#[test]
fn results_keep_to_the_plan() {
    let cases = [
        ("unknown became known", json!({ "id": "?", "plain": "p" }), json!({ "id": "i", "plain": "p" }), ""),
        ("changed", json!({ "plain": "p" }), json!({ "plain": "x" }), "plain: was \"p\", but now \"x\""),
        ("set", json!({}), json!({ "plain": "x" }), "plain: was null, but now \"x\""),
        ("unset", json!({ "plain": "p" }), json!({}), "plain: was \"p\", but now null"),
        (
            "still unknown",
            json!({ "plain": "p" }),
            json!({ "plain": "?" }),
            "plain: was known, but now unknown",
        ),
        (
            "sensitive",
            json!({ "secret": "p" }),
            json!({ "secret": "x" }),
            "secret: inconsistent values for sensitive attribute",
        ),
        (
            "map elements",
            json!({ "tags": { "a": "1", "b": "?" } }),
            json!({ "tags": { "b": "2", "c": "3" } }),
            "tags[\"a\"]: element has vanished; tags[\"c\"]: new element has appeared",
        ),
        (
            "set elements",
            json!({ "names": ["a", "b"] }),
            json!({ "names": ["a", "c"] }),
            "names: planned set element \"b\" does not correlate with any element in actual; \
             names: actual set element \"c\" does not correlate with any element in plan",
        ),
        ("unknown set elements", json!({ "names": ["a", "?"] }), json!({ "names": ["a"] }), ""),
        (
            "block count",
            json!({ "list": [{ "a": "1" }] }),
            json!({ "list": [] }),
            "list: block count changed from 1 to 0",
        ),
        ("dynamic blocks", json!({ "list": [{ "a": "?", "id": "?" }] }), json!({ "list": [] }), ""),
        (
            "nested value",
            json!({ "list": [{ "a": "1", "id": "?" }] }),
            json!({ "list": [{ "a": "2", "id": "i" }] }),
            "list[0].a: was \"1\", but now \"2\"",
        ),
        (
            "set blocks",
            json!({ "set": [{ "a": "1", "id": "?" }] }),
            json!({ "set": [{ "a": "1", "id": "i" }] }),
            "",
        ),
        ("a single block", json!({}), json!({ "single": {} }), "single: was absent, but now present"),
        (
            "map blocks",
            json!({ "map": { "x": { "a": "1" } } }),
            json!({ "map": { "y": { "a": "1" } } }),
            "map[\"x\"]: block key has vanished; map[\"y\"]: new block key has appeared",
        ),
    ];
    for (name, planned, actual, want) in cases {
        let problems = assert_object_compatible(&schema(), &object(&planned), &object(&actual));
        assert_eq!(told(problems), want, "{name}");
    }
}
