//! Conversion between types.

use super::Want::{Any, Bool, List, Map, Number, Set, String as Text};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use terrane_value::{Kind, Type, Value, convert};

const V: &[Param] = &[param("v", Any).null().unknown().marked()];

pub(super) const TABLE: &[Function] = &[
    function("tobool", V, Returns::Is(Bool), |c| to(c, &Type::Bool)).nullable().doc(
        "A value as a bool.",
        "tobool(\"true\")",
        "true",
    ),
    function("tolist", V, Returns::Is(List(&Any)), |c| to(c, &Type::list(Type::Dynamic))).nullable().doc(
        "A value as a list.",
        "tolist([\"a\", 1])",
        "tolist([\"a\", \"1\"])",
    ),
    function("tomap", V, Returns::Is(Map(&Any)), |c| to(c, &Type::map(Type::Dynamic))).nullable().doc(
        "A value as a map.",
        "tomap({ a = 1, b = \"x\" })[\"a\"]",
        "\"1\"",
    ),
    function("tonumber", V, Returns::Is(Number), |c| to(c, &Type::Number)).nullable().doc(
        "A value as a number.",
        "tonumber(\"12.50\")",
        "12.5",
    ),
    function("toset", V, Returns::Is(Set(&Any)), |c| to(c, &Type::set(Type::Dynamic))).nullable().doc(
        "A value as a set.",
        "length(toset([\"a\", \"b\", \"a\"]))",
        "2",
    ),
    function("tostring", V, Returns::Is(Text), |c| to(c, &Type::String)).nullable().doc(
        "A value as a string.",
        "tostring(12.50)",
        "\"12.5\"",
    ),
];

fn to(call: &Call<'_>, ty: &Type) -> Result<Value, CallError> {
    let value = &call.args[0];
    convert(value, ty).map_err(|_| {
        let target = match ty {
            Type::List(_) => "list of any single type".to_owned(),
            Type::Set(_) => "set of any single type".to_owned(),
            Type::Map(_) => "map of any single type".to_owned(),
            other => other.friendly_name(),
        };
        let hidden = if value.marks().is_sensitive() {
            "this sensitive "
        } else if value.marks().is_ephemeral() {
            "this ephemeral "
        } else {
            ""
        };
        let why = match (value.kind(), ty) {
            (Kind::String(s), Type::Bool) if hidden.is_empty() => {
                format!("cannot convert {s:?} to bool; only the strings \"true\" or \"false\" are allowed")
            }
            (Kind::String(s), Type::Number) if hidden.is_empty() => format!(
                "cannot convert {s:?} to number; given string must be a decimal representation of a number"
            ),
            _ => format!("cannot convert {hidden}{} to {target}", value.ty().friendly_name()),
        };
        bad_argument(0, why)
    })
}
