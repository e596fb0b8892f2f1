//! The canonical style. The expected texts in fmt.json are what Terraform 1.11.4 makes of the
//! given ones.

use crate::show;
use terrane_diagnostics::SourceMap;
use terrane_syntax::{format, format_file};

fn cases() -> Vec<(String, String)> {
    let cases: serde_json::Value = serde_json::from_str(include_str!("fmt.json")).unwrap();
    let text = |case: &serde_json::Value, key: &str| case[key].as_str().unwrap().to_owned();
    cases.as_array().unwrap().iter().map(|case| (text(case, "text"), text(case, "want"))).collect()
}

#[test]
fn texts_are_formatted_as_terraform_does() {
    assert!(cases().len() >= 40);
    show::check(cases().into_iter().map(|(text, want)| (text.clone(), printed(&text), want)));
}

#[test]
fn formatted_text_stays_as_it_is() {
    show::check(cases().into_iter().map(|(text, _)| {
        let once = format(&text);
        (text, format(&once), once)
    }));
}

#[test]
fn formatting_keeps_the_meaning() {
    // Unwrapping interpolations, labels and types are the only changes that a tree can show.
    let plain = cases().into_iter().filter(|(text, _)| !text.contains('"') && !text.contains("map"));
    show::check(plain.map(|(text, _)| {
        let formatted = format(&text);
        (text.clone(), show::file("t.tf", &formatted), show::file("t.tf", &text))
    }));
}

/// What the program prints ends the last line.
fn printed(text: &str) -> String {
    let mut text = format(text);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[test]
fn the_end_of_the_file_stays() {
    for (text, want) in [
        ("", ""),
        (" ", " "),
        ("a=1", "a = 1"),
        ("a=1  ", "a = 1  "),
        ("a=1\n\n \t", "a = 1\n\n  "),
        ("b {}", "b {}"),
        ("a=1  # c \t", "a = 1 # c \t"),
    ] {
        assert_eq!(format(text), want, "{text:?}");
    }
}

#[test]
fn invalid_text_stays_and_the_error_is_told() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", "a=1\nb = [\n");
    let (text, diagnostics) = format_file(&sources, file);
    assert_eq!(text, "a=1\nb = [\n");
    assert_eq!(show::problems(&sources, &diagnostics), "2:5 '[' Unterminated tuple constructor expression");
}
