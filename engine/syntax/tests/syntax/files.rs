//! Files: arguments, blocks, and going on after mistakes.

use crate::show;

#[test]
fn files_are_read() {
    let table = [
        ("", ""),
        ("\u{feff}a = 1", "a=1"),
        ("a = 1\nb = 2 # c\n", "a=1 b=2"),
        ("b {}\nb { a = 1 }\nb {\n}\n", "b{} b{a=1} b{}"),
        (
            "resource \"x\" y {\n  a = 1\n  b \"\\\"\" {\n    c = 2\n  }\n}\n",
            "resource \"x\" \"y\"{a=1 b \"\\\"\"{c=2}}",
        ),
        ("a = <<EOT\nx\nEOT\nb = 1\n", "a=\"x\\n\" b=1"),
        ("a = [\n1,\n]\r\nb = {\r\n c = 1\r\n}\r\n", "a=[1] b={c=1}"),
        ("/* a */ b /* c */ = /* d */ 1 // e", "b=1"),
    ];
    show::check(
        table.map(|(text, want)| {
            (text.to_owned(), show::file("t.tf", text), (want.to_owned(), String::new()))
        }),
    );
}

#[test]
fn every_mistake_is_told_and_the_rest_is_read() {
    let table = [
        ("a", "", "1:1 'a' Argument or block definition required"),
        ("a = \nb = 1", "b=1", "1:5 '\\n' Invalid expression"),
        ("a = 1 b = 2\nc = 3", "a=1 c=3", "1:7 'b' Missing newline after argument"),
        ("a = 1, b = 2\n", "a=1", "1:6 ',' Unexpected comma after argument"),
        ("\"a\" = 1\nb = 1", "b=1", "1:1 '\"' Invalid argument name"),
        ("a = 1\na = 2\n", "a=1", "2:1 'a' Attribute redefined"),
        ("a {} b {}\nc {}", "a{} c{}", "1:6 'b' Missing newline after block definition"),
        ("a \"b\" = 1\n", "", "1:7 '=' Invalid block definition"),
        (
            "a \"b\"\n{\n}\nc = 1",
            "c=1",
            "1:6 '\\n' Invalid block definition\n2:1 '{' Argument or block definition required",
        ),
        ("a 1.2 {}\nb {}", "b{}", "1:1 'a' Argument or block definition required"),
        ("a \"b\" 1.2 {}\nb {}", "b{}", "1:7 '1.2' Invalid block definition"),
        ("a \"${b}\" {}\n", "", "1:4 '${' Invalid string literal"),
        ("a { b = 1, c = 2 }\n", "", "1:10 ',' Invalid single-argument block definition"),
        ("a { b = 1\n}\nc = 1", "c=1", "1:10 '\\n' Invalid single-argument block definition"),
        ("a { b {} }\n", "", "1:5 'b {' Argument definition required"),
        ("}\na = 1", "a=1", "1:1 '}' Argument or block definition required"),
        ("a {\n  b = 1\n", "a{b=1}", "1:3 '{' Unclosed configuration block"),
        (
            "a {\n  b = 1\n\nc \"d\" {\n  e = \n}\n",
            "a{b=1} c \"d\"{}",
            "1:3 '{' Unclosed configuration block\n5:7 '\\n' Invalid expression",
        ),
        (
            "a {\n  b = [1,\n  c = 2\n}\nd {\n  e = 1 +\n}\n",
            "a{} d{}",
            "3:5 '=' Missing item separator\n6:10 '\\n' Invalid expression",
        ),
        ("a {\n  b = f(\n}\nd {\n}\n", "a{} d{}", "3:1 '}' Invalid expression"),
        ("a = \"x\nb = 1\n", "b=1", "1:7 '\\n' Invalid multi-line string"),
        (
            "a = \"${x\nb = 1\nc {\n}\nd = 2\n",
            "b=1 d=2 c{}",
            "2:1 'b' Extra characters after interpolation expression",
        ),
        ("a = <<EOT\nx\nEOT", "", "3:4 '' Unterminated template string"),
        ("a = 1;\nb = 2\n", "a=1 b=2", "1:6 ';' Invalid character"),
        ("a = 1 /* b\nc = 2", "a=1", "1:7 '/* b\\nc = 2' Unclosed comment"),
    ];
    show::check(table.map(|(text, tree, problems)| {
        (text.to_owned(), show::file("t.tf", text), (tree.to_owned(), problems.to_owned()))
    }));
}

#[test]
fn blocks_name_the_places_in_them() {
    let mut sources = terrane_diagnostics::SourceMap::default();
    let file = sources.add("t.tf", "  a \"b\" c {\n    d = 1\n  }\n");
    let (body, _) = terrane_syntax::parse_file(&sources, file);
    terrane_syntax::name_blocks(&mut sources, &body);
    let subject = terrane_diagnostics::Span { file, start: 16, end: 17 };
    let problem = terrane_diagnostics::Diagnostic::error("E", "").at(subject);
    let json = terrane_diagnostics::to_json(&problem, &sources);
    assert_eq!(json["snippet"]["context"], "a \"b\" \"c\"");
}
