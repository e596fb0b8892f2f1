//! Bodies decoded by a schema.

mod scope;

use scope::{TestScope, value};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::SourceMap;
use terrane_lang::{Outcome, decode_body, references_in_body};
use terrane_schema::{Attribute, AttributeType, Block, NestedAttributes, NestedBlock, Nesting};
use terrane_syntax::{Body, parse_file};
use terrane_value::{Type, Value, convert};

fn attribute(ty: AttributeType, presence: &str) -> Attribute {
    Attribute {
        ty,
        required: presence == "required",
        optional: presence.starts_with("optional"),
        computed: presence.ends_with("computed"),
        sensitive: false,
        write_only: false,
        description: String::new(),
        deprecated: (presence == "optional deprecated").then(|| "Use \"name\".".to_owned()),
    }
}

fn plain(ty: Type, presence: &str) -> Attribute {
    attribute(AttributeType::Plain(ty), presence)
}

fn block(attributes: Vec<(&str, Attribute)>, blocks: Vec<(&str, NestedBlock)>) -> Block {
    let named = |(name, a): (&str, Attribute)| (Arc::from(name), a);
    let blocks: BTreeMap<Arc<str>, NestedBlock> =
        blocks.into_iter().map(|(name, b)| (Arc::from(name), b)).collect();
    Block { attributes: attributes.into_iter().map(named).collect(), blocks, ..Block::default() }
}

fn nested(nesting: Nesting, block: Block, min_items: u64, max_items: u64) -> NestedBlock {
    NestedBlock { nesting, block, min_items, max_items }
}

fn schema() -> Block {
    let port = || block(vec![("port", plain(Type::Number, "required"))], vec![]);
    let inner = block(
        vec![("name", plain(Type::String, "optional"))],
        vec![("port", nested(Nesting::List, port(), 0, 0))],
    );
    let former = Block { deprecated: Some("Use \"list\".".to_owned()), ..port() };
    let object = Type::object([("a", Type::String), ("b", Type::Number)]);
    let details = NestedAttributes {
        nesting: Nesting::Single,
        attributes: [
            (Arc::from("x"), plain(Type::Number, "required")),
            (Arc::from("y"), plain(Type::String, "optional")),
        ]
        .into(),
    };
    block(
        vec![
            ("name", plain(Type::String, "required")),
            ("size", plain(Type::Number, "optional")),
            ("id", plain(Type::String, "computed")),
            ("old", plain(Type::String, "optional deprecated")),
            ("tags", plain(Type::map(Type::String), "optional")),
            ("rules", plain(Type::list(object), "optional computed")),
            ("details", attribute(AttributeType::Nested(details), "optional")),
        ],
        vec![
            ("one", nested(Nesting::Single, port(), 0, 1)),
            ("group", nested(Nesting::Group, port(), 0, 1)),
            ("list", nested(Nesting::List, inner, 0, 2)),
            ("set", nested(Nesting::Set, port(), 0, 0)),
            ("map", nested(Nesting::Map, port(), 0, 0)),
            ("former", nested(Nesting::List, former, 0, 0)),
        ],
    )
}

fn body(text: &str) -> (SourceMap, Body) {
    let mut sources = SourceMap::default();
    let name = if text.starts_with('{') { "test.tf.json" } else { "test.tf" };
    let file = sources.add(name, text);
    let (body, problems) = parse_file(&sources, file);
    assert!(!problems.has_errors(), "{text}: {problems:#?}");
    (sources, body)
}

fn decode(text: &str) -> Outcome {
    decode_body(&body(text).1, &schema(), &["count", "lifecycle"], &TestScope::default())
}

/// What the attribute or block type of a decoded body is, by an expression of the same value.
#[test]
fn values() {
    for (text, name, want) in [
        ("name = local.n", "name", "\"5\""),
        ("name = \"a\"\nsize = \"12\"", "size", "12"),
        ("name = \"a\"", "size", "tonumber(null)"),
        ("name = \"a\"\ntags = { x = 1 }", "tags", "tomap({ x = \"1\" })"),
        ("name = \"a\"\ncount = 3\nlifecycle {\n}", "name", "\"a\""),
        ("name = \"a\"\ndetails = { x = 1 }", "details", "{ x = 1, y = null }"),
        ("name = \"a\"", "one", "null"),
        ("name = \"a\"\none {\nport = 1\n}", "one", "{ port = 1 }"),
        ("name = \"a\"", "group", "{ port = null }"),
        ("name = \"a\"", "list", "[]"),
        ("name = \"a\"\nset {\nport = 2\n}\nset {\nport = 1\n}", "set", "[{ port = 1 }, { port = 2 }]"),
        ("name = \"a\"\nmap \"k\" {\nport = 2\n}", "map", "{ k = { port = 2 } }"),
        (
            "name = \"a\"\nlist {\nname = \"n\"\nport {\nport = 1\n}\n}",
            "list",
            "[{ name = \"n\", port = [{ port = 1 }] }]",
        ),
        (
            "name = \"a\"\nrules {\na = \"x\"\n}\nrules {\nb = 1\n}",
            "rules",
            "[{ a = \"x\", b = null }, { a = null, b = 1 }]",
        ),
        ("name = \"a\"\nrules = [{ a = \"x\", b = 1 }]", "rules", "[{ a = \"x\", b = 1 }]"),
        (
            "name = \"a\"\ndynamic \"set\" {\nfor_each = [1, 2]\ncontent {\nport = set.value + set.key\n}\n}",
            "set",
            "[{ port = 1 }, { port = 3 }]",
        ),
        (
            "name = \"a\"\ndynamic \"map\" {\nfor_each = { k = 7 }\niterator = it\nlabels = [it.key]\ncontent {\nport = it.value\n}\n}",
            "map",
            "{ k = { port = 7 } }",
        ),
        (
            "name = \"a\"\ndynamic \"list\" {\nfor_each = [[1, 2], []]\ncontent {\ndynamic \"port\" {\nfor_each = list.value\ncontent {\nport = port.value + list.key\n}\n}\n}\n}",
            "list",
            "[{ name = null, port = [{ port = 1 }, { port = 2 }] }, { name = null, port = [] }]",
        ),
        (
            "name = \"a\"\ndynamic \"rules\" {\nfor_each = [\"x\"]\ncontent {\na = rules.value\n}\n}",
            "rules",
            "[{ a = \"x\", b = null }]",
        ),
        ("{\"name\": \"${local.s}\", \"set\": [{\"port\": 1}]}", "set", "[{ port = 1 }]"),
        ("{\"name\": \"a\", \"rules\": [{\"a\": \"x\", \"b\": 1}]}", "rules", "[{ a = \"x\", b = 1 }]"),
        (
            "{\"name\": \"a\", \"dynamic\": {\"set\": {\"for_each\": [3], \"content\": {\"port\": \"${set.value}\"}}}}",
            "set",
            "[{ port = 3 }]",
        ),
    ] {
        let outcome = decode(text);
        assert!(!outcome.diagnostics.has_errors(), "{text}: {:#?}", outcome.diagnostics);
        let found = outcome.value.attribute(name).expect(name);
        let want = convert(&value(want), &found.ty()).expect(want);
        assert_eq!(found, want, "{text}");
        assert_eq!(outcome.value.ty(), schema().implied_type(), "{text}");
    }
}

#[test]
fn unknown_collections_make_unknown_blocks_and_marks_go_inside() {
    let dynamic =
        |of: &str| format!("name = \"a\"\ndynamic \"set\" {{\nfor_each = {of}\ncontent {{\nport = 1\n}}\n}}");
    let unknown = decode(&dynamic("local.ul")).value.attribute("set").expect("set");
    assert!(!unknown.is_known());
    let secret = decode(&dynamic("local.secrets")).value.attribute("set").expect("set");
    assert!(secret.is_known() && secret.any_marks(&|m| m.is_sensitive()));
    let blocked = decode(&dynamic("later.x"));
    assert_eq!(blocked.blocked.len(), 1);
}

#[test]
fn errors() {
    for (text, summary, detail, subject) in [
        ("size = 1", "Missing required argument", "\"name\" is required", ""),
        ("name = null", "Missing required argument", "\"name\" is required", "null"),
        (
            "name = \"a\"\nsize = \"x\"",
            "Incorrect attribute value type",
            "Inappropriate value for attribute \"size\": a number is required.",
            "\"x\"",
        ),
        ("name = []", "Incorrect attribute value type", "attribute \"name\": string required.", "[]"),
        (
            "name = \"a\"\nid = \"x\"",
            "Value for unconfigurable attribute",
            "Can't configure a value for \"id\"",
            "\"x\"",
        ),
        ("name = \"a\"\nnme = 1", "Unsupported argument", "Did you mean \"name\"?", "nme"),
        ("name = \"a\"\nother {\n}", "Unsupported block type", "\"other\" are not expected", "other"),
        ("name = \"a\"\ncount {\n}", "Unsupported block type", "\"count\" are not expected", "count"),
        ("name = \"a\"\nlist {\n}\nlist {\n}\nlist {\n}", "Too many list blocks", "No more than 2", "list"),
        (
            "name = \"a\"\none {\nport = 1\n}\none {\nport = 1\n}",
            "Duplicate one block",
            "Only one block of type \"one\"",
            "one",
        ),
        (
            "name = \"a\"\nmap \"k\" {\nport = 1\n}\nmap \"k\" {\nport = 1\n}",
            "Duplicate map block",
            "labeled \"k\"",
            "map \"k\"",
        ),
        (
            "name = \"a\"\ndynamic \"set\" {\nfor_each = null\ncontent {\nport = 1\n}\n}",
            "Invalid dynamic for_each value",
            "Cannot use a null value in for_each.",
            "null",
        ),
        (
            "name = \"a\"\ndynamic \"set\" {\nfor_each = 5\ncontent {\nport = 1\n}\n}",
            "Invalid dynamic for_each value",
            "Cannot use a number value in for_each.",
            "5",
        ),
        (
            "name = \"a\"\ndynamic \"nope\" {\nfor_each = []\ncontent {\n}\n}",
            "Unsupported block type",
            "\"nope\" are not expected here.",
            "\"nope\"",
        ),
        (
            "name = \"a\"\ndetails = { y = 1 }",
            "Incorrect attribute value type",
            "attribute \"details\": attribute \"x\" is required.",
            "{ y = 1 }",
        ),
    ] {
        let (sources, body) = body(text);
        let outcome = decode_body(&body, &schema(), &[], &TestScope::default());
        let Some(found) = outcome.diagnostics.iter().next() else { panic!("{text} is valid") };
        assert_eq!(found.summary, summary, "{text}");
        assert!(found.detail.contains(detail), "{text}: {}", found.detail);
        if !subject.is_empty() {
            assert_eq!(found.subject.and_then(|s| sources.text(s)), Some(subject), "{text}");
        }
    }
    for (deprecated, instead) in [
        ("old = \"x\"", "Use \"name\"."),
        ("former {\nport = 1\n}\nformer {\nport = 2\n}", "Use \"list\"."),
        ("dynamic \"former\" {\nfor_each = [1]\ncontent {\nport = 1\n}\n}", "Use \"list\"."),
    ] {
        let told = decode(&format!("name = \"a\"\n{deprecated}")).diagnostics;
        let told: Vec<_> = told.iter().map(|d| (d.summary.as_str(), d.detail.as_str())).collect();
        assert_eq!(told, [("Argument is deprecated", instead)], "{deprecated}");
    }
    let none = "name = \"a\"\nold = null\ndynamic \"former\" {\nfor_each = []\ncontent {\nport = 1\n}\n}";
    assert!(decode(none).diagnostics.is_empty());
}

#[test]
fn references_of_a_body_are_found_without_iterators() {
    let text = "name = var.a\ncount = var.skipped\nlist {\nname = local.b\n}\n\
                dynamic \"set\" {\nfor_each = var.c\ncontent {\nport = set.value + var.d\n}\n}\n\
                rules {\na = var.e\n}";
    let (_, body) = body(text);
    let (found, problems) = references_in_body(&body, &schema(), &["count"]);
    assert!(problems.is_empty(), "{problems:#?}");
    let shown: Vec<String> = found.iter().map(|r| r.subject.to_string()).collect();
    assert_eq!(shown, ["var.a", "local.b", "var.c", "var.d", "var.e"]);
    assert_eq!(Value::NULL, value("null"));
}
