//! Set operations.

use super::Want::{Any, Set};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use terrane_value::{Kind, Marks, Refinement, Type, Value, convert, unify};

const FIRST: &[Param] = &[param("first_set", Set(&Any))];
const OTHERS: Param = param("other_sets", Set(&Any));
const SETS: Returns = Returns::By(common_type);

pub(super) const TABLE: &[Function] = &[
    function("setintersection", FIRST, SETS, |c| combine(c, |counts, n| counts == n)).rest(OTHERS).doc(
        "The elements that are in all sets.",
        "setintersection([\"a\", \"b\"], [\"b\", \"c\"])",
        "toset([\"b\"])",
    ),
    function("setproduct", &[], Returns::By(product_type), product).rest(param("sets", Any).marked()).doc(
        "All combinations of elements of several sets or lists.",
        "setproduct([\"a\", \"b\"], [1, 2])",
        "tolist([[\"a\", 1], [\"a\", 2], [\"b\", 1], [\"b\", 2]])",
    ),
    function("setsubtract", &[param("a", Set(&Any)), param("b", Set(&Any))], SETS, subtract).doc(
        "The elements of a set that are not in another.",
        "setsubtract([\"a\", \"b\"], [\"a\"])",
        "toset([\"b\"])",
    ),
    function("setunion", FIRST, SETS, |c| combine(c, |_, _| true)).rest(OTHERS).doc(
        "The elements that are in any set.",
        "setunion([\"a\"], [\"b\"])",
        "toset([\"a\", \"b\"])",
    ),
];

/// The type of set that all arguments can be. A set that is empty and of any type fits all.
fn common_type(args: &[Value]) -> Result<Type, CallError> {
    let untyped = |v: &Value| matches!(v.kind(), Kind::Unknown(Type::Set(t), _) if **t == Type::Dynamic);
    if args.iter().any(untyped) {
        return Ok(Type::set(Type::Dynamic));
    }
    let types: Vec<Type> =
        args.iter().filter_map(|v| v.ty().element().cloned()).filter(|t| *t != Type::Dynamic).collect();
    if types.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    unify(&types).map(Type::set).ok_or_else(|| "given sets must all have compatible element types".into())
}

/// The elements of all sets, converted to one type.
fn converted(call: &Call<'_>, element: &Type) -> Result<Vec<Vec<Value>>, CallError> {
    let mut sets = Vec::with_capacity(call.args.len());
    for i in 0..call.args.len() {
        let elements: Result<Vec<Value>, _> = call.elements(i).iter().map(|v| convert(v, element)).collect();
        sets.push(elements.map_err(|e| e.message)?);
    }
    Ok(sets)
}

fn unknown(element: Type) -> Value {
    Value::unknown_refined(Type::set(element), Refinement::not_null())
}

/// The elements that are in as many sets as `keep` wants.
fn combine(call: &Call<'_>, keep: fn(usize, usize) -> bool) -> Result<Value, CallError> {
    let element = common_type(call.args)?.element().cloned().unwrap_or(Type::Dynamic);
    let partial = call.args.iter().any(|v| !v.is_wholly_known());
    if call.args.iter().any(|v| !v.is_known()) || (partial && !keep(1, usize::MAX)) {
        return Ok(unknown(element));
    }
    let sets = converted(call, &element)?;
    if partial {
        // Unknown elements are in the union, whatever they turn out to be.
        return Ok(Value::set(element, sets.into_iter().flatten()));
    }
    let mut counts = std::collections::BTreeMap::new();
    for value in sets.iter().flatten() {
        *counts.entry(value.clone()).or_insert(0) += 1;
    }
    let kept = counts.into_iter().filter(|(_, n)| keep(*n, sets.len())).map(|(v, _)| v);
    Ok(Value::set(element, kept.collect::<Vec<_>>()))
}

fn subtract(call: &Call<'_>) -> Result<Value, CallError> {
    let element = common_type(call.args)?.element().cloned().unwrap_or(Type::Dynamic);
    if call.args.iter().any(|v| !v.is_wholly_known()) {
        return Ok(unknown(element));
    }
    match converted(call, &element)?.as_slice() {
        [a, b] => Ok(Value::set(element, a.iter().filter(|v| !b.contains(v)).cloned())),
        _ => Ok(unknown(element)),
    }
}

fn product_type(args: &[Value]) -> Result<Type, CallError> {
    if args.len() < 2 {
        return Err("at least two arguments are required".into());
    }
    let mut elements = Vec::with_capacity(args.len());
    let mut sets = false;
    for (i, arg) in args.iter().enumerate() {
        match arg.ty() {
            Type::Set(t) => {
                sets = true;
                elements.push((*t).clone());
            }
            Type::List(t) => elements.push((*t).clone()),
            Type::Tuple(types) => {
                let unified = if types.is_empty() { Some(Type::Dynamic) } else { unify(&types) };
                elements
                    .push(unified.ok_or_else(|| bad_argument(i, "all elements must be of the same type"))?);
            }
            Type::Dynamic => return Ok(Type::Dynamic),
            _ => return Err(bad_argument(i, "a set or a list is required")),
        }
    }
    let tuple = Type::tuple(elements);
    Ok(if sets { Type::set(tuple) } else { Type::list(tuple) })
}

fn product(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = product_type(call.args)?;
    let Some(Type::Tuple(types)) = ty.element().cloned() else { return Ok(Value::UNKNOWN) };
    // Unknown elements of a set may turn out to be equal to others, or to come before them.
    let undecided = |v: &Value| {
        matches!(v.ty(), Type::Set(_)) && !v.is_wholly_known() && v.as_slice().is_none_or(|vs| vs.len() > 1)
    };
    if call.args.iter().any(undecided) {
        return Ok(Value::unknown_refined(ty, Refinement::not_null()));
    }
    let marks = call.args.iter().fold(Marks::NONE, |m, v| m.union(v.marks()));
    let total = (0..call.args.len()).map(|i| call.elements(i).len()).fold(1usize, usize::saturating_mul);
    if total.saturating_mul(call.args.len()) > 1 << 21 {
        return Err(format!("the product would have {total} elements").into());
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (i, ty) in types.iter().enumerate() {
        let elements: Result<Vec<Value>, _> = call.elements(i).iter().map(|v| convert(v, ty)).collect();
        let elements = elements.map_err(|e| bad_argument(i, e.message))?;
        rows = rows
            .iter()
            .flat_map(|row| elements.iter().map(move |v| row.iter().chain([v]).cloned().collect()))
            .collect();
    }
    let tuples = rows.into_iter().map(Value::tuple);
    let element = Type::Tuple(types);
    let value = match ty {
        Type::Set(_) => Value::set(element, tuples),
        _ => Value::list(element, tuples),
    };
    Ok(value.with_marks(&marks))
}
