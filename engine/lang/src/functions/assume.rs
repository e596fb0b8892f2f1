//! Assumptions: what a configuration promises of values that are not known yet. An unknown value
//! is refined by them; a known one is checked against them.

use super::Want::{Any, List, Map, Number, Set, String as Text};
use super::{Call, CallError, Function, Param, Returns, Want, bad_argument, function, param};
use std::sync::Arc;
use terrane_value::{Kind, Refinement, Type, Value, convert};

const SAME: Returns = Returns::By(|args| Ok(args[0].ty()));
const LIST: Param = param("list", List(&Any)).null().unknown();
const SET: Param = param("set", Set(&Any)).null().unknown();
const MAP: Param = param("map", Map(&Any)).null().unknown();
const MIN: Param = param("min", Number);
const MAX: Param = param("max", Number);

const fn bounds(name: &'static str, params: &'static [Param]) -> Function {
    function(name, params, SAME, |c| assume(c, length(c, Some(1), Some(2))?))
}

const fn least(name: &'static str, params: &'static [Param]) -> Function {
    function(name, params, SAME, |c| assume(c, length(c, Some(1), None)?))
}

const fn most(name: &'static str, params: &'static [Param]) -> Function {
    function(name, params, SAME, |c| assume(c, length(c, None, Some(1))?))
}

pub(super) const TABLE: &[Function] = &[
    function(
        "assumeequal",
        &[param("got", Any).null().unknown(), param("assumed", Any).null().unknown()],
        Returns::By(|args| Ok(args[1].ty())),
        equal,
    )
    .nullable()
    .doc(
        "A value that is assumed to turn out to be equal to a known one, which is the result.",
        "assumeequal(\"a\", \"a\")",
        "\"a\"",
    ),
    bounds("assumelistlength", &[LIST, MIN, MAX]).nullable().doc(
        "A list that is assumed to have a number of elements between two bounds.",
        "assumelistlength([1, 2], 1, 3)",
        "tolist([1, 2])",
    ),
    most("assumelistlengthmax", &[LIST, MAX]).nullable().doc(
        "A list that is assumed to have no more than a number of elements.",
        "assumelistlengthmax([1, 2], 3)",
        "tolist([1, 2])",
    ),
    least("assumelistlengthmin", &[LIST, MIN]).nullable().doc(
        "A list that is assumed to have no fewer than a number of elements.",
        "assumelistlengthmin([1, 2], 1)",
        "tolist([1, 2])",
    ),
    bounds("assumemaplength", &[MAP, MIN, MAX]).nullable().doc(
        "A map that is assumed to have a number of elements between two bounds.",
        "assumemaplength({ a = 1 }, 1, 3)",
        "tomap({ a = 1 })",
    ),
    most("assumemaplengthmax", &[MAP, MAX]).nullable().doc(
        "A map that is assumed to have no more than a number of elements.",
        "assumemaplengthmax({ a = 1 }, 3)",
        "tomap({ a = 1 })",
    ),
    least("assumemaplengthmin", &[MAP, MIN]).nullable().doc(
        "A map that is assumed to have no fewer than a number of elements.",
        "assumemaplengthmin({ a = 1 }, 1)",
        "tomap({ a = 1 })",
    ),
    function("assumenotnull", &[param("value", Any).null().unknown()], SAME, |c| {
        assume(c, Refinement::not_null())
    })
    .doc("A value that is assumed not to be null.", "assumenotnull(\"a\")", "\"a\""),
    bounds("assumesetlength", &[SET, MIN, MAX]).nullable().doc(
        "A set that is assumed to have a number of elements between two bounds.",
        "assumesetlength([1, 2], 1, 3)",
        "toset([1, 2])",
    ),
    most("assumesetlengthmax", &[SET, MAX]).nullable().doc(
        "A set that is assumed to have no more than a number of elements.",
        "assumesetlengthmax([1, 2], 3)",
        "toset([1, 2])",
    ),
    least("assumesetlengthmin", &[SET, MIN]).nullable().doc(
        "A set that is assumed to have no fewer than a number of elements.",
        "assumesetlengthmin([1, 2], 1)",
        "toset([1, 2])",
    ),
    function(
        "assumestringprefix",
        &[param("str", Text).null().unknown(), param("prefix", Text)],
        Returns::Is(Want::String),
        |c| {
            let prefix = Arc::from(c.str(1));
            assume(c, Refinement { prefix: Some(prefix), ..Refinement::default() })
        },
    )
    .nullable()
    .doc(
        "A text that is assumed to start with a prefix.",
        "assumestringprefix(\"vpc-1\", \"vpc-\")",
        "\"vpc-1\"",
    ),
];

/// The bounds of a length that the arguments at these positions give.
fn length(call: &Call<'_>, min: Option<usize>, max: Option<usize>) -> Result<Refinement, CallError> {
    let bound = |at: Option<usize>| -> Result<Option<u64>, CallError> {
        let Some(at) = at else { return Ok(None) };
        let n = u64::try_from(call.int(at)?);
        n.map(Some).map_err(|_| bad_argument(at, "a length cannot be negative"))
    };
    let (length_min, length_max) = (bound(min)?, bound(max)?);
    if length_min.zip(length_max).is_some_and(|(min, max)| min > max) {
        return Err(bad_argument(2, "the largest length must not be less than the smallest"));
    }
    Ok(Refinement { length_min, length_max, ..Refinement::default() })
}

/// The first argument, of which `assumed` is known from here on.
fn assume(call: &Call<'_>, assumed: Refinement) -> Result<Value, CallError> {
    let value = &call.args[0];
    let known = match value.kind() {
        Kind::Unknown(_, Some(known)) => (**known).clone(),
        _ => Refinement::default(),
    };
    // Null satisfies every assumption but the one that the value is not null.
    let both = known
        .and(&assumed)
        .filter(|_| if value.is_null() { !assumed.not_null } else { assumed.allows(value) });
    match (both, value.kind()) {
        (None, _) => Err(bad_argument(0, contradiction(value, &assumed))),
        (Some(_), Kind::Unknown(Type::Dynamic, _)) => Ok(value.clone()),
        (Some(both), Kind::Unknown(ty, _)) => Ok(both.settle(ty.clone())),
        (Some(_), _) => Ok(value.clone()),
    }
}

fn contradiction(value: &Value, assumed: &Refinement) -> String {
    let known = if value.is_known() { "the value" } else { "what is known of the value" };
    if assumed.not_null {
        return "the value is null, though it is assumed not to be".into();
    }
    if let Some(prefix) = &assumed.prefix {
        return format!("{known} does not start with {prefix:?}, as is assumed");
    }
    let wanted = match (assumed.length_min, assumed.length_max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (_, max) => format!("at most {}", max.unwrap_or(0)),
    };
    let found = match value.kind() {
        Kind::List(_, vs) | Kind::Set(_, vs) => format!(", but has {}", vs.len()),
        Kind::Map(_, vs) => format!(", but has {}", vs.len()),
        _ => format!(", which contradicts {known}"),
    };
    format!("the collection is assumed to have {wanted} elements{found}")
}

fn equal(call: &Call<'_>) -> Result<Value, CallError> {
    let (got, assumed) = (&call.args[0], &call.args[1]);
    if !assumed.is_wholly_known() {
        return Err(bad_argument(1, "the assumed value must be known, and so must everything in it"));
    }
    let got = convert(got, &assumed.ty()).map_err(|e| bad_argument(0, e.message))?;
    if got.equals(assumed).as_bool() == Some(false) {
        return Err(bad_argument(0, "the value is not equal to the assumed one"));
    }
    Ok(assumed.clone())
}
