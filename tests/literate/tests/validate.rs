//! What is said of the configurations in the Markdown files here.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;
use terrane_literate::cases;

fn check(topic: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(topic);
    let cases = cases(&std::fs::read_to_string(path).unwrap());
    assert!(!cases.is_empty());
    let mut wrong = String::new();
    for mut case in cases {
        let mut said = case.problems();
        said.sort();
        case.expected.sort();
        if said != case.expected {
            writeln!(wrong, "{topic}:{}: expected {:#?}, said {said:#?}", case.line, case.expected).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

macro_rules! topics {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(concat!(stringify!($name), ".md")); })*

        #[test]
        fn every_topic_is_tested() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
            let names = std::fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
            let mut topics: Vec<String> = names.filter_map(|n| n.strip_suffix(".md").map(str::to_owned)).collect();
            topics.sort();
            assert_eq!(topics, [$(stringify!($name)),*]);
        }
    };
}

topics! {
    checks
    expressions
    imports
    json
    lifecycle
    modules
    moved_and_removed
    outputs
    overrides
    providers
    references
    resources
    terraform
    variables
}
