//! Values that are deeper or larger than anybody means, however they come about.

use crate::soundness::outcome;
use terrane_lang::FunctionContext;
use terrane_value::Value;

/// The summary and detail of the first error of `text`, where `v.a0` and `v.a1` are these.
fn refused(text: &str, v: &[Value]) -> String {
    let outcome = outcome(text, v, &FunctionContext::default());
    let first = outcome.diagnostics.iter().find(|d| d.is_error());
    first.map(|d| format!("{}: {}", d.summary, d.detail)).unwrap_or_else(|| panic!("{text} is accepted"))
}

fn accepted(text: &str, v: &[Value]) {
    let outcome = outcome(text, v, &FunctionContext::default());
    assert!(!outcome.diagnostics.has_errors(), "{text}: {:?}", outcome.diagnostics);
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::TRUE, |inner, _| Value::tuple([inner]))
}

#[test]
fn values_are_nested_two_hundred_levels_deep_at_most() {
    accepted("v.a0", &[nested(200)]);
    accepted("v.a0[0][0]", &[nested(202)]);
    assert!(refused("[v.a0]", &[nested(200)]).starts_with("Value too deeply nested"));
    assert!(refused("{ a = v.a0 }", &[nested(200)]).starts_with("Value too deeply nested"));
    let json = Value::from(format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)));
    assert!(refused("jsondecode(v.a0)", &[json]).contains("nested more than 500 levels deep"));
    accepted("jsondecode(v.a0)", &[Value::from(format!("{}{}", "[".repeat(199), "]".repeat(199)))]);
}

#[test]
fn values_that_hold_each_other_twice_are_refused_before_memory_ends() {
    let doubled = (0..40).fold(Value::TRUE, |inner, _| Value::tuple([inner.clone(), inner]));
    assert!(refused("v.a0", &[doubled]).starts_with("Value too large"));
}

#[test]
fn aliases_of_yaml_stand_for_a_million_values_at_most() {
    let laugh = |levels: usize| {
        let lines =
            (1..levels).map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(",")));
        Value::from(format!("a0: &a0 [x,x]\n{}", lines.collect::<String>()))
    };
    accepted("yamldecode(v.a0)", &[laugh(5)]);
    assert!(refused("yamldecode(v.a0)", &[laugh(12)]).contains("aliases repeat more than 1000000 values"));
    let chain = |levels: usize| {
        let lines = (1..levels).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1));
        Value::from(format!("a0: &a0 [x]\n{}", lines.collect::<String>()))
    };
    accepted("yamldecode(v.a0)", &[chain(150)]);
    assert!(refused("yamldecode(v.a0)", &[chain(600)]).contains("nested more than 500 levels deep"));
}

#[test]
fn yaml_of_ten_thousand_levels_is_refused() {
    for deep in ["[", "{a: ", "- ", "? "] {
        let text = Value::from(deep.repeat(10_000));
        let why = refused("yamldecode(v.a0)", &[text]);
        assert!(
            why.contains("nested more than 500") || deep == "? " && why.contains("can be a key"),
            "{deep}: {why}"
        );
    }
}
