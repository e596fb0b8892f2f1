//! Numbers: floating point of up to 512 bits.

use std::fmt;

/// A number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Number(f64);

/// The text is not a number.
#[derive(Debug, thiserror::Error)]
#[error("not a number")]
pub struct ParseNumberError;

impl Eq for Number {}
impl std::hash::Hash for Number {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl std::str::FromStr for Number {
    type Err = ParseNumberError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        s.parse().map(Number).map_err(|_| ParseNumberError)
    }
}
impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Number(n as f64)
    }
}
impl From<f64> for Number {
    fn from(n: f64) -> Self {
        Number(n)
    }
}
impl Number {
    /// The number as an integer, when it is a whole number in range.
    pub fn to_i64(&self) -> Option<i64> {
        (self.0.fract() == 0.0).then_some(self.0 as i64)
    }
    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        self.0
    }
}
