//! Operations on values that are known, unknown in part, or null.

use crate::arbitrary::value;
use crate::v;
use proptest::prelude::*;
use terrane_value::{Kind, Marks, Refinement, Type, Value, convert};

fn prefixed(prefix: &str) -> Value {
    let known = Refinement { not_null: true, prefix: Some(prefix.into()), ..Refinement::default() };
    Value::unknown_refined(Type::String, known)
}

fn at_least(n: i64) -> Value {
    let known = Refinement { not_null: true, number_min: Some((n.into(), true)), ..Refinement::default() };
    Value::unknown_refined(Type::Number, known)
}

fn list(json: &str) -> Value {
    convert(&v(json), &Type::list(Type::Dynamic)).unwrap()
}

fn set(elements: impl IntoIterator<Item = Value>) -> Value {
    Value::set(Type::String, elements)
}

#[test]
fn equality() {
    let unknown = || Value::unknown(Type::String);
    for (a, b, expected) in [
        (v("1"), v("1.0"), Some(true)),
        (v("1"), v("\"1\""), Some(false)),
        (v("null"), Value::null(Type::Number), Some(true)),
        (v("null"), v("1"), Some(false)),
        (v("null"), unknown(), None),
        (v("null"), prefixed("x"), Some(false)),
        (v("null"), Value::UNKNOWN, None),
        (Value::UNKNOWN, v("1"), None),
        (v("\"\""), prefixed("pre-"), Some(false)),
        (v("\"pre-x\""), prefixed("pre-"), None),
        (prefixed("a"), prefixed("b"), Some(false)),
        (prefixed("a"), prefixed("ab"), None),
        (v("0"), at_least(1), Some(false)),
        (v("1"), at_least(1), None),
        (unknown(), v("1"), Some(false)),
        (unknown(), Value::unknown(Type::Number), Some(false)),
        (v("[1]"), list("[1]"), Some(false)),
        (v("[1]"), v("[\"1\"]"), Some(false)),
        (v("{\"a\":1}"), v("{\"b\":1}"), Some(false)),
        (Value::tuple([v("1"), unknown()]), v("[2,\"x\"]"), Some(false)),
        (Value::tuple([unknown(), v("1")]), v("[\"x\",2]"), None),
        (Value::tuple([unknown()]), v("[]"), Some(false)),
        (set([unknown()]), set([v("\"a\"")]), None),
        (set([v("\"a\""), v("\"b\"")]), set([v("\"b\""), v("\"a\"")]), Some(true)),
        (list("[1]"), Value::list(Type::String, []), Some(false)),
    ] {
        assert_eq!(a.equals(&b).as_bool(), expected, "{a:?} == {b:?}");
        assert_eq!(b.equals(&a).as_bool(), expected, "{b:?} == {a:?}");
    }
}

#[test]
fn equality_takes_marks_from_everywhere() {
    let nested = Value::tuple([Value::from(1).sensitive()]);
    assert!(nested.equals(&v("[2]")).marks().is_sensitive());
    assert!(v("null").equals(&Value::UNKNOWN.with_marks(&Marks::ephemeral())).marks().is_ephemeral());
}

#[test]
fn logic() {
    let unknown = Value::unknown(Type::Bool);
    for (a, b, and, or) in [
        (Value::TRUE, Value::FALSE, Some(false), Some(true)),
        (Value::FALSE, unknown.clone(), Some(false), None),
        (unknown.clone(), Value::TRUE, None, Some(true)),
        (Value::UNKNOWN, unknown.clone(), None, None),
    ] {
        assert_eq!(a.and(&b).unwrap().as_bool(), and);
        assert_eq!(b.and(&a).unwrap().as_bool(), and);
        assert_eq!(a.or(&b).unwrap().as_bool(), or);
        assert_eq!(b.or(&a).unwrap().as_bool(), or);
    }
    assert!(unknown.not().unwrap().is_definitely_not_null());
    assert!(Value::TRUE.sensitive().not().unwrap().marks().is_sensitive());
    assert_eq!(Value::TRUE.and(&Value::NULL).unwrap_err().0, "argument must not be null");
    assert!(Value::from("true").not().is_err());
}

#[test]
fn bounds_of_unknown_numbers_decide_comparisons() {
    for (result, expected) in [
        (at_least(1).greater_than(&v("0")), Some(true)),
        (at_least(1).less_than(&v("1")), Some(false)),
        (at_least(1).greater_or_equal(&v("1")), Some(true)),
        (at_least(1).greater_than(&v("1")), None),
        (v("0").less_or_equal(&at_least(0)), Some(true)),
        (at_least(1).add(&v("2")).unwrap().greater_than(&v("2")), Some(true)),
        (v("0").subtract(&at_least(1)).unwrap().less_than(&v("0")), Some(true)),
        (v("2").less_than(&v("2")), Some(false)),
        (v("2").less_or_equal(&v("2")), Some(true)),
    ] {
        assert_eq!(result.unwrap().as_bool(), expected);
    }
}

#[test]
fn arithmetic() {
    assert_eq!(v("7").modulo(&v("0")).unwrap(), v("7"));
    assert_eq!(v("7").divide(&v("0")).unwrap_err().0, "Division by zero.");
    assert_eq!(v("7").multiply(&Value::from(2).sensitive()).unwrap(), v("14").sensitive());
    assert_eq!(v("1").add(&Value::NULL).unwrap_err().0, "argument must not be null");
    assert_eq!(v("1").add(&v("\"1\"")).unwrap_err().0, "a number is required");
    assert!(v("1").add(&Value::UNKNOWN).unwrap().is_definitely_not_null());
    assert_eq!(v("0.5").negate().unwrap(), v("-0.5"));
}

#[test]
fn lengths() {
    let unknown = || Value::unknown(Type::String);
    let lengths = Refinement { length_min: Some(2), length_max: Some(2), ..Refinement::default() };
    for (value, expected) in [
        (v("[1,2]"), Some(2)),
        (v("{\"a\":1}"), Some(1)),
        (set([unknown()]), Some(1)),
        (set([unknown(), v("\"a\"")]), None),
        (Value::unknown(Type::tuple([Type::Bool])), Some(1)),
        (Value::unknown(Type::list(Type::Bool)), None),
        (Value::unknown_refined(Type::list(Type::Bool), lengths), Some(2)),
        (Value::UNKNOWN, None),
    ] {
        assert_eq!(value.length().unwrap().as_number().and_then(|n| n.to_i64()), expected, "{value:?}");
    }
    let bounded = set([unknown(), v("\"a\"")]).length().unwrap();
    assert_eq!(bounded.less_than(&v("3")).unwrap(), Value::TRUE);
    assert_eq!(bounded.greater_than(&v("0")).unwrap(), Value::TRUE);
    assert!(Value::null(Type::list(Type::Bool)).length().is_err());
    assert!(v("\"x\"").length().is_err());
}

#[test]
fn indexing() {
    let map = convert(&v("{\"a\":1,\"1\":2}"), &Type::map(Type::Number)).unwrap();
    for (value, key, expected) in [
        (list("[5,6]"), v("1"), v("6")),
        (list("[5,6]"), v("\"1\""), v("6")),
        (v("[5,\"x\"]"), v("1"), v("\"x\"")),
        (map.clone(), v("\"a\""), v("1")),
        (map.clone(), v("1"), v("2")),
        (v("{\"a\":true}"), v("\"a\""), v("true")),
        (list("[5]"), Value::UNKNOWN, Value::unknown(Type::Number)),
        (v("[5]"), Value::unknown(Type::Number), Value::UNKNOWN),
        (Value::unknown(Type::list(Type::Bool)), v("9"), Value::unknown(Type::Bool)),
        (Value::unknown(Type::tuple([Type::Bool])), v("0"), Value::unknown(Type::Bool)),
        (Value::UNKNOWN, v("0"), Value::UNKNOWN),
    ] {
        assert_eq!(value.index(&key).unwrap(), expected, "{value:?}[{key:?}]");
    }
    let marked = list("[5]").sensitive().index(&v("0").with_marks(&Marks::ephemeral())).unwrap();
    assert!(marked.marks().is_sensitive() && marked.marks().is_ephemeral());
}

#[test]
fn failed_indexing_says_why() {
    let prefix = "The given key does not identify an element in this collection value";
    let map = convert(&v("{\"a\":1}"), &Type::map(Type::Number)).unwrap();
    for (value, key, expected) in [
        (
            list("[1,2]"),
            v("2"),
            format!("{prefix}: the given index is greater than or equal to the length of the collection."),
        ),
        (list("[1,2]"), v("5"), format!("{prefix}.")),
        (v("[]"), v("0"), format!("{prefix}: the collection has no elements.")),
        (list("[1]"), v("-1"), format!("{prefix}: a negative number is not a valid index for a sequence.")),
        (
            list("[1]"),
            v("0.5"),
            format!(
                "{prefix}: indexing a sequence requires a whole number, but the given index has a fractional part."
            ),
        ),
        (list("[1]"), v("\"a\""), format!("{prefix}: a number is required.")),
        (list("[1]"), v("{}"), format!("{prefix}: number required.")),
        (map.clone(), v("\"b\""), format!("{prefix}.")),
        (map, v("[]"), format!("{prefix}: string required.")),
        (v("{\"a\":1}"), v("\"b\""), format!("{prefix}.")),
        (
            v("{\"a\":1}"),
            v("1"),
            format!("{prefix}. An object only supports looking up attributes by name, not by numeric index."),
        ),
        (v("null"), v("0"), "This value is null, so it does not have any indices.".into()),
        (list("[1]"), v("null"), "Can't use a null value as an indexing key.".into()),
        (v("\"abc\""), v("0"), "This value does not have any indices.".into()),
    ] {
        assert_eq!(value.index(&key).unwrap_err().0, expected, "{value:?}[{key:?}]");
    }
    assert!(set([]).index(&v("\"a\"")).unwrap_err().0.starts_with("Elements of a set are identified only"));
}

#[test]
fn elements_come_with_their_keys() {
    assert_eq!(v("{\"b\":1,\"a\":2}").elements().unwrap(), [(v("\"a\""), v("2")), (v("\"b\""), v("1"))]);
    assert_eq!(v("[7]").elements().unwrap(), [(v("0"), v("7"))]);
    assert_eq!(set([v("\"x\"")]).elements().unwrap(), [(v("\"x\""), v("\"x\""))]);
    assert!(v("null").elements().is_none() && v("1").elements().is_none());
    assert_eq!(list("[1]").element_type(), Some(Type::Number));
    assert_eq!(Value::unknown(Type::map(Type::Bool)).element_type(), Some(Type::Bool));
}

proptest! {
    #[test]
    fn equal_values_are_equal(a in value(false), b in value(false)) {
        prop_assert_eq!(a.equals(&a), Value::TRUE);
        let same = a == b || (a.is_null() && b.is_null());
        prop_assert_eq!(a.equals(&b), Value::from(same));
    }

    #[test]
    fn unknown_equality_is_never_decided_wrongly(a in value(true), b in value(true)) {
        let (x, y) = (a.equals(&b), b.equals(&a));
        prop_assert!(matches!(x.kind(), Kind::Bool(_)) || x.is_definitely_not_null());
        if let (Some(x), Some(y)) = (x.as_bool(), y.as_bool()) {
            prop_assert_eq!(x, y);
        }
    }
}
