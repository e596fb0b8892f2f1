//! Random expressions: what they say of unknown values is true.

use crate::arbitrary::{Random, argument, forget, ty};
use crate::soundness::{check, outcome};
use proptest::prelude::*;
use terrane_lang::FunctionContext;
use terrane_value::Value;

/// An expression of values `v.a0` to `v.a3`.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => (0..4).prop_map(|i| format!("v.a{i}")),
        1 => prop::sample::select(&["0", "1", "2", "\"a\"", "\"\"", "true", "false", "null", "[]", "{}"][..])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |e| {
        let two = (e.clone(), e.clone());
        let operator =
            prop::sample::select(&["==", "!=", "&&", "||", "<", ">=", "+", "-", "*", "/", "%"][..]);
        let function = prop::sample::select(
            &[
                "length",
                "upper",
                "keys",
                "values",
                "tolist",
                "tomap",
                "tostring",
                "tonumber",
                "jsonencode",
                "flatten",
                "distinct",
                "can",
                "try",
                "sort",
                "one",
                "alltrue",
                "sum",
                "coalesce",
                "merge",
                "concat",
                "reverse",
                "nonsensitive",
                "yamlencode",
            ][..],
        );
        let binary = prop::sample::select(
            &[
                "startswith",
                "contains",
                "coalesce",
                "merge",
                "concat",
                "lookup",
                "element",
                "join",
                "setintersection",
                "setsubtract",
                "setproduct",
                "max",
                "zipmap",
                "try",
                "format",
                "index",
                "coalescelist",
                "assumestringprefix",
            ][..],
        );
        prop_oneof![
            (operator, two.clone()).prop_map(|(op, (a, b))| format!("({a} {op} {b})")),
            (e.clone(), two.clone()).prop_map(|(c, (a, b))| format!("({c} ? {a} : {b})")),
            e.clone().prop_map(|a| format!("\"x-${{{a}}}\"")),
            two.clone().prop_map(|(a, b)| format!("\"%{{ if {a} }}y${{{b}}}%{{ else }}z%{{ endif }}\"")),
            two.clone().prop_map(|(a, b)| format!("\"%{{ for x in {a} }}${{x}}${{{b}}}%{{ endfor }}\"")),
            e.clone().prop_map(|a| format!("!{a}")),
            e.clone().prop_map(|a| format!("-({a})")),
            e.clone().prop_map(|a| format!("\"${{{a}}}\"")),
            e.clone().prop_map(|a| format!("\"%{{ if {a} }}y%{{ endif }}\"")),
            two.clone().prop_map(|(a, b)| format!("\"${{{a}}}-${{{b}}}\"")),
            two.clone().prop_map(|(a, b)| format!("\" ${{~ {a} ~}} ${{{b}}}\"")),
            two.clone().prop_map(|(a, b)| format!("{{ a = {a}, (\"name\") = {b} }}.a")),
            e.clone().prop_map(|a| format!("{a}[0]")),
            e.clone().prop_map(|a| format!("{a}[\"a\"]")),
            e.clone().prop_map(|a| format!("({a}).0")),
            e.clone().prop_map(|a| format!("({a}).*.name")),
            e.clone().prop_map(|a| format!("({a}).*.0")),
            e.clone().prop_map(|a| format!("({a})[*][0]")),
            e.clone().prop_map(|a| format!("({a})[*].name[0]")),
            two.clone().prop_map(|(a, b)| format!("{{ for k, x in {a} : \"${{k}}\" => x if {b} }}")),
            two.clone().prop_map(|(a, b)| format!("{{ for k, x in {a} : {b} => k... }}")),
            e.clone().prop_map(|a| format!("[for k, x in {a} : k if x != null]")),
            e.clone().prop_map(|a| format!("try({a}.a, {a}[0], \"none\")")),
            e.clone().prop_map(|a| format!("can({a}.name)")),
            e.clone().prop_map(|a| format!("convert({a}, list(string))")),
            e.clone().prop_map(|a| format!("convert({a}, object({{ a = optional(string, \"x\") }}))")),
            e.clone().prop_map(|a| format!("[{a}]")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.clone().prop_map(|(a, b)| format!("{{ a = {a}, name = {b} }}")),
            two.clone().prop_map(|(a, b)| format!("{{ ({a}) = {b} }}")),
            two.clone().prop_map(|(a, b)| format!("{a}[{b}]")),
            e.clone().prop_map(|a| format!("{a}.a")),
            e.clone().prop_map(|a| format!("{a}[*]")),
            e.clone().prop_map(|a| format!("{a}[*].a")),
            two.clone().prop_map(|(a, b)| format!("[for x in {a} : [x, {b}]]")),
            two.clone().prop_map(|(a, b)| format!("[for k, x in {a} : x if {b}]")),
            two.clone().prop_map(|(a, b)| format!("{{ for k, x in {a} : k => [x, {b}] }}")),
            e.clone().prop_map(|a| format!("{{ for x in {a} : x => x... }}")),
            e.clone().prop_map(|a| format!("sensitive({a})")),
            e.clone().prop_map(|a| format!("concat({a}...)")),
            (function, e.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (binary, two).prop_map(|(f, (a, b))| format!("{f}({a}, {b})")),
        ]
    })
}

fn values() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(ty().prop_flat_map(|t| argument(&t)), 4)
}

/// An expression, or a heredoc with two of them.
fn whole() -> impl Strategy<Value = String> {
    let heredoc =
        |(a, b)| format!("<<-E\n  %{{ for k, x in {a} ~}}\n  ${{k}}=${{{b}}}\n  %{{ endfor ~}}\n  E\n");
    prop_oneof![15 => expression(), 1 => (expression(), expression()).prop_map(heredoc)]
}

proptest! {
    #![proptest_config(crate::arbitrary::config())]

    #[test]
    fn unknown_values_are_told_the_truth_about(text in whole(), values in values(), seed: u64) {
        let functions = FunctionContext::default();
        let known = outcome(&text, &values, &functions);
        let mut random = Random(seed);
        let forgotten: Vec<Value> = values.iter().map(|v| forget(v, &mut random)).collect();
        let before = outcome(&text, &forgotten, &functions);
        if let Err(why) = check(&text, &before, &known) {
            return Err(TestCaseError::fail(format!("{why}\nof {values:?}\nas {forgotten:?}")));
        }
    }
}
