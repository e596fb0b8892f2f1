//! What is in a list, set, map, tuple or object.

use super::Want::{Any, Bool, List, Number, String as Text};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use std::sync::Arc;
use terrane_value::{Kind, Number as Num, Refinement, Type, Value, convert};
use unicode_segmentation::UnicodeSegmentation;

const ANY_LIST: &[Param] = &[param("list", Any).marked()];
const BOOLS: &[Param] = &[param("list", List(&Bool))];
const SEARCH: &[Param] = &[param("list", Any), param("value", Any)];

pub(super) const TABLE: &[Function] = &[
    function("alltrue", BOOLS, Returns::Is(Bool), |c| Ok(all(c, true))).doc(
        "Whether all elements are true.",
        "alltrue([true, \"true\"])",
        "true",
    ),
    function("anytrue", BOOLS, Returns::Is(Bool), |c| Ok(all(c, false))).doc(
        "Whether any element is true.",
        "anytrue([false, true])",
        "true",
    ),
    function("contains", SEARCH, Returns::Is(Bool), contains).doc(
        "Whether a list, set or tuple has an element equal to a value.",
        "contains([\"a\", \"b\"], \"b\")",
        "true",
    ),
    function(
        "element",
        &[param("list", Any).marked(), param("index", Number)],
        Returns::By(element_type),
        element,
    )
    .nullable()
    .doc(
        "The element at a position, which wraps around at the end.",
        "element([\"a\", \"b\", \"c\"], 4)",
        "\"b\"",
    ),
    function("index", SEARCH, Returns::Is(Number), index).doc(
        "The position of the first element equal to a value.",
        "index([\"a\", \"b\"], \"b\")",
        "1",
    ),
    function("keys", &[param("inputMap", Any).marked().unknown()], Returns::Is(Any), keys).doc(
        "The keys of a map, or attribute names of an object, in order.",
        "keys({ b = 1, a = 2 })",
        "[\"a\", \"b\"]",
    ),
    function("length", &[param("value", Any).marked().unknown()], Returns::Is(Number), length).doc(
        "The number of elements, or of characters.",
        "length([\"a\", \"b\"])",
        "2",
    ),
    function(
        "lookup",
        &[param("inputMap", Any).marked(), param("key", Text).marked()],
        Returns::By(lookup_type),
        lookup,
    )
    .rest(param("default", Any).null().unknown().marked())
    .nullable()
    .doc("The element with a key, or a default when there is none.", "lookup({ a = 1 }, \"b\", 2)", "2"),
    function("one", ANY_LIST, Returns::By(one_type), one).nullable().doc(
        "The only element of a list, set or tuple, or null when it is empty.",
        "one([\"a\"])",
        "\"a\"",
    ),
    function("sum", &[param("list", Any)], Returns::Is(Number), sum).doc(
        "The sum of numbers.",
        "sum([10, 13, 6])",
        "29",
    ),
    function("values", &[param("mapping", Any).marked()], Returns::By(values_type), values).doc(
        "The elements of a map, or attribute values of an object, in the order of their keys.",
        "values({ b = 1, a = \"x\" })",
        "[\"x\", 1]",
    ),
];

fn unknown(ty: Type) -> Value {
    Value::unknown_refined(ty, Refinement::not_null())
}

/// With `wanted` true, whether all are; otherwise, whether any is.
fn all(call: &Call<'_>, wanted: bool) -> Value {
    let mut known = true;
    for element in call.elements(0) {
        if !element.is_known() {
            known = false;
        } else if (element.as_bool() == Some(true)) != wanted {
            return Value::from(!wanted);
        }
    }
    if known { Value::from(wanted) } else { unknown(Type::Bool) }
}

fn contains(call: &Call<'_>) -> Result<Value, CallError> {
    if !matches!(call.args[0].ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) {
        return Err("argument must be list, tuple, or set".into());
    }
    let mut known = true;
    for element in call.elements(0) {
        match element.equals(&call.args[1]).as_bool() {
            Some(true) => return Ok(Value::TRUE),
            Some(false) => {}
            None => known = false,
        }
    }
    Ok(if known { Value::FALSE } else { unknown(Type::Bool) })
}

fn index(call: &Call<'_>) -> Result<Value, CallError> {
    if !matches!(call.args[0].ty(), Type::List(_) | Type::Tuple(_)) {
        return Err(bad_argument(0, "argument must be a list or tuple"));
    }
    if call.elements(0).is_empty() {
        return Err("cannot search an empty list".into());
    }
    for (i, element) in call.elements(0).iter().enumerate() {
        match element.equals(&call.args[1]).as_bool() {
            Some(true) => return Ok(Value::number(i as i64)),
            Some(false) => {}
            None => return Ok(unknown(Type::Number)),
        }
    }
    Err("item not found".into())
}

/// The position among `n` elements that an index means.
fn wrapped(index: &Value, n: usize) -> Result<usize, CallError> {
    let i = index.as_number().and_then(Num::to_i64);
    let i = i.ok_or("invalid index: a whole number in the range of 64 bits is required")?;
    let n = i64::try_from(n).ok().filter(|n| *n > 0);
    let n = n.ok_or("cannot use element function with an empty list")?;
    Ok(usize::try_from(i.rem_euclid(n)).unwrap_or(0))
}

fn element_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::List(t) => Ok((*t).clone()),
        Type::Tuple(types) if args[1].is_known() => Ok(types[wrapped(&args[1], types.len())?].clone()),
        Type::Tuple(_) | Type::Dynamic => Ok(Type::Dynamic),
        other => Err(format!("cannot read elements from {}", other.friendly_name()).into()),
    }
}

fn element(call: &Call<'_>) -> Result<Value, CallError> {
    element_type(call.args)?;
    let elements = call.elements(0);
    let at = wrapped(&call.args[1], elements.len())?;
    Ok(elements[at].with_marks(call.args[0].marks()))
}

fn keys(call: &Call<'_>) -> Result<Value, CallError> {
    let map = &call.args[0];
    let key = |k: &Arc<str>| Value::from(Kind::String(k.clone()));
    let keys = match map.kind() {
        Kind::Map(_, vs) => Value::list(Type::String, vs.keys().map(key)),
        Kind::Object(vs) => Value::tuple(vs.keys().map(key)),
        Kind::Unknown(Type::Map(_), _) => unknown(Type::list(Type::String)),
        Kind::Unknown(Type::Object(o), _) => Value::tuple(o.attributes.keys().map(key)),
        Kind::Unknown(Type::Dynamic, _) => Value::UNKNOWN,
        _ => return Err(bad_argument(0, "must have map or object type")),
    };
    Ok(keys.with_marks(map.marks()))
}

fn values_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Map(t) => Ok(Type::List(t)),
        Type::Object(o) => Ok(Type::tuple(o.attributes.values().cloned())),
        _ => Err("values() requires a map as the first argument".into()),
    }
}

fn values(call: &Call<'_>) -> Result<Value, CallError> {
    let values = match call.args[0].kind() {
        Kind::Map(t, vs) => Value::list(t.clone(), vs.values().cloned()),
        Kind::Object(vs) => Value::tuple(vs.values().cloned()),
        _ => return Err("values() requires a map as the first argument".into()),
    };
    Ok(values.with_marks(call.args[0].marks()))
}

fn length(call: &Call<'_>) -> Result<Value, CallError> {
    let (value, marks) = call.args[0].unmark();
    let length = match (value.kind(), value.ty()) {
        (Kind::String(s), _) => Value::number(s.graphemes(true).count() as i64),
        (Kind::Unknown(..), Type::String | Type::Dynamic) => unknown(Type::Number),
        (_, Type::Tuple(types)) => Value::number(types.len() as i64),
        (_, Type::Object(o)) => Value::number(o.attributes.len() as i64),
        (_, Type::List(_) | Type::Set(_) | Type::Map(_)) => value.length().map_err(|e| e.0)?,
        _ => return Err("argument must be a string, a collection type, or a structural type".into()),
    };
    Ok(length.with_marks(&marks))
}

fn lookup_type(args: &[Value]) -> Result<Type, CallError> {
    match (args[0].ty(), args[1].as_str(), args.get(2)) {
        (Type::Map(t), ..) => Ok((*t).clone()),
        (Type::Object(o), Some(key), default) => match (o.attributes.get(key), default) {
            (Some(t), _) => Ok(t.clone()),
            (None, Some(default)) => Ok(default.ty()),
            (None, None) => Err(bad_argument(0, format!("the given object has no attribute {key:?}"))),
        },
        (Type::Object(_) | Type::Dynamic, ..) => Ok(Type::Dynamic),
        _ => Err(bad_argument(0, "lookup() requires a map as the first argument")),
    }
}

fn lookup(call: &Call<'_>) -> Result<Value, CallError> {
    if call.args.len() > 3 {
        return Err(format!("lookup() takes two or three arguments, got {}", call.args.len()).into());
    }
    lookup_type(call.args)?;
    let (map, key) = (&call.args[0], &call.args[1]);
    let marks = map.marks().union(key.marks());
    let default =
        match (map.kind(), call.args.get(2)) {
            (Kind::Map(t, _), Some(default)) => Some(convert(default, t).map_err(|_| {
                bad_argument(2, "the default value must have the same type as the map elements")
            })?),
            (_, default) => default.cloned(),
        };
    let found = map.as_map().and_then(|vs| vs.get(call.str(1))).cloned().or(default);
    match found {
        Some(found) => Ok(found.with_marks(&marks)),
        None if key.marks().is_sensitive() => Err("lookup failed to find key (sensitive value)".into()),
        None => Err(format!("lookup failed to find key {:?}", call.str(1)).into()),
    }
}

fn one_type(args: &[Value]) -> Result<Type, CallError> {
    const WRONG: &str = "must be a list, set, or tuple value with either zero or one elements";
    match args[0].ty() {
        Type::List(t) | Type::Set(t) => Ok((*t).clone()),
        Type::Tuple(types) if types.len() <= 1 => Ok(types.first().cloned().unwrap_or(Type::Dynamic)),
        _ => Err(bad_argument(0, WRONG)),
    }
}

fn one(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = one_type(call.args)?;
    let marks = call.args[0].marks();
    match call.elements(0) {
        [] => Ok(Value::null(ty).with_marks(marks)),
        [only] => Ok(only.with_marks(marks)),
        _ if matches!(call.args[0].kind(), Kind::Set(..)) && !call.args[0].is_wholly_known() => {
            Ok(Value::unknown(ty).with_marks(marks))
        }
        _ => Err(bad_argument(0, "must be a list, set, or tuple value with either zero or one elements")),
    }
}

fn sum(call: &Call<'_>) -> Result<Value, CallError> {
    let list = &call.args[0];
    if !matches!(list.ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) {
        let why = format!("argument must be list, set, or tuple, not {}", list.ty().friendly_name());
        return Err(bad_argument(0, why));
    }
    let Some((first, rest)) = call.elements(0).split_first() else {
        return Err(bad_argument(0, "cannot sum an empty list"));
    };
    if !list.is_wholly_known() {
        return Ok(unknown(Type::Number));
    }
    let number = |v: &Value| {
        let wrong = || bad_argument(0, "argument must be list, set, or tuple of number values");
        let n = convert(v, &Type::Number).map_err(|_| wrong())?;
        if n.is_null() { Err(wrong()) } else { Ok(n) }
    };
    rest.iter().try_fold(number(first)?, |sum, v| sum.add(&number(v)?).map_err(|e| e.0.into()))
}
