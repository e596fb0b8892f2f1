//! YAML.

use super::Want::{Any, String as Text};
use super::{Call, CallError, Function, Returns, function, param};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use terrane_value::{Kind, Refinement, Type, Value};

mod read;
mod tags;

/// Where lines of quoted text are broken.
const WIDTH: usize = 80;

/// The most bytes that a key before its colon can have.
const MAX_SIMPLE_KEY: usize = 128;

pub(super) const TABLE: &[Function] = &[
    function("yamldecode", &[param("src", Text)], Returns::Is(Any), decode).nullable().doc(
        "The value that a YAML document stands for.",
        "yamldecode(\"a: [1, true]\\nb: x\")",
        "{ a = [1, true], b = \"x\" }",
    ),
    function("yamlencode", &[param("value", Any).null().unknown()], Returns::Is(Text), encode).doc(
        "A value as a YAML document.",
        "yamlencode({ a = [1, \"x\"], b = {} })",
        "\"\\\"a\\\":\\n- 1\\n- \\\"x\\\"\\n\\\"b\\\": {}\\n\"",
    ),
];

fn decode(call: &Call<'_>) -> Result<Value, CallError> {
    read_yaml(call.str(0)).map_err(CallError::from)
}

/// The value that a YAML document stands for, or why it is none.
pub fn read_yaml(text: &str) -> Result<Value, String> {
    read::read(text)
}

fn encode(call: &Call<'_>) -> Result<Value, CallError> {
    let value = &call.args[0];
    if !value.is_wholly_known() {
        return Ok(Value::unknown_refined(Type::String, Refinement::not_null()));
    }
    let mut out = String::new();
    write_value(&mut out, value, 0, 0);
    // A document that is one bare word needs an end.
    if matches!(value.kind(), Kind::Null(_) | Kind::Bool(_) | Kind::Number(_)) {
        out.push_str("\n...");
    }
    out.push('\n');
    Ok(Value::string(out))
}

/// Writes a value whose lines after the first start at column `indent`; what it contains is
/// indented from there. `column` is where the first line has got to.
fn write_value(out: &mut String, value: &Value, indent: usize, column: usize) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(..) => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(text) if is_block(text) => write_block(out, text, indent + 2),
        Kind::String(text) => write_quoted(out, text, indent + 2, column, true),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => write_sequence(out, vs, indent),
        Kind::Map(_, vs) | Kind::Object(vs) => write_mapping(out, vs, indent),
    }
}

fn line(out: &mut String, indent: usize) {
    out.push('\n');
    out.push_str(&" ".repeat(indent));
}

fn write_sequence(out: &mut String, items: &[Value], indent: usize) {
    if items.is_empty() {
        return out.push_str("[]");
    }
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            line(out, indent);
        }
        out.push_str("- ");
        let nested = indent + if item.as_slice().is_some() || item.as_map().is_some() { 2 } else { 0 };
        write_value(out, item, nested, indent + 2);
    }
}

fn write_mapping(out: &mut String, entries: &BTreeMap<Arc<str>, Value>, indent: usize) {
    if entries.is_empty() {
        return out.push_str("{}");
    }
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 {
            line(out, indent);
        }
        let start = out.len();
        if !is_simple_key(key) {
            // The key stands after a question mark, its value on a line of its own.
            out.push_str("? ");
            if is_block(key) {
                write_block(out, key, indent + 2);
            } else {
                write_quoted(out, key, indent + 2, indent + 2, true);
            }
            line(out, indent);
            out.push_str(": ");
            let nested = if value.as_slice().is_some() || value.as_map().is_some() { 2 } else { 0 };
            write_value(out, value, indent + nested, indent + 2);
            continue;
        }
        write_quoted(out, key, indent, indent, false);
        out.push(':');
        let column = indent + out[start..].chars().count() + 1;
        match value.kind() {
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) if !vs.is_empty() => {
                line(out, indent);
                write_sequence(out, vs, indent);
            }
            Kind::Map(_, vs) | Kind::Object(vs) if !vs.is_empty() => {
                line(out, indent + 2);
                write_mapping(out, vs, indent + 2);
            }
            _ => {
                out.push(' ');
                write_value(out, value, indent, column);
            }
        }
    }
}

/// Whether a key can stand before its colon: on one line, and not too long.
fn is_simple_key(key: &str) -> bool {
    key.len() <= MAX_SIMPLE_KEY && !key.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
        && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a text is written as lines: when it has several and nothing in them needs quotes.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.ends_with(' ')
        && !text.contains(" \n")
        && text.chars().all(|c| c == '\n' || printable(c))
}

fn write_block(out: &mut String, text: &str, indent: usize) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = text.strip_suffix('\n');
    match body {
        None => out.push('-'),
        Some(body) if body.is_empty() || body.ends_with('\n') => out.push('+'),
        Some(_) => {}
    }
    for part in body.unwrap_or(text).split('\n') {
        if part.is_empty() {
            out.push('\n');
        } else {
            line(out, indent);
            out.push_str(part);
        }
    }
}

fn write_quoted(out: &mut String, text: &str, indent: usize, column: usize, may_break: bool) {
    out.push('"');
    let mut column = column + 1;
    let mut after_space = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == ' ' {
            let next = chars.peek().map(|(_, c)| *c);
            if may_break && !after_space && column > WIDTH && at > 0 && next.is_some() {
                line(out, indent);
                column = indent;
                if next == Some(' ') {
                    out.push('\\');
                    column += 1;
                }
            } else {
                out.push(' ');
                column += 1;
            }
            after_space = true;
            continue;
        }
        after_space = false;
        let start = out.len();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\e"),
            '\u{85}' => out.push_str("\\N"),
            '\u{2028}' => out.push_str("\\L"),
            '\u{2029}' => out.push_str("\\P"),
            c if printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02X}"),
                    0x100..=0xffff => write!(out, "\\u{code:04X}"),
                    _ => write!(out, "\\U{code:08X}"),
                };
            }
        }
        column += out[start..].chars().count();
    }
    out.push('"');
}
