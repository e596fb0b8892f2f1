//! `format` and `formatlist`.

use super::Want::{Any, List, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, function, param};
use crate::eval::safe_prefix;
use std::sync::Arc;
use terrane_value::{Kind, Number, Refinement, Type, Value, convert, to_json_text};
use unicode_segmentation::UnicodeSegmentation;

pub(super) const TABLE: &[Function] = &[
    function("format", &[param("format", Text)], Returns::Is(Text), format)
        .rest(param("args", Any).null().unknown())
        .doc(
            "Text with values in place of verbs such as %s, %d, %q, %5.2f, %v.",
            "format(\"Hello, %s! %03d\", \"Ander\", 7)",
            "\"Hello, Ander! 007\"",
        ),
    function("formatlist", &[param("format", Text)], Returns::Is(List(&Text)), formatlist)
        .rest(param("args", Any).null().unknown())
        .doc(
            "A list of texts, one for each element of the lists among the arguments.",
            "formatlist(\"%s-%d\", \"a\", [1, 2])",
            "tolist([\"a-1\", \"a-2\"])",
        ),
];

/// A verb with its flags: `%-08.3[2]f`.
#[derive(Default)]
struct Verb<'a> {
    raw: &'a str,
    plus: bool,
    minus: bool,
    space: bool,
    sharp: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    argument: Option<usize>,
    verb: char,
}

fn format(call: &Call<'_>) -> Result<Value, CallError> {
    let format = call.str(0);
    if call.args.iter().any(|v| !v.is_wholly_known()) {
        let known = format.split('%').next().unwrap_or("");
        let prefix = safe_prefix(known);
        let refinement = Refinement {
            not_null: true,
            prefix: (!prefix.is_empty()).then(|| Arc::from(prefix)),
            ..Refinement::default()
        };
        return Ok(Value::unknown_refined(Type::String, refinement));
    }
    let args: Vec<&Value> = call.args[1..].iter().collect();
    render(format, &args).map(Value::string)
}

fn formatlist(call: &Call<'_>) -> Result<Value, CallError> {
    let result = |values: Vec<Value>| Ok(Value::list(Type::String, values));
    let unknown = || Ok(Value::unknown_refined(Type::list(Type::String), Refinement::not_null()));
    let is_list = |v: &Value| matches!(v.ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) && !v.is_null();
    let mut length: Option<(usize, usize)> = None;
    for (i, arg) in call.args.iter().enumerate().skip(1) {
        let no_order = matches!(arg.kind(), Kind::Set(..)) && !arg.is_wholly_known();
        if no_order
            || matches!(
                arg.kind(),
                Kind::Unknown(Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_), _)
            )
        {
            return unknown();
        }
        if !is_list(arg) {
            continue;
        }
        let n = call.elements(i).len();
        match length {
            None => length = Some((i, n)),
            Some((first, wanted)) if n != wanted => {
                let why = format!(
                    "argument {i} has length {n}, which is inconsistent with argument {first} of length {wanted}"
                );
                return Err(bad_argument(i, why));
            }
            Some(_) => {}
        }
    }
    let rows = length.map_or(1, |(_, n)| n);
    let mut texts = Vec::with_capacity(rows);
    for row in 0..rows {
        let args: Vec<&Value> = (1..call.args.len())
            .map(|i| if is_list(&call.args[i]) { &call.elements(i)[row] } else { &call.args[i] })
            .collect();
        if args.iter().any(|v| !v.is_wholly_known()) {
            texts.push(Value::unknown_refined(Type::String, Refinement::not_null()));
            continue;
        }
        match render(call.str(0), &args) {
            Ok(text) => texts.push(Value::string(text)),
            Err(CallError::Other(why)) => {
                return Err(format!("error on format iteration {row}: {why}").into());
            }
            Err(other) => return Err(other),
        }
    }
    result(texts)
}

fn render(format: &str, args: &[&Value]) -> Result<String, CallError> {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    let mut next = 0;
    let mut highest = 0;
    while let Some(start) = rest.find('%') {
        out.push_str(&rest[..start]);
        let at = format.len() - rest.len() + start;
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("%%") {
            out.push('%');
            rest = after;
            continue;
        }
        let verb = parse(rest, at)?;
        rest = &rest[verb.raw.len()..];
        let index = verb.argument.unwrap_or(next);
        next = index + 1;
        highest = highest.max(next);
        let Some(value) = args.get(index) else {
            return Err(format!(
                "not enough arguments for {:?} at {at}: need index {} but have {} total",
                verb.raw,
                index + 1,
                args.len()
            )
            .into());
        };
        let text = apply(&verb, value)
            .map_err(|why| format!("unsupported value for {:?} at {at}: {why}", verb.raw))?;
        out.push_str(&text);
    }
    out.push_str(rest);
    if highest < args.len() {
        let why = match highest {
            0 => "too many arguments; no verbs in format string".to_owned(),
            n => format!("too many arguments; only {n} used by format string"),
        };
        return Err(bad_argument(highest + 1, why));
    }
    Ok(out)
}

/// Reads the verb that `text` starts with.
fn parse(text: &str, at: usize) -> Result<Verb<'_>, CallError> {
    let mut verb = Verb::default();
    let mut chars = text.char_indices().skip(1).peekable();
    let number = |chars: &mut std::iter::Peekable<_>| {
        let mut n: usize = 0;
        let chars: &mut std::iter::Peekable<std::iter::Skip<std::str::CharIndices<'_>>> = chars;
        while let Some(d) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
            n = n.saturating_mul(10).saturating_add(d as usize);
            chars.next();
        }
        n.min(1 << 16)
    };
    while let Some((i, c)) = chars.peek().copied() {
        match c {
            '+' => verb.plus = true,
            '-' => verb.minus = true,
            ' ' => verb.space = true,
            '#' => verb.sharp = true,
            '0' => verb.zero = true,
            '1'..='9' => {
                verb.width = number(&mut chars);
                continue;
            }
            '.' => {
                chars.next();
                verb.precision = Some(number(&mut chars));
                continue;
            }
            '[' => {
                chars.next();
                let n = number(&mut chars);
                if n == 0 || chars.next().map(|(_, c)| c) != Some(']') {
                    return Err(format!("invalid argument index in {:?} at offset {at}", &text[..=i]).into());
                }
                verb.argument = Some(n - 1);
                continue;
            }
            c => {
                verb.raw = &text[..i + c.len_utf8()];
                verb.verb = c;
                if !"vtbdoxXeEfgGsq".contains(c) {
                    return Err(
                        format!("unsupported format verb {c:?} in {:?} at offset {at}", verb.raw).into()
                    );
                }
                return Ok(verb);
            }
        }
        chars.next();
    }
    Err(format!("invalid format string starting at offset {at}").into())
}

fn apply(verb: &Verb<'_>, value: &Value) -> Result<String, String> {
    if verb.verb != 'v' && value.is_null() {
        return Err("null value cannot be formatted".into());
    }
    let as_type = |ty: Type| convert(value, &ty).map_err(|e| e.message);
    match verb.verb {
        'v' => {
            let text = match value.kind() {
                Kind::String(s) if !verb.sharp => return Ok(padded(verb, s, true)),
                Kind::Bool(b) => b.to_string(),
                Kind::Number(n) if !verb.sharp => n.to_general(verb.precision),
                _ => to_json_text(value).map_err(|e| e.0)?,
            };
            Ok(padded(verb, &text, false))
        }
        't' => Ok(as_type(Type::Bool)?.as_bool().unwrap_or(false).to_string()),
        's' => Ok(padded(verb, as_type(Type::String)?.as_str().unwrap_or(""), true)),
        'q' => {
            let text = as_type(Type::String)?;
            let cut = truncated(verb, text.as_str().unwrap_or(""));
            let quoted = to_json_text(&Value::string(cut)).map_err(|e| e.0)?;
            Ok(padded(verb, &quoted, false))
        }
        _ => {
            let number = as_type(Type::Number)?;
            numeric(verb, number.as_number().unwrap_or(&Number::ZERO))
        }
    }
}

fn numeric(verb: &Verb<'_>, n: &Number) -> Result<String, String> {
    let magnitude = n.abs();
    let whole = |base: u32| magnitude.to_radix_text(base).ok_or_else(|| "an integer is required".to_owned());
    let (prefix, digits) = match verb.verb {
        'd' => ("", whole(10)?),
        'b' => ("0b", whole(2)?),
        'o' => ("0", whole(8)?),
        'x' => ("0x", whole(16)?),
        'X' => ("0X", whole(16)?.to_uppercase()),
        'e' => ("", magnitude.to_exponent(verb.precision.or(Some(6)))),
        'E' => ("", magnitude.to_exponent(verb.precision.or(Some(6))).to_uppercase()),
        'f' => ("", magnitude.to_fixed(verb.precision.or(Some(6)))),
        'g' => ("", magnitude.to_general(verb.precision)),
        _ => ("", magnitude.to_general(verb.precision).to_uppercase()),
    };
    let mut digits = digits;
    if "dboxX".contains(verb.verb)
        && let Some(least) = verb.precision
        && digits.len() < least
    {
        digits.insert_str(0, &"0".repeat(least - digits.len()));
    }
    let minus = if "eEfgG".contains(verb.verb) { n.has_minus() } else { n.is_negative() };
    let sign = match (minus, verb.plus, verb.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let lead = format!("{sign}{}", if verb.sharp { prefix } else { "" });
    let fill = verb.width.saturating_sub(lead.len() + digits.len());
    Ok(if verb.minus {
        format!("{lead}{digits}{}", " ".repeat(fill))
    } else if verb.zero {
        format!("{lead}{}{digits}", "0".repeat(fill))
    } else {
        format!("{}{lead}{digits}", " ".repeat(fill))
    })
}

/// The text cut to the verb's precision, in characters.
fn truncated<'t>(verb: &Verb<'_>, text: &'t str) -> &'t str {
    let cut = verb.precision.and_then(|n| text.grapheme_indices(true).nth(n));
    cut.map_or(text, |(at, _)| &text[..at])
}

/// The text padded to the verb's width.
fn padded(verb: &Verb<'_>, text: &str, cut: bool) -> String {
    let text = if cut && verb.verb == 's' { truncated(verb, text) } else { text };
    let fill = verb.width.saturating_sub(text.graphemes(true).count());
    if verb.minus {
        format!("{text}{}", " ".repeat(fill))
    } else {
        format!("{}{text}", if verb.zero { "0" } else { " " }.repeat(fill))
    }
}
