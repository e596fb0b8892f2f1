//! Pieces of Markdown: text that is none, code, and differences.

/// The change with the signs where renderings of differences look for them: at the beginning of lines.
pub(crate) fn diff(change: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match text.as_bytes().first() {
            Some(b'+') => format!("+{}{}", " ".repeat(indent), &text[1..]),
            Some(b'-') => format!("-{}{}", " ".repeat(indent), &text[1..]),
            Some(b'~') => format!("!{}{}", " ".repeat(indent), &text[1..]),
            _ => line.to_owned(),
        }
    };
    change.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A fence that is longer than any in the text.
pub(crate) fn fence(text: &str) -> String {
    let (mut longest, mut run) = (2, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest + 1)
}

/// Text in which nothing is markup.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Text as code in a line.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = fence(&text);
    let ticks = if text.contains('`') { fence.as_str() } else { "`" };
    let space = if text.contains('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(quoted("a|b <img> [x](y) @team\n# c"), "a\\|b &lt;img> \\[x\\](y) \\@team \\# c");
        assert_eq!(code("a`b"), "``` a`b ```");
        assert_eq!(fence("````"), "`````");
    }

    #[test]
    fn signs_stand_at_the_beginning_of_lines() {
        assert_eq!(
            diff("  # x\n  ~ resource {\n      + a = 1\n      - b = 2\n    }"),
            "  # x\n!   resource {\n+       a = 1\n-       b = 2\n    }"
        );
    }
}
