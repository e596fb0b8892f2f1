//! The canonical order of sets, as Terraform prints them.

use crate::arbitrary::{of_type, ty};
use crate::v;
use proptest::prelude::*;
use terrane_value::{Type, Value, convert, to_json_text};

#[test]
fn elements_are_in_the_order_of_cty() {
    for (input, element, expected) in [
        ("[2,10,1.5,2]", Type::Number, "[1.5,2,10]"),
        ("[-1,-10,0]", Type::Number, "[-10,-1,0]"),
        ("[true,false,true]", Type::Bool, "[false,true]"),
        ("[\"b\",\"B\",\"é\",\"z\",null]", Type::String, "[\"B\",\"b\",\"z\",\"é\",null]"),
        ("[[2],[10]]", Type::list(Type::Number), "[[10],[2]]"),
        ("[{\"a\":9},{\"a\":10}]", Type::Dynamic, "[{\"a\":10},{\"a\":9}]"),
        ("[{\"a\":1e30},{\"a\":9}]", Type::Dynamic, "[{\"a\":1000000000000000000000000000000},{\"a\":9}]"),
        (
            "[{\"a\":\"b\"},{\"a\":null},{\"a\":\"a\"}]",
            Type::map(Type::String),
            "[{\"a\":\"a\"},{\"a\":\"b\"},{\"a\":null}]",
        ),
        (
            "[{\"a\":\"é\"},{\"a\":\"z\"},{\"a\":\"\\n\"},{\"a\":\"a\\\"\"},{\"a\":\"\"},{\"a\":\"a\"}]",
            Type::Dynamic,
            "[{\"a\":\"\"},{\"a\":\"\\n\"},{\"a\":\"a\"},{\"a\":\"a\\\"\"},{\"a\":\"z\"},{\"a\":\"é\"}]",
        ),
        (
            "[{\"b\":1,\"a\":\"é\"},{\"b\":2,\"a\":\"z\"}]",
            Type::Dynamic,
            "[{\"a\":\"z\",\"b\":2},{\"a\":\"é\",\"b\":1}]",
        ),
        ("[{\"b\":1},{\"a\":2},{}]", Type::map(Type::Number), "[{\"a\":2},{\"b\":1},{}]"),
    ] {
        let set = convert(&v(input), &Type::set(element)).unwrap();
        assert_eq!(to_json_text(&set).unwrap(), expected);
    }
}

#[test]
fn unknown_elements_are_never_duplicates() {
    let unknown = Value::unknown(Type::String);
    let set = Value::set(
        Type::String,
        [Value::null(Type::String), unknown.clone(), Value::from("x"), unknown.clone()],
    );
    assert_eq!(
        set.as_slice().unwrap(),
        [Value::from("x"), unknown.clone(), unknown, Value::null(Type::String)]
    );
}

proptest! {
    #[test]
    fn order_of_entry_does_not_matter(
        (ty, mut elements) in ty().prop_flat_map(|t| {
            let elements = prop::collection::vec(of_type(t.clone(), false), 0..6);
            (Just(t), elements)
        }),
        turn in any::<prop::sample::Index>(),
    ) {
        let set = Value::set(ty.clone(), elements.clone());
        prop_assert_eq!(&Value::set(ty.clone(), set.as_slice().unwrap().to_vec()), &set);
        for element in &elements {
            prop_assert_eq!(set.as_slice().unwrap().iter().filter(|e| *e == element).count(), 1);
        }
        if !elements.is_empty() {
            let by = turn.index(elements.len());
            elements.rotate_left(by);
            elements.extend(elements.clone());
            prop_assert_eq!(Value::set(ty, elements), set);
        }
    }
}
