//! Base64, JSON, CSV, URLs and text encodings.

use super::Want::{Any, String as Text};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use std::borrow::Cow;
use std::sync::Arc;
use terrane_value::{Kind, Refinement, Type, Value, from_json, nested_json, to_json_text};

mod charset;

const STR: &[Param] = &[param("str", Text)];
const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function("base64decode", STR, TEXT, base64decode).doc(
        "The UTF-8 text that a Base64 text encodes.",
        "base64decode(\"SGVsbG8=\")",
        "\"Hello\"",
    ),
    function("base64encode", STR, TEXT, |c| Ok(Value::string(STANDARD.encode(c.str(0))))).doc(
        "The Base64 encoding of a text in UTF-8.",
        "base64encode(\"Hello\")",
        "\"SGVsbG8=\"",
    ),
    function("csvdecode", STR, Returns::Is(Any), csvdecode).doc(
        "A list of objects from CSV text whose first line has the names of the attributes.",
        "csvdecode(\"a,b\\n1,2\\n\")",
        "tolist([{ a = \"1\", b = \"2\" }])",
    ),
    function("jsondecode", &[param("str", Text).unknown()], Returns::Is(Any), jsondecode).nullable().doc(
        "The value that JSON text stands for.",
        "jsondecode(\"{\\\"a\\\":[1,true]}\")",
        "{ a = [1, true] }",
    ),
    function("jsonencode", &[param("val", Any).null().unknown()], TEXT, jsonencode).doc(
        "A value as JSON text.",
        "jsonencode({ a = [1, true] })",
        "\"{\\\"a\\\":[1,true]}\"",
    ),
    function("textdecodebase64", &[param("source", Text), param("encoding", Text)], TEXT, charset::decode)
        .doc(
            "The text that a Base64 text encodes in a character encoding.",
            "textdecodebase64(\"SABpAA==\", \"UTF-16LE\")",
            "\"Hi\"",
        ),
    function("textencodebase64", &[param("string", Text), param("encoding", Text)], TEXT, charset::encode)
        .doc(
            "The Base64 encoding of a text in a character encoding.",
            "textencodebase64(\"Hi\", \"UTF-16LE\")",
            "\"SABpAA==\"",
        ),
    function("urldecode", STR, TEXT, urldecode).doc(
        "The text that a part of a URL's query encodes.",
        "urldecode(\"a+b%2F%C3%BC\")",
        "\"a b/ü\"",
    ),
    function("urlencode", STR, TEXT, urlencode).doc(
        "A text as part of a URL's query.",
        "urlencode(\"a b/ü\")",
        "\"a+b%2F%C3%BC\"",
    ),
];

/// The bytes that a Base64 text encodes; line ends in it, and bits of the last character that no byte needs, are ignored.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    LENIENT.decode(text).ok()
}

fn base64decode(call: &Call<'_>) -> Result<Value, CallError> {
    let bytes =
        decode(call.str(0)).ok_or_else(|| format!("failed to decode base64 data {:?}", call.str(0)))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| "the result of decoding the provided string is not valid UTF-8")?;
    Ok(Value::string(text))
}

fn jsonencode(call: &Call<'_>) -> Result<Value, CallError> {
    let value = &call.args[0];
    if !value.is_wholly_known() {
        let prefix = match value.kind() {
            Kind::Object(_) | Kind::Map(..) => Some("{"),
            Kind::Tuple(_) | Kind::List(..) | Kind::Set(..) => Some("["),
            Kind::Unknown(ty, _) if value.is_definitely_not_null() => match ty {
                Type::Object(_) | Type::Map(_) => Some("{"),
                Type::Tuple(_) | Type::List(_) | Type::Set(_) => Some("["),
                Type::String => Some("\""),
                _ => None,
            },
            _ => None,
        };
        let refinement =
            Refinement { not_null: true, prefix: prefix.map(Arc::from), ..Refinement::default() };
        return Ok(Value::unknown_refined(Type::String, refinement));
    }
    to_json_text(value).map(Value::string).map_err(|e| e.0.into())
}

fn jsondecode(call: &Call<'_>) -> Result<Value, CallError> {
    if let Kind::Unknown(_, known) = call.args[0].kind() {
        let start = known.as_deref().and_then(|r| r.prefix.as_deref()).unwrap_or_default().trim_start();
        return Ok(Value::unknown(match start.chars().next() {
            None | Some('{' | '[' | 'n') => Type::Dynamic,
            Some('"') => Type::String,
            Some('t' | 'f') => Type::Bool,
            Some('-' | '0'..='9') => Type::Number,
            Some(c) => {
                return Err(bad_argument(
                    0,
                    format!("a JSON document cannot begin with the character {c:?}"),
                ));
            }
        }));
    }
    let text = whole_surrogates(call.str(0));
    let json: serde_json::Value =
        nested_json(&text).map_err(|e| format!("the text is not valid JSON: {e}"))?;
    Ok(from_json(&json))
}

/// The JSON text with the escape of U+FFFD in place of escapes of half a character.
fn whole_surrogates(text: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(&text[copied..at]);
                out.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            // Whatever is escaped, it is no escape itself.
            _ => at = text.len().min(at + 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8)),
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

fn urlencode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut encoded = String::new();
    for byte in call.str(0).bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    Ok(Value::string(encoded))
}

fn urldecode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut bytes = Vec::new();
    let mut rest = call.str(0).bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
                let code = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                let wrong = || format!("failed to decode URL {:?}: invalid URL escape", call.str(0));
                bytes.push(code.ok_or_else(wrong)?);
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| "the result of decoding the provided string is not valid UTF-8")?;
    Ok(Value::string(text))
}

fn csvdecode(call: &Call<'_>) -> Result<Value, CallError> {
    let mut rows = csv_rows(call.str(0))?.into_iter();
    let Some((_, header)) = rows.next() else { return Err("missing header line".into()) };
    for (i, name) in header.iter().enumerate() {
        if header[..i].contains(name) {
            return Err(format!("duplicate column name {name:?}").into());
        }
    }
    let ty = Type::object(header.iter().map(|name| (name.as_str(), Type::String)));
    let mut objects = Vec::new();
    for (line, row) in rows {
        if row.len() != header.len() {
            return Err(format!("CSV parse error on line {line}: wrong number of fields").into());
        }
        objects
            .push(Value::object(header.iter().map(String::as_str).zip(row.into_iter().map(Value::string))));
    }
    Ok(Value::list(ty, objects))
}

/// The rows of a CSV text (RFC 4180), each with the number of its first line. Empty lines are no
/// rows.
fn csv_rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, CallError> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut line = 1;
    let error = |line: usize, why: &str| Err(format!("CSV parse error on line {line}: {why}").into());
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            rest = after;
            line += 1;
            continue;
        }
        let first_line = line;
        let mut row = Vec::new();
        loop {
            let mut field = String::new();
            if let Some(mut quoted) = rest.strip_prefix('"') {
                loop {
                    let Some(end) = quoted.find('"') else {
                        return error(line, "extraneous or missing \" in quoted-field");
                    };
                    let (part, after) = (&quoted[..end], &quoted[end + 1..]);
                    line += part.matches('\n').count();
                    field.push_str(&part.replace("\r\n", "\n"));
                    if let Some(after) = after.strip_prefix('"') {
                        field.push('"');
                        quoted = after;
                    } else {
                        rest = after;
                        break;
                    }
                }
            } else {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                let part = rest[..end].trim_end_matches('\r');
                if part.contains('"') {
                    return error(line, "bare \" in non-quoted-field");
                }
                field.push_str(part);
                rest = &rest[end..];
            }
            row.push(field);
            if let Some(after) = rest.strip_prefix(',') {
                rest = after;
            } else if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
                rest = after;
                line += 1;
                break;
            } else if rest.is_empty() {
                break;
            } else {
                return error(line, "extraneous or missing \" in quoted-field");
            }
        }
        rows.push((first_line, row));
    }
    Ok(rows)
}
