//! The order and parts of lists.

use super::Want::{Any, List, Number, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, function, param};
use std::collections::HashSet;
use terrane_value::{Kind, Number as Num, Refinement, Type, Value};

/// The most numbers that `range` gives.
const MAX_RANGE: usize = 1024;

pub(super) const TABLE: &[Function] = &[
    function(
        "chunklist",
        &[param("list", List(&Any)).marked(), param("size", Number)],
        Returns::By(|args| Ok(Type::list(args[0].ty()))),
        chunklist,
    )
    .doc(
        "A list split into lists of a size.",
        "chunklist([\"a\", \"b\", \"c\"], 2)",
        "tolist([tolist([\"a\", \"b\"]), tolist([\"c\"])])",
    ),
    function("compact", &[param("list", List(&Text))], Returns::Is(List(&Text)), compact).doc(
        "A list of strings without null and empty ones.",
        "compact([\"a\", \"\", \"b\", null])",
        "tolist([\"a\", \"b\"])",
    ),
    function("distinct", &[param("list", List(&Any))], Returns::By(|args| Ok(args[0].ty())), distinct).doc(
        "A list without repetitions.",
        "distinct([\"a\", \"b\", \"a\"])",
        "tolist([\"a\", \"b\"])",
    ),
    function("range", &[], Returns::Is(List(&Number)), range).rest(param("params", Number)).doc(
        "Numbers from a start to before an end, by steps.",
        "range(1, 8, 3)",
        "tolist([1, 4, 7])",
    ),
    function("reverse", &[param("list", Any).marked()], Returns::By(reverse_type), reverse).doc(
        "A list in reverse order.",
        "reverse([1, 2, \"x\"])",
        "[\"x\", 2, 1]",
    ),
    function(
        "slice",
        &[param("list", Any).marked(), param("start_index", Number), param("end_index", Number)],
        Returns::By(slice_type),
        slice,
    )
    .doc("The elements from a start to before an end.", "slice([\"a\", \"b\", \"c\"], 1, 2)", "[\"b\"]"),
    function("sort", &[param("list", List(&Text)).unknown()], Returns::Is(List(&Text)), sort).doc(
        "A list of strings in order.",
        "sort([\"b\", \"a\"])",
        "tolist([\"a\", \"b\"])",
    ),
];

fn unknown(ty: Type) -> Result<Value, CallError> {
    Ok(Value::unknown_refined(ty, Refinement::not_null()))
}

fn element_type(list: &Value) -> Type {
    list.ty().element().cloned().unwrap_or(Type::Dynamic)
}

fn chunklist(call: &Call<'_>) -> Result<Value, CallError> {
    let list = &call.args[0];
    let size = usize::try_from(call.int(1)?).map_err(|_| "the size argument must be positive")?;
    let element = element_type(list);
    let elements = call.elements(0);
    let size = if size == 0 { elements.len().max(1) } else { size };
    let chunks = elements.chunks(size).map(|c| Value::list(element.clone(), c.iter().cloned()));
    Ok(Value::list(Type::list(element.clone()), chunks).with_marks(list.marks()))
}

fn compact(call: &Call<'_>) -> Result<Value, CallError> {
    if !call.args[0].is_wholly_known() {
        return unknown(Type::list(Type::String));
    }
    let kept = call.elements(0).iter().filter(|v| v.as_str().is_some_and(|s| !s.is_empty()));
    Ok(Value::list(Type::String, kept.cloned()))
}

fn distinct(call: &Call<'_>) -> Result<Value, CallError> {
    let list = &call.args[0];
    if !list.is_wholly_known() {
        return unknown(list.ty());
    }
    let mut seen = HashSet::new();
    let kept = call.elements(0).iter().filter(|v| seen.insert(*v)).cloned().collect::<Vec<_>>();
    Ok(Value::list(element_type(list), kept))
}

fn range(call: &Call<'_>) -> Result<Value, CallError> {
    let numbers: Vec<&Num> = call.args.iter().filter_map(Value::as_number).collect();
    let (zero, one) = (Num::ZERO, Num::ONE);
    let (start, end, step) = match numbers.as_slice() {
        [end] => (&zero, *end, None),
        [start, end] => (*start, *end, None),
        [start, end, step] => (*start, *end, Some(*step)),
        _ => return Err("must have one, two, or three arguments".into()),
    };
    let step = step.cloned().unwrap_or_else(|| if end < start { one.neg() } else { one });
    if step.is_zero() {
        return Err("step must not be zero".into());
    }
    let down = step.is_negative();
    let end_at = if call.args.len() > 1 { 1 } else { 0 };
    if down && end > start {
        return Err(bad_argument(end_at, "end must be less than start when step is negative"));
    }
    if !down && end < start {
        return Err(bad_argument(end_at, "end must be greater than start when step is positive"));
    }
    let mut found = Vec::new();
    let mut n = start.clone();
    while if down { n > *end } else { n < *end } {
        if found.len() >= MAX_RANGE {
            return Err(format!(
                "more than {MAX_RANGE} values were generated; either decrease the difference between start and \
                 end or use a smaller step"
            )
            .into());
        }
        let next = n.add(&step).map_err(|e| e.to_string())?;
        found.push(Value::number(std::mem::replace(&mut n, next)));
    }
    Ok(Value::list(Type::Number, found))
}

fn reverse_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned())),
        Type::List(t) | Type::Set(t) => Ok(Type::List(t)),
        other => Err(bad_argument(
            0,
            format!("can only reverse list or tuple values, not {}", other.friendly_name()),
        )),
    }
}

fn reverse(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = reverse_type(call.args)?;
    let list = &call.args[0];
    if matches!(list.kind(), Kind::Set(_, vs) if vs.len() > 1) && !list.is_wholly_known() {
        // Where unknown elements will stand, and whether some turn out to be the same, is not known.
        let (length_min, length_max) = (Some(1), Some(call.elements(0).len() as u64));
        let some = Refinement { length_min, length_max, ..Refinement::not_null() };
        return Ok(Value::unknown_refined(ty, some).with_marks(&list.unmark_deep().1));
    }
    let reversed = call.elements(0).iter().rev().cloned();
    let value = match ty {
        Type::List(t) => Value::list((*t).clone(), reversed),
        _ => Value::tuple(reversed),
    };
    Ok(value.with_marks(call.args[0].marks()))
}

/// The checked bounds of a slice of `n` elements.
fn bounds(args: &[Value], n: Option<usize>) -> Result<Option<(usize, usize)>, CallError> {
    let bound = |i: usize, name: &str| -> Result<Option<usize>, CallError> {
        if !args[i].is_known() {
            return Ok(None);
        }
        let at = args[i].as_number().and_then(Num::to_i64);
        let at = at.ok_or_else(|| bad_argument(i, format!("{name} index must be a whole number")))?;
        let at = usize::try_from(at)
            .map_err(|_| bad_argument(i, format!("{name} index must not be less than zero")))?;
        if n.is_some_and(|n| at > n) {
            return Err(bad_argument(
                i,
                format!("{name} index must not be greater than the length of the list"),
            ));
        }
        Ok(Some(at))
    };
    let (start, end) = (bound(1, "start")?, bound(2, "end")?);
    match (start, end) {
        (Some(start), Some(end)) if start > end => {
            Err(bad_argument(1, "start index must not be greater than end index"))
        }
        (Some(start), Some(end)) => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

fn slice_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        ty @ Type::List(_) => Ok(ty),
        Type::Tuple(types) => Ok(match bounds(args, Some(types.len()))? {
            Some((start, end)) => Type::tuple(types[start..end].iter().cloned()),
            None => Type::Dynamic,
        }),
        Type::Set(_) => Err(bad_argument(
            0,
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the \
             ordering of the result is not important",
        )),
        _ => Err(bad_argument(0, "must be a list or tuple value")),
    }
}

fn slice(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = slice_type(call.args)?;
    let elements = call.elements(0);
    let Some((start, end)) = bounds(call.args, Some(elements.len()))? else { return Ok(Value::UNKNOWN) };
    let part = elements[start..end].iter().cloned();
    let value = match ty {
        Type::List(t) => Value::list((*t).clone(), part),
        _ => Value::tuple(part),
    };
    Ok(value.with_marks(call.args[0].marks()))
}

fn sort(call: &Call<'_>) -> Result<Value, CallError> {
    let list = &call.args[0];
    if !list.is_wholly_known() {
        let (length_min, length_max) = match list.kind() {
            Kind::Unknown(_, known) => {
                known.as_deref().map_or((None, None), |r| (r.length_min, r.length_max))
            }
            _ => [Some(call.elements(0).len() as u64); 2].into(),
        };
        let refinement = Refinement { length_min, length_max, ..Refinement::not_null() };
        return Ok(refinement.settle(list.ty()));
    }
    let mut sorted = call.elements(0).to_vec();
    if let Some(i) = sorted.iter().position(Value::is_null) {
        return Err(bad_argument(
            0,
            format!("given list element {i} is null; a null string cannot be sorted"),
        ));
    }
    sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Kind::List(Type::String, sorted.into()).into())
}
