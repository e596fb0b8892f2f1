//! Formats arbitrary text; what comes out is valid when the text was, and stays as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use terrane_diagnostics::SourceMap;
use terrane_syntax::format_file;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::default();
    let file = sources.add("fuzz.tf", text);
    let (formatted, diagnostics) = format_file(&sources, file);
    if !diagnostics.has_errors() {
        let again = sources.add("again.tf", formatted.as_str());
        let (_, diagnostics) = format_file(&sources, again);
        assert!(!diagnostics.has_errors(), "{formatted:?} {diagnostics:?}");
    }
});
