//! The functions of the built-in provider, `provider::terraform::...`: values as source text, and
//! files of variable values as values.

use super::Want::{Any, String as Text};
use super::{Call, CallError, Function, FunctionContext, Param, Returns, function, param};
use crate::template_file::described;
use crate::{Resolved, Scope, Step, evaluate};
use std::fmt::Write;
use terrane_diagnostics::{Diagnostic, SourceMap, Span};
use terrane_syntax::{format, parse_file};
use terrane_value::{Kind, Refinement, Type, Value};

const VALUE: &[Param] = &[param("value", Any)];
const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function("decode_tfvars", &[param("src", Text)], Returns::Is(Any), decode).doc(
        "The variable values in the text of a .tfvars file, as an object.",
        "provider::terraform::decode_tfvars(\"a = 1\")",
        "{ a = 1 }",
    ),
    function("encode_expr", VALUE, TEXT, |c| encoded(c, |value| Ok(expression(value)))).doc(
        "A value as an expression in the language.",
        "provider::terraform::encode_expr([1, \"a\"])",
        "\"[1, \\\"a\\\"]\"",
    ),
    function("encode_tfvars", VALUE, TEXT, |c| encoded(c, tfvars)).doc(
        "The attributes of an object as the text of a .tfvars file.",
        "provider::terraform::encode_tfvars({ a = 1 })",
        "\"a = 1\\n\"",
    ),
];

fn encoded(call: &Call<'_>, encode: fn(&Value) -> Result<String, CallError>) -> Result<Value, CallError> {
    let value = &call.args[0];
    if !value.is_wholly_known() {
        return Ok(Value::unknown_refined(Type::String, Refinement::not_null()));
    }
    encode(value).map(Value::string)
}

fn expression(value: &Value) -> String {
    let mut text = String::from("x = ");
    write_value(&mut text, value);
    text.push('\n');
    let formatted = format(&text);
    formatted.strip_prefix("x = ").unwrap_or(&formatted).trim_end_matches('\n').to_owned()
}

fn tfvars(value: &Value) -> Result<String, CallError> {
    let wrong = "invalid value to encode: must be an object whose attribute names will become the encoded \
                 variable names";
    let variables = value.as_map().ok_or(wrong)?;
    let mut text = String::new();
    for (name, value) in variables {
        if !is_identifier(name) {
            return Err(format!("invalid variable name {name:?}: must be a valid identifier").into());
        }
        text.push_str(name);
        text.push_str(" = ");
        write_value(&mut text, value);
        text.push('\n');
    }
    Ok(format(&text))
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn write_value(out: &mut String, value: &Value) {
    match value.kind() {
        Kind::Null(_) | Kind::Unknown(..) => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::String(s) => write_string(out, s),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
            out.push('[');
            for (i, v) in vs.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write_value(out, v);
            }
            out.push(']');
        }
        Kind::Map(_, vs) | Kind::Object(vs) if vs.is_empty() => out.push_str("{}"),
        Kind::Map(_, vs) | Kind::Object(vs) => {
            out.push_str("{\n");
            for (name, v) in vs.iter() {
                if is_identifier(name) {
                    out.push_str(name)
                } else {
                    write_string(out, name)
                }
                out.push_str(" = ");
                write_value(out, v);
                out.push('\n');
            }
            out.push('}');
        }
    }
}

/// A quoted template that stands for `text`: the string as the language reads it back.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    write_string(&mut out, text);
    out
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => out.extend([c, c]),
            c if !is_printable(c) => {
                let code = u32::from(c);
                // Writing to a string cannot fail.
                let _ =
                    if code <= 0xffff { write!(out, "\\u{code:04x}") } else { write!(out, "\\U{code:08x}") };
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_printable(c: char) -> bool {
    let invisible = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..);
    c == ' ' || !(c.is_control() || c.is_whitespace() || invisible)
}

/// Nothing can be referred to in a file of variable values.
struct Constants(FunctionContext);

impl Scope for Constants {
    fn resolve(&self, _root: &str, span: Span, _steps: &[Step]) -> Resolved {
        let d = Diagnostic::error("Variables not allowed", "Variables may not be used here.");
        Resolved::Failed(vec![d.at(span)])
    }

    fn functions(&self) -> &FunctionContext {
        &self.0
    }

    fn functions_allowed(&self) -> bool {
        false
    }
}

fn decode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut sources = SourceMap::default();
    let file = sources.add("<decode_tfvars argument>", call.str(0));
    let (body, problems) = parse_file(&sources, file);
    if problems.has_errors() {
        return Err(format!("invalid tfvars syntax: {}", described(&sources, &problems)).into());
    }
    let (attributes, problems) = body.just_attributes();
    if problems.has_errors() {
        return Err(format!("invalid tfvars content: {}", described(&sources, &problems)).into());
    }
    let scope = Constants(call.context.clone());
    let mut values = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let outcome = evaluate(&attribute.expr, &scope);
        if outcome.diagnostics.has_errors() {
            let why = described(&sources, &outcome.diagnostics);
            return Err(format!("invalid expression for variable {:?}: {why}", &*attribute.name.name).into());
        }
        values.push((attribute.name.name.clone(), outcome.value));
    }
    Ok(Value::object(values))
}
