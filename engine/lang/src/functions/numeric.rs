//! Numbers.

use super::Want::Number;
use super::{Call, CallError, Function, Param, Returns, Want, bad_argument, function, param};
use std::cmp::Ordering;
use terrane_value::{Number as Num, Refinement, Type, Value};

const NUMBER: Returns = Returns::Is(Number);
const NUM: &[Param] = &[param("num", Number)];

pub(super) const TABLE: &[Function] = &[
    function("abs", NUM, NUMBER, |c| Ok(Value::number(number(c, 0).abs()))).doc(
        "The number without its sign.",
        "abs(-12.5)",
        "12.5",
    ),
    function("ceil", NUM, NUMBER, |c| Ok(Value::number(number(c, 0).ceil()))).doc(
        "The smallest whole number that is not smaller.",
        "ceil(5.1)",
        "6",
    ),
    function("floor", NUM, NUMBER, |c| Ok(Value::number(number(c, 0).floor()))).doc(
        "The largest whole number that is not larger.",
        "floor(-1.5)",
        "-2",
    ),
    function("log", &[param("num", Number), param("base", Number)], NUMBER, log).doc(
        "The logarithm of a number to a base.",
        "log(16, 2)",
        "4",
    ),
    function("max", &[], NUMBER, |c| extreme(c, Ordering::Greater))
        .rest(param("numbers", Number).unknown())
        .doc("The largest of the numbers.", "max(12, 54, 3)", "54"),
    function("min", &[], NUMBER, |c| extreme(c, Ordering::Less))
        .rest(param("numbers", Number).unknown())
        .doc("The smallest of the numbers.", "min(12, 54, 3)", "3"),
    function(
        "parseint",
        &[param("number", Want::Any).unknown(), param("base", Number).unknown()],
        NUMBER,
        parseint,
    )
    .doc(
        "The whole number that a text stands for in a base from 2 to 62.",
        "parseint(\"ff\", 16)",
        "255",
    ),
    function("pow", &[param("num", Number), param("power", Number)], NUMBER, pow).doc(
        "A number raised to a power.",
        "pow(3, 2)",
        "9",
    ),
    function("signum", NUM, NUMBER, |c| Ok(Value::number(c.int(0)?.signum()))).doc(
        "-1, 0 or 1 by the sign of the number.",
        "signum(-13)",
        "-1",
    ),
];

fn number(call: &Call<'_>, i: usize) -> Num {
    call.args.get(i).and_then(Value::as_number).cloned().unwrap_or(Num::ZERO)
}

fn log(call: &Call<'_>) -> Result<Value, CallError> {
    let (n, base) = (number(call, 0), number(call, 1));
    if n.is_zero() || n.is_negative() {
        return Err(bad_argument(0, "only positive numbers have a logarithm"));
    }
    n.log(&base).map(Value::number).map_err(|e| e.to_string().into())
}

fn pow(call: &Call<'_>) -> Result<Value, CallError> {
    number(call, 0).pow(&number(call, 1)).map(Value::number).map_err(|e| e.to_string().into())
}

/// The least or greatest argument. Of unknown ones, what bounds the result is kept.
fn extreme(call: &Call<'_>, wanted: Ordering) -> Result<Value, CallError> {
    if call.args.is_empty() {
        return Err("must pass at least one number".into());
    }
    if call.args.iter().any(|v| !v.is_known()) {
        return Ok(Value::unknown_refined(Type::Number, Refinement::not_null()));
    }
    let mut best = number(call, 0);
    for i in 1..call.args.len() {
        let n = number(call, i);
        if n.cmp_exactly(&best) == wanted {
            best = n;
        }
    }
    Ok(Value::number(best))
}

fn parseint(call: &Call<'_>) -> Result<Value, CallError> {
    let ty = call.args[0].ty();
    if ty == Type::Dynamic {
        return Ok(Value::unknown_refined(Type::Number, Refinement::not_null()));
    }
    if ty != Type::String {
        return Err(bad_argument(0, format!("first argument must be a string, not {}", ty.friendly_name())));
    }
    if call.args.iter().any(|v| !v.is_known()) {
        return Ok(Value::unknown_refined(Type::Number, Refinement::not_null()));
    }
    let text = call.str(0);
    let base = call.int(1)?;
    let Some(base) = u32::try_from(base).ok().filter(|b| (2..=62).contains(b)) else {
        return Err(bad_argument(1, "base must be a whole number between 2 and 62 inclusive"));
    };
    let n = Num::parse_radix(text, base)
        .map_err(|_| bad_argument(0, format!("cannot parse {text:?} as a base {base} integer")))?;
    Ok(Value::number(n))
}
