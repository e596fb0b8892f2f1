//! Prose: wrapped lines, rules, counted nouns.

/// `text` broken at spaces so that no line is longer than `width` columns where that is
/// possible. A width of 0 means 78.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let width = prose_width(width);
    let mut out = String::new();
    for (i, paragraph) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let mut column = 0;
        for word in paragraph.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                out.push('\n');
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
    }
    out
}

/// A horizontal line.
pub(crate) fn rule(width: usize) -> String {
    "─".repeat(prose_width(width).saturating_sub(1))
}

fn prose_width(width: usize) -> usize {
    if width == 0 { 78 } else { width.clamp(20, 100) }
}

/// `1 unchanged element`, `2 unchanged elements`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
