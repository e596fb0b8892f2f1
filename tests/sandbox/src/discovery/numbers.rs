//! The numbers of the words of enumerations: their places, unless `discovery/numbers.json` says otherwise.

use std::collections::HashMap;
use std::sync::LazyLock;

static EXCEPTIONS: LazyLock<HashMap<String, Vec<u64>>> = LazyLock::new(|| {
    let text = include_str!("../../discovery/numbers.json");
    serde_json::from_str(text).unwrap_or_default()
});

/// The number of a word, if the enumeration has it.
pub(crate) fn number_of(words: &[String], word: &str) -> Option<u64> {
    let place = words.iter().position(|known| known == word)?;
    match EXCEPTIONS.get(&words.join(",")) {
        Some(numbers) => numbers.get(place).copied(),
        None => u64::try_from(place).ok(),
    }
}

/// The word of a number, if the enumeration has it.
pub(crate) fn word_of(words: &[String], number: u64) -> Option<&str> {
    let place = match EXCEPTIONS.get(&words.join(",")) {
        Some(numbers) => numbers.iter().position(|known| *known == number)?,
        None => usize::try_from(number).ok()?,
    };
    words.get(place).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_number_of_its_own() {
        assert!(EXCEPTIONS.len() > 10, "{}", EXCEPTIONS.len());
        for (key, numbers) in EXCEPTIONS.iter() {
            let words: Vec<String> = key.split(',').map(str::to_owned).collect();
            assert_eq!(words.len(), numbers.len(), "{key}");
            for word in &words {
                let number = number_of(&words, word);
                assert_eq!(number.and_then(|number| word_of(&words, number)), Some(word.as_str()), "{key}");
            }
        }
    }

    #[test]
    fn words_without_exceptions_are_counted() {
        let words = ["NONE", "SOME"].map(str::to_owned);
        assert_eq!(
            (number_of(&words, "SOME"), word_of(&words, 0), word_of(&words, 2)),
            (Some(1), Some("NONE"), None)
        );
    }
}
