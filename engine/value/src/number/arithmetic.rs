//! Arithmetic on numbers.

use super::elementary::exp;
use super::{ArithmeticError, DOUBLE_PRECISION, INTEGER_PRECISION, Number, Repr, TEXT_PRECISION};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::Zero;
use std::cmp::Ordering;

impl Number {
    /// The sum, with the larger precision of the operands.
    pub fn add(&self, other: &Number) -> Result<Number, ArithmeticError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) = (&self.0, &other.0)
            && let Some(sum) = a.checked_add(*b)
            && sum != 0
            && let Some(n) = Number::small(sum, precision)
        {
            return Ok(n);
        }
        let (a_negative, a, a_exponent) = self.parts();
        let (b_negative, b, b_exponent) = other.parts();
        if a.is_zero() && b.is_zero() {
            return Number::rounded(a_negative && b_negative, a, 0, precision, false);
        }
        let base = match (a.is_zero(), b.is_zero()) {
            (true, _) => b_exponent,
            (_, true) => a_exponent,
            _ => a_exponent.min(b_exponent),
        };
        let (a, b) = (shift(a, a_exponent - base), shift(b, b_exponent - base));
        if a_negative == b_negative {
            return Number::rounded(a_negative, a + b, base, precision, false);
        }
        match a.cmp(&b) {
            Ordering::Less => Number::rounded(b_negative, b - a, base, precision, false),
            Ordering::Greater => Number::rounded(a_negative, a - b, base, precision, false),
            Ordering::Equal => Number::rounded(false, BigUint::ZERO, 0, precision, false),
        }
    }

    /// The difference, with the larger precision of the operands.
    pub fn sub(&self, other: &Number) -> Result<Number, ArithmeticError> {
        self.add(&other.neg())
    }

    /// The product, computed with 512 bits and then held with as many as it needs, but no fewer
    /// than the larger precision of the operands.
    pub fn mul(&self, other: &Number) -> Result<Number, ArithmeticError> {
        let precision = self.precision().max(other.precision());
        if let (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && product != 0
            && let Some(n) = Number::small(product, precision)
        {
            return Ok(n);
        }
        let (a_negative, a, a_exponent) = self.parts();
        let (b_negative, b, b_exponent) = other.parts();
        let negative = a_negative != b_negative;
        let product = Number::rounded(negative, a * b, a_exponent + b_exponent, TEXT_PRECISION, false)?;
        let (_, mantissa, exponent) = product.parts();
        let needed = mantissa.bits() - mantissa.trailing_zeros().unwrap_or(0);
        let needed = u32::try_from(needed).unwrap_or(TEXT_PRECISION);
        Number::rounded(negative, mantissa, exponent, precision.max(needed), false)
    }

    /// The quotient, with the larger precision of the operands.
    pub fn div(&self, other: &Number) -> Result<Number, ArithmeticError> {
        self.quotient(other, self.precision().max(other.precision()))
    }

    fn quotient(&self, other: &Number, precision: u32) -> Result<Number, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        let (a_negative, a, a_exponent) = self.parts();
        let (b_negative, b, b_exponent) = other.parts();
        // Enough bits before the division that the quotient has at least one to round away.
        let wanted = u64::from(precision) + 2 + b.bits();
        let up = wanted.saturating_sub(a.bits());
        let (quotient, rest) = (a << up).div_rem(&b);
        let exponent = a_exponent - b_exponent - up as i64;
        Number::rounded(a_negative != b_negative, quotient, exponent, precision, !rest.is_zero())
    }

    /// The remainder: `self - other * q`, where q is the quotient rounded towards zero. The
    /// quotient and the steps are rounded as those of other operations are, so that the result
    /// for fractions may be inexact in its last digits.
    pub fn rem(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if let (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) = (&self.0, &other.0)
            && *a != 0
            && self.precision().min(other.precision()) >= INTEGER_PRECISION
            && let Some(n) = a.checked_rem(*b)
        {
            // -4 % 2 is a difference of equal numbers, which is zero without a sign.
            return Ok(Number(Repr::Integer { value: n, precision: self.precision(), negative_zero: false }));
        }
        let precision = self.precision();
        let whole = self.div(other)?.truncated();
        let whole = Number::from_big_int(&whole)?.with_precision(precision)?;
        let (a_negative, a, a_exponent) = whole.parts();
        let (b_negative, b, b_exponent) = other.parts();
        let product =
            Number::rounded(a_negative != b_negative, a * b, a_exponent + b_exponent, precision, false)?;
        self.sub(&product)?.with_precision(precision)
    }

    /// The number with its sign turned.
    #[must_use]
    pub fn neg(&self) -> Number {
        let (negative, mantissa, exponent) = self.parts();
        match &self.0 {
            Repr::Integer { value, precision, .. } if *value != 0 && *value != i64::MIN => {
                Number(Repr::Integer { value: -value, precision: *precision, negative_zero: false })
            }
            // The magnitude stays what it was, so that this is always in range.
            _ => Number::rounded(!negative, mantissa, exponent, self.precision(), false)
                .unwrap_or_else(|_| self.clone()),
        }
    }

    /// The magnitude.
    #[must_use]
    pub fn abs(&self) -> Number {
        if self.parts().0 { self.neg() } else { self.clone() }
    }

    /// The largest whole number that is not larger.
    #[must_use]
    pub fn floor(&self) -> Number {
        self.whole(|n| n.is_negative().then_some(-1))
    }

    /// The smallest whole number that is not smaller.
    #[must_use]
    pub fn ceil(&self) -> Number {
        self.whole(|n| (!n.is_negative()).then_some(1))
    }

    fn whole(&self, correction: impl Fn(&Number) -> Option<i32>) -> Number {
        if self.is_integer() {
            // Nothing that was rounded is a negative zero.
            return if *self == Number::ZERO { Number::ZERO } else { self.clone() };
        }
        let whole = self.truncated() + correction(self).unwrap_or(0);
        let (sign, magnitude) = whole.into_parts();
        Number::rounded(sign == Sign::Minus, magnitude, 0, self.precision(), false)
            .unwrap_or_else(|_| self.clone())
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn signum(&self) -> Number {
        match self.cmp(&Number::ZERO) {
            Ordering::Less => Number::from(-1),
            Ordering::Equal => Number::ZERO,
            Ordering::Greater => Number::ONE,
        }
    }

    /// `self` to the power of `exponent`, computed with doubles.
    pub fn pow(&self, exponent: &Number) -> Result<Number, ArithmeticError> {
        Number::from_f64(power(self.to_f64(), exponent.to_f64())).ok_or(ArithmeticError::OutOfRange)
    }

    /// The logarithm of `self` to `base`, computed with doubles.
    pub fn log(&self, base: &Number) -> Result<Number, ArithmeticError> {
        Number::from_f64(libm::log(self.to_f64()) / libm::log(base.to_f64()))
            .ok_or(ArithmeticError::OutOfRange)
    }

    /// The whole part, rounded towards zero, with the precision of the number.
    #[must_use]
    pub fn trunc(&self) -> Number {
        self.whole(|_| None)
    }

    fn with_precision(&self, precision: u32) -> Result<Number, ArithmeticError> {
        let (negative, mantissa, exponent) = self.parts();
        Number::rounded(negative, mantissa, exponent, precision, false)
    }

    /// The integer at this precision, when it does not need rounding.
    fn small(value: i64, precision: u32) -> Option<Number> {
        let fits =
            precision >= INTEGER_PRECISION || value.unsigned_abs() < 1 << DOUBLE_PRECISION.min(precision);
        fits.then_some(Number(Repr::Integer { value, precision, negative_zero: false }))
    }
}

/// `n * 2^by`; `by` is not negative but where `n` is zero.
fn shift(n: BigUint, by: i64) -> BigUint {
    if by > 0 { n << by } else { n }
}

/// `x` to the power of `y`: squares for the whole part of `y`, on mantissa and exponent apart, so
/// that powers of ten come out as they do in Terraform, to the last bit.
fn power(x: f64, y: f64) -> f64 {
    if x == 0.0 || x == 1.0 || y == 0.0 || !x.is_finite() || y.abs() > (1u64 << 62) as f64 {
        return x.powf(y);
    }
    if y.abs() == 0.5 {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let (mut whole, mut fraction) = (y.abs().trunc(), y.abs().fract());
    if fraction != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    let mut result = 1.0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        result = exp(fraction * libm::log(x));
    }
    let mut result_exponent = 0i64;
    let (mut square, mut square_exponent) = split(x);
    let mut rest = whole as u64;
    while rest != 0 {
        if square_exponent.abs() > 1 << 12 {
            // The result is out of the range of doubles, one way or the other.
            result_exponent += square_exponent;
            break;
        }
        if rest & 1 == 1 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        rest >>= 1;
    }
    if y < 0.0 {
        (result, result_exponent) = (1.0 / result, -result_exponent);
    }
    let (mantissa, exponent) = split(result);
    scale(mantissa, exponent + result_exponent)
}

/// The double as a mantissa of a magnitude in `[0.5, 1)` and a power of two.
fn split(f: f64) -> (f64, i64) {
    if f == 0.0 || !f.is_finite() {
        return (f, 0);
    }
    if f.abs() < f64::MIN_POSITIVE {
        let (mantissa, exponent) = split(f * 2f64.powi(64));
        return (mantissa, exponent - 64);
    }
    let biased = (f.to_bits() >> 52) & 0x7ff;
    (f64::from_bits((f.to_bits() & !(0x7ff << 52)) | (1022 << 52)), biased as i64 - 1022)
}

/// `mantissa * 2^exponent`, in steps that do not leave the range before the end.
fn scale(mantissa: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-3000, 3000) as i32;
    let first = exponent.clamp(-1000, 1000);
    let second = (exponent - first).clamp(-1000, 1000);
    mantissa * 2f64.powi(first) * 2f64.powi(second) * 2f64.powi(exponent - first - second)
}

impl TryFrom<&BigInt> for Number {
    type Error = ArithmeticError;

    fn try_from(n: &BigInt) -> Result<Number, ArithmeticError> {
        Number::from_big_int(n)
    }
}
