//! Targets that read their input as text of the language.

use crate::scope::Values;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_lang::{references, type_constraint};
use terrane_syntax::{BodySchema, format_file, name_blocks, parse_expression, parse_file, parse_template};

/// Every problem says what and where.
pub(crate) fn expect_told_well(sources: &SourceMap, problems: &Diagnostics) {
    for problem in problems {
        assert!(!problem.summary.is_empty() && !problem.detail.is_empty(), "{problem:?}");
        let place = problem.subject.expect("every problem has a place");
        assert!(sources.text(place).is_some(), "{problem:?}");
        assert!(problem.context.is_none_or(|context| sources.text(context).is_some()), "{problem:?}");
    }
}

/// Reads a file of native syntax, and its text as an expression that names a type.
pub fn native(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    read_file("fuzz.tf", text);
    let mut sources = SourceMap::default();
    let file = sources.add("fuzz", text);
    let (expr, problems) = parse_expression(&sources, file);
    assert_eq!(expr.is_none(), problems.has_errors(), "{problems:?}");
    expect_told_well(&sources, &problems);
    if let Some(expr) = expr {
        expect_told_well(&sources, &type_constraint(&expr).2);
        expect_told_well(&sources, &references(&expr).1);
    }
}

/// Reads a file of JSON syntax.
pub fn json(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        read_file("fuzz.tf.json", text);
    }
}

fn read_file(name: &str, text: &str) {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let (body, problems) = parse_file(&sources, file);
    expect_told_well(&sources, &problems);
    name_blocks(&mut sources, &body);
    let labels: &[(&str, &[&str])] =
        &[("resource", &["type", "name"]), ("variable", &["name"]), ("locals", &[]), ("block", &["a"])];
    let (content, problems) = body.content(&BodySchema::new(&["a", "b"], labels));
    expect_told_well(&sources, &problems);
    let scope = Values::of_all_kinds();
    for block in &content.blocks {
        let (attributes, problems) = block.body.just_attributes();
        expect_told_well(&sources, &problems);
        for attribute in &attributes {
            scope.evaluate(&sources, &attribute.expr);
        }
    }
    let (attributes, problems) = body.just_attributes();
    expect_told_well(&sources, &problems);
    for attribute in &attributes {
        scope.evaluate(&sources, &attribute.expr);
    }
}

/// Reads a template, and renders it with values of all kinds.
pub fn templates(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut sources = SourceMap::default();
    let file = sources.add("fuzz.tftpl", text);
    let (template, problems) = parse_template(&sources, file);
    assert_eq!(template.is_none(), problems.has_errors(), "{problems:?}");
    expect_told_well(&sources, &problems);
    if let Some(template) = template {
        Values::of_all_kinds().evaluate(&sources, &template);
    }
}

/// Reads an expression, and evaluates it with values of all kinds.
pub fn expressions(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        Values::of_all_kinds().outcome(text);
    }
}

/// Formats a file: what is valid stays valid, and a second time says the same of it.
pub fn fmt(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut sources = SourceMap::default();
    let file = sources.add("fuzz.tf", text);
    let (formatted, problems) = format_file(&sources, file);
    expect_told_well(&sources, &problems);
    if problems.has_errors() {
        assert_eq!(formatted, text);
        return;
    }
    let again = sources.add("again.tf", formatted.as_str());
    let (_, problems) = format_file(&sources, again);
    assert!(!problems.has_errors(), "{formatted:?} {problems:?}");
}
