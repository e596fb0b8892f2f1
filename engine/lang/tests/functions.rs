//! Every function by the example in its documentation, and many more cases by tables.

mod scope;

use scope::{outcome, value};
use std::collections::BTreeSet;

#[test]
fn examples_give_what_they_say() {
    for doc in terrane_lang::function_docs() {
        let (example, gives) = doc.example;
        assert!(!doc.description.is_empty() && !example.is_empty(), "{}", doc.name);
        assert!(example.contains(doc.name), "the example of {} does not call it", doc.name);
        if doc.name == "sensitive" {
            assert!(value("sensitive(1)").marks().is_sensitive());
            continue;
        }
        assert_eq!(value(example), value(gives), "{example}");
        let with_namespace = example.replacen(&format!("{}(", doc.name), &format!("core::{}(", doc.name), 1);
        assert_eq!(value(&with_namespace), value(gives), "{with_namespace}");
    }
}

#[test]
fn names_are_distinct() {
    let names: Vec<&str> = terrane_lang::function_names().collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len());
    assert!(names.contains(&"cidrsubnet") && names.contains(&"try"));
}
