//! Parses arbitrary text as a file in both forms, as an expression and as a template.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrane_diagnostics::SourceMap;
use terrane_syntax::{parse_expression, parse_file, parse_template};

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    for name in ["fuzz.tf", "fuzz.tf.json"] {
        let file = sources.add(name, text);
        let (_, diagnostics) = parse_file(&sources, file);
        for diagnostic in &diagnostics {
            let span = diagnostic.subject.expect("every problem has a place");
            assert!(sources.text(span).is_some(), "{diagnostic:?}");
        }
    }
    let file = sources.add("fuzz", text);
    parse_expression(&sources, file);
    parse_template(&sources, file);
});
