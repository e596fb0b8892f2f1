//! No input makes the parser fail other than by saying so.

use crate::show;
use terrane_diagnostics::SourceMap;
use terrane_syntax::*;

#[test]
fn deep_nesting_is_refused_before_the_stack_ends() {
    let n = 100_000;
    let table = [
        ("(".repeat(n), "Too deeply nested"),
        ("[".repeat(n), "Too deeply nested"),
        ("{a=".repeat(n), "Too deeply nested"),
        ("-".repeat(n), "Too deeply nested"),
        ("f(".repeat(n), "Too deeply nested"),
        ("\"${".repeat(n), "Too deeply nested"),
        (format!("{}1", "a ? b : ".repeat(n)), "Expression too complex"),
        ("a ? ".repeat(n), "Too deeply nested"),
        ("a[".repeat(n), "Too deeply nested"),
        ("[for x in ".repeat(n), "Too deeply nested"),
        (format!("\"{}\"", "%{if a}".repeat(n)), "Too deeply nested"),
        (format!("a{}", "[*]".repeat(n)), "Too deeply nested"),
        (format!("1{}", "+1".repeat(n)), "Expression too complex"),
        (format!("a{}", ".b".repeat(n)), "Expression too complex"),
        (format!("a{}", "[0]".repeat(n)), "Expression too complex"),
        (format!("a{}", ".*.b[0]".repeat(n)), "Expression too complex"),
        (format!("a.*{}", ".b".repeat(n)), "Expression too complex"),
    ];
    for (text, summary) in table {
        let got = show::expression(&text).expect_err("refused");
        assert!(got.ends_with(summary), "{}... {got}", &text[..20]);
    }
    let (_, problems) = show::file("t.tf", &"a {\n".repeat(n));
    assert!(problems.contains("Too deeply nested"), "{problems}");
    let (_, problems) = show::file("t.json", &"{\"a\":[".repeat(n));
    assert!(problems.contains("Too deeply nested"), "{problems}");
}

#[test]
fn what_people_write_is_not_too_deep() {
    for text in [
        format!("{}1{}", "(".repeat(150), ")".repeat(150)),
        format!("{}1", "a == 1 ? 2 : ".repeat(900)),
        format!("1{}", " + 1".repeat(900)),
    ] {
        let mut sources = SourceMap::default();
        let file = sources.add("t.tf", text);
        assert!(parse_expression(&sources, file).1.is_empty());
    }
}

/// Every expression's span holds text that reads as that very expression again.
#[test]
fn spans_hold_the_source_of_their_nodes() {
    let texts = [
        "a.b[0].c == (1 + -2) * f(x, [1, 2]...) ? { k = \"v${w}z\", (d) = e } : null",
        "[for k, v in m : \"${k}-${v.x}\" if !v.y && true] ",
        "{ for k, v in m : k => upper(v)... }",
        "provider::x::y(1)[\"é\"].z.0",
        "<<EOT\na ${b.c} d\nEOT\n",
    ];
    for text in texts {
        let mut sources = SourceMap::default();
        let file = sources.add("t.tf", text);
        let (expr, diagnostics) = parse_expression(&sources, file);
        assert!(diagnostics.is_empty(), "{text}");
        let mut seen = 0;
        each(&expr.unwrap(), &mut |node| {
            seen += 1;
            let source = sources.text(node.span).expect("a span on character boundaries");
            assert_eq!(show::expression(source).as_deref(), Ok(show::expr_text(node).as_str()), "{source}");
        });
        assert!(seen >= 3, "{text}");
    }
}

fn each(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Interpolation(inner) = part {
                    each(inner, visit);
                }
            }
        }
        ExprKind::GetAttr(a, _) | ExprKind::Unary(_, a) | ExprKind::Parens(a) => each(a, visit),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            each(a, visit);
            each(b, visit);
        }
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| each(e, visit)),
        ExprKind::Tuple(items) | ExprKind::Call { args: items, .. } => {
            items.iter().for_each(|e| each(e, visit));
        }
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    each(key, visit);
                }
                each(&item.value, visit);
            }
        }
        ExprKind::For(f) => {
            each(&f.collection, visit);
            each(&f.result, visit);
            f.result_key.iter().chain(&f.condition).for_each(|e| each(e, visit));
        }
        _ => {}
    }
}
