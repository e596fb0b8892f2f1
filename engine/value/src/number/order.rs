//! When numbers are equal, and their order.
//!
//! Whole numbers are equal when their values are. Others are equal when they are written the same: the
//! square root of two with 53 bits, and the number that its 17 digits are with 512, are the same number
//! to whoever reads them. `<` compares the exact values all the same.

use super::{Number, Repr};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

impl Number {
    /// The order of the values to the last bit.
    pub fn cmp_exactly(&self, other: &Number) -> Ordering {
        if let (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let sign = |n: &Number| if n.is_zero() { 0 } else { 1 - 2 * i32::from(n.is_negative()) };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign.is_ne() {
            return by_sign;
        }
        let (_, a, a_exponent) = self.parts();
        let (_, b, b_exponent) = other.parts();
        let by_magnitude = self.top().cmp(&other.top()).then_with(|| {
            let base = a_exponent.min(b_exponent);
            (a << (a_exponent - base)).cmp(&(b << (b_exponent - base)))
        });
        if self.is_negative() { by_magnitude.reverse() } else { by_magnitude }
    }

    /// The position of the highest bit.
    fn top(&self) -> i64 {
        let (_, magnitude, exponent) = self.parts();
        magnitude.bits() as i64 + exponent
    }
}

/// The order of what is written, of numbers with fractions: `-12.5`.
fn cmp_texts(a: &str, b: &str) -> Ordering {
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (Some(a), Some(b)) => cmp_magnitudes(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => cmp_magnitudes(a, b),
    }
}

fn cmp_magnitudes(a: &str, b: &str) -> Ordering {
    let ((whole_a, rest_a), (whole_b, rest_b)) =
        (a.split_once('.').unwrap_or((a, "")), b.split_once('.').unwrap_or((b, "")));
    whole_a.len().cmp(&whole_b.len()).then_with(|| whole_a.cmp(whole_b)).then_with(|| rest_a.cmp(rest_b))
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        match (&self.0, &other.0) {
            (Repr::Integer { value: a, .. }, Repr::Integer { value: b, .. }) => a == b,
            (Repr::Float(_), Repr::Float(_)) => self.cmp(other).is_eq(),
            _ => false,
        }
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Integer { value, .. } => value.hash(state),
            Repr::Float(f) if f.exponent >= 0 => (f.negative, f.exponent, &f.mantissa).hash(state),
            Repr::Float(_) => self.to_string().hash(state),
        }
    }
}

/// No whole number is written as one with a fraction is, and of two numbers of the same precision the
/// larger one is written as the larger one, so that this is one order of them all.
impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        let exactly = self.cmp_exactly(other);
        match (&self.0, &other.0) {
            (Repr::Float(a), Repr::Float(b))
                if exactly.is_ne()
                    && a.precision != b.precision
                    && a.exponent < 0
                    && b.exponent < 0
                    && a.negative == b.negative
                    && (a.top() - b.top()).abs() <= 1 =>
            {
                cmp_texts(&self.to_string(), &other.to_string())
            }
            _ => exactly,
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
