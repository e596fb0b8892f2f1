//! Regular expressions with the syntax of RE2.

use regex::Regex;

/// Compiles a pattern in RE2 syntax. The error is one line.
pub(crate) fn compile(pattern: &str) -> Result<Regex, String> {
    repetitions_are_valid(pattern)?;
    Regex::new(&translate(pattern)).map_err(|e| {
        let text = e.to_string();
        text.lines().last().map_or_else(String::new, |l| l.trim_start_matches("error: ").to_owned())
    })
}

/// `pattern` in the syntax of the `regex` crate: there `\d`, `\w`, `\s` and `\b` know more than
/// ASCII, brackets nest and have set operations, and braces are always a repetition.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (text, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            out.push_str(&regex::escape(text));
            rest = after;
            continue;
        }
        if c == '\\' {
            let Some(escaped) = rest[1..].chars().next() else {
                out.push('\\');
                break;
            };
            rest = &rest[1 + escaped.len_utf8()..];
            if matches!(escaped, 'p' | 'P' | 'x') && rest.starts_with('{') {
                let end = rest.find('}').map_or(rest.len(), |i| i + 1);
                out.push_str(&braced(escaped, &rest[..end]));
                rest = &rest[end..];
                continue;
            }
            match (class(escaped), in_class) {
                (Some((class, false)), true) => out.push_str(class),
                (Some((class, false)), false) => out.push_str(&format!("[{class}]")),
                (Some((class, true)), _) => out.push_str(&format!("[^{class}]")),
                (None, false) if escaped == 'b' => out.push_str("(?-u:\\b)"),
                (None, false) if escaped == 'B' => out.push_str("(?-u:\\B)"),
                // There they are boundaries of words.
                (None, _) if matches!(escaped, '<' | '>') => out.push(escaped),
                (None, _) => {
                    out.push('\\');
                    out.push(escaped);
                }
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '[' if in_class && rest.starts_with(':') => {
                let end = rest.find(":]").map_or(0, |i| i + 2);
                out.push('[');
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                out.push('[');
                for first in ['^', ']'] {
                    if let Some(after) = rest.strip_prefix(first) {
                        out.push_str(if first == ']' { "\\]" } else { "^" });
                        rest = after;
                    }
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '-' if in_class && rest.starts_with('-') => {
                out.push_str("-\\-");
                rest = &rest[1..];
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '{' if !in_class && !is_repetition(rest) => out.push_str("\\{"),
            c => out.push(c),
        }
    }
    out
}

/// An escape with an argument in braces; `\p{^Greek}` is everything but Greek.
fn braced(escaped: char, argument: &str) -> String {
    match (escaped, argument.strip_prefix("{^")) {
        ('p', Some(rest)) => format!("\\P{{{rest}"),
        ('P', Some(rest)) => format!("\\p{{{rest}"),
        _ => format!("\\{escaped}{argument}"),
    }
}

/// Refuses what the crate would take for something else: a repetition of a repetition (`a++`),
/// and more than a thousand repetitions, at any one place.
fn repetitions_are_valid(pattern: &str) -> Result<(), String> {
    let mut rest = pattern;
    let mut in_class = false;
    let mut last: Option<&str> = None;
    while let Some(c) = rest.chars().next() {
        let mut repeated = None;
        let mut taken = c.len_utf8();
        match c {
            '\\' => {
                if let Some(quoted) = rest.strip_prefix("\\Q") {
                    taken = quoted.find("\\E").map_or(rest.len(), |i| i + 4);
                } else {
                    taken += rest[1..].chars().next().map_or(0, char::len_utf8);
                    if matches!(rest.as_bytes().get(1), Some(b'p' | b'P' | b'x'))
                        && rest[taken..].starts_with('{')
                    {
                        taken = rest.find('}').map_or(rest.len(), |i| i + 1);
                    }
                }
            }
            '[' if !in_class => {
                in_class = true;
                taken += usize::from(rest[taken..].starts_with('^'));
                taken += usize::from(rest[taken..].starts_with(']'));
            }
            '[' if rest[1..].starts_with(':') => taken = rest.find(":]").map_or(taken, |i| i + 2),
            ']' => in_class = false,
            '*' | '+' | '?' if !in_class => repeated = Some(taken),
            '{' if !in_class && is_repetition(&rest[1..]) => {
                taken = rest.find('}').map_or(rest.len(), |i| i + 1);
                let counts = rest[1..taken].trim_end_matches('}').split(',');
                if counts.filter(|n| !n.is_empty()).any(|n| n.parse::<u32>().is_ok_and(|n| n > 1000)) {
                    return Err(format!("invalid repeat count: `{}`", &rest[..taken]));
                }
                repeated = Some(taken);
            }
            // `(?` starts a group with flags or a name.
            '(' if rest[1..].starts_with('?') => taken = 2,
            _ => {}
        }
        if let Some(length) = repeated {
            if let Some(before) = last {
                let both = &before[..before.len() - rest.len() + length];
                return Err(format!("invalid nested repetition operator: `{both}`"));
            }
            // A repetition that prefers fewer.
            taken += usize::from(rest[taken..].starts_with('?'));
            last = Some(rest);
        } else {
            last = None;
        }
        rest = &rest[taken..];
    }
    Ok(())
}

/// The ASCII class that an escape stands for, and whether it is negated.
fn class(escaped: char) -> Option<(&'static str, bool)> {
    let class = match escaped.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\t\\n\\x0C\\r ",
        _ => return None,
    };
    Some((class, escaped.is_ascii_uppercase()))
}

/// Whether what follows an opening brace makes it a repetition: `3}`, `3,}`, `3,5}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let (min, max) = inside.split_once(',').unwrap_or((inside, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    !min.is_empty() && digits(min) && digits(max)
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn patterns_mean_what_re2_says() {
        for (pattern, text, want) in [
            (r"\d+", "a٣12", Some("12")),
            (r"[\d_]+", "x1_2", Some("1_2")),
            (r"[^\W]+", "é.ab", Some("ab")),
            (r"\bfoo\b", "a foo b", Some("foo")),
            (r"{x}", "a{x}", Some("{x}")),
            (r"a{2}", "aaa", Some("aa")),
            (r"a{2,}", "aaa", Some("aaa")),
            (r"[[:alpha:]]+", "12ab", Some("ab")),
            (r"[[]", "a[", Some("[")),
            (r"[]a]+", "x]a", Some("]a")),
            (r"[a&&b]+", "&", Some("&")),
            (r"\Qa.b\E+", "a.bb", Some("a.bb")),
            (r"(?i)ABC", "xabc", Some("abc")),
            (r"[^]a]", "]ab", Some("b")),
            (r"é", "é", Some("é")),
            (r"\p{Greek}+", "abγδ", Some("γδ")),
            (r"\p{^Greek}+", "γab", Some("ab")),
            (r"[\p{Lu}\d]+", "aB1", Some("B1")),
            (r"\x{e9}", "é", Some("é")),
            (r"\<a\>", "<a>", Some("<a>")),
            (r"[+--]+", "a,-", Some(",-")),
            (r"(?:a+)+?", "aa", Some("aa")),
            (r"a+?b??", "ab", Some("a")),
            (r"\+*[*+]+", "+*+", Some("+*+")),
        ] {
            let regex = compile(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
            assert_eq!(regex.find(text).map(|m| m.as_str()), want, "{pattern}");
        }
        for pattern in ["(", "a**", "a++", "a+?*", "a{2}{3}", "a{1001}", "a{2,}+", "[a", r"\p{nope}", "\\"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
