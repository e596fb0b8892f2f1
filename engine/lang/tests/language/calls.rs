//! Every function, called with random values: it gives a value of the type that it says or an
//! error, and what it says of unknown values is true.

use crate::arbitrary::{Random, argument, forget_all};
use crate::soundness::{check, conforms, outcome};
use proptest::prelude::*;
use std::fs;
use std::sync::LazyLock;
use terrane_lang::{FunctionContext, FunctionDoc, function_docs};
use terrane_value::{Marks, Type, Value};

/// Functions of which each call gives another result, those that look at marks alone,
/// and one that wants known values.
const IMPURE: &[&str] = &["bcrypt", "timestamp", "uuid", "issensitive", "ephemeralasnull", "assumeequal"];

static DOCS: LazyLock<Vec<FunctionDoc>> =
    LazyLock::new(|| function_docs().filter(|d| d.name != "convert").collect());

static FILES: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text) in [("hello.txt", "hello\n"), ("hello.tmpl", "Hello, ${name}!"), ("b", "b")] {
        fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
});

/// A function and arguments for it, mostly of the number and types that it wants.
fn call() -> impl Strategy<Value = (usize, Vec<Value>)> {
    (0..DOCS.len(), 0usize..4).prop_flat_map(|(at, more)| {
        let doc = &DOCS[at];
        let variadic = doc.variadic.iter().flat_map(|p| std::iter::repeat_n(p.ty.clone(), more));
        let types: Vec<Type> = doc.parameters.iter().map(|p| p.ty.clone()).chain(variadic).collect();
        let arguments: Vec<_> = types.iter().map(argument).collect();
        (Just(at), arguments)
    })
}

fn text(doc: &FunctionDoc, arguments: &[Value]) -> String {
    // A literal template is refused; costs are bounded for people, not for tests.
    let cost =
        |i: usize| if doc.name == "bcrypt" && i == 1 { "min(v.a1, 5)".into() } else { format!("v.a{i}") };
    let list: Vec<String> = (0..arguments.len()).map(cost).collect();
    format!("{}({})", doc.name, list.join(", "))
}

proptest! {
    #![proptest_config(crate::arbitrary::config())]

    #[test]
    fn results_are_of_the_types_that_functions_say((at, arguments) in call(), seed: u64) {
        let doc = &DOCS[at];
        let functions = FunctionContext { base_dir: FILES.path().into(), ..FunctionContext::default() };
        let text = text(doc, &arguments);
        let known = outcome(&text, &arguments, &functions);
        prop_assert!(known.blocked.is_empty());
        if !known.diagnostics.has_errors() {
            prop_assert!(conforms(&known.value.ty(), &doc.returns), "{} gives {:?}", text, known.value);
        }
        for d in known.diagnostics.iter() {
            prop_assert!(!d.detail.is_empty() && d.subject.is_some(), "{}: {:?}", text, d);
        }
        let mut random = Random(seed);
        let forgotten: Vec<Value> = arguments.iter().map(|v| forget_all(v, &mut random)).collect();
        let before = outcome(&text, &forgotten, &functions);
        if !before.diagnostics.has_errors() {
            prop_assert!(conforms(&before.value.ty(), &doc.returns) || before.value.ty() == Type::Dynamic,
                "{} gives {:?}", text, before.value);
        }
        // An object that may be null is taken not to be, for the type of what is merged with it.
        let null_merged = doc.name == "merge" && arguments.iter().any(Value::is_null);
        // There is no loop here that would make something of unknown length sensitive.
        let lost = |test: &dyn Fn(&Marks) -> bool| known.value.any_marks(test) && !before.value.any_marks(test);
        // What is inside of an unknown value cannot be sensitive on its own.
        let marks_lost = doc.name != "nonsensitive"
            && !before.diagnostics.has_errors()
            && !known.diagnostics.has_errors()
            && (lost(&|m| m.is_sensitive()) || lost(&|m| m.is_ephemeral()));
        let checked = match check(&text, &before, &known) {
            Ok(()) if marks_lost => Err(format!("{text}: {:?} lacks marks of {:?}", before.value, known.value)),
            checked => checked,
        };
        if !IMPURE.contains(&doc.name)
            && !null_merged
            && let Err(why) = checked
        {
            return Err(TestCaseError::fail(format!("{why}\nof {arguments:?}\nas {forgotten:?}")));
        }
    }
}
