//! Numbers: binary floating point with a precision of its own for each value.
//!
//! The precision says how many bits the result of an operation keeps: 64 for integers that the
//! program makes, 53 for doubles, 512 for numbers written as text. Sums, differences and
//! quotients have the larger precision of their operands; products have at least as many bits as
//! they need, up to 512. When two numbers are equal is told in `order`. There is no infinity and no NaN: what would give one is an error.

mod arithmetic;
mod elementary;
mod float;
mod order;
mod text;

use float::Float;
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{ToPrimitive, Zero};
use std::sync::Arc;

/// Bits of precision of integers that the program makes.
const INTEGER_PRECISION: u32 = 64;
/// Bits of precision of numbers made from doubles.
const DOUBLE_PRECISION: u32 = 53;
/// Bits of precision of numbers read from text, and the most that a product has.
const TEXT_PRECISION: u32 = 512;

/// A number. Cloning is cheap.
#[derive(Clone)]
pub struct Number(Repr);

/// Every value that fits an `i64` is an `Integer`, so that equal values have equal forms.
#[derive(Clone)]
enum Repr {
    /// `negative_zero` is only ever set for zero.
    Integer {
        value: i64,
        precision: u32,
        negative_zero: bool,
    },
    Float(Arc<Float>),
}

/// Why an operation on numbers has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// The result is too large, or too close to zero, to be held.
    #[error("the result is out of the range of numbers")]
    OutOfRange,
}

/// The text is not a number, or one outside of the range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

impl Number {
    /// Zero.
    pub const ZERO: Number = Number::integer(0);
    /// One.
    pub const ONE: Number = Number::integer(1);

    const fn integer(value: i64) -> Number {
        Number(Repr::Integer { value, precision: INTEGER_PRECISION, negative_zero: false })
    }

    /// The double as a number; `None` for infinities and NaN.
    pub fn from_f64(f: f64) -> Option<Number> {
        if !f.is_finite() {
            return None;
        }
        let bits = f.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = match (bits >> 52) & 0x7ff {
            0 => (fraction, -1074),
            biased => (fraction | 1 << 52, biased as i64 - 1075),
        };
        Number::rounded(f.is_sign_negative(), mantissa.into(), exponent, DOUBLE_PRECISION, false).ok()
    }

    /// The integer as a number of as many bits as it needs, at least 64.
    pub fn from_big_int(n: &BigInt) -> Result<Number, ArithmeticError> {
        let magnitude = n.magnitude().clone();
        let precision = u32::try_from(magnitude.bits()).map_err(|_| ArithmeticError::OutOfRange)?;
        Number::rounded(n.sign() == Sign::Minus, magnitude, 0, precision.max(INTEGER_PRECISION), false)
    }

    /// The number as an integer; `None` unless it is a whole number in range.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer { value, .. } => Some(*value),
            Repr::Float(_) => None,
        }
    }

    /// The number as an integer; `None` unless it is a whole number in range.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Repr::Integer { value, .. } => u64::try_from(*value).ok(),
            Repr::Float(f) if f.negative || f.exponent < 0 || f.top() > 64 => None,
            Repr::Float(f) => (&f.mantissa << f.exponent).to_u64(),
        }
    }

    /// The number as an integer; `None` unless it is a whole number in range.
    pub fn to_usize(&self) -> Option<usize> {
        self.to_u64().and_then(|n| usize::try_from(n).ok())
    }

    /// The number as an integer of any size; `None` unless it is a whole number.
    pub fn to_big_int(&self) -> Option<BigInt> {
        self.is_integer().then(|| self.truncated())
    }

    /// The nearest double; infinite when the number is beyond the range of doubles.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Integer { negative_zero: true, .. } => -0.0,
            Repr::Integer { value, .. } => *value as f64,
            Repr::Float(f) => f.to_f64(),
        }
    }

    /// The double that has exactly this value, when there is one.
    pub fn to_f64_exact(&self) -> Option<f64> {
        let f = self.to_f64();
        Number::from_f64(f).is_some_and(|exact| exact.cmp_exactly(self).is_eq()).then_some(f)
    }

    /// Whether this is a whole number.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Integer { .. } => true,
            Repr::Float(f) => f.exponent >= 0,
        }
    }

    /// Whether this is less than zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Integer { value, .. } => *value < 0,
            Repr::Float(f) => f.negative,
        }
    }

    /// Whether there is a minus before this: zero can have one.
    pub fn has_minus(&self) -> bool {
        self.is_negative() || matches!(self.0, Repr::Integer { negative_zero: true, .. })
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Integer { value: 0, .. })
    }

    /// How many bits the results of operations on this number keep at least.
    pub fn precision(&self) -> u32 {
        match &self.0 {
            Repr::Integer { precision, .. } => *precision,
            Repr::Float(f) => f.precision,
        }
    }

    /// The whole part, rounded towards zero.
    fn truncated(&self) -> BigInt {
        match &self.0 {
            Repr::Integer { value, .. } => (*value).into(),
            Repr::Float(f) => {
                let magnitude =
                    if f.exponent >= 0 { &f.mantissa << f.exponent } else { &f.mantissa >> -f.exponent };
                BigInt::from_biguint(if f.negative { Sign::Minus } else { Sign::Plus }, magnitude)
            }
        }
    }

    /// Sign, magnitude and binary exponent: the value is `±magnitude * 2^exponent`.
    fn parts(&self) -> (bool, BigUint, i64) {
        match &self.0 {
            Repr::Integer { value, negative_zero, .. } => {
                (*value < 0 || *negative_zero, value.unsigned_abs().into(), 0)
            }
            Repr::Float(f) => (f.negative, f.mantissa.clone(), f.exponent),
        }
    }

    /// `±mantissa * 2^exponent` rounded to `precision` bits, ties to even. `sticky` says that the
    /// true magnitude is a little more than what `mantissa` says (by less than its last bit).
    fn rounded(
        negative: bool,
        mantissa: BigUint,
        exponent: i64,
        precision: u32,
        sticky: bool,
    ) -> Result<Number, ArithmeticError> {
        if mantissa.is_zero() {
            return Ok(Number(Repr::Integer { value: 0, precision, negative_zero: negative }));
        }
        let float = Float::rounded(negative, mantissa, exponent, precision, sticky)?;
        Ok(match float.to_i64() {
            Some(value) => Number(Repr::Integer { value, precision, negative_zero: false }),
            None => Number(Repr::Float(Arc::new(float))),
        })
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Number {
        Number::integer(n)
    }
}

impl From<i32> for Number {
    fn from(n: i32) -> Number {
        Number::integer(n.into())
    }
}

impl From<u32> for Number {
    fn from(n: u32) -> Number {
        Number::integer(n.into())
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Number {
        // 64 bits hold every u64, and the range is far beyond, so that rounding cannot fail.
        i64::try_from(n).map(Number::integer).unwrap_or_else(|_| {
            Number::rounded(false, n.into(), 0, INTEGER_PRECISION, false).unwrap_or(Number::ZERO)
        })
    }
}

impl From<usize> for Number {
    fn from(n: usize) -> Number {
        Number::from(n as u64)
    }
}

/// Infinities become the largest doubles and NaN becomes zero; where those can occur, use
/// [`Number::from_f64`].
impl From<f64> for Number {
    fn from(f: f64) -> Number {
        let finite = if f.is_nan() { 0.0 } else { f.clamp(f64::MIN, f64::MAX) };
        Number::from_f64(finite).unwrap_or(Number::ZERO)
    }
}
