//! Numbers.

use super::Want::Number;
use super::{Call, CallError, Function, Param, Returns, Want, bad_argument, function, param};
use num_bigint::BigInt;
use std::cmp::Ordering;
use terrane_value::{Number as Num, Refinement, Type, Value};

const NUMBER: Returns = Returns::Is(Number);
const NUM: &[Param] = &[param("num", Number)];

pub(super) const TABLE: &[Function] = &[
    function("abs", NUM, NUMBER, abs).doc("The number without its sign.", "abs(-12.5)", "12.5"),
    function("ceil", NUM, NUMBER, |c| round(c, true)).doc(
        "The smallest whole number that is not smaller.",
        "ceil(5.1)",
        "6",
    ),
    function("floor", NUM, NUMBER, |c| round(c, false)).doc(
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
    function("parseint", &[param("number", Want::Any), param("base", Number)], NUMBER, parseint).doc(
        "The whole number that a text stands for in a base from 2 to 62.",
        "parseint(\"ff\", 16)",
        "255",
    ),
    function("pow", &[param("num", Number), param("power", Number)], NUMBER, pow).doc(
        "A number raised to a power.",
        "pow(3, 2)",
        "9",
    ),
    function("signum", NUM, NUMBER, signum).doc("-1, 0 or 1 by the sign of the number.", "signum(-13)", "-1"),
];

fn number(call: &Call<'_>, i: usize) -> Num {
    call.args.get(i).and_then(Value::as_number).cloned().unwrap_or_else(|| Num::from(0))
}

/// `n`, which a computation in floating point gave, unless that left the numbers.
fn finite(n: f64) -> Result<Value, CallError> {
    if n.is_nan() { Err("the result is not a number".into()) } else { Ok(Value::number(n)) }
}

fn abs(call: &Call<'_>) -> Result<Value, CallError> {
    let n = &call.args[0];
    if number(call, 0) < Num::from(0) { n.negate().map_err(|e| e.0.into()) } else { Ok(n.clone()) }
}

fn round(call: &Call<'_>, up: bool) -> Result<Value, CallError> {
    let n = number(call, 0);
    if n.to_f64().is_infinite() {
        return Ok(Value::number(n));
    }
    Ok(Value::number(if up { n.ceil() } else { n.floor() }))
}

fn log(call: &Call<'_>) -> Result<Value, CallError> {
    finite(number(call, 0).to_f64().ln() / number(call, 1).to_f64().ln())
}

fn pow(call: &Call<'_>) -> Result<Value, CallError> {
    finite(number(call, 0).to_f64().powf(number(call, 1).to_f64()))
}

fn signum(call: &Call<'_>) -> Result<Value, CallError> {
    let n = call.int(0)?;
    Ok(Value::number(n.signum()))
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
        if n.cmp(&best) == wanted {
            best = n;
        }
    }
    Ok(Value::number(best))
}

fn parseint(call: &Call<'_>) -> Result<Value, CallError> {
    if call.args[0].ty() != Type::String {
        return Err(bad_argument(0, format!("first argument must be a string, not {}", call.args[0].ty().friendly_name())));
    }
    let text = call.str(0);
    let base = call.int(1)?;
    if !(2..=62).contains(&base) {
        return Err(bad_argument(1, "base must be a whole number between 2 and 62 inclusive"));
    }
    let failed = || bad_argument(0, format!("cannot parse {text:?} as a base {base} integer"));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return Err(failed());
    }
    let mut sum = BigInt::from(0);
    for c in digits.chars() {
        let digit = match c {
            '0'..='9' => c as i64 - '0' as i64,
            'a'..='z' => c as i64 - 'a' as i64 + 10,
            'A'..='Z' if base <= 36 => c as i64 - 'A' as i64 + 10,
            'A'..='Z' => c as i64 - 'A' as i64 + 36,
            _ => return Err(failed()),
        };
        if digit >= base {
            return Err(failed());
        }
        sum = sum * base + digit;
    }
    let sum = if negative { -sum } else { sum };
    let n: Num = sum.to_string().parse().map_err(|_| failed())?;
    Ok(Value::number(n))
}

