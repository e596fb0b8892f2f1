//! Collections made from several others.

use super::Want::{Any, List, Map, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, function, param};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_value::{Kind, Marks, Refinement, Type, Value, convert, unify};

pub(super) const TABLE: &[Function] = &[
    function("coalesce", &[], Returns::Is(Any), coalesce).rest(param("vals", Any).null().unknown()).doc(
        "The first argument that is neither null nor an empty string.",
        "coalesce(\"\", \"b\")",
        "\"b\"",
    ),
    function("coalescelist", &[], Returns::Is(Any), coalescelist)
        .rest(param("vals", Any).null().unknown())
        .doc("The first argument that is not empty.", "coalescelist([], [\"a\"])", "[\"a\"]"),
    function("concat", &[], Returns::By(concat_type), concat).rest(param("seqs", Any).marked()).doc(
        "The elements of all lists in one.",
        "concat([\"a\"], [\"b\", 1])",
        "[\"a\", \"b\", 1]",
    ),
    function("flatten", &[param("list", Any).marked()], Returns::Is(Any), flatten).doc(
        "The elements of lists in lists, at any depth, in one.",
        "flatten([[\"a\"], [], [\"b\", [\"c\"]]])",
        "[\"a\", \"b\", \"c\"]",
    ),
    function(
        "matchkeys",
        &[param("values", List(&Any)), param("keys", List(&Any)), param("searchset", List(&Any))],
        Returns::By(|args| Ok(args[0].ty())),
        matchkeys,
    )
    .doc(
        "The values at positions where the key is among those searched for.",
        "matchkeys([\"i-1\", \"i-2\"], [\"a\", \"b\"], [\"b\"])",
        "tolist([\"i-2\"])",
    ),
    function("merge", &[], Returns::By(merge_type), merge).rest(param("maps", Any).null().marked()).doc(
        "The elements of all maps or objects in one; of equal keys, the last counts.",
        "merge({ a = 1 }, { a = 2, b = 3 })",
        "{ a = 2, b = 3 }",
    ),
    function("transpose", &[param("values", Map(&List(&Text)))], Returns::Is(Map(&List(&Text))), transpose)
        .doc(
            "A map of lists with keys and elements swapped.",
            "transpose({ a = [\"1\", \"2\"], b = [\"2\"] })",
            "tomap({ \"1\" = tolist([\"a\"]), \"2\" = tolist([\"a\", \"b\"]) })",
        ),
    function(
        "zipmap",
        &[param("keys", List(&Text)), param("values", Any).marked()],
        Returns::By(zipmap_type),
        zipmap,
    )
    .doc(
        "A map or object from a list of keys and one of values.",
        "zipmap([\"a\", \"b\"], [1, \"x\"])",
        "{ a = 1, b = \"x\" }",
    ),
];

fn coalesce(call: &Call<'_>) -> Result<Value, CallError> {
    let types: Vec<Type> = call.args.iter().map(Value::ty).collect();
    let ty = unify(&types).ok_or("all arguments must have the same type")?;
    let untyped = call.args.iter().any(|v| matches!(v.kind(), Kind::Unknown(Type::Dynamic, _)));
    for arg in call.args {
        let value = convert(arg, &ty).map_err(|e| e.message)?;
        if !value.is_known() {
            // What is not known may be of another type than the arguments whose types are; but with a string among
            // them, all are strings.
            let ty = match untyped && !types.contains(&Type::String) {
                true => Type::Dynamic,
                false => ty,
            };
            return Ok(Value::unknown_refined(ty, Refinement::not_null()));
        }
        if !value.is_null() && value.as_str() != Some("") {
            return Ok(value);
        }
    }
    Err("no non-null, non-empty-string arguments".into())
}

fn coalescelist(call: &Call<'_>) -> Result<Value, CallError> {
    if call.args.is_empty() {
        return Err("at least one argument is required".into());
    }
    for arg in call.args {
        match arg.ty() {
            Type::List(_) | Type::Tuple(_) => {}
            Type::Dynamic if !arg.is_null() => {}
            _ => return Err("coalescelist arguments must be lists or tuples".into()),
        }
    }
    for arg in call.args {
        if !arg.is_known() {
            return Ok(Value::UNKNOWN);
        }
        if arg.as_slice().is_some_and(|vs| !vs.is_empty()) {
            return Ok(arg.clone());
        }
    }
    Err("no non-null arguments".into())
}

fn concat_type(args: &[Value]) -> Result<Type, CallError> {
    if args.is_empty() {
        return Err("at least one argument is required".into());
    }
    let types: Vec<Type> = args.iter().map(Value::ty).collect();
    if types.iter().all(|t| matches!(t, Type::List(_)))
        && let Some(ty) = unify(&types)
    {
        return Ok(ty);
    }
    let mut elements = Vec::new();
    for (i, (ty, arg)) in types.iter().zip(args).enumerate() {
        match ty {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            Type::List(_) if !arg.is_known() => return Ok(Type::Dynamic),
            Type::List(t) => {
                elements.extend(arg.as_slice().unwrap_or_default().iter().map(|_| (**t).clone()));
            }
            Type::Dynamic => return Ok(Type::Dynamic),
            other => {
                let why = format!("all arguments must be lists or tuples; got {}", other.friendly_name());
                return Err(bad_argument(i, why));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = concat_type(call.args)?;
    let marks = call.args.iter().fold(Marks::NONE, |m, v| m.union(v.marks()));
    let mut elements = Vec::new();
    for i in 0..call.args.len() {
        elements.extend(call.elements(i).iter().cloned());
    }
    let value = match ty {
        Type::List(t) => {
            let elements: Result<Vec<Value>, _> = elements.iter().map(|v| convert(v, &t)).collect();
            Value::list((*t).clone(), elements.map_err(|e| e.message)?)
        }
        _ => Value::tuple(elements),
    };
    Ok(value.with_marks(&marks))
}

fn flatten(call: &Call<'_>) -> Result<Value, CallError> {
    if !matches!(call.args[0].ty(), Type::List(_) | Type::Set(_) | Type::Tuple(_)) {
        return Err("can only flatten lists, sets and tuples".into());
    }
    let mut elements = Vec::new();
    let mut marks = Marks::NONE;
    let known = flatten_into(&call.args[0], &mut elements, &mut marks);
    let value = if known { Value::tuple(elements) } else { Value::UNKNOWN };
    Ok(value.with_marks(&marks))
}

/// Adds the elements of `list`; false when it is not known which there will be.
fn flatten_into(list: &Value, elements: &mut Vec<Value>, marks: &mut Marks) -> bool {
    *marks = marks.union(list.marks());
    let known_set = !matches!(list.kind(), Kind::Set(..)) || list.is_wholly_known();
    let mut known = list.is_known() && known_set;
    for element in list.as_slice().unwrap_or_default() {
        match element.kind() {
            Kind::List(..) | Kind::Set(..) | Kind::Tuple(_) => {
                known &= flatten_into(element, elements, marks)
            }
            Kind::Unknown(Type::Dynamic | Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => {
                *marks = marks.union(element.marks());
                known = false;
            }
            _ => elements.push(element.clone()),
        }
    }
    known
}

fn matchkeys(call: &Call<'_>) -> Result<Value, CallError> {
    let (values, keys, wanted) = (call.elements(0), call.elements(1), call.elements(2));
    let ty = call.args[0].ty();
    let Type::List(element) = &ty else { return Ok(Value::UNKNOWN) };
    if keys.len() != values.len() {
        return Err("length of keys and values should be equal".into());
    }
    let mut found = Vec::new();
    for (key, value) in keys.iter().zip(values) {
        for candidate in wanted {
            let types =
                unify(&[key.ty(), candidate.ty()]).ok_or("keys and searchset must be of the same type")?;
            let (Ok(a), Ok(b)) = (convert(key, &types), convert(candidate, &types)) else { continue };
            match a.equals(&b).as_bool() {
                Some(true) => {
                    found.push(value.clone());
                    break;
                }
                Some(false) => {}
                None => return Ok(Value::unknown_refined(ty, Refinement::not_null())),
            }
        }
    }
    Ok(Value::list((**element).clone(), found))
}

fn merge_type(args: &[Value]) -> Result<Type, CallError> {
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    let mut all_known = true;
    for arg in args {
        match arg.ty() {
            Type::Dynamic if arg.is_null() => {}
            Type::Dynamic => return Ok(Type::Dynamic),
            Type::Object(_) | Type::Map(_) if arg.is_null() => {}
            Type::Object(o) => attributes.extend(o.attributes.iter().map(|(k, t)| (k.clone(), t.clone()))),
            Type::Map(t) => match arg.as_map() {
                Some(vs) => attributes.extend(vs.keys().map(|k| (k.clone(), (*t).clone()))),
                None => all_known = false,
            },
            _ if arg.is_null() => {
                return Err(
                    format!("arguments must be maps or objects, got {:?}", arg.ty().friendly_name()).into()
                );
            }
            other => {
                return Err(
                    format!("arguments must be maps or objects, got {:?}", other.friendly_name()).into()
                );
            }
        }
    }
    let mut types = args.iter().map(Value::ty);
    let first = types.next();
    match first {
        Some(first @ Type::Map(_)) if types.all(|t| t == first) => Ok(first),
        _ if all_known => Ok(Type::object(attributes)),
        _ => Ok(Type::Dynamic),
    }
}

fn merge(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = merge_type(call.args)?;
    let mut merged: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut marks = Marks::NONE;
    for arg in call.args {
        marks = marks.union(arg.marks());
        merged.extend(arg.as_map().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())));
    }
    let kind = match ty {
        Type::Map(t) => Kind::Map((*t).clone(), Arc::new(merged)),
        _ => Kind::Object(Arc::new(merged)),
    };
    Ok(Value::from(kind).with_marks(&marks))
}

fn transpose(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = Type::list(Type::String);
    if !call.args[0].is_wholly_known() {
        return Ok(Value::unknown_refined(Type::map(ty), Refinement::not_null()));
    }
    let mut swapped: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for (key, list) in call.args[0].as_map().into_iter().flatten() {
        let elements = list.as_slice().ok_or("input must not contain null list")?;
        for element in elements {
            let name = element.as_str().ok_or("input must not contain null list elements")?;
            swapped.entry(name.into()).or_default().push(key.clone());
        }
    }
    let list = |keys: Vec<Arc<str>>| {
        Value::list(Type::String, keys.into_iter().map(|k| Value::from(Kind::String(k))))
    };
    Ok(Value::map(ty, swapped.into_iter().map(|(k, keys)| (k, list(keys)))))
}

fn zipmap_type(args: &[Value]) -> Result<Type, CallError> {
    match args[1].ty() {
        Type::List(t) => Ok(Type::Map(t)),
        Type::Tuple(types) if args[0].is_wholly_known() => {
            let keys = args[0].as_slice().unwrap_or_default();
            if keys.len() != types.len() {
                return Err(uneven(keys.len(), types.len()));
            }
            let names = keys.iter().map(|k| k.as_str().unwrap_or(""));
            Ok(Type::object(names.zip(types.iter().cloned())))
        }
        Type::Tuple(_) => Ok(Type::Dynamic),
        _ => Err("values argument must be a list or tuple value".into()),
    }
}

fn uneven(keys: usize, values: usize) -> CallError {
    format!("number of keys ({keys}) does not match number of values ({values})").into()
}

fn zipmap(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = zipmap_type(call.args)?;
    let (keys, values) = (call.elements(0), call.elements(1));
    if keys.len() != values.len() {
        return Err(uneven(keys.len(), values.len()));
    }
    if !call.args[0].is_wholly_known() {
        let marks = call.args[1].unmark_deep().1;
        return Ok(Value::unknown_refined(ty, Refinement::not_null()).with_marks(&marks));
    }
    let mut zipped: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (i, (key, value)) in keys.iter().zip(values).enumerate() {
        let key = key.as_str().ok_or_else(|| bad_argument(0, format!("key {i} is null")))?;
        zipped.insert(key.into(), value.clone());
    }
    let kind = match ty {
        Type::Map(t) => Kind::Map((*t).clone(), Arc::new(zipped)),
        _ => Kind::Object(Arc::new(zipped)),
    };
    Ok(Value::from(kind).with_marks(call.args[1].marks()))
}
