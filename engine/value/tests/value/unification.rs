//! Unification of types.

use crate::arbitrary::{of_type, ty};
use crate::object;
use proptest::prelude::*;
use terrane_value::{Type, convert, unify, unify_safe};

#[test]
fn types_unify() {
    use Type::{Bool, Dynamic, Number, String};
    let tuple = |types: &[Type]| Type::tuple(types.iter().cloned());
    for (types, expected) in [
        (vec![], None),
        (vec![Number], Some(Number)),
        (vec![Number, String, Bool], Some(String)),
        (vec![Number, Bool], None),
        (vec![Dynamic, Number], Some(Number)),
        (vec![Dynamic, Type::list(Number)], Some(Dynamic)),
        (vec![Type::list(Number), Type::list(String)], Some(Type::list(String))),
        (vec![Type::set(Number), Type::list(String)], Some(Type::list(String))),
        (vec![Type::list(String), tuple(&[Number, Bool])], Some(Type::list(String))),
        (vec![tuple(&[Number, String]), tuple(&[String, String])], Some(tuple(&[String, String]))),
        (vec![tuple(&[Number]), tuple(&[])], Some(Type::list(Number))),
        (vec![tuple(&[Number]), tuple(&[Bool])], None),
        (vec![object(&[("a", Number)]), object(&[("a", String)])], Some(object(&[("a", String)]))),
        (vec![object(&[("a", Number)]), object(&[("b", String)])], Some(Type::map(String))),
        (vec![object(&[("a", Number)]), object(&[("b", Type::list(String))])], None),
        (vec![object(&[("a", Number)]), Type::map(String)], Some(Type::map(String))),
        (vec![object(&[]), tuple(&[])], None),
        (vec![Type::map(String), Type::list(String)], None),
    ] {
        assert_eq!(unify(&types), expected, "{types:?}");
    }
}

proptest! {
    #[test]
    fn unification_is_commutative_and_every_type_converts(
        types in prop::collection::vec(ty(), 1..4),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut turned = types.clone();
        turned.rotate_left(seed.index(types.len()));
        if let (Some(a), Some(b)) = (unify_safe(&types), unify_safe(&turned)) {
            prop_assert_eq!(&a, &b);
            for t in &types {
                prop_assert!(terrane_value::conversion_exists(t, &a, false), "{} to {}", t, a);
            }
        }
    }

    #[test]
    fn values_convert_to_what_their_types_unify_to(
        (a, b) in (ty(), ty()).prop_flat_map(|(a, b)| (of_type(a, false), of_type(b, false)))
    ) {
        if let Some(common) = unify_safe(&[a.ty(), b.ty()]) {
            prop_assert_eq!(convert(&a, &common).unwrap().ty(), common.clone());
            prop_assert_eq!(convert(&b, &common).unwrap().ty(), common);
        }
    }
}
