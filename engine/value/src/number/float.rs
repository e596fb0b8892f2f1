//! Floating-point values in canonical form, and rounding.

use super::ArithmeticError;
use num_bigint::BigUint;
use num_traits::{One, ToPrimitive, Zero};

/// Numbers are smaller than 2 to this power and larger than 2 to its negative. It bounds the
/// memory and time that `1e999999999` or a chain of squares could otherwise take.
pub(super) const MAX_TOP: i64 = 1 << 20;

/// `±mantissa * 2^exponent`, where the mantissa is odd.
#[derive(Debug)]
pub(super) struct Float {
    pub(super) negative: bool,
    pub(super) mantissa: BigUint,
    pub(super) exponent: i64,
    pub(super) precision: u32,
}

impl Float {
    /// The position of the highest bit: the magnitude is in `[2^(top-1), 2^top)`.
    pub(super) fn top(&self) -> i64 {
        self.mantissa.bits() as i64 + self.exponent
    }

    /// `±mantissa * 2^exponent`, where `mantissa` is not zero, rounded to `precision` bits, ties
    /// to even. `sticky`: the true magnitude is more than that by less than the last bit.
    pub(super) fn rounded(
        negative: bool,
        mut mantissa: BigUint,
        mut exponent: i64,
        precision: u32,
        sticky: bool,
    ) -> Result<Float, ArithmeticError> {
        let excess = mantissa.bits().saturating_sub(u64::from(precision));
        if excess > 0 {
            let half = mantissa.bit(excess - 1);
            let below_half = sticky || mantissa.trailing_zeros().is_some_and(|z| z < excess - 1);
            mantissa >>= excess;
            if half && (below_half || mantissa.bit(0)) {
                mantissa += BigUint::one();
            }
            exponent += excess as i64;
        }
        let zeros = mantissa.trailing_zeros().unwrap_or(0);
        if zeros > 0 {
            mantissa >>= zeros;
            exponent += zeros as i64;
        }
        let float = Float { negative, mantissa, exponent, precision };
        if float.top().abs() > MAX_TOP { Err(ArithmeticError::OutOfRange) } else { Ok(float) }
    }

    /// The value as an integer, when it is one in range.
    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.top() > 64 {
            return None;
        }
        let magnitude = i128::from((&self.mantissa << self.exponent).to_u64()?);
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// The nearest double, ties to even; infinite beyond the range of doubles.
    pub(super) fn to_f64(&self) -> f64 {
        const MIN_NORMAL_TOP: i64 = -1021;
        let sign = if self.negative { -1.0 } else { 1.0 };
        // Doubles close to zero have fewer bits.
        let lost = (MIN_NORMAL_TOP - self.top()).max(0);
        if lost > 53 || self.top() < -2000 {
            return sign * 0.0;
        }
        let keep = (53 - lost) as u32;
        let (mantissa, exponent) = if keep == 0 {
            // Between zero and the smallest double: more than half of that rounds up.
            let up = self.mantissa.bits() > 1;
            (BigUint::from(u8::from(up)), -1074)
        } else {
            match Float::rounded(false, self.mantissa.clone(), self.exponent, keep, false) {
                Ok(f) => (f.mantissa, f.exponent),
                Err(_) => return sign * f64::INFINITY,
            }
        };
        if mantissa.is_zero() {
            return sign * 0.0;
        }
        if mantissa.bits() as i64 + exponent > 1024 {
            return sign * f64::INFINITY;
        }
        // Scaling by a power of two is exact, but the power may be out of range at once.
        let first = exponent.clamp(-1000, 1000);
        let mantissa = mantissa.to_u64().unwrap_or(0) as f64;
        sign * mantissa * 2f64.powi(first as i32) * 2f64.powi((exponent - first) as i32)
    }
}
