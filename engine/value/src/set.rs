//! The canonical order of the elements of a set.
//!
//! It is the order in which cty iterates sets: false before true, numbers by value, strings by
//! bytes, everything else by the bytes of a text that stands for the value; unknown elements
//! after known ones, null last.

use crate::{Kind, Value};
use std::fmt::Write;

/// `elements` without duplicates, in canonical order. Elements that are not wholly known are never
/// duplicates: they may turn out to be different.
pub(crate) fn canonical(mut elements: Vec<Value>) -> Vec<Value> {
    let simple = |v: &Value| {
        matches!(
            v.kind(),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Null(_) | Kind::Unknown(..)
        )
    };
    if elements.iter().all(simple) {
        // Within a kind that is the order of values; null and unknown go by their rank.
        elements.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    } else {
        elements.sort_by_cached_key(|v| (rank(v), text(v), v.clone()));
    }
    elements.dedup_by(|a, b| a == b && a.is_wholly_known());
    elements
}

fn rank(value: &Value) -> u8 {
    match value.kind() {
        Kind::Null(_) => 2,
        Kind::Unknown(..) => 1,
        _ => 0,
    }
}

fn text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    let mut sequence = |vs: &mut dyn Iterator<Item = &Value>, brackets: (char, char)| {
        out.push(brackets.0);
        for v in vs {
            write(out, v);
            out.push(';');
        }
        out.push(brackets.1);
    };
    match value.kind() {
        Kind::List(_, vs) | Kind::Set(_, vs) => sequence(&mut vs.iter(), ('[', ']')),
        Kind::Tuple(vs) => sequence(&mut vs.iter(), ('<', '>')),
        Kind::Object(vs) => sequence(&mut vs.values(), ('<', '>')),
        Kind::Map(_, vs) => {
            out.push('{');
            for (k, v) in vs.iter() {
                write_quoted(out, k);
                out.push(':');
                write(out, v);
                out.push(';');
            }
            out.push('}');
        }
        Kind::Null(_) => out.push('~'),
        Kind::Unknown(..) => out.push('?'),
        Kind::Bool(b) => out.push(if *b { 'T' } else { 'F' }),
        Kind::Number(n) => out.push_str(&n.to_general(Some(10))),
        Kind::String(s) => write_quoted(out, s),
    }
}

/// A string in double quotes with the escapes of Go.
fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' | '\\' => Some(c),
            '\u{7}' => Some('a'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            '\u{b}' => Some('v'),
            _ => None,
        };
        // Writing to a String does not fail.
        let _ = match (short, u32::from(c)) {
            (Some(letter), _) => write!(out, "\\{letter}"),
            (_, n @ (0..0x20 | 0x7f)) => write!(out, "\\x{n:02x}"),
            (_, n @ (0x80..=0xa0 | 0xad | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0xfeff)) => {
                write!(out, "\\u{n:04x}")
            }
            _ => write!(out, "{c}"),
        };
    }
    out.push('"');
}
