//! Random values, and what unknown ones can turn out to be.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::sync::Arc;
use terrane_value::{Kind, Marks, Number, Refinement, Type, Value};

/// How often a law is tried: a thousand times, or as often as `PROPTEST_CASES` says; with the same
/// values each time, or those that follow from `PROPTEST_RNG_SEED`.
pub(crate) fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        given => given,
    };
    let cases = default.cases.max(1000);
    ProptestConfig { cases, rng_seed, max_shrink_iters: 300, failure_persistence: None, ..default }
}

/// Texts that mean something to one function or another.
const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "A",
    "é",
    "👍🏽",
    "hello world",
    " x ",
    "a,b",
    "x\ny",
    "1",
    "-2",
    "0.5",
    "true",
    "false",
    "10.0.0.0/8",
    "fd00::/64",
    "10.1.2.3/33",
    "2020-02-29T23:59:59Z",
    "2017-11-22T00:00:00+02:00",
    "1h30m",
    "-5s",
    "YYYY-MM-DD hh:mm",
    "'q' ZZZ",
    "%s-%d",
    "%5.2f|%v",
    "%[2]q %t",
    "%",
    "[a-z]+",
    "(a)(b)?",
    "(?P<x>.)",
    "(",
    "/a/",
    "{\"a\":[1,null]}",
    "[1,\"x\"]",
    "nul",
    "a: 1\nb: [x, y]",
    "- a\n- &x {c: d}\n- *x",
    "a: [",
    "YQ==",
    "aGVsbG8=",
    "!!",
    "H4sIAAAAAAAA",
    "a,b\n1,2",
    "a\n\"x\"\"y\"",
    "UTF-8",
    "UTF-16LE",
    "Shift_JIS",
    "dns",
    "hello.txt",
    "hello.tmpl",
    "no-such-file",
    "*",
    "**",
    "~/x",
    "${name}",
    "%{ if true }x%{ endif }",
    "${",
    "a/b/../c",
    "a%2Fb+c",
    "ff",
    "\u{0}",
    "\u{7f}",
    "e\u{301}",
    "99999999999999999999",
    "1e5",
    "name",
    "key",
    "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(TEXTS).prop_map(str::to_owned),
        1 => "[ab0-9é%.,:/$({*\\n\"-]{0,6}",
    ]
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        4 => (-3i64..8).prop_map(Number::from),
        1 => any::<i64>().prop_map(Number::from),
        1 => prop::sample::select(&["0.5", "-1.75", "1e30", "1e-9", "62", "1024", "128", "99999999999999999999999"][..])
            .prop_map(|s| s.parse().unwrap_or(Number::ZERO)),
    ]
}

/// A type without parts of any type.
pub(crate) fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![1 => Just(Type::Bool), 1 => Just(Type::Number), 2 => Just(Type::String)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::tuple),
            prop::collection::btree_map("a|b|name", inner, 0..3).prop_map(Type::object),
        ]
    })
}

/// A known value of type `ty`, null now and then, where `any` in it is a type of its own.
pub(crate) fn of_type(ty: &Type) -> BoxedStrategy<Value> {
    let known = match ty.clone() {
        Type::Dynamic => return any_value().boxed(),
        Type::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Type::Number => number().prop_map(Value::number).boxed(),
        Type::String => text().prop_map(Value::from).boxed(),
        Type::List(t) => elements(&t).prop_map(|(t, vs)| Value::list(t, vs)).boxed(),
        Type::Set(t) => elements(&t).prop_map(|(t, vs)| Value::set(t, vs)).boxed(),
        Type::Map(t) => {
            elements(&t).prop_map(|(t, vs)| Value::map(t, ["a", "b", "key", "é"].into_iter().zip(vs))).boxed()
        }
        Type::Tuple(ts) => ts.iter().map(of_type).collect::<Vec<_>>().prop_map(Value::tuple).boxed(),
        Type::Object(o) => {
            let names: Vec<Arc<str>> = o.attributes.keys().cloned().collect();
            let values: Vec<_> = o.attributes.values().map(of_type).collect();
            values.prop_map(move |vs| Value::object(names.iter().cloned().zip(vs))).boxed()
        }
    };
    prop_oneof![14 => known, 1 => Just(Value::null(ty.clone()))].boxed()
}

fn elements(t: &Type) -> BoxedStrategy<(Type, Vec<Value>)> {
    let element = if *t == Type::Dynamic { ty().boxed() } else { Just(t.clone()).boxed() };
    element
        .prop_flat_map(|t| {
            let values = prop::collection::vec(of_type(&t), 0..4);
            (Just(t), values)
        })
        .boxed()
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![20 => ty().prop_flat_map(|t| of_type(&t)), 1 => Just(Value::NULL)]
}

/// A value of type `ty` or, seldom, of another; some parts marked sensitive.
pub(crate) fn argument(ty: &Type) -> impl Strategy<Value = Value> + use<> {
    let value = prop_oneof![9 => of_type(ty), 1 => any_value()];
    (value, any::<u64>()).prop_map(|(v, seed)| {
        let mut random = Random(seed);
        if random.below(3) > 0 { v } else { mark(&v, &mut random) }
    })
}

/// Numbers that follow from a seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn mark(v: &Value, random: &mut Random) -> Value {
    let v = map_parts(v, false, &mut |part| mark(part, random));
    match random.below(8) {
        0 | 1 => v.sensitive(),
        2 => v.with_marks(&Marks::ephemeral()),
        _ => v,
    }
}

/// `v`, or `v` with some parts, unknown: of each of these, no more than what is true of it is
/// known, and perhaps not even the type of the whole. The types of parts stay known: conversion to
/// a collection takes the type of the other elements for theirs.
pub(crate) fn forget_all(v: &Value, random: &mut Random) -> Value {
    if random.below(12) == 0 {
        return Value::UNKNOWN.with_marks(&v.unmark_deep().1);
    }
    forget_some(v, true, random)
}

/// The same with all types known, and all elements of sets that have several: where an unknown
/// element of a set will stand is not known, and loops take it as it stands.
pub(crate) fn forget(v: &Value, random: &mut Random) -> Value {
    forget_some(v, false, random)
}

fn forget_some(v: &Value, in_sets: bool, random: &mut Random) -> Value {
    if random.below(3) == 0 {
        let ty = v.ty();
        let unknown = truth(v, random).settle(ty);
        // The marks of what is inside stay visible outside.
        return unknown.with_marks(&v.unmark_deep().1);
    }
    map_parts(v, in_sets, &mut |part| forget_some(part, in_sets, random))
}

/// Some of what is true of `v`.
fn truth(v: &Value, random: &mut Random) -> Refinement {
    let mut r = Refinement::default();
    if random.below(2) == 0 {
        return r;
    }
    r.not_null = !v.is_null();
    match v.kind() {
        Kind::String(s) => {
            r.prefix = s.chars().next().map(|c| Arc::from(c.to_string())).filter(|_| random.below(2) == 0)
        }
        Kind::Number(n) => {
            let one = Number::from(1);
            if random.below(2) == 0 {
                r.number_min = Some((n.clone(), true));
            } else if let Ok(above) = n.add(&one) {
                r.number_max = Some((above, false));
            }
        }
        Kind::List(_, vs) | Kind::Set(_, vs) => {
            r.length_min = Some(vs.len() as u64).filter(|_| v.is_wholly_known());
            r.length_max = Some(vs.len() as u64 + random.below(2));
        }
        Kind::Map(_, vs) => r.length_max = Some(vs.len() as u64),
        _ => {}
    }
    r
}

fn map_parts(v: &Value, in_sets: bool, change: &mut dyn FnMut(&Value) -> Value) -> Value {
    // Elements of a collection stay of one type.
    let mut same = |part: &Value| {
        let changed = change(part);
        if changed.ty() == part.ty() { changed } else { part.clone() }
    };
    let value = match v.kind() {
        Kind::List(t, vs) => Value::list(t.clone(), vs.iter().map(&mut same)),
        Kind::Set(t, vs) if in_sets || vs.len() == 1 => Value::set(t.clone(), vs.iter().map(&mut same)),
        Kind::Map(t, vs) => Value::map(t.clone(), vs.iter().map(|(k, v)| (k.clone(), same(v)))),
        Kind::Tuple(vs) => Value::tuple(vs.iter().map(change)),
        Kind::Object(vs) => Value::object(vs.iter().map(|(k, v)| (k.clone(), change(v)))),
        _ => return v.clone(),
    };
    value.with_marks(v.marks())
}
