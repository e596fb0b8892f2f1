//! Valid texts with random damage: the parser and the formatter must survive all of it.

use proptest::prelude::*;
use std::path::Path;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_syntax::*;

/// The texts that fuzzing starts from, too.
pub(crate) fn seeds() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds");
    let entries = std::fs::read_dir(folder).expect("the corpus");
    let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("text")).collect()
}

const INSERTIONS: [&str; 43] = [
    "\"", "${", "%{", "}", "{", "[", "]", "(", ")", "\n", "\r\n", "<<EOT\n", "\nEOT\n", "<<-E\n", "~", "$${",
    "\\", "\\u12", "=", "...", ".", ".*", "[*]", "::", "#", "/*", "*/", "for ", " in ", "?", ":", "é",
    "\u{feff}", "\0", ",", "-", "!", "+", " ", "for", "if ", "EOT", "1.",
];

#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Delete(prop::sample::Index, usize),
    Insert(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        (place(), 1..30usize).prop_map(|(at, len)| Damage::Delete(at, len)),
        (place(), 0..INSERTIONS.len()).prop_map(|(at, what)| Damage::Insert(at, what)),
        (place(), 1..60usize).prop_map(|(at, len)| Damage::Repeat(at, len)),
        place().prop_map(Damage::Cut),
    ]
}

pub(crate) fn apply(text: &str, damages: &[Damage]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for damage in damages {
        match damage {
            Damage::Delete(at, len) => {
                let at = at.index(chars.len() + 1);
                let end = (at + len).min(chars.len());
                chars.drain(at..end);
            }
            Damage::Insert(at, what) => {
                let at = at.index(chars.len() + 1);
                chars.splice(at..at, INSERTIONS[*what].chars());
            }
            Damage::Repeat(at, len) => {
                let at = at.index(chars.len() + 1);
                let end = (at + len).min(chars.len());
                let part = chars[at..end].to_vec();
                chars.splice(at..at, part);
            }
            Damage::Cut(at) => chars.truncate(at.index(chars.len() + 1)),
        }
    }
    chars.into_iter().collect()
}

/// Every problem says what and where.
fn check_problems(sources: &SourceMap, diagnostics: &Diagnostics) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.summary.is_empty() && !diagnostic.summary.ends_with('.'), "{diagnostic:?}");
        assert!(diagnostic.detail.ends_with(['.', '?']), "{diagnostic:?}");
        let span = diagnostic.subject.expect("a place");
        assert!(sources.text(span).is_some(), "{diagnostic:?}");
        assert!(diagnostic.context.is_none_or(|c| sources.text(c).is_some()), "{diagnostic:?}");
    }
}

/// `PROPTEST_CASES` asks for more of them.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(600)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_texts_are_survived(
        seed in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 0..6),
    ) {
        let seeds = seeds();
        let text = apply(&seeds[seed.index(seeds.len())], &damages);
        let mut sources = SourceMap::default();
        for name in ["t.tf", "t.tf.json"] {
            let file = sources.add(name, text.as_str());
            let (body, diagnostics) = parse_file(&sources, file);
            check_problems(&sources, &diagnostics);
            let (_, diagnostics) = body.content(&BodySchema::new(&["a"], &[("resource", &["type", "name"])]));
            check_problems(&sources, &diagnostics);
            check_problems(&sources, &body.just_attributes().1);
        }
        let file = sources.add("t", text.as_str());
        let (expr, diagnostics) = parse_expression(&sources, file);
        prop_assert_eq!(expr.is_none(), diagnostics.has_errors());
        check_problems(&sources, &diagnostics);
        let (expr, diagnostics) = parse_template(&sources, file);
        prop_assert_eq!(expr.is_none(), diagnostics.has_errors());
        check_problems(&sources, &diagnostics);
    }

    #[test]
    fn formatted_texts_stay_valid_and_as_they_are(
        seed in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 0..3),
    ) {
        let seeds = seeds();
        let text = apply(&seeds[seed.index(seeds.len())], &damages);
        let mut sources = SourceMap::default();
        let file = sources.add("t.tf", text.as_str());
        let (once, diagnostics) = format_file(&sources, file);
        if diagnostics.has_errors() {
            prop_assert_eq!(once, text);
        } else {
            let file = sources.add("once.tf", once.as_str());
            let (_, diagnostics) = parse_file(&sources, file);
            prop_assert!(!diagnostics.has_errors(), "{text:?} became {once:?}");
        }
    }
}

/// The seeds are valid where they are meant to be.
#[test]
fn the_seeds_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds");
    for name in ["resources.tf", "templates.tf", "constructs.tf", "document.tf.json", "broken.tf"] {
        let text = std::fs::read_to_string(folder.join(name)).expect("a seed");
        let mut sources = SourceMap::default();
        let file = sources.add(name, text.as_str());
        let (_, diagnostics) = parse_file(&sources, file);
        assert_eq!(diagnostics.has_errors(), name == "broken.tf", "{name} {diagnostics:?}");
    }
}
