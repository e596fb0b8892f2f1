//! Values as MessagePack.

use crate::arbitrary::{ty, value};
use crate::{object, v};
use proptest::prelude::*;
use terrane_value::{Number, Refinement, Type, Value, from_msgpack, to_msgpack};

fn number(text: &str) -> Value {
    Value::number(text.parse::<Number>().unwrap())
}

#[test]
fn bytes_are_those_of_cty() {
    let not_null = Refinement::not_null();
    for (value, ty, expected) in [
        (Value::TRUE, Type::Bool, vec![0xc3]),
        (Value::from(5), Type::Number, vec![5]),
        (number("-0"), Type::Number, vec![0]),
        (Value::from(-33), Type::Number, vec![0xd0, 0xdf]),
        (Value::from(200), Type::Number, vec![0xcc, 200]),
        (number("9223372036854775808"), Type::Number, [&[0xb3], b"9223372036854775808".as_slice()].concat()),
        (number("0.5"), Type::Number, vec![0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0]),
        (number("0.1"), Type::Number, vec![0xa3, b'0', b'.', b'1']),
        (Value::from("a"), Type::String, vec![0xa1, b'a']),
        (Value::null(Type::String), Type::String, vec![0xc0]),
        (Value::NULL, Type::Dynamic, vec![0xc0]),
        (Value::UNKNOWN, Type::Dynamic, vec![0xd4, 0, 0]),
        (Value::unknown(Type::String), Type::String, vec![0xd4, 0, 0]),
        (
            Value::unknown_refined(Type::String, not_null.clone()),
            Type::String,
            vec![0xc7, 3, 12, 0x81, 1, 0xc2],
        ),
        (
            Value::unknown_refined(
                Type::Number,
                Refinement { number_min: Some((0.into(), true)), ..not_null },
            ),
            Type::Number,
            vec![0xc7, 7, 12, 0x82, 1, 0xc2, 3, 0x92, 0, 0xc3],
        ),
        (v("{\"a\":1}"), object(&[("a", Type::Number)]), vec![0x81, 0xa1, b'a', 1]),
        (Value::from("x"), Type::Dynamic, [&[0x92, 0xc4, 8][..], b"\"string\"", &[0xa1, b'x']].concat()),
    ] {
        assert_eq!(to_msgpack(&value, &ty).unwrap(), expected, "{value:?}");
        assert_eq!(from_msgpack(&expected, &ty).unwrap(), value);
    }
}

#[test]
fn a_value_of_another_type_is_not_written() {
    assert!(to_msgpack(&Value::from("x"), &Type::Number).is_err());
    assert!(to_msgpack(&v("{}"), &object(&[("a", Type::Number)])).is_err());
}

#[test]
fn bytes_that_are_not_a_value_are_refused() {
    let list = Type::list(Type::String);
    for (bytes, ty) in [
        (&[][..], Type::String),
        (&[0xa5, b'a'], Type::String),
        (&[0xa1, 0xff], Type::String),
        (&[5], Type::String),
        (&[5, 5], Type::Number),
        (&[0xdd, 0xff, 0xff, 0xff, 0xff], list),
        (&[0x92, 0xc4, 1, b'x', 0xc0], Type::Dynamic),
        (&[0xc7, 3, 7, 0x81, 1, 0xc2], Type::String),
        (&[0xc7, 3, 12, 0x81, 99, 0xc2], Type::String),
        (&[0x80], object(&[("a", Type::Bool)])),
        (&[0x81, 0xa1, b'z', 1], object(&[])),
        (&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Type::Number),
    ] {
        assert!(from_msgpack(bytes, &ty).is_err(), "{bytes:?}");
    }
}

#[test]
fn long_prefixes_are_shortened() {
    let prefix = "é".repeat(400);
    let refined = Refinement { prefix: Some(prefix.as_str().into()), ..Refinement::default() };
    let bytes = to_msgpack(&Value::unknown_refined(Type::String, refined), &Type::String).unwrap();
    assert!(bytes.len() < 300);
    let read = from_msgpack(&bytes, &Type::String).unwrap();
    assert!(
        matches!(read.kind(), terrane_value::Kind::Unknown(_, Some(r)) if prefix.starts_with(&**r.prefix.as_ref().unwrap()))
    );
}

proptest! {
    #[test]
    fn values_survive(value in value(true)) {
        let bytes = to_msgpack(&value, &value.ty()).unwrap();
        prop_assert_eq!(from_msgpack(&bytes, &value.ty()).unwrap(), value.clone());
        let bytes = to_msgpack(&value, &Type::Dynamic).unwrap();
        prop_assert_eq!(from_msgpack(&bytes, &Type::Dynamic).unwrap(), value);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40), ty in ty()) {
        if let Ok(value) = from_msgpack(&bytes, &ty) {
            prop_assert_eq!(value.ty(), ty);
        }
        let _ = from_msgpack(&bytes, &Type::Dynamic);
    }
}
