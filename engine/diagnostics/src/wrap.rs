//! Breaking text into lines.

use unicode_segmentation::UnicodeSegmentation;

/// The lines into which `line` breaks at spaces so that none is longer than `width` columns,
/// unless a single word is. A line that begins with white space is code or a list and stays
/// whole.
pub(crate) fn wrap(line: &str, width: usize) -> Vec<String> {
    if line.starts_with(char::is_whitespace) || line.is_empty() {
        return vec![line.trim_end().to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut columns = 0;
    for word in line.split(' ') {
        let length = word.graphemes(true).count();
        if columns > 0 && columns + 1 + length > width {
            lines.push(String::new());
            columns = 0;
        }
        let Some(last) = lines.last_mut() else { continue };
        if columns > 0 {
            last.push(' ');
            columns += 1;
        }
        last.push_str(word);
        columns += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_at_spaces() {
        for (line, width, want) in [
            ("", 5, vec![""]),
            ("a b c", 5, vec!["a b c"]),
            ("aa bb cc", 5, vec!["aa bb", "cc"]),
            ("toolong a", 3, vec!["toolong", "a"]),
            ("  code stays whole", 5, vec!["  code stays whole"]),
            ("éé éé", 5, vec!["éé éé"]),
        ] {
            assert_eq!(wrap(line, width), want, "{line}");
        }
    }
}
