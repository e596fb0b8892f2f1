//! Checks on values, for `#[attr(validate = ...)]`.

use regex::Regex;
use std::ops::RangeInclusive;
use std::sync::OnceLock;
use terrane_value::Value;

/// One of these texts.
pub fn one_of(allowed: &'static [&'static str]) -> impl Fn(&Value) -> Result<(), String> {
    move |value| match value.as_str() {
        Some(text) if !allowed.contains(&text) => {
            let quoted: Vec<String> = allowed.iter().map(|a| format!("{a:?}")).collect();
            Err(format!("expected one of {}, got {text:?}.", quoted.join(", ")))
        }
        _ => Ok(()),
    }
}

/// A text of so many characters, or a collection of so many elements.
pub fn length(range: RangeInclusive<usize>) -> impl Fn(&Value) -> Result<(), String> {
    move |value| {
        let (count, of) = match (value.as_str(), value.as_slice(), value.as_map()) {
            (Some(text), ..) => (text.chars().count(), "characters"),
            (_, Some(elements), _) => (elements.len(), "elements"),
            (.., Some(elements)) => (elements.len(), "elements"),
            _ => return Ok(()),
        };
        if range.contains(&count) {
            return Ok(());
        }
        Err(format!("expected {} to {} {of}, got {count}.", range.start(), range.end()))
    }
}

/// A number in this range.
pub fn between(range: RangeInclusive<i64>) -> impl Fn(&Value) -> Result<(), String> {
    move |value| match value.as_number().map(|n| (n.to_i64(), n)) {
        Some((Some(n), _)) if range.contains(&n) => Ok(()),
        Some((_, n)) => Err(format!("expected a number from {} to {}, got {n}.", range.start(), range.end())),
        None => Ok(()),
    }
}

/// A text that matches the regular expression; `wanted` says in words what that is, to follow
/// "must": `only have letters, digits and hyphens`.
pub fn matches(pattern: &'static str, wanted: &'static str) -> impl Fn(&Value) -> Result<(), String> {
    // Most validators of a run are never asked, and a compiled expression is large.
    let regex = OnceLock::new();
    move |value| match (value.as_str(), regex.get_or_init(|| Regex::new(pattern))) {
        (_, Err(_)) => Err(format!("the pattern {pattern:?} of the provider is invalid.")),
        (Some(text), Ok(regex)) if !regex.is_match(text) => Err(format!("must {wanted}, got {text:?}.")),
        _ => Ok(()),
    }
}

/// A JSON document.
pub fn json(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Ok(()) };
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("contains an invalid JSON document: {error}.")),
    }
}

/// Each element of a list, set or map passes `check`; unknown and null elements are skipped.
pub fn each(check: impl Fn(&Value) -> Result<(), String>) -> impl Fn(&Value) -> Result<(), String> {
    move |value| {
        let list = value.as_slice().unwrap_or_default().iter();
        let map = value.as_map().into_iter().flat_map(|m| m.values());
        list.chain(map).filter(|v| v.is_known() && !v.is_null()).try_for_each(&check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_accept_and_refuse() {
        let text = |s: &str| Value::from(s);
        let ok: [(&str, Result<(), String>, bool); 11] = [
            ("one_of", one_of(&["a", "b"])(&text("a")), true),
            ("one_of", one_of(&["a", "b"])(&text("c")), false),
            ("length", length(1..=2)(&text("äö")), true),
            ("length", length(1..=2)(&text("")), false),
            ("between", between(1..=10)(&Value::from(10)), true),
            ("between", between(1..=10)(&Value::from(11)), false),
            ("matches", matches("^[a-z]+$", "be lower case")(&text("abc")), true),
            ("matches", matches("^[a-z]+$", "be lower case")(&text("Abc")), false),
            ("json", json(&text("{}")), true),
            ("json", json(&text("{")), false),
            (
                "each",
                each(one_of(&["a"]))(&Value::list(terrane_value::Type::String, [text("a"), text("b")])),
                false,
            ),
        ];
        for (name, result, want) in ok {
            assert_eq!(result.is_ok(), want, "{name}: {result:?}");
        }
    }
}
