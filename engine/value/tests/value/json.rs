//! Values and types as JSON.

use crate::arbitrary::{of_type, ty, value};
use crate::{object, v};
use proptest::prelude::*;
use serde_json::json;
use terrane_value::{
    Type, Value, from_json_with_type, to_json, to_json_text, to_json_with_type, type_from_json, type_to_json,
};

#[test]
fn text_is_what_jsonencode_writes() {
    for (value, expected) in [
        (
            Value::from("<>&\u{2028}\u{2029}\u{1}\u{7f}\u{8}\u{c}\t\r\n\"\\/é"),
            "\"\\u003c\\u003e\\u0026\\u2028\\u2029\\u0001\u{7f}\\b\\f\\t\\r\\n\\\"\\\\/é\"",
        ),
        (
            v("{\"b\":[1.50,null,true],\"<\":1e30}"),
            "{\"\\u003c\":1000000000000000000000000000000,\"b\":[1.5,null,true]}",
        ),
        (v("-0"), "-0"),
        (Value::set(Type::Number, [2, 10, 1].map(|n| Value::from(i64::from(n)))), "[1,2,10]"),
        (Value::from("x").sensitive(), "\"x\""),
    ] {
        assert_eq!(to_json_text(&value).unwrap(), expected);
        if value.as_str().is_none() {
            assert_eq!(to_json(&value).unwrap().to_string(), expected.replace("\\u003c", "<"));
        }
    }
    assert!(to_json_text(&Value::tuple([Value::UNKNOWN])).is_err());
    assert!(to_json(&Value::unknown(Type::String)).is_err());
}

#[test]
fn numbers_keep_their_digits() {
    let text = "123456789012345678901234567890.123456789";
    assert_eq!(to_json_text(&v(text)).unwrap(), text);
}

#[test]
fn dynamic_values_carry_their_type() {
    let ty = object(&[("a", Type::Dynamic), ("b", Type::list(Type::Dynamic))]);
    let value = Value::object([("a", v("{\"x\":1}")), ("b", Value::list(Type::Dynamic, []))]);
    let json = to_json_with_type(&value, &ty).unwrap();
    assert_eq!(json, json!({"a": {"value": {"x": 1}, "type": ["object", {"x": "number"}]}, "b": []}));
    assert_eq!(from_json_with_type(&json, &ty).unwrap(), value);
}

#[test]
fn json_of_another_shape_is_refused() {
    for (json, ty, message) in [
        (json!([]), Type::String, "string is required"),
        (json!("x"), Type::Number, "number is required"),
        (json!({"a": ["x"]}), object(&[("a", Type::list(Type::Bool))]), "a[0]: bool is required"),
        (json!({}), object(&[("a", Type::Bool)]), "attribute \"a\" is required"),
        (json!({"b": 1}), object(&[]), "unsupported attribute \"b\""),
        (json!([1]), Type::tuple([]), "too many tuple elements (need 0)"),
        (json!([]), Type::tuple([Type::Bool]), "not enough tuple elements (need 1)"),
        (json!({"value": 1}), Type::Dynamic, "missing type in dynamically-typed value"),
        (json!(1), Type::Dynamic, "an object with the keys type and value is required"),
    ] {
        assert_eq!(from_json_with_type(&json, &ty).unwrap_err().0, message);
    }
    assert_eq!(from_json_with_type(&json!(5), &Type::String).unwrap(), Value::from("5"));
    assert_eq!(from_json_with_type(&json!("5"), &Type::Number).unwrap(), Value::from(5));
}

#[test]
fn types_are_written_as_cty_does() {
    for (ty, expected) in [
        (Type::Dynamic, json!("dynamic")),
        (Type::set(Type::Number), json!(["set", "number"])),
        (Type::tuple([Type::Bool]), json!(["tuple", ["bool"]])),
        (
            object(&[("a", Type::String), ("b?", Type::Bool)]),
            json!(["object", {"a": "string", "b": "bool"}, ["b"]]),
        ),
    ] {
        assert_eq!(type_to_json(&ty), expected);
        assert_eq!(type_from_json(&expected).unwrap(), ty);
    }
    for invalid in
        [json!("text"), json!(["list"]), json!(["list", "x"]), json!(["object", {}, ["a"]]), json!(1)]
    {
        assert!(type_from_json(&invalid).is_err(), "{invalid}");
    }
}

proptest! {
    // A number made from a double has fewer digits than it has bits; once read it stays the same.
    #[test]
    fn values_survive_json(value in value(false)) {
        let json = to_json(&value).unwrap();
        let read = from_json_with_type(&json, &value.ty()).unwrap();
        prop_assert_eq!(&to_json(&read).unwrap(), &json);
        prop_assert_eq!(read.ty(), value.ty());
        let parsed: serde_json::Value = serde_json::from_str(&to_json_text(&value).unwrap()).unwrap();
        prop_assert_eq!(from_json_with_type(&parsed, &value.ty()).unwrap(), read);
    }

    #[test]
    fn values_survive_json_with_their_type(value in value(false)) {
        let json = to_json_with_type(&value, &Type::Dynamic).unwrap();
        let read = from_json_with_type(&json, &Type::Dynamic).unwrap();
        prop_assert_eq!(read.ty(), value.ty());
        prop_assert_eq!(to_json_with_type(&read, &Type::Dynamic).unwrap(), json);
    }

    #[test]
    fn types_survive_json(ty in ty()) {
        prop_assert_eq!(type_from_json(&type_to_json(&ty)).unwrap(), ty);
    }

    #[test]
    fn any_json_is_read_or_refused(value in ty().prop_flat_map(|t| of_type(t, false)), ty in ty()) {
        if let Ok(read) = from_json_with_type(&to_json(&value).unwrap(), &ty) {
            prop_assert_eq!(read.ty(), ty);
        }
    }
}

#[test]
fn text_is_read_to_five_hundred_levels() {
    use terrane_value::nested_json;
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), (" [ {\"b\":1,\"a\": ", ", \"c\":[]} ]")] {
        let text = |n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
        assert_eq!(
            nested_json(&text(50)).unwrap(),
            serde_json::from_str::<serde_json::Value>(&text(50)).unwrap()
        );
        let read = nested_json(&text(200)).unwrap();
        assert_eq!(
            serde_json::to_string(&read).unwrap().matches(['[', '{']).count(),
            text(200).matches(['[', '{']).count()
        );
        let refused = nested_json(&text(10_000)).unwrap_err();
        assert_eq!(refused.to_string(), "nested more than 500 levels deep");
    }
    assert!(nested_json(&"[".repeat(10_000)).is_err());
    assert!(nested_json(&format!("{}x{}", "[".repeat(300), "]".repeat(300))).is_err());
}
