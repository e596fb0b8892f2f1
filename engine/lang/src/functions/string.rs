//! Strings.

use super::Want::{List, Number, String as Text};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use crate::pattern;
use regex::{Captures, Regex};
use terrane_value::{Kind, Type, Value};
use unicode_segmentation::UnicodeSegmentation;

const TEXT: Returns = Returns::Is(Text);
const STR: &[Param] = &[param("str", Text)];

pub(super) const TABLE: &[Function] = &[
    function("chomp", STR, TEXT, |c| Ok(Value::string(c.str(0).trim_end_matches(['\r', '\n'])))).doc(
        "The text without line ends at its end.",
        "chomp(\"hello\\n\")",
        "\"hello\"",
    ),
    function("endswith", &[param("str", Text), param("suffix", Text)], Returns::Is(super::Want::Bool), |c| {
        Ok(Value::from(c.str(0).ends_with(c.str(1))))
    })
    .doc("Whether a text ends with another.", "endswith(\"main.tf\", \".tf\")", "true"),
    function("indent", &[param("spaces", Number), param("str", Text)], TEXT, indent).doc(
        "The text with all lines but the first indented.",
        "indent(2, \"a\\nb\")",
        "\"a\\n  b\"",
    ),
    function("join", &[param("separator", Text)], TEXT, join)
        .rest(param("lists", List(&Text)))
        .doc("The strings of all lists with a separator between them.", "join(\", \", [\"a\", \"b\"])", "\"a, b\""),
    function("lower", STR, TEXT, |c| Ok(Value::string(map_chars(c.str(0), lower)))).doc(
        "The text in lower case.",
        "lower(\"HELLO\")",
        "\"hello\"",
    ),
    function("regex", &[param("pattern", Text), param("string", Text)], Returns::By(match_type), regex).doc(
        "The first match of a regular expression: the text, or its groups as a tuple or (when they have names) \
         an object.",
        "regex(\"([a-z]+)(\\\\d+)\", \"ab12\")",
        "[\"ab\", \"12\"]",
    ),
    function("regexall", &[param("pattern", Text), param("string", Text)], Returns::By(matches_type), regexall)
        .doc("All matches of a regular expression.", "regexall(\"\\\\d\", \"a1b2\")", "tolist([\"1\", \"2\"])"),
    function("replace", &[param("str", Text), param("substr", Text), param("replace", Text)], TEXT, replace)
        .doc(
            "The text with every occurrence of a text, or match of a /regular expression/, replaced.",
            "replace(\"1 + 2 + 3\", \"/\\\\d/\", \"n\")",
            "\"n + n + n\"",
        ),
    function("split", &[param("separator", Text), param("str", Text)], Returns::Is(List(&Text)), split).doc(
        "The parts of a text between separators.",
        "split(\",\", \"a,b\")",
        "tolist([\"a\", \"b\"])",
    ),
    function("startswith", &[param("str", Text).unknown(), param("prefix", Text)], Returns::Is(super::Want::Bool), starts_with)
        .doc("Whether a text starts with another.", "startswith(\"hello\", \"he\")", "true"),
    function("strcontains", &[param("str", Text), param("substr", Text)], Returns::Is(super::Want::Bool), |c| {
        Ok(Value::from(c.str(0).contains(c.str(1))))
    })
    .doc("Whether a text contains another.", "strcontains(\"hello\", \"ell\")", "true"),
    function("strrev", STR, TEXT, |c| {
        Ok(Value::string(c.str(0).graphemes(true).rev().collect::<String>()))
    })
    .doc("The characters of a text in reverse order.", "strrev(\"hello\")", "\"olleh\""),
    function("substr", &[param("str", Text), param("offset", Number), param("length", Number)], TEXT, substr).doc(
        "A part of a text by its offset and length in characters; a negative offset counts from the end.",
        "substr(\"hello world\", -5, -1)",
        "\"world\"",
    ),
    function("title", STR, TEXT, |c| Ok(Value::string(title(c.str(0))))).doc(
        "The text with the first letter of each word in upper case.",
        "title(\"hello world\")",
        "\"Hello World\"",
    ),
    function("trim", &[param("str", Text), param("cutset", Text)], TEXT, |c| {
        Ok(Value::string(c.str(0).trim_matches(|x| c.str(1).contains(x))))
    })
    .doc("The text without any of these characters at its ends.", "trim(\"?!hello?!\", \"!?\")", "\"hello\""),
    function("trimprefix", &[param("str", Text), param("prefix", Text)], TEXT, |c| {
        Ok(Value::string(c.str(0).strip_prefix(c.str(1)).unwrap_or(c.str(0))))
    })
    .doc("The text without a prefix.", "trimprefix(\"helloworld\", \"hello\")", "\"world\""),
    function("trimspace", STR, TEXT, |c| Ok(Value::string(c.str(0).trim()))).doc(
        "The text without white space at its ends.",
        "trimspace(\" hello\\n\")",
        "\"hello\"",
    ),
    function("trimsuffix", &[param("str", Text), param("suffix", Text)], TEXT, |c| {
        Ok(Value::string(c.str(0).strip_suffix(c.str(1)).unwrap_or(c.str(0))))
    })
    .doc("The text without a suffix.", "trimsuffix(\"helloworld\", \"world\")", "\"hello\""),
    function("upper", STR, TEXT, |c| Ok(Value::string(map_chars(c.str(0), upper)))).doc(
        "The text in upper case.",
        "upper(\"hello\")",
        "\"HELLO\"",
    ),
];

fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => match c {
            // Greek vowels with a small iota have one capital character of their own.
            '\u{1f80}'..='\u{1faf}' => char::from_u32(u32::from(c) | 8).unwrap_or(c),
            '\u{1fb3}' => '\u{1fbc}',
            '\u{1fc3}' => '\u{1fcc}',
            '\u{1ff3}' => '\u{1ffc}',
            _ => c,
        },
    }
}

/// The character that starts a word: of letters that are two, only the first one is large.
fn title_case(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10ff}' => c,
        _ => upper(c),
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Each character mapped on its own: texts keep their number of characters.
fn map_chars(text: &str, map: fn(char) -> char) -> String {
    text.chars().map(map).collect()
}

fn title(text: &str) -> String {
    let mut after_separator = true;
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        result.push(if after_separator { title_case(c) } else { c });
        after_separator = if c.is_ascii() {
            !(c.is_ascii_alphanumeric() || c == '_')
        } else {
            !c.is_alphanumeric() && c.is_whitespace()
        };
    }
    result
}

fn indent(call: &Call<'_>) -> Result<Value, CallError> {
    let spaces = usize::try_from(call.int(0)?)
        .ok()
        .filter(|n| *n <= 10_000)
        .ok_or_else(|| bad_argument(0, "the number of spaces must be between 0 and 10000"))?;
    Ok(Value::string(call.str(1).replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn join(call: &Call<'_>) -> Result<Value, CallError> {
    if call.args.len() < 2 {
        return Err("at least one list is required".into());
    }
    if call.args.iter().any(|v| !v.is_wholly_known()) {
        return Ok(Value::unknown_refined(Type::String, terrane_value::Refinement::not_null()));
    }
    let mut parts = Vec::new();
    for list in 1..call.args.len() {
        for (i, element) in call.elements(list).iter().enumerate() {
            let Some(text) = element.as_str() else {
                let which =
                    if call.args.len() > 2 { format!(" of list {}", list - 1) } else { String::new() };
                let why = format!("element {i}{which} is null; cannot concatenate null values");
                return Err(bad_argument(list, why));
            };
            parts.push(text);
        }
    }
    Ok(Value::string(parts.join(call.str(0))))
}

fn split(call: &Call<'_>) -> Result<Value, CallError> {
    let (separator, text) = (call.str(0), call.str(1));
    let part = |s: &str| Value::string(s);
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| part(c.encode_utf8(&mut [0; 4]))).collect()
    } else {
        text.split(separator).map(part).collect()
    };
    Ok(Value::list(Type::String, parts))
}

/// Of a text that is known in part, the known part may be enough.
fn starts_with(call: &Call<'_>) -> Result<Value, CallError> {
    let prefix = call.str(1);
    let Kind::Unknown(_, refinement) = call.args[0].kind() else {
        return Ok(Value::from(call.str(0).starts_with(prefix)));
    };
    let known = refinement.as_ref().and_then(|r| r.prefix.as_deref()).unwrap_or("");
    if known.starts_with(prefix) {
        return Ok(Value::TRUE);
    }
    if !prefix.starts_with(known) {
        return Ok(Value::FALSE);
    }
    Ok(Value::unknown_refined(Type::Bool, terrane_value::Refinement::not_null()))
}

fn substr(call: &Call<'_>) -> Result<Value, CallError> {
    let (text, offset, length) = (call.str(0), call.int(1)?, call.int(2)?);
    let skip = if offset < 0 {
        text.graphemes(true)
            .count()
            .saturating_sub(usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX))
    } else {
        usize::try_from(offset).unwrap_or(usize::MAX)
    };
    // From an offset at the end, no length at all is the rest of the text, as a negative one is.
    let take = match usize::try_from(length) {
        Ok(0) if offset < 0 => usize::MAX,
        Ok(length) => length,
        Err(_) => usize::MAX,
    };
    Ok(Value::string(text.graphemes(true).skip(skip).take(take).collect::<String>()))
}

fn replace(call: &Call<'_>) -> Result<Value, CallError> {
    let (text, search, with) = (call.str(0), call.str(1), call.str(2));
    let inner = search.strip_prefix('/').and_then(|s| s.strip_suffix('/'));
    Ok(Value::string(match inner {
        Some(inner) => {
            let regex = pattern::compile(inner).map_err(|e| format!("error parsing regexp: {e}"))?;
            regex.replace_all(text, with).into_owned()
        }
        None => text.replace(search, with),
    }))
}

fn compile(call: &Call<'_>) -> Result<Regex, CallError> {
    let regex =
        pattern::compile(call.str(0)).map_err(|e| bad_argument(0, format!("invalid regexp pattern: {e}")))?;
    let names = regex.capture_names().skip(1).filter(Option::is_some).count();
    if names > 0 && names < regex.captures_len() - 1 {
        let why = "invalid regexp pattern: cannot mix both named and unnamed capture groups";
        return Err(bad_argument(0, why));
    }
    Ok(regex)
}

/// What a match gives, by the groups of the pattern.
fn type_of_match(regex: &Regex) -> Type {
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    match names.first() {
        None => Type::String,
        Some(None) => Type::tuple(names.iter().map(|_| Type::String)),
        Some(Some(_)) => Type::object(names.iter().flatten().map(|n| (*n, Type::String))),
    }
}

fn match_type(args: &[Value]) -> Result<Type, CallError> {
    let Some(pattern) = args[0].as_str() else { return Ok(Type::Dynamic) };
    let regex =
        pattern::compile(pattern).map_err(|e| bad_argument(0, format!("invalid regexp pattern: {e}")))?;
    Ok(type_of_match(&regex))
}

fn matches_type(args: &[Value]) -> Result<Type, CallError> {
    match_type(args).map(Type::list)
}

fn captured(regex: &Regex, found: &Captures<'_>) -> Value {
    let group = |i: usize| found.get(i).map_or(Value::null(Type::String), |m| Value::string(m.as_str()));
    match type_of_match(regex) {
        Type::Tuple(types) => Value::tuple((1..=types.len()).map(group)),
        Type::Object(_) => Value::object(
            regex.capture_names().enumerate().filter_map(|(i, name)| name.map(|name| (name, group(i)))),
        ),
        _ => group(0),
    }
}

fn regex(call: &Call<'_>) -> Result<Value, CallError> {
    let regex = compile(call)?;
    match regex.captures(call.str(1)) {
        Some(found) => Ok(captured(&regex, &found)),
        None => Err("pattern did not match any part of the given string".into()),
    }
}

fn regexall(call: &Call<'_>) -> Result<Value, CallError> {
    let regex = compile(call)?;
    let all: Vec<Value> = regex.captures_iter(call.str(1)).map(|found| captured(&regex, &found)).collect();
    Ok(Kind::List(type_of_match(&regex), all.into()).into())
}
