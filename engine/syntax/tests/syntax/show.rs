//! Trees as short text, for tables of expectations.

use terrane_diagnostics::{Diagnostics, FileId, SourceMap};
use terrane_syntax::readers::{Form, by_hcl_edit, by_mend};
use terrane_syntax::*;

/// Whether hcl-edit reads the text. If so, the mend must read the same, spans included.
pub(crate) fn readers_agree(sources: &SourceMap, file: FileId, form: Form) -> bool {
    let Some(tree) = by_hcl_edit(sources, file, form) else { return false };
    let text = &sources.get(file).expect("a file").text;
    let (other, diagnostics) = by_mend(sources, file, form);
    assert!(
        diagnostics.is_empty(),
        "hcl-edit accepts {form:?} {text:?}: {}",
        problems(sources, &diagnostics)
    );
    let (tree, other) = (format!("{tree:#?}"), format!("{:#?}", other.expect("a tree")));
    if tree != other {
        let differ = tree.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
        panic!("{form:?} {text:?}: {differ:?} by hcl-edit and the mend\n{tree}\n{other}");
    }
    true
}

pub(crate) fn expression(text: &str) -> Result<String, String> {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", text);
    readers_agree(&sources, file, Form::Expression);
    let (expr, diagnostics) = parse_expression(&sources, file);
    if diagnostics.is_empty() {
        Ok(expr.as_ref().map(expr_text).unwrap_or_default())
    } else {
        Err(problems(&sources, &diagnostics))
    }
}

pub(crate) fn template(text: &str) -> Result<String, String> {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tftpl", text);
    readers_agree(&sources, file, Form::Template);
    let (expr, diagnostics) = parse_template(&sources, file);
    if diagnostics.is_empty() {
        Ok(expr.as_ref().map(expr_text).unwrap_or_default())
    } else {
        Err(problems(&sources, &diagnostics))
    }
}

pub(crate) fn file(name: &str, text: &str) -> (String, String) {
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    readers_agree(&sources, file, Form::File);
    let (body, diagnostics) = parse_file(&sources, file);
    (body_text(&body), problems(&sources, &diagnostics))
}

/// One line a problem: `line:column "text" summary`.
pub(crate) fn problems(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    let lines = diagnostics.iter().map(|d| {
        let span = d.subject.expect("every problem has a place");
        let source = sources.get(span.file).expect("file");
        let start = source.position(span.start);
        let text = sources.text(span).expect("a span within the file").replace('\n', "\\n");
        format!("{}:{} '{text}' {}", start.line, start.column, d.summary)
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn body_text(body: &Body) -> String {
    match body {
        Body::Native(body) => {
            let attributes =
                body.attributes.iter().map(|a| format!("{}={}", a.name.name, expr_text(&a.expr)));
            let blocks = body.blocks.iter().map(block_text);
            attributes.chain(blocks).collect::<Vec<_>>().join(" ")
        }
        Body::Json(expr) => expr_text(expr),
    }
}

pub(crate) fn block_text(block: &Block) -> String {
    let labels: Vec<String> = block.labels.iter().map(|l| format!(" {:?}", l.text)).collect();
    format!("{}{}{{{}}}", block.kind.name, labels.concat(), body_text(&block.body))
}

pub(crate) fn expr_text(expr: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(expr_text).collect::<Vec<_>>().join(" ");
    match &expr.kind {
        ExprKind::Literal(value) => match (value.as_str(), value.as_number(), value.as_bool()) {
            (Some(text), ..) => format!("{text:?}"),
            (_, Some(number), _) => number.to_string(),
            (.., Some(b)) => b.to_string(),
            _ => "null".to_owned(),
        },
        ExprKind::Template(parts) => format!("(template {})", parts_text(parts)),
        ExprKind::JsonString { text, template } => format!("(json {text:?} {})", expr_text(template)),
        ExprKind::Variable(name) => name.to_string(),
        ExprKind::GetAttr(source, name) => format!("(attr {} {})", expr_text(source), name.name),
        ExprKind::Index(source, key) => format!("(index {} {})", expr_text(source), expr_text(key)),
        ExprKind::Splat { source, full, each } => {
            let name = if *full { "full-splat" } else { "splat" };
            format!("({name} {} {})", expr_text(source), expr_text(each))
        }
        ExprKind::SplatElement => "@".to_owned(),
        ExprKind::Tuple(items) => format!("[{}]", list(items)),
        ExprKind::Object(items) => {
            let items = items.iter().map(|item| match &item.key {
                ObjectKey::Name(name) => format!("{}={}", name.name, expr_text(&item.value)),
                ObjectKey::Expr(key) => format!("<{}>={}", expr_text(key), expr_text(&item.value)),
            });
            format!("{{{}}}", items.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Call { name, args, expand_final } => {
            format!("({}{} {})", name.name, if *expand_final { "..." } else { "" }, list(args))
        }
        ExprKind::Conditional(a, b, c) => {
            format!("(if {} {} {})", expr_text(a), expr_text(b), expr_text(c))
        }
        ExprKind::Unary(op, operand) => format!("({op:?} {})", expr_text(operand)),
        ExprKind::Binary(op, a, b) => format!("({op:?} {} {})", expr_text(a), expr_text(b)),
        ExprKind::For(f) => {
            let key = f.key.as_ref().map(|k| format!("{},", k.name)).unwrap_or_default();
            let result_key = f.result_key.as_ref().map(|k| format!("{} => ", expr_text(k)));
            let condition = f.condition.as_ref().map(|c| format!(" if {}", expr_text(c)));
            format!(
                "(for {key}{} in {}: {}{}{}{})",
                f.value.name,
                expr_text(&f.collection),
                result_key.unwrap_or_default(),
                expr_text(&f.result),
                if f.group { "..." } else { "" },
                condition.unwrap_or_default()
            )
        }
        ExprKind::Parens(inner) => format!("({})", expr_text(inner)),
    }
}

fn parts_text(parts: &[TemplatePart]) -> String {
    let part = |part: &TemplatePart| match part {
        TemplatePart::Literal(text, _) => format!("{text:?}"),
        TemplatePart::Interpolation(expr) => format!("${{{}}}", expr_text(expr)),
        TemplatePart::If { condition, then, otherwise, .. } => {
            format!("%if({}){{{}}}{{{}}}", expr_text(condition), parts_text(then), parts_text(otherwise))
        }
        TemplatePart::For { key, value, collection, body, .. } => format!(
            "%for({}{} in {}){{{}}}",
            key.as_ref().map(|k| format!("{},", k.name)).unwrap_or_default(),
            value.name,
            expr_text(collection),
            parts_text(body)
        ),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// Fails with all rows at once for which `got` is not what was wanted.
pub(crate) fn check<T: PartialEq + std::fmt::Debug>(rows: impl IntoIterator<Item = (String, T, T)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, got, want)| got != want)
        .map(|(input, got, want)| format!("{input:?}\n   got {got:?}\n  want {want:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
