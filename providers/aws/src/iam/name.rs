//! Names that the provider makes up, and checks of those that users give.

use regex::Regex;
use terrane_sdk::{ApplyContext, Error, Value, validate};

/// The length of the made-up part of a name.
const UNIQUE: usize = 26;

/// What the names of objects may consist of: `name` is a `user name` or the like.
pub(crate) fn valid(longest: usize) -> impl Fn(&Value) -> Result<(), String> {
    let characters = validate::matches(r"^[\w+=,.@-]*$", "only have letters, digits and any of +=,.@-_");
    let length = validate::length(1..=longest);
    move |value| characters(value).and_then(|()| length(value))
}

/// A path: begins and ends with a slash.
pub(crate) fn valid_path(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(path) if !(path.starts_with('/') && path.ends_with('/') && path.len() <= 512) => {
            Err(format!("must begin and end with a slash and have at most 512 characters, got {path:?}."))
        }
        _ => Ok(()),
    }
}

/// A text that only this operation makes up, and makes up again when it is repeated.
pub(crate) fn unique(cx: &ApplyContext) -> String {
    let digits: String = cx.token.0.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits = format!("{digits:0>UNIQUE$}").to_ascii_lowercase();
    digits[digits.len() - UNIQUE..].to_owned()
}

/// The name to create an object with: as configured, or with the configured prefix.
pub(crate) fn chosen(name: Option<&str>, prefix: Option<&str>, cx: &ApplyContext) -> String {
    match (name.filter(|n| !n.is_empty()), prefix.filter(|p| !p.is_empty())) {
        (Some(name), _) => name.to_owned(),
        (None, prefix) => format!("{}{}", prefix.unwrap_or("terraform-"), unique(cx)),
    }
}

/// What `name` begins with, when the rest was made up.
pub(crate) fn prefix_of(name: &str) -> String {
    let split = name.len().checked_sub(UNIQUE).filter(|&at| name.is_char_boundary(at));
    let Some((prefix, rest)) = split.map(|at| name.split_at(at)) else { return String::new() };
    if rest.chars().all(|c| c.is_ascii_hexdigit()) { prefix.to_owned() } else { String::new() }
}

/// What the names of objects that are looked for match: everything, without a pattern.
pub(crate) fn pattern(pattern: Option<&str>) -> Result<impl Fn(&str) -> bool + use<>, Error> {
    let regex = pattern.filter(|text| !text.is_empty()).map(Regex::new).transpose();
    let regex = regex
        .map_err(|e| Error::new("Invalid regular expression", format!("{e}.")).attribute("name_regex"))?;
    Ok(move |name: &str| regex.as_ref().is_none_or(|regex| regex.is_match(name)))
}

/// A pattern for [`pattern`].
pub(crate) fn valid_pattern(value: &Value) -> Result<(), String> {
    match value.as_str().map(Regex::new) {
        Some(Err(error)) => Err(format!("is no regular expression: {error}.")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_sdk::OperationToken;

    #[test]
    fn names_come_from_the_token() {
        let cx = ApplyContext {
            token: OperationToken("2B7D9C0E-1111-4222-8333-444455556666".into()),
            write_only_changed: Vec::new(),
            repeated: false,
            timeout: None,
            config: Value::NULL,
        };
        assert_eq!(chosen(Some("a"), None, &cx), "a");
        assert_eq!(chosen(None, Some("p-"), &cx), "p-0e111142228333444455556666");
        assert_eq!(chosen(None, None, &cx), "terraform-0e111142228333444455556666");
        assert_eq!(prefix_of("p-0e111142228333444455556666"), "p-");
        assert_eq!(prefix_of("a"), "");
        assert_eq!(prefix_of("a-long-name-that-nobody-made-up"), "");
    }

    #[test]
    fn names_and_paths_are_checked() {
        for (name, ok) in [("a.b@c_d-e", true), ("", false), ("a b", false), ("abcdefghijk", false)] {
            assert_eq!(valid(10)(&Value::from(name)).is_ok(), ok, "{name:?}");
        }
        for (path, ok) in [("/", true), ("/a/b/", true), ("", false), ("/a", false), ("a/", false)] {
            assert_eq!(valid_path(&Value::from(path)).is_ok(), ok, "{path:?}");
        }
    }
}
