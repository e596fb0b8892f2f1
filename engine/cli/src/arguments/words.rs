//! Splitting text into words as a shell does, without expansions.

/// The words. Single quotes keep everything, double quotes keep all but `\"` and `\\`, a
/// backslash elsewhere keeps the next character.
pub(super) fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            quote @ ('\'' | '"') => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        None => return Err(format!("a closing {quote} is missing")),
                        Some(c) if c == quote => break,
                        Some('\\') if quote == '"' && matches!(chars.peek(), Some('"' | '\\')) => {
                            word.extend(chars.next());
                        }
                        Some(c) => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_are_split_as_by_a_shell() {
        for (text, words) in [
            ("", &[][..]),
            ("  -a   -b=1 ", &["-a", "-b=1"]),
            ("-var 'a=b c' \"d \\\"e\\\" \\n\"", &["-var", "a=b c", "d \"e\" \\n"]),
            ("a\\ b '' x'y'z", &["a b", "", "xyz"]),
        ] {
            assert_eq!(
                split(text).as_deref(),
                Ok(words.iter().map(|w| w.to_string()).collect::<Vec<_>>().as_slice())
            );
        }
        assert!(split("'a").is_err());
        assert!(split("\"a\\").is_err());
    }
}
