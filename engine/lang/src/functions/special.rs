//! Functions on marks.

use super::Want::{Any, Bool};
use super::{Call, CallError, Function, Param, Returns, function, param};
use std::sync::Arc;
use terrane_value::{Kind, Refinement, Type, Value};

const VALUE: &[Param] = &[param("value", Any).null().unknown().marked()];

pub(super) const TABLE: &[Function] = &[
    function("ephemeralasnull", VALUE, Returns::Is(Any), |c| Ok(without_ephemeral(&c.args[0])))
        .nullable()
        .doc("A value with null in place of everything ephemeral in it.", "ephemeralasnull([1])", "[1]"),
    function("issensitive", VALUE, Returns::Is(Bool), is_sensitive).doc(
        "Whether a value is marked as sensitive.",
        "issensitive(sensitive(1))",
        "true",
    ),
    function("nonsensitive", VALUE, Returns::Is(Any), |c| {
        let marks = c.args[0].marks().with(|m| m.sensitive = false);
        Ok(c.args[0].replace_marks(marks))
    })
    .nullable()
    .doc("A value without the mark that it is sensitive.", "nonsensitive(sensitive(1))", "1"),
    function("sensitive", VALUE, Returns::Is(Any), |c| Ok(c.args[0].sensitive())).nullable().doc(
        "A value marked as sensitive.",
        "sensitive(1) == 1",
        "sensitive(true)",
    ),
];

fn is_sensitive(call: &Call<'_>) -> Result<Value, CallError> {
    let value = &call.args[0];
    let answer = if value.marks().is_sensitive() {
        Value::TRUE
    } else if !value.is_known() {
        Value::unknown_refined(Type::Bool, Refinement::not_null())
    } else {
        Value::FALSE
    };
    // The answer is not secret, but it came from the same places.
    Ok(answer.with_marks(&value.marks().with(|m| m.sensitive = false)))
}

fn without_ephemeral(value: &Value) -> Value {
    let marks = value.marks();
    if marks.is_ephemeral() {
        return Value::null(value.ty()).replace_marks(marks.with(|m| m.ephemeral = false));
    }
    let kind = match value.kind() {
        Kind::List(t, vs) => Kind::List(t.clone(), vs.iter().map(without_ephemeral).collect()),
        Kind::Tuple(vs) => Kind::Tuple(vs.iter().map(without_ephemeral).collect()),
        Kind::Map(t, vs) => Kind::Map(
            t.clone(),
            Arc::new(vs.iter().map(|(k, v)| (k.clone(), without_ephemeral(v))).collect()),
        ),
        Kind::Object(vs) => {
            Kind::Object(Arc::new(vs.iter().map(|(k, v)| (k.clone(), without_ephemeral(v))).collect()))
        }
        other => other.clone(),
    };
    Value::from(kind).with_marks(marks)
}
