//! What expressions give, by tables: the text of an expression and what comes of it.

mod scope;

use scope::{TestScope, outcome, parse, value};
use terrane_lang::evaluate;
use terrane_value::{Kind, Type, Value};

/// Each expression gives the same value as the one beside it.
#[test]
fn values() {
    for (text, same_as) in [
        // References, attributes and indexes.
        ("local.s", "\"str\""),
        ("local.o.a", "1"),
        ("local.o[\"b\"]", "\"x\""),
        ("local.l[1]", "\"b\""),
        ("local.l.1", "\"b\""),
        ("local.l[\"2\"]", "\"c\""),
        ("local.t[1]", "2"),
        ("local.m.k", "\"v\""),
        ("local.objects[1].b", "\"x\""),
        ("(local.o).a", "1"),
        ("{ a = [10, 20] }.a[1]", "20"),
        // Operators.
        ("1 + 2 * 3", "7"),
        ("\"2\" + 3", "5"),
        ("7 % 4", "3"),
        ("-local.n", "-5"),
        ("1 == 1.0", "true"),
        ("\"1\" == 1", "false"),
        ("null == null", "true"),
        ("[1, 2] == [1, 2]", "true"),
        ("local.o != { a = 1, b = \"x\" }", "false"),
        ("2 > 1 && 1 <= 1", "true"),
        ("!local.yes || false", "false"),
        ("false && local.nothing.x", "false"),
        ("true || local.nothing.x", "true"),
        // Conditionals.
        ("local.yes ? 1 : 2", "1"),
        ("\"false\" ? 1 : \"b\"", "\"b\""),
        ("true ? 1 : \"b\"", "\"1\""),
        ("true ? null : [\"a\"]", "true ? null : [\"b\"]"),
        ("true ? \"a\" : local.o.missing", "\"a\""),
        ("true ? local.l : []", "local.l"),
        // Templates.
        ("\"a-${local.n}-${true}\"", "\"a-5-true\""),
        ("\"${local.l}\"", "local.l"),
        ("\"${true}\"", "true"),
        ("\"%{ if local.yes }a%{ else }b%{ endif }\"", "\"a\""),
        ("\"%{ if false }a%{ endif }.\"", "\".\""),
        ("\"%{ for i, x in local.l }${i}${x},%{ endfor }\"", "\"0a,1b,2c,\""),
        ("\"%{ for k, v in local.o }${k}=${v};%{ endfor }\"", "\"a=1;b=x;\""),
        // for expressions.
        ("[for x in local.l : upper(x)]", "[\"A\", \"B\", \"C\"]"),
        ("[for i, x in local.l : i if x != \"b\"]", "[0, 2]"),
        ("[for k, v in local.m : \"${k}${v}\"]", "[\"kv\"]"),
        ("[for x in local.set : x]", "[\"a\", \"b\"]"),
        ("{ for x in local.l : x => upper(x) }", "{ a = \"A\", b = \"B\", c = \"C\" }"),
        ("{ for x in [1, 2, 3] : x % 2 => x... }", "{ \"0\" = [2], \"1\" = [1, 3] }"),
        ("[for x in [[1], [2, 3]] : [for y in x : y + 1]]", "[[2], [3, 4]]"),
        ("[for x in [1] : [for x in [2] : x]][0]", "[2]"),
        ("[for x in [] : x.y if x.z]", "[]"),
        // Splats.
        ("local.objects[*].b", "tolist([\"x\", \"x\"])"),
        ("local.objects.*.a", "tolist([1, 1])"),
        ("[{ a = 1 }, { a = \"x\" }][*].a", "[1, \"x\"]"),
        ("local.s[*]", "[\"str\"]"),
        ("null[*].x", "[]"),
        ("local.o[*].a", "[1]"),
        ("[[1, 2], [3]][*][0]", "[1, 3]"),
        ("[{ b = [{ c = 1 }] }][*].b[*].c", "[[1]]"),
        // Constructors.
        ("{ a = 1, \"b-${local.n}\" = 2, (local.s) = 3 }", "{ a = 1, \"b-5\" = 2, str = 3 }"),
        ("{ (1) = \"x\" }", "{ \"1\" = \"x\" }"),
        ("{ a = 1, a = 2 }", "{ a = 2 }"),
        // Calls.
        ("max([1, 5, 3]...)", "5"),
        ("core::upper(\"a\")", "\"A\""),
        ("format(\"%s-%s\", local.t...)", "\"a-2\""),
        ("try(local.o.missing, local.nothing.x, \"d\")", "\"d\""),
        ("try(local.o.a, \"d\")", "1"),
        ("can(local.o.missing)", "false"),
        ("can(local.o.a)", "true"),
        ("[for x in [{ a = 1 }, {}] : try(x.a, 0)]", "[1, 0]"),
    ] {
        assert_eq!(value(text), value(same_as), "{text}");
    }
}

#[test]
fn unknown_values_have_types_and_bounds() {
    for (text, want) in [
        ("local.u + 1", "unknown(number, not null)"),
        ("local.ub ? 1 : 2", "unknown(number, not null)"),
        ("local.ub ? local.l : []", "unknown(list(string), not null)"),
        ("local.ub ? \"a\" : null", "unknown(string)"),
        ("local.ub ? null : null", "null(any)"),
        ("\"pre-${local.u}\"", "unknown(string, not null, \"pre-\")"),
        ("\"${local.u}-post\"", "unknown(string, not null)"),
        ("[for x in local.ul : x]", "unknown(any)"),
        ("[for x in local.l : x if local.ub]", "unknown(any)"),
        ("{ for x in [local.u] : x => 1 }", "unknown(any)"),
        ("{ (local.u) = 1 }", "unknown(any)"),
        ("local.ul[*]", "unknown(list(string), not null)"),
        ("local.u[*]", "unknown(any)"),
        ("local.ul[0]", "unknown(string)"),
        ("local.um[\"x\"]", "unknown(string)"),
        ("local.um.x", "unknown(string)"),
        ("local.l[local.u]", "unknown(string)"),
        ("local.t[local.u]", "unknown(any)"),
        ("local.dynamic.x[0].y", "unknown(any)"),
        ("local.u == \"x\"", "unknown(bool, not null)"),
        ("local.ub && true", "unknown(bool, not null)"),
        ("local.ub && local.o.missing", "unknown(bool, not null)"),
        ("max(local.dynamic...)", "unknown(any)"),
        ("try(local.u, 1)", "unknown(any)"),
        ("try(local.dynamic.x, 1)", "unknown(any)"),
        ("can(local.dynamic.x)", "unknown(bool)"),
        ("can(local.ul[*].x)", "unknown(bool)"),
        ("try(local.ul[*].x, 1)", "unknown(any)"),
        ("can(regex(\"(\", local.u))", "false"),
        ("try(local.u.x, 1)", "1"),
        ("upper(local.u)", "unknown(string, not null)"),
        ("concat([\"a\"], local.ul)", "unknown(any)"),
        ("concat(local.l, local.ul)", "unknown(list(string), not null)"),
        ("length(local.ul) > 0", "unknown(bool, not null)"),
    ] {
        let value = value(text);
        let shown = match value.kind() {
            Kind::Unknown(ty, Some(r)) => {
                let prefix = r.prefix.as_ref().map_or(String::new(), |p| format!(", {p:?}"));
                format!("unknown({ty}{}{prefix})", if r.not_null { ", not null" } else { "" })
            }
            _ => format!("{value:?}"),
        };
        assert_eq!(shown, want, "{text}");
    }
    for (text, want) in [
        ("false && local.ub", "false"),
        ("local.ub && false", "false"),
        ("local.ub || true", "true"),
        ("local.id == null", "false"),
        ("local.id[*]", "[local.id]"),
        ("\"pre-${local.u}\" == \"\"", "false"),
        ("length([local.u])", "1"),
        ("keys({ a = local.u })", "[\"a\"]"),
        ("local.ub ? tolist([\"a\"]) : tolist([local.u])", "tolist([local.u])"),
        ("local.ub ? 5 : 5", "5"),
        ("startswith(\"pre-${local.u}\", \"pre-\")", "true"),
        ("contains([local.u, \"a\"], \"a\")", "true"),
    ] {
        assert_eq!(value(text), value(want), "{text}");
    }
}

#[test]
fn marks_follow_the_values() {
    for (text, sensitive) in [
        ("local.secret", true),
        ("\"a-${local.secret}\"", true),
        ("local.secret == \"x\"", true),
        ("local.secret == \"x\" ? 1 : 2", true),
        ("true ? 1 : local.secret", true),
        ("[local.secret]", false),
        ("[local.secret][0]", true),
        ("{ a = local.secret }.a", true),
        ("local.part_secret.a", false),
        ("local.part_secret.b", true),
        ("local.part_secret[*].b", false),
        ("[for x in local.secrets : 1]", true),
        ("[for x in local.l : x if local.secret != x]", true),
        ("{ for x in local.l : \"${local.secret}${x}\" => 1 }", true),
        ("{ (local.secret) = 1 }", true),
        ("local.secrets[0]", true),
        ("local.secrets[*]", true),
        ("local.m[local.secret == \"\" ? \"\" : \"k\"]", true),
        ("length(local.secrets)", true),
        ("length([local.secret])", false),
        ("upper(local.secret)", true),
        ("join(\",\", [local.secret])", true),
        ("merge({ a = 1 }, { b = local.secret })", false),
        ("concat([1], local.secrets)", true),
        ("max([1, 2]...)", false),
        ("try(local.secret, 1)", true),
        ("can(local.secret)", false),
        ("nonsensitive(local.secret)", false),
        ("sensitive(1)", true),
        ("issensitive(local.secret)", false),
        ("\"%{ if local.secret == \"\" }a%{ endif }b\"", true),
        ("\"%{ for x in local.secrets }a%{ endfor }\"", true),
    ] {
        assert_eq!(value(text).marks().is_sensitive(), sensitive, "{text}");
    }
    assert_eq!(value("\"${local.from}-x\"").origins().len(), 1);
    assert_eq!(value("[local.from, 1][1]").origins().len(), 0);
    assert_eq!(value("ephemeralasnull({ a = local.passing, b = 1 })"), {
        Value::object([("a", Value::null(Type::String)), ("b", Value::number(1))])
    });
}

/// Each error's summary, its detail (or a part of it), and the text that it points at.
#[test]
fn errors() {
    for (text, summary, detail, subject) in [
        ("local.o.c", "Unsupported attribute", "This object does not have an attribute named \"c\".", ".c"),
        ("local.nothing.x", "Attempt to get attribute from null value", "This value is null", ".x"),
        ("local.m.x", "Missing map element", "does not have an element with the key \"x\"", ".x"),
        ("local.objects.a", "Unsupported attribute", "access attribute \"a\" for a specific element", ".a"),
        ("local.s.x", "Unsupported attribute", "on a primitive-typed value (string).", ".x"),
        ("local.l.x", "Unsupported attribute", "This value does not have any attributes.", ".x"),
        ("local.l[3]", "Invalid index", "greater than or equal to the length of the collection.", "[3]"),
        ("local.none[0]", "Invalid index", "the collection has no elements.", "[0]"),
        ("local.l[-1]", "Invalid index", "a negative number is not a valid index", "[-1]"),
        ("local.l[0.5]", "Invalid index", "has a fractional part.", "[0.5]"),
        ("local.l[\"x\"]", "Invalid index", ": a number is required.", "[\"x\"]"),
        ("local.t[2]", "Invalid index", "greater than or equal to the length", "[2]"),
        ("local.o[\"c\"]", "Invalid index", "does not identify an element", "[\"c\"]"),
        ("local.set[0]", "Invalid index", "Elements of a set", "[0]"),
        ("local.nothing[0]", "Attempt to index null value", "This value is null", "[0]"),
        ("local.l[null]", "Invalid index", "Can't use a null value as an indexing key.", "[null]"),
        ("1 + local.l", "Invalid operand", "Unsuitable value for right operand: ", "local.l"),
        ("!local.s", "Invalid operand", "Unsuitable value for unary operand: a bool is required.", "local.s"),
        ("null + 1", "Operation failed", "argument must not be null.", "null + 1"),
        ("null && true", "Operation failed", "argument must not be null.", "null && true"),
        ("true ? 1 : []", "Inconsistent conditional result types", "'true' value is number", "1 : []"),
        (
            "true ? { a = 1 } : { a = [] }",
            "Inconsistent conditional result types",
            "Type mismatch for object attribute \"a\": The 'true' value is number, but the 'false' value is tuple.",
            "{ a = 1 } : { a = [] }",
        ),
        ("local.s ? 1 : 2", "Incorrect condition type", "must be of type bool.", "local.s"),
        ("null ? 1 : 2", "Null condition", "The condition value is null.", "null"),
        ("true ? local.o.c : 1", "Unsupported attribute", "named \"c\"", ".c"),
        ("\"x${null}\"", "Invalid template interpolation value", "The expression result is null.", "null"),
        (
            "\"x${local.l}\"",
            "Invalid template interpolation value",
            "Cannot include the given value",
            "local.l",
        ),
        ("[for x in null : x]", "Iteration over null value", "A null value cannot be used", "null"),
        ("[for x in 5 : x]", "Iteration over non-iterable value", "A value of type number", "5"),
        ("{ for x in [1, 1] : \"k\" => x }", "Duplicate object key", "produced the key \"k\"", "\"k\""),
        ("[for x in [1] : x if null]", "Condition is null", "must not be null.", "null"),
        ("[for x in [] : x if []]", "Invalid 'for' condition", "The 'if' clause value is invalid: ", "[]"),
        ("{ for x in [1] : null => x }", "Invalid object key", "must not produce a null value.", "null"),
        ("{ (null) = 1 }", "Null value as key", "Can't use a null value as a key.", "1"),
        ("{ ([]) = 1 }", "Incorrect key type", "Can't use this value as a key: ", "([])"),
        ("{ local.s = 1 }", "Ambiguous attribute key", "wrap it in parentheses", "local.s"),
        ("tolist(null)[*]", "Splat of null value", "cannot be applied to null sequences.", "tolist(null)"),
        ("upperr(1)", "Call to unknown function", "Did you mean \"upper\"?", "upperr"),
        (
            "foo::bar(1)",
            "Unknown provider function",
            "The function namespace \"foo\" is not valid.",
            "foo::bar",
        ),
        (
            "provider::a::b(1)",
            "Unknown provider function",
            "offers a function named \"b\".",
            "provider::a::b",
        ),
        ("upper()", "Not enough function arguments", "Missing value for \"str\".", ")"),
        ("upper(\"a\", local.s)", "Too many function arguments", "expects only 1 argument(s).", "local.s"),
        ("upper(null)", "Invalid function argument", "\"str\" parameter: argument must not be null.", "null"),
        ("abs(local.s)", "Invalid function argument", "\"num\" parameter: a number is required.", "local.s"),
        ("upper(1...)", "Invalid expanding argument value", "must be of a tuple, list, or set type.", "1"),
        ("upper(null...)", "Invalid expanding argument value", "must not be null.", "null"),
        ("max()", "Error in function call", "Call to function \"max\" failed: must pass", "max("),
        (
            "try(local.o.c)",
            "Error in function call",
            "no expression succeeded:\n- Unsupported attribute",
            "try(",
        ),
        (
            "templatestring(\"x\", {})",
            "Invalid function argument",
            "does not support providing a literal",
            "x",
        ),
        (
            "file(\"no-such-file\")",
            "Invalid function argument",
            "no file exists at \"no-such-file\"",
            "no-such-file",
        ),
        (
            "file(local.secret)",
            "Invalid function argument",
            "no file exists at (sensitive value)",
            "local.secret",
        ),
        ("local.undeclared", "Reference to undeclared local value", "", "local.undeclared"),
    ] {
        let (sources, expr) = parse(text);
        let outcome = evaluate(&expr, &TestScope::default());
        let Some(found) = outcome.diagnostics.iter().next() else { panic!("{text} is no error") };
        assert_eq!(found.summary, summary, "{text}");
        assert!(found.detail.contains(detail), "{text}: {}", found.detail);
        assert_eq!(found.subject.and_then(|s| sources.text(s)), Some(subject), "{text}");
        assert_eq!(outcome.diagnostics.len(), 1, "{text}: {:#?}", outcome.diagnostics);
    }
}

#[test]
fn errors_tell_what_references_stand_for() {
    for (text, want) in [
        ("local.o.c", "local.o is object with 2 attributes"),
        ("local.l[local.n]", "local.l is list of string with 3 elements; local.n is 5"),
        ("local.s + local.u", "local.s is \"str\""),
        ("upper(local.t)", "local.t is tuple with 2 elements"),
        ("local.secret + 1", "local.secret has a sensitive value"),
        ("file(local.nothing)", "local.nothing is null"),
        ("cidrhost(\"x\", local.u)", ""),
        (
            "format(\"%d%d\", local.m, local.yes)",
            "local.m is map of string with 1 element; local.yes is true",
        ),
        ("[for x in [{ a = 1 }] : x.a.b][0]", "x.a is 1"),
        (
            "merge(local.o, local.ul, 1)",
            "local.o is object with 2 attributes; local.ul is a list of string, known only after apply",
        ),
    ] {
        let outcome = outcome(text);
        let shown: Vec<String> = (outcome.diagnostics.iter().next().into_iter())
            .flat_map(|d| d.values.iter().map(|v| format!("{} {}", v.reference, v.statement)))
            .collect();
        assert_eq!(shown.join("; "), want, "{text}");
    }
}

#[test]
fn of_long_texts_the_beginning_is_told() {
    let outcome = outcome("[for x in [{ a = format(\"%01500d\", 7) }] : x.a.b][0]");
    let values = &outcome.diagnostics.iter().next().expect("an error").values;
    let want = format!("is a string of 1500 characters that begins with {:?}", "0".repeat(1000));
    assert_eq!((values.len(), &values[0].statement), (1, &want));
}

#[test]
fn all_errors_are_found_in_one_pass() {
    for (text, count) in [
        ("[local.o.c, local.nothing.x, upper(null)]", 3),
        ("{ a = local.o.c, b = local.l[9] }", 2),
        ("upper(local.o.c) + local.l", 2),
        ("\"${local.o.c}-${null}\"", 2),
        ("concat(local.o.c, local.nothing.x)", 2),
        ("local.o.c ? local.nothing.x : 1", 1),
        ("[for x in local.l : x.y]", 1),
    ] {
        assert_eq!(outcome(text).diagnostics.len(), count, "{text}");
    }
}

#[test]
fn what_blocks_is_found_in_one_pass() {
    for (text, want) in [
        ("later.a", "a"),
        ("[later.a, later.b.id]", "a b"),
        ("later.a ? later.b : later.c", "a"),
        ("true ? later.b : later.c", "b c"),
        ("later.a && later.b", "a"),
        ("false && later.b", ""),
        ("local.ub && later.b", "b"),
        ("upper(later.a) == later.b", "a b"),
        ("[for x in later.a : later.b]", "a"),
        ("[for x in local.l : later.b if later.a]", "a"),
        ("later.a[later.b]", "b"),
        ("try(later.a, 1)", "a"),
        ("try(local.o.c, later.b)", "b"),
        ("can(later.a)", "a"),
        ("\"${later.a}-${later.b}\"", "a b"),
        ("{ (later.a) = later.b }", "a b"),
        ("later.a[*].x", "a"),
        ("max(later.a...)", "a"),
    ] {
        let outcome = outcome(text);
        let blocked: Vec<&str> = outcome.blocked.iter().map(|a| &**a).collect();
        assert_eq!(blocked.join(" "), want, "{text}");
        assert!(!outcome.diagnostics.has_errors(), "{text}: {:#?}", outcome.diagnostics);
    }
}

#[test]
fn nesting_ends_in_an_error_and_not_in_a_full_stack() {
    let text = format!("{}1{}", "-(".repeat(90), ")".repeat(90));
    assert_eq!(value(&text), value("1"));
    let mut expr = parse("1").1;
    for _ in 0..5_000 {
        let span = expr.span;
        expr = terrane_syntax::Expr { kind: terrane_syntax::ExprKind::Parens(Box::new(expr)), span };
    }
    let found = evaluate(&expr, &TestScope::default());
    assert_eq!(
        found.diagnostics.iter().map(|d| d.summary.as_str()).collect::<Vec<_>>(),
        ["Expression nested too deeply"]
    );
}
