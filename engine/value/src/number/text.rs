//! Numbers as text: reading, the shortest decimal that reads back, and fixed forms.

use super::float::MAX_TOP;
use super::{Number, ParseNumberError, Repr, TEXT_PRECISION};
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::Zero;
use std::fmt;
use std::str::FromStr;

/// Decimal exponents beyond this are out of range whatever the digits are.
const MAX_DECIMAL_EXPONENT: i64 = MAX_TOP / 3;

/// A decimal number: optional sign, digits with an optional point, optional exponent. It is
/// rounded to 512 bits.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Number, ParseNumberError> {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, exponent, binary) = match rest.find(['e', 'E', 'p', 'P']) {
            Some(at) => {
                let binary = rest[at..].starts_with(['p', 'P']);
                (&rest[..at], rest[at + 1..].parse::<i64>().map_err(|_| ParseNumberError)?, binary)
            }
            None => (rest, 0, false),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(ParseNumberError);
        }
        if whole.len() + fraction.len() <= 18 && fraction.is_empty() && exponent == 0 {
            // Most numbers in configurations are small integers.
            let value: i64 = whole.parse().map_err(|_| ParseNumberError)?;
            let value = if negative { -value } else { value };
            let negative_zero = negative && value == 0;
            return Ok(Number(Repr::Integer { value, precision: TEXT_PRECISION, negative_zero }));
        }
        // So many digits are out of range, or behind an exponent that is, and slow to read.
        let significant = whole.trim_start_matches('0').len() + fraction.len();
        if significant as u64 > MAX_DECIMAL_EXPONENT.unsigned_abs() {
            return Err(ParseNumberError);
        }
        let mut mantissa = parse_digits(format!("{whole}{fraction}").as_bytes(), 10)?;
        if mantissa.is_zero() {
            return Number::rounded(negative, mantissa, 0, TEXT_PRECISION, false)
                .map_err(|_| ParseNumberError);
        }
        let scale = fraction.len() as i64;
        let (ten, two) = if binary {
            (-scale, exponent)
        } else {
            (exponent.checked_sub(scale).ok_or(ParseNumberError)?, 0)
        };
        if ten.abs() > MAX_DECIMAL_EXPONENT || two.abs() > MAX_TOP {
            return Err(ParseNumberError);
        }
        let five = BigUint::from(5u8).pow(ten.unsigned_abs() as u32);
        let mut exponent = ten + two;
        let mut sticky = false;
        if ten >= 0 {
            mantissa *= five;
        } else {
            let up = (u64::from(TEXT_PRECISION) + 2 + five.bits()).saturating_sub(mantissa.bits());
            let (quotient, rest) = (mantissa << up).div_rem(&five);
            (mantissa, sticky) = (quotient, !rest.is_zero());
            exponent -= up as i64;
        }
        Number::rounded(negative, mantissa, exponent, TEXT_PRECISION, sticky).map_err(|_| ParseNumberError)
    }
}

/// The shortest decimal that reads back as the same number at its precision, never with an
/// exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.plain_integer() {
            Some(n) => write!(f, "{n}"),
            None => f.write_str(&self.to_fixed(None)),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Number {
    /// The integer that `text` is in `base` (2 to 62; above 36 upper case letters follow lower
    /// case ones), with an optional sign.
    pub fn parse_radix(text: &str, base: u32) -> Result<Number, ParseNumberError> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            digits => (false, digits),
        };
        if digits.is_empty() || !(2..=62).contains(&base) {
            return Err(ParseNumberError);
        }
        let magnitude = parse_digits(digits, base)?;
        let sign = if negative { Sign::Minus } else { Sign::Plus };
        Number::from_big_int(&BigInt::from_biguint(sign, magnitude)).map_err(|_| ParseNumberError)
    }

    /// The number as an integer in `base` (2 to 36), with lower case letters; `None` unless it is
    /// a whole number.
    pub fn to_radix_text(&self, base: u32) -> Option<String> {
        if !(2..=36).contains(&base) {
            return None;
        }
        self.to_big_int().map(|n| n.to_str_radix(base))
    }

    /// The number with so many digits after the point, or as many as it needs.
    pub fn to_fixed(&self, decimals: Option<usize>) -> String {
        let mut d = self.decimal(decimals.is_none());
        let decimals = match decimals {
            Some(n) => {
                d.round(d.point + n as i64);
                n
            }
            None => usize::try_from(d.digits.len() as i64 - d.point).unwrap_or(0),
        };
        d.fixed(decimals)
    }

    /// The number as `d.ddde±dd` with so many digits after the point, or as many as it needs.
    pub fn to_exponent(&self, decimals: Option<usize>) -> String {
        let mut d = self.decimal(decimals.is_none());
        let decimals = match decimals {
            Some(n) => {
                d.round(1 + n as i64);
                n
            }
            None => d.digits.len().saturating_sub(1),
        };
        d.exponent(decimals)
    }

    /// The number with so many significant digits, or as many as it needs, in the form of
    /// [`Number::to_exponent`] when its exponent is less than -4 or not less than the number of
    /// digits (6 when none is given), else in the form of [`Number::to_fixed`].
    pub fn to_general(&self, digits: Option<usize>) -> String {
        let mut d = self.decimal(digits.is_none());
        let (digits, limit) = match digits {
            Some(n) => {
                let n = n.max(1);
                d.round(n as i64);
                let len = d.digits.len();
                (n, if n > len && len as i64 >= d.point { len } else { n })
            }
            None => (d.digits.len(), 6),
        };
        if d.point - 1 < -4 || d.point > limit as i64 {
            d.exponent(digits.min(d.digits.len()).saturating_sub(1))
        } else {
            d.fixed(usize::try_from(d.digits.len() as i64 - d.point).unwrap_or(0))
        }
    }

    /// The number when it is a small integer that its precision holds to the last digit.
    fn plain_integer(&self) -> Option<i64> {
        match &self.0 {
            Repr::Integer { value, precision, negative_zero: false } => {
                (*precision >= 64 || value.unsigned_abs() < 1 << (*precision).min(53)).then_some(*value)
            }
            _ => None,
        }
    }

    /// The decimal digits: all of them, or the fewest that identify the number.
    fn decimal(&self, shortest: bool) -> Decimal {
        let (negative, mantissa, exponent) = self.parts();
        let mut exact = Decimal::new(negative, &mantissa, exponent);
        if shortest && !mantissa.is_zero() {
            // One more bit than the precision: the last one is half of the unit in the last place.
            let up = i64::from(self.precision()) + 1 - mantissa.bits() as i64;
            let scaled = if up >= 0 { mantissa << up } else { mantissa >> -up };
            let lower = Decimal::new(negative, &(&scaled - 1u8), exponent - up);
            let upper = Decimal::new(negative, &(&scaled + 1u8), exponent - up);
            // Ties go to even, so that the bounds themselves belong to an even mantissa.
            exact.shorten(&lower, &upper, !scaled.bit(1));
        }
        exact
    }
}

/// The digits of `text` in `base`.
fn parse_digits(text: &[u8], base: u32) -> Result<BigUint, ParseNumberError> {
    let digit = |b: &u8| {
        let value = match b {
            b'0'..=b'9' => b - b'0',
            b'a'..=b'z' => b - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => b - b'A' + 10,
            b'A'..=b'Z' => b - b'A' + 36,
            _ => return None,
        };
        (u32::from(value) < base).then_some(value)
    };
    let digits: Option<Vec<u8>> = text.iter().map(digit).collect();
    digits.and_then(|d| BigUint::from_radix_be(&d, base)).ok_or(ParseNumberError)
}

/// `±0.d1d2d3... * 10^point`, without zeros at the end; no digits for zero.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// The exact value of `±mantissa * 2^exponent`.
    fn new(negative: bool, mantissa: &BigUint, exponent: i64) -> Decimal {
        let (n, shift) = if exponent >= 0 {
            (mantissa << exponent, 0)
        } else {
            (mantissa * BigUint::from(5u8).pow(exponent.unsigned_abs() as u32), exponent)
        };
        let digits = if n.is_zero() { Vec::new() } else { n.to_radix_be(10) };
        let mut d = Decimal { negative, point: digits.len() as i64 + shift, digits };
        d.trim();
        d
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// Drops the digits after the first `keep`, to the nearest, ties to even.
    fn round(&mut self, keep: i64) {
        let Ok(keep) = usize::try_from(keep) else {
            self.digits.clear();
            return self.trim();
        };
        let Some(next) = self.digits.get(keep) else { return };
        let tie = *next == 5 && keep + 1 == self.digits.len();
        let odd = keep > 0 && self.digits[keep - 1] % 2 == 1;
        if *next > 5 || (*next == 5 && (!tie || odd)) { self.round_up(keep) } else { self.round_down(keep) }
    }

    fn round_down(&mut self, keep: usize) {
        self.digits.truncate(keep);
        self.trim();
    }

    fn round_up(&mut self, mut keep: usize) {
        while keep > 0 && self.digits[keep - 1] == 9 {
            keep -= 1;
        }
        if keep == 0 {
            self.digits = vec![1];
            self.point += 1;
            return;
        }
        self.digits.truncate(keep);
        self.digits[keep - 1] += 1;
    }

    /// Keeps the fewest digits that still give a number between `lower` and `upper`, or one of
    /// them when `inclusive`.
    fn shorten(&mut self, lower: &Decimal, upper: &Decimal, inclusive: bool) {
        let at = |d: &Decimal, i: usize| d.digits.get(i).copied().unwrap_or(0);
        for i in 0..self.digits.len() {
            let (l, m, u) = (at(lower, i), self.digits[i], at(upper, i));
            let down = l != m || (inclusive && i + 1 == lower.digits.len());
            let up = m != u && (inclusive || m + 1 < u || i + 1 < upper.digits.len());
            match (down, up) {
                (true, true) => return self.round(i as i64 + 1),
                (true, false) => return self.round_down(i + 1),
                (false, true) => return self.round_up(i + 1),
                (false, false) => {}
            }
        }
    }

    /// Without an exponent, with so many digits after the point.
    fn fixed(&self, decimals: usize) -> String {
        let digit = |i: i64| {
            let digit = usize::try_from(i).ok().and_then(|i| self.digits.get(i)).copied().unwrap_or(0);
            char::from(b'0' + digit)
        };
        let mut text = String::from(if self.negative { "-" } else { "" });
        if self.point > 0 {
            text.extend((0..self.point).map(digit));
        } else {
            text.push('0');
        }
        if decimals > 0 {
            text.push('.');
            text.extend((0..decimals as i64).map(|i| digit(self.point + i)));
        }
        text
    }

    /// With an exponent, one digit before the point and so many after it.
    fn exponent(&self, decimals: usize) -> String {
        let digit = |i: usize| char::from(b'0' + self.digits.get(i).copied().unwrap_or(0));
        let mut text = String::from(if self.negative { "-" } else { "" });
        text.push(digit(0));
        if decimals > 0 {
            text.push('.');
            text.extend((1..=decimals).map(digit));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        text.push_str(&format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs()));
        text
    }
}
