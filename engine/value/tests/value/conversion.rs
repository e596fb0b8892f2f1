//! Conversion: what comes out, and what is said when nothing does.

use crate::arbitrary::{constraint, value};
use crate::{object, v};
use proptest::prelude::*;
use terrane_value::{Marks, PathStep, Refinement, Type, Value, conversion_exists, convert, to_json_text};

fn list(t: Type) -> Type {
    Type::list(t)
}

#[test]
fn values_convert() {
    let any = Type::Dynamic;
    for (input, ty, expected_type, expected) in [
        ("1", Type::String, "string", "\"1\""),
        ("1e50", Type::String, "string", "\"100000000000000000000000000000000000000000000000000\""),
        ("true", Type::String, "string", "\"true\""),
        ("\"1.50\"", Type::Number, "number", "1.5"),
        ("\"1\"", Type::Bool, "bool", "true"),
        ("null", Type::Number, "number", "null"),
        ("[1,\"a\"]", any.clone(), "tuple([number, string])", "[1,\"a\"]"),
        ("[1,\"a\"]", list(any.clone()), "list(string)", "[\"1\",\"a\"]"),
        ("[null,\"a\",1]", list(any.clone()), "list(string)", "[null,\"a\",\"1\"]"),
        ("[]", list(any.clone()), "list(any)", "[]"),
        ("[2,1,2]", Type::set(Type::String), "set(string)", "[\"1\",\"2\"]"),
        ("{\"a\":1,\"b\":\"x\"}", Type::map(any.clone()), "map(string)", "{\"a\":\"1\",\"b\":\"x\"}"),
        (
            "{\"a\":[1],\"b\":[\"x\",\"y\"]}",
            Type::map(any.clone()),
            "map(list(string))",
            "{\"a\":[\"1\"],\"b\":[\"x\",\"y\"]}",
        ),
        (
            "{\"a\":{\"x\":1},\"b\":{\"y\":\"s\"}}",
            Type::map(any.clone()),
            "map(map(string))",
            "{\"a\":{\"x\":\"1\"},\"b\":{\"y\":\"s\"}}",
        ),
        ("[{\"a\":1},{\"b\":2}]", list(any.clone()), "list(map(number))", "[{\"a\":1},{\"b\":2}]"),
        ("[[1],[\"a\",true]]", list(list(any.clone())), "list(list(string))", "[[\"1\"],[\"a\",\"true\"]]"),
        (
            "{\"a\":[],\"b\":[\"x\"]}",
            Type::map(list(any.clone())),
            "map(list(string))",
            "{\"a\":[],\"b\":[\"x\"]}",
        ),
        (
            "[{\"a\":1},{\"a\":\"x\"},{\"a\":true}]",
            list(object(&[("a", any.clone())])),
            "list(object({a = string}))",
            "[{\"a\":\"1\"},{\"a\":\"x\"},{\"a\":\"true\"}]",
        ),
        ("{\"a\":1,\"c\":2}", object(&[("a", Type::String)]), "object({a = string})", "{\"a\":\"1\"}"),
        (
            "{\"a\":{}}",
            object(&[("a?", object(&[("b?", Type::String)])), ("c?", Type::Number)]),
            "object({a = object({b = string}), c = number})",
            "{\"a\":{\"b\":null},\"c\":null}",
        ),
    ] {
        let result = convert(&v(input), &ty).unwrap();
        assert_eq!(result.ty().to_string(), expected_type, "{input} to {ty}");
        assert_eq!(to_json_text(&result).unwrap(), expected, "{input} to {ty}");
    }
}

/// An empty list among others becomes what the constraint says, which can be something else than
/// what the others are. Elements of a structure are brought together after that, those of a
/// collection are not.
#[test]
fn a_collection_is_not_unified_again() {
    let lists = list(list(Type::map(Type::Dynamic)));
    let once = convert(&v("[[],[{\"a\":1}]]"), &lists).unwrap();
    assert_eq!(once.ty().to_string(), "list(list(map(number)))");
    let error = convert(&once, &lists).unwrap_err();
    assert_eq!(error.message, "element types must all match for conversion to list");
    let maps = Type::map(Type::map(Type::map(Type::Dynamic)));
    let once = convert(&v("{\"a\":{},\"b\":{\"c\":{\"d\":1}}}"), &maps).unwrap();
    assert!(convert(&once, &maps).is_err());
    let shallow = list(list(Type::Dynamic));
    let once = convert(&v("[[],[1]]"), &shallow).unwrap();
    assert_eq!(convert(&once, &shallow).unwrap(), once);
}

/// In a map, an element without a type of its own does not keep the others from having one.
#[test]
fn a_map_can_have_an_element_of_no_type() {
    let map = convert(&v("{\"a\":null,\"b\":[\"c\"]}"), &Type::map(Type::Dynamic)).unwrap();
    assert_eq!(map.ty().to_string(), "map(tuple([string]))");
    assert!(convert(&v("{\"a\":null,\"b\":[\"c\"],\"d\":[]}"), &Type::map(Type::Dynamic)).is_err());
}

#[test]
fn failures_say_what_is_required_and_where() {
    let any = Type::Dynamic;
    let strings = || list(Type::String);
    for (input, ty, path, message) in [
        ("[1]", Type::Number, "", "number required"),
        ("\"abc\"", Type::Number, "", "a number is required"),
        ("\"x\"", Type::Bool, "", "a bool is required"),
        (
            "[\"TRUE\"]",
            list(Type::Bool),
            "[0]",
            "a bool is required; to convert from string, use lowercase \"true\"",
        ),
        ("1", Type::Bool, "", "bool required"),
        ("[[]]", list(Type::Number), "", "element 0: number required"),
        ("[\"1\",\"a\"]", list(Type::Number), "[1]", "a number is required"),
        ("[[\"1\"],[\"x\"]]", list(list(Type::Number)), "[1][0]", "a number is required"),
        ("{}", strings(), "", "list of string required"),
        ("[]", Type::map(Type::String), "", "map of string required"),
        ("{\"a\":[]}", Type::map(Type::Number), "", "element \"a\": number required"),
        ("{}", object(&[("a", Type::String)]), "", "attribute \"a\" is required"),
        (
            "{}",
            object(&[("a", Type::String), ("b", Type::String)]),
            "",
            "attributes \"a\" and \"b\" are required",
        ),
        (
            "{}",
            object(&[("a", Type::String), ("b", Type::String), ("c", Type::String)]),
            "",
            "attributes \"a\", \"b\", and \"c\" are required",
        ),
        ("{\"a\":1}", object(&[("a", strings())]), "", "attribute \"a\": list of string required"),
        ("{\"a\":\"x\"}", object(&[("a", Type::Number)]), "a", "a number is required"),
        ("[null,{\"a\":1}]", list(any.clone()), "", "all list elements must have the same type"),
        ("[[],{}]", Type::set(any.clone()), "", "all set elements must have the same type"),
        ("{\"a\":[],\"b\":{}}", Type::map(any.clone()), "", "all map elements must have the same type"),
        (
            "[{\"a\":1},{\"a\":[]}]",
            list(object(&[("a", any.clone())])),
            "",
            "cannot find a common base type for all elements",
        ),
        (
            "[{\"a\":1},{\"a\":\"x\"}]",
            Type::set(object(&[("a", any.clone())])),
            "",
            "element types must all match for conversion to set",
        ),
        ("[\"a\"]", Type::tuple([Type::String, Type::Number]), "", "tuple required"),
        (
            "[{\"a\":null},{\"a\":[]}]",
            list(object(&[("a", any.clone())])),
            "",
            "element types must all match for conversion to list",
        ),
        ("[[],[[1]]]", list(list(any.clone())), "", "element types must all match for conversion to list"),
    ] {
        let error = convert(&v(input), &ty).unwrap_err();
        assert_eq!(
            (error.path.to_string().as_str(), error.message.as_str()),
            (path, message),
            "{input} to {ty}"
        );
    }
}

#[test]
fn maps_become_objects_when_they_have_what_is_required() {
    let map = convert(&v("{\"name\":\"x\",\"other\":\"y\"}"), &Type::map(Type::String)).unwrap();
    let to = object(&[("name", Type::String), ("size?", Type::Number), ("tags?", list(Type::String))]);
    assert_eq!(
        to_json_text(&convert(&map, &to).unwrap()).unwrap(),
        "{\"name\":\"x\",\"size\":null,\"tags\":null}"
    );
    let missing = convert(&map, &object(&[("id", Type::String)])).unwrap_err();
    assert_eq!(missing.message, "map has no element for required attribute \"id\"");
    let wrong = convert(&map, &object(&[("name?", list(Type::String))])).unwrap_err();
    assert_eq!(
        wrong.message,
        "map element type is incompatible with attribute \"name\": list of string required"
    );
}

#[test]
fn marks_stay_where_they_were() {
    let input = Value::tuple([Value::from(1).sensitive(), Value::from(2)]);
    let as_list = convert(&input, &list(Type::String)).unwrap();
    assert!(as_list.marks().is_empty());
    assert_eq!(as_list.as_slice().unwrap()[0], Value::from("1").sensitive());
    assert_eq!(as_list.as_slice().unwrap()[1], Value::from("2"));
    let as_set = convert(&input.with_marks(&Marks::ephemeral()), &Type::set(Type::Number)).unwrap();
    assert!(as_set.marks().is_sensitive() && as_set.marks().is_ephemeral());
    assert!(!as_set.as_slice().unwrap()[0].is_marked_deep());
}

#[test]
fn what_is_known_of_unknown_values_is_kept() {
    let not_null = Refinement::not_null;
    let from = |ty: Type, r: Refinement| Value::unknown_refined(ty, r);
    let lengths = |min, max| Refinement { length_min: min, length_max: max, ..Refinement::default() };
    for (input, ty, expected) in [
        (Value::UNKNOWN, Type::String, Value::unknown(Type::String)),
        (from(Type::Number, not_null()), Type::String, from(Type::String, not_null())),
        (
            from(Type::list(Type::String), lengths(Some(2), Some(3))),
            Type::set(Type::String),
            from(Type::set(Type::String), lengths(Some(1), Some(3))),
        ),
        (
            Value::unknown(Type::tuple([Type::Number, Type::String])),
            Type::list(Type::Dynamic),
            from(Type::list(Type::String), lengths(Some(2), Some(2))),
        ),
        (
            Value::unknown(object(&[("a", Type::Number)])),
            Type::map(Type::String),
            from(Type::map(Type::String), lengths(Some(1), Some(1))),
        ),
        (
            Value::null(Type::list(Type::Number)),
            Type::list(Type::Dynamic),
            Value::null(Type::list(Type::Number)),
        ),
        (
            Value::set(Type::String, [Value::unknown(Type::String)]),
            Type::list(Type::String),
            Value::list(Type::String, [Value::unknown(Type::String)]),
        ),
        (
            Value::set(Type::String, [Value::from("a"), Value::unknown(Type::String)]),
            Type::list(Type::String),
            from(Type::list(Type::String), Refinement { not_null: true, ..lengths(Some(1), Some(2)) }),
        ),
    ] {
        assert_eq!(convert(&input, &ty).unwrap(), expected, "{input:?} to {ty}");
    }
}

#[test]
fn the_path_of_a_failure_leads_through_keys_and_attributes() {
    let ty = Type::map(object(&[("n", Type::Number)]));
    let error = convert(&v("{\"k\":{\"n\":\"x\"}}"), &ty).unwrap_err();
    assert_eq!(error.path.0, [PathStep::Key("k".into()), PathStep::Attribute("n".into())]);
}

proptest! {
    #[test]
    fn conversion_has_the_type_and_is_idempotent(value in value(true), ty in constraint()) {
        let from = value.ty();
        match convert(&value, &ty) {
            Ok(result) => {
                prop_assert!(conversion_exists(&from, &ty, true));
                prop_assert_eq!(&convert(&result, &ty).unwrap(), &result);
                if !ty.has_dynamic() {
                    prop_assert_eq!(result.ty(), ty.without_optional());
                }
            }
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }

    #[test]
    fn safe_conversion_never_fails(value in value(false), ty in crate::arbitrary::ty()) {
        if conversion_exists(&value.ty(), &ty, false) {
            prop_assert_eq!(convert(&value, &ty).unwrap().ty(), ty);
        }
    }

    #[test]
    fn marks_survive_conversion(value in value(false), ty in crate::arbitrary::ty()) {
        if let Ok(result) = convert(&value.sensitive(), &ty) {
            prop_assert!(result.marks().is_sensitive());
        }
    }
}
