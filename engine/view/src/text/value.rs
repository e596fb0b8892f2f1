//! Values as `output` and `console` print them: the form of an expression that would give the
//! value, with calls that say the type where a literal would not.

use super::literal::{quote, visible};
use terrane_value::{Kind, Type, Value};

/// A value as expression-like text over several lines, without a line end at its end.
/// Sensitive parts are shown as such unless `show_sensitive`.
pub fn render_value(value: &Value, show_sensitive: bool) -> String {
    let mut out = String::new();
    write(value, 0, show_sensitive, &mut out);
    out
}

fn write(value: &Value, indent: usize, show_sensitive: bool, out: &mut String) {
    if value.marks().is_sensitive() && !show_sensitive {
        return out.push_str("(sensitive value)");
    }
    if value.marks().is_ephemeral() && !show_sensitive {
        return out.push_str("(ephemeral value)");
    }
    match value.kind() {
        Kind::Null(ty) => out.push_str(&null(ty)),
        Kind::Unknown(..) => out.push_str("(known after apply)"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => string(s, indent, out),
        Kind::Tuple(vs) => elements("", vs, indent, show_sensitive, out),
        Kind::List(_, vs) => elements("tolist", vs, indent, show_sensitive, out),
        Kind::Set(_, vs) => elements("toset", vs, indent, show_sensitive, out),
        Kind::Object(vs) => entries("", vs.iter(), indent, show_sensitive, out),
        Kind::Map(_, vs) => entries("tomap", vs.iter(), indent, show_sensitive, out),
    }
}

fn null(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "null".into(),
        Type::String => "tostring(null)".into(),
        Type::Number => "tonumber(null)".into(),
        Type::Bool => "tobool(null)".into(),
        Type::List(t) => format!("tolist(null) /* of {} */", t.friendly_name()),
        Type::Set(t) => format!("toset(null) /* of {} */", t.friendly_name()),
        Type::Map(t) => format!("tomap(null) /* of {} */", t.friendly_name()),
        Type::Tuple(_) | Type::Object(_) => format!("null /* {} */", ty.friendly_name()),
    }
}

fn string(text: &str, indent: usize, out: &mut String) {
    if !text.contains('\n') {
        return out.push_str(&quote(text));
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut end = "EOT".to_owned();
    while lines.iter().any(|l| l.trim() == end) {
        end.push('_');
    }
    out.push_str(if indent > 0 { "<<-" } else { "<<" });
    out.push_str(&end);
    for line in lines {
        out.push('\n');
        push_indent(indent, out);
        out.push_str(&visible(line));
    }
    out.push('\n');
    push_indent(indent, out);
    out.push_str(&end);
}

fn elements(call: &str, values: &[Value], indent: usize, show_sensitive: bool, out: &mut String) {
    out.push_str(call);
    out.push_str(if call.is_empty() { "[" } else { "([" });
    for value in values {
        out.push('\n');
        push_indent(indent + 2, out);
        write(value, indent + 2, show_sensitive, out);
        out.push(',');
    }
    if !values.is_empty() {
        out.push('\n');
        push_indent(indent, out);
    }
    out.push_str(if call.is_empty() { "]" } else { "])" });
}

fn entries<'a>(
    call: &str,
    values: impl ExactSizeIterator<Item = (&'a std::sync::Arc<str>, &'a Value)>,
    indent: usize,
    show_sensitive: bool,
    out: &mut String,
) {
    let empty = values.len() == 0;
    out.push_str(call);
    out.push_str(if call.is_empty() { "{" } else { "({" });
    for (name, value) in values {
        out.push('\n');
        push_indent(indent + 2, out);
        out.push_str(&quote(name));
        out.push_str(" = ");
        write(value, indent + 2, show_sensitive, out);
    }
    if !empty {
        out.push('\n');
        push_indent(indent, out);
    }
    out.push_str(if call.is_empty() { "}" } else { "})" });
}

fn push_indent(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}
