//! The JSON form.

use crate::show;
use terrane_diagnostics::SourceMap;
use terrane_syntax::*;

#[test]
fn documents_are_read() {
    let table = [
        ("{}", "{}"),
        (" {\"a\": [1, -2.5e1, true, null]} ", "{<(json \"a\" \"a\")>=[1 -25 true null]}"),
        (
            r#"{"a": "x\n\"\u00e9\ud83d\ude00\/"}"#,
            "{<(json \"a\" \"a\")>=(json \"x\\n\\\"é😀/\" \"x\\n\\\"é😀/\")}",
        ),
        (r#"{"a": "${b}"}"#, "{<(json \"a\" \"a\")>=(json \"${b}\" (template ${b}))}"),
        (r#"{"a": "$${b}"}"#, "{<(json \"a\" \"a\")>=(json \"$${b}\" \"${b}\")}"),
        (
            r#"{"//": "%{ bad", "b": 1}"#,
            "{<(json \"//\" \"//\")>=(json \"%{ bad\" \"%{ bad\") <(json \"b\" \"b\")>=1}",
        ),
        ("[{}]", "[{}]"),
    ];
    show::check(table.map(|(text, want)| {
        (text.to_owned(), show::file("t.tf.json", text), (want.to_owned(), String::new()))
    }));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let table = [
        ("", "1:1 '' Missing value"),
        ("1", "1:1 '1' Root value must be object"),
        ("{} x", "1:4 'x' Extraneous data after value"),
        ("{\"a\": undefined}", "1:7 'undefined' Invalid JSON keyword"),
        ("{\"a\": tru}", "1:7 'tru' Invalid JSON keyword"),
        ("{\"a\": +2}", "1:7 '+2' Invalid JSON number"),
        ("{\"a\": 01}", "1:7 '01' Invalid JSON number"),
        ("{\"a\": 1.}", "1:7 '1.' Invalid JSON number"),
        ("{\"a\": }", "1:7 '}' Missing JSON value"),
        ("{\"a\"}", "1:5 '}' Missing property value colon"),
        ("{\"a\" = 1}", "1:6 '=' Missing property value colon"),
        ("{a: 1}", "1:2 'a' Invalid object property name"),
        ("{\"a\": 1,}", "1:9 '}' Trailing comma in object"),
        ("{\"a\": 1 \"b\": 2}", "1:9 '\"' Missing property separator comma"),
        ("{\"a\": 1", "1:1 '{' Unclosed object"),
        ("{\"a\": 1]", "1:8 ']' Mismatched braces"),
        ("{\"a\": [1}", "1:9 '}' Mismatched brackets"),
        ("{\"a\": [1", "1:7 '[' Unclosed array"),
        ("{\"a\": [1,]}", "1:10 ']' Trailing comma in array"),
        ("{\"a\": [\"b\": 1]}", "1:11 ':' Invalid array value"),
        ("{\"a\": \"b\n\"}", "1:7 '\"b' Unclosed JSON string"),
        ("{\"a\": \"b\\q\"}", "1:9 '\\q' Invalid JSON string"),
        ("{\"a\": \"\\\"${b c}\"}", "1:14 'c' Extra characters after interpolation expression"),
    ];
    show::check(
        table.map(|(text, want)| (text.to_owned(), show::file("t.tf.json", text).1, want.to_owned())),
    );
}

/// What `schema` finds in `text`: arguments and blocks, what was unexpected, and the problems.
fn content(text: &str, exact: bool) -> (String, String) {
    let schema = BodySchema {
        attributes: vec![("a".to_owned(), false), ("need".to_owned(), true)],
        ..BodySchema::new(&[], &[("b", &[]), ("r", &["type", "name"])])
    };
    let mut sources = SourceMap::default();
    let file = sources.add("t.json", text);
    let (body, mut diagnostics) = parse_file(&sources, file);
    let content = diagnostics.take(if exact { body.content(&schema) } else { body.partial_content(&schema) });
    let attributes =
        content.attributes.iter().map(|a| format!("{}={}", a.name.name, sources.text(a.expr.span).unwrap()));
    let blocks = content.blocks.iter().map(|b| {
        let labels: Vec<&str> = b.labels.iter().map(|l| &*l.text).collect();
        format!("{}[{}]{}", b.kind.name, labels.join(","), sources.text(b.body_span()).unwrap())
    });
    let unexpected = content.unexpected.iter().map(|(name, _)| format!("?{name}"));
    let all: Vec<String> = attributes.chain(blocks).chain(unexpected).collect();
    (all.join(" "), show::problems(&sources, &diagnostics))
}

trait BodySpan {
    fn body_span(&self) -> terrane_diagnostics::Span;
}

impl BodySpan for Block {
    fn body_span(&self) -> terrane_diagnostics::Span {
        match &self.body {
            Body::Json(expr) => expr.span,
            Body::Native(body) => body.span,
        }
    }
}

#[test]
fn bodies_are_read_by_what_is_expected() {
    let table = [
        (r#"{"need": 1, "a": "x", "//": 2}"#, "need=1 a=\"x\"", ""),
        (r#"[{"need": 1}, {"a": 2}]"#, "need=1 a=2", ""),
        (r#"{"need": 1, "b": {"c": 1}}"#, "need=1 b[]{\"c\": 1}", ""),
        (r#"{"need": 1, "b": [{}, {"c": 1}]}"#, "need=1 b[]{} b[]{\"c\": 1}", ""),
        (r#"{"need": 1, "b": null}"#, "need=1", ""),
        (r#"{"need": 1, "r": {"x": {"y": {}, "z": [{}, {}]}}}"#, "need=1 r[x,y]{} r[x,z]{} r[x,z]{}", ""),
        (r#"{"need": 1, "r": [{"x": {"y": {}}}, {"x": {"z": {}}}]}"#, "need=1 r[x,y]{} r[x,z]{}", ""),
        ("{}", "", "1:1 '{' Missing required argument"),
        (r#"{"need": 1, "need": 2}"#, "need=1", "1:13 '\"need\"' Duplicate argument"),
        (r#"{"need": 1, "bb": 2}"#, "need=1", "1:13 '\"bb\"' Extraneous JSON object property"),
        (r#"{"need": 1, "b": 2}"#, "need=1", "1:18 '2' Incorrect JSON value type"),
        (r#"{"need": 1, "r": 2}"#, "need=1", "1:18 '2' Incorrect JSON value type"),
        (r#"{"need": 1, "r": {"x": {}}}"#, "need=1", "1:24 '{' Missing block label"),
        (
            r#"{"need": {"x": 1, "x": 2}}"#,
            "need={\"x\": 1, \"x\": 2}",
            "1:19 '\"x\"' Duplicate object attribute",
        ),
        (r#"[{"need": 1}, 2]"#, "need=1", "1:15 '2' Incorrect JSON value type"),
    ];
    show::check(table.map(|(text, found, problems)| {
        (text.to_owned(), content(text, true), (found.to_owned(), problems.to_owned()))
    }));
    assert_eq!(content(r#"{"need": 1, "x": 2}"#, false), ("need=1 ?x".to_owned(), String::new()));
}

#[test]
fn all_properties_can_be_arguments() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tfvars.json", r#"{"a": 1, "//": 2, "b": {"c": "${d}"}, "a": 3}"#);
    let (body, _) = parse_file(&sources, file);
    let (attributes, diagnostics) = body.just_attributes();
    let names: Vec<&str> = attributes.iter().map(|a| &*a.name.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(show::problems(&sources, &diagnostics), "1:39 '\"a\"' Duplicate argument");
}

#[test]
fn places_in_templates_are_places_in_the_file() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf.json", r#"{"a": "\n\u00e9 ${var.x[\"k\"]} é"}"#);
    let (body, _) = parse_file(&sources, file);
    let (attributes, _) = body.just_attributes();
    let ExprKind::JsonString { template, .. } = &attributes[0].expr.kind else { panic!("a string") };
    let ExprKind::Template(parts) = &template.kind else { panic!("a template") };
    let texts: Vec<&str> = parts
        .iter()
        .map(|part| match part {
            TemplatePart::Literal(_, span) => sources.text(*span).unwrap(),
            TemplatePart::Interpolation(expr) => sources.text(expr.span).unwrap(),
            _ => "",
        })
        .collect();
    assert_eq!(texts, [r"\n\u00e9 ", r#"var.x[\"k\"]"#, " é"]);
}
