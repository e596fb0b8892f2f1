//! Exponentials to the last bit as Go's `math` has them on processors that multiply and add in one step: what is computed
//! in `pow` shows all its digits, so that another rounding would be a difference. Its logarithms are those of `libm`.

/// `e` to the power of `x`, for magnitudes below 700: a Taylor series for a sixteenth of what is left beside powers of two,
/// squared four times.
pub(super) fn exp(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOW: f64 = 0.282_352_905_630_315_77e-12;
    const FACTORS: [f64; 7] = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];
    let k = (std::f64::consts::LOG2_E * x).round_ties_even();
    let part = (-k).mul_add(LN2_LOW, (-k).mul_add(LN2_HIGH, x)) * 0.0625;
    let series = FACTORS.iter().fold(1.0 / 40320.0, |sum: f64, factor| sum.mul_add(part, *factor));
    // What exceeds 1 is squared with it: (1 + r)² - 1 = r (r + 2).
    let mut over = part * series;
    for _ in 0..3 {
        over *= over + 2.0;
    }
    over.mul_add(over + 2.0, 1.0) * 2f64.powi(k as i32)
}

#[cfg(test)]
mod tests {
    use crate::Number;

    fn number(text: &str) -> Number {
        text.parse().expect("a number")
    }

    #[test]
    fn the_last_digits_are_those_of_terraform() {
        for (n, base, want) in [
            ("3", "16", "0.396240625180289"),
            ("50", "10", "1.6989700043360185"),
            ("7.25", "2", "2.8579809951275723"),
            ("1000000", "0.3", "-11.474935736359189"),
            ("0.001", "7", "-3.549883987364815"),
        ] {
            assert_eq!(
                number(n).log(&number(base)).expect("a logarithm").to_string(),
                want,
                "log({n}, {base})"
            );
        }
        for (n, exponent, want) in [
            ("2", "0.3", "1.2311444133449163"),
            ("10", "-1.7", "0.0199526231496888"),
            ("7.5", "3.25", "698.1505846130123"),
            ("0.02", "2.6", "0.00003825409999160147"),
            ("123456", "0.1", "3.229618470361115"),
        ] {
            assert_eq!(
                number(n).pow(&number(exponent)).expect("a power").to_string(),
                want,
                "pow({n}, {exponent})"
            );
        }
    }
}
