//! What users and tools see of a diagnostic.

use serde_json::json;
use terrane_diagnostics::{
    Context, Diagnostic, FileId, Look, ReferencedValue, SourceMap, Span, render_terminal, to_json,
};

const TEXT: &str = "resource \"aws_vpc\" \"main\" {\n  cidr_block = var.cidr + 1\n}\n";

fn sources() -> (SourceMap, FileId) {
    let mut sources = SourceMap::default();
    let file = sources.add("main.tf", TEXT);
    (sources, file)
}

/// The place of `needle` in the text.
fn place(file: FileId, needle: &str) -> Span {
    let start = TEXT.find(needle).expect("the needle") as u32;
    Span { file, start, end: start + needle.len() as u32 }
}

fn full(file: FileId) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(
        "Invalid operand",
        "Unsuitable value for left operand: a number is required.\n\n  keep   this\nShort.",
    )
    .at(place(file, "var.cidr"))
    .about(Context::RequestId, "r-1")
    .about(Context::Address, "aws_vpc.main")
    .about(Context::Region, "eu-west-1")
    .about(Context::Operation, "ec2:CreateVpc");
    diagnostic.values.push(ReferencedValue {
        reference: "var.cidr".to_owned(),
        statement: "is \"10.0.0.0/16\"".to_owned(),
    });
    diagnostic
}

#[test]
fn a_boxed_diagnostic_has_all_its_parts() {
    let (sources, file) = sources();
    let want = "\
╷
│ Error: Invalid operand
│
│   with aws_vpc.main,
│   on main.tf line 2, in resource \"aws_vpc\" \"main\":
│    2:   cidr_block = var.cidr + 1
│                      ^^^^^^^^
│     ├────────────────
│     │ var.cidr is \"10.0.0.0/16\"
│
│ Unsuitable value for left operand: a
│ number is required.
│
│   keep   this
│ Short.
│
│   region eu-west-1, ec2:CreateVpc,
│   request id r-1
╵
";
    assert_eq!(render_terminal(&full(file), &sources, 40, Look::Boxed), want);
}

#[test]
fn a_plain_diagnostic_has_no_box() {
    let (sources, file) = sources();
    let diagnostic = Diagnostic::warning("Careful", "Look out.").at(place(file, "cidr_block = var.cidr + 1"));
    let want = "
Warning: Careful

  on main.tf line 2, in resource \"aws_vpc\" \"main\":
   2:   cidr_block = var.cidr + 1

Look out.
";
    assert_eq!(render_terminal(&diagnostic, &sources, 0, Look::Plain), want);
}

#[test]
fn without_a_place_there_is_text_alone() {
    let diagnostic = Diagnostic::error("No network", "").on_attribute("tags[\"a\"]");
    let want = "╷\n│ Error: No network\n│\n│   attribute tags[\"a\"]\n╵\n";
    assert_eq!(render_terminal(&diagnostic, &SourceMap::default(), 78, Look::Boxed), want);
}

#[test]
fn colours_underline_the_subject() {
    let (sources, file) = sources();
    let text = render_terminal(&full(file), &sources, 78, Look::Coloured);
    assert!(text.contains("cidr_block = \u{1b}[4mvar.cidr\u{1b}[0m + 1"), "{text}");
    assert!(!text.contains("^^^"), "{text}");
}

#[test]
fn several_lines_are_shown_and_marked() {
    let (sources, file) = sources();
    let whole = place(file, TEXT.trim_end());
    let diagnostic = Diagnostic::error("E", "d").at(place(file, "\"main\" {\n  cidr")).within(whole);
    let want = "
Error: E

  on main.tf line 1, in resource \"aws_vpc\" \"main\":
   1: resource \"aws_vpc\" \"main\" {
                         ^^^^^^^^
   2:   cidr_block = var.cidr + 1
      ^^^^^^
   3: }

d
";
    assert_eq!(render_terminal(&diagnostic, &sources, 78, Look::Plain), want);
}

#[test]
fn named_ranges_name_the_context() {
    let (mut sources, file) = sources();
    sources.name_range(Span { file, start: 0, end: 100 }, "the file");
    sources.name_range(Span { file, start: 0, end: TEXT.len() as u32 }, "the block");
    assert_eq!(to_json(&full(file), &sources)["snippet"]["context"], "the block");
}

#[test]
fn json_has_the_shape_of_validate() {
    let (sources, file) = sources();
    let want = json!({
        "severity": "error",
        "summary": "Invalid operand",
        "detail": "Unsuitable value for left operand: a number is required.\n\n  keep   this\nShort.",
        "address": "aws_vpc.main",
        "range": {
            "filename": "main.tf",
            "start": { "line": 2, "column": 16, "byte": 43 },
            "end": { "line": 2, "column": 24, "byte": 51 },
        },
        "snippet": {
            "context": "resource \"aws_vpc\" \"main\"",
            "code": "  cidr_block = var.cidr + 1",
            "start_line": 2,
            "highlight_start_offset": 15,
            "highlight_end_offset": 23,
            "values": [{ "traversal": "var.cidr", "statement": "is \"10.0.0.0/16\"" }],
        },
    });
    let got = to_json(&full(file), &sources);
    assert_eq!(got, want);
    let keys: Vec<&String> = got.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["severity", "summary", "detail", "address", "range", "snippet"]);
    let bare = to_json(&Diagnostic::warning("W", "d"), &sources);
    assert_eq!(bare, json!({ "severity": "warning", "summary": "W", "detail": "d" }));
}

/// The numbers are Terraform's for the same text and problem.
#[test]
fn subjects_at_line_ends_are_extended_and_cut() {
    let mut sources = SourceMap::default();
    let file = sources.add("main.tf", "a = \"abc\nb = 1\n");
    let range = |start, end| to_json(&Diagnostic::error("E", "").at(Span { file, start, end }), &sources);
    let first = range(8, 9);
    assert_eq!(first["range"]["end"], json!({ "line": 2, "column": 1, "byte": 9 }));
    assert_eq!(first["snippet"]["code"], "a = \"abc\nb = 1");
    assert_eq!(first["snippet"]["highlight_start_offset"], 8);
    assert_eq!(first["snippet"]["highlight_end_offset"], 9);
    let last = range(14, 15);
    assert_eq!(last["snippet"]["code"], "b = 1");
    assert_eq!(last["snippet"]["highlight_start_offset"], 5);
    assert_eq!(last["snippet"]["highlight_end_offset"], 5);
    let beyond = range(15, 15);
    assert_eq!(beyond["range"]["end"], json!({ "line": 3, "column": 2, "byte": 16 }));
}

#[test]
fn of_very_long_lines_the_beginning_is_shown() {
    let (sources, _) = sources();
    let detail = format!("{}\n{}", "é".repeat(20_000), "z".repeat(10_000));
    let text = render_terminal(&Diagnostic::error("Long", detail), &sources, 0, Look::Plain);
    let want = format!("{} (and 10000 more characters)\n{}\n", "é".repeat(10_000), "z".repeat(10_000));
    assert!(text.ends_with(&want), "{}", text.len());
}
