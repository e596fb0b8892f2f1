//! References in expressions, and type constraints.

mod scope;

use scope::{parse, value};
use terrane_lang::{references, type_constraint};
use terrane_value::{Value, convert};

#[test]
fn references_are_found_with_their_places() {
    for (text, want) in [
        ("var.a", "var.a @var.a"),
        ("local.b.c[0]", "local.b @local.b"),
        ("aws_vpc.main", "aws_vpc.main @aws_vpc.main"),
        ("aws_vpc.main.id", "aws_vpc.main.id @aws_vpc.main"),
        ("aws_vpc.main[0].id", "aws_vpc.main[0].id @aws_vpc.main[0]"),
        ("aws_vpc.main[\"k\"]", "aws_vpc.main[\"k\"] @aws_vpc.main[\"k\"]"),
        ("aws_vpc.main[count.index].id", "count.index @count.index; aws_vpc.main.id @aws_vpc.main"),
        ("aws_vpc.main[*].id", "aws_vpc.main @aws_vpc.main"),
        ("resource.aws_vpc.main.id", "aws_vpc.main.id @resource.aws_vpc.main"),
        ("data.aws_ami.a.id", "data.aws_ami.a.id @data.aws_ami.a"),
        ("ephemeral.x.y", "ephemeral.x.y @ephemeral.x.y"),
        ("module.net.vpc_id", "module.net.vpc_id @module.net.vpc_id"),
        ("module.net[\"a\"].vpc_id.x", "module.net[\"a\"].vpc_id @module.net[\"a\"].vpc_id"),
        ("module.net", "module.net @module.net"),
        ("each.value.x", "each.value @each.value"),
        ("path.module", "path.module @path.module"),
        ("tofu.workspace", "terraform.workspace @tofu.workspace"),
        ("self.id", "self @self"),
        ("[for x in var.a : x.y + var.b]", "var.a @var.a; var.b @var.b"),
        ("{ for k, v in var.a : k => v if v != local.c }", "var.a @var.a; local.c @local.c"),
        ("[for x in x.y : x]", "x.y @x.y"),
        (
            "\"${var.a}%{ for v in var.b }${v}${var.c}%{ endfor }\"",
            "var.a @var.a; var.b @var.b; var.c @var.c",
        ),
        ("{ a = var.a, (var.b) = f(var.c...) }", "var.a @var.a; var.b @var.b; var.c @var.c"),
        ("var.a ? -var.b : (var.c)", "var.a @var.a; var.b @var.b; var.c @var.c"),
        ("1 + 2", ""),
    ] {
        let (sources, expr) = parse(text);
        let (found, problems) = references(&expr);
        assert!(problems.is_empty(), "{text}: {problems:#?}");
        let shown: Vec<String> =
            found.iter().map(|r| format!("{} @{}", r.subject, sources.text(r.span).unwrap_or(""))).collect();
        assert_eq!(shown.join("; "), want, "{text}");
    }
}

#[test]
fn invalid_references_are_errors() {
    for (text, detail, subject) in [
        (
            "aws_vpc",
            "A reference to a resource type must be followed by at least one attribute access",
            "aws_vpc",
        ),
        ("aws_vpc[0].x", "A reference to a resource type must be followed", "[0]"),
        ("data", "The \"data\" object must be followed by two attribute names: the data source type", "data"),
        ("data.aws_ami", "The \"data\" object must be followed by two attribute names", "data.aws_ami"),
        ("data.aws_ami[0]", "A reference to a data source must be followed", "[0]"),
        (
            "ephemeral.a",
            "two attribute names: the ephemeral resource type and the resource name.",
            "ephemeral.a",
        ),
        ("resource", "two attribute names: the resource type and the resource name.", "resource"),
        ("module", "The \"module\" object cannot be accessed directly.", "module"),
        ("module[0]", "The \"module\" object does not support this operation.", "[0]"),
        ("var", "The \"var\" object cannot be accessed directly.", "var"),
        ("var[\"x\"]", "The \"var\" object does not support this operation.", "[\"x\"]"),
        ("template.x", "The symbol name \"template\" is reserved", "template"),
        ("[for x in [1] : y]", "A reference to a resource type must be followed", "y"),
    ] {
        let (sources, expr) = parse(text);
        let (found, problems) = references(&expr);
        assert!(found.is_empty(), "{text}: {found:?}");
        let problem = problems.iter().next().unwrap_or_else(|| panic!("{text} is valid"));
        assert!(problem.detail.contains(detail), "{text}: {}", problem.detail);
        assert_eq!(problem.subject.and_then(|s| sources.text(s)), Some(subject), "{text}");
    }
}

#[test]
fn type_constraints_print_as_they_are_written() {
    for text in [
        "string",
        "any",
        "list(any)",
        "set(number)",
        "map(list(bool))",
        "tuple([string, number])",
        "object({a = string, b = optional(number)})",
        "map(object({a = optional(list(string))}))",
    ] {
        let (ty, defaults, problems) = type_constraint(&parse(text).1);
        assert!(problems.is_empty() && defaults.is_empty(), "{text}: {problems:#?}");
        assert_eq!(ty.to_string(), text);
    }
    assert_eq!(type_constraint(&parse("list").1).0.to_string(), "list(any)");
    assert_eq!(type_constraint(&parse("map").1).0.to_string(), "map(any)");
}

#[test]
fn invalid_type_constraints_are_errors() {
    for (text, detail, subject) in [
        (
            "strng",
            "The keyword \"strng\" is not a valid type specification. Did you mean \"string\"?",
            "strng",
        ),
        ("set", "The set type constructor requires one argument", "set"),
        ("object", "The object type constructor requires one argument", "object"),
        ("tuple", "The tuple type constructor requires one argument", "tuple"),
        ("list()", "The list type constructor requires one argument", "()"),
        ("list(string, number)", "The list type constructor requires one argument", "number"),
        ("object([])", "Object type constructor requires a map", "[]"),
        ("tuple(string)", "Tuple type constructor requires a list of element types.", "string"),
        ("tuple([string, foo])", "The keyword \"foo\" is not a valid", "foo"),
        ("object({ a = string, a = number })", "keys must be unique.", "a"),
        ("object({ \"a b\" = string })", "keys must be attribute names.", "\"a b\""),
        ("object({ (a) = string })", "keys must be attribute names.", "(a)"),
        ("any(string)", "does not expect arguments.", "(string)"),
        ("string(x)", "Primitive type keyword \"string\" does not expect arguments.", "(x)"),
        ("foo(string)", "Keyword \"foo\" is not a valid type constructor.", "foo(string)"),
        ("optional(string)", "valid only as a modifier for object type attributes.", "optional"),
        ("list(optional(string))", "valid only as a modifier", "optional"),
        ("object({ a = optional() })", "requires the attribute type as its argument.", "()"),
        ("object({ a = optional(string, 1, 2) })", "expects at most two arguments", "(string, 1, 2)"),
        ("object({ a = optional(number, \"x\") })", "a number is required.", "\"x\""),
        ("object({ a = optional(string, var.x) })", "Variables may not be used here.", "var"),
        ("list(\"string\")", "A type specification is either a primitive type keyword", "\"string\""),
        ("[string]", "A type specification is either a primitive type keyword", "[string]"),
        ("null", "The keyword \"null\" is not a valid type specification.", "null"),
        ("\"string\"", "Remove the quotes around \"string\".", "\"string\""),
    ] {
        let (sources, expr) = parse(text);
        let (_, _, problems) = type_constraint(&expr);
        let problem = problems.iter().next().unwrap_or_else(|| panic!("{text} is valid"));
        assert!(problem.detail.contains(detail), "{text}: {}", problem.detail);
        assert_eq!(problem.subject.and_then(|s| sources.text(s)), Some(subject), "{text}");
    }
}

#[test]
fn defaults_replace_what_is_absent_or_null() {
    let nested =
        "object({ a = optional(object({ b = optional(string, \"x\"), c = optional(number) }), {}) })";
    for (constraint, given, want) in [
        ("object({ a = optional(number, 1) })", "{}", "{ a = 1 }"),
        ("object({ a = optional(number, 1) })", "{ a = null }", "{ a = 1 }"),
        ("object({ a = optional(number, 1) })", "{ a = 2 }", "{ a = 2 }"),
        ("object({ a = optional(number) })", "{}", "{ a = tonumber(null) }"),
        (nested, "{}", "{ a = { b = \"x\", c = tonumber(null) } }"),
        (nested, "{ a = { c = 1 } }", "{ a = { b = \"x\", c = 1 } }"),
        (nested, "{ a = { b = null } }", "{ a = { b = \"x\", c = tonumber(null) } }"),
        (
            "list(object({ a = string, b = optional(bool, true) }))",
            "[{ a = \"x\" }, { a = \"y\", b = false }]",
            "tolist([{ a = \"x\", b = true }, { a = \"y\", b = false }])",
        ),
        (
            "map(object({ a = optional(list(string), []) }))",
            "{ k = {} }",
            "tomap({ k = { a = tolist([]) } })",
        ),
        ("tuple([object({ a = optional(number, 1) }), string])", "[{}, \"s\"]", "[{ a = 1 }, \"s\"]"),
        ("object({ a = optional(number, 1) })", "null", "null"),
    ] {
        let (ty, defaults, problems) = type_constraint(&parse(constraint).1);
        assert!(problems.is_empty(), "{constraint}: {problems:#?}");
        let converted = convert(&defaults.apply(&value(given)), &ty).expect(constraint);
        let want = convert(&value(want), &converted.ty()).expect(want);
        assert_eq!(converted, want, "{constraint} of {given}");
    }
    let (_, defaults, _) = type_constraint(&parse("object({ a = optional(number, 1) })").1);
    assert!(!defaults.is_empty());
    assert_eq!(defaults.apply(&Value::UNKNOWN), Value::UNKNOWN);
    assert!(defaults.apply(&value("{ b = 1 }").sensitive()).marks().is_sensitive());
}
