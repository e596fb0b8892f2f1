//! What is said of each configuration.

use crate::folder;
use std::fmt::Write;
use terrane_literate::cases;

fn check(topic: &str) {
    let cases = cases(&std::fs::read_to_string(folder().join(topic)).unwrap());
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
            assert_eq!(crate::topics(), [$(stringify!($name)),*]);
        }
    };
}

topics! {
    actions
    checks
    expressions
    imports
    json
    lifecycle
    modules
    moved_and_removed
    opentofu
    outputs
    overrides
    providers
    provisioners
    references
    resources
    terraform
    test_files
    variables
}
