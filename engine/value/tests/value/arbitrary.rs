//! Random types and values.

use crate::numbers::number;
use proptest::prelude::*;
use terrane_value::{Refinement, Type, Value};

/// A type without `any` and without optional attributes.
pub(crate) fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::Bool), Just(Type::Number), Just(Type::String)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::tuple),
            prop::collection::btree_map("[ab]", inner, 0..3).prop_map(Type::object),
        ]
    })
}

/// A type constraint, with `any` and optional attributes in it.
pub(crate) fn constraint() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::String),
        Just(Type::Dynamic)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Type::tuple),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|attributes| Type::object_with_optional(attributes, ["b"])),
        ]
    })
}

/// A value of type `ty`, sometimes null or unknown in part when `unknown` is set.
pub(crate) fn of_type(ty: Type, unknown: bool) -> BoxedStrategy<Value> {
    let known: BoxedStrategy<Value> = match ty.clone() {
        Type::Dynamic => Just(Value::NULL).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Type::Number => number().prop_map(Value::number).boxed(),
        Type::String => {
            prop_oneof!["[ab1é\"\n]{0,3}", "-?[0-9]{1,3}", "true|false"].prop_map(Value::from).boxed()
        }
        Type::List(t) => prop::collection::vec(of_type((*t).clone(), unknown), 0..4)
            .prop_map(move |vs| Value::list((*t).clone(), vs))
            .boxed(),
        Type::Set(t) => prop::collection::vec(of_type((*t).clone(), unknown), 0..4)
            .prop_map(move |vs| Value::set((*t).clone(), vs))
            .boxed(),
        Type::Map(t) => prop::collection::btree_map("[abc]", of_type((*t).clone(), unknown), 0..4)
            .prop_map(move |vs| Value::map((*t).clone(), vs))
            .boxed(),
        Type::Tuple(ts) => {
            ts.iter().map(|t| of_type(t.clone(), unknown)).collect::<Vec<_>>().prop_map(Value::tuple).boxed()
        }
        Type::Object(o) => {
            let names: Vec<_> = o.attributes.keys().cloned().collect();
            let values: Vec<_> = o.attributes.values().map(|t| of_type(t.clone(), unknown)).collect();
            values.prop_map(move |vs| Value::object(names.iter().cloned().zip(vs))).boxed()
        }
    };
    let null = Value::null(ty.clone());
    if !unknown {
        return prop_oneof![9 => known, 1 => Just(null)].boxed();
    }
    let refinement = (
        any::<bool>(),
        prop::option::of(0u64..3),
        prop::option::of("[a-z]{1,3}"),
        prop::option::of(number()),
    )
        .prop_map(|(not_null, length_min, prefix, min)| Refinement {
            not_null,
            prefix: prefix.map(Into::into),
            number_min: min.map(|n| (n, true)),
            length_min: length_min.filter(|n| *n > 0),
            ..Refinement::default()
        });
    let refined = refinement.prop_map(move |r| Value::unknown_refined(ty.clone(), r));
    prop_oneof![8 => known, 1 => Just(null), 1 => refined].boxed()
}

/// A value of any type.
pub(crate) fn value(unknown: bool) -> impl Strategy<Value = Value> {
    ty().prop_flat_map(move |ty| of_type(ty, unknown))
}
