//! Strings as the language writes them.

use std::fmt::Write as _;

/// `text` between quotes with everything escaped that could not stand there or could act on a
/// terminal. Interpolation markers are left alone: what is shown is the value, not its source.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => push_visible(&mut out, c),
        }
    }
    out.push('"');
    out
}

/// A line of text with control characters (tabs excepted) written as escapes.
pub(crate) fn visible(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if c == '\t' { out.push(c) } else { push_visible(&mut out, c) }
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    // Beside control characters, those that change the direction of text or have no width can
    // make a plan look like another one.
    let deceptive =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    match c {
        '\r' => out.push_str("\\r"),
        c if c.is_control() || deceptive => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => out.push(c),
    }
}

/// Whether `name` can stand in the language without quotes.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// An object's attribute name: bare when it can be.
pub(crate) fn key(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { quote(name) }
}

#[cfg(test)]
mod tests {
    use super::{key, quote, visible};

    #[test]
    fn escapes_what_terminals_would_act_on() {
        for (text, want) in [
            ("plain", r#""plain""#),
            ("say \"hi\"\n\tx\\", r#""say \"hi\"\n\tx\\""#),
            ("${x}", r#""${x}""#),
            ("\u{1b}[31m", r#""\u001b[31m""#),
            ("a\u{202e}b", r#""a\u202eb""#),
            ("é", r#""é""#),
        ] {
            assert_eq!(quote(text), want);
        }
        assert_eq!(visible("a\tb\r"), "a\tb\\r");
        assert_eq!(key("a-b_1"), "a-b_1");
        assert_eq!(key("1a"), "\"1a\"");
        assert_eq!(key("a b"), "\"a b\"");
        assert_eq!(key(""), "\"\"");
    }
}
